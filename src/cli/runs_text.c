#include <limits.h>
#include <math.h>
#include <string.h>
#include <time.h>

#include "base/units.h"
#include "base/utf8.h"
#include "cli/runs.h"

#define DASH "\xe2\x80\x93"
#define CELL_BYTES 256

/* The path is behind them. */
enum column { PINNED, WHEN, NAME, TARGET, SCENARIO, DURATION, P95, ERRORS, COLUMNS };

static const struct {
	const char *head;
	bool right;
} column[COLUMNS] = {
	[PINNED] = {"", false},       [WHEN] = {"when", false},         [NAME] = {"name", false},
	[TARGET] = {"target", false}, [SCENARIO] = {"scenario", false}, [DURATION] = {"duration", true},
	[P95] = {"p95", true},        [ERRORS] = {"errors", true},
};

struct row {
	char cell[COLUMNS][CELL_BYTES];
};

double runs_errors(const struct run_entry *e)
{
	const struct run_figures *f = &e->figures;

	return f->known && f->requests ? (double)(f->failed + f->censored) / (double)f->requests : NAN;
}

static void put(char *out, const char *text)
{
	utf8_clean(text, strlen(text), out, CELL_BYTES);
}

static void put_share(double share, char *out)
{
	if (share > 0 && share < 0.001)
		strcpy(out, "<0.1 %");
	else
		/* Only all is 100. */
		snprintf(out, CELL_BYTES, share >= 1 ? "%.0f %%" : "%.1f %%", share >= 1 ? 100 : fmin(share * 100, 99.9));
}

static void head(struct row *row)
{
	for (int i = 0; i < COLUMNS; i++)
		strcpy(row->cell[i], column[i].head);
}

static void fill(const struct run_entry *e, struct row *row)
{
	time_t when = (time_t)e->started_s;
	char number[UNITS_BYTES];
	double errors = runs_errors(e);
	struct tm tm;

	for (int i = WHEN; i < COLUMNS; i++)
		strcpy(row->cell[i], DASH);
	strcpy(row->cell[PINNED], e->tags.pinned ? "*" : "");
	if (gmtime_r(&when, &tm))
		strftime(row->cell[WHEN], CELL_BYTES, "%Y-%m-%dT%H:%M:%SZ", &tm);
	if (e->state == RUN_UNREADABLE) {
		snprintf(row->cell[NAME], CELL_BYTES, "(%s)", e->why);
		return;
	}
	if (*e->tags.name || *e->label)
		put(row->cell[NAME], *e->tags.name ? e->tags.name : e->label);
	if (*e->target)
		put(row->cell[TARGET], e->target);
	if (*e->scenario)
		put(row->cell[SCENARIO], e->scenario);
	if (e->state == RUN_RUNNING)
		strcpy(row->cell[DURATION], "running");
	else if (e->duration_us >= 0)
		strcpy(row->cell[DURATION], units_format_elapsed(e->duration_us * 1000, number));
	if (e->state == RUN_CUT_OFF)
		strcpy(row->cell[P95], "cut off");
	else if (e->figures.known && e->figures.p95_us >= 0)
		strcpy(row->cell[P95], units_format_duration(e->figures.p95_us * 1000, number));
	if (errors >= 0)
		put_share(errors, row->cell[ERRORS]);
}

static void measure(const struct row *row, int width[COLUMNS])
{
	for (int i = 0; i < COLUMNS; i++) {
		int cells = utf8_cells(row->cell[i]);

		width[i] = cells > width[i] ? cells : width[i];
	}
}

static void print(FILE *out, const struct row *row, const char *path, const int width[COLUMNS])
{
	char clean[PATH_MAX];

	for (int i = 0; i < COLUMNS; i++) {
		int pad = width[i] - utf8_cells(row->cell[i]);

		if (width[i])
			fprintf(out, "%*s%s%*s%s", column[i].right ? pad : 0, "", row->cell[i], column[i].right ? 0 : pad,
				"", i == PINNED ? " " : "  ");
	}
	fprintf(out, "%s\n", utf8_clean(path, strlen(path), clean, sizeof clean));
}

void runs_text(FILE *out, const struct run_list *list, const char *folder)
{
	int width[COLUMNS] = {0};
	struct row row;

	if (!list->count) {
		fprintf(out, "no runs in %s yet: brunt URL records one\n", folder);
		return;
	}
	head(&row);
	measure(&row, width);
	for (int i = 0; i < list->count; i++) {
		fill(&list->entry[i], &row);
		measure(&row, width);
	}
	head(&row);
	print(out, &row, "path", width);
	for (int i = 0; i < list->count; i++) {
		fill(&list->entry[i], &row);
		print(out, &row, list->entry[i].path, width);
	}
}
