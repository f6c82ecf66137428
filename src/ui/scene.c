#include "ui/view.h"

#include "base/signs.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

bool scene_focused(const struct scene *scene, enum pane pane)
{
	return scene->d->focus == pane && !scene->d->help;
}

char *scene_signs(const struct scene *scene, const char *text, char *out, size_t bytes)
{
	const struct signs signs = {
		.arrow = format_arrow(scene->g), .times = scene->g->times, .plus_minus = scene->g->plus_minus,
	};

	return signs_set(text, &signs, out, bytes);
}

void scene_window(const struct scene *scene, char out[FORMAT_BYTES])
{
	const struct snapshot *s = scene->s;
	char since[FORMAT_BYTES];
	double seconds = s->together.window.seconds;

	if (s->window != WINDOW_10S && s->window != WINDOW_60S)
		snprintf(out, FORMAT_BYTES, "whole run");
	else if (s->window_fresh)
		snprintf(out, FORMAT_BYTES, "since %.20s", format_elapsed(s->window_since_us, since));
	else if (!(seconds < 100))
		snprintf(out, FORMAT_BYTES, s->window == WINDOW_10S ? "last 10 s" : "last 60 s");
	else
		/* What it really covers, so that rate x span is the count: the newest
		 * second is not full, and a run may be young or have been paused. */
		snprintf(out, FORMAT_BYTES, fmod(seconds, 1) < 0.05 || fmod(seconds, 1) >= 0.95 ? "last %.0f s" : "last %.1f s",
			 seconds);
}

const char *scene_clock(const struct scene *scene)
{
	static const char *const name[CLOCK_KINDS] = {"latency", "service", "queue"};

	return name[scene->s->query.clock < CLOCK_KINDS ? scene->s->query.clock : CLOCK_RESPONSE];
}

const char *scene_clock_suffix(const struct scene *scene)
{
	static const char *const name[CLOCK_KINDS] = {"", ", service", ", queue"};

	return name[scene->s->query.clock < CLOCK_KINDS ? scene->s->query.clock : CLOCK_RESPONSE];
}

void scene_whose_apart(const struct scene *scene, bool follows, char *out, size_t bytes)
{
	const struct snapshot *s = scene->s;
	const struct filter *f = &scene->d->filter;
	size_t n;

	if (s->query.task >= 0 && s->query.task < s->task_count && s->task_count > 1)
		snprintf(out, bytes, " of %s", s->task[s->query.task].name);
	else
		*out = '\0';
	n = strlen(out);
	if (f->outcome == FILTER_ALL)
		return;
	if (!follows)
		snprintf(out + n, bytes - n, ", not by outcome");
	else
		snprintf(out + n, bytes - n, ", %s only", f->error != ERROR_NONE ? error_class_name(f->error)
						   : f->outcome == FILTER_OK ? "ok" : "failed");
}

void scene_whose(const struct scene *scene, char *out, size_t bytes)
{
	scene_whose_apart(scene, false, out, bytes);
}

char *scene_quality(const struct scene *scene, double quality, char out[FORMAT_BYTES])
{
	return format_percent(quality / 100, scene->g, out);
}

int scene_task_rows(const struct snapshot *s)
{
	return s->task_count > 1 ? s->task_count + 1 : s->task_count;
}

const struct snap_task *scene_task(const struct snapshot *s, int row)
{
	if (s->task_count == 1)
		return &s->task[0];
	return row == 0 ? &s->together : &s->task[row - 1];
}

void scene_muted(const struct scene *scene, struct view view, int x, int y, int row)
{
	int task = scene->s->task_count > 1 ? row - 1 : row;

	if (task >= 0 && task < SNAP_TASKS && scene->s->silent >> task & 1)
		view_put(view, x, y, 'm', PEN(ROLE_WARN));
}

double scene_events_per_read(const struct snap_numbers *n)
{
	return n->reads ? (double)n->events / (double)n->reads : NAN;
}

char *scene_per_read(const struct scene *scene, double per_read, char out[FORMAT_BYTES])
{
	/* 1.02 and 1.5 are different worlds: two decimals. */
	return format_value(per_read, (struct unit){1, ""}, scene->g, out);
}

struct pen scene_pen(enum role role, uint64_t n, double q)
{
	return PEN(format_enough(n, q) ? role : ROLE_DIM);
}

char *scene_value(const struct scene *scene, int64_t us, uint64_t n, char out[FORMAT_BYTES])
{
	return format_value(n ? (double)us : -1, scene->unit, scene->g, out);
}

void scene_percentile(const struct scene *scene, struct line *line, int rank, int gap, enum role role,
		      const char *name, int64_t us, uint64_t n, double q)
{
	char number[FORMAT_BYTES];
	struct piece *piece = line_piece(line, rank, gap);

	scene_value(scene, us, n, number);
	line_span(piece, PEN(role), "%s ", name);
	line_span(piece, (struct pen){.role = role, .attr = format_enough(n, q) ? ATTR_BOLD : ATTR_DIM},
		  n ? "%4s" : "   %s", number);
}

struct scene scene_in_ms(const struct scene *scene)
{
	struct scene out = *scene;

	out.unit = (struct unit){1e3, "ms"};
	return out;
}

/* The whole run's figures leave the warm-up out, the window's have it. */
bool scene_streams(const struct snapshot *s)
{
	return s->together.all.streams || s->together.window.streams;
}

bool scene_tokens(const struct snapshot *s)
{
	return s->together.all.output_tokens_per_s > 0 || s->together.window.output_tokens_per_s > 0;
}

bool scene_quality_known(const struct snapshot *s)
{
	return s->together.all.quality >= 0 || s->together.window.quality >= 0;
}

bool scene_goodput_known(const struct snapshot *s)
{
	return s->together.all.goodput_rps >= 0 || s->together.window.goodput_rps >= 0;
}

bool scene_cache_known(const struct snapshot *s)
{
	const struct snap_numbers *all = &s->together.all, *window = &s->together.window;

	return all->cache_hits || all->cache_misses || window->cache_hits || window->cache_misses;
}

void nothing_draw(const struct scene *scene, struct view view, const char *title, const char *what, const char *how)
{
	struct view body = view_part(view, 0, 1, view.width - 1, view.height - 1);
	int x = view.width < 40 ? 0 : 3, y = body.height > 4;

	rule_draw(view, scene->g, false, title, NULL);
	body = view_part(body, 0, y, body.width, body.height - y);
	y = wrap_draw(body, scene->g, x, PEN(ROLE_TEXT), what, body.height);
	wrap_draw(view_part(body, 0, y, body.width, body.height - y), scene->g, x, PEN(ROLE_DIM), how, body.height - y);
}
