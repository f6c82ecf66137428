/* The same over the whole run, on the heatmap's time axis. */
#include "ui/view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define BOTH 14 /* rows from which there is room for p50, too */

/* A column of the picture: the phases of the map's columns in it, by their requests. */
struct stack {
	double requests, group_us[PARTS_GROUPS], sum;
};

static void stack_of(const struct scene *scene, const struct heat *heat, int slot, enum snap_band band,
		     struct stack *out)
{
	const struct snap_phases *p = &scene->s->phases;
	int64_t slot_us = heat_slot_us(heat);
	int64_t first = slot * slot_us / p->length_us, last = ((slot + 1) * slot_us - 1) / p->length_us;
	double group[PARTS_GROUPS];

	memset(out, 0, sizeof *out);
	for (int64_t i = first; i <= last && i < p->columns && i < SNAP_PART_COLUMNS; i++) {
		double n = (double)p->requests[i];

		parts_sum(scene, p->us[i][band], group);
		for (int g = 0; g < PARTS_GROUPS; g++)
			out->group_us[g] += n * group[g];
		out->requests += n;
	}
	for (int g = 0; out->requests > 0 && g < PARTS_GROUPS; g++) {
		out->group_us[g] /= out->requests;
		out->sum += out->group_us[g];
	}
}

static double most_us(const struct scene *scene, const struct heat *heat, enum snap_band band)
{
	struct stack stack;
	double most = 0;

	for (int slot = 0; slot < heat->slots; slot++) {
		stack_of(scene, heat, slot, band, &stack);
		most = fmax(most, stack.sum);
	}
	return most;
}

static void column_draw(const struct scene *scene, struct view plot, int x, const struct stack *stack, double max_us,
			double q)
{
	int cells = parts_cells(stack->sum, max_us, plot.height);

	for (int k = 0; k < cells; k++)
		parts_put(scene, plot, x, plot.height - 1 - k,
			  parts_group_at(stack->group_us, (k + 0.5) / cells * stack->sum),
			  format_enough((uint64_t)stack->requests, q));
}

static void trend_draw(const struct scene *scene, struct view view, enum snap_band band, bool focused)
{
	const struct snapshot *s = scene->s;
	const char *name = band == BAND_P95 ? "p95" : "p50";
	double q = band == BAND_P95 ? 0.95 : 0.5, max;
	bool past = scene->d->frozen || dashboard_recorded(scene->d) || s->ended;
	struct frame f = frame_of(view);
	char whose[WHOSE_BYTES], title[WHOSE_BYTES + 96], text[FORMAT_BYTES];
	struct stack newest = {0};
	struct heat heat;
	struct line right;

	scene_whose(scene, whose, sizeof whose);
	snprintf(title, sizeof title, "%sabout %s%s%s, %s", scene->d->view == VIEW_OVERVIEW ? "phases " : "", name, whose, scene_clock_suffix(scene), scene->unit.name);
	heat_init(&heat, &s->heat, f.plot.width, f.plot.height);
	line_init(&right);
	if (s->phases.columns > 0) {
		line_span(line_piece(&right, 0, 0), PEN(ROLE_DIM), "whole run");
		line_span(line_piece(&right, 1, 0), PEN(ROLE_DIM), ", n = %s", format_count(s->parts_all.requests, text));
		line_span(line_piece(&right, 2, 0), PEN(ROLE_DIM), ", by %s",
			  format_duration((double)s->phases.length_us, scene->g, text));
	}
	rule_draw(view, scene->g, focused, title, &right);
	if (f.plot.height < 1 || f.plot.width < 1)
		return;
	heat_time_axis(&heat, f.time, past ? format_elapsed(s->t_us, text) : "now", scene->g, s->point, s->point_count);
	max = s->phases.length_us > 0 ? most_us(scene, &heat, band) / scene->unit.us : 0;
	graph_y_axis(f.y_axis, scene->g, max > 0 ? format_nice_max(max) : 0);
	if (!(max > 0)) {
		frame_nothing(scene, &f, "no answers yet");
		return;
	}
	max = format_nice_max(max);
	for (int slot = 0; slot < heat.slots; slot++) {
		struct stack stack;

		stack_of(scene, &heat, slot, band, &stack);
		for (int k = 0; k < heat.slot_cells; k++)
			column_draw(scene, f.plot, slot * heat.slot_cells + k, &stack, max * scene->unit.us, q);
		newest = stack.sum > 0 ? stack : newest;
	}
	view_text(f.labels, 1, frame_row(newest.sum / scene->unit.us, max, f.plot.height),
		  scene_pen(band == BAND_P95 ? ROLE_P95 : ROLE_P50, (uint64_t)newest.requests, q),
		  format_value(newest.sum, scene->unit, scene->g, text));
}

void pane_phase_trend(const struct scene *scene, struct view view)
{
	bool focused = scene_focused(scene, PANE_PHASE_TREND);
	int upper = view.height < BOTH ? view.height : view.height / 2;

	trend_draw(scene, view_part(view, 0, 0, view.width, upper), BAND_P95, focused);
	if (upper < view.height)
		trend_draw(scene, view_part(view, 0, upper, view.width, view.height - upper), BAND_P50, false);
}
