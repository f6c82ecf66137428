#include "run/trial.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "run/snapshot.h"

#define LENGTH_FIRST_S 0.25
#define ANSWERS 40  /* are enough, */
#define SECONDS 2   /* after so long; */
#define PATIENCE_S 6 /* else after so long with the least there may be; */
#define LONGEST_S 45 /* then it is given up */
#define ANSWERS_LEAST 12

void trial_plan_users(double most, struct trial_config *out)
{
	double top = fmax(most, 2), doublings = log2(top);
	int count = (int)ceil(doublings - 1e-9) + 1;

	*out = (struct trial_config){.axis = TRIAL_USERS, .count = count < TRIAL_VALUES ? count : TRIAL_VALUES};
	for (int i = 0; i < out->count; i++)
		out->value[i] = round(exp2(doublings * i / (out->count - 1)));
}

void trial_plan_output(double most, struct trial_config *out)
{
	*out = (struct trial_config){.axis = TRIAL_OUTPUT, .count = 4};
	for (int i = 0; i < out->count; i++)
		out->value[i] = floor(most / (1 << (out->count - 1 - i)));
}

void trial_plan_prompt(struct trial_config *out)
{
	*out = (struct trial_config){.axis = TRIAL_PROMPT, .count = 4, .value = {0, 128, 256, 512}};
}

void trial_plan_pair(enum trial_axis axis, struct trial_config *out)
{
	*out = (struct trial_config){.axis = axis, .count = 2, .value = {0, 1}};
}

void trial_see(const struct snapshot *s, struct trial_seen *out)
{
	const struct snap_present *p = &s->present;

	*out = (struct trial_seen){
		.now_us = s->t_us,
		.since_us = p->since_us,
		.settled = p->settled,
		.ended = s->ended || s->phase >= PHASE_DRAIN,
		/* The lamp remembers the step before. */
		.client_bound = p->client_bound || (s->client_bound && !p->judged),
		.seconds = p->seconds,
		.requests = p->requests,
		.failed = p->failed,
		.work = p->work,
	};
}

void trial_start(struct trial *t, const struct trial_config *config, int64_t now_us)
{
	*t = (struct trial){.config = *config, .state = TRIAL_SETTLING, .started_us = now_us, .now_us = now_us};
}

static double answers(const struct trial *t, const struct trial_seen *s)
{
	return s->work.of[trial_counts(t->config.axis)];
}

/* --- pieces ------------------------------------------------------------------- */

static void work_add(struct work *to, const struct work *from, double sign)
{
	for (int i = 0; i < WORK_SUMS; i++)
		to->of[i] += sign * from->of[i];
}

static void merge(struct trial_visit *v)
{
	int half = v->pieces / 2;

	for (int i = 0; i < half; i++) {
		v->piece[i] = v->piece[2 * i];
		work_add(&v->piece[i], &v->piece[2 * i + 1], 1);
	}
	v->pieces = half;
	v->length_s *= 2;
}

static void cut(struct trial *t, struct trial_visit *v, const struct trial_seen *seen)
{
	if (v->pieces == TRIAL_PIECES)
		merge(v);
	v->piece[v->pieces] = seen->work;
	work_add(&v->piece[v->pieces++], &t->edge.work, -1);
	t->edge = *seen;
}

static void measure(struct trial *t, const struct trial_seen *seen)
{
	struct trial_visit *v = &t->visit[t->done];

	v->seconds = seen->seconds;
	v->requests = seen->requests;
	v->failed = seen->failed;
	v->client_bound |= seen->client_bound;
	if (answers(t, seen) > answers(t, &t->edge) && seen->seconds - t->edge.seconds >= v->length_s)
		cut(t, v, seen);
}

/* --- steps ---------------------------------------------------------------------- */

/* There, then back. */
static int value_of(const struct trial *t)
{
	return t->done < t->config.count ? t->done : trial_visits(t) - 1 - t->done;
}

static struct trial_order end(struct trial *t, bool short_of)
{
	t->cut_short |= short_of;
	t->state = TRIAL_DONE;
	return (struct trial_order){.action = TRIAL_END};
}

static struct trial_order next(struct trial *t, const struct trial_seen *seen)
{
	if (t->done == trial_visits(t))
		return end(t, false);
	t->visit[t->done] = (struct trial_visit){.value = value_of(t), .length_s = LENGTH_FIRST_S};
	t->state = TRIAL_SETTLING;
	t->point_us = seen->since_us;
	t->asked = true;
	return (struct trial_order){.action = TRIAL_STEP, .value = t->config.value[value_of(t)]};
}

static bool enough(struct trial *t, const struct trial_seen *seen, bool *never)
{
	int64_t us = t->now_us - t->settled_us;
	double n = answers(t, seen);

	t->unseen = us >= PATIENCE_S * US_PER_S && n < 1 && seen->work.of[WORK_N] >= ANSWERS_LEAST;
	*never = t->unseen || (us >= LONGEST_S * US_PER_S && n < ANSWERS_LEAST);
	if (us < SECONDS * US_PER_S)
		return false;
	return n >= ANSWERS || (us >= PATIENCE_S * US_PER_S && n >= ANSWERS_LEAST) || *never;
}

struct trial_order trial_step(struct trial *t, const struct trial_seen *seen)
{
	struct trial_order wait = {.action = TRIAL_WAIT};
	bool never;

	/* Who comes back from looking at the past may have that in hand for a moment. */
	if (!trial_going(t) || seen->now_us < t->now_us)
		return wait;
	t->now_us = seen->now_us;
	if (seen->ended)
		return end(t, true);
	if (!t->asked)
		return next(t, seen);
	if (t->state == TRIAL_SETTLING) {
		if (seen->since_us == t->point_us || !seen->settled)
			return wait;
		t->state = TRIAL_MEASURING;
		t->settled_us = seen->now_us;
		t->edge = (struct trial_seen){.seconds = 0};
	}
	measure(t, seen);
	if (!enough(t, seen, &never))
		return wait;
	if (answers(t, seen) > answers(t, &t->edge))
		cut(t, &t->visit[t->done], seen);
	if (never)
		return end(t, true);
	t->done++;
	return next(t, seen);
}

void trial_stop(struct trial *t)
{
	if (trial_going(t))
		end(t, true);
}
