#include "feeder.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

#define RELEASE_EVERY 64 /* records; a release is an atomic store */
#define REPLAY_BATCH 20000
/* A state goes to the run file when so many records have come since the last one: a
 * replay that begins there has that much to run through, which takes it some 60 ms.
 * Large ones (many tasks) come more seldom, or they would be most of the file; after
 * STATE_US always, since seconds without a record cost a replay something, too. */
#define STATE_RECORDS 30000
#define STATE_SHARE 40 /* bytes of state a record may cost, before it is packed */
#define STATE_US (600 * US_PER_S)

/* Any record, to be changed on its way. */
union any_rec {
	struct rec rec;
	struct rec_sample sample;
	struct rec_point point;
	struct rec_event event;
	struct rec_server server;
	char bytes[sizeof(struct rec_sample) + REC_TEXT_MAX];
};

void feeder_init(struct feeder *f, const struct collector_config *config)
{
	*f = (struct feeder){
		.config = *config,
		.model = model_new(&config->model),
		.running = config->ring_count,
		.gauge_second = -1,
		.second_saved = -1,
		.warm = config->warmup_until_ns != 0,
	};
	f->producer = xcalloc((size_t)config->ring_count, sizeof *f->producer);
	for (int i = 0; i < config->ring_count; i++)
		f->producer[i].ring = config->ring[i];
	gauge_sum_init(&f->gauges, config->ring_count);
}

void feeder_fini(struct feeder *f)
{
	gauge_sum_fini(&f->gauges);
	free(f->planned);
	free(f->producer);
	model_free(f->model);
}

/* --- to the model and the run file ---------------------------------------- */

static void record(struct feeder *f, const struct rec *rec, uint32_t point)
{
	struct ring *ring = f->config.record;
	struct rec *copy;

	if (!ring)
		return;
	copy = ring_reserve(ring, rec->bytes);
	if (!copy) {
		f->lost++;
		return;
	}
	memcpy(copy, rec, rec->bytes);
	if (rec->kind == REC_SAMPLE)
		((struct rec_sample *)copy)->point = point;
	ring_commit(ring);
}

static void feed(struct feeder *f, const struct rec *rec)
{
	uint32_t point = model_feed(f->model, rec);

	if (rec->t_us > f->fed_us)
		f->fed_us = rec->t_us;
	f->fed++;
	if (rec->kind == REC_SAMPLE || rec->kind == REC_DROPS || rec->kind == REC_POINT ||
	    rec->kind == REC_EVENT || rec->kind == REC_SERVER || rec->kind == REC_END)
		record(f, rec, point);
}

/* The model sees every gauge; the run file the first of each second, from which
 * the model works out what a replay has to work out too, and the last one. */
static bool feed_gauge(struct feeder *f, const struct rec_gauge *gauge, bool last)
{
	struct rec_gauge g = *gauge;
	int64_t second = g.rec.t_us / US_PER_S;

	g.record_lost += f->lost;
	feed(f, &g.rec);
	if (second <= f->gauge_second && !last)
		return false;
	record(f, &g.rec, 0);
	f->gauge_second = second;
	return true;
}

static bool state_is_due(const struct feeder *f)
{
	uint64_t since = f->fed - f->state_fed;

	return since && ((since >= STATE_RECORDS && since >= f->state_bytes / STATE_SHARE) ||
			 model_time(f->model) - f->state_us >= STATE_US);
}

/* False: the recorder's ring has no room. */
static bool push_state(struct feeder *f, enum rec_kind kind, struct buf *bytes, int64_t second,
		       uint64_t seconds)
{
	struct rec_state *copy = ring_reserve(f->config.record, sizeof *copy);
	size_t n;

	if (!copy) {
		buf_fini(bytes);
		return false;
	}
	*copy = (struct rec_state){
		.rec = {.bytes = sizeof *copy, .kind = (uint16_t)kind, .t_us = model_time(f->model)},
		.second = second,
		.seconds = seconds,
	};
	copy->state = buf_take(bytes, &n);
	copy->bytes = n;
	ring_commit(f->config.record);
	return true;
}

static bool record_seconds(struct feeder *f)
{
	int64_t second;

	while ((second = model_next_second(f->model, f->second_saved)) >= 0) {
		struct buf bytes = {0};

		model_save_second(f->model, second, &bytes);
		if (!push_state(f, REC_SECOND, &bytes, second, 0))
			return false;
		f->second_saved = second;
	}
	return true;
}

/* Only behind a gauge that is in the run file: elsewhere the model knows of a newer one,
 * and would not be what a replay comes to. */
static void record_state(struct feeder *f)
{
	int64_t first = model_next_second(f->model, -1);
	struct buf bytes = {0};
	uint64_t seconds = 0;

	for (int64_t s = first; s >= 0; s = model_next_second(f->model, s))
		seconds++;
	model_save(f->model, &bytes);
	f->state_bytes = bytes.used;
	if (!push_state(f, REC_STATE, &bytes, first, seconds))
		return;
	f->state_fed = f->fed;
	f->state_us = model_time(f->model);
}

static void feed_total(struct feeder *f, int64_t t_us, bool last)
{
	struct rec_gauge total;

	if (!gauge_sum_total(&f->gauges, t_us, &total))
		return;
	if (f->config.host)
		host_fill(f->config.host, &total);
	if (feed_gauge(f, &total, last)) {
		gauge_sum_recorded(&f->gauges);
		if (f->config.record && record_seconds(f) && state_is_due(f))
			record_state(f);
	}
}

/* What stays goes to the run file under the same number. There it takes the place of what
 * had to go here, so both have room for as much. */
static void keep_exemplar(struct feeder *f, const struct rec *rec)
{
	struct ring *ring = f->config.record;
	int id = f->config.exemplars ? exemplars_add(f->config.exemplars, (const struct rec_exemplar *)rec) : -1;
	struct rec_exemplar *copy;

	if (id < 0 || !ring)
		return;
	copy = ring_reserve(ring, rec->bytes);
	if (!copy)
		return;
	memcpy(copy, rec, rec->bytes);
	copy->id = (uint32_t)id;
	ring_commit(ring);
}

static void publish_records(struct feeder *f, int64_t through_us)
{
	if (!f->config.record)
		return;
	ring_publish(f->config.record);
	ring_set_through(f->config.record, through_us);
}

/* --- rings ---------------------------------------------------------------- */

static void producer_release(struct producer *p)
{
	if (p->popped)
		ring_release(p->ring);
	p->popped = 0;
}

static void producer_pop(struct producer *p)
{
	ring_pop(p->ring);
	if (++p->popped == RELEASE_EVERY)
		producer_release(p);
	p->head = ring_front(p->ring);
}

static void producer_end(struct feeder *f, int i)
{
	if (f->producer[i].ended)
		return;
	f->producer[i].ended = true;
	f->running--;
	gauge_sum_take(&f->gauges, i, NULL);
}

/* Time up to which all producers have told everything. */
static int64_t lowest_through(const struct feeder *f)
{
	int64_t lowest = INT64_MAX;

	for (int i = 0; i < f->config.ring_count; i++) {
		int64_t through = ring_through(f->producer[i].ring);

		if (!f->producer[i].ended && through < lowest)
			lowest = through;
	}
	return lowest;
}

/* --- live: points --------------------------------------------------------- */

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* The time never goes backwards, also when main moved an end into the past. */
static int64_t not_before_fed(const struct feeder *f, int64_t t_us)
{
	return later(t_us, later(f->fed_us, model_time(f->model)));
}

static void feed_point(struct feeder *f, int64_t t_us, int64_t asked_us, uint8_t phase)
{
	f->point.rec = (struct rec){
		.bytes = sizeof f->point, .kind = REC_POINT, .t_us = not_before_fed(f, t_us)};
	f->point.asked_us = asked_us;
	f->point.phase = phase;
	feed(f, &f->point.rec);
}

static int64_t run_us(const struct feeder *f, int64_t ns)
{
	return ns == INT64_MAX ? INT64_MAX : (ns - f->config.start_ns) / NS_PER_US;
}

static int64_t stop_us(const struct feeder *f)
{
	if (!f->config.stop_is_drain || f->draining || !f->config.stop_at_ns)
		return INT64_MAX;
	return run_us(f, atomic_load_explicit(f->config.stop_at_ns, memory_order_acquire));
}

static void feed_warm(struct feeder *f, int64_t t_us)
{
	f->warm = false;
	/* Paused: the load comes back as an operating point. */
	if (f->point.phase == PHASE_WARMUP)
		feed_point(f, t_us, t_us, PHASE_LOAD);
}

static int64_t planned_us(const struct feeder *f)
{
	return f->planned_at < f->planned_count ? f->planned[f->planned_at].rec.t_us : INT64_MAX;
}

static void forget_planned(struct feeder *f)
{
	f->planned_at = f->planned_count = 0;
}

/* A change by hand that was asked for by then is on its way. */
static bool overtaken(const struct feeder *f, int64_t t_us)
{
	const struct rec *change = ring_front(f->config.changes);

	return change && change->kind == REC_POINT && !change->t_us &&
	       ((const struct rec_point *)change)->asked_us <= t_us;
}

static void feed_planned(struct feeder *f, int64_t t_us)
{
	if (overtaken(f, t_us)) {
		forget_planned(f);
		return;
	}
	f->point = f->planned[f->planned_at++];
	feed_point(f, t_us, t_us, f->warm && f->point.phase == PHASE_LOAD ? PHASE_WARMUP : f->point.phase);
}

/* Feeds the points known beforehand that lie before t_us. */
static void feed_boundaries(struct feeder *f, int64_t stop, int64_t t_us)
{
	if (f->draining)
		stop = INT64_MAX;
	for (;;) {
		int64_t warm = f->warm ? run_us(f, f->config.warmup_until_ns) : INT64_MAX;
		int64_t plan = f->draining ? INT64_MAX : planned_us(f);
		int64_t next = warm < plan ? warm : plan;

		if (next >= t_us || next > stop)
			break;
		/* A stage that begins with the measured time is its first point. */
		if (warm == plan)
			f->warm = false;
		if (plan <= warm)
			feed_planned(f, plan);
		else
			feed_warm(f, warm);
	}
	if (stop < t_us) {
		f->draining = true;
		f->warm = false;
		feed_point(f, stop, stop, PHASE_DRAIN);
	}
}

static void keep_planned(struct feeder *f, const struct rec_point *point)
{
	if (f->planned_count == f->planned_room) {
		f->planned_room = f->planned_room ? 2 * f->planned_room : 16;
		f->planned = xreallocarray(f->planned, (size_t)f->planned_room, sizeof *f->planned);
	}
	f->planned[f->planned_count++] = *point;
}

static void feed_change(struct feeder *f, const struct rec *change, int64_t t_us)
{
	union any_rec copy;

	if (change->kind == REC_POINT) {
		const struct rec_point *p = (const struct rec_point *)change;

		if (f->draining)
			return;
		if (p->rec.t_us) {
			keep_planned(f, p);
			return;
		}
		forget_planned(f);
		f->point = *p;
		feed_point(f, t_us, p->asked_us,
			   f->warm && p->phase == PHASE_LOAD ? PHASE_WARMUP : p->phase);
	} else if (change->kind == REC_EVENT && change->bytes <= sizeof copy) {
		memcpy(&copy, change, change->bytes);
		copy.rec.t_us = not_before_fed(f, t_us);
		feed(f, &copy.rec);
	}
}

/* The initial level stands from time 0 on, whatever came first. */
static void feed_start(struct feeder *f)
{
	const struct rec *change = f->started ? NULL : ring_front(f->config.changes);

	if (!change)
		return;
	f->started = true;
	/* What is planned comes with it, before the first sample. */
	do {
		feed_change(f, change, 0);
		ring_pop(f->config.changes);
		change = ring_front(f->config.changes);
	} while (change && change->kind == REC_POINT && change->t_us);
	ring_release(f->config.changes);
}

/* What main announced happens at t_us, but not before it was asked for. */
static void feed_changes(struct feeder *f, int64_t t_us, bool all)
{
	struct ring *changes = f->config.changes;
	const struct rec *change;

	while ((change = ring_front(changes))) {
		if (!all && change->kind == REC_POINT && !change->t_us &&
		    ((const struct rec_point *)change)->asked_us > t_us)
			break;
		feed_change(f, change, t_us);
		ring_pop(changes);
	}
	ring_release(changes);
}

/* What was scraped by t_us. Nobody waits for a scrape: it counts from when it is here. */
static void feed_server(struct feeder *f, int64_t t_us, bool all)
{
	struct ring *ring = f->config.server;
	const struct rec *rec;
	union any_rec copy;

	while (ring && (rec = ring_front(ring)) && (all || rec->t_us <= t_us)) {
		if (rec->bytes <= sizeof copy) {
			memcpy(&copy, rec, rec->bytes);
			copy.rec.t_us = not_before_fed(f, rec->t_us < t_us ? rec->t_us : t_us);
			feed(f, &copy.rec);
		}
		ring_pop(ring);
	}
	if (ring)
		ring_release(ring);
}

/* --- live: the merge ------------------------------------------------------ */

static int earliest(const struct feeder *f)
{
	int64_t t_us = INT64_MAX;
	int found = -1;

	for (int i = 0; i < f->config.ring_count; i++) {
		const struct rec *head = f->producer[i].head;

		if (head && (found < 0 || head->t_us < t_us)) {
			t_us = head->t_us;
			found = i;
		}
	}
	return found;
}

static void take(struct feeder *f, int i)
{
	const struct rec *rec = f->producer[i].head;

	switch (rec->kind) {
	case REC_GAUGE:
		gauge_sum_take(&f->gauges, i, (const struct rec_gauge *)rec);
		feed_total(f, rec->t_us, false);
		break;
	case REC_EXEMPLAR:
		keep_exemplar(f, rec);
		break;
	case REC_END:
		producer_end(f, i);
		f->fed_us = later(f->fed_us, rec->t_us);
		break;
	default:
		feed(f, rec);
		break;
	}
}

/* Everything with t_us < `until`, in order; ties by the number of the ring. */
static int merge(struct feeder *f, int64_t stop, int64_t until)
{
	int n = 0, i;

	for (int k = 0; k < f->config.ring_count; k++)
		f->producer[k].head = ring_front(f->producer[k].ring);
	while ((i = earliest(f)) >= 0 && f->producer[i].head->t_us < until) {
		feed_boundaries(f, stop, f->producer[i].head->t_us);
		take(f, i);
		producer_pop(&f->producer[i]);
		n++;
	}
	for (int k = 0; k < f->config.ring_count; k++)
		producer_release(&f->producer[k]);
	return n;
}

static void finish_live(struct feeder *f)
{
	struct rec end = {.bytes = sizeof end, .kind = REC_END};

	for (int i = 0; i < f->config.ring_count; i++)
		producer_end(f, i);
	f->draining = true; /* a change of load comes too late now */
	feed_changes(f, f->fed_us, true);
	feed_server(f, f->fed_us, true);
	feed_total(f, not_before_fed(f, 0), true);
	feed_point(f, 0, f->fed_us, PHASE_END);
	end.t_us = f->fed_us;
	feed(f, &end);
	f->ended = true;
	publish_records(f, INT64_MAX);
}

static int live_pass(struct feeder *f)
{
	int64_t through = lowest_through(f), stop = stop_us(f);
	int n;

	feed_start(f);
	n = merge(f, stop, through);
	if (!f->running) {
		finish_live(f);
		return n + 1;
	}
	/* A point at t_us comes after all samples with te <= t_us; at
	 * `through` itself some may still come. */
	if (through > 0 && through < INT64_MAX) {
		feed_boundaries(f, stop, through);
		feed_changes(f, through - 1, false);
		feed_server(f, through - 1, false);
		model_advance(f->model, through - 1);
		publish_records(f, through);
	}
	return n;
}

/* --- replay --------------------------------------------------------------- */

/* Whatever the model was before, it is that state now. */
static void take_state(struct feeder *f, const struct rec_state *state)
{
	if (!model_restore(f->model, state->state, state->bytes))
		f->refused = true;
	free(state->state);
	f->ended = false;
	f->fed_us = state->rec.t_us;
	f->fed++;
}

static void take_replayed(struct feeder *f, const struct rec *rec)
{
	switch (rec->kind) {
	case REC_GAUGE:
		feed_gauge(f, (const struct rec_gauge *)rec, false);
		return;
	case REC_STATE:
		take_state(f, (const struct rec_state *)rec);
		return;
	case REC_QUIET:
		feed(f, rec);
		if (!((const struct rec_quiet *)rec)->on && !f->ended)
			model_advance(f->model, rec->t_us);
		return;
	case REC_RESET:
		f->ended = false;
		f->fed_us = 0;
		f->gauge_second = -1;
		break;
	case REC_END:
		f->ended = true;
		break;
	default:
		break;
	}
	feed(f, rec);
}

/* In the order in which they come: one ring, and the past may come again. */
static int replay_pass(struct feeder *f)
{
	struct producer *p = &f->producer[0];
	int64_t through = ring_through(p->ring);
	bool again = false;
	int n = 0;

	p->head = ring_front(p->ring);
	while (p->head && n < REPLAY_BATCH) {
		again |= p->head->kind == REC_RESET;
		take_replayed(f, p->head);
		producer_pop(p);
		n++;
	}
	producer_release(p);
	/* What was read before a reset does not hold after it. */
	if (!again && !p->head && !f->ended && through < INT64_MAX)
		model_advance(f->model, through);
	publish_records(f, model_time(f->model));
	return n;
}

/* --- both ----------------------------------------------------------------- */

int feeder_pass(struct feeder *f)
{
	return f->config.changes ? live_pass(f) : replay_pass(f);
}

void feeder_finish(struct feeder *f)
{
	if (f->config.changes && !f->ended) {
		feed_start(f);
		merge(f, stop_us(f), INT64_MAX);
		finish_live(f);
	}
	f->ended = true;
}

int feeder_discard(struct feeder *f)
{
	int n = 0;

	for (int i = 0; i < f->config.ring_count; i++) {
		struct producer *p = &f->producer[i];

		for (p->head = ring_front(p->ring); p->head; n++) {
			if (p->head->kind == REC_STATE)
				free(((const struct rec_state *)p->head)->state);
			producer_pop(p);
		}
		producer_release(p);
	}
	return n;
}
