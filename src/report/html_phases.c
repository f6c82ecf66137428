#include "html_phases.h"

#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "html_frame.h"
#include "html_out.h"
#include "html_words.h"
#include "result_parts.h"

#define BAR 15
#define BAR_APART 20
#define NAME 20         /* a task's, above its bars */
#define TASK_APART 12
#define AXIS 26
#define RIGHT 478       /* behind it is room for the longest bar's words */
#define SEEN 400        /* parts of the axis: what is shorter than one cannot be seen */
#define NAME_CELLS 56

static const char *const names[] = {
#define X(id, name, help) name,
	SNAP_PARTS(X)
#undef X
};

static double total_us(const struct snap_parts *p, enum snap_band band)
{
	double us = 0;

	for (int i = 0; i < REQ_PHASES; i++)
		us += p->us[band][i] > 0 ? (double)p->us[band][i] : 0;
	return us;
}

/* All together is the last one, and the only one where there is a single task. */
static const struct snap_parts *parts_of(const struct result *r, int i)
{
	return i < r->task_count ? &r->task_parts[i] : &r->parts;
}

static int first(const struct result *r, const struct run_meta *meta)
{
	return r->task_count > 1 && meta->task_count >= r->task_count ? 0 : r->task_count;
}

static void legend(FILE *out, const struct result *r, const struct run_meta *meta, double x_end)
{
	fputs("<figcaption><b>Requests about p50 and p95</b>", out);
	for (int k = 0; k < REQ_PHASES; k++) {
		bool any = false;

		for (int i = first(r, meta); i <= r->task_count && !any; i++)
			for (int b = 0; b < BANDS; b++)
				any |= (double)parts_of(r, i)->us[b][k] > x_end / SEEN;
		if (any)
			html_element(out, "span", names[k], names[k]);
	}
	fputs("</figcaption>", out);
}

static double x_of(double us, double x_end)
{
	return FRAME_LEFT + fmin(us / x_end, 1) * (RIGHT - FRAME_LEFT);
}

static void bar(FILE *out, const struct snap_parts *p, enum snap_band band, double x_end, int y)
{
	double at = 0;
	char text[UNITS_BYTES];

	fprintf(out, "<text class=\"y\" x=\"%d\" y=\"%d\">%s</text>", FRAME_LEFT - 8, y + BAR - 3, band == BAND_P50 ? "p50" : "p95");
	for (int i = 0; i < REQ_PHASES; i++) {
		double us = (double)p->us[band][i], from = x_of(at, x_end);

		if (!(us > 0))
			continue;
		at += us;
		fprintf(out, "<rect class=\"phase %s\" x=\"%.2f\" y=\"%d\" width=\"%.2f\" height=\"%d\"><title>%s %s</title></rect>",
			names[i], from, y, x_of(at, x_end) - from, BAR, names[i], frame_words(CHART_TIME, us, text));
	}
	fprintf(out, "<text x=\"%.1f\" y=\"%d\">%s</text>\n", x_of(at, x_end) + 6, y + BAR - 3, frame_words(CHART_TIME, at, text));
}

/* A name has one line. */
static void name_line(FILE *out, const char *name, int y)
{
	char shown[4 * NAME_CELLS + 4] = "";
	size_t used = 0, left = strlen(name);
	bool cut = utf8_cells(name) > NAME_CELLS;

	for (int cells = 0; left;) {
		uint32_t cp;
		size_t n = utf8_decode(name, left, &cp);

		cells += utf8_width(cp) > 0 ? utf8_width(cp) : 1;
		if (cells > NAME_CELLS - cut || used + n >= sizeof shown)
			break;
		memcpy(shown + used, name, n);
		used += n;
		name += n;
		left -= n;
	}
	shown[used] = '\0';
	fprintf(out, "<text class=\"name\" x=\"%d\" y=\"%d\">", FRAME_LEFT + 6, y + NAME - 6);
	html_text(out, shown);
	fprintf(out, "%s</text>", cut ? "\xe2\x80\xa6" : "");
}

static void axis(FILE *out, const struct frame *f, double x_end, int bottom)
{
	for (int i = 0; i * f->y_step < x_end * 1.001; i++) {
		double x = x_of(i * f->y_step, x_end);
		char text[UNITS_BYTES];

		fprintf(out, "<line class=\"%s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"0\" y2=\"%d\"/>", i ? "grid" : "axis", x, x, bottom);
		fprintf(out, "<text class=\"x\" x=\"%.1f\" y=\"%d\">%s</text>", x, bottom + 17,
			i ? frame_tick(CHART_TIME, i * f->y_step, text) : "0");
	}
}

static void picture(FILE *out, const struct result *r, const struct run_meta *meta)
{
	int from = first(r, meta), y = 0, shown = 0;
	struct frame f = {.x_end = 1};
	double most = 0;

	for (int i = from; i <= r->task_count; i++)
		if (parts_of(r, i)->requests) {
			shown++;
			for (int b = 0; b < BANDS; b++)
				most = fmax(most, total_us(parts_of(r, i), (enum snap_band)b));
		}
	frame_scale(&f, CHART_TIME, most);
	int of_each = (from < r->task_count ? NAME : 0) + BANDS * BAR_APART + TASK_APART, bottom = shown * of_each;

	fputs("<figure class=\"half\">", out);
	legend(out, r, meta, f.y_end);
	frame_begin_of(out, "Phases of requests, stacked", bottom + AXIS);
	axis(out, &f, f.y_end, bottom);
	for (int i = from; i <= r->task_count; i++) {
		if (!parts_of(r, i)->requests)
			continue;
		if (from < r->task_count) {
			name_line(out, i < r->task_count ? meta->task_name[i] : "all together", y);
			y += NAME;
		}
		for (int b = 0; b < BANDS; b++, y += BAR_APART)
			bar(out, parts_of(r, i), (enum snap_band)b, f.y_end, y);
		y += TASK_APART;
	}
	fputs("</svg></figure>\n", out);
}

void html_phases(FILE *out, const struct result *r, const struct run_meta *meta)
{
	struct html_words words;

	if (!r->parts.requests)
		return;
	fputs("<section><h2>Phases</h2>\n", out);
	picture(out, r, meta);
	html_words_begin(&words, out, NULL);
	result_text_phases(&words.out, r, meta);
	html_words_end(&words);
	fputs("</section>\n", out);
}
