#include "ui/view.h"

#include "base/append.h"
#include "base/units.h"
#include "base/utf8.h"

#include <math.h>
#include <stdio.h>

#define LEFT 3
#define GROUPED 3 /* rows from which the groups' names have their own */
#define COMPARED 9 /* and what there was */

enum { HITS, LATENCY, RPS, COST, GROUPS };
#define COLUMNS (GROUPS * ADVICE_SIZES)

static const char *ttl_text(int64_t ttl_us, char out[FORMAT_BYTES])
{
	if (ttl_us == INT64_MAX)
		snprintf(out, FORMAT_BYTES, "for ever");
	else
		snprintf(out, FORMAT_BYTES, ttl_us >= 3600000000 ? "%lld h" : ttl_us >= 60000000 ? "%lld min" : "%lld s",
			 (long long)(ttl_us / (ttl_us >= 3600000000 ? 3600000000 : ttl_us >= 60000000 ? 60000000 : 1000000)));
	return out;
}

/* All of them are about as large as what there was, or smaller. */
static struct unit unit_of(const struct scene *scene)
{
	return format_unit(scene->s->advice.now.latency_us, scene->s->advice.now.latency_us, scene->g);
}

static const char *figure(const struct scene *scene, int group, const struct advice_figures *f, char out[FORMAT_BYTES])
{
	switch (group) {
	case HITS:
		return format_percent(f->hit_ratio, scene->g, out);
	case LATENCY:
		return format_value(f->latency_us, unit_of(scene), scene->g, out);
	case RPS:
		return format_rate(f->rps, scene->g, out);
	default:
		if (!(f->cost >= 0))
			return format_rate(NAN, scene->g, out);
		return units_format_cost(f->cost, out);
	}
}

static void columns_of(const struct scene *scene, struct column column[COLUMNS])
{
	static const char *const title[ADVICE_SIZES] = {"100", "1k", "10k"};
	bool priced = scene->s->advice.now.cost >= 0;

	for (int c = 0; c < COLUMNS; c++)
		column[c] = (struct column){
			.title = title[c % ADVICE_SIZES], .rank = c, .role = ROLE_DIM,
			.width = c / ADVICE_SIZES == COST ? priced ? 6 : 0 : 5,
		};
}

static void groups_draw(const struct scene *scene, struct view view, int y, const struct column column[COLUMNS])
{
	const char *const name[GROUPS] = {"hits, %", NULL, "req/s", "cost of 1k"};
	char text[32];

	for (int g = 0; g < GROUPS; g++) {
		int last = (g + 1) * ADVICE_SIZES - 1;

		snprintf(text, sizeof text, "mean, %s", unit_of(scene).name);
		if (column[last].right)
			view_right(view, column[last].right, y, PEN(ROLE_DIM), name[g] ? name[g] : text);
	}
}

/* "as it was: 34.3 % hits of its own cache, mean 1.41 s, 12.8 req/s". */
static void now_draw(const struct scene *scene, struct view view, int y)
{
	const struct advice *a = &scene->s->advice;
	char share[FORMAT_BYTES], time[FORMAT_BYTES], rate[FORMAT_BYTES], cost[FORMAT_BYTES] = "", hits[64], text[192], cut[192];

	if (a->hits + a->misses)
		snprintf(hits, sizeof hits, "its own cache had %s %%", format_percent(a->now.hit_ratio, scene->g, share));
	else
		snprintf(hits, sizeof hits, "no cache known");
	snprintf(text, sizeof text, "as it was: %s, mean %s, %s req/s%s%.30s%s", hits,
		 format_duration(a->now.latency_us, scene->g, time), format_rate(a->now.rps, scene->g, rate),
		 a->now.cost >= 0 ? ", cost " : "", a->now.cost >= 0 ? figure(scene, COST, &a->now, cost) : "",
		 a->now.cost >= 0 ? " of 1k prompts" : "");
	view_text(view, LEFT, y, PEN(ROLE_TEXT), format_fit(text, view.width - LEFT, scene->g, cut, sizeof cut));
}

/* As many of these lines as there is room for. */
static void note_draw(const struct scene *scene, struct view view, int y)
{
	const struct advice *a = &scene->s->advice;
	char time[FORMAT_BYTES], text[192], cut[192], caveat[ADVICE_CAVEATS][ADVICE_TEXT];

	if (a->hit_us >= 0)
		snprintf(text, sizeof text, "LRU; a hit takes what hits took: %s", format_duration(a->hit_us, scene->g, time));
	else
		snprintf(text, sizeof text, "LRU; no hit was seen: taken as free, so at best");
	/* A line of its own for each, or the first one behind. */
	int n = advice_caveats(a, caveat), i = 0;

	if (n && y + 1 >= view.height && utf8_cells(text) + 2 + utf8_cells(caveat[0]) <= view.width - LEFT)
		append(text, sizeof text, "; %s", caveat[i++]);
	view_text(view, LEFT, y++, PEN(ROLE_DIM), format_fit(text, view.width - LEFT, scene->g, cut, sizeof cut));
	for (; i < n && y < view.height; i++)
		view_text(view, LEFT, y++, PEN(ROLE_DIM), format_fit(caveat[i], view.width - LEFT, scene->g, cut, sizeof cut));
}

void pane_advice(const struct scene *scene, struct view view)
{
	const struct advice *a = &scene->s->advice;
	struct view body = view_part(view, 0, 1, view.width - 1, view.height - 1);
	struct column column[COLUMNS];
	char text[FORMAT_BYTES];
	struct line right;
	int y = 0, rows;

	line_init(&right);
	/* The note below says why, where there is room for it. */
	line_span(line_piece(&right, 0, 0), PEN(ROLE_DIM), "%sn = %s", a->lookups && isnan(a->hit_us) ? "at best, " : "",
		  format_count(a->lookups, text));
	rule_draw(view, scene->g, scene_focused(scene, PANE_ADVICE),
		  view.width < 60 ? "what a cache would do" : "what a cache would do, whole run, all tasks", &right);
	if (!a->lookups) {
		view_text(body, LEFT, 0, PEN(ROLE_DIM), "no prompts of measured time yet");
		return;
	}
	columns_of(scene, column);
	table_fit(column, COLUMNS, body.width, LEFT, 12);
	if (body.height >= COMPARED)
		now_draw(scene, body, y++);
	if (body.height >= GROUPED)
		groups_draw(scene, body, y++, column);
	table_head(column, COLUMNS, body, y, false);
	view_text(body, LEFT, y++, PEN(ROLE_DIM), "ttl, entries");
	/* Where not all fit the last one stays: no cache has more. */
	rows = body.height - y;
	for (int t = 0; t < ADVICE_TTLS && y < body.height; t++, y++) {
		if (t == rows - 1)
			t = ADVICE_TTLS - 1;
		/* A run that is shorter has not tried it out. */
		bool tried = t == 0 || t == ADVICE_TTLS - 1 || advice_ttl_us[t] <= a->span_us;

		view_text(body, LEFT, y, PEN(ROLE_DIM), ttl_text(advice_ttl_us[t], text));
		for (int c = 0; c < COLUMNS; c++)
			table_cell(&column[c], body, y, PEN(tried ? ROLE_TEXT : ROLE_DIM),
				   figure(scene, c / ADVICE_SIZES, &a->cell[t][c % ADVICE_SIZES], text));
	}
	if (y < body.height)
		note_draw(scene, body, y);
}
