#include "report/csv.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/units.h"
#include "run/exchange.h"
#include "run/phases.h"

struct csv {
	FILE *out;
	const struct run_meta *meta;
	struct phases phases;
	struct exchange_room room;
	struct buf line;
};

/* --- cells ---------------------------------------------------------------- */

static void whole(struct csv *c, uint64_t value)
{
	buf_number(&c->line, value);
}

static void whole_if(struct csv *c, bool known, uint64_t value)
{
	if (known)
		whole(c, value);
}

/* Negative: unknown. */
static void time_us(struct csv *c, int64_t us)
{
	whole_if(c, us >= 0, (uint64_t)us);
}

/* From t0 on; `us` negative: it never was. */
static void since(struct csv *c, const struct rec_sample *s, int64_t us)
{
	whole_if(c, us >= 0 && us >= s->t0_us, (uint64_t)us - (uint64_t)s->t0_us);
}

static void tokens(struct csv *c, uint32_t count)
{
	whole_if(c, count != TOKENS_UNKNOWN, count);
}

static void word(struct csv *c, const char *text)
{
	if (text)
		buf_puts(&c->line, text);
}

/* A spreadsheet takes such a cell for a formula and runs it, quoted or not; some do so
 * behind blanks, and where the sign has the width of a Chinese character. */
static bool is_formula(const char *text, size_t bytes)
{
	static const char *const wide[] = {"\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0"};

	while (bytes && *text == ' ')
		text++, bytes--;
	if (!bytes)
		return false;
	for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
		if (bytes >= 3 && !memcmp(text, wide[i], 3))
			return true;
	return *text && strchr("=+-@\t\r\n", *text);
}

/* An apostrophe in front makes a cell text for every spreadsheet. */
static void outside_text(struct csv *c, const char *text, size_t bytes)
{
	struct buf *b = &c->line;

	if (!bytes)
		return;
	buf_puts(b, is_formula(text, bytes) ? "\"'" : "\"");
	for (size_t i = 0; i < bytes; i++)
		buf_add(b, text[i] == '"' ? "\"\"" : text + i, text[i] == '"' ? 2 : 1);
	buf_puts(b, "\"");
}

static void task(struct csv *c, const struct rec_sample *s)
{
	if (s->task < c->meta->task_count)
		outside_text(c, c->meta->task_name[s->task], strlen(c->meta->task_name[s->task]));
}

static void level(struct csv *c)
{
	char text[UNITS_BYTES];

	word(c, units_format_level(c->phases.level, text));
}

static void quality(struct csv *c, const struct rec_sample *s)
{
	if (!isnan(s->quality))
		buf_printf(&c->line, "%g", (double)s->quality);
}

static void longest_gap(struct csv *c, const struct exchange *x)
{
	int64_t longest = -1;

	for (uint32_t i = 0; i < x->gaps; i++)
		if (x->gap_us[i] > longest)
			longest = x->gap_us[i];
	time_us(c, longest);
}

static const char *outcome_name(enum outcome outcome)
{
	static const char *const names[OUTCOME_COUNT] = {"succeeded", "failed", "censored"};

	return names[outcome];
}

static const char *source_name(const struct rec_sample *s)
{
	return s->token_source == TOKENS_FROM_USAGE ? "usage" : s->token_source == TOKENS_FROM_EVENTS ? "events" : NULL;
}

static const char *cache_name(const struct rec_sample *s)
{
	return s->cache == CACHE_HIT ? "hit" : s->cache == CACHE_MISS ? "miss" : NULL;
}

/* --- rows ----------------------------------------------------------------- */

/* The columns in their order: name, and what writes the cell, of a sample `s` of which
 * `x` are the times. */
#define COLUMNS(X)                                                                             \
	X(request_id, buf_printf(&c->line, "%08x-%08" PRIx64, c->meta->run_id, s->seq))        \
	X(phase, word(c, phases_name(&c->phases)))                                             \
	X(point, whole(c, s->point))                                                           \
	X(level, level(c))                                                                     \
	X(t0_us, time_us(c, s->t0_us))                                                         \
	X(queue_us, time_us(c, x.queue_us))                                                    \
	X(dns_us, whole_if(c, connected, s->dns_us))                                           \
	X(connect_us, whole_if(c, connected, s->connect_us))                                   \
	X(tls_us, whole_if(c, connected && (s->flags & SAMPLE_TLS) && x.error != ERROR_TLS, s->tls_us)) \
	X(ttfb_us, time_us(c, x.ttfb_us))                                                      \
	X(ttft_us, since(c, s, s->t1_us))                                                      \
	X(ttfo_us, since(c, s, s->to_us))                                                      \
	X(last_token_us, since(c, s, s->tn_us))                                                \
	X(tpot_us, time_us(c, x.tpot_us))                                                      \
	X(itl_max_us, longest_gap(c, &x))                                                      \
	X(service_us, time_us(c, x.service_us))                                                \
	X(latency_us, time_us(c, x.latency_us))                                                \
	X(task, task(c, s))                                                                    \
	X(worker, whole(c, s->rec.worker))                                                     \
	X(user, whole(c, s->user))                                                             \
	X(turn, whole(c, s->turn))                                                             \
	X(outcome, word(c, outcome_name(x.outcome)))                                           \
	X(status, whole_if(c, s->status, s->status))                                           \
	X(error, word(c, x.error == ERROR_NONE ? NULL : error_class_name(x.error)))            \
	X(code, whole_if(c, s->code > 0, (uint64_t)s->code))                                   \
	X(message, outside_text(c, s->text, s->text_bytes))                                    \
	X(tokens_in, tokens(c, s->tokens_in))                                                  \
	X(tokens_out, tokens(c, s->tokens_out))                                                \
	X(token_source, word(c, source_name(s)))                                               \
	X(cached_tokens, tokens(c, s->cached_tokens))                                          \
	X(events, whole_if(c, s->flags & SAMPLE_STREAM, s->events))                            \
	X(bytes_in, whole(c, s->bytes_in))                                                     \
	X(bytes_out, whole(c, s->bytes_out))                                                   \
	X(quality, quality(c, s))                                                              \
	X(cache, word(c, cache_name(s)))

struct csv *csv_new(FILE *out, const struct run_meta *meta)
{
	struct csv *c = xcalloc(1, sizeof *c);

	c->out = out;
	c->meta = meta;
#define X(name, put) "," #name
	fputs(&(COLUMNS(X) "\r\n")[1], out);
#undef X
	return c;
}

void csv_feed(struct csv *c, const struct rec *rec)
{
	const struct rec_sample *s = (const struct rec_sample *)rec;
	struct exchange x;
	bool connected;

	phases_take(&c->phases, rec);
	if (rec->kind != REC_SAMPLE)
		return;
	exchange_of(&x, s);
	exchange_gaps(&x, &c->room);
	connected = exchange_connected(&x);
	c->line.used = 0;
#define X(name, put) put, buf_puts(&c->line, ",");
	COLUMNS(X)
#undef X
	c->line.used--; /* the last comma */
	buf_puts(&c->line, "\r\n");
	fwrite(c->line.at, 1, c->line.used, c->out);
}

void csv_free(struct csv *c)
{
	buf_fini(&c->line);
	free(c->room.us);
	free(c);
}
