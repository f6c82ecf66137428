/* Shared by the tests of record/: a folder of their own, a run's meta, records. */
#ifndef TESTS_RECORD_FIXTURE_H
#define TESTS_RECORD_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/rng.h"
#include "record/reader.h"
#include "record/writer.h"

/* Up to schema 6 nobody told what waited for --max-in-flight. */
#define FORMER_GAUGES                                                              \
	"DROP TABLE gauges; "                                                      \
	"CREATE TABLE gauges (ord INTEGER PRIMARY KEY, at_sample INTEGER, "        \
	"t_us INTEGER, worker INTEGER, users_target INTEGER, "                     \
	"users_active INTEGER, in_flight INTEGER, connections INTEGER, "           \
	"planned INTEGER, started INTEGER, waiting INTEGER, "                      \
	"worker_cpu_us INTEGER, busiest_cpu_us INTEGER, process_cpu_us INTEGER, "  \
	"ring_dropped INTEGER, record_lost INTEGER, in_flight_us INTEGER, "        \
	"core_wait_us INTEGER, loop_late_us INTEGER, "                             \
	"throttled_us INTEGER, steal_us INTEGER, loop_late_max_us INTEGER, "       \
	"fds INTEGER, fd_limit INTEGER, ports INTEGER, in_flight_limit INTEGER); "

#define FIXTURE_GAPS 600

/* Any record, with room for its text and a few gaps. */
union any {
	struct rec rec;
	struct rec_sample sample;
	struct rec_gauge gauge;
	struct rec_point point;
	struct rec_event event;
	struct rec_drops drops;
	struct rec_quiet quiet;
	char room[sizeof(struct rec_sample) + REC_TEXT_MAX + REC_EXCERPT_MAX + FIXTURE_GAPS +
		  REC_ALIGN];
};

static char fixture_dir[64];

static inline int fixture_set_up(void **state)
{
	(void)state;
	strcpy(fixture_dir, "/tmp/brunt-record-XXXXXX");
	return mkdtemp(fixture_dir) ? 0 : -1;
}

static inline void fixture_remove(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		char *name;
		struct stat st;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		name = xasprintf("%s/%s", path, entry->d_name);
		if (lstat(name, &st) == 0 && S_ISDIR(st.st_mode))
			fixture_remove(name);
		unlink(name);
		free(name);
	}
	if (dir)
		closedir(dir);
	rmdir(path);
}

static inline int fixture_tear_down(void **state)
{
	(void)state;
	chmod(fixture_dir, 0700);
	fixture_remove(fixture_dir);
	return 0;
}

/* A path in the folder; valid until the fourth call after it. */
static inline const char *fixture_path(const char *name)
{
	static char path[4][160];
	static int at;

	at = (at + 1) % 4;
	snprintf(path[at], sizeof path[at], "%s/%s", fixture_dir, name);
	return path[at];
}

static inline int fixture_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

/* Lets others run while something is polled for. */
static inline void fixture_breathe(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static inline struct run_meta fixture_meta(void)
{
	static char *label[] = {(char *)"branch=main", (char *)"host=büro", NULL};
	static char *task[] = {(char *)"resume-analysis", (char *)"interview-qa",
			       (char *)"multi-turn"};
	static double weight[] = {5, 3, 0.25};
	static char *slo[] = {(char *)"p95<3s", (char *)"task:interview-qa.ttft.p99<500ms", NULL};

	return (struct run_meta){
		.version = (char *)"0.1.0",
		.started_at = (char *)"2026-11-23T14:02:07.123Z",
		.target = (char *)"http://localhost:8080",
		.scenario = (char *)"Interview Coach",
		.source = (char *)"{\n  \"name\": \"interview-coach\"\n}\n",
		.argv = (char *)"brunt run scenario.json -c 20",
		.label = label,
		.seed = UINT64_MAX - 7,
		.run_id = 0xfeedbeef,
		.mode = MODE_OPEN,
		.requests = -1,
		.duration_us = 60000000,
		.warmup_us = 2000000,
		.concurrency = 20,
		.respect_retry_after = true,
		.dns_us = 731,
		.worker_count = 4,
		.task_count = 3,
		.task_name = task,
		.task_weight = weight,
		.slo = slo,
	};
}

static inline const struct run_closing *fixture_closing(void)
{
	static const struct run_closing closing = {
		.known = true,
		.partial = true,
		.exit_code = 130,
		.cpu_pct = 12.625,
		.worker_cpu_pct = 7.1,
		.client_bound = true,
		.evidence = "the busiest worker used 97 % of a core",
	};

	return &closing;
}

/* A plain success that ends at `t_us`; `seq` tells samples apart. */
static inline union any fixture_sample(int64_t t_us, uint64_t seq)
{
	int64_t t0 = t_us > 900 ? t_us - 900 : 0;
	union any any;

	memset(&any, 0, sizeof any);
	any.sample = (struct rec_sample){
		.rec = {.bytes = sizeof any.sample, .kind = REC_SAMPLE, .t_us = t_us},
		.t0_us = t0,
		.ts_us = t0,
		.th_us = t_us,
		.t1_us = -1,
		.to_us = -1,
		.tn_us = -1,
		.tokens_in = TOKENS_UNKNOWN,
		.tokens_out = TOKENS_UNKNOWN,
		.cached_tokens = TOKENS_UNKNOWN,
		.quality = NAN,
		.bytes_in = 226,
		.bytes_out = 131,
		.seq = seq,
		.user = (uint32_t)(seq % 20),
		.status = 200,
		.flags = SAMPLE_ANSWERED,
	};
	return any;
}

/* Puts text, excerpt and gaps behind a sample. */
static inline void fixture_tail(struct rec_sample *s, const char *text, const char *excerpt,
				const void *gaps, uint32_t gap_bytes)
{
	s->text_bytes = (uint16_t)strlen(text);
	s->excerpt_bytes = (uint16_t)strlen(excerpt);
	s->gap_bytes = gap_bytes;
	memcpy(s->text, text, s->text_bytes);
	memcpy(s->text + s->text_bytes, excerpt, s->excerpt_bytes);
	if (gap_bytes)
		memcpy(s->text + s->text_bytes + s->excerpt_bytes, gaps, gap_bytes);
	s->rec.bytes = rec_bytes(sizeof *s, (uint64_t)s->text_bytes + s->excerpt_bytes + gap_bytes);
}

static inline union any fixture_point(int64_t t_us, enum load_phase phase, uint32_t level)
{
	union any any;

	memset(&any, 0, sizeof any);
	any.point = (struct rec_point){
		.rec = {.bytes = sizeof any.point, .kind = REC_POINT, .t_us = t_us},
		.asked_us = t_us,
		.level = level,
		.phase = (uint8_t)phase,
	};
	return any;
}

static inline union any fixture_end(int64_t t_us)
{
	union any any;

	memset(&any, 0, sizeof any);
	any.rec = (struct rec){.bytes = sizeof any.rec, .kind = REC_END, .t_us = t_us};
	return any;
}

/* Pushes one record, waiting for room, so that none is lost. */
static inline void fixture_push(struct ring *ring, const struct rec *rec)
{
	struct ring_stats stats;

	for (;;) {
		ring_stats(ring, &stats);
		if (ring_capacity(ring) - stats.used_bytes > rec->bytes + 4096U)
			break;
		ring_publish(ring);
		fixture_breathe();
	}
	assert_int_equal(ring_push(ring, rec), 0);
}

/* Runs one statement on a run file, as a hostile hand would. */
static inline void fixture_sql(const char *path, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* A closed run file of `samples` samples, one each `step_us`, with a gauge and
 * a point at the start and PHASE_END at the end. */
static inline void fixture_run(const char *path, int samples, int64_t step_us)
{
	struct run_meta meta = fixture_meta();
	struct writer *writer;
	struct err err;
	union any any;

	assert_int_equal(writer_start(path, &meta, &writer, &err), 0);
	any = fixture_point(0, PHASE_LOAD, 20);
	fixture_push(writer_ring(writer), &any.rec);
	for (int i = 1; i <= samples; i++) {
		any = fixture_sample(i * step_us, (uint64_t)i);
		fixture_push(writer_ring(writer), &any.rec);
	}
	any = fixture_point(samples * step_us, PHASE_END, 20);
	fixture_push(writer_ring(writer), &any.rec);
	any = fixture_end(samples * step_us);
	fixture_push(writer_ring(writer), &any.rec);
	ring_publish(writer_ring(writer));
	assert_int_equal(writer_stop(writer, fixture_closing(), &err), 0);
}

#endif
