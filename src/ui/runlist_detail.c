#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ui/runlist_view.h"
#include "ui/widget.h"

#define LEFT 3
#define LABELS 9
#define DATE_CELLS 38 /* with its age, and what is around it on the rule */
#define ABREAST 40 /* cells from which the labels stand beside the text */

struct sheet {
	struct view view;
	const struct glyphs *g;
	int y;
};

/* A text with a label, over at most `most` rows. */
static void field(struct sheet *s, const char *label, struct pen pen, const char *text, int most)
{
	int x = s->view.width < ABREAST ? 0 : LEFT, room = s->view.height - s->y;
	struct view rest = view_part(s->view, 0, s->y, s->view.width, room);

	if (room <= 0 || !*text)
		return;
	if (s->view.width >= ABREAST) {
		view_text(rest, x, 0, PEN(ROLE_DIM), label);
		x += LABELS;
	}
	s->y += wrap_draw(rest, s->g, x, pen, text, room < most ? room : most);
}

static const char *exit_words(int code)
{
	switch (code) {
	case 1:
		return "the run failed";
	case 3:
		return "an SLO was missed";
	case 5:
		return "an SLO has no verdict";
	case 70:
		return "the books do not balance";
	default:
		return code > 128 ? "interrupted" : "";
	}
}

static void outcome(const struct runlist_row *r, const struct glyphs *g, char *out, size_t bytes, enum role *role)
{
	char count[FORMAT_BYTES], share[FORMAT_BYTES], p95[FORMAT_BYTES];
	size_t used = 0;

	*out = '\0';
	*role = ROLE_TEXT;
	if (r->requests >= 0)
		used = (size_t)snprintf(out, bytes, "%s requests, %s %% errors, p95 %s", format_count((uint64_t)r->requests, count),
					format_percent(r->errors, g, share), format_duration((double)r->p95_us, g, p95));
	if (r->exit_code > 0) {
		used += (size_t)snprintf(out + used, bytes - used, "%sexit %d", used ? "; " : "", r->exit_code);
		if (*exit_words(r->exit_code))
			used += (size_t)snprintf(out + used, bytes - used, ": %s", exit_words(r->exit_code));
		*role = r->exit_code > 128 ? ROLE_WARN : ROLE_BAD;
	}
	if (*r->why) {
		snprintf(out + used, bytes - used, "%s%.200s", used ? "; " : "", r->why);
		*role = ROLE_BAD;
	}
	if (r->kind == RUNLIST_RUNNING)
		snprintf(out, bytes, "being recorded now; Enter shows what there is so far");
}

void runlist_detail_draw(const struct runlist *l, struct view view)
{
	const struct glyphs *g = glyphs_of(l->glyphs);
	const struct runlist_row *r = runlist_here(l);
	struct sheet sheet = {view_part(view, 0, 1, view.width - 1, view.height - 1), g, 0};
	char text[512], at[64] = "", age[FORMAT_BYTES], title[256];
	struct line right;
	enum role role;
	struct tm tm;

	if (!r) {
		rule_draw(view, g, false, "the run under the cursor", NULL);
		return;
	}
	line_init(&right);
	if (gmtime_r(&(time_t){(time_t)r->started_s}, &tm))
		strftime(at, sizeof at, "%Y-%m-%d %H:%M:%S UTC", &tm);
	line_span(line_piece(&right, 1, 1), PEN(ROLE_DIM), "%s", at);
	line_span(line_piece(&right, 2, 2), PEN(ROLE_DIM), "%s", runlist_age(l->now_s - r->started_s, age));
	format_fit(*runlist_title(r) ? runlist_title(r) : runlist_file(r),
		   view.width > 2 * DATE_CELLS ? view.width - DATE_CELLS : view.width, g, title, sizeof title);
	rule_draw(view, g, false, title, &right);
	field(&sheet, "note", PEN(ROLE_TEXT), r->note, 3);
	outcome(r, g, text, sizeof text, &role);
	field(&sheet, "result", PEN(role), text, 2);
	field(&sheet, "target", PEN(ROLE_ACCENT), r->target, 1);
	field(&sheet, "file", PEN(ROLE_TEXT), r->path, 2);
	if (*r->name)
		field(&sheet, "labels", PEN(ROLE_TEXT), r->label, 1);
	field(&sheet, "SLOs", PEN(ROLE_TEXT), r->slo, 2);
	if (r->kind != RUNLIST_UNREADABLE) {
		snprintf(text, sizeof text, "%llu", (unsigned long long)r->seed);
		field(&sheet, "seed", PEN(ROLE_TEXT), text, 1);
	}
	field(&sheet, "command", PEN(ROLE_DIM), r->argv, sheet.view.height);
}
