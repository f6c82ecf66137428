#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <cmocka.h>

#include "sweep_sim.h"

#define S 1000000
#define SEEDS 5

/* The demo's mix at --speed 20, and what else there is. */
static const struct sim_config demo = {.slots = 8, .mean_s = 0.0725, .service = SIM_LOGNORMAL, .sigma = 0.35};
static const struct sweep_config climb = {.mode = MODE_CLOSED, .start = 1, .cap = 512, .least = 1};

static struct sim sim;

static double run_sweep(struct sweep *s, const struct sweep_config *how, const struct sim_config *server, uint64_t seed)
{
	struct sweep_order order = {.action = SWEEP_WAIT};
	struct sweep_seen seen;

	sim_start(&sim, server, seed, how->mode, how->count ? how->level[0] : how->start);
	sweep_start(s, how, 0);
	while (order.action != SWEEP_END && sim.now_s < 900) {
		sim_run(&sim, sim.now_s + SIM_LOOK_US / 1e6);
		sim_look(&sim, &seen);
		order = sweep_step(s, &seen);
		if (order.action == SWEEP_SET && fabs(order.level - sim.level) > 1e-9)
			sim_set(&sim, how->mode, order.level);
	}
	assert_int_equal(order.action, SWEEP_END);
	return sim.now_s;
}

static void near(double got, double truth, double within, const char *what)
{
	if (!(fabs(got / truth - 1) <= within))
		fail_msg("%s: %g, in truth %g", what, got, truth);
}

static void test_knees(void **state)
{
	static const int slots[] = {4, 8, 32};
	static const struct {
		enum sim_service service;
		double sigma;
	} kind[] = {{SIM_FIXED, 0}, {SIM_EXPONENTIAL, 0}, {SIM_LOGNORMAL, 0.35}};
	struct sweep s;

	(void)state;
	for (size_t i = 0; i < sizeof slots / sizeof *slots; i++)
		for (size_t k = 0; k < sizeof kind / sizeof *kind; k++)
			for (int seed = 1; seed <= (kind[k].service == SIM_FIXED ? 1 : SEEDS); seed++) {
				struct sim_config server = demo;
				double took;

				server.slots = slots[i];
				server.service = kind[k].service;
				server.sigma = kind[k].sigma;
				took = run_sweep(&s, &climb, &server, (uint64_t)seed);
				assert_int_equal(s.stop, SWEEP_PLATEAU);
				assert_true(s.knee.known);
				assert_true(s.confirmed);
				near(s.knee.n, slots[i], 0.2, "knee");
				/* Each answer of an exponential server is worth less: as much as it says itself. */
				near(s.x_max, slots[i] / server.mean_s, fmax(0.05, kind[k].service == SIM_EXPONENTIAL ? 3 * s.x_off : 0), "x_max");
				assert_true(took <= (slots[i] <= 8 ? 50 : 60));
			}
}

static struct sim_config with(int slots)
{
	struct sim_config c = demo;

	c.slots = slots;
	return c;
}

/* Trouble that passes must not look like a limit, wherever it comes. */
static void test_degrades_once(void **state)
{
	static const double from[] = {0, 4, 9, 13, 18, 22, 27};
	struct sweep s;
	char text[SWEEP_TEXT];
	int said = 0;

	(void)state;
	for (size_t i = 0; i < sizeof from / sizeof *from; i++)
		for (int seed = 1; seed <= SEEDS; seed++) {
			struct sim_config server = with(8);

			server.slow_from_s = from[i];
			server.slow_to_s = from[i] + 5;
			server.slow_times = 3;
			run_sweep(&s, &climb, &server, (uint64_t)seed);
			sweep_sentence(&s, text);
			said += s.differs >= 0;
			/* Either the truth, or it is said that it is not known. */
			assert_true(s.stop == SWEEP_PLATEAU || s.stop == SWEEP_TIME);
			if (s.knee.known)
				near(s.knee.n, 8, 0.25, "knee");
			else
				assert_true(s.stop == SWEEP_TIME || strstr(text, "not the same"));
		}
	/* A stay that was half in it is only vague. */
	assert_true(said >= 2 * SEEDS);
}

/* A server that stays slower than it was has no knee, and it is said. */
static void test_degrades_for_good(void **state)
{
	static const double from[] = {5, 9, 13, 18, 22, 27};
	struct sim_config server = with(8);
	struct sweep s;
	char text[SWEEP_TEXT];

	(void)state;
	server.slow_to_s = 1e9;
	server.slow_times = 2;
	for (size_t i = 0; i < sizeof from / sizeof *from; i++)
		for (int seed = 1; seed <= SEEDS; seed++) {
			server.slow_from_s = from[i];
			run_sweep(&s, &climb, &server, (uint64_t)seed);
			sweep_sentence(&s, text);
			assert_true(!s.knee.known);
			assert_non_null(strstr(text, "not the same"));
		}
}

/* Of sweeps on a server that is no longer, or not yet, what it was from `from_s` on. */
struct changed {
	int n, said, wrong, confirmed; /* the last: of the wrong knees */
};

static void change(struct changed *c, struct sim_config server, bool slower, double times, double from_s, int seeds)
{
	char text[SWEEP_TEXT];
	struct sweep s;

	server.slow_times = times;
	server.slow_from_s = slower ? from_s : 0;
	server.slow_to_s = slower ? 1e9 : from_s;
	for (int seed = 1; seed <= seeds; seed++) {
		if (run_sweep(&s, &climb, &server, (uint64_t)seed) < from_s)
			continue;
		sweep_sentence(&s, text);
		c->n++;
		c->said += strstr(text, "not the same") != NULL;
		if (!s.knee.known || fabs(s.knee.n / server.slots - 1) < 0.25)
			continue;
		c->wrong++;
		c->confirmed += s.confirmed;
		assert_int_equal(!s.confirmed, strstr(text, "not confirmed") != NULL);
	}
}

/* Nor where more slots make the light loads many. */
static void test_degrades_at_many_slots(void **state)
{
	struct changed c = {0};

	(void)state;
	for (int times = 2; times <= 3; times++)
		for (int from = 2; from < 44; from += 3)
			change(&c, with(32), true, times, from, SEEDS);
	/* A change during the very first stay blurs what all others are held against. */
	assert_true(c.wrong * 40 <= c.n);
	assert_int_equal(c.confirmed, 0);
	assert_true(c.said * 10 >= c.n * 8);
}

/* Nor where a stay at a light load is a few answers. */
static void test_degrades_slow_server(void **state)
{
	static const int slots[] = {4, 8, 32};
	struct changed c = {0};

	(void)state;
	for (size_t i = 0; i < sizeof slots / sizeof *slots; i++)
		for (int times = 2; times <= 3; times++)
			for (int from = 5; from < 100; from += 10) {
				struct sim_config server = with(slots[i]);

				server.mean_s = 1.7;
				change(&c, server, true, times, from, SEEDS);
			}
	assert_true(c.wrong * 33 <= c.n);
	assert_true(c.said * 10 >= c.n * 4);
}

/* One that warms up while it is measured seems to have more slots than it has. */
static void test_becomes_faster(void **state)
{
	static const int slots[] = {4, 8, 32};
	static const double times[] = {1.5, 2, 3};
	struct changed c = {0};

	(void)state;
	for (size_t i = 0; i < sizeof slots / sizeof *slots; i++)
		for (size_t k = 0; k < sizeof times / sizeof *times; k++)
			for (int from = 3; from < 48; from += 4)
				change(&c, with(slots[i]), false, times[k], from, SEEDS);
	assert_true(c.wrong * 100 <= c.n);
	assert_int_equal(c.confirmed, 0);
}

static void test_errors(void **state)
{
	struct sim_config server = with(32);
	struct sweep s;

	(void)state;
	server.fails_from = 20;
	for (int seed = 1; seed <= SEEDS; seed++) {
		run_sweep(&s, &climb, &server, (uint64_t)seed);
		assert_int_equal(s.stop, SWEEP_ERRORS);
		assert_true(s.at[s.count - 1].level <= 32);
		/* Between the last good level and the first bad one there is little left. */
		assert_true(!s.knee.known);
	}
	/* They fail as often whatever the load: that is no limit of it. */
	server = with(4);
	server.fails_share = 0.1;
	run_sweep(&s, &climb, &server, 1);
	assert_int_equal(s.stop, SWEEP_PLATEAU);
	near(s.knee.n, 4, 0.3, "knee");
}

/* More load does not help where nothing works. */
static void test_every_request_fails(void **state)
{
	const struct sweep_config list = {.mode = MODE_CLOSED, .count = 3, .level = {4, 8, 16}};
	struct sim_config server = with(4);
	struct sweep s;
	char text[SWEEP_TEXT];

	(void)state;
	server.fails_share = 1;
	server.think_s = 0.1;
	for (int auto_ = 0; auto_ < 2; auto_++) {
		run_sweep(&s, auto_ ? &climb : &list, &server, 1);
		assert_int_equal(s.stop, SWEEP_ERRORS);
		assert_int_equal(s.count, 0);
		assert_true(s.now_us <= 4000000);
		assert_true(!s.knee.known && isnan(s.x_max) && isnan(sweep_rest(&s)));
		sweep_sentence(&s, text);
		assert_memory_equal(text, "errors: every request failed: ", 30);
		assert_non_null(strstr(text, " x http_5xx"));
	}
	/* Half of them is a server's way to be. */
	server.fails_share = 0.5;
	run_sweep(&s, &list, &server, 1);
	assert_int_equal(s.stop, SWEEP_LIST);
}

static void test_rate_limit(void **state)
{
	struct sim_config server = with(64);
	struct sweep s;
	char text[SWEEP_TEXT];

	(void)state;
	server.limit_rps = 150;
	for (int seed = 1; seed <= SEEDS; seed++) {
		run_sweep(&s, &climb, &server, (uint64_t)seed);
		assert_int_equal(s.stop, SWEEP_RATE_LIMIT);
		sweep_sentence(&s, text);
		assert_non_null(strstr(text, "429"));
		near(s.x_max, 150, 0.1, "x_max");
	}
}

/* Nothing saturates up to the cap. */
static void test_flat_server(void **state)
{
	struct sweep_config how = climb;
	struct sim_config server = with(600);
	struct sweep s;
	char text[SWEEP_TEXT];

	(void)state;
	how.cap = 100;
	for (int seed = 1; seed <= SEEDS; seed++) {
		run_sweep(&s, &how, &server, (uint64_t)seed);
		assert_int_equal(s.stop, SWEEP_CAP);
		assert_true(!s.knee.known);
		near(s.at[s.count - 1].level, 100, 0.001, "top");
	}
	sweep_sentence(&s, text);
	assert_memory_equal(text, "cap: no limit up to 100 users, ", 31);
	assert_null(strstr(text, "raise"));
	s.config.cap_flag = "-c";
	sweep_sentence(&s, text);
	assert_memory_equal(text, "cap: no limit up to 100 users, the cap; raise -c 100 to look further; ", 70);
}

static void test_slow_server(void **state)
{
	struct sim_config server = with(8);
	struct sweep s;

	(void)state;
	server.mean_s = 1.7;
	for (int seed = 1; seed <= SEEDS; seed++) {
		double took = run_sweep(&s, &climb, &server, (uint64_t)seed);

		assert_int_equal(s.stop, SWEEP_PLATEAU);
		near(s.knee.n, 8, 0.2, "knee");
		near(s.x_max, 8 / 1.7, 0.08, "x_max");
		assert_true(s.confirmed);
		assert_true(took < 175);
	}
}

/* All users in step with each other, so that answers come all at once, and none between. */
static void test_slow_in_step(void **state)
{
	static const int slots[] = {4, 8, 32};
	struct sweep s;

	(void)state;
	for (size_t i = 0; i < sizeof slots / sizeof *slots; i++)
		for (double mean_s = 1; mean_s < 4.5; mean_s *= 1.3) {
			struct sim_config server = with(slots[i]);

			server.service = SIM_FIXED;
			server.mean_s = mean_s;
			run_sweep(&s, &climb, &server, 1);
			assert_int_equal(s.stop, SWEEP_PLATEAU);
			near(s.knee.n, slots[i], 0.2, "knee");
			near(s.x_max, slots[i] / mean_s, 0.06, "x_max");
		}
}

/* Its only slot is busy with the first user. */
static void test_one_slot(void **state)
{
	struct sim_config server = with(1);
	struct sweep s;

	(void)state;
	for (int seed = 1; seed <= SEEDS; seed++) {
		run_sweep(&s, &climb, &server, (uint64_t)seed);
		assert_int_equal(s.stop, SWEEP_PLATEAU);
		near(s.knee.n, 1, 0.2, "knee");
		assert_false(s.above);
	}
}

static void test_slo(void **state)
{
	struct sim_config server = with(8);
	struct sweep s;
	char text[SWEEP_TEXT];

	(void)state;
	/* N users: a mean of some N / 8 x 72.5 ms, so that its p95 reaches 250 ms near 22. */
	server.slo_s = 0.25;
	for (int seed = 1; seed <= SEEDS; seed++) {
		run_sweep(&s, &climb, &server, (uint64_t)seed);
		assert_true(s.stop == SWEEP_PLATEAU || s.stop == SWEEP_SLO);
		assert_in_range((int)s.capacity, 16, 24);
		assert_false(s.capacity_least);
		sweep_sentence(&s, text);
		assert_non_null(strstr(text, "SLO"));
		/* The load stays below both. */
		assert_true(sweep_rest(&s) <= 9);
	}
	/* Nobody gets it, not even the first. */
	server.slo_s = 0.03;
	run_sweep(&s, &climb, &server, 1);
	assert_int_equal(s.stop, SWEEP_SLO);
	assert_true(isnan(s.capacity));
	assert_true(s.above);
}

static void test_list(void **state)
{
	struct sweep_config how = {.mode = MODE_CLOSED, .count = 4, .level = {1, 2, 4, 8}};
	struct sweep_config high = {.mode = MODE_CLOSED, .count = 3, .level = {32, 64, 128}};
	struct sim_config server = with(8);
	struct sweep s;
	char text[SWEEP_TEXT];

	(void)state;
	run_sweep(&s, &how, &server, 1);
	assert_int_equal(s.stop, SWEEP_LIST);
	assert_int_equal(s.count, 4);
	assert_int_equal(s.steps, 4);
	assert_false(s.knee.known);
	/* It begins above the knee. */
	run_sweep(&s, &high, &server, 1);
	assert_int_equal(s.stop, SWEEP_LIST);
	assert_false(s.knee.known);
	assert_true(s.above);
	sweep_sentence(&s, text);
	assert_non_null(strstr(text, "even 32 users is beyond the knee"));
	near(s.x_max, 8 / 0.0725, 0.05, "x_max");
}

/* Begun above the knee it goes down where it may. */
static void test_goes_down(void **state)
{
	struct sweep_config how = climb;
	struct sim_config server = with(8);
	struct sweep s;

	(void)state;
	how.start = 32;
	for (int seed = 1; seed <= SEEDS; seed++) {
		run_sweep(&s, &how, &server, (uint64_t)seed);
		assert_int_equal(s.stop, SWEEP_PLATEAU);
		assert_false(s.above);
		near(s.knee.n, 8, 0.2, "knee");
	}
}

static void test_open_loop(void **state)
{
	struct sweep_config how = {.mode = MODE_OPEN, .start = 8, .cap = 1000, .least = 1};
	struct sim_config server = with(8);
	struct sweep s;

	(void)state;
	for (int seed = 1; seed <= SEEDS; seed++) {
		run_sweep(&s, &how, &server, (uint64_t)seed);
		assert_int_equal(s.stop, SWEEP_PLATEAU);
		near(s.knee.n, 8 / 0.0725, 0.1, "knee");
	}
	/* Begun above it. */
	how.start = 400;
	run_sweep(&s, &how, &server, 1);
	assert_int_equal(s.stop, SWEEP_PLATEAU);
	near(s.knee.n, 8 / 0.0725, 0.15, "knee");
}

/* What a rate was followed with, and what came where it was not, has to be of one server. */
static void test_open_loop_changes(void **state)
{
	const struct sweep_config how = {.mode = MODE_OPEN, .start = 8, .cap = 1000, .least = 1};
	int n = 0, wrong = 0, said = 0;
	char text[SWEEP_TEXT];
	struct sweep s;

	(void)state;
	for (int slower = 0; slower < 2; slower++)
		for (int times = 2; times <= 3; times++)
			for (int from = 3; from < 40; from += 3)
				for (int seed = 1; seed <= SEEDS; seed++) {
					struct sim_config server = with(8);
					double quick = 8 / server.mean_s, slow = quick / times;

					server.slow_times = times;
					server.slow_from_s = slower ? from : 0;
					server.slow_to_s = slower ? 1e9 : from;
					if (run_sweep(&s, &how, &server, (uint64_t)seed) < from)
						continue;
					sweep_sentence(&s, text);
					n++;
					said += strstr(text, "not the same") != NULL;
					/* As it was until then, or as it is. */
					if (!s.knee.known || fabs(s.knee.n / quick - 1) < 0.25 || fabs(s.knee.n / slow - 1) < 0.25)
						continue;
					wrong++;
					assert_false(s.confirmed);
					assert_non_null(strstr(text, "not confirmed: one stay only went beyond it"));
				}
	assert_true(wrong * 10 <= n);
	assert_true(said * 5 >= n);
}

/* One that gives less the more waits is one server all the same. */
static void test_open_loop_thrashes(void **state)
{
	const struct sweep_config how = {.mode = MODE_OPEN, .start = 8, .cap = 1000, .least = 1};
	struct sim_config server = with(8);
	char text[SWEEP_TEXT];
	struct sweep s;
	int known = 0;

	(void)state;
	server.thrash = 0.003;
	for (int seed = 1; seed <= 4 * SEEDS; seed++) {
		run_sweep(&s, &how, &server, (uint64_t)seed);
		known += s.knee.known;
		sweep_sentence(&s, text);
		/* What had piled up may have kept it slow: then it is said. */
		if (s.knee.known)
			near(s.knee.n, 8 / server.mean_s, 0.25, "knee");
		else
			assert_non_null(strstr(text, "too much makes it slower, or it is not the same, so no knee"));
	}
	assert_true(known >= SEEDS);
}

/* A list that has no time for its end: said before, and after. */
static void test_list_without_time(void **state)
{
	struct sweep_config list = {.mode = MODE_CLOSED, .count = 9, .level = {1, 2, 4, 8, 16, 32, 64, 128, 256}, .limit_us = 9000000};
	struct sim_config server = with(4);
	struct sweep s;
	char text[SWEEP_TEXT];
	int64_t needs_us;

	(void)state;
	assert_int_equal(sweep_fits(&list, &needs_us), 2);
	assert_int_equal(needs_us, 44000000);
	server.mean_s = 1;
	run_sweep(&s, &list, &server, 1);
	assert_int_equal(s.stop, SWEEP_TIME);
	sweep_sentence(&s, text);
	assert_true(s.next < 3);
	assert_non_null(strstr(text, "; not measured: "));
	assert_non_null(strstr(text, s.next == 1 ? ": 2, 4, 8, 16, 32, 64 and 2 more users" : ": 4, 8, 16, 32, 64, 128, 256 users"));
	list.limit_us = 0;
	assert_int_equal(sweep_fits(&list, &needs_us), 9);
	list.limit_us = 44000000;
	assert_int_equal(sweep_fits(&list, &needs_us), 9);
	list.limit_us--;
	assert_int_equal(sweep_fits(&list, &needs_us), 8);
	list.limit_us = 1;
	assert_int_equal(sweep_fits(&list, &needs_us), 1);
}

static void test_bounded_by_time(void **state)
{
	struct sweep_config how = climb;
	struct sim_config server = with(32);
	struct sweep s;

	(void)state;
	how.limit_us = 12 * S;
	assert_true(run_sweep(&s, &how, &server, 1) <= 12.2);
	assert_int_equal(s.stop, SWEEP_TIME);
	assert_false(s.knee.known);
}

static void look(struct sweep *s, struct sweep_order *order)
{
	struct sweep_seen seen;

	sim_run(&sim, sim.now_s + SIM_LOOK_US / 1e6);
	sim_look(&sim, &seen);
	*order = sweep_step(s, &seen);
	if (order->action == SWEEP_SET && fabs(order->level - sim.level) > 1e-9)
		sim_set(&sim, s->config.mode, order->level);
}

static void test_past_is_nothing(void **state)
{
	struct sweep_order order = {.action = SWEEP_WAIT};
	struct sim_config server = with(8);
	struct sweep_seen past;
	struct sweep s, was;

	(void)state;
	sim_start(&sim, &server, 7, MODE_CLOSED, 5);
	sweep_start(&s, &climb, 0);
	while (sim.now_s < 6)
		look(&s, &order);
	sim_look(&sim, &past);
	past.settled = true;
	while (sim.now_s < 13)
		look(&s, &order);
	was = s;
	assert_int_equal(sweep_step(&s, &past).action, SWEEP_WAIT);
	assert_int_equal(s.state, was.state);
	assert_true(s.steps == was.steps && s.now_us == was.now_us);
}

static void test_take_over(void **state)
{
	struct sweep_order order = {.action = SWEEP_WAIT};
	struct sim_config server = with(8);
	struct sweep s;
	double held_from;

	(void)state;
	sim_start(&sim, &server, 7, MODE_CLOSED, 5);
	sweep_start(&s, &climb, 0);
	while (sim.now_s < 13)
		look(&s, &order);
	int steps = s.steps;

	assert_true(steps >= 2);
	sweep_take_over(&s, (int64_t)(sim.now_s * 1e6));
	sim_set(&sim, MODE_CLOSED, 77);
	held_from = sim.now_s;
	while (sim.now_s < held_from + 100) {
		look(&s, &order);
		assert_int_equal(order.action, SWEEP_WAIT);
	}
	sweep_give_back(&s, (int64_t)(sim.now_s * 1e6));
	assert_int_equal(s.steps, steps);
	while (order.action != SWEEP_END && sim.now_s < 400)
		look(&s, &order);
	/* What the operator did is not in it, nor does his time count. */
	assert_int_equal(s.stop, SWEEP_PLATEAU);
	near(s.knee.n, 8, 0.2, "knee");
	for (int i = 0; i < s.count; i++)
		assert_true(fabs(s.at[i].level - 77) > 1);
	near(sweep_rest(&s), 8, 0.2, "rest");
	/* And it may be stopped half-way. */
	sweep_start(&s, &climb, (int64_t)(sim.now_s * 1e6));
	for (int i = 0; i < 400; i++)
		look(&s, &order);
	sweep_stop(&s, SWEEP_STOPPED);
	look(&s, &order);
	assert_int_equal(order.action, SWEEP_WAIT);
	assert_int_equal(s.state, SWEEP_DONE);
	assert_int_equal(s.stop, SWEEP_STOPPED);
	assert_true(s.count >= 2);
}

/* What brunt itself held back is no plateau and no knee. */
static void test_bound_client(void **state)
{
	struct sweep_config brief = climb;
	struct sim_config server = with(32);
	struct sweep s;
	char text[SWEEP_TEXT];

	(void)state;
	server.bound_users = 12;
	for (int seed = 1; seed <= SEEDS; seed++) {
		run_sweep(&s, &climb, &server, (uint64_t)seed);
		assert_int_equal(s.stop, SWEEP_CLIENT);
		assert_false(s.knee.known);
		assert_false(s.unsteady);
		/* No higher than where it began, and there once more. */
		near(s.at[s.count - 1].level, 16, 0.001, "top");
		assert_int_equal(s.at[s.count - 1].visits, 2);
		sweep_sentence(&s, text);
		assert_non_null(strstr(text, "client-bound: brunt itself was the limit at 16 users, "));
		near(s.x_max, 8 / 0.0725, 0.06, "x_max below it");
	}
	/* From the first user on. */
	server.bound_users = 1;
	run_sweep(&s, &climb, &server, 1);
	assert_int_equal(s.stop, SWEEP_CLIENT);
	assert_int_equal(s.count, 1);
	assert_true(isnan(s.x_max));
	/* Where time ends it is no rate of nothing. */
	brief.limit_us = 8 * S;
	run_sweep(&s, &brief, &server, 1);
	sweep_sentence(&s, text);
	assert_int_equal(s.stop, SWEEP_TIME);
	assert_non_null(strstr(text, ", and no rate of the server's (n = "));
	/* The plateau lies below it. */
	server = with(4);
	server.bound_users = 40;
	for (int seed = 1; seed <= SEEDS; seed++) {
		run_sweep(&s, &climb, &server, (uint64_t)seed);
		assert_int_equal(s.stop, SWEEP_PLATEAU);
		near(s.knee.n, 4, 0.2, "knee");
	}
}

/* A machine that is busy for a while: those levels are visited again. */
static void test_bound_once(void **state)
{
	static const double from[] = {0, 4, 9, 13, 18, 22, 27};
	struct sweep s;
	int known = 0;

	(void)state;
	for (size_t i = 0; i < sizeof from / sizeof *from; i++)
		for (int seed = 1; seed <= SEEDS; seed++) {
			struct sim_config server = with(8);

			server.bound_from_s = from[i];
			server.bound_to_s = from[i] + 4;
			run_sweep(&s, &climb, &server, (uint64_t)seed);
			assert_true(s.stop == SWEEP_PLATEAU || s.stop == SWEEP_TIME);
			assert_false(s.unsteady);
			if (s.knee.known)
				near(s.knee.n, 8, 0.25, "knee");
			known += s.knee.known;
		}
	assert_true(known >= 7 * SEEDS - 2);
}

/* Held, another mix by key, given back: what was measured before is of another system. */
static void test_another_mix(void **state)
{
	struct sweep_order order = {.action = SWEEP_WAIT};
	struct sim_config server = with(8);
	struct sweep s;
	char text[SWEEP_TEXT];
	int levels;

	(void)state;
	sim_start(&sim, &server, 3, MODE_CLOSED, 1);
	sweep_start(&s, &climb, 0);
	while (s.steps < 3)
		look(&s, &order);
	levels = s.count;
	sweep_take_over(&s, (int64_t)(sim.now_s * 1e6));
	sim.mix = 7;
	sim.config.mean_s *= 2;
	sim_set(&sim, MODE_CLOSED, sim.level);
	sweep_give_back(&s, (int64_t)(sim.now_s * 1e6));
	while (order.action != SWEEP_END && sim.now_s < 400)
		look(&s, &order);
	assert_int_equal(s.stop, SWEEP_PLATEAU);
	near(s.knee.n, 8, 0.2, "knee");
	near(s.x_max, 8 / 0.145, 0.05, "x_max");
	assert_false(s.unsteady);
	assert_int_equal(s.other_mix, levels);
	sweep_sentence(&s, text);
	assert_non_null(strstr(text, "; 3 levels of another mix left out"));
}

static void test_names(void **state)
{
	(void)state;
	for (int i = SWEEP_PLATEAU; i < SWEEP_STOPS; i++)
		assert_int_equal(sweep_stop_by_name(sweep_stop_name((enum sweep_stop)i)), i);
	assert_int_equal(sweep_stop_by_name("no such"), SWEEP_NOT);
	assert_int_equal(sweep_stop_by_name(""), SWEEP_NOT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_knees),
		cmocka_unit_test(test_degrades_once),
		cmocka_unit_test(test_degrades_for_good),
		cmocka_unit_test(test_degrades_at_many_slots),
		cmocka_unit_test(test_degrades_slow_server),
		cmocka_unit_test(test_becomes_faster),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_every_request_fails),
		cmocka_unit_test(test_rate_limit),
		cmocka_unit_test(test_flat_server),
		cmocka_unit_test(test_slow_server),
		cmocka_unit_test(test_slow_in_step),
		cmocka_unit_test(test_one_slot),
		cmocka_unit_test(test_slo),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_goes_down),
		cmocka_unit_test(test_open_loop),
		cmocka_unit_test(test_open_loop_changes),
		cmocka_unit_test(test_open_loop_thrashes),
		cmocka_unit_test(test_list_without_time),
		cmocka_unit_test(test_bounded_by_time),
		cmocka_unit_test(test_past_is_nothing),
		cmocka_unit_test(test_take_over),
		cmocka_unit_test(test_bound_client),
		cmocka_unit_test(test_bound_once),
		cmocka_unit_test(test_another_mix),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("run/sweep", tests, NULL, NULL);
}
