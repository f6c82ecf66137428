/* The replayer against a consumer that is as strict as a collector has to be:
 * records in order, none from before what through has promised. */
#include "fixture.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "record/replayer.h"

struct consumer {
	struct ring *ring;
	pthread_t thread;
	atomic_bool stop;
	/* What has been fed since the last RESET, for the test's thread. */
	_Atomic int64_t samples, advanced_us;
	atomic_bool quiet, phase_end, ended;
	atomic_int resets, wrong;
};

static void feed(struct consumer *c, const struct rec *rec, int64_t *last_us)
{
	const struct rec_sample *sample = (const struct rec_sample *)rec;

	if (rec->t_us < *last_us || rec->t_us < c->advanced_us)
		atomic_fetch_add(&c->wrong, 1);
	*last_us = rec->t_us;
	if (rec->kind == REC_SAMPLE) {
		int64_t n = atomic_fetch_add(&c->samples, 1) + 1;

		if (sample->seq != (uint64_t)n)
			atomic_fetch_add(&c->wrong, 1);
	} else if (rec->kind == REC_POINT) {
		c->phase_end = ((const struct rec_point *)rec)->phase == PHASE_END;
	}
}

static void *consume(void *arg)
{
	struct consumer *c = arg;
	int64_t last_us = 0;

	while (!c->stop) {
		int64_t through = ring_through(c->ring);
		const struct rec *rec;

		while ((rec = ring_front(c->ring))) {
			if (rec->kind == REC_RESET) {
				c->samples = 0;
				c->phase_end = false;
				c->ended = false;
				c->advanced_us = INT64_MIN;
				last_us = 0;
				if (!c->quiet)
					atomic_fetch_add(&c->wrong, 1);
				atomic_fetch_add(&c->resets, 1);
				through = ring_through(c->ring);
			} else if (rec->kind == REC_QUIET) {
				c->quiet = ((const struct rec_quiet *)rec)->on;
			} else if (rec->kind == REC_END) {
				if (c->ended)
					atomic_fetch_add(&c->wrong, 1);
				c->ended = true;
			} else {
				feed(c, rec, &last_us);
			}
			ring_pop(c->ring);
		}
		ring_release(c->ring);
		if (through < c->advanced_us)
			atomic_fetch_add(&c->wrong, 1);
		c->advanced_us = through;
		fixture_breathe();
	}
	return NULL;
}

static void consumer_start(struct consumer *c, struct replayer *replayer)
{
	memset(c, 0, sizeof *c);
	c->ring = replayer_ring(replayer);
	c->advanced_us = INT64_MIN;
	assert_int_equal(pthread_create(&c->thread, NULL, consume, c), 0);
}

static void consumer_stop(struct consumer *c)
{
	c->stop = true;
	pthread_join(c->thread, NULL);
	assert_int_equal(c->wrong, 0);
}

static struct replayer *start(const char *path, double speed, int64_t from_us)
{
	struct reader *reader;
	struct replayer *replayer;
	struct err err = {""};

	if (reader_open(path, &reader, &err) != 0 ||
	    replayer_start(reader, speed, from_us, false, &replayer, &err) != 0)
		fail_msg("%s", err.text);
	return replayer;
}

static struct replayer_state state_of(struct replayer *replayer)
{
	struct replayer_state s;

	replayer_state(replayer, &s);
	return s;
}

/* Waits for a seek to be done and seen by the consumer. */
static void settle(struct replayer *replayer, struct consumer *c, int64_t at_us)
{
	while (state_of(replayer).seeking || c->quiet || c->advanced_us != at_us + 1)
		fixture_breathe();
	assert_int_equal(state_of(replayer).at_us, at_us);
}

#define STEP_US 10000
#define SAMPLES 2000
#define END_US ((int64_t)SAMPLES * STEP_US)

static void plays_to_the_end(void **state)
{
	const char *path = fixture_path("run.brunt");
	struct replayer *replayer;
	struct replayer_state s;
	struct consumer c;
	struct ring_stats stats;

	(void)state;
	fixture_run(path, SAMPLES, STEP_US);
	replayer = start(path, 1000, 0);
	consumer_start(&c, replayer);
	while (!state_of(replayer).at_end || c.advanced_us != END_US + 1)
		fixture_breathe();
	s = state_of(replayer);
	assert_int_equal(s.at_us, END_US);
	assert_int_equal(s.end_us, END_US);
	assert_true(!s.playing && !s.seeking && s.speed == 1000);
	assert_string_equal(s.trouble, "");
	assert_int_equal(c.samples, SAMPLES);
	assert_true(c.phase_end);
	assert_true(c.ended);
	assert_int_equal(c.resets, 0);
	replayer_end(replayer);
	while (c.advanced_us != INT64_MAX)
		fixture_breathe();
	ring_stats(c.ring, &stats);
	assert_int_equal(stats.dropped, 0);
	consumer_stop(&c);
	replayer_stop(replayer);
}

static void ends_on_the_way(void **state)
{
	const char *path = fixture_path("run.brunt");
	struct replayer *replayer;
	struct consumer c;

	(void)state;
	fixture_run(path, SAMPLES, STEP_US);
	replayer = start(path, 1, 5000000);
	consumer_start(&c, replayer);
	while (c.samples < 500 || c.quiet)
		fixture_breathe();
	assert_false(c.ended);
	replayer_end(replayer);
	while (!c.ended || c.advanced_us != INT64_MAX)
		fixture_breathe();
	assert_true(c.samples < SAMPLES);
	assert_false(c.phase_end);
	consumer_stop(&c);
	replayer_stop(replayer);
}

/* Half a second at ten times cannot be over before 50 ms, nor at once. */
static void keeps_to_the_speed(void **state)
{
	const char *path = fixture_path("run.brunt");
	int64_t before;
	struct replayer *replayer;
	struct consumer c;

	(void)state;
	fixture_run(path, 50, STEP_US);
	before = clock_ns();
	replayer = start(path, 10, 0);
	consumer_start(&c, replayer);
	while (!state_of(replayer).at_end)
		fixture_breathe();
	assert_true(clock_ns() - before >= 45 * NS_PER_MS);
	consumer_stop(&c);
	replayer_stop(replayer);
}

/* Time passes between records too, or seconds without answers never close. */
static void silence_advances(void **state)
{
	const char *path = fixture_path("run.brunt");
	struct replayer *replayer;
	struct consumer c;
	int64_t at_us;

	(void)state;
	fixture_run(path, 1, 3600LL * 1000000);
	replayer = start(path, 100, 0);
	consumer_start(&c, replayer);
	while (c.advanced_us < 2000000)
		fixture_breathe();
	at_us = c.advanced_us;
	while (c.advanced_us == at_us)
		fixture_breathe();
	assert_true(c.advanced_us < 3600LL * 1000000);
	assert_int_equal(c.samples, 0);
	consumer_stop(&c);
	replayer_stop(replayer);
}

static void seeks(void **state)
{
	const char *path = fixture_path("run.brunt");
	struct replayer *replayer;
	struct consumer c;

	(void)state;
	fixture_run(path, SAMPLES, STEP_US);
	replayer = start(path, 0.1, 0);
	replayer_play(replayer, false);
	consumer_start(&c, replayer);
	assert_false(state_of(replayer).playing);

	replayer_seek(replayer, 5000000);
	settle(replayer, &c, 5000000);
	assert_int_equal(c.samples, 500);
	assert_int_equal(c.resets, 0);
	replayer_seek(replayer, 4999999);
	settle(replayer, &c, 4999999);
	assert_int_equal(c.samples, 499);
	assert_int_equal(c.resets, 1);
	replayer_seek(replayer, INT64_MAX);
	settle(replayer, &c, END_US);
	assert_int_equal(c.samples, SAMPLES);
	assert_true(c.phase_end && state_of(replayer).at_end);
	replayer_seek(replayer, -5);
	settle(replayer, &c, 0);
	assert_int_equal(c.samples, 0);
	assert_false(c.phase_end || c.ended);
	assert_false(state_of(replayer).at_end);
	assert_int_equal(c.resets, 2);

	/* Paused it stays where it is; playing, it goes on from there. */
	replayer_seek(replayer, 1000000);
	settle(replayer, &c, 1000000);
	for (int i = 0; i < 30; i++)
		fixture_breathe();
	assert_int_equal(state_of(replayer).at_us, 1000000);
	replayer_speed(replayer, 1e9);
	assert_true(state_of(replayer).speed == 1000);
	replayer_play(replayer, true);
	while (c.samples != SAMPLES)
		fixture_breathe();
	assert_int_equal(c.resets, 2);
	replayer_speed(replayer, 0);
	assert_true(state_of(replayer).speed == 0.1);
	consumer_stop(&c);
	replayer_stop(replayer);
}

static void starts_from_the_middle(void **state)
{
	const char *path = fixture_path("run.brunt");
	struct replayer *replayer;
	struct consumer c;

	(void)state;
	fixture_run(path, SAMPLES, STEP_US);
	replayer = start(path, 0.1, 10 * 1000000);
	replayer_play(replayer, false);
	consumer_start(&c, replayer);
	while (state_of(replayer).seeking || c.quiet || c.samples < 1000)
		fixture_breathe();
	/* A tick may have come before the pause. */
	assert_in_range(state_of(replayer).at_us, 10000000, 10100000);
	assert_in_range(c.samples, 1000, 1010);
	consumer_stop(&c);
	replayer_stop(replayer);
}

/* Held-down arrow keys: each seek may overtake the one before. */
static void seeks_overtake(void **state)
{
	const char *path = fixture_path("run.brunt");
	struct replayer *replayer;
	struct consumer c;
	struct rng rng;
	int64_t to = 0;

	(void)state;
	fixture_run(path, 20000, 1000);
	replayer = start(path, 1000, 0);
	consumer_start(&c, replayer);
	rng_seed(&rng, 5, 0);
	for (int i = 0; i < 300; i++) {
		to = (int64_t)rng_below(&rng, 20000001);
		replayer_play(replayer, rng_below(&rng, 2));
		replayer_speed(replayer, (double)rng_below(&rng, 1000));
		replayer_seek(replayer, to);
		if (rng_below(&rng, 10) == 0)
			fixture_breathe();
	}
	replayer_play(replayer, false);
	replayer_seek(replayer, to);
	replayer_seek(replayer, 7000500);
	settle(replayer, &c, 7000500);
	assert_int_equal(c.samples, 7000);
	consumer_stop(&c);
	replayer_stop(replayer);
}

static void stops_with_a_full_ring(void **state)
{
	const char *path = fixture_path("run.brunt");
	struct replayer *replayer;
	struct ring_stats stats;

	(void)state;
	fixture_run(path, 100000, 10);
	replayer = start(path, 1, 900000);
	/* Nobody drains it; a record and the wrap before it always fit. */
	do
		ring_stats(replayer_ring(replayer), &stats);
	while (stats.used_bytes < ring_capacity(replayer_ring(replayer)) - 512);
	assert_int_equal(stats.dropped, 0);
	assert_true(state_of(replayer).seeking);
	assert_int_equal(state_of(replayer).at_us, 900000);
	replayer_seek(replayer, 5);
	assert_int_equal(state_of(replayer).at_us, 5);
	replayer_stop(replayer);
}

static void damage_is_said(void **state)
{
	const char *path = fixture_path("run.brunt");
	struct replayer *replayer;
	struct replayer_state s;
	struct consumer c;
	FILE *f;

	(void)state;
	fixture_run(path, 100000, 10);
	f = fopen(path, "r+");
	fseek(f, 3000000, SEEK_SET);
	for (int i = 0; i < 200000; i++)
		fputc(0xff, f);
	fclose(f);
	replayer = start(path, 1000, 0);
	consumer_start(&c, replayer);
	while (!state_of(replayer).at_end)
		fixture_breathe();
	s = state_of(replayer);
	assert_non_null(strstr(s.trouble, "damaged after "));
	assert_in_range(s.at_us, 100000, 999990);
	/* Going back to what can be read works. */
	replayer_play(replayer, false);
	replayer_seek(replayer, 1000);
	settle(replayer, &c, 1000);
	assert_int_equal(c.samples, 100);
	consumer_stop(&c);
	replayer_stop(replayer);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(plays_to_the_end),       TEST(ends_on_the_way),
		TEST(keeps_to_the_speed),
		TEST(silence_advances),       TEST(seeks),
		TEST(starts_from_the_middle), TEST(seeks_overtake),
		TEST(stops_with_a_full_ring), TEST(damage_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
