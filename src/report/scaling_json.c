#include "scaling_put.h"

#include <math.h>

#include "base/clock.h"
#include "json_out.h"

static const char *const shapes[] = {
	[TREND_FLAT] = "flat", [TREND_STRAIGHT] = "linear", [TREND_BENDS_UP] = "faster", [TREND_BENDS_DOWN] = "slower",
};

static void level_or_null(cJSON *o, const char *key, double value)
{
	if (isnan(value))
		json_null(o, key);
	else
		json_level(o, key, value);
}

static void put_knee(cJSON *o, const struct scale *s)
{
	cJSON *knee;

	if (isnan(s->bounds.knee)) {
		json_null(o, "knee");
		return;
	}
	knee = json_object(o, "knee");
	json_decimal(knee, "n", s->bounds.knee, 2);
	json_decimal(knee, "low", s->knee.low, 2);
	json_decimal(knee, "high", s->knee.high, 2);
}

static void put_trend(cJSON *o, const struct trend *t)
{
	cJSON *linear;

	if (!t || t->shape == TREND_UNKNOWN) {
		json_null(o, "linear");
		return;
	}
	linear = json_object(o, "linear");
	json_decimal(linear, "slope_ms", t->slope * 1e3, 3);
	json_decimal(linear, "r2", t->r2, 4);
	json_string(linear, "grows", shapes[t->shape]);
	json_level(linear, "from", t->from);
	json_level(linear, "to", t->to);
	json_whole(linear, "n", (uint64_t)t->dots);
}

static void put_usl(cJSON *o, const struct scale *s)
{
	cJSON *usl;

	if (s->fit != SCALE_USL) {
		json_null(o, "usl");
		return;
	}
	usl = json_object(o, "usl");
	json_decimal(usl, "lambda", s->usl.lambda, 4);
	json_decimal(usl, "sigma", s->usl.sigma, 6);
	json_decimal(usl, "kappa", s->usl.kappa, 8);
	json_decimal(usl, "peak", s->usl.peak, 2);
}

static const char *text_or_null(const char *text)
{
	return *text ? text : NULL;
}

cJSON *scaling_put(cJSON *root, const struct scaling *s)
{
	const struct bounds *b = &s->scale.bounds;
	cJSON *o = json_object(root, "scaling");

	json_whole(o, "points", (uint64_t)s->points);
	json_whole(o, "fitted", (uint64_t)s->fitted);
	put_knee(o, &s->scale);
	json_decimal(o, "x_max_rps", b->reached ? b->x_max : NAN, 3);
	json_milliseconds(o, "r_min_ms", b->light ? b->r_min_s * (double)US_PER_S : NAN);
	put_trend(o, scaling_trend(s));
	put_usl(o, &s->scale);
	level_or_null(o, "slo_capacity", s->slo_capacity);
	json_null(o, "stop_reason");
	json_string(o, "advice", text_or_null(s->advice));
	json_string(o, "changed", text_or_null(s->changed));
	json_string(o, "left_out", text_or_null(s->left_out));
	json_null(o, "verdict");
	return o;
}
