/* How much a level gives, and how sure that is: time in batches that are cut where answers
 * came, so that a few users in step with each other do not look like chance. */
#include <math.h>
#include <string.h>

#include "metrics/student.h"
#include "sweep_priv.h"

#define LENGTH_FIRST_S 0.1
#define BATCHES_LEAST 8  /* fewer say little of a variance */
#define X_TIGHT 0.04     /* half of the 95 % interval, relative */
#define R_TIGHT 0.06
#define X_SURE 0.08      /* that it is less than it should be */
#define SECONDS_LEAST 1.2
#define OFF_LEAST 0.004  /* nothing is measured better: clocks, edges */
#define FEW 0.25         /* of chance there is at least so much in the answers' number */
#define BY_EDGES 0.5     /* standard deviations of the latency */
#define US 1e6

void sweep_meter_begin(struct sweep_meter *m)
{
	memset(m, 0, sizeof *m);
	m->length_s = LENGTH_FIRST_S;
}

static void merge(struct sweep_meter *m)
{
	int half = m->count / 2;

	for (int i = 0; i < half; i++) {
		m->seconds[i] = m->seconds[2 * i] + m->seconds[2 * i + 1];
		m->answers[i] = m->answers[2 * i] + m->answers[2 * i + 1];
		m->times_s[i] = m->times_s[2 * i] + m->times_s[2 * i + 1];
		m->timed[i] = m->timed[2 * i] + m->timed[2 * i + 1];
	}
	m->count = half;
	m->length_s *= 2;
}

static void cut(struct sweep_meter *m, const struct sweep_seen *now)
{
	int i = m->count++;

	m->seconds[i] = now->seconds - m->edge.seconds;
	m->answers[i] = (double)(now->ok - m->edge.ok);
	m->timed[i] = (double)(now->timed - m->edge.timed);
	m->times_s[i] = (now->times_us - m->edge.times_us) / US;
	m->edge = *now;
	if (m->count == SWEEP_BATCHES)
		merge(m);
}

/* Time counts from an answer to an answer: what comes before the first one, and after the
 * last, would be chance where answers are rare. */
void sweep_meter_take(struct sweep_meter *m, const struct sweep_seen *seen)
{
	if (!m->begun) {
		m->last = *seen;
		m->begun = true;
		return;
	}
	if (seen->requests == m->last.requests)
		return;
	m->last = *seen;
	if (!m->answered) {
		m->from = m->edge = *seen;
		m->answered = true;
	} else if (seen->seconds - m->edge.seconds >= m->length_s) {
		cut(m, seen);
	}
}

/* The relative standard deviation of a ratio of sums over the batches. */
static double off(const struct sweep_meter *m, const double part[], const double whole[], double events)
{
	double parts = 0, wholes = 0, sum = 0, n = m->count;

	for (int i = 0; i < m->count; i++) {
		parts += part[i];
		wholes += whole[i];
	}
	if (m->count < BATCHES_LEAST / 2 || !(parts > 0) || !(wholes > 0))
		return 1 / sqrt(events + 1);
	for (int i = 0; i < m->count; i++) {
		double d = part[i] - parts / wholes * whole[i];

		sum += d * d;
	}
	return fmax(fmax(OFF_LEAST, FEW / sqrt(events + 1)), sqrt(sum * n / (n - 1)) / parts);
}

bool sweep_meter_read(const struct sweep_meter *m, const struct sweep_seen *seen, struct sweep_visit *out)
{
	double seconds = m->last.seconds - m->from.seconds, ok = (double)(m->last.ok - m->from.ok);
	double timed = (double)(m->last.timed - m->from.timed), due;

	*out = (struct sweep_visit){.since_us = seen->since_us, .t_us = seen->now_us, .x = NAN, .r_s = NAN, .follows = NAN};
	if (!m->answered || !(seconds > 0))
		return false;
	out->seconds = seconds;
	out->requests = m->last.requests - m->from.requests;
	out->failed = m->last.failed - m->from.failed;
	out->limited = m->last.limited - m->from.limited;
	out->timed = m->last.timed - m->from.timed;
	out->x = ok / seconds;
	out->x_off = off(m, m->answers, m->seconds, ok);
	out->r_s = timed > 0 ? (m->last.times_us - m->from.times_us) / timed / US : NAN;
	out->r_off = off(m, m->times_s, m->timed, timed);
	/* A user has one answer at a time, so more of them is chance: where a stay began and
	 * ended among users in step with each other. */
	if (seen->mode == MODE_CLOSED && out->x * out->r_s > seen->level * (1 + BY_EDGES * out->r_off))
		out->x = seen->level / out->r_s * (1 + BY_EDGES * out->r_off);
	due = seen->level * seconds;
	if (seen->mode == MODE_OPEN && due > 0)
		out->follows = (double)(m->last.sessions - m->from.sessions) / due;
	out->p95_us = seen->p95_us;
	out->slo = seen->slo;
	out->client_bound = seen->client_bound;
	return true;
}

bool sweep_meter_sure(const struct sweep_meter *m, const struct sweep_visit *v)
{
	return m->count >= BATCHES_LEAST && v->seconds >= SECONDS_LEAST && student_point(m->count - 1) * v->x_off <= X_SURE;
}

bool sweep_meter_tight(const struct sweep_meter *m, const struct sweep_visit *v)
{
	double t;

	if (m->count < BATCHES_LEAST || v->seconds < SECONDS_LEAST)
		return false;
	t = student_point(m->count - 1);
	return t * v->x_off <= X_TIGHT && t * v->r_off <= R_TIGHT;
}
