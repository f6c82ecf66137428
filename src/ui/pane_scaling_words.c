/* What the dots say together, in words. */
#include "plane.h"

#include <math.h>
#include <stdio.h>

#define LEFT 1
#define ITEM 128
#define DASH(g) ((g)->rule < 0x80 ? "-" : "\xe2\x80\x93")
#define SQUARED(g) ((g)->rule < 0x80 ? "2" : "\xc2\xb2")

/* "9.1 (8.2 – 10.4)" */
static void with_range(const struct scene *scene, double value, struct scale_range r, char out[ITEM])
{
	if (isnan(r.low))
		snprintf(out, ITEM, "%.3g", value);
	else
		snprintf(out, ITEM, "%.3g (%.3g %s %.3g)", value, r.low, DASH(scene->g), r.high);
}

static void item(struct line *line, int rank, const char *name, const char *value, enum role role)
{
	struct piece *piece = line_piece(line, rank, 3);

	line_span(piece, PEN(ROLE_DIM), "%s ", name);
	line_span(piece, PEN(role), "%s", value);
}

static void bounds_line(const struct scene *scene, struct line *line)
{
	const struct scaling *s = &scene->s->scaling;
	const struct bounds *b = &s->scale.bounds;
	char number[ITEM], text[ITEM + 16], duration[FORMAT_BYTES];

	if (!isnan(b->knee)) {
		with_range(scene, b->knee, s->scale.knee, number);
		snprintf(text, sizeof text, "%s users", number);
	} else {
		snprintf(text, sizeof text, b->reached ? "below what was measured" : "not reached");
	}
	item(line, 0, "knee", text, isnan(b->knee) ? ROLE_DIM : ROLE_TITLE);
	with_range(scene, b->x_max, b->reached ? s->scale.x_max : (struct scale_range){NAN, NAN}, number);
	snprintf(text, sizeof text, "%s req/s", number);
	item(line, 1, b->reached ? "X max" : "X so far", text, ROLE_TEXT);
	if (b->light)
		item(line, 2, "R min", format_duration(b->r_min_s * 1e6, scene->g, duration), ROLE_TEXT);
}

/* What all of it rests on: "n = 4 of 6 points". */
static void points_piece(const struct scaling *s, bool open, struct line *line)
{
	int used = open ? s->open : s->fitted;

	if (!used)
		return;
	if (used == s->points)
		line_span(line_piece(line, 0, 0), PEN(ROLE_DIM), "n = %d point%s", used, used == 1 ? "" : "s");
	else
		line_span(line_piece(line, 0, 0), PEN(ROLE_DIM), "n = %d of %d points", used, s->points);
}

static bool trend_words(const struct scene *scene, char *out, size_t bytes)
{
	static const char *const words[] = {
		[TREND_UNKNOWN] = "latency", [TREND_FLAT] = "latency does not grow",
		[TREND_STRAIGHT] = "latency grows linearly",
		[TREND_BENDS_UP] = "latency grows faster than linearly",
		[TREND_BENDS_DOWN] = "latency grows more slowly than linearly",
	};
	const struct scaling *s = &scene->s->scaling;
	const struct trend *t = scaling_trend(s);
	char from[FORMAT_BYTES], to[FORMAT_BYTES], slope[FORMAT_BYTES];

	if (!t || isnan(t->slope))
		return false;
	if (t == &s->scale.beyond)
		snprintf(from, sizeof from, "beyond the knee");
	else
		snprintf(from, sizeof from, "from %.20s", format_level(t->from, to));
	snprintf(out, bytes, "%s %s to %s users: %s%s a user, r%s %.2f, n = %d%s", words[t->shape], from,
		 format_level(t->to, to), t->slope < 0 ? "-" : "+",
		 format_duration(fabs(t->slope) * 1e6, scene->g, slope), SQUARED(scene->g), isnan(t->r2) ? 0 : t->r2, t->dots,
		 t->shape == TREND_UNKNOWN ? "; a third level would test it" : "");
	return true;
}

static bool capacity_words(const struct scene *scene, char *out, size_t bytes)
{
	const struct scaling *s = &scene->s->scaling;
	const char *unit = plane_mode(scene->s) == MODE_OPEN ? "/s" : " users";
	char level[FORMAT_BYTES], sure[64] = "", missed[64] = "";

	if (!s->slo_asked)
		return false;
	if (!isnan(s->slo_low))
		snprintf(sure, sizeof sure, ", surely at %s", format_level(s->slo_low, level));
	if (!isnan(s->slo_high))
		snprintf(missed, sizeof missed, ", surely not at %s", format_level(s->slo_high, level));
	if (isnan(s->slo_capacity))
		snprintf(out, bytes, "within the SLOs: none of these levels%s", missed);
	else
		snprintf(out, bytes, "within the SLOs: %s%s%s%s", format_level(s->slo_capacity, level), unit, sure, missed);
	return true;
}

static int sentence(const struct scene *scene, struct view view, int y, struct pen pen, const char *text)
{
	if (!*text || y >= view.height)
		return y;
	return y + wrap_draw(view_part(view, 0, y, view.width, view.height - y), scene->g, LEFT, pen, text, view.height - y);
}

/* Which key does what is advised, where keys change the load. */
static const char *by_key(const struct scene *scene, bool open)
{
	const struct scaling *s = &scene->s->scaling;

	if (dashboard_recorded(scene->d) || scene->s->ended)
		return "";
	if (!s->fitted)
		return open ? ": m goes on in one" : "";
	return s->scale.levels < 2 && !(s->hold_s > 0) ? ": press + or >" : "";
}

void pane_scaling_words(const struct scene *scene, struct view view)
{
	const struct scaling *s = &scene->s->scaling;
	bool open = plane_mode(scene->s) == MODE_OPEN, titled = view.height >= 4;
	bool past = dashboard_recorded(scene->d);
	struct view body = view_part(view, 0, titled, view.width - 1, view.height - titled);
	char text[256];
	struct line line;
	int y = 0;

	line_init(&line);
	points_piece(s, open, &line);
	if (titled)
		rule_draw(view, scene->g, scene_focused(scene, PANE_SCALING_WORDS),
			  scene->s->query.task >= 0 && scene->s->task_count > 1 ? "scaling, of all tasks together" : "scaling", &line);
	y = sentence(scene, body, y, (struct pen){.role = ROLE_WARN}, s->changed);
	snprintf(text, sizeof text, "%s%s", s->client ? "! " : "", s->left_out);
	y = sentence(scene, body, y, (struct pen){.role = ROLE_WARN}, *s->left_out ? text : "");
	if (!open && s->fitted) {
		line_init(&line);
		bounds_line(scene, &line);
		line_draw(&line, body, LEFT, y++, body.width - LEFT, scene->g);
		if (trend_words(scene, text, sizeof text))
			y = sentence(scene, body, y, PEN(ROLE_TEXT), text);
	} else if (open) {
		y = sentence(scene, body, y, PEN(ROLE_TEXT), "an open loop: the rate is what is asked for, so neither bounds nor a knee are fitted");
	}
	snprintf(text, sizeof text, "%s%s", past ? s->past_advice : s->advice, by_key(scene, open));
	y = sentence(scene, body, y, PEN(ROLE_ACCENT), *s->advice ? text : "");
	if (capacity_words(scene, text, sizeof text))
		y = sentence(scene, body, y, PEN(ROLE_TEXT), text);
	if (!open)
		sentence(scene, body, y, PEN(ROLE_DIM), past ? s->past_no_usl : s->no_usl);
}
