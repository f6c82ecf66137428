#include "histlog.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "histlog_private.h"

#define FILE_MAX (512LL << 20)

enum stage { WARMUP, LOAD, SAMPLES, BOOKS, ENDING, OVER };

/* An interval whose values are given out. */
struct active {
	const struct histlog_line *line;
	uint64_t next, step; /* value of them; how far apart neighbours in time are in rank */
	int64_t t_us;
};

struct histlog {
	struct histlog_lines lines;
	struct active *active;
	size_t actives, room;
	size_t next; /* line */
	int64_t end_us;
	uint64_t seq;
	enum stage stage;
	union {
		struct rec rec;
		struct rec_point point;
		struct rec_gauge gauge;
		struct rec_sample sample;
	} out;
};

/* --- opening ---------------------------------------------------------------------- */

bool histlog_is(const char *path)
{
	char head[8] = "";
	struct stat st;
	FILE *f;

	/* A pipe would be read empty by looking. */
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || !(f = fopen(path, "re")))
		return false;
	if (fread(head, 1, sizeof head - 1, f) == 0)
		head[0] = '\0';
	fclose(f);
	return !strncmp(head, "#[", 2) || !strncmp(head, "\"Start", 6) || !strncmp(head, "Tag=", 4);
}

int histlog_read(const char *path, const char *text, size_t bytes, struct run_meta *meta,
		 struct histlog **out, struct err *err)
{
	struct histlog *log = xcalloc(1, sizeof *log);

	if (histlog_parse(path, text, bytes, &log->lines, meta, err)) {
		histlog_free(log);
		return -1;
	}
	for (size_t i = 0; i < log->lines.count; i++) {
		int64_t end = log->lines.line[i].start_us + log->lines.line[i].length_us;

		if (end > log->end_us)
			log->end_us = end;
	}
	histlog_rewind(log);
	*out = log;
	return 0;
}

int histlog_open(const char *path, struct run_meta *meta, struct histlog **out, struct err *err)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	struct stat st;
	size_t bytes;
	int code;

	*meta = (struct run_meta){0};
	if (!f || fstat(fileno(f), &st) != 0) {
		code = err_set(err, "%s: %s", path, strerror(errno));
	} else if (st.st_size > FILE_MAX) {
		code = err_set(err, "%s: larger than the 512 MiB of a log that can be shown", path);
	} else {
		text = xmalloc((size_t)st.st_size + 1);
		bytes = fread(text, 1, (size_t)st.st_size, f);
		code = ferror(f) ? err_set(err, "%s: %s", path, strerror(errno))
				 : histlog_read(path, text, bytes, meta, out, err);
	}
	if (f)
		fclose(f);
	free(text);
	return code;
}

void histlog_free(struct histlog *log)
{
	if (!log)
		return;
	histlog_lines_fini(&log->lines);
	free(log->active);
	free(log);
}

int64_t histlog_end_us(const struct histlog *log)
{
	return log->end_us;
}

bool histlog_is_cut(const struct histlog *log)
{
	return log->lines.cut;
}

void histlog_rewind(struct histlog *log)
{
	log->actives = log->next = 0;
	log->seq = 0;
	log->stage = log->lines.first_us > 0 ? WARMUP : LOAD;
}

/* --- an interval's values --------------------------------------------------------- */

static uint64_t common_divisor(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* By the golden ratio, which leaves no pattern, and without a common divisor, so that each
 * rank comes once. */
static uint64_t step_of(uint64_t count)
{
	uint64_t step = (uint64_t)((double)count * 0.6180339887) + 1;

	while (common_divisor(step, count) > 1)
		step++;
	return step;
}

static void set_moment(struct active *a)
{
	const struct histlog_line *line = a->line;

	a->t_us = line->start_us + (int64_t)((unsigned __int128)(2 * a->next + 1) *
					     (uint64_t)line->length_us / (2 * line->count));
}

static int64_t value_of(const struct active *a)
{
	uint64_t rank = (uint64_t)((unsigned __int128)a->next * a->step % a->line->count);
	uint32_t low = 0, high = a->line->buckets - 1;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (a->line->bucket[middle].upto > rank)
			high = middle;
		else
			low = middle + 1;
	}
	return a->line->bucket[low].us;
}

static void begin(struct histlog *log, const struct histlog_line *line)
{
	struct active *a;

	if (log->actives == log->room) {
		log->room = log->room ? 2 * log->room : 16;
		log->active = xreallocarray(log->active, log->room, sizeof *log->active);
	}
	a = &log->active[log->actives++];
	*a = (struct active){.line = line, .step = step_of(line->count)};
	set_moment(a);
}

static size_t earliest(const struct histlog *log)
{
	size_t first = 0;

	for (size_t i = 1; i < log->actives; i++)
		if (log->active[i].t_us < log->active[first].t_us)
			first = i;
	return first;
}

/* --- records ---------------------------------------------------------------------- */

static const struct rec *point(struct histlog *log, enum load_phase phase, int64_t t_us)
{
	log->out.point = (struct rec_point){
		.rec = {.bytes = sizeof log->out.point, .kind = REC_POINT, .t_us = t_us},
		.asked_us = t_us,
		.phase = (uint8_t)phase,
	};
	return &log->out.rec;
}

/* NULL: all were given out. */
static const struct rec *sample(struct histlog *log)
{
	struct active *a;
	size_t at;
	int64_t t0;

	while (log->next < log->lines.count &&
	       (!log->actives || log->lines.line[log->next].start_us <= log->active[earliest(log)].t_us))
		begin(log, &log->lines.line[log->next++]);
	if (!log->actives)
		return NULL;
	at = earliest(log);
	a = &log->active[at];
	t0 = a->t_us - value_of(a); /* may be before the log */
	log->out.sample = (struct rec_sample){
		.rec = {.bytes = sizeof log->out.sample, .kind = REC_SAMPLE, .t_us = a->t_us},
		.t0_us = t0, .ts_us = t0,
		.th_us = -1, .t1_us = -1, .to_us = -1, .tn_us = -1,
		.tokens_in = TOKENS_UNKNOWN, .tokens_out = TOKENS_UNKNOWN, .cached_tokens = TOKENS_UNKNOWN,
		.quality = NAN,
		.seq = log->seq++,
		.task = a->line->task,
		.outcome = OUTCOME_SUCCEEDED,
		.flags = SAMPLE_ANSWERED,
	};
	if (++a->next == a->line->count)
		*a = log->active[--log->actives];
	else
		set_moment(a);
	return &log->out.rec;
}

/* What the log has was sent; of what else was, it says nothing. */
static const struct rec *books(struct histlog *log)
{
	log->out.gauge = (struct rec_gauge){
		.rec = {.bytes = sizeof log->out.gauge, .kind = REC_GAUGE, .t_us = log->end_us},
		.planned = log->seq, .started = log->seq,
	};
	return &log->out.rec;
}

const struct rec *histlog_next(struct histlog *log)
{
	const struct rec *rec;

	switch (log->stage) {
	case WARMUP:
		log->stage = LOAD;
		return point(log, PHASE_WARMUP, 0);
	case LOAD:
		log->stage = SAMPLES;
		return point(log, PHASE_LOAD, log->lines.first_us);
	case SAMPLES:
		rec = sample(log);
		if (rec)
			return rec;
		log->stage = BOOKS;
		return books(log);
	case BOOKS:
		log->stage = ENDING;
		return point(log, PHASE_END, log->end_us);
	case ENDING:
		log->stage = OVER;
		log->out.rec = (struct rec){.bytes = sizeof(struct rec), .kind = REC_END, .t_us = log->end_us};
		return &log->out.rec;
	case OVER:
		break;
	}
	return NULL;
}
