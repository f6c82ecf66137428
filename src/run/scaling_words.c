/* What the dots say, and what would say more, in sentences. */
#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/units.h"
#include "scaling_of.h"

#define WORDS 40
#define LOOSE 1.5      /* a knee's interval: from high to low */

static const char *level(double value, char out[UNITS_BYTES])
{
	return units_format_level(value, out);
}

/* "1 user", "8 users" */
static const char *users(double value, char out[WORDS])
{
	char number[UNITS_BYTES];

	snprintf(out, WORDS, "%s user%s", level(value, number), value >= 0.5 && value < 1.5 ? "" : "s");
	return out;
}

static void no_usl(const struct scaling *s, bool over, char out[SCALING_TEXT])
{
	const struct usl *u = &s->scale.usl;
	char a[WORDS], b[UNITS_BYTES];

	if (!s->fitted)
		return;
	switch (u->says) {
	case USL_HOLDS:
		break;
	case USL_FEW_LEVELS:
		snprintf(out, SCALING_TEXT, over ? "USL needs %d levels: there were %d" : "USL needs %d levels: %d so far", USL_LEVELS, u->levels);
		break;
	case USL_SUPERLINEAR:
		snprintf(out, SCALING_TEXT, "no USL: more users get more each, as where a batch fills");
		break;
	case USL_MISFIT:
		if (isfinite(u->worst) && u->worst_level > 0)
			snprintf(out, SCALING_TEXT, "no USL: it is off by %.0f %% at %s, as where slots or a batch fill up",
				 100 * fabs(u->worst), users(u->worst_level, a));
		else
			snprintf(out, SCALING_TEXT, "no USL: no curve of its kind goes through these");
		break;
	case USL_NO_PEAK:
		if (isfinite(u->peak))
			snprintf(out, SCALING_TEXT, over ? "USL: no level beyond its peak, which may be near %s: %s or more would show it"
							 : "USL: no level beyond its peak yet; it may be near %s: drive to %s or more",
				 level(round(u->peak), b), users(ceil(1.5 * u->peak), a));
		else
			snprintf(out, SCALING_TEXT, "USL: no peak is in sight");
		break;
	}
}

void scaling_twice(const struct scaling_change *c, char *out)
{
	char level[WORDS], a[UNITS_BYTES], b[UNITS_BYTES];
	unsigned long long n[2] = {c->n[0], c->n[1]};

	if (fabs(log(c->x[1] / c->x[0])) >= fabs(log(c->mean_us[1] / c->mean_us[0])) / 2)
		snprintf(out, SCALING_TEXT, "%s measured twice: %s and %s req/s, n = %llu, %llu", users(c->level, level),
			 units_format_rate(c->x[0], a), units_format_rate(c->x[1], b), n[0], n[1]);
	else
		snprintf(out, SCALING_TEXT, "%s measured twice: mean %s and %s, n = %llu, %llu", users(c->level, level),
			 units_format_duration(llround(c->mean_us[0] * 1e3), a),
			 units_format_duration(llround(c->mean_us[1] * 1e3), b), n[0], n[1]);
}

static void changed(struct scaling *s)
{
	const struct scaling_change *c = &s->change;
	char twice[SCALING_TEXT], from[UNITS_BYTES], to[UNITS_BYTES];

	if (isnan(c->level))
		return;
	scaling_twice(c, twice);
	snprintf(s->changed, SCALING_TEXT, "%.100s: the server changed between %s and %s; %d earlier load%s left out", twice,
		 units_format_elapsed(c->from_us * 1000, from), units_format_elapsed(c->to_us * 1000, to), c->before,
		 c->before == 1 ? "" : "s");
}

/* "2 loads", "1" */
static const char *loads(int count, bool first, char out[WORDS])
{
	snprintf(out, WORDS, first ? count == 1 ? "%d load" : "%d loads" : "%d", count);
	return out;
}

static void left_out(struct scaling *s)
{
	char client[WORDS], mix[WORDS];

	if (s->client && s->other_mix)
		snprintf(s->left_out, SCALING_TEXT, "left out: %s where brunt itself was the limit, %s of another mix of tasks",
			 loads(s->client, true, client), loads(s->other_mix, false, mix));
	else if (s->client)
		snprintf(s->left_out, SCALING_TEXT, "left out: %s where brunt itself was the limit", loads(s->client, true, client));
	else if (s->other_mix)
		snprintf(s->left_out, SCALING_TEXT, "left out: %s of another mix of tasks", loads(s->other_mix, true, mix));
}

/* The highest number of users of a use; 0: there is none. */
static double highest(const struct scaling *s, enum scaling_use use)
{
	double level = 0;

	for (int i = 0; i < s->count; i++)
		if (s->dot[i].use == use && s->dot[i].mode == MODE_CLOSED)
			level = fmax(level, s->dot[i].level);
	return level;
}

/* The highest level that was tried beyond all that are fitted, but too short; 0: none. */
static double cut_short(const struct scaling *s)
{
	double level = highest(s, DOT_SHORT);

	return level > highest(s, DOT_FITTED) ? level : 0;
}

/* In a run that is over nothing can be held any longer. */
static void advise(const struct scaling *s, bool over, char out[SCALING_TEXT])
{
	const struct bounds *b = &s->scale.bounds;
	char n[WORDS];

	if (s->hold_s > 0)
		snprintf(out, SCALING_TEXT, over ? "the last level was too short by %.0f s"
							   : "hold this level %.0f s more", ceil(s->hold_s));
	else if (!s->fitted && s->client)
		snprintf(out, SCALING_TEXT, "measure with less load, or from another machine");
	else if (!s->fitted)
		snprintf(out, SCALING_TEXT, s->open ? "nothing is fitted over a rate: a closed loop is needed"
			 : over ? "no number of users was held for long enough" : "hold a number of users to measure it");
	else if (s->scale.levels < 2)
		snprintf(out, SCALING_TEXT, over ? "a second level of load is needed, as by --sweep"
							   : "add a second level of load");
	else if (!b->reached && cut_short(s) > 0)
		snprintf(out, SCALING_TEXT, over ? "%s: what was measured there is too little"
							   : "hold %s longer: what was measured there is too little", users(cut_short(s), n));
	else if (!b->reached && highest(s, DOT_CLIENT) >= s->drive_to)
		snprintf(out, SCALING_TEXT, "throughput still grows: for %s brunt needs more room, or another machine",
			 users(s->drive_to, n));
	else if (!b->reached)
		snprintf(out, SCALING_TEXT, over ? "throughput still grows: %s or more would show its end"
							   : "throughput still grows: drive to %s or more", users(s->drive_to, n));
	else if (!b->light)
		snprintf(out, SCALING_TEXT, over ? "%s may be beyond the knee already: fewer would tell"
						  : "%s may be beyond the knee already: measure fewer", users(b->plateau_from, n));
	else if (s->scale.knee.high > LOOSE * s->scale.knee.low)
		snprintf(out, SCALING_TEXT, over ? "%s would narrow the knee" : "measure %s to narrow the knee", users(fmax(1, round(b->knee)), n));
	else if (!s->confirmed)
		snprintf(out, SCALING_TEXT, over ? "%s once more would confirm it" : "measure %s again to confirm it", users(b->plateau_to, n));
}

void scaling_say(struct scaling *s, bool over)
{
	no_usl(s, over, s->no_usl);
	no_usl(s, true, s->past_no_usl);
	changed(s);
	left_out(s);
	advise(s, over, s->advice);
	advise(s, true, s->past_advice);
}
