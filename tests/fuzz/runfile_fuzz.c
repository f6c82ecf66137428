/* Fuzz target: a run file from unknown hands, read to the end twice. Each record
 * must keep the bounds that everything behind the reader relies on.
 *
 * Input that begins with "SQLite" is the file; its second half is the WAL where
 * its last byte is odd. Any other input is a list of changes (two bytes where,
 * one byte what) to a real run file, so that no corpus is needed to get past
 * the first checks. */
#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "record/reader.h"
#include "record/writer.h"

static void take(void *arg, const struct rec_exemplar *e)
{
	(void)arg;
	assert(e->rec.bytes <= REC_EXEMPLAR_MAX && e->request_bytes <= EXEMPLAR_REQUEST_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static char dir[] = "/tmp/brunt-fuzz-XXXXXX";
static char file[64], wal[64], shm[64];
static uint8_t *whole; /* the real run file */
static size_t whole_bytes;

static void clean_up(void)
{
	unlink(file);
	unlink(wal);
	unlink(shm);
	rmdir(dir);
	free(whole);
}

/* A few records of each kind. */
static void push_records(struct ring *ring)
{
	for (int i = 0; i < 40; i++) {
		union {
			struct rec rec;
			struct rec_sample sample;
			struct rec_event event;
			struct rec_point point;
			struct rec_gauge gauge;
			struct rec_drops drops;
			char room[512];
		} any = {.rec = {.t_us = i * 1000}};
		static const struct {
			uint16_t kind, bytes;
		} kind[] = {
			{REC_POINT, sizeof any.point}, {REC_SAMPLE, sizeof any.sample + 16},
			{REC_GAUGE, sizeof any.gauge}, {REC_EVENT, 48},
			{REC_SAMPLE, sizeof any.sample + 24}, {REC_DROPS, 32},
		};

		any.rec.kind = kind[i % 6].kind;
		any.rec.bytes = kind[i % 6].bytes;
		if (any.rec.kind == REC_SAMPLE && any.rec.bytes == sizeof any.sample + 24) {
			any.sample.flags = SAMPLE_ANSWERED | SAMPLE_STREAM;
			any.sample.tokens_in = 9;
			any.sample.tokens_out = any.sample.events = 20;
			any.sample.token_source = TOKENS_FROM_EVENTS;
			any.sample.quality = 50;
			any.sample.prompt_hash = 1;
			any.sample.gap_bytes = 19;
			memset(any.sample.text, 2, 19);
		} else if (any.rec.kind == REC_SAMPLE) {
			any.sample.text_bytes = 16;
			memcpy(any.sample.text, "connection reset", 16);
			any.sample.error = ERROR_RESET;
			any.sample.outcome = OUTCOME_FAILED;
		} else if (any.rec.kind == REC_EVENT) {
			any.event.text_bytes = 16;
			memcpy(any.event.text, "users 10 to 20  ", 16);
		}
		if (ring_push(ring, &any.rec) != 0)
			abort();
	}
	ring_publish(ring);
}

static void make_whole(void)
{
	static char *task[] = {(char *)"default"};
	static double weight[] = {1};
	struct run_meta meta = {
		.target = (char *)"http://localhost", .scenario = (char *)"fuzz",
		.task_count = 1, .task_name = task, .task_weight = weight,
	};
	struct run_closing closing = {.known = true};
	struct writer *writer;
	struct err err;
	FILE *f;

	if (writer_start(file, &meta, &writer, &err) != 0)
		abort();
	push_records(writer_ring(writer));
	if (writer_stop(writer, &closing, &err) != 0)
		abort();
	whole = xmalloc(1 << 20);
	f = fopen(file, "r");
	if (!f || (whole_bytes = fread(whole, 1, 1 << 20, f)) < 4096)
		abort();
	fclose(f);
}

static void set_up(void)
{
	if (file[0])
		return;
	if (!mkdtemp(dir))
		abort();
	snprintf(file, sizeof file, "%s/run.brunt", dir);
	snprintf(wal, sizeof wal, "%s/run.brunt-wal", dir);
	snprintf(shm, sizeof shm, "%s/run.brunt-shm", dir);
	atexit(clean_up);
	make_whole();
}

static void write_file(const char *path, const uint8_t *data, size_t bytes)
{
	FILE *f = fopen(path, "w");

	if (!f || fwrite(data, 1, bytes, f) != bytes || fclose(f) != 0)
		abort();
}

static void raw(const uint8_t *data, size_t bytes)
{
	size_t first = data[bytes - 1] % 2 ? bytes / 2 : bytes;

	write_file(file, data, first);
	if (first < bytes)
		write_file(wal, data + first, bytes - first);
}

static void changed(const uint8_t *data, size_t bytes)
{
	uint8_t *copy = xmalloc(whole_bytes);

	memcpy(copy, whole, whole_bytes);
	for (size_t i = 0; i + 2 < bytes; i += 3)
		copy[(size_t)(data[i] << 8 | data[i + 1]) % whole_bytes] = data[i + 2];
	write_file(file, copy, whole_bytes);
	free(copy);
}

static void read_all(struct reader *reader)
{
	int tasks = reader_meta(reader)->task_count;
	const struct rec *rec;
	int64_t last_us = 0;
	struct err err;
	bool failed;

	while ((rec = reader_next(reader, &failed, &err))) {
		const struct rec_sample *s = (const struct rec_sample *)rec;

		assert(rec->t_us >= last_us && rec->bytes % REC_ALIGN == 0);
		last_us = rec->t_us;
		if (rec->kind == REC_SAMPLE) {
			assert(s->task < tasks && s->outcome < OUTCOME_COUNT);
			assert(s->error < ERROR_CLASS_COUNT);
			assert(s->t0_us <= s->ts_us && s->ts_us <= rec->t_us);
			assert(s->text_bytes <= REC_TEXT_MAX);
			assert(s->excerpt_bytes <= REC_EXCERPT_MAX && s->gap_bytes <= REC_GAPS_MAX);
			assert(s->t1_us >= -1 && s->t1_us <= rec->t_us && s->tn_us <= rec->t_us);
			assert(isnan(s->quality) || (s->quality >= 0 && s->quality <= 100));
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static struct course course;
	struct reader *reader;
	char *bytes_of_state;
	size_t state_bytes;
	int64_t state;
	struct err err;

	set_up();
	unlink(wal);
	unlink(shm);
	if (bytes > 6 && !memcmp(data, "SQLite", 6))
		raw(data, bytes);
	else
		changed(data, bytes);
	if (reader_open(file, &reader, &err) != 0)
		return 0;
	read_all(reader);
	if (reader_rewind(reader, &err) == 0)
		read_all(reader);
	reader_exemplars(reader, take, NULL, &err);
	reader_course(reader, &course, &err);
	state = reader_state_before(reader, INT64_MAX);
	if (state >= 0 && reader_resume(reader, state, &bytes_of_state, &state_bytes, &err) == 0) {
		free(bytes_of_state);
		read_all(reader);
	}
	reader_close(reader);
	return 0;
}
