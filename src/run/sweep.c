#include "run/sweep.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "sweep_priv.h"

#define QUICK_LIMIT_US (50 * US_PER_S)
#define CYCLES_LIMIT 100      /* of a slow server: so many answers to one user */
#define SURE 1.5              /* times as long for an answer, and to be sure of it */
#define STEP_LEAST_US (4 * US_PER_S)
#define STEP_CYCLES 4         /* a step takes at least so many rounds of its users */
#define OPEN_MOST_US (15 * US_PER_S)
#define VAGUE 0.06            /* relative standard deviation: half as long again */
#define STEP_MOST 3           /* times as long where hardly an answer has come */
#define ANSWERS_LEAST 3
#define ROUND 0.9             /* of it, for it was seen in steps */
#define SLO_SAMPLES 100       /* before them a p95 says little */
#define HOPELESS_FEW 20       /* failures, and no success so far */
#define HOPELESS_US (2 * US_PER_S)
#define OVERLOADED 0.85      /* of what was due is answered */
#define DRAIN_MOST_US (15 * US_PER_S) /* of what an open loop has piled up */
#define DRAIN_EXCESS 2

static const char *const names[SWEEP_STOPS] = {
#define X(id, name) [SWEEP_##id] = name,
	SWEEP_STOPS_ALL(X)
#undef X
};

const char *sweep_stop_name(enum sweep_stop stop)
{
	return names[stop];
}

enum sweep_stop sweep_stop_by_name(const char *name)
{
	for (int i = SWEEP_NOT + 1; i < SWEEP_STOPS; i++)
		if (!strcmp(names[i], name))
			return (enum sweep_stop)i;
	return SWEEP_NOT;
}

void sweep_start(struct sweep *s, const struct sweep_config *config, int64_t now_us)
{
	*s = (struct sweep){
		.config = *config,
		.started_us = now_us,
		.now_us = now_us,
		.step_limit_us = STEP_LEAST_US,
		.differs = -1,
		.state = SWEEP_SETTLING,
		.level = NAN,
	};
}

int sweep_fits(const struct sweep_config *c, int64_t *needs_us)
{
	const int64_t level_us = SWEEP_SETTLE_LEAST_US + STEP_LEAST_US;
	int64_t fit;

	/* The first level has nothing before it to settle from. */
	*needs_us = c->count * level_us - SWEEP_SETTLE_LEAST_US;
	if (!c->limit_us || !c->count)
		return c->count;
	fit = (c->limit_us + SWEEP_SETTLE_LEAST_US) / level_us;
	return fit < 1 ? 1 : fit < c->count ? (int)fit : c->count;
}

/* --- time ----------------------------------------------------------------- */

static int64_t passed_us(const struct sweep *s)
{
	return s->now_us - s->started_us - s->idle_us;
}

/* From one answer of a user to his next; in an open loop there is no next. NAN, INFINITY:
 * unknown. */
static double round_of(const struct sweep *s, double level, const struct sweep_visit *v)
{
	return s->config.mode == MODE_CLOSED && v->x > 0 ? level / v->x : v->r_s;
}

/* The lowest level was the first: nothing had piled up. */
static bool begun_there(const struct sweep_table *t)
{
	for (int i = 1; i < t->count; i++)
		if (sweep_table_level(t, i)->visit[0].t_us < sweep_table_level(t, 0)->visit[0].t_us)
			return false;
	return true;
}

/* What an answer takes where nobody waits. The least of all levels is chance; in an open loop
 * beyond the knee it is how much had piled up. */
static double usual_round(const struct sweep *s)
{
	struct sweep_table t;
	double off, cycle;
	int last;

	sweep_table_of(s, &t);
	if (s->config.mode == MODE_OPEN)
		return t.count && begun_there(&t) && !sweep_table_wrong(&t, 0) && t.v[0].r_s > 0 ? t.v[0].r_s : 0;
	cycle = sweep_table_cycle(&t, &off, &last);
	return isfinite(cycle) ? cycle : 0;
}

/* For what makes a known answer finer. */
static int64_t refine_limit_us(const struct sweep *s)
{
	int64_t slow_us = (int64_t)(CYCLES_LIMIT * usual_round(s) * (double)US_PER_S);

	if (s->config.limit_us)
		return s->config.limit_us;
	if (s->config.count)
		return INT64_MAX / 4;
	return slow_us > QUICK_LIMIT_US ? slow_us : QUICK_LIMIT_US;
}

static int64_t limit_us(const struct sweep *s)
{
	return s->config.limit_us ? s->config.limit_us : (int64_t)(SURE * (double)refine_limit_us(s));
}

int64_t sweep_left_us(const struct sweep *s)
{
	int64_t left = limit_us(s) - passed_us(s);

	return left > 0 ? left : 0;
}

int64_t sweep_step_left_us(const struct sweep *s)
{
	int64_t until = s->state == SWEEP_MEASURING ? s->settled_us + s->step_limit_us
			: s->settles_at_us	    ? s->settles_at_us + s->step_limit_us : s->now_us;

	return until > s->now_us ? until - s->now_us : 0;
}

/* --- levels --------------------------------------------------------------- */

static struct sweep_level *level_at(struct sweep *s, double level)
{
	int i = 0;

	while (i < s->count && s->at[i].level < level * 0.99999)
		i++;
	if (i < s->count && s->at[i].level <= level * 1.00001)
		return &s->at[i];
	if (s->count == SWEEP_LEVELS)
		return NULL;
	memmove(&s->at[i + 1], &s->at[i], (size_t)(s->count - i) * sizeof *s->at);
	s->count++;
	s->at[i] = (struct sweep_level){.level = level};
	return &s->at[i];
}

/* A list may come back to a level more often than that: the newest count. */
static void keep(struct sweep *s, const struct sweep_visit *v)
{
	struct sweep_level *l = level_at(s, s->level);

	if (!l)
		return;
	if (l->visits == SWEEP_VISITS) {
		memmove(l->visit, l->visit + 1, (SWEEP_VISITS - 1) * sizeof *l->visit);
		l->visits--;
	}
	l->visit[l->visits++] = *v;
	s->steps++;
}

/* --- steps ---------------------------------------------------------------- */

static void finish(struct sweep *s, enum sweep_stop why)
{
	s->stop = why;
	s->state = SWEEP_DONE;
	sweep_conclude(s);
}

static struct sweep_order plan(struct sweep *s, const struct sweep_seen *seen)
{
	struct sweep_plan next = sweep_plan_next(s, sweep_left_us(s), refine_limit_us(s) - passed_us(s));
	bool there = seen->asked_mode == s->config.mode && fabs(seen->asked_level - next.level) < 1e-6 * next.level;

	if (next.stop) {
		finish(s, next.stop);
		return (struct sweep_order){.action = SWEEP_END};
	}
	s->down = s->steps && next.level < s->level;
	s->level = next.level;
	s->state = SWEEP_SETTLING;
	s->step_us = s->now_us;
	s->settles_at_us = 0;
	/* It stands at that level already: nothing changes, and there will be no new point. */
	s->point_us = there ? -1 : seen->since_us;
	s->asked = true;
	s->step_limit_us = STEP_LEAST_US;
	return (struct sweep_order){.action = there ? SWEEP_WAIT : SWEEP_SET, .level = next.level};
}

/* What piled up at a rate beyond the server's goes away at its own pace. */
static bool drained(const struct sweep *s, const struct sweep_seen *seen)
{
	struct sweep_visit low;

	if (s->config.mode != MODE_OPEN || !s->down || s->now_us - s->step_us > DRAIN_MOST_US)
		return true;
	sweep_pooled(&s->at[0], &low);
	return !(low.r_s > 0) || seen->in_flight <= 4 + DRAIN_EXCESS * s->level * low.r_s;
}

static void settle(struct sweep *s, const struct sweep_seen *seen)
{
	s->settles_at_us = seen->settles_us;
	if (seen->since_us == s->point_us || seen->mode != s->config.mode ||
	    fabs(seen->level - s->level) > 1e-6 * s->level || !seen->settled || !drained(s, seen))
		return;
	s->state = SWEEP_MEASURING;
	s->settled_us = s->now_us;
	sweep_meter_begin(&s->meter);
	sweep_meter_take(&s->meter, seen);
}

/* A user's round takes as long as it takes, and a step some of them. Few quick answers after a
 * long wait do not make a short one: the wait counts. */
static void adapt(struct sweep *s, const struct sweep_visit *v)
{
	double passed_s = (double)(s->now_us - s->settled_us) / (double)US_PER_S;
	double waited_s = s->config.mode == MODE_CLOSED ? s->level * passed_s / ((double)v->requests + 2) : 0;
	double round_s = fmax(round_of(s, s->level, v), waited_s);
	int64_t us = round_s > 0 ? (int64_t)(STEP_CYCLES * round_s * (double)US_PER_S) : 0;

	if (us < STEP_LEAST_US)
		us = STEP_LEAST_US;
	/* Beyond what a server can take its answers come later and later. */
	if (s->config.mode == MODE_OPEN && us > OPEN_MOST_US)
		us = OPEN_MOST_US;
	s->step_limit_us = v->x_off > VAGUE ? us + us / 2 : us;
}

/* Users in step with each other answer all at once: less than their round tells nothing of
 * a rate. */
static bool enough(const struct sweep *s, const struct sweep_visit *v)
{
	return v->requests >= ANSWERS_LEAST && (s->config.mode == MODE_OPEN || !(v->seconds < ROUND * v->r_s));
}

static bool measured(struct sweep *s, const struct sweep_seen *seen, struct sweep_visit *v)
{
	int64_t us = s->now_us - s->settled_us;
	bool known = sweep_meter_read(&s->meter, seen, v);

	if (known)
		adapt(s, v);
	if (known && sweep_meter_tight(&s->meter, v) && (seen->slo != SLO_INCONCLUSIVE || !s->config.slos || v->timed >= SLO_SAMPLES))
		return true;
	/* Every second of it piles up more. */
	if (known && v->follows < OVERLOADED && sweep_meter_sure(&s->meter, v))
		return true;
	if (us < s->step_limit_us && sweep_left_us(s) > 0)
		return false;
	return (known && enough(s, v)) || us >= STEP_MOST * s->step_limit_us || sweep_left_us(s) == 0;
}

/* Nothing has succeeded since it began: more load will not help. */
static bool hopeless(struct sweep *s, const struct sweep_seen *seen)
{
	uint64_t failed = seen->failed;

	if (seen->failed < seen->requests)
		return false;
	for (int i = 0; i < s->count; i++) {
		struct sweep_visit v;

		sweep_pooled(&s->at[i], &v);
		if (v.failed < v.requests)
			return false;
		failed += v.failed;
	}
	if (failed < HOPELESS_FEW || s->now_us - s->settled_us < HOPELESS_US)
		return false;
	s->hopeless = failed;
	s->failure = seen->failure;
	return true;
}

/* Other tasks than before, or in other shares, are another system. */
static void follow_mix(struct sweep *s, const struct sweep_seen *seen)
{
	if (seen->mix == s->mix)
		return;
	s->mix = seen->mix;
	s->other_mix += s->count;
	s->count = 0;
}

struct sweep_order sweep_step(struct sweep *s, const struct sweep_seen *seen)
{
	struct sweep_order wait = {.action = SWEEP_WAIT};
	struct sweep_visit v;

	/* Who comes back from looking at the past may have that in hand for a moment. */
	if (!sweep_going(s) || seen->now_us < s->now_us)
		return wait;
	s->now_us = seen->now_us;
	follow_mix(s, seen);
	if (seen->ended) {
		finish(s, s->config.limit_us && sweep_left_us(s) < US_PER_S ? SWEEP_TIME : SWEEP_STOPPED);
		return (struct sweep_order){.action = SWEEP_END};
	}
	if (!s->asked)
		return plan(s, seen);
	if (s->state == SWEEP_SETTLING) {
		settle(s, seen);
		if (s->state == SWEEP_SETTLING && sweep_left_us(s) > 0)
			return wait;
	}
	if (s->state == SWEEP_MEASURING) {
		sweep_meter_take(&s->meter, seen);
		if (hopeless(s, seen)) {
			finish(s, 2 * seen->limited > seen->failed ? SWEEP_RATE_LIMIT : SWEEP_ERRORS);
			return (struct sweep_order){.action = SWEEP_END};
		}
		if (!measured(s, seen, &v))
			return wait;
		if (enough(s, &v))
			keep(s, &v);
		s->next++;
	}
	return plan(s, seen);
}

/* --- the operator --------------------------------------------------------- */

void sweep_take_over(struct sweep *s, int64_t now_us)
{
	if (!sweep_going(s))
		return;
	s->state = SWEEP_TAKEN;
	s->taken_us = s->now_us = now_us;
}

void sweep_give_back(struct sweep *s, int64_t now_us)
{
	if (s->state != SWEEP_TAKEN)
		return;
	s->idle_us += now_us - s->taken_us;
	s->now_us = now_us;
	s->state = SWEEP_SETTLING;
	s->asked = false; /* it is decided anew */
}

void sweep_stop(struct sweep *s, enum sweep_stop why)
{
	if (s->state == SWEEP_IDLE || s->state == SWEEP_DONE)
		return;
	finish(s, why);
}

double sweep_rest(const struct sweep *s)
{
	bool open_loop = s->config.mode == MODE_OPEN;
	double knee = !s->knee.known ? NAN : open_loop ? s->knee.n * 0.95 : fmax(1, round(s->knee.n));

	/* fmin() of a number and NAN is the number. */
	return fmin(knee, s->capacity_least ? knee : s->capacity);
}
