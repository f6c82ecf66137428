/* From scrapes to what is shown of them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "records.h"

static void scrape(struct model *m, int64_t t_us, double running, double waiting, const char *text)
{
	static uint64_t scrapes;
	union any_server s;

	server_at(&s, t_us, running, waiting, text);
	s.server.scrapes = ++scrapes;
	model_feed(m, &s.server.rec);
}

static void counted_of(struct model *m, int64_t t_us, double hits, double lookups, uint16_t series)
{
	union any_server s;

	server_at(&s, t_us, 1, 0, NULL);
	s.server.hits = hits;
	s.server.lookups = lookups;
	s.server.series = series;
	s.server.scrapes = 1;
	model_feed(m, &s.server.rec);
}

static void counted(struct model *m, int64_t t_us, double hits, double lookups)
{
	counted_of(m, t_us, hits, lookups, 1);
}

static const struct snapshot *look(const struct model *m)
{
	static struct snapshot s;

	model_snapshot(m, (struct view_query){.task = -1}, &s);
	return &s;
}

static void nobody_asked(void **state)
{
	struct model *m = new_model(1);

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	model_advance(m, 3 * S);
	assert_int_equal(look(m)->server.scrapes, 0);
	assert_true(isnan(look(m)->server_series[SERVER_RUNNING][0]));
	model_free(m);
}

/* A value a second; one that comes a little late leaves no gap, a failure does. */
static void a_value_a_second(void **state)
{
	struct model *m = new_model(1);
	const struct snapshot *s;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	scrape(m, S / 2, 4, 0, NULL);
	scrape(m, S * 3 / 2, 4, 7, NULL);
	scrape(m, 3 * S + S / 10, 3, 12, NULL); /* of second 2 */
	scrape(m, 3 * S + S / 2, 2, 5, NULL);
	scrape(m, 4 * S + S / 2, 0, 0, "HTTP 503");
	scrape(m, 5 * S + S / 2, 0, 0, "no answer in time");
	scrape(m, 6 * S + S / 2, 0, 0, "HTTP 503");
	model_advance(m, 7 * S);
	s = look(m);
	assert_true(s->server_series[SERVER_WAITING][0] == 0);
	assert_true(s->server_series[SERVER_WAITING][1] == 7);
	assert_true(s->server_series[SERVER_WAITING][2] == 7);
	assert_true(s->server_series[SERVER_WAITING][3] == 5);
	assert_true(isnan(s->server_series[SERVER_WAITING][4]));
	assert_true(isnan(s->server_series[SERVER_KV_USE][3]));
	assert_false(s->server.ok);
	assert_true(isnan(s->server.last[SERVER_WAITING]));
	assert_string_equal(s->server.text, "HTTP 503");
	assert_int_equal(s->server.since_us, 4 * S + S / 2); /* for whatever reason */
	assert_int_equal(s->server.kind, SERVER_VLLM);
	model_free(m);
}

/* Means are of measured time, and of the present point. */
static void means(void **state)
{
	struct model *m = new_model(1);
	struct result r;

	(void)state;
	feed_point_at(m, 0, PHASE_WARMUP, 1);
	scrape(m, 1 * S, 9, 90, NULL);
	feed_point_at(m, 2 * S, PHASE_LOAD, 1);
	scrape(m, 3 * S, 2, 10, NULL);
	scrape(m, 4 * S, 0, 0, "no answer in time");
	scrape(m, 5 * S, 4, 20, NULL);
	feed_point_at(m, 6 * S, PHASE_LOAD, 8);
	scrape(m, 7 * S, 6, 60, NULL);
	model_advance(m, 8 * S);
	model_result(m, &r);
	assert_true(r.server.mean[SERVER_RUNNING] == 4);
	assert_true(r.server.max[SERVER_RUNNING] == 6);
	assert_true(r.server.mean[SERVER_WAITING] == 30);
	assert_true(r.server.last[SERVER_WAITING] == 60);
	assert_true(r.server.point[SERVER_WAITING] == 60);
	assert_int_equal(r.server.point_n, 1);
	assert_int_equal(r.server.n[SERVER_RUNNING], 3);
	assert_int_equal(r.server.n[SERVER_KV_USE], 0);
	assert_true(isnan(r.server.mean[SERVER_KV_USE]));
	result_fini(&r);
	model_free(m);
}

/* Of counters what came since the scrape before; a server that was started anew begins
 * at nothing. */
static void hit_ratios(void **state)
{
	struct model *m = new_model(1);

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	counted(m, 1 * S, 100, 1000);
	assert_true(isnan(look(m)->server.last[SERVER_HIT_RATIO]));
	counted(m, 2 * S, 130, 1040);
	assert_true(fabs(look(m)->server.last[SERVER_HIT_RATIO] - 0.75) < 1e-9);
	counted(m, 3 * S, 130, 1040);
	assert_true(isnan(look(m)->server.last[SERVER_HIT_RATIO]));
	counted(m, 4 * S, 6, 60);
	assert_true(fabs(look(m)->server.last[SERVER_HIT_RATIO] - 0.1) < 1e-9);
	assert_true(fabs(look(m)->server.mean[SERVER_HIT_RATIO] - 0.36) < 1e-9);
	assert_true(look(m)->server.lookups == 100);
	/* Hits went back, lookups are beyond where they were already: both are new. */
	counted(m, 5 * S, 3, 80);
	assert_true(fabs(look(m)->server.last[SERVER_HIT_RATIO] - 3.0 / 80) < 1e-9);
	assert_true(look(m)->server.lookups == 180);
	/* One of two engines was started anew: the sum does not say how much came since. */
	counted_of(m, 6 * S, 50, 200, 2);
	assert_true(look(m)->server.lookups == 300);
	counted_of(m, 7 * S, 40, 110, 2);
	assert_true(isnan(look(m)->server.last[SERVER_HIT_RATIO]));
	assert_true(look(m)->server.lookups == 300);
	counted_of(m, 8 * S, 45, 120, 2);
	assert_true(fabs(look(m)->server.last[SERVER_HIT_RATIO] - 0.5) < 1e-9);
	model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_asked),
		cmocka_unit_test(a_value_a_second),
		cmocka_unit_test(means),
		cmocka_unit_test(hit_ratios),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
