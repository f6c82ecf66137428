/* Fuzz target: a real run file whose rows say anything. Whatever a reader makes of it is
 * shown: printable, and JSON where it says so.
 *
 * Input: a byte that chooses what is shown, then changes of 12 bytes each, see change(). */
#include <assert.h>
#include <cjson/cJSON.h>
#include <fcntl.h>
#include <math.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../unit/run/records.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cli/asked.h"
#include "cli/from.h"
#include "cli/side.h"
#include "record/runs.h"
#include "record/writer.h"
#include "report/aiperf.h"
#include "report/csv.h"
#include "report/hlog.h"
#include "report/html.h"
#include "report/json.h"
#include "report/text.h"
#include "report/vllm.h"
#include "run/exemplars.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

#define RECORDS 200
#define CHANGE 12
#define CHANGES_MAX 40
#define COLUMNS_MAX 200

static char dir[] = "/tmp/brunt-rows-XXXXXX";
static char file[64];
static char *whole; /* the real run file */
static size_t whole_bytes;
static char *place[COLUMNS_MAX][2]; /* table, column */
static int places;

/* --- the real run file ----------------------------------------------------- */

static void push(struct ring *ring, struct model *m, const struct rec *rec)
{
	model_feed(m, rec);
	if (ring_push(ring, rec))
		abort();
	ring_publish(ring);
}

static void push_state(struct ring *ring, struct model *m, uint16_t kind, int64_t second)
{
	struct rec_state state = {.rec = head_of(kind, sizeof state, model_time(m)), .second = second};
	struct buf saved = {0};

	for (int64_t s = -1; kind == REC_STATE && (s = model_next_second(m, s)) >= 0;)
		state.seconds++;
	if (kind == REC_SECOND)
		model_save_second(m, second, &saved);
	else
		model_save(m, &saved);
	state.state = buf_take(&saved, &state.bytes);
	if (ring_push(ring, &state.rec))
		abort();
	ring_publish(ring);
}

static void push_event(struct ring *ring, struct model *m, int64_t t_us, uint16_t what, int64_t value, const char *text)
{
	union any_mark x;

	mark_at(&x, t_us, value, text);
	x.event.what = what;
	push(ring, m, &x.event.rec);
}

static void push_exemplar(struct ring *ring, struct model *m, const struct rec_sample *s, uint32_t id)
{
	static const char text[] = "POST http://h/v1\nA: b\nthe bodyContent-Type: textan answercontains \"x\"\n";
	static union {
		struct rec_exemplar e;
		char room[REC_EXEMPLAR_MAX];
	} x;

	x.e = (struct rec_exemplar){
		.body_total = 8, .answer_total = 9, .id = id, .sample_bytes = (uint16_t)s->rec.bytes,
		.request_bytes = 22, .body_bytes = 8, .header_bytes = 18, .answer_bytes = 9, .checks_bytes = 13,
	};
	memcpy(x.e.tail, s, s->rec.bytes);
	memcpy(x.e.tail + s->rec.bytes, text, 70);
	x.e.rec = head_of(REC_EXEMPLAR, sizeof x.e + s->rec.bytes + 70, s->rec.t_us);
	push(ring, m, &x.e.rec);
}

static void push_records(struct ring *ring, struct model *m)
{
	static union any_sample x;
	static union any_server server;
	struct rec_drops drops = drops_at(3 * S, 1, 1, 2, 3);
	int64_t second = -1, saved = -1;
	struct rng rng;

	rng_seed(&rng, 1, 0);
	for (int i = 0; i < RECORDS; i++) {
		int64_t t_us = i * 50 * MS;
		struct rec_point p = point_at(t_us, PHASE_LOAD, (uint32_t)(i / 50 + 1));
		struct rec_gauge g = gauge_at(t_us, 4, (uint64_t)i);

		if (i % 50 == 0)
			push(ring, m, &p.rec);
		if (i % 20 == 0) {
			push(ring, m, &g.rec);
			random_server_at(&server, t_us, &rng);
			push(ring, m, &server.server.rec);
			for (; (second = model_next_second(m, saved)) >= 0; saved = second)
				push_state(ring, m, REC_SECOND, second);
			push_state(ring, m, REC_STATE, model_next_second(m, -1));
		}
		if (i % 7 == 0)
			failure_at(&x, t_us, 1 * MS, ERROR_HTTP_5XX, 503, "HTTP 503");
		else
			random_stream_at(&x, t_us, &rng);
		push(ring, m, &x.sample.rec);
		if (i % 60 == 1)
			push_exemplar(ring, m, &x.sample, (uint32_t)i / 60);
	}
	push(ring, m, &drops.rec);
	push_event(ring, m, 10 * S, EVENT_MARK, 4 * S, "deploy");
	push_event(ring, m, 10 * S, EVENT_KEY, 0, "weight alpha 10");
	push_event(ring, m, 10 * S, EVENT_SWEEP, SWEEP_BEGAN, "1 to 8 users");
	push_event(ring, m, 10 * S, EVENT_SWEEP, SWEEP_ENDED, "knee: 4 users");
	push_event(ring, m, 10 * S, EVENT_TRIAL, trial_value(TRIAL_BEGAN, TRIAL_OUTPUT, 1), "16, 32, there and back");
	push_event(ring, m, 10 * S, EVENT_TRIAL, trial_value(TRIAL_SET, TRIAL_OUTPUT, 1), "16 tokens");
	push_event(ring, m, 10 * S, EVENT_TRIAL, trial_value(TRIAL_ENDED, TRIAL_OUTPUT, 0), "decode-bound");
}

static void make_whole(void)
{
	static char *task[] = {(char *)"alpha", (char *)"beta", (char *)"gamma"};
	static char *slo[] = {(char *)"p95<100ms", (char *)"success>=99%", NULL};
	static char *label[] = {(char *)"branch=main", NULL};
	static double weight[] = {1, 2, 3};
	struct run_meta meta = {
		.version = (char *)"0.1.0", .started_at = (char *)"2026-11-23T14:02:07.123Z",
		.target = (char *)"http://localhost", .scenario = (char *)"fuzz",
		.source = (char *)"{\"name\":\"fuzz\",\"target\":\"http://localhost\",\"tasks\":["
				  "{\"name\":\"alpha\",\"request\":{}},{\"name\":\"beta\",\"request\":{}},"
				  "{\"name\":\"gamma\",\"request\":{}}]}",
		.argv = (char *)"brunt run fuzz.json -c 4 -H 'A: b'", .label = label, .seed = 1, .requests = -1,
		.duration_us = 10 * S, .dns_us = 100, .worker_count = 1, .task_count = 3, .task_name = task,
		.task_weight = weight, .slo = slo,
	};
	struct run_closing closing = {.known = true, .cpu_pct = 9, .worker_cpu_pct = 8};
	struct slo room[SLO_MAX];
	struct model_config config = model_config_of(&meta, room);
	struct model *m = model_new(&config);
	struct writer *writer;
	struct err err;
	FILE *f;

	if (writer_start(file, &meta, &writer, &err))
		abort();
	push_records(writer_ring(writer), m);
	if (writer_stop(writer, &closing, &err))
		abort();
	model_free(m);
	whole = xmalloc(1 << 22);
	f = fopen(file, "r");
	if (!f || (whole_bytes = fread(whole, 1, 1 << 22, f)) < 4096)
		abort();
	fclose(f);
}

static int add_place(void *arg, int count, char **value, char **name)
{
	(void)arg;
	(void)count;
	(void)name;
	assert(places < COLUMNS_MAX);
	place[places][0] = xstrdup(value[0]);
	place[places++][1] = xstrdup(value[1]);
	return 0;
}

static void put_whole(void)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, whole, whole_bytes) != (ssize_t)whole_bytes || close(fd))
		abort();
}

static void clean_up(void)
{
	unlink(file);
	rmdir(dir);
	free(whole);
	for (int i = 0; i < places; i++) {
		free(place[i][0]);
		free(place[i][1]);
	}
}

static sqlite3 *open_file(void)
{
	sqlite3 *db;

	if (sqlite3_open(file, &db))
		abort();
	sqlite3_exec(db, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN", NULL, NULL, NULL);
	return db;
}

static void set_up(void)
{
	sqlite3 *db;

	if (file[0])
		return;
	if (!mkdtemp(dir))
		abort();
	/* What a user has set is no matter here; nor is his folder. */
	setenv("XDG_STATE_HOME", dir, 1);
	setenv("XDG_CONFIG_HOME", dir, 1);
	snprintf(file, sizeof file, "%s/run.brunt", dir);
	atexit(clean_up);
	make_whole();
	db = open_file();
	sqlite3_exec(db, "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' "
			 "AND m.name NOT LIKE 'sqlite%' ORDER BY 1, 2", add_place, NULL, NULL);
	sqlite3_close(db);
	assert(places > 60);
}

/* --- changes --------------------------------------------------------------- */

/* What is there with one of its bytes different. */
static void bind_near(sqlite3 *db, sqlite3_stmt *set, char *const at[2], int64_t row, const uint8_t *v)
{
	char sql[300];
	sqlite3_stmt *s;

	snprintf(sql, sizeof sql, "SELECT \"%s\" FROM \"%s\" WHERE rowid = ?1", at[1], at[0]);
	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL))
		abort();
	sqlite3_bind_int64(s, 1, row);
	if (sqlite3_step(s) == SQLITE_ROW) {
		int type = sqlite3_column_type(s, 0);
		size_t n;
		const void *was = sqlite3_column_blob(s, 0);
		uint8_t *copy;

		n = (size_t)sqlite3_column_bytes(s, 0);
		copy = xmalloc(n + 1);
		if (n) {
			memcpy(copy, was, n);
			copy[(size_t)(v[0] << 8 | v[1]) % n] = v[2];
		}
		if (type == SQLITE_BLOB)
			sqlite3_bind_blob(set, 1, copy, (int)n, SQLITE_TRANSIENT);
		else
			sqlite3_bind_text(set, 1, (char *)copy, (int)n, SQLITE_TRANSIENT);
		free(copy);
	}
	sqlite3_finalize(s);
}

static int64_t nth_row(sqlite3 *db, const char *table, unsigned n)
{
	char sql[200];
	sqlite3_stmt *s;
	int64_t row = 0;

	snprintf(sql, sizeof sql, "SELECT rowid FROM \"%s\" LIMIT 1 OFFSET ?1 %% max(1, (SELECT count(*) FROM \"%s\"))",
		 table, table);
	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL))
		abort();
	sqlite3_bind_int64(s, 1, n);
	if (sqlite3_step(s) == SQLITE_ROW)
		row = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return row;
}

/* Which column, which row, how it is made, and 8 bytes of what. */
static void change(sqlite3 *db, const uint8_t *c)
{
	static const int64_t extreme[] = {INT64_MIN, INT64_MAX, -1, 0, 1, UINT32_MAX, INT32_MIN, INT32_MAX,
					  65536, 65535, INT64_C(1) << 46, INT64_C(1) << 53, 256, 10 * S, 1 * S, 4};
	char *const *at = place[c[0] % places];
	int64_t row = nth_row(db, at[0], (unsigned)(c[1] << 8 | c[2])), whole_number;
	const uint8_t *v = c + 4;
	bool removes = c[3] % 9 == 8;
	char sql[300];
	sqlite3_stmt *s;
	double real;

	memcpy(&whole_number, v, 8);
	memcpy(&real, v, 8);
	if (removes)
		snprintf(sql, sizeof sql, "DELETE FROM \"%s\" WHERE rowid = ?2 AND ?1 IS NULL", at[0]);
	else
		snprintf(sql, sizeof sql, "UPDATE OR IGNORE \"%s\" SET \"%s\" = ?1 WHERE rowid = ?2", at[0], at[1]);
	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL))
		abort();
	sqlite3_bind_int64(s, 2, row);
	switch (c[3] % 9) {
	case 0:
		sqlite3_bind_int64(s, 1, (int8_t)v[0]);
		break;
	case 1:
		sqlite3_bind_int64(s, 1, whole_number);
		break;
	case 2:
		sqlite3_bind_int64(s, 1, extreme[v[0] % 16]);
		break;
	case 3:
		sqlite3_bind_double(s, 1, real);
		break;
	case 4:
		sqlite3_bind_text(s, 1, (const char *)v, v[7] % 8, SQLITE_TRANSIENT);
		break;
	case 5:
		sqlite3_bind_blob(s, 1, v, v[7] % 8, SQLITE_TRANSIENT);
		break;
	case 6:
		bind_near(db, s, at, row, v);
		break;
	case 7:
		bind_near(db, s, at, nth_row(db, at[0], (unsigned)(v[3] << 8 | v[4])), v);
		break;
	default:
		break;
	}
	sqlite3_step(s);
	sqlite3_finalize(s);
}

/* --- what is shown --------------------------------------------------------- */

static struct {
	char *text;
	size_t bytes;
	FILE *out;
} shown;

static void show(void)
{
	shown.out = open_memstream(&shown.text, &shown.bytes);
}

/* Ends it. */
static void see(void)
{
	fclose(shown.out);
	if (utf8_wrong_at(shown.text, shown.bytes) >= 0)
		abort();
	for (size_t i = 0; i < shown.bytes; i++)
		if ((unsigned char)shown.text[i] < 0x20 && !strchr("\n\r\t", shown.text[i]))
			abort();
}

static void must_be_json(const char *text, size_t bytes)
{
	cJSON *json = cJSON_ParseWithLength(text, bytes);

	if (!json)
		abort();
	cJSON_Delete(json);
}

static const struct rec *next(struct reader *reader, bool *failed)
{
	struct err err;

	*failed = false;
	return reader_next(reader, failed, &err);
}

/* A format that is fed with the records. */
#define SHOW(kind, made)                                                       \
	do {                                                                   \
		struct kind *k;                                                \
		const struct rec *rec;                                         \
		bool failed;                                                   \
                                                                               \
		show();                                                        \
		reader_rewind(reader, &err);                                   \
		k = made;                                                      \
		while ((rec = next(reader, &failed)))                          \
			kind##_feed(k, rec);                                   \
		kind##_free(k);                                                \
		see();                                                         \
	} while (0)

static void show_rows(struct side *side)
{
	struct recorded *run = &side->run;
	struct reader *reader = run->reader;
	const struct run_meta *meta = reader_meta(reader);
	char *line;
	struct err err;

	SHOW(csv, csv_new(shown.out, meta));
	free(shown.text);
	SHOW(hlog, hlog_new(shown.out, meta));
	free(shown.text);
	SHOW(aiperf, aiperf_new(shown.out, meta));
	for (char *at = shown.text; (line = strsep(&at, "\n")) && *line;)
		must_be_json(line, strlen(line));
	free(shown.text);
}

static void show_vllm(struct side *side)
{
	struct recorded *run = &side->run;
	struct asked asked;
	struct vllm *vllm;
	const struct rec *rec;
	struct err err;
	bool failed;

	asked_of(reader_meta(run->reader), &asked);
	show();
	vllm = vllm_new(shown.out, &run->result, reader_meta(run->reader), asked.api, asked.model);
	for (int pass = 0; pass < VLLM_PASSES; pass++) {
		reader_rewind(run->reader, &err);
		vllm_pass(vllm, pass);
		while ((rec = next(run->reader, &failed)))
			vllm_feed(vllm, rec);
	}
	vllm_free(vllm);
	asked_fini(&asked);
	see();
	must_be_json(shown.text, shown.bytes);
	free(shown.text);
}

static void show_html(struct side *side)
{
	struct recorded *run = &side->run;
	static struct timeline timeline;
	const struct result *r = &run->result;
	struct timeline_reader *t = timeline_new(&timeline, r->ended_us, r->succeeded + r->failed + r->censored);
	const struct rec *rec;
	struct err err;
	bool failed;

	reader_rewind(run->reader, &err);
	while ((rec = next(run->reader, &failed)))
		timeline_feed(t, rec);
	timeline_free(t);
	show();
	html_report(shown.out, r, reader_meta(run->reader), &run->closing, &timeline);
	see();
	free(shown.text);
}

static void show_result(struct side *side)
{
	struct recorded *run = &side->run;
	static const int columns[] = {0, 40, 80, RESULT_TEXT_WHOLE};
	char *json = result_json(&run->result, reader_meta(run->reader), &run->closing);

	must_be_json(json, strlen(json));
	free(json);
	for (int i = 0; i < 4; i++) {
		show();
		result_text(shown.out, &run->result, reader_meta(run->reader), &run->closing, columns[i], false);
		see();
		free(shown.text);
	}
}

static void show_beside(struct side *s)
{
	struct contrast_side a = side_contrast(s, "A"), b = side_contrast(s, "B");
	struct contrast contrast;
	struct err err;
	char *json;

	if (side_cut(s, &err))
		return;
	a.spans = b.spans = s->spans;
	if (contrast_refusal(&a, &b))
		return;
	contrast_make(&a, &b, &contrast);
	json = contrast_json(&contrast, &a, &b);
	must_be_json(json, strlen(json));
	free(json);
	show();
	contrast_text(shown.out, &contrast, &a, &b, 80, false);
	see();
	free(shown.text);
	contrast_fini(&contrast);
}

static void show_snapshots(struct model *m)
{
	static struct snapshot s;

	for (int i = 0; i < 4; i++)
		model_snapshot(m, (struct view_query){.task = (int16_t)(i - 1), .clock = (uint8_t)(i % CLOCK_KINDS)}, &s);
}

static void show_states(struct side *side)
{
	struct reader *reader = side->run.reader;
	struct slo room[SLO_MAX];
	struct model_config config = model_config_of(reader_meta(reader), room);
	struct model *m = model_new(&config);
	int64_t t_us = INT64_MAX;
	struct err err;

	for (int i = 0; i < 2 && (t_us = reader_state_before(reader, t_us)) >= 0; i++, t_us--) {
		const struct rec *rec;
		size_t bytes;
		char *state;
		bool failed;

		if (reader_resume(reader, t_us, &state, &bytes, &err))
			continue;
		model_restore(m, state, bytes);
		free(state);
		for (int n = 0; n < 100 && (rec = next(reader, &failed)); n++)
			if (rec->t_us >= model_time(m))
				model_feed(m, rec);
		show_snapshots(m);
	}
	model_free(m);
}

static void take_exemplar(void *arg, const struct rec_exemplar *e)
{
	exemplars_add(arg, e);
}

static void show_exemplars(struct side *side)
{
	struct reader *reader = side->run.reader;
	struct exemplars *kept = exemplars_new();
	struct exemplar_list list;
	static struct course course;
	struct err err;

	reader_exemplars(reader, take_exemplar, kept, &err);
	exemplars_find(kept, &(struct exemplar_query){.task = -1, .until_us = INT64_MAX, .from_us = 0, .to_us = S,
						      .low_us = 0, .high_us = S, .error = -1}, &list);
	exemplars_list_fini(&list);
	exemplars_free(kept);
	reader_course(reader, &course, &err);
}

static void show_list(struct side *side)
{
	struct run_list list;
	struct err err;

	(void)side;
	if (!runs_read(dir, &list, &err))
		runs_fini(&list);
}

static void drive_again(struct side *side)
{
	char *argv[] = {(char *)"brunt", (char *)"run", (char *)"--from", file, NULL};
	struct scenario *scenario = NULL;
	struct from *from = NULL;
	struct options o;
	struct err err;
	int told = dup(STDERR_FILENO), nobody = open("/dev/null", O_WRONLY);

	(void)side;
	/* What it has to say is not for here. */
	dup2(nobody, STDERR_FILENO);
	if (!options_parse(CLI_RUN, 3, argv + 1, &o, &err))
		from_run(3, argv + 1, &o, &from, &scenario, &err);
	scenario_free(scenario);
	options_fini(&o);
	from_free(from);
	dup2(told, STDERR_FILENO);
	close(told);
	close(nobody);
}

static void (*const shows[])(struct side *) = {
	show_result, show_rows, show_vllm, show_html, show_beside, show_states, show_exemplars, show_list, drive_again,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct side side;
	sqlite3 *db;
	struct err err;

	if (!bytes)
		return 0;
	set_up();
	put_whole();
	db = open_file();
	for (size_t i = 1; i + CHANGE <= bytes && i < CHANGES_MAX * CHANGE; i += CHANGE)
		change(db, data + i);
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	sqlite3_close(db);
	if (!side_load(file, &side, &err))
		shows[data[0] % (sizeof shows / sizeof *shows)](&side);
	side_fini(&side);
	return 0;
}
