/* What goes into the ring comes back from the file, bit for bit and in order;
 * what cannot be written is said and never blocks. */
#include "fixture.h"
#include "metrics/gaps.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

static void start(const char *path, struct writer **writer)
{
	struct run_meta meta = fixture_meta();
	struct err err = {""};

	if (writer_start(path, &meta, writer, &err) != 0)
		fail_msg("%s", err.text);
}

static void random_text(struct rng *rng, char *out, uint16_t *bytes)
{
	static const char *const piece[] = {"a", "Connection reset", " ", "ü", "€", "語", "%"};
	size_t n = 0, want = rng_below(rng, REC_TEXT_MAX + 1);

	for (;;) {
		const char *p = piece[rng_below(rng, sizeof piece / sizeof piece[0])];

		if (n + strlen(p) > want)
			break;
		memcpy(out + n, p, strlen(p));
		n += strlen(p);
	}
	*bytes = (uint16_t)n;
}

/* A number with any count of bits up to `bits`. */
static uint64_t spread(struct rng *rng, int bits)
{
	return rng_next(rng) >> (64 - bits) >> rng_below(rng, (uint64_t)bits);
}

static int64_t random_moment(struct rng *rng, const struct rec_sample *s)
{
	uint64_t latency = (uint64_t)(s->rec.t_us - s->t0_us);

	return rng_below(rng, 3) ? s->t0_us + (int64_t)rng_below(rng, latency + 1) : -1;
}

static uint32_t random_tokens(struct rng *rng)
{
	return rng_below(rng, 3) ? (uint32_t)rng_below(rng, TOKENS_UNKNOWN) : TOKENS_UNKNOWN;
}

/* Message, excerpt and gaps: any of them may be missing. */
static void random_tail(struct rng *rng, struct rec_sample *s)
{
	char room[REC_TEXT_MAX + 1], text[REC_TEXT_MAX + 1] = "", excerpt[REC_TEXT_MAX + 1] = "";
	uint8_t gaps[FIXTURE_GAPS];
	uint16_t bytes;

	if (rng_below(rng, 3) == 0) {
		random_text(rng, room, &bytes);
		memcpy(text, room, bytes);
	}
	if (rng_below(rng, 3) == 0) {
		do
			random_text(rng, room, &bytes);
		while (bytes > REC_EXCERPT_MAX);
		memcpy(excerpt, room, bytes);
	}
	for (size_t i = 0; i < sizeof gaps; i++)
		gaps[i] = (uint8_t)rng_next(rng);
	fixture_tail(s, text, excerpt, gaps,
		     rng_below(rng, 2) ? (uint32_t)rng_below(rng, sizeof gaps) : 0);
}

static void random_sample(struct rng *rng, struct rec_sample *s)
{
	int64_t latency = (int64_t)spread(rng, 36);

	s->t0_us = s->rec.t_us > latency ? s->rec.t_us - latency : 0;
	latency = s->rec.t_us - s->t0_us;
	s->ts_us = s->t0_us + (int64_t)rng_below(rng, (uint64_t)latency + 1);
	s->th_us = rng_below(rng, 4)
			   ? s->t0_us + (int64_t)rng_below(rng, (uint64_t)latency + 1)
			   : -1;
	s->bytes_in = spread(rng, 63);
	s->bytes_out = spread(rng, 63);
	s->seq = rng_next(rng);
	s->user = (uint32_t)spread(rng, 32);
	s->point = (uint32_t)spread(rng, 32);
	s->code = (int32_t)rng_next(rng);
	s->task = (uint16_t)rng_below(rng, 3);
	s->turn = (uint16_t)spread(rng, 16);
	s->status = (uint16_t)spread(rng, 16);
	s->error = (uint8_t)rng_below(rng, ERROR_CLASS_COUNT);
	s->outcome = (uint8_t)rng_below(rng, OUTCOME_COUNT);
	s->flags = (uint8_t)rng_below(rng, 32);
	if (s->flags & SAMPLE_NEW_CONNECTION) {
		s->dns_us = (uint32_t)spread(rng, 32);
		s->connect_us = (uint32_t)spread(rng, 32);
		s->tls_us = (uint32_t)spread(rng, 32);
	}
	s->prompt_hash = rng_below(rng, 2) ? rng_next(rng) : 0;
	s->t1_us = random_moment(rng, s);
	s->to_us = random_moment(rng, s);
	s->tn_us = random_moment(rng, s);
	s->tokens_in = random_tokens(rng);
	s->tokens_out = random_tokens(rng);
	s->cached_tokens = random_tokens(rng);
	s->token_source = (uint8_t)rng_below(rng, TOKENS_FROM_EVENTS + 1);
	s->events = (uint32_t)spread(rng, 32);
	s->reads = (uint32_t)spread(rng, 32);
	s->quality = rng_below(rng, 2) ? (float)rng_double(rng) * 100 : NAN;
	s->cache = (uint8_t)rng_below(rng, CACHE_MISS + 1);
	random_tail(rng, s);
}

static void random_gauge(struct rng *rng, struct rec_gauge *g)
{
	g->users_target = (uint32_t)spread(rng, 32);
	g->users_active = (uint32_t)spread(rng, 32);
	g->in_flight = (uint32_t)spread(rng, 32);
	g->connections = (uint32_t)spread(rng, 32);
	g->planned = spread(rng, 63);
	g->started = spread(rng, 63);
	g->waiting = spread(rng, 63);
	g->worker_cpu_us = spread(rng, 63);
	g->busiest_cpu_us = spread(rng, 63);
	g->process_cpu_us = spread(rng, 63);
	g->ring_dropped = spread(rng, 63);
	g->record_lost = spread(rng, 63);
	g->in_flight_us = spread(rng, 63);
	g->core_wait_us = spread(rng, 63);
	g->loop_late_us = spread(rng, 63);
	g->throttled_us = spread(rng, 63);
	g->steal_us = spread(rng, 63);
	g->loop_late_max_us = (uint32_t)spread(rng, 32);
	g->fds = (uint32_t)spread(rng, 32);
	g->fd_limit = (uint32_t)spread(rng, 32);
	g->ports = (uint32_t)spread(rng, 32);
	g->in_flight_limit = (uint32_t)spread(rng, 32);
	g->held = (uint32_t)spread(rng, 32);
	g->rec.bytes = sizeof *g;
}

/* Any record but an end, at `t_us`. */
static union any random_record(struct rng *rng, int64_t t_us)
{
	static const enum rec_kind kinds[] = {REC_SAMPLE, REC_SAMPLE, REC_SAMPLE, REC_GAUGE,
					      REC_POINT,  REC_EVENT,  REC_DROPS};
	union any any;

	memset(&any, 0, sizeof any);
	any.rec.kind = kinds[rng_below(rng, sizeof kinds / sizeof kinds[0])];
	any.rec.worker = (uint16_t)spread(rng, 16);
	any.rec.t_us = t_us;
	switch (any.rec.kind) {
	case REC_SAMPLE:
		random_sample(rng, &any.sample);
		break;
	case REC_GAUGE:
		random_gauge(rng, &any.gauge);
		break;
	case REC_POINT:
		any.rec.bytes = sizeof any.point;
		any.point.asked_us = (int64_t)spread(rng, 40) - 1;
		any.point.level = (double)spread(rng, 32) / 8;
		any.point.from = (double)spread(rng, 32) / 8;
		any.point.mode = (uint8_t)rng_below(rng, 2);
		any.point.phase = (uint8_t)rng_below(rng, PHASE_END + 1);
		any.point.ramp_us = (int64_t)rng_below(rng, 2000000);
		break;
	case REC_EVENT:
		any.event.value = (int64_t)rng_next(rng);
		any.event.what = (uint16_t)rng_below(rng, EVENT_COUNT);
		random_text(rng, any.event.text, &any.event.text_bytes);
		any.rec.bytes = rec_bytes(sizeof any.event, any.event.text_bytes);
		break;
	default:
		any.rec.bytes = rec_bytes(sizeof any.drops, 0);
		any.drops.task = (uint32_t)rng_below(rng, 3);
		for (int i = 0; i < OUTCOME_COUNT; i++)
			any.drops.count[i] = (uint32_t)spread(rng, 32);
		break;
	}
	return any;
}

static void assert_same(const struct rec *got, const union any *want, int number)
{
	if (!got)
		fail_msg("record %d is missing", number);
	if (got->bytes != want->rec.bytes || memcmp(got, want, got->bytes) != 0)
		fail_msg("record %d (kind %d) came back as another (kind %d)", number,
			 want->rec.kind, got->kind);
}

static void assert_meta(const struct run_meta *got)
{
	struct run_meta want = fixture_meta();

	assert_string_equal(got->version, want.version);
	assert_string_equal(got->started_at, want.started_at);
	assert_string_equal(got->target, want.target);
	assert_string_equal(got->scenario, want.scenario);
	assert_string_equal(got->source, want.source);
	assert_string_equal(got->argv, want.argv);
	assert_string_equal(got->label[0], want.label[0]);
	assert_string_equal(got->label[1], want.label[1]);
	assert_null(got->label[2]);
	assert_string_equal(got->slo[0], want.slo[0]);
	assert_string_equal(got->slo[1], want.slo[1]);
	assert_null(got->slo[2]);
	assert_true(got->seed == want.seed);
	assert_int_equal(got->run_id, want.run_id);
	assert_int_equal(got->mode, want.mode);
	assert_int_equal(got->requests, want.requests);
	assert_int_equal(got->duration_us, want.duration_us);
	assert_int_equal(got->warmup_us, want.warmup_us);
	assert_int_equal(got->concurrency, want.concurrency);
	assert_true(got->respect_retry_after);
	assert_int_equal(got->dns_us, want.dns_us);
	assert_int_equal(got->worker_count, want.worker_count);
	assert_int_equal(got->task_count, want.task_count);
	for (int i = 0; i < want.task_count; i++) {
		assert_string_equal(got->task_name[i], want.task_name[i]);
		assert_true(got->task_weight[i] == want.task_weight[i]);
	}
}

#define RECORDS 20000

static void everything_comes_back(void **state)
{
	const char *path = fixture_path("all.brunt");
	struct writer *writer;
	struct reader *reader;
	struct rng make, again;
	struct err err = {""};
	int64_t t_us = 0;
	union any any;
	bool failed;

	(void)state;
	start(path, &writer);
	rng_seed(&make, 1, 0);
	/* Several records share a time: only the order written tells them apart. */
	for (int i = 0; i < RECORDS; i++) {
		t_us += (int64_t)rng_below(&make, 3);
		any = random_record(&make, t_us);
		fixture_push(writer_ring(writer), &any.rec);
	}
	any = fixture_point(t_us, PHASE_END, 3);
	fixture_push(writer_ring(writer), &any.rec);
	any = fixture_end(t_us + 5);
	fixture_push(writer_ring(writer), &any.rec);
	ring_publish(writer_ring(writer));
	assert_string_equal(writer_path(writer), path);
	assert_string_equal(writer_trouble(writer), "");
	if (writer_stop(writer, fixture_closing(), &err) != 0)
		fail_msg("%s", err.text);
	assert_false(fixture_exists(fixture_path("all.brunt-wal")));
	assert_false(fixture_exists(fixture_path("all.brunt-shm")));

	if (reader_open(path, &reader, &err) != 0)
		fail_msg("%s", err.text);
	assert_meta(reader_meta(reader));
	assert_memory_equal(reader_closing(reader)->evidence, fixture_closing()->evidence,
			    sizeof fixture_closing()->evidence);
	assert_true(reader_closing(reader)->known && reader_closing(reader)->partial);
	assert_string_equal(reader_closing(reader)->incomplete, "");
	assert_int_equal(reader_closing(reader)->exit_code, 130);
	assert_true(reader_closing(reader)->cpu_pct == 12.625);
	assert_true(reader_closing(reader)->worker_cpu_pct == 7.1);
	assert_true(reader_closing(reader)->client_bound);
	assert_int_equal(reader_end_us(reader), t_us + 5);
	for (int pass = 0; pass < 2; pass++) {
		rng_seed(&again, 1, 0);
		t_us = 0;
		for (int i = 0; i < RECORDS; i++) {
			t_us += (int64_t)rng_below(&again, 3);
			any = random_record(&again, t_us);
			assert_same(reader_next(reader, &failed, &err), &any, i);
		}
		any = fixture_point(t_us, PHASE_END, 3);
		assert_same(reader_next(reader, &failed, &err), &any, RECORDS);
		any = fixture_end(t_us + 5);
		assert_same(reader_next(reader, &failed, &err), &any, RECORDS + 1);
		assert_null(reader_next(reader, &failed, &err));
		assert_false(failed);
		assert_int_equal(reader_rewind(reader, &err), 0);
	}
	reader_close(reader);
}

static void extremes_come_back(void **state)
{
	const char *path = fixture_path("extreme.brunt");
	struct writer *writer;
	struct reader *reader;
	struct err err = {""};
	static union {
		union any any;
		char room[sizeof(struct rec_sample) + REC_EXCERPT_MAX + REC_GAPS_MAX];
	} full;
	static uint8_t gaps[REC_GAPS_MAX];
	union any first, last;
	bool failed;

	(void)state;
	first = fixture_sample(0, 0);
	first.sample.th_us = first.sample.t1_us = first.sample.to_us = first.sample.tn_us = 0;
	first.sample.tokens_in = first.sample.tokens_out = first.sample.cached_tokens = 0;
	first.sample.quality = 0;
	full.any = fixture_sample(5, 1);
	full.any.sample.quality = 200.0F / 3;
	full.any.sample.prompt_hash = UINT64_MAX;
	full.any.sample.events = full.any.sample.reads = UINT32_MAX;
	full.any.sample.tokens_out = TOKENS_UNKNOWN - 1;
	memset(gaps, 0xa5, sizeof gaps);
	fixture_tail(&full.any.sample, "",
		     "123456789012345678901234567890123456789012345678901234567890"
		     "123456789012345678901234567890123456789012345678901234567890",
		     gaps, sizeof gaps);
	assert_int_equal(full.any.sample.excerpt_bytes, REC_EXCERPT_MAX);
	last = fixture_sample(366LL * 86400 * 1000000, UINT64_MAX);
	last.sample.t0_us = 0;
	last.sample.ts_us = last.rec.t_us;
	last.sample.th_us = -1;
	last.sample.bytes_in = INT64_MAX;
	last.sample.user = UINT32_MAX;
	last.sample.point = UINT32_MAX;
	last.sample.code = INT32_MIN;
	last.sample.turn = last.sample.status = last.rec.worker = UINT16_MAX;
	last.sample.dns_us = last.sample.connect_us = last.sample.tls_us = UINT32_MAX;
	last.sample.flags = UINT8_MAX;
	last.sample.error = ERROR_ABORTED;
	last.sample.outcome = OUTCOME_CENSORED;
	last.sample.text_bytes = REC_TEXT_MAX;
	memset(last.sample.text, 'x', REC_TEXT_MAX);
	last.rec.bytes = rec_bytes(sizeof last.sample, REC_TEXT_MAX);

	start(path, &writer);
	fixture_push(writer_ring(writer), &first.rec);
	fixture_push(writer_ring(writer), &full.any.rec);
	fixture_push(writer_ring(writer), &last.rec);
	ring_publish(writer_ring(writer));
	assert_int_equal(writer_stop(writer, fixture_closing(), &err), 0);
	assert_int_equal(reader_open(path, &reader, &err), 0);
	assert_same(reader_next(reader, &failed, &err), &first, 0);
	assert_same(reader_next(reader, &failed, &err), &full.any, 1);
	assert_same(reader_next(reader, &failed, &err), &last, 2);
	reader_close(reader);
}

/* More kinds of message than are kept in memory. */
static void many_messages_come_back(void **state)
{
	const char *path = fixture_path("messages.brunt");
	struct writer *writer;
	struct reader *reader;
	struct err err = {""};
	union any any;
	bool failed;

	(void)state;
	start(path, &writer);
	for (int pass = 0; pass < 2; pass++) {
		if (pass && reader_open(path, &reader, &err) != 0)
			fail_msg("%s", err.text);
		for (int i = 0; i < 10000; i++) {
			any = fixture_sample(i, (uint64_t)i);
			any.sample.text_bytes = (uint16_t)snprintf(
				any.sample.text, REC_TEXT_MAX, "request %d failed", i % 6000);
			any.rec.bytes = rec_bytes(sizeof any.sample, any.sample.text_bytes);
			if (pass)
				assert_same(reader_next(reader, &failed, &err), &any, i);
			else
				fixture_push(writer_ring(writer), &any.rec);
		}
		if (pass)
			continue;
		ring_publish(writer_ring(writer));
		assert_int_equal(writer_stop(writer, fixture_closing(), &err), 0);
	}
	reader_close(reader);
}

/* --- killed ---------------------------------------------------------------- */

/* Samples that a reader sees in a file that may be written at the moment. */
static int visible(const char *path)
{
	sqlite3_stmt *ask = NULL;
	sqlite3 *db = NULL;
	int n = 0;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(db, "SELECT count(*) FROM samples", -1, &ask, NULL) ==
		    SQLITE_OK &&
	    sqlite3_step(ask) == SQLITE_ROW)
		n = sqlite3_column_int(ask, 0);
	sqlite3_finalize(ask);
	sqlite3_close(db);
	return n;
}

/* A copy of the file alone lacks what its WAL has. */
static void copy_without_its_wal_says_so(void **state)
{
	const char *path = fixture_path("live.brunt"), *copy = fixture_path("copy.brunt");
	char *command = xasprintf("cp '%s' '%s'", path, copy);
	struct reader *reader;
	struct writer *writer;
	struct err err = {""};

	(void)state;
	start(path, &writer);
	for (uint64_t i = 1; i <= 100; i++) {
		union any any = fixture_sample((int64_t)i * 1000, i);

		fixture_push(writer_ring(writer), &any.rec);
	}
	ring_publish(writer_ring(writer));
	while (visible(path) < 100)
		fixture_breathe();
	assert_int_equal(system(command), 0);
	free(command);
	if (reader_open(copy, &reader, &err) != 0)
		fail_msg("%s", err.text);
	assert_string_equal(reader_closing(reader)->incomplete,
			    "the recording was cut off after 0 s (copied without its -wal file?)");
	reader_close(reader);
	assert_int_equal(writer_stop(writer, fixture_closing(), &err), 0);
}

static void killed_file_opens(void **state)
{
	const char *path = fixture_path("killed.brunt");
	struct run_meta meta = fixture_meta();
	struct reader *reader;
	struct err err = {""};
	union any any;
	const struct rec *rec;
	uint64_t seq = 0;
	int64_t last_us = 0;
	bool failed;
	pid_t child;

	(void)state;
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct writer *writer;
		struct ring_stats stats;

		/* Should the test end before it has killed us. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (writer_start(path, &meta, &writer, &err) != 0)
			_exit(1);
		any = fixture_point(0, PHASE_LOAD, 7);
		ring_push(writer_ring(writer), &any.rec);
		for (uint64_t i = 0; !*writer_trouble(writer); i++) {
			any = fixture_sample((int64_t)i * 50, i);
			while (ring_push(writer_ring(writer), &any.rec) != 0)
				fixture_breathe();
			ring_publish(writer_ring(writer));
			ring_stats(writer_ring(writer), &stats);
			if (stats.used_bytes > 1 << 20)
				fixture_breathe();
		}
		_exit(2);
	}
	/* Somebody looks at the file from its first moment on. Killed in the
	 * middle of writing, after several transactions. */
	while (visible(path) < 50000) {
		assert_int_equal(waitpid(child, NULL, WNOHANG), 0);
		fixture_breathe();
	}
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_true(fixture_exists(fixture_path("killed.brunt-wal")));

	if (reader_open(path, &reader, &err) != 0)
		fail_msg("%s", err.text);
	assert_false(reader_closing(reader)->known);
	assert_memory_equal(reader_closing(reader)->incomplete, "the recording was cut off after ", 32);
	assert_null(strstr(reader_closing(reader)->incomplete, "-wal"));
	assert_meta(reader_meta(reader));
	any = fixture_point(0, PHASE_LOAD, 7);
	assert_same(reader_next(reader, &failed, &err), &any, 0);
	for (;;) {
		rec = reader_next(reader, &failed, &err);
		assert_non_null(rec);
		if (rec->kind != REC_SAMPLE)
			break;
		any = fixture_sample((int64_t)seq * 50, seq);
		assert_same(rec, &any, (int)seq);
		last_us = rec->t_us;
		seq++;
	}
	assert_true(seq >= 50000);
	/* What the run did not get to say. */
	any = fixture_point(last_us, PHASE_END, 7);
	any.point.mode = MODE_CLOSED;
	assert_same(rec, &any, -1);
	any = fixture_end(last_us);
	assert_same(reader_next(reader, &failed, &err), &any, -2);
	assert_int_equal(reader_end_us(reader), last_us);
	reader_close(reader);
}

/* Few records, then silence: they are in the file all the same. */
static void idle_run_is_committed(void **state)
{
	const char *path = fixture_path("idle.brunt");
	union any any = fixture_sample(1000, 1);
	struct writer *writer;
	struct err err;

	(void)state;
	start(path, &writer);
	fixture_push(writer_ring(writer), &any.rec);
	ring_publish(writer_ring(writer));
	while (visible(path) < 1)
		fixture_breathe();
	assert_int_equal(writer_stop(writer, fixture_closing(), &err), 0);
}

/* All there is can be read before it is known how the run ended. */
static void drained_is_all_there(void **state)
{
	const char *path = fixture_path("drained.brunt");
	union any any = fixture_end(5000);
	struct reader *reader;
	struct writer *writer;
	const struct rec *rec;
	bool failed = false;
	int samples = 0;
	struct err err;

	(void)state;
	start(path, &writer);
	for (int i = 0; i < 3000; i++) {
		union any sample = fixture_sample(1000 + i, 1);

		fixture_push(writer_ring(writer), &sample.rec);
	}
	fixture_push(writer_ring(writer), &any.rec);
	ring_publish(writer_ring(writer));
	writer_drain(writer);
	assert_int_equal(reader_open(path, &reader, &err), 0);
	while ((rec = reader_next(reader, &failed, &err)))
		samples += rec->kind == REC_SAMPLE;
	assert_false(failed);
	assert_int_equal(samples, 3000);
	assert_false(reader_closing(reader)->known);
	reader_close(reader);
	assert_int_equal(writer_stop(writer, fixture_closing(), &err), 0);
	assert_int_equal(reader_open(path, &reader, &err), 0);
	assert_true(reader_closing(reader)->known);
	reader_close(reader);
}

/* --- trouble --------------------------------------------------------------- */

/* In a child, because the limit is the process'. 0: as it should be. */
static int record_with_small_disk(const char *path)
{
	struct run_meta meta = fixture_meta();
	struct rlimit limit = {.rlim_cur = 2 << 20, .rlim_max = 2 << 20};
	struct writer *writer;
	struct err err = {""};

	if (writer_start(path, &meta, &writer, &err) != 0)
		return 1;
	if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
		return 2;
	/* Far more than fits into the file, the WAL and the ring together. */
	for (uint64_t i = 0; i < 400000; i++) {
		union any any = fixture_sample((int64_t)i, i);

		/* A first transaction that fits. */
		while (i == 5000 && visible(path) < 5000) {
			ring_publish(writer_ring(writer));
			fixture_breathe();
		}
		while (ring_push(writer_ring(writer), &any.rec) != 0) {
			ring_publish(writer_ring(writer));
			fixture_breathe();
		}
	}
	ring_publish(writer_ring(writer));
	while (!*writer_trouble(writer))
		fixture_breathe();
	if (strncmp(writer_trouble(writer), path, strlen(path)) != 0)
		return 3;
	if (writer_stop(writer, fixture_closing(), &err) != -1)
		return 4;
	return strncmp(err.text, path, strlen(path)) == 0 ? 0 : 5;
}

static void full_disk_is_said(void **state)
{
	const char *path = fixture_path("full.brunt");
	struct reader *reader;
	struct err err = {""};
	uint64_t seq = 0;
	int status;
	bool failed;
	pid_t child = fork();

	(void)state;
	assert_true(child >= 0);
	if (child == 0)
		_exit(record_with_small_disk(path));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);

	/* What was written before is whole, and not taken for a finished run: the
	 * file says what it lacks, and the run's own end where there was room. */
	if (reader_open(path, &reader, &err) != 0)
		fail_msg("%s", err.text);
	assert_non_null(strstr(reader_closing(reader)->incomplete, "the recording "));
	if (reader_closing(reader)->known) {
		assert_memory_equal(reader_closing(reader)->incomplete, "the recording is incomplete: ", 29);
		assert_null(strstr(reader_closing(reader)->incomplete, path));
		assert_int_equal(reader_closing(reader)->exit_code, fixture_closing()->exit_code);
	}
	for (const struct rec *rec; (rec = reader_next(reader, &failed, &err));)
		if (rec->kind == REC_SAMPLE)
			assert_true(((const struct rec_sample *)rec)->seq == seq++);
	assert_false(failed);
	assert_in_range(seq, 5000, 399999);
	reader_close(reader);
}

static void removed_file_is_said(void **state)
{
	const char *path = fixture_path("gone.brunt");
	union any any = fixture_sample(1000, 1);
	struct writer *writer;
	struct err err = {""};

	(void)state;
	start(path, &writer);
	assert_int_equal(unlink(path), 0);
	fixture_push(writer_ring(writer), &any.rec);
	ring_publish(writer_ring(writer));
	while (!*writer_trouble(writer))
		fixture_breathe();
	assert_non_null(strstr(writer_trouble(writer), "removed"));
	fixture_push(writer_ring(writer), &any.rec);
	ring_publish(writer_ring(writer));
	while (writer_lost(writer) < 2)
		fixture_breathe();
	assert_int_equal(writer_stop(writer, fixture_closing(), &err), -1);
	assert_non_null(strstr(err.text, "removed"));
	assert_false(fixture_exists(path));
}

/* --- what is there already -------------------------------------------------- */

static void refuse(const char *path, const char *why)
{
	struct run_meta meta = fixture_meta();
	struct writer *writer;
	struct err err = {""};

	assert_int_equal(writer_start(path, &meta, &writer, &err), -1);
	if (!strstr(err.text, why) || strncmp(err.text, path, strlen(path)) != 0)
		fail_msg("'%s' does not say '%s'", err.text, why);
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void foreign_files_are_refused(void **state)
{
	const char *text = fixture_path("notes.txt"), *db = fixture_path("other.db");
	const char *empty = fixture_path("empty");
	char buffer[32];
	FILE *f;

	(void)state;
	write_file(text, "do not touch\n");
	refuse(text, "not a brunt run file");
	f = fopen(text, "r");
	assert_non_null(fgets(buffer, sizeof buffer, f));
	fclose(f);
	assert_string_equal(buffer, "do not touch\n");
	fixture_sql(db, "CREATE TABLE precious (x)");
	refuse(db, "not a brunt run file");
	fixture_sql(db, "INSERT INTO precious VALUES (1)");
	write_file(empty, "");
	refuse(empty, "not a brunt run file");
	refuse(fixture_dir, "not a file");
	refuse(fixture_path("missing/run.brunt"), "No such file or directory");
	refuse("/proc/run.brunt", "");
}

static void a_check_changes_nothing(void **state)
{
	const char *path = fixture_path("checked.brunt"), *text = fixture_path("notes2.txt");
	const char *missing = fixture_path("missing/run.brunt");
	struct err err = {""};

	(void)state;
	assert_int_equal(writer_check(path, &err), 0);
	assert_false(fixture_exists(path));
	fixture_run(path, 5, 1000);
	assert_int_equal(writer_check(path, &err), 0);
	assert_int_equal(visible(path), 5);
	write_file(text, "do not touch\n");
	assert_int_equal(writer_check(text, &err), -1);
	assert_non_null(strstr(err.text, "not a brunt run file"));
	assert_int_equal(writer_check(missing, &err), -1);
	assert_non_null(strstr(err.text, "No such file or directory"));
	assert_int_equal(writer_check(fixture_dir, &err), -1);
}

static void links_are_refused(void **state)
{
	const char *target = fixture_path("target.brunt"), *link = fixture_path("link.brunt");

	(void)state;
	assert_int_equal(symlink(target, link), 0);
	refuse(link, "symbolic link");
	assert_false(fixture_exists(target));
	fixture_run(target, 3, 1000);
	refuse(link, "symbolic link");
}

static void old_run_is_replaced(void **state)
{
	const char *path = fixture_path("again.brunt");
	struct reader *reader;
	struct stat st;
	struct err err;

	(void)state;
	fixture_run(path, 1000, 1000);
	fixture_run(path, 5, 1000);
	assert_int_equal(visible(path), 5);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	/* Not from under a reader or another recording. */
	assert_int_equal(reader_open(path, &reader, &err), 0);
	reader_close(reader);
	fixture_run(path, 6, 1000);
	assert_int_equal(visible(path), 6);
}

static void run_in_progress_is_not_replaced(void **state)
{
	const char *path = fixture_path("busy.brunt");
	struct writer *writer;
	struct err err;

	(void)state;
	start(path, &writer);
	refuse(path, "in use");
	assert_int_equal(writer_stop(writer, fixture_closing(), &err), 0);
}

/* The size a sample takes is a promise about disks. */
static void samples_are_small(void **state)
{
	const char *path = fixture_path("size.brunt");
	struct writer *writer;
	struct stat st;
	struct err err;

	(void)state;
	start(path, &writer);
	for (int i = 0; i < 100000; i++) {
		union any any = fixture_sample(600000000 + i * 50, 1000000 + (uint64_t)i);

		any.sample.t0_us -= 1700000;
		any.sample.ts_us = any.sample.t0_us + 120;
		any.sample.th_us = any.rec.t_us - 300;
		any.sample.user = 4711;
		any.rec.worker = 3;
		fixture_push(writer_ring(writer), &any.rec);
	}
	ring_publish(writer_ring(writer));
	assert_int_equal(writer_stop(writer, fixture_closing(), &err), 0);
	assert_int_equal(stat(path, &st), 0);
	if (st.st_size > 65 * 100000)
		fail_msg("%.1f bytes a sample", (double)st.st_size / 100000);
}

/* A stream of 100 gaps of 20 ms, give or take 60 us, known by its prompt: what
 * it takes more than a plain sample is 2 bytes a gap and a few for the rest. */
static void streams_are_small(void **state)
{
	const char *path = fixture_path("streams.brunt");
	struct writer *writer;
	struct rng rng;
	struct stat st;
	struct err err;

	(void)state;
	start(path, &writer);
	rng_seed(&rng, 1, 0);
	for (int i = 0; i < 10000; i++) {
		union any any = fixture_sample(600000000 + i * 500, 1000000 + (uint64_t)i);
		uint8_t bytes[FIXTURE_GAPS];
		struct gaps gaps;

		gaps_init(&gaps, bytes);
		for (int k = 0; k < 100; k++)
			gaps_put(&gaps, 19940 + (int64_t)rng_below(&rng, 121));
		any.sample.t0_us -= 2400000;
		any.sample.ts_us = any.sample.t0_us + 120;
		any.sample.th_us = any.sample.t1_us = any.sample.t0_us + 400000;
		any.sample.tn_us = any.rec.t_us - 300;
		any.sample.prompt_hash = rng_next(&rng);
		any.sample.events = any.sample.reads = any.sample.tokens_out = 101;
		any.sample.tokens_in = 250;
		any.sample.token_source = TOKENS_FROM_USAGE;
		any.sample.cached_tokens = 0;
		any.sample.quality = 100;
		any.sample.flags |= SAMPLE_STREAM;
		fixture_tail(&any.sample, "", "", bytes, gaps.used);
		fixture_push(writer_ring(writer), &any.rec);
	}
	ring_publish(writer_ring(writer));
	assert_int_equal(writer_stop(writer, fixture_closing(), &err), 0);
	assert_int_equal(stat(path, &st), 0);
	double more = (double)st.st_size / 10000 - 65;

	if (more > 2 * 100 + 60)
		fail_msg("%.1f bytes more than a plain sample", more);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(everything_comes_back),     TEST(extremes_come_back),
		TEST(many_messages_come_back),   TEST(killed_file_opens),
		TEST(copy_without_its_wal_says_so),
		TEST(idle_run_is_committed),     TEST(drained_is_all_there),
		TEST(full_disk_is_said),
		TEST(removed_file_is_said),      TEST(foreign_files_are_refused),
		TEST(a_check_changes_nothing),   TEST(links_are_refused),
		TEST(old_run_is_replaced),
		TEST(run_in_progress_is_not_replaced), TEST(samples_are_small),
		TEST(streams_are_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
