/* Runs at several loads, and what they say of scaling. After cmocka.h. */
#ifndef TESTS_UI_SCALED_H
#define TESTS_UI_SCALED_H

#include "fixture.h"

/* Slots that are full from 8 users on, 110 ms each; windows that wobble. */
static inline void made_dot(struct scaling *s, struct dot *dot, struct dot_windows *w, double users, double slots)
{
	struct scaling_dot *d = &s->dot[s->count];
	double x = fmin(users, slots) / 0.11, r = users / x;
	struct made m = {(uint64_t)users + 7};

	*w = (struct dot_windows){.count = 32};
	for (int i = 0; i < 32; i++) {
		w->answers[i] = (float)(x * (0.8 + 0.4 * made_unit(&m)));
		w->times_s[i] = w->answers[i] * (float)r;
	}
	*dot = (struct dot){.level = users, .x = x, .r_s = r};
	assert_true(dot_sure(dot, w));
	*d = (struct scaling_dot){
		.t_us = s->count * 12000000LL, .level = users, .mode = MODE_CLOSED, .use = DOT_FITTED,
		.slo = users < 33 ? STANDS_SURELY_MET : STANDS_SURELY_MISSED, .seconds = 10, .n = (uint64_t)(10 * x),
		.x = x, .x_low = x * exp(-2.3 * dot->x_off), .x_high = x * exp(2.3 * dot->x_off),
		.p50 = {.known = true, .low_us = (int64_t)(r * 0.93e6), .high_us = (int64_t)(r * 1.02e6)},
		.p95 = {.known = true, .low_us = (int64_t)(r * 1.3e6), .high_us = (int64_t)(r * 1.6e6)},
	};
	for (int c = 0; c < SCALING_CLOCKS; c++) {
		d->mean_us[c] = r * (c == CLOCK_QUEUE ? 1e3 : 1e6);
		d->p50_us[c] = (int64_t)(d->mean_us[c] * 0.97);
		d->p95_us[c] = (int64_t)(d->mean_us[c] * 1.4);
	}
	s->count++;
}

static inline struct snapshot *made_scaling(const double *users, int count)
{
	struct snapshot *s = made_typical();
	struct scaling *out = &s->scaling;
	struct dot dot[SCALING_DOTS];
	struct dot_windows w[SCALING_DOTS];

	for (int i = 0; i < count; i++)
		made_dot(out, &dot[i], &w[i], users[i], 8);
	out->dot[count - 1].present = true;
	out->fitted = out->points = count;
	scale_fit(dot, w, count, users[count - 1], &out->scale);
	out->change.level = out->drive_to = NAN;
	out->slo_capacity = out->slo_low = out->slo_high = NAN;
	s->query.task = -1;
	return s;
}

static const double octaves[] = {1, 2, 4, 8, 16, 32, 48};

static inline struct snapshot *made_knee(void)
{
	struct snapshot *s = made_scaling(octaves, 7);

	s->scaling.slo_asked = true;
	s->scaling.slo_capacity = s->scaling.slo_low = 32;
	s->scaling.slo_high = 48;
	snprintf(s->scaling.advice, SCALING_TEXT, "measure 48 users again to confirm it");
	snprintf(s->scaling.no_usl, SCALING_TEXT, "no USL: it is off by 21 %% at 8 users, as where slots or a batch fill up");
	return s;
}

static inline struct snapshot *made_growing(void)
{
	struct snapshot *s = made_scaling(octaves, 3);

	snprintf(s->scaling.advice, SCALING_TEXT, "throughput still grows: drive to 8 users or more");
	snprintf(s->scaling.no_usl, SCALING_TEXT, "USL needs 6 levels: 3 so far");
	return s;
}

#endif
