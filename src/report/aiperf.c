#include "report/aiperf.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "run/exchange.h"
#include "run/phases.h"
#include "run/wall.h"

#define USERS_MAX (1 << 20) /* whose sessions are told apart; a damaged file has any number */

/* A user's present session. */
struct session {
	uint32_t number; /* from 1; 0: none yet */
	uint16_t turn;   /* of its last exchange */
};

struct aiperf {
	FILE *out;
	const struct run_meta *meta;
	int64_t start_ns; /* since the epoch; -1: unknown */
	struct phases phases;
	struct exchange_room room;
	struct session *session; /* by user */
	size_t users;
	uint32_t sessions;
	struct buf line;
	bool first; /* of the metrics */
};

struct aiperf *aiperf_new(FILE *out, const struct run_meta *meta)
{
	struct aiperf *a = xcalloc(1, sizeof *a);

	a->out = out;
	a->meta = meta;
	a->start_ns = wall_ns(meta->started_at);
	return a;
}

/* A user's exchanges come one after the other, so a first turn begins a session; so does
 * one that goes back, where the first was lost. */
static uint32_t session_of(struct aiperf *a, const struct rec_sample *s)
{
	struct session *mine;
	size_t users = a->users ? a->users : 64;

	if (s->user >= USERS_MAX)
		return a->sessions++;
	if (s->user >= a->users) {
		while (users <= s->user)
			users *= 2;
		a->session = xreallocarray(a->session, users, sizeof *a->session);
		memset(a->session + a->users, 0, (users - a->users) * sizeof *a->session);
		a->users = users;
	}
	mine = &a->session[s->user];
	if (!mine->number || s->turn <= mine->turn)
		mine->number = ++a->sessions;
	mine->turn = s->turn;
	return mine->number - 1;
}

/* --- members -------------------------------------------------------------- */

static void text(struct buf *b, const char *value, size_t bytes)
{
	buf_puts(b, "\"");
	buf_json(b, value, bytes);
	buf_puts(b, "\"");
}

/* us < 0: it never was. */
static void moment(struct aiperf *a, const char *key, int64_t us)
{
	int64_t ns;

	if (us < 0 || a->start_ns < 0 || __builtin_mul_overflow(us, NS_PER_US, &ns) ||
	    __builtin_add_overflow(ns, a->start_ns, &ns))
		buf_printf(&a->line, ",\"%s\":null", key);
	else
		buf_printf(&a->line, ",\"%s\":%" PRId64, key, ns);
}

static void metric(struct aiperf *a, const char *tag, const char *unit, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

static void metric(struct aiperf *a, const char *tag, const char *unit, const char *fmt, ...)
{
	char value[48];
	va_list args;

	va_start(args, fmt);
	vsnprintf(value, sizeof value, fmt, args);
	va_end(args);
	buf_printf(&a->line, "%s\"%s\":{\"value\":%s,\"unit\":\"%s\"}", a->first ? "" : ",", tag, value, unit);
	a->first = false;
}

static void milliseconds(struct aiperf *a, const char *tag, int64_t us)
{
	if (us >= 0)
		metric(a, tag, "ms", "%lld.%03lld", us / US_PER_MS, us % US_PER_MS);
}

static void tokens(struct aiperf *a, const char *tag, uint32_t count)
{
	if (count != TOKENS_UNKNOWN)
		metric(a, tag, "tokens", "%u", count);
}

static void chunk_gaps(struct aiperf *a, const struct exchange *x)
{
	struct buf *b = &a->line;

	if (!x->gaps)
		return;
	milliseconds(a, "time_to_second_token", x->gap_us[0]);
	buf_puts(b, ",\"inter_chunk_latency\":{\"value\":[");
	for (uint32_t i = 0; i < x->gaps; i++)
		buf_printf(b, "%s%lld.%03lld", i ? "," : "", x->gap_us[i] / US_PER_MS, x->gap_us[i] % US_PER_MS);
	buf_puts(b, "],\"unit\":\"ms\"}");
}

static void connection(struct aiperf *a, const struct exchange *x)
{
	const struct rec_sample *s = x->sample;
	bool tls = (s->flags & SAMPLE_TLS) && x->error != ERROR_TLS;

	if (!(s->flags & SAMPLE_NEW_CONNECTION)) {
		metric(a, "http_req_connection_reused", "ratio", "1");
		return;
	}
	metric(a, "http_req_connection_reused", "ratio", "0");
	milliseconds(a, "http_req_dns_lookup", s->dns_us);
	milliseconds(a, "http_req_connecting", (int64_t)s->connect_us + (tls ? s->tls_us : 0));
}

/* --- parts ---------------------------------------------------------------- */

static void metadata(struct aiperf *a, const struct exchange *x)
{
	const struct rec_sample *s = x->sample;
	struct buf *b = &a->line;
	uint32_t session = session_of(a, s);
	bool cut_off = x->error == ERROR_ABORTED;
	const char *task = s->task < a->meta->task_count ? a->meta->task_name[s->task] : "";

	buf_printf(b, "{\"metadata\":{\"session_num\":%u,\"x_request_id\":\"%08x-%08" PRIx64 "\"", session,
		   a->meta->run_id, s->seq);
	buf_printf(b, ",\"x_correlation_id\":\"%08x-session-%u\",\"conversation_id\":", a->meta->run_id, session);
	text(b, task, strlen(task));
	buf_printf(b, ",\"turn_index\":%u", s->turn);
	moment(a, "credit_issued_ns", s->t0_us);
	moment(a, "request_start_ns", s->ts_us);
	moment(a, "request_ack_ns", s->flags & SAMPLE_STREAM ? s->th_us : -1);
	moment(a, "request_end_ns", s->rec.t_us);
	buf_printf(b, ",\"worker_id\":\"worker_%u\",\"record_processor_id\":\"brunt\"", s->rec.worker);
	buf_printf(b, ",\"benchmark_phase\":\"%s\",\"was_cancelled\":%s", a->phases.counting ? "profiling" : "warmup",
		   cut_off ? "true" : "false");
	moment(a, "cancellation_time_ns", cut_off ? s->rec.t_us : -1);
	buf_puts(b, "}");
}

static void metrics(struct aiperf *a, const struct exchange *x)
{
	const struct rec_sample *s = x->sample;

	a->first = true;
	buf_puts(&a->line, ",\"metrics\":{");
	if (x->outcome == OUTCOME_SUCCEEDED) {
		milliseconds(a, "request_latency", x->latency_us);
		milliseconds(a, "time_to_first_token", x->ttft_us);
		milliseconds(a, "time_to_first_output_token", x->ttfo_us);
		milliseconds(a, "inter_token_latency", x->tpot_us);
		if (x->tpot_us > 0)
			metric(a, "output_token_throughput_per_user", "tokens/sec/user", "%.3f", 1e6 / (double)x->tpot_us);
		if (s->t1_us >= 0 && s->tn_us >= s->t1_us)
			milliseconds(a, "decode_duration", s->tn_us - s->t1_us);
		chunk_gaps(a, x);
		tokens(a, "input_sequence_length", s->tokens_in);
		tokens(a, "output_sequence_length", s->tokens_out);
		tokens(a, "usage_prompt_cache_read_tokens", s->cached_tokens);
		connection(a, x);
	} else {
		tokens(a, "error_isl", s->tokens_in);
	}
	buf_puts(&a->line, "}");
}

static void error(struct aiperf *a, const struct exchange *x)
{
	const struct rec_sample *s = x->sample;
	const char *help = error_class_help(x->error);
	struct buf *b = &a->line;

	if (x->outcome == OUTCOME_SUCCEEDED) {
		buf_puts(b, ",\"error\":null}\n");
		return;
	}
	buf_puts(b, ",\"error\":{\"code\":");
	if (s->status)
		buf_number(b, s->status);
	else
		buf_puts(b, "null");
	buf_printf(b, ",\"type\":\"%s\",\"message\":", error_class_name(x->error));
	if (s->text_bytes)
		text(b, s->text, s->text_bytes);
	else
		text(b, help, strlen(help));
	buf_puts(b, "}}\n");
}

void aiperf_feed(struct aiperf *a, const struct rec *rec)
{
	struct exchange x;

	phases_take(&a->phases, rec);
	if (rec->kind != REC_SAMPLE)
		return;
	exchange_of(&x, (const struct rec_sample *)rec);
	exchange_gaps(&x, &a->room);
	a->line.used = 0;
	metadata(a, &x);
	metrics(a, &x);
	error(a, &x);
	fwrite(a->line.at, 1, a->line.used, a->out);
}

void aiperf_free(struct aiperf *a)
{
	buf_fini(&a->line);
	free(a->room.us);
	free(a->session);
	free(a);
}
