/* Exemplars in a run file: they come back with their samples, and from a hostile file
 * nothing else comes. */
#include "fixture.h"

static union {
	struct rec_exemplar e;
	char room[REC_EXEMPLAR_MAX];
} made;
static struct {
	union {
		struct rec_exemplar e;
		char room[REC_EXEMPLAR_MAX];
	} got[8];
	int count;
} taken;

static void take(void *arg, const struct rec_exemplar *e)
{
	assert_ptr_equal(arg, &taken);
	assert_true(e->rec.bytes <= sizeof taken.got[0]);
	if (taken.count < 8)
		memcpy(&taken.got[taken.count], e, e->rec.bytes);
	taken.count++;
}

static char *add(char *at, const char *text, uint16_t *bytes)
{
	*bytes = (uint16_t)strlen(text);
	return mempcpy(at, text, *bytes);
}

static const struct rec *exemplar_of(const struct rec_sample *s, uint32_t id)
{
	char *end = made.e.tail;

	memset(&made, 0, sizeof made);
	made.e.rec = s->rec;
	made.e.rec.kind = REC_EXEMPLAR;
	made.e.id = id;
	made.e.sample_bytes = (uint16_t)s->rec.bytes;
	made.e.body_total = 5000;
	made.e.answer_total = 77;
	end = mempcpy(end, s, s->rec.bytes);
	end = add(end, "POST http://h/a\nX: y\n", &made.e.request_bytes);
	end = add(end, "{\"a\": 1}", &made.e.body_bytes);
	end = add(end, "Date: now\n", &made.e.header_bytes);
	end = add(end, "data: 1\n\ndata: 2\n\n", &made.e.answer_bytes);
	end = add(end, "status 200\n", &made.e.checks_bytes);
	made.e.rec.bytes = rec_bytes((uint64_t)(end - (char *)&made), 0);
	return &made.e.rec;
}

static void push(struct ring *ring, const struct rec *rec)
{
	assert_int_equal(ring_push(ring, rec), 0);
	ring_publish(ring);
}

/* Three samples; of the first and the third there is an exemplar, of another one whose
 * sample got lost, too. */
static void write_run(const char *path)
{
	struct run_meta meta = fixture_meta();
	struct writer *writer;
	struct rec end = {.bytes = sizeof end, .kind = REC_END, .t_us = 4000};
	uint8_t gap = 2;

	assert_int_equal(writer_start(path, &meta, &writer, NULL), 0);
	for (uint64_t i = 0; i < 3; i++) {
		union any s = fixture_sample(1000 + (int64_t)i * 1000, i);

		fixture_tail(&s.sample, "a message", "an excerpt", &gap, 1);
		push(writer_ring(writer), &s.rec);
		if (i != 1)
			push(writer_ring(writer), exemplar_of(&s.sample, (uint32_t)i));
		s.sample.seq = 99;
		push(writer_ring(writer), exemplar_of(&s.sample, 7));
	}
	push(writer_ring(writer), &end);
	assert_int_equal(writer_stop(writer, fixture_closing(), NULL), 0);
}

static int read_run(const char *path)
{
	struct reader *reader;
	struct err err = {""};
	const struct rec *rec;
	bool failed;
	int code, samples = 0;

	memset(&taken, 0, sizeof taken);
	assert_int_equal(reader_open(path, &reader, &err), 0);
	code = reader_exemplars(reader, take, &taken, &err);
	/* Reading begins at the start. */
	while ((rec = reader_next(reader, &failed, &err)))
		samples += rec->kind == REC_SAMPLE;
	reader_close(reader);
	assert_int_equal(samples, 3);
	return code;
}

static void they_come_back_with_their_samples(void **state)
{
	const char *path = fixture_path("a.brunt");

	(void)state;
	write_run(path);
	assert_int_equal(read_run(path), 0);
	assert_int_equal(taken.count, 2);
	for (uint64_t i = 0; i < 2; i++) {
		union any s = fixture_sample(1000 + (int64_t)i * 2000, i * 2);
		uint8_t gap = 2;

		fixture_tail(&s.sample, "a message", "an excerpt", &gap, 1);
		exemplar_of(&s.sample, (uint32_t)i * 2);
		/* NAN apart, which has many faces. */
		((struct rec_sample *)(void *)taken.got[i].e.tail)->quality = 0;
		((struct rec_sample *)(void *)made.e.tail)->quality = 0;
		assert_int_equal(taken.got[i].e.rec.bytes, made.e.rec.bytes);
		assert_memory_equal(&taken.got[i], &made, made.e.rec.bytes);
	}
}

static void of_a_hostile_file_nothing_else_comes(void **state)
{
	static const char *const change[] = {
		"UPDATE exemplars SET request = zeroblob(1000000), body = x'1b5b33316d', headers = 7, "
		"answer = replace(hex(zeroblob(50000)), '00', char(27) || '[2J'), checks = NULL, "
		"body_bytes = -5, answer_bytes = 'many'",
		"UPDATE samples SET gaps = zeroblob(49000), message = 1; UPDATE messages SET text = hex(zeroblob(5000))",
		"UPDATE samples SET t0_us = -9223372036854775808, latency_us = 9223372036854775807, task = 99",
		"UPDATE exemplars SET sample = 'x'",
		"WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 9000) "
		"INSERT INTO exemplars SELECT i, 1, 'r', 'b', 1, 'h', 'a', 1, 'c' FROM n",
	};
	static const int counts[] = {2, 2, 2, 0, 4096};

	(void)state;
	for (size_t i = 0; i < sizeof change / sizeof *change; i++) {
		const char *path = fixture_path("b.brunt");
		const struct rec_exemplar *e = &taken.got[0].e;

		write_run(path);
		fixture_sql(path, change[i]);
		assert_int_equal(read_run(path), 0);
		assert_int_equal(taken.count, counts[i]);
		if (taken.count) {
			assert_null(memchr(rec_exemplar_request(e), 27, e->rec.bytes - sizeof *e - e->sample_bytes));
			assert_true(rec_exemplar_sample(e)->task < 3);
		}
		unlink(path);
	}
}

static void a_former_file_has_none(void **state)
{
	const char *path = fixture_path("c.brunt");

	(void)state;
	write_run(path);
	fixture_sql(path, "DROP TABLE exemplars; DROP TABLE states; DROP TABLE seconds; " FORMER_GAUGES "PRAGMA user_version = 3");
	assert_int_equal(read_run(path), 0);
	assert_int_equal(taken.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(they_come_back_with_their_samples, fixture_set_up, fixture_tear_down),
		cmocka_unit_test_setup_teardown(of_a_hostile_file_nothing_else_comes, fixture_set_up, fixture_tear_down),
		cmocka_unit_test_setup_teardown(a_former_file_has_none, fixture_set_up, fixture_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
