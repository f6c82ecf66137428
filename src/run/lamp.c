#include "lamp.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "gauge_archive.h"

enum {
	MEMORY = 5,         /* seconds */
	WINDOW = 10,        /* seconds a window of late starts reaches back */
	LEAST = 3,          /* of them */
	SHARE = 5,          /* over the run: more than one in so many */
	LEAST_PLANNED = 20, /* in a second: below, one that waits is a great share */
	MANY = 1000,        /* requests, for a p99 */
	LEAST_BEHIND = 50,  /* at the end: below, the last moment's arrivals */
};
#define RUN_STARTED_PCT 99.9

void lamp_reset(struct lamp *lamp)
{
	memset(lamp, 0, sizeof *lamp);
}

void lamp_archive(struct lamp *lamp, struct archive *a)
{
	uint16_t *memory[] = {&lamp->bad, &lamp->known, &lamp->capped, &lamp->timed, &lamp->late};
	uint32_t *counts[] = {&lamp->held_now, &lamp->seconds, &lamp->bad_seconds, &lamp->late_max_us,
			      &lamp->timed_seconds, &lamp->late_seconds};

	archive_bool(a, &lamp->any);
	archive_bool(a, &lamp->sudden);
	archive_bool(a, &lamp->held_unknown);
	gauge_archive(&lamp->last, a);
	archive_count(a, &lamp->ring_dropped);
	archive_count(a, &lamp->held);
	archive_count(a, &lamp->planned);
	archive_count(a, &lamp->behind);
	for (size_t i = 0; i < sizeof memory / sizeof *memory; i++)
		archive_u16(a, memory[i]);
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		archive_u32(a, counts[i]);
	archive_text(a, lamp->evidence, LAMP_TEXT);
	for (int i = 0; i < HONESTY_CAUSES; i++) {
		archive_u32(a, &lamp->of_cause[i]);
		archive_double(a, &lamp->worst[i]);
		archive_text(a, lamp->worst_evidence[i], LAMP_TEXT);
	}
}

/* --- a second -------------------------------------------------------------- */

static double share(uint64_t then, uint64_t now, int64_t us)
{
	return now > then ? 100 * (double)(now - then) / (double)us : 0;
}

/* What is due and waits for nothing but brunt. */
static uint64_t behind(const struct rec_gauge *g)
{
	return g->waiting > g->held ? g->waiting - g->held : 0;
}

static struct honesty figures(const struct lamp *lamp, const struct rec_gauge *b, int64_t us,
			      bool open_loop)
{
	const struct rec_gauge *a = &lamp->last;
	struct honesty h = honesty_unknown();
	uint64_t planned = b->planned - a->planned;
	double late = (double)behind(b) - (double)behind(a);

	h.cpu_pct = share(a->busiest_cpu_us, b->busiest_cpu_us, us);
	h.core_wait_pct = share(a->core_wait_us, b->core_wait_us, us);
	h.throttled_pct = share(a->throttled_us, b->throttled_us, us);
	h.steal_pct = share(a->steal_us, b->steal_us, us);
	h.late_pct = share(a->loop_late_us, b->loop_late_us, us);
	h.late_max_us = b->loop_late_max_us;
	if (open_loop && b->planned > a->planned && planned >= LEAST_PLANNED && late > 0)
		h.started_pct = fmax(0, 100 * (1 - late / (double)planned));
	return h;
}

/* What has run out has, whatever came before. Samples that were lost earlier are no fault
 * of this second; the run's verdict knows of them all (lost()). */
static struct honesty sudden_figures(const struct rec_gauge *before, const struct rec_gauge *g)
{
	struct honesty h = honesty_unknown();

	h.ring_dropped = g->ring_dropped > before->ring_dropped ? g->ring_dropped - before->ring_dropped : 0;
	h.fds = g->fds;
	h.fd_limit = g->fd_limit;
	h.connections = g->connections;
	h.ports = g->ports;
	return h;
}

static double severity(const struct honesty *h, enum honesty_cause cause)
{
	switch (cause) {
	case HONESTY_QUOTA:
		return h->throttled_pct;
	case HONESTY_STEAL:
		return h->steal_pct;
	case HONESTY_CPU:
		return h->cpu_pct;
	case HONESTY_STARVED:
		return h->core_wait_pct;
	case HONESTY_LOOP:
		return h->late_pct;
	case HONESTY_ACHIEVED:
		return 100 - h->started_pct;
	default:
		return 0;
	}
}

static uint16_t remember(uint16_t bits, bool bit, int seconds)
{
	for (; seconds > 0; seconds--)
		bits = (uint16_t)((unsigned)bits << 1 | bit);
	return bits;
}

static void count(struct lamp *lamp, enum honesty_cause cause, double how_bad, int seconds)
{
	lamp->bad = remember(lamp->bad, cause != HONESTY_OK, seconds);
	lamp->known = remember(lamp->known, true, seconds);
	lamp->seconds += (uint32_t)seconds;
	if (cause == HONESTY_OK)
		return;
	lamp->bad_seconds += (uint32_t)seconds;
	if (!lamp->of_cause[cause] || how_bad > lamp->worst[cause]) {
		lamp->worst[cause] = how_bad;
		memcpy(lamp->worst_evidence[cause], lamp->evidence, LAMP_TEXT);
	}
	lamp->of_cause[cause] += (uint32_t)seconds;
}

/* From `last` to the gauge. */
static void judge(struct lamp *lamp, const struct rec_gauge *gauge, int64_t us, bool open_loop)
{
	struct honesty h = sudden_figures(&lamp->last, gauge);
	int64_t seconds = (us + US_PER_S / 2) / US_PER_S;
	char evidence[LAMP_TEXT] = ""; /* kept whole */
	enum honesty_cause cause = honesty_judge(&h, evidence, sizeof evidence);

	seconds = seconds < 1 ? 1 : seconds > WINDOW ? WINDOW : seconds;
	lamp->sudden = cause != HONESTY_OK;
	if (cause == HONESTY_OK) {
		h = figures(lamp, gauge, us, open_loop);
		cause = honesty_judge(&h, evidence, sizeof evidence);
	}
	if (cause != HONESTY_OK)
		memcpy(lamp->evidence, evidence, sizeof evidence);
	lamp->held_unknown |= gauge->held == GAUGE_UNKNOWN;
	count(lamp, cause, severity(&h, cause), (int)seconds);
	if (gauge->loop_late_max_us > lamp->late_max_us)
		lamp->late_max_us = gauge->loop_late_max_us;
	lamp->planned = open_loop ? gauge->planned : 0;
	lamp->behind = open_loop ? behind(gauge) : 0;
}

void lamp_gauge(struct lamp *lamp, const struct rec_gauge *gauge, enum load_phase phase,
		bool measured, bool open_loop)
{
	int64_t us = gauge->rec.t_us - lamp->last.rec.t_us;

	if (phase == PHASE_WARMUP)
		lamp->bad = lamp->known = lamp->capped = 0;
	/* The first and the second one of a run may be close together. */
	if (lamp->any && measured && us < US_PER_S / 2)
		return;
	if (lamp->any && measured)
		judge(lamp, gauge, us, open_loop);
	lamp->last = *gauge;
	lamp->any = true;
}

void lamp_held(struct lamp *lamp)
{
	lamp->held_now++;
	lamp->held++;
}

void lamp_second(struct lamp *lamp, const struct hdr *queue, const struct hdr *service)
{
	/* Enough for either of honesty.c's limits to be possible. */
	bool late = queue->count && hdr_quantile_us(queue, 0.99) * 5 > hdr_quantile_us(service, 0.5);

	lamp->capped = remember(lamp->capped, lamp->held_now > 0, 1);
	lamp->held_now = 0;
	lamp->timed = remember(lamp->timed, queue->count > 0, 1);
	lamp->late = remember(lamp->late, late, 1);
	lamp->timed_seconds += queue->count > 0;
	lamp->late_seconds += late;
}

/* --- verdicts -------------------------------------------------------------- */

static int ones(uint16_t bits, int seconds)
{
	return __builtin_popcount(bits & ((1U << seconds) - 1));
}

static bool enough(uint32_t bad, uint32_t all)
{
	return bad >= LEAST || bad == all;
}

/* Of few values one or two are a p99, and they say little. */
static double high_of(const struct hdr *queue)
{
	return queue->count < MANY ? 0.9 : 0.99;
}

static bool late_starts(const struct hdr *queue, const struct hdr *service, char evidence[LAMP_TEXT])
{
	struct honesty h = honesty_unknown();
	struct dist q, s;

	hdr_dist(queue, &q);
	hdr_dist(service, &s);
	h.requests = queue->count;
	h.queue_high = high_of(queue);
	h.queue_high_us = hdr_quantile_us(queue, h.queue_high);
	h.service_p50_us = hdr_quantile_us(service, 0.5);
	h.queue_pct = q.mean_us + s.mean_us > 0 ? 100 * q.mean_us / (q.mean_us + s.mean_us) : NAN;
	return honesty_judge(&h, evidence, LAMP_TEXT) != HONESTY_OK;
}

static bool lost(const struct lamp *lamp, char evidence[LAMP_TEXT])
{
	struct honesty h = honesty_unknown();

	h.ring_dropped = lamp->ring_dropped;
	return honesty_judge(&h, evidence, LAMP_TEXT) != HONESTY_OK;
}

bool lamp_now(const struct lamp *lamp, const struct hdr *queue, const struct hdr *service,
	      char evidence[LAMP_TEXT])
{
	uint32_t known = (uint32_t)ones(lamp->known, MEMORY), bad = (uint32_t)ones(lamp->bad, MEMORY);
	uint32_t timed = (uint32_t)ones(lamp->timed, WINDOW);

	if (lost(lamp, evidence))
		return true;
	if (lamp->sudden || (bad >= LEAST || (bad && bad == known && known >= LEAST - 1))) {
		memcpy(evidence, lamp->evidence, LAMP_TEXT);
		return true;
	}
	*evidence = '\0';
	return queue && timed >= LEAST && enough((uint32_t)ones(lamp->late, WINDOW), timed) &&
	       late_starts(queue, service, evidence);
}

/* What the most bad seconds had, and how many all together. */
static void most_of_the_run(const struct lamp *lamp, char evidence[LAMP_TEXT])
{
	int most = HONESTY_OK;

	for (int i = 0; i < HONESTY_CAUSES; i++)
		if (lamp->of_cause[i] > lamp->of_cause[most])
			most = i;
	snprintf(evidence, LAMP_TEXT, "%.110s; at the limit %u of %u s", lamp->worst_evidence[most],
		 lamp->bad_seconds, lamp->seconds);
}

static bool fell_behind(const struct lamp *lamp, char evidence[LAMP_TEXT])
{
	double pct = 100 * (1 - (double)lamp->behind / (double)lamp->planned);

	if (!lamp->planned || lamp->behind < LEAST_BEHIND || pct >= RUN_STARTED_PCT)
		return false;
	snprintf(evidence, LAMP_TEXT, "%.1f %% of planned requests started", pct);
	return true;
}

bool lamp_run(const struct lamp *lamp, const struct hdr *queue, const struct hdr *service,
	      char evidence[LAMP_TEXT])
{
	if (lost(lamp, evidence))
		return true;
	if (lamp_bound(lamp->bad_seconds, lamp->seconds)) {
		most_of_the_run(lamp, evidence);
		return true;
	}
	if (fell_behind(lamp, evidence))
		return true;
	*evidence = '\0';
	return queue && lamp->timed_seconds >= LEAST && enough(lamp->late_seconds, lamp->timed_seconds) &&
	       lamp->late_seconds * SHARE >= lamp->timed_seconds &&
	       late_starts(queue, service, evidence);
}

bool lamp_bound(uint32_t bad, uint32_t seconds)
{
	return bad && enough(bad, seconds) && bad * SHARE > seconds;
}

bool lamp_run_uncapped(const struct lamp *lamp)
{
	return !lamp->held && !lamp->held_unknown;
}

bool lamp_uncapped(const struct lamp *lamp)
{
	return lamp->last.in_flight_limit && lamp->last.held != GAUGE_UNKNOWN && !lamp->held_now && !ones(lamp->capped, WINDOW);
}
