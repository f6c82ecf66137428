/* A closed system in simulated time: users that think, then wait for one of the slots,
 * first come first served. What the fits are held against, for its truth is known. */
#ifndef TESTS_METRICS_CLOSED_QUEUE_H
#define TESTS_METRICS_CLOSED_QUEUE_H

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "metrics/dots.h"

#define QUEUE_USERS 512

struct closed_queue {
	int users, slots;
	double service_s, think_s; /* means */
	double spread;             /* of the service: 0 fixed, 1 exponential, else log-normal of that sigma */
	double batch;              /* each further one being served makes service longer by this share */
	struct rng rng;
};

static double exponential(struct rng *rng, double mean)
{
	return -mean * log(1 - rng_double(rng));
}

static double service_time(struct closed_queue *q, int being_served)
{
	double mean = q->service_s * (1 + q->batch * (being_served - 1));

	if (q->spread >= 1)
		return exponential(&q->rng, mean);
	return mean * exp(q->spread * rng_normal(&q->rng) - q->spread * q->spread / 2);
}

/* Runs it for `settle_s`, then for `seconds` in `count` windows; the dot and its windows. */
static void closed_queue_run(struct closed_queue *q, double settle_s, double seconds, int count, struct dot *dot,
			     struct dot_windows *w)
{
	enum { THINKS, WAITS, SERVED };
	static double when[QUEUE_USERS], since[QUEUE_USERS];
	static int state[QUEUE_USERS], line[QUEUE_USERS];
	int first = 0, waiting = 0, busy = 0;
	double answers = 0, times = 0;

	memset(w, 0, sizeof *w);
	w->count = count;
	for (int u = 0; u < q->users; u++) {
		state[u] = THINKS;
		when[u] = q->think_s > 0 ? exponential(&q->rng, q->think_s) : rng_double(&q->rng) * q->service_s;
	}
	for (;;) {
		int next = -1;
		double now;

		for (int u = 0; u < q->users; u++)
			if (state[u] != WAITS && (next < 0 || when[u] < when[next]))
				next = u;
		now = when[next];
		if (now >= settle_s + seconds)
			break;
		if (state[next] == THINKS) {
			state[next] = WAITS;
			since[next] = now;
			line[(first + waiting++) % QUEUE_USERS] = next;
		} else {
			double think = q->think_s > 0 ? exponential(&q->rng, q->think_s) : 0;
			int i = (int)((now - settle_s) / seconds * count);

			if (now >= settle_s) {
				w->answers[i] += 1;
				w->times_s[i] += (float)(now - since[next]);
				answers++;
				times += now - since[next];
			}
			busy--;
			state[next] = THINKS;
			when[next] = now + think;
		}
		while (waiting && busy < q->slots) {
			int u = line[first];

			first = (first + 1) % QUEUE_USERS;
			waiting--;
			busy++;
			state[u] = SERVED;
			when[u] = now + service_time(q, busy);
		}
	}
	*dot = (struct dot){.level = q->users, .x = answers / seconds, .r_s = times / answers};
	dot_sure(dot, w);
}

#endif
