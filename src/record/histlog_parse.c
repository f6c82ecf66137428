#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/clock.h"
#include "base/mem.h"
#include "histlog_private.h"
#include "metrics/hdr_codec.h"
#include "schema.h"

#define TAG_BYTES 128
#define ENCODED_MAX (8u << 20) /* bytes of a histogram as text */
#define BUCKETS_MAX (16u << 20) /* of all lines: some memory */
#define YEAR_S (365 * 86400.0)
/* A log that began so long before its first interval was not waiting for it. */
#define LEAD_MAX_S 86400.0

/* What the values of a log count. */
enum unit { UNIT_UNKNOWN, UNIT_NS, UNIT_US };

struct parser {
	const char *path;
	int number; /* of the line */
	struct histlog_lines *lines;
	struct run_meta *meta;
	struct hdr_pool *pool;
	struct hdr h;
	uint8_t *decoded;
	size_t decoded_room;
	double start_s, base_s; /* of the head; NAN: not given */
	double *at_s, *length_s; /* of each line, as it stands there */
	enum unit unit;
	bool ours;
	uint64_t buckets;
};

static int wrong(const struct parser *p, const char *what, struct err *err)
{
	return err_set(err, "%s:%d: %s", p->path, p->number, what);
}

/* --- head ------------------------------------------------------------------------- */

static void read_number(const char *line, const char *key, double *out)
{
	const char *at = strstr(line, key);
	double value;

	if (!at)
		return;
	value = strtod(at + strlen(key), NULL);
	if (value >= 0 && value < 1e11)
		*out = value;
}

static void take_comment(struct parser *p, const char *line)
{
	read_number(line, "[StartTime:", &p->start_s);
	read_number(line, "[BaseTime:", &p->base_s);
	p->ours |= strstr(line, "response times in microseconds") != NULL;
}

/* --- an interval ------------------------------------------------------------------ */

static int find_task(struct parser *p, const char *tag, size_t bytes, uint16_t *out, struct err *err)
{
	struct run_meta *meta = p->meta;
	char name[TAG_BYTES];
	int at;

	schema_clean(tag, bytes, name, sizeof name);
	at = run_meta_task(meta, name);
	if (at < 0 && meta->task_count == SCHEMA_TASKS)
		return wrong(p, "more tags than the 64 that can be shown", err);
	if (at < 0) {
		at = meta->task_count++;
		meta->task_name[at] = xstrdup(name);
		meta->task_weight[at] = 1;
	}
	*out = (uint16_t)at;
	return 0;
}

/* The next field, terminated; NULL: there is none. */
static char *field(char **rest)
{
	char *at = *rest + strspn(*rest, ", \t"), *end = at + strcspn(at, ", \t");

	if (at == end)
		return NULL;
	*rest = *end ? end + 1 : end;
	*end = '\0';
	return at;
}

static bool number_of(const char *text, double max, double *out)
{
	char *end;

	if (!text)
		return false;
	*out = strtod(text, &end);
	return !*end && *out >= 0 && *out <= max;
}

static bool decode(struct parser *p, const char *encoded)
{
	size_t length = strlen(encoded);
	int bytes;

	if (length > ENCODED_MAX)
		return false;
	if (length > p->decoded_room) {
		p->decoded_room = length;
		p->decoded = xrealloc(p->decoded, length);
	}
	bytes = EVP_DecodeBlock(p->decoded, (const unsigned char *)encoded, (int)length);
	hdr_reset(&p->h);
	return bytes > 0 && hdr_decode(p->decoded, (size_t)bytes, &p->h) == 0;
}

/* A writer says an interval's maximum in a unit for people: Java's divides by a million,
 * since its values are nanoseconds and people read milliseconds. */
static void find_unit(struct parser *p, double max)
{
	double ratio = max > 0 ? (double)p->h.max_us / max : 0;

	if (p->ours)
		p->unit = UNIT_US;
	else if (p->unit == UNIT_UNKNOWN && ratio > 0)
		p->unit = ratio > 1e5 ? UNIT_NS : UNIT_US;
}

static void add_bucket(void *arg, int64_t low, int64_t high, uint64_t count)
{
	struct parser *p = arg;
	struct histlog_line *line = &p->lines->line[p->lines->count];
	int64_t us = high > p->h.max_us ? p->h.max_us : high;

	(void)low;
	line->count += count;
	line->bucket = xreallocarray(line->bucket, line->buckets + 1, sizeof *line->bucket);
	line->bucket[line->buckets++] = (struct histlog_bucket){
		/* The last bucket has what is beyond its range, too. */
		.us = us > HDR_MAX_US ? HDR_MAX_US : us, .upto = line->count,
	};
}

static void make_room(struct parser *p)
{
	struct histlog_lines *lines = p->lines;

	if (lines->count < lines->room)
		return;
	lines->room = lines->room ? 2 * lines->room : 64;
	lines->line = xreallocarray(lines->line, lines->room, sizeof *lines->line);
	p->at_s = xreallocarray(p->at_s, lines->room, sizeof *p->at_s);
	p->length_s = xreallocarray(p->length_s, lines->room, sizeof *p->length_s);
}

static int keep(struct parser *p, double at_s, double length_s, uint16_t task, struct err *err)
{
	struct histlog_lines *lines = p->lines;

	if (p->h.count > HISTLOG_VALUES_MAX - lines->values)
		return wrong(p, "more than the 100000000 values that can be shown", err);
	make_room(p);
	lines->line[lines->count] = (struct histlog_line){.task = task};
	p->at_s[lines->count] = at_s;
	p->length_s[lines->count] = length_s;
	hdr_each(&p->h, add_bucket, p);
	p->buckets += lines->line[lines->count].buckets;
	lines->values += p->h.count;
	lines->count++;
	return p->buckets > BUCKETS_MAX ? wrong(p, "too large to be shown", err) : 0;
}

static int take_interval(struct parser *p, char *line, struct err *err)
{
	char *rest = line, *first = field(&rest), *encoded;
	const char *tag = "default";
	double at_s, length_s, max;
	uint16_t task = 0;

	if (first && !strncmp(first, "Tag=", 4)) {
		tag = first + 4;
		first = field(&rest);
	}
	if (!number_of(first, 1e11, &at_s) || !number_of(field(&rest), SCHEMA_TIME_MAX_US / 1e6, &length_s) ||
	    !number_of(field(&rest), 1e18, &max) || !(encoded = field(&rest)))
		return wrong(p, "expected [Tag=NAME,]start,length,maximum,histogram", err);
	if (!decode(p, encoded))
		return wrong(p, "no histogram in HdrHistogram's V2 compressed encoding", err);
	find_unit(p, max);
	if (!p->h.count)
		return 0;
	if (find_task(p, tag, strlen(tag), &task, err))
		return -1;
	return keep(p, at_s, length_s, task, err);
}

/* --- time ------------------------------------------------------------------------- */

static int by_start(const void *a, const void *b)
{
	const struct histlog_line *x = a, *y = b;

	if (x->start_us != y->start_us)
		return x->start_us < y->start_us ? -1 : 1;
	return x->task < y->task ? -1 : x->task > y->task;
}

/* Stamps are seconds since the epoch, or since a base that is given, or since the start
 * where they could not be the former. The run begins with the log, or, where that is not
 * said or was long before, with its first interval. */
static int set_times(struct parser *p, struct err *err)
{
	struct histlog_lines *lines = p->lines;
	double first = INFINITY, base = 0, zero;
	char stamp[CLOCK_ISO_BYTES];

	for (size_t i = 0; i < lines->count; i++)
		first = fmin(first, p->at_s[i]);
	if (!isnan(p->base_s))
		base = p->base_s;
	else if (!isnan(p->start_s) && first < p->start_s - YEAR_S)
		base = p->start_s;
	zero = first;
	if (!isnan(p->start_s) && base + first >= p->start_s && base + first - p->start_s <= LEAD_MAX_S)
		zero = p->start_s - base;
	for (size_t i = 0; i < lines->count; i++) {
		if (p->at_s[i] - zero > SCHEMA_TIME_MAX_US / 1e6 / 2 || p->length_s[i] > SCHEMA_TIME_MAX_US / 1e6 / 2)
			return err_set(err, "%s: an interval is more than half a year after the first one", p->path);
		lines->line[i].start_us = llround((p->at_s[i] - zero) * 1e6);
		lines->line[i].length_us = llround(p->length_s[i] * 1e6);
	}
	lines->first_us = llround((first - zero) * 1e6);
	qsort(lines->line, lines->count, sizeof *lines->line, by_start);
	if (base + zero > YEAR_S && base + zero < 9e9) {
		clock_iso8601((int64_t)llround((base + zero) * 1e3) * NS_PER_MS, stamp);
		p->meta->started_at = xstrdup(stamp);
	}
	return 0;
}

static void to_microseconds(struct histlog_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		for (uint32_t b = 0; b < lines->line[i].buckets; b++)
			lines->line[i].bucket[b].us = (lines->line[i].bucket[b].us + 500) / 1000;
}

/* --- the file --------------------------------------------------------------------- */

static void set_meta(struct parser *p)
{
	const char *slash = strrchr(p->path, '/'), *name = slash ? slash + 1 : p->path;
	char clean[256];

	schema_clean(name, strlen(name), clean, sizeof clean);
	*p->meta = (struct run_meta){
		.version = xstrdup(BRUNT_VERSION), .target = xstrdup(""), .scenario = xstrdup(clean), .argv = xstrdup(""),
		.requests = -1, .duration_us = -1, .dns_us = -1,
		.task_name = xcalloc(SCHEMA_TASKS, sizeof(char *)),
		.task_weight = xcalloc(SCHEMA_TASKS, sizeof(double)),
	};
}

static int take_lines(struct parser *p, const char *text, size_t bytes, struct err *err)
{
	int code = 0;

	for (size_t at = 0; at < bytes && !code;) {
		const char *end = memchr(text + at, '\n', bytes - at);
		size_t length = end ? (size_t)(end - text) - at : bytes - at;
		char *line = xstrndup(text + at, length);

		p->number++;
		at += length + 1;
		line[strcspn(line, "\r")] = '\0';
		if (*line == '#')
			take_comment(p, line);
		else if (*line && *line != '"' && take_interval(p, line, err))
			code = -1;
		free(line);
		/* What was being written when it ended. */
		if (code && !end && p->lines->count) {
			p->lines->cut = true;
			code = 0;
		}
	}
	return code;
}

int histlog_parse(const char *path, const char *text, size_t bytes, struct histlog_lines *out,
		  struct run_meta *meta, struct err *err)
{
	struct parser p = {.path = path, .lines = out, .meta = meta, .start_s = NAN, .base_s = NAN};
	int code;

	*out = (struct histlog_lines){0};
	p.pool = hdr_pool_new();
	hdr_init(&p.h, p.pool, 3);
	set_meta(&p);
	code = take_lines(&p, text, bytes, err);
	if (!code && !out->count)
		code = err_set(err, "%s: a histogram log without a value", path);
	if (!code)
		code = set_times(&p, err);
	if (!code) {
		if (p.unit == UNIT_NS)
			to_microseconds(out);
		free(meta->target);
		meta->target = xasprintf("histogram log in %s", p.unit == UNIT_NS ? "nanoseconds" : "microseconds");
	}
	hdr_fini(&p.h);
	hdr_pool_free(p.pool);
	free(p.decoded);
	free(p.at_s);
	free(p.length_s);
	return code;
}

void histlog_lines_fini(struct histlog_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		free(lines->line[i].bucket);
	free(lines->line);
}
