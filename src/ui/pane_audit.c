#include "ui/view.h"

#include "base/clock.h"
#include "base/units.h"

#include <math.h>
#include <stdio.h>

static void books_draw(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;
	const uint64_t *n_of = s->finished;
	uint64_t finished = n_of[OUTCOME_SUCCEEDED] + n_of[OUTCOME_FAILED] + n_of[OUTCOME_CENSORED];
	/* A recording without its end lacks what was under way then. */
	bool even = !s->books_wrong || (s->ended && scene->d->cut_off);
	char n[7][FORMAT_BYTES], glyph[GLYPH_BYTES];
	struct line line;
	struct piece *piece;

	line_init(&line);
	line_span(line_piece(&line, 0, 0), PEN(even ? ROLE_OK : ROLE_BAD), "%s",
		  format_glyph(even ? scene->g->met : scene->g->missed, glyph));
	piece = line_piece(&line, 1, 1);
	line_span(piece, PEN(ROLE_DIM), "planned ");
	line_span(piece, PEN(even ? ROLE_TEXT : ROLE_BAD), "%s = %s waiting + %s started", format_count(s->planned, n[0]),
		  format_count(s->waiting, n[1]), format_count(s->started, n[2]));
	piece = line_piece(&line, 2, 3);
	line_span(piece, PEN(ROLE_DIM), "started ");
	line_span(piece, PEN(even ? ROLE_TEXT : ROLE_BAD), "= %s ok + %s failed + %s censored + %s in flight",
		  format_count(n_of[OUTCOME_SUCCEEDED], n[3]), format_count(n_of[OUTCOME_FAILED], n[4]),
		  format_count(n_of[OUTCOME_CENSORED], n[5]),
		  format_count(s->started > finished ? s->started - finished : 0, n[6]));
	line_draw(&line, view, 1, 0, view.width - 2, scene->g);
}

/* L = X R is exact for the seconds it covers: what differs was counted twice, or
 * not at all. */
static void littles_draw(const struct scene *scene, struct view view)
{
	const struct snap_littles *l = &scene->s->littles;
	double ratio = l->in_flight / l->expected;
	char window[FORMAT_BYTES], a[FORMAT_BYTES], b[FORMAT_BYTES];
	bool bad = fabs(ratio - 1) > 0.2;
	struct line line;

	scene_window(scene, window);
	line_init(&line);
	line_span(line_piece(&line, 0, 0), PEN(ROLE_DIM), "Little's law");
	line_span(line_piece(&line, 3, 0), PEN(ROLE_DIM), ", %s", window);
	if (isnan(ratio)) {
		line_span(line_piece(&line, 1, 0), PEN(ROLE_DIM), ": 20 answers and a second are needed");
	} else {
		line_span(line_piece(&line, 0, 0), PEN(bad ? ROLE_WARN : ROLE_TEXT), ": ratio %.2f", ratio);
		line_span(line_piece(&line, 1, 0), PEN(ROLE_DIM), ", in flight %s", format_rate(l->in_flight, scene->g, a));
		if (scene->s->http2_answers)
			line_span(line_piece(&line, 1, 0), PEN(ROLE_DIM), " over %u connection%s", scene->s->gauge.connections,
				  scene->s->gauge.connections == 1 ? "" : "s");
		line_span(line_piece(&line, 2, 0), PEN(ROLE_DIM), ", throughput %s service %s", scene->g->times,
			  format_rate(l->expected, scene->g, b));
	}
	line_draw(&line, view, 1, 1, view.width - 2, scene->g);
}

/* How sure the percentiles are; where nothing can be said, how long until. */
static void intervals_draw(const struct scene *scene, struct view view)
{
	static const char *const name[3] = {"p50", "p95", "p99"};
	static const enum role role[3] = {ROLE_P50, ROLE_P95, ROLE_P99};
	const struct snapshot *s = scene->s;
	double per_s = s->all.seconds > 0 ? (double)s->all.latency.count / s->all.seconds : 0;
	char a[FORMAT_BYTES], b[FORMAT_BYTES], time[UNITS_BYTES];
	struct line line;

	line_init(&line);
	line_span(line_piece(&line, 0, 0), PEN(ROLE_DIM), "95 %% sure");
	line_span(line_piece(&line, 4, 0), PEN(ROLE_DIM), ", response, whole run");
	for (int i = 0; i < 3; i++) {
		struct piece *piece = line_piece(&line, 3 - i, 2);

		line_span(piece, PEN(role[i]), "%s ", name[i]);
		if (s->ci[i].known)
			line_span(piece, PEN(ROLE_TEXT), "%s to %s", format_duration((double)s->ci[i].low_us, scene->g, a),
				  format_duration((double)s->ci[i].high_us, scene->g, b));
		else if (s->ci[i].more > 0 && per_s > 0)
			line_span(piece, PEN(ROLE_DIM), "%s %s more", format_glyph(scene->g->unknown, b),
				  units_format_duration((int64_t)(s->ci[i].more / per_s * (double)NS_PER_S), time));
		else
			line_span(piece, PEN(ROLE_DIM), "%s", format_glyph(scene->g->unknown, b));
	}
	line_draw(&line, view, 1, 2, view.width - 2, scene->g);
}

void pane_audit(const struct scene *scene, struct view view)
{
	struct view body = view_part(view, 0, 1, view.width, view.height - 1);

	rule_draw(view, scene->g, scene_focused(scene, PANE_AUDIT), "audit", NULL);
	books_draw(scene, body);
	littles_draw(scene, body);
	if (body.height > 2)
		intervals_draw(scene, body);
}
