#include "scaling_put.h"

#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/units.h"

#define CELL 64
#define PART 96

static const char *range(const struct scale_range *r, char out[CELL])
{
	*out = '\0';
	if (!isnan(r->low))
		snprintf(out, CELL, " (%.3g to %.3g)", r->low, r->high);
	return out;
}

static void bounds_line(const struct text_out *out, const struct scaling *s)
{
	const struct scale *scale = &s->scale;
	char knee[PART] = "not reached", x_max[PART] = "", r_min[PART] = "", between[CELL], number[UNITS_BYTES], n[CELL];

	if (!isnan(scale->bounds.knee))
		snprintf(knee, sizeof knee, "%.3g user%s%s", scale->bounds.knee, scale->bounds.knee == 1 ? "" : "s",
			 range(&scale->knee, between));
	else if (scale->bounds.reached)
		snprintf(knee, sizeof knee, "below what was measured");
	snprintf(x_max, sizeof x_max, "%s %s requests/s%s", scale->bounds.reached ? "at most" : "so far",
		 units_format_rate(scale->bounds.x_max, number), scale->bounds.reached ? range(&scale->x_max, between) : "");
	if (scale->bounds.light)
		snprintf(r_min, sizeof r_min, "   at least %s",
			 units_format_duration((int64_t)llround(scale->bounds.r_min_s * 1e9), number));
	snprintf(n, sizeof n, s->fitted < s->points ? "%d of %d" : "%d", s->fitted, s->points);
	text_line(out, TEXT_PLAIN, "scaling    knee %s   %s%s   n = %s points", knee, x_max, r_min, n);
}

static void trend_line(const struct text_out *out, const struct scaling *s)
{
	static const char *const words[] = {
		[TREND_UNKNOWN] = "(two levels: no test)", [TREND_FLAT] = "does not grow", [TREND_STRAIGHT] = "grows linearly",
		[TREND_BENDS_UP] = "grows faster than linearly", [TREND_BENDS_DOWN] = "grows more slowly than linearly",
	};
	const struct trend *t = scaling_trend(s);
	char from[UNITS_BYTES], to[UNITS_BYTES];

	if (!t || isnan(t->slope))
		return;
	text_line(out, TEXT_PLAIN, "           latency %s from %s to %s users: %+.3g ms a user, r2 %.2f, n = %d points",
		  words[t->shape], units_format_level(t->from, from), units_format_level(t->to, to), t->slope * 1e3,
		  isnan(t->r2) ? 0 : t->r2, t->dots);
}

static void capacity_line(const struct text_out *out, const struct scaling *s)
{
	char level[UNITS_BYTES], low[UNITS_BYTES], high[UNITS_BYTES], sure[CELL] = "", missed[CELL] = "";

	if (!s->slo_asked)
		return;
	if (!isnan(s->slo_low))
		snprintf(sure, sizeof sure, ", surely %s", units_format_level(s->slo_low, low));
	if (!isnan(s->slo_high))
		snprintf(missed, sizeof missed, ", not %s", units_format_level(s->slo_high, high));
	text_line(out, TEXT_PLAIN, "           within the SLOs: %s%s%s",
		  isnan(s->slo_capacity) ? "no level that was measured" : units_format_level(s->slo_capacity, level), sure, missed);
}

void scaling_text(const struct text_out *out, const struct scaling *s)
{
	if (s->scale.levels < 2 && !*s->left_out && !*s->changed)
		return;
	text_line(out, TEXT_PLAIN, "%s", "");
	if (s->scale.levels < 2) {
		text_line(out, TEXT_ALARM, "scaling    %s", *s->left_out ? s->left_out : s->changed);
		return;
	}
	bounds_line(out, s);
	trend_line(out, s);
	capacity_line(out, s);
	if (*s->changed)
		text_line(out, TEXT_ALARM, "           %s", s->changed);
	if (*s->left_out)
		text_line(out, TEXT_ALARM, "           %s", s->left_out);
	if (*s->no_usl)
		text_line(out, TEXT_DIM, "           %s", s->no_usl);
	if (*s->advice)
		text_line(out, TEXT_PLAIN, "           %s", s->advice);
}
