#include "ui/view.h"

#include "base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LABEL PEN(ROLE_DIM)
#define NARROW 40 /* cells below which every blank counts */
#define HALF_WIDE 72 /* from which all numbers fit into one line */
#define WORDY 90  /* from which words are spelled */
#define ROOMY 104 /* from which the window stands beside its numbers */
#define TINY 20   /* and numbers lose their names */
#define SPELLED 24 /* from which it is "req/s" */
#define PERCENTILES 3
#define WINDOW_TEXT (FORMAT_BYTES + 20)
#define PERCENTILE 8 /* cells of "p95 2.09" */
#define STRONG ((struct pen){.role = ROLE_TEXT, .attr = ATTR_BOLD})

static const char *short_target(const char *target)
{
	if (!target)
		return "";
	if (!strncmp(target, "http://", 7))
		return target + 7;
	return !strncmp(target, "https://", 8) ? target + 8 : target;
}

/* How far the run is from its end, where that is known. */
static void goal_pieces(const struct scene *scene, struct line *line)
{
	const struct dashboard *d = scene->d;
	char done[FORMAT_BYTES], all[FORMAT_BYTES];
	struct piece *piece;

	if (scene->s->ended || d->stopping)
		return;
	if (d->stop_us > scene->s->t_us)
		line_span(line_piece(line, 5, 1), LABEL, "of %s", format_elapsed(d->stop_us, all));
	if (!d->requests)
		return;
	piece = line_piece(line, 5, 2);
	line_span(piece, PEN(ROLE_TEXT), "%s", format_count(scene->s->together.all.requests, done));
	line_span(piece, LABEL, " of %s requests", format_count(d->requests, all));
}

/* A mark, what state the picture is in, and how old the run is. */
static void state_pieces(const struct scene *scene, struct line *line)
{
	const struct dashboard *d = scene->d;
	const struct snapshot *s = scene->s;
	char time[FORMAT_BYTES], end[FORMAT_BYTES], glyph[GLYPH_BYTES];
	struct piece *piece = line_piece(line, 1, 3);
	bool recorded = dashboard_recorded(d), still = recorded ? !d->play.playing : d->frozen;
	uint32_t mark = still ? scene->g->paused : recorded ? scene->g->replay : scene->g->live;

	piece->right = true;
	format_elapsed(recorded ? d->play.at_us : s->t_us, time);
	if (recorded) {
		const char *what = d->play.seeking ? "seeking" : d->play.at_end ? "at the end"
				   : d->past ? "past" : still ? "paused" : "replay";

		line_span(piece, PEN(still ? ROLE_WARN : ROLE_ACCENT), "%s %s", format_glyph(mark, glyph), what);
		if (!still && !d->play.seeking && !d->past)
			line_span(piece, PEN(ROLE_TEXT), " %g%s%s", d->play.speed, scene->g->times,
				  d->play.steps ? " in steps" : "");
		piece = line_piece(line, 2, 1);
		line_span(piece, STRONG, "%s", time);
		line_span(piece, LABEL, d->past ? ", now %s" : " of %s", format_elapsed(d->play.end_us, end));
		return;
	}
	if (s->ended) {
		line_span(piece, PEN(ROLE_WARN), "ended");
	} else {
		line_span(piece, PEN(still ? ROLE_WARN : ROLE_OK), "%s", format_glyph(mark, glyph));
		line_span(piece, PEN(still ? ROLE_WARN : ROLE_TEXT), still ? " frozen" : " live");
	}
	line_span(piece, STRONG, " %s", time);
	goal_pieces(scene, line);
}

/* Live it is known how long it takes. */
static void warmup_text(const struct scene *scene, char *out, size_t bytes)
{
	int64_t left = scene->d->warmup_us - scene->s->t_us;

	if (left > 0)
		snprintf(out, bytes, "warm-up, %lld s left, not counted", (long long)((left + 999999) / 1000000));
	else
		snprintf(out, bytes, "warm-up, not counted");
}

/* And how long they may take, where that is known. */
static void drain_text(const struct scene *scene, char *out, size_t bytes)
{
	int64_t left = scene->d->drain_until_us - scene->s->t_us;
	int n = snprintf(out, bytes, "draining, %u left", scene->s->gauge.in_flight);

	if (scene->d->drain_until_us && left > 0)
		snprintf(out + n, bytes - (size_t)n, ", %lld s at most", (long long)((left + 999999) / 1000000));
}

/* What the load does where it is not simply on. */
static void phase_piece(const struct scene *scene, struct line *line)
{
	const struct snapshot *s = scene->s;
	int64_t left = s->settling_until_us - s->t_us;
	char text[64] = "";
	enum role role = ROLE_WARN;

	if (s->ended || s->phase == PHASE_END)
		return;
	if (!dashboard_recorded(scene->d) && scene->d->load_paused)
		snprintf(text, sizeof text, "load paused");
	else if (s->phase == PHASE_PAUSE)
		snprintf(text, sizeof text, "load paused");
	else if (s->phase == PHASE_WARMUP && s->number)
		warmup_text(scene, text, sizeof text);
	else if (s->phase == PHASE_DRAIN)
		drain_text(scene, text, sizeof text);
	else if (s->settling_until_us && left > 0)
		snprintf(text, sizeof text, "settling, %lld s left", (long long)((left + 999999) / 1000000)), role = ROLE_DIM;
	if (*text)
		line_span(line_piece(line, 3, 2), PEN(role), "%s", text);
}

/* How many different loads, one after another, the window reaches over. */
static int window_loads(const struct snapshot *s)
{
	const struct snap_point *last = NULL;
	int loads = 0;

	for (int i = 0; i < s->point_count; i++) {
		const struct snap_point *p = &s->point[i];
		int64_t end_us = i + 1 < s->point_count ? s->point[i + 1].t_us : s->t_us;

		if (p->phase != PHASE_LOAD || end_us <= s->window_since_us)
			continue;
		loads += !last || p->ramp_us || p->mode != last->mode || p->level < last->level || p->level > last->level;
		last = p;
	}
	return loads;
}

static const char *without_last(const char *window)
{
	return strncmp(window, "last ", 5) ? window : window + 5;
}

/* The figures of a window that reaches back over a change are of no one load. */
static void head_window(const struct scene *scene, char out[WINDOW_TEXT])
{
	const struct snapshot *s = scene->s;
	int loads = s->window == WINDOW_10S || s->window == WINDOW_60S ? window_loads(s) : 1;
	char window[FORMAT_BYTES];

	scene_window(scene, window);
	if (loads > 1)
		snprintf(out, WINDOW_TEXT, "%s, %d loads", without_last(window), loads);
	else
		snprintf(out, WINDOW_TEXT, "%s", window);
}

/* With the window of the numbers under it where those have no room for it. */
static void identity_draw(const struct scene *scene, struct view view, int y, bool windowed)
{
	const struct dashboard *d = scene->d;
	const struct snapshot *s = scene->s;
	struct line line;
	struct piece *piece;

	line_init(&line);
	line_span(line_piece(&line, 7, 0), PEN(ROLE_TITLE), "brunt");
	if (d->name && *d->name) {
		piece = line_piece(&line, 5, 2);
		line_span(piece, PEN(ROLE_TEXT), "%s", d->name);
		piece->least = 6;
	}
	if (d->target && *d->target) {
		line_span(line_piece(&line, 8, 1), LABEL, "%s", format_arrow(scene->g));
		piece = line_piece(&line, 8, 1);
		line_span(piece, PEN(ROLE_ACCENT), "%s",
			  view.width >= 100 ? d->target : short_target(d->target));
		piece->least = 8;
	}
	if (d->replay && d->recorded)
		line_span(line_piece(&line, 10, 2), LABEL, "recorded %s", d->recorded);
	state_pieces(scene, &line);
	phase_piece(scene, &line);
	if (d->cut_off)
		line_span(line_piece(&line, 4, 2), PEN(ROLE_BAD), "recording cut off");
	else if (d->trouble)
		line_span(line_piece(&line, 4, 2), PEN(ROLE_BAD), "not recorded");
	if (filter_is_on(&d->filter)) {
		char filter[FILTER_TEXT];

		piece = line_piece(&line, 2, 2);
		line_span(piece, PEN(ROLE_WARN), "/ %s", filter_text(&d->filter, s, s->query.task, filter, sizeof filter));
		piece->least = 10;
	}
	if (s->warming)
		line_span(line_piece(&line, 4, 2), PEN(ROLE_WARN), "prompts repeat");
	if (d->ghost) {
		piece = line_piece(&line, 9, 2);
		line_span(piece, PEN(ROLE_GHOST), "baseline: %s", d->baseline->name);
		piece->least = 14;
	}
	line_span(line_piece(&line, 11, 2), LABEL, "seed %llu", (unsigned long long)d->seed);
	piece = line_piece(&line, s->client_bound ? 0 : 6, 2);
	line_span(piece, PEN(s->client_bound ? ROLE_BAD : ROLE_DIM), s->client_bound ? "client-bound" : "client ok");
	if (windowed) {
		char window[WINDOW_TEXT];

		head_window(scene, window);
		line_span(line_piece(&line, 4, 2), LABEL, "%s", window);
	}
	line_draw(&line, view, 1, y, view.width - 2, scene->g);
}

static uint32_t users_target(const struct scene *scene)
{
	return dashboard_recorded(scene->d) ? scene->s->gauge.users_target : (uint32_t)scene->d->level;
}

static bool is_open(const struct scene *scene)
{
	return (dashboard_recorded(scene->d) ? scene->s->mode : scene->d->mode) == MODE_OPEN;
}

static char *rate_target(const struct scene *scene, char out[FORMAT_BYTES])
{
	return format_level(dashboard_recorded(scene->d) ? scene->s->level : scene->d->level, out);
}

/* Planned beside what follows it, achieved. */
static void rate_pieces(const struct scene *scene, struct line *line)
{
	struct piece *piece = line_piece(line, 2, 0);
	char number[FORMAT_BYTES];

	line_span(piece, LABEL, "rate ");
	line_span(piece, STRONG, "%4s", rate_target(scene, number));
	line_span(piece, LABEL, "/s");
	line_span(line_piece(line, 9, 1), LABEL, "open");
}

static void users_pieces(const struct scene *scene, struct line *line, const char *target)
{
	struct piece *piece = line_piece(line, 2, 0);

	line_span(piece, LABEL, "users ");
	line_span(piece, STRONG, "%*u/%s", (int)strlen(target), scene->s->gauge.users_active, target);
	line_span(line_piece(line, 9, 1), LABEL, "closed");
}

/* HTTP/2: over which the requests in flight go. */
static void connections_piece(const struct snapshot *s, struct line *line)
{
	struct piece *piece = line_piece(line, 5, 1);

	line_span(piece, LABEL, "over ");
	line_span(piece, PEN(ROLE_TEXT), "%2u", s->gauge.connections);
	line_span(piece, LABEL, s->gauge.connections == 1 ? " conn " : " conns");
}

/* Users, throughput, success: fixed widths, so that nothing moves. */
static void count_pieces(const struct scene *scene, struct line *line, int width)
{
	const struct snapshot *s = scene->s;
	const struct snap_numbers *n = &s->together.window;
	char number[FORMAT_BYTES], target[FORMAT_BYTES];
	struct piece *piece;
	int gap = width < NARROW ? 1 : 3;

	snprintf(target, sizeof target, "%u", users_target(scene));
	if (is_open(scene))
		rate_pieces(scene, line);
	else
		users_pieces(scene, line, target);
	piece = line_piece(line, 0, width < NARROW ? 1 : 2);
	/* A dash is three bytes and one cell: %5s would come out short. */
	line_span(piece, STRONG, n->rps >= 0 ? "%5s" : "    %s", format_rate(n->rps, scene->g, number));
	line_span(piece, LABEL, width < SPELLED ? "/s" : " req/s");
	/* Where they are not the same nearly all the time. */
	piece = line_piece(line, is_open(scene) || s->http2_answers ? 4 : 8, width < WORDY ? 2 : 3);
	line_span(piece, LABEL, "in flight ");
	line_span(piece, PEN(ROLE_TEXT), "%*u", is_open(scene) ? 4 : (int)strlen(target), s->gauge.in_flight);
	if (s->http2_answers)
		connections_piece(s, line);
	if (is_open(scene)) {
		piece = line_piece(line, s->waiting ? 3 : 8, width < WORDY ? 2 : 3);
		line_span(piece, LABEL, "waiting ");
		line_span(piece, s->waiting ? PEN(ROLE_BAD) : PEN(ROLE_DIM), "%4s", format_count(s->waiting, number));
	}
	piece = line_piece(line, 1, gap);
	line_span(piece, LABEL, "ok ");
	line_span(piece, n->success_rate >= 0.99 ? STRONG : PEN(n->success_rate >= 0 ? ROLE_BAD : ROLE_DIM),
		  n->success_rate >= 0 ? "%4s" : "   %s", format_percent(n->success_rate, scene->g, number));
	line_span(piece, LABEL, " %%");
	if (scene_quality_known(s)) {
		piece = line_piece(line, 6, gap);
		line_span(piece, LABEL, width < WORDY ? "q " : "quality ");
		line_span(piece, STRONG, n->quality >= 0 ? "%4s" : "   %s", scene_quality(scene, n->quality, number));
	}
}

/* The window in fewer cells where it has no room beside three percentiles. */
static void window_fit(const struct scene *scene, int gap, int width, char out[WINDOW_TEXT])
{
	char window[FORMAT_BYTES];
	int numbers = PERCENTILES * (PERCENTILE + gap) + 1 + utf8_cells(scene->unit.name);

	head_window(scene, out);
	if (utf8_cells(out) + numbers <= width)
		return;
	scene_window(scene, window);
	if (!strncmp(window, "last ", 5))
		snprintf(out, WINDOW_TEXT, "%s", without_last(window));
	else if (!strcmp(out, "whole run"))
		strcpy(out, "run");
}

/* Flush right, so that the numbers stay where they are whatever the window is called.
 * `beside`: the counts are in the same line. */
static void latency_pieces(const struct scene *scene, struct line *line, bool beside, int gap, int width)
{
	const struct dist *d = &scene->s->together.window.latency;
	bool other = scene->s->query.clock != CLOCK_RESPONSE;
	enum ghost_timing timing = (enum ghost_timing)scene->s->query.clock;
	char window[WINDOW_TEXT];

	if (beside)
		head_window(scene, window);
	else
		window_fit(scene, gap, width, window);
	if (beside ? width >= ROOMY : !other) {
		struct piece *piece = line_piece(line, 7, 3);

		line_span(piece, LABEL, "%s", window);
		piece->right = beside;
	}
	/* In the window's place, which is on top then. */
	if (other) {
		struct piece *piece = line_piece(line, 1, gap);

		line_span(piece, PEN(ROLE_ACCENT), "%s", scene_clock(scene));
		piece->right = beside;
	}
	scene_percentile(scene, line, 2, gap, ROLE_P50, "p50", d->p50_us, d->count, 0.5);
	line->piece[line->count - 1].right = !(beside && other);
	scene_ratio(scene, line, 8, -1, timing, d, SCENE_P50);
	scene_percentile(scene, line, 3, gap, ROLE_P95, "p95", d->p95_us, d->count, 0.95);
	scene_ratio(scene, line, 5, -1, timing, d, SCENE_P95);
	scene_percentile(scene, line, 0, gap, ROLE_P99, "p99", d->p99_us, d->count, 0.99);
	line_span(&line->piece[line->count - 1], LABEL, " %s", scene->unit.name);
	scene_ratio(scene, line, 8, -1, timing, d, SCENE_P99);
}

void statusline_draw(const struct scene *scene, struct view view)
{
	int margin = view.width < NARROW ? 0 : 1, width = view.width - 2 * margin;
	struct line line;

	if (view.height == 1 || view.width < TINY) {
		statusline_one(scene, view);
		return;
	}
	if (view.height == 2 && view.width < HALF_WIDE) {
		statusline_one(scene, view);
		identity_draw(scene, view, 1, true);
		return;
	}
	identity_draw(scene, view, 0, view.height == 2 ? width < ROOMY : scene->s->query.clock != CLOCK_RESPONSE);
	line_init(&line);
	count_pieces(scene, &line, width);
	if (view.height == 2)
		latency_pieces(scene, &line, true, 2, width);
	line_draw(&line, view, margin, 1, width, scene->g);
	if (view.height < 3)
		return;
	line_init(&line);
	latency_pieces(scene, &line, false, width < NARROW ? 1 : 2, width);
	line_draw(&line, view, margin, 2, width, scene->g);
}

/* The one line there is, shorter and shorter. */
void statusline_one(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;
	const struct dist *d = &s->together.window.latency;
	double bad = s->together.window.success_rate >= 0 ? 1 - s->together.window.success_rate : -1;
	char rate[FORMAT_BYTES], p50[FORMAT_BYTES], p95[FORMAT_BYTES], p99[FORMAT_BYTES], err[FORMAT_BYTES];
	char text[9][320], slo[FORMAT_BYTES] = "", clock[16] = "";
	bool missed = s->slo_count && lamps_summary(scene, slo) == ROLE_BAD;
	enum role role = s->client_bound || bad > 0.01 || missed ? ROLE_BAD : ROLE_TEXT;
	char load[FORMAT_BYTES + 8], number[FORMAT_BYTES];
	const char *u = scene->unit.name;

	if (is_open(scene))
		snprintf(load, sizeof load, "%s/s:", rate_target(scene, number));
	else
		snprintf(load, sizeof load, "%u %s", users_target(scene), users_target(scene) == 1 ? "user" : "users");
	format_rate(s->together.window.rps, scene->g, rate);
	scene_value(scene, d->p50_us, d->count, p50);
	scene_value(scene, d->p95_us, d->count, p95);
	scene_value(scene, d->p99_us, d->count, p99);
	format_percent(bad, scene->g, err);
	/* Behind the numbers, so that these keep their place. */
	if (s->query.clock != CLOCK_RESPONSE)
		snprintf(clock, sizeof clock, " %s", scene_clock(scene));
	snprintf(text[0], sizeof *text, "%s %s req/s p50 %s p95 %s p99 %s %s%s err %s %% %s", load, rate, p50, p95,
		 p99, u, clock, err, slo);
	snprintf(text[1], sizeof *text, "%s %s req/s p50 %s p95 %s p99 %s %s%s err %s %%", load, rate, p50, p95, p99, u,
		 clock, err);
	snprintf(text[2], sizeof *text, "%s %s req/s p50 %s p99 %s %s%s err %s %%", load, rate, p50, p99, u, clock, err);
	snprintf(text[3], sizeof *text, "%s req/s p50 %s p99 %s %s%s err %s %%", rate, p50, p99, u, clock, err);
	snprintf(text[4], sizeof *text, "%s/s p50 %s p99 %s%s%s err %s%%", rate, p50, p99, u, clock, err);
	snprintf(text[5], sizeof *text, "%s/s %s %s%s%s e%s%%", rate, p50, p99, u, clock, err);
	snprintf(text[6], sizeof *text, "%s/s %s%s%s", rate, p99, u, clock);
	snprintf(text[7], sizeof *text, "%s/s", rate);
	snprintf(text[8], sizeof *text, "%s", rate);
	for (int i = !*slo; i < 9; i++) {
		if (utf8_cells(text[i]) > view.width)
			continue;
		view_text(view, 0, 0, PEN(role), text[i]);
		return;
	}
	/* Half a number would be a wrong one. */
	view_put(view, 0, 0, scene->d->frozen ? scene->g->paused : scene->g->live,
		 PEN(role == ROLE_BAD ? ROLE_BAD : ROLE_OK));
}
