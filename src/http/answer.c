#include "http/answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer_private.h"
#include "base/mem.h"

struct answer *answer_new(void)
{
	struct answer *a = xcalloc(1, sizeof *a);

	sse_init(&a->sse, ANSWER_EVENT);
	ndjson_init(&a->ndjson, ANSWER_EVENT);
	return a;
}

void answer_free(struct answer *a)
{
	if (!a)
		return;
	sse_fini(&a->sse);
	ndjson_fini(&a->ndjson);
	buf_fini(&a->text);
	buf_fini(&a->body);
	buf_fini(&a->headers);
	buf_fini(&a->gap_bytes);
	free(a);
}

void answer_begin(struct answer *a, const struct answer_plan *plan, int64_t start_ns)
{
	a->plan = plan;
	a->program = NULL;
	a->start_ns = a->last_ns = start_ns;
	a->status = 0;
	a->reading = READING_UNDECIDED;
	a->type = CONTENT_OTHER;
	a->cache = CACHE_UNKNOWN;
	a->retry_after_ns = -1;
	a->has_type = a->ended = a->failed = a->says = a->reasoned = false;
	a->read_counted = a->text_full = false;
	a->seen = a->unread = a->events = a->reads = 0;
	a->t1_us = a->to_us = a->tn_us = -1;
	a->tokens_in = a->tokens_out = a->cached = a->uncounted = TOKENS_UNKNOWN;
	a->text_total = a->body_total = 0;
	a->text.used = a->body.used = a->headers.used = 0;
	gaps_init(&a->gaps, (uint8_t *)a->gap_bytes.at);
	a->message[0] = '\0';
}

void answer_header(struct answer *a, const char *line, size_t bytes)
{
	if (a->reading != READING_UNDECIDED)
		return; /* a trailer */
	answer_note_header(a, line, bytes);
	if (bytes >= (a->plan->keep ? ANSWER_HEADERS : ANSWER_EXCERPT) - a->headers.used)
		return;
	buf_add(&a->headers, line, bytes);
	buf_add(&a->headers, "\n", 1);
}

void answer_status(struct answer *a, int status)
{
	a->status = status;
}

/* A plain URL that turns out to stream is read as most simple backends send. */
static const struct program *find_program(struct answer *a)
{
	const struct api *api = a->plan->api ? a->plan->api : api_by_name("generic");

	for (int i = 0; i < ANSWER_APIS; i++)
		if (a->known[i].api == api)
			return a->known[i].program;
	uint32_t slot = a->next_known++ % ANSWER_APIS;

	a->known[slot].api = api;
	a->known[slot].program = program_of(&api->answer);
	return a->known[slot].program;
}

static enum reading choose(const struct answer *a)
{
	/* Errors are bodies, whatever was asked for. */
	if (a->status >= 400)
		return READING_BODY;
	switch (a->plan->stream) {
	case STREAM_SSE:
		return READING_SSE;
	case STREAM_NDJSON:
		return READING_NDJSON;
	case STREAM_WS:
		return READING_MESSAGES;
	case STREAM_OFF:
		return READING_BODY;
	default:
		return a->status == 101		      ? READING_MESSAGES
		       : a->type == CONTENT_SSE	      ? READING_SSE
		       : a->type == CONTENT_NDJSON    ? READING_NDJSON
						      : READING_BODY;
	}
}

static void decide(struct answer *a)
{
	a->reading = choose(a);
	if (a->plan->api || a->reading != READING_BODY)
		a->program = find_program(a);
	if (a->reading == READING_SSE)
		sse_begin(&a->sse);
	else if (a->reading == READING_NDJSON)
		ndjson_begin(&a->ndjson);
}

static void keep_body(struct answer *a, const char *bytes, size_t length)
{
	size_t most = a->plan->keep || a->status >= 400 ? ANSWER_KEEP : ANSWER_EXCERPT;

	/* All of it, up to what an event may have, to look inside. */
	if (a->reading == READING_BODY && a->program && a->status < 400)
		most = ANSWER_EVENT;
	a->body_total += length;
	if (length > most - a->body.used)
		length = most - a->body.used;
	buf_add(&a->body, bytes, length);
}

bool answer_data(struct answer *a, const char *bytes, size_t length, int64_t ns)
{
	if (a->ended || !length)
		return a->ended;
	if (a->reading == READING_UNDECIDED)
		decide(a);
	a->last_ns = ns;
	keep_body(a, bytes, length);
	if (a->reading != READING_BODY)
		answer_events(a, bytes, length);
	return a->ended;
}

static bool too_long(const struct answer *a)
{
	return (a->reading == READING_SSE && a->sse.skipped) ||
	       (a->reading == READING_NDJSON && a->ndjson.skipped);
}

static enum error_class say(struct answer *a, enum error_class error, const char *message)
{
	snprintf(a->message, sizeof a->message, "%s", message);
	return error;
}

static bool says_no_stream(const struct answer *a)
{
	return a->reading != READING_MESSAGES && a->has_type && a->type != CONTENT_SSE &&
	       a->type != CONTENT_NDJSON;
}

static enum error_class stream_error(struct answer *a, const struct engine_result *r)
{
	if (a->failed) {
		if (!a->message[0])
			say(a, ERROR_STREAM_ERROR, "an error without a message");
		return ERROR_STREAM_ERROR;
	}
	if (too_long(a))
		return say(a, ERROR_STREAM_ERROR, "an event longer than 1 MiB");
	if (!a->ended && r->error)
		return say(a, r->error, r->message ? r->message : "");
	if (!a->seen && a->plan->api && says_no_stream(a))
		return say(a, ERROR_EMPTY, "no token: the answer is not a stream by its Content-Type");
	if (!a->ended && a->program->end_required) {
		snprintf(a->message, sizeof a->message, "the stream ended without its end%s%s",
			 a->program->end_data ? " mark " : "",
			 a->program->end_data ? a->program->end_data : "");
		return ERROR_TRUNCATED;
	}
	/* What it said is lost to a client that reads it. */
	if (a->events && a->unread && a->plan->api)
		return say(a, ERROR_STREAM_ERROR, "an event in the stream is not JSON");
	if (a->events || !a->plan->api)
		return ERROR_NONE;
	return say(a, ERROR_EMPTY,
		   a->unread ? "no token in the stream: its events are not JSON"
			     : "no token in the stream");
}

static enum error_class body_error(struct answer *a, const struct engine_result *r)
{
	int n;

	if (!r->error) {
		if (a->program && a->reading == READING_BODY)
			answer_read_body(a);
		if (a->failed && !a->message[0])
			say(a, ERROR_STREAM_ERROR, "an error without a message");
		if (a->failed)
			return ERROR_STREAM_ERROR;
		if (a->unread && !a->program->raw_text)
			return say(a, ERROR_EMPTY,
				   a->body_total ? "no token: the answer is not JSON"
						 : "no token: the answer has no body");
		if (a->program && a->reading == READING_BODY && !a->says && !a->program->raw_text)
			return say(a, ERROR_EMPTY, "no token: nothing where the API has its text");
		return ERROR_NONE;
	}
	if (r->error == ERROR_HTTP_4XX || r->error == ERROR_HTTP_5XX) {
		n = snprintf(a->message, sizeof a->message, "HTTP %u: ", r->status);
		if (a->body.used && program_message(a->body.at, a->body.used, a->message + n,
						    sizeof a->message - (size_t)n))
			return r->error;
	}
	return say(a, r->error, r->message ? r->message : "");
}

static void report_tokens(const struct answer *a, struct answer_report *out)
{
	uint64_t in = a->tokens_in;
	uint32_t made;

	if (in != TOKENS_UNKNOWN) {
		if (a->uncounted != TOKENS_UNKNOWN)
			in += a->uncounted;
		if (a->cached != TOKENS_UNKNOWN && a->program->cached_uncounted)
			in += a->cached;
		if (in >= TOKENS_UNKNOWN)
			in = TOKENS_UNKNOWN - 1;
	}
	/* No prompt has no token, and neither has text: who says 0 does not count. */
	out->tokens_in = in ? (uint32_t)in : TOKENS_UNKNOWN;
	out->cached_tokens = a->cached;
	made = a->tokens_out || !(a->events || a->text_total) ? a->tokens_out : TOKENS_UNKNOWN;
	out->tokens_out = made;
	out->token_source = made != TOKENS_UNKNOWN ? TOKENS_FROM_USAGE : TOKENS_FROM_NOWHERE;
	/* A stream that was cut may have said its usage until there only. */
	if (a->events && (made == TOKENS_UNKNOWN ||
			  (!a->ended && a->program->end_required && a->events > made))) {
		out->tokens_out = a->events;
		out->token_source = TOKENS_FROM_EVENTS;
	}
}

void answer_end(struct answer *a, const struct engine_result *r, struct answer_report *out)
{
	bool streamed;

	if (a->reading == READING_UNDECIDED && r->answered)
		decide(a); /* an answer without a body */
	streamed = a->reading > READING_BODY;
	if (streamed)
		answer_flush(a);
	*out = (struct answer_report){
		.error = streamed ? stream_error(a, r) : body_error(a, r),
		.t1_us = a->t1_us,
		.to_us = a->reasoned ? a->to_us : -1,
		.tn_us = a->tn_us,
		.events = a->events,
		.reads = a->reads,
		.streamed = streamed,
		.cache = a->cache,
		.retry_after_ns = a->retry_after_ns,
		.gaps = a->gaps.bytes,
		.gap_bytes = a->gaps.used,
		.gaps_cut = a->gaps.cut,
		.text = a->text.at,
		.text_bytes = a->text.used,
		.text_total = a->text_total,
		.body = a->body.at,
		.body_bytes = a->body.used < ANSWER_KEEP ? a->body.used : ANSWER_KEEP,
		.body_total = a->body_total,
		.headers = a->headers.at,
		.header_bytes = a->headers.used,
	};
	out->message = out->error ? a->message : NULL;
	if (a->program)
		report_tokens(a, out);
	else
		out->tokens_in = out->tokens_out = out->cached_tokens = TOKENS_UNKNOWN;
	if (out->cached_tokens != TOKENS_UNKNOWN && out->cache != CACHE_HIT)
		out->cache = out->cached_tokens ? CACHE_HIT : CACHE_MISS;
}
