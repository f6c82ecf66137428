#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "answers.h"

#define SSE "Content-Type: text/event-stream; charset=utf-8\n"
#define TOKEN(text) "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" text "\"}}]}\n\n"
#define DONE "data: [DONE]\n\n"

static struct answer_plan chat(void)
{
	return (struct answer_plan){.api = api_by_name("openai-chat"), .keep = true};
}

static void a_plain_answer_says_nothing(void **state)
{
	const struct answer_plan plan = {.stream = STREAM_AUTO};
	const struct answer_report *r;

	(void)state;
	exchange_begin(&plan, 200, "Content-Type: application/json\nX-A: b\n");
	piece("{\"error\":\"not looked at\"}", 5);
	r = exchange_end(NULL);
	assert_int_equal(r->error, ERROR_NONE);
	assert_null(r->message);
	assert_false(r->streamed);
	assert_int_equal(r->t1_us, -1);
	assert_int_equal(r->to_us, -1);
	assert_int_equal(r->tn_us, -1);
	assert_int_equal(r->tokens_in, TOKENS_UNKNOWN);
	assert_int_equal(r->tokens_out, TOKENS_UNKNOWN);
	assert_int_equal(r->cached_tokens, TOKENS_UNKNOWN);
	assert_int_equal(r->token_source, TOKENS_FROM_NOWHERE);
	assert_int_equal(r->events, 0);
	assert_int_equal(r->gap_bytes, 0);
	assert_int_equal(r->body_total, 25);
	/* For exemplars. */
	assert_int_equal(r->header_bytes, strlen("Content-Type: application/json\nX-A: b\n"));
	assert_memory_equal(r->body, "{\"error\"", 8);
	exchange_close();
}

static void times_tokens_and_reads(void **state)
{
	const struct answer_plan plan = chat();
	const struct answer_report *r;

	(void)state;
	exchange_begin(&plan, 200, SSE);
	piece(": ping\n\n", 1000);
	piece("data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n", 2000);
	piece(TOKEN("Hel") TOKEN("lo"), 3000);
	/* One event over three reads: it is there when its end is. */
	piece("data: {\"choices\":[{\"delta\":{\"con", 3400);
	piece("tent\":\" \\ud83d", 3500);
	piece("\\ude00\"}}]}\n\n", 5500);
	piece("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":5,"
	      "\"prompt_tokens_details\":{\"cached_tokens\":4}}}\n\n", 6000);
	assert_false(ended);
	piece(DONE, 7000);
	assert_true(ended);
	piece(TOKEN("late"), 7001);
	assert_true(ended);
	r = exchange_end(NULL);
	assert_int_equal(r->error, ERROR_NONE);
	assert_true(r->streamed);
	assert_int_equal(r->t1_us, 3000);
	assert_int_equal(r->to_us, -1);
	assert_int_equal(r->tn_us, 5500);
	assert_int_equal(r->events, 3);
	assert_int_equal(r->reads, 2);
	assert_gaps(r, 2, 0, 2500);
	assert_int_equal(r->tokens_in, 7);
	assert_int_equal(r->tokens_out, 5);
	assert_int_equal(r->cached_tokens, 4);
	assert_int_equal(r->token_source, TOKENS_FROM_USAGE);
	assert_int_equal(r->cache, CACHE_HIT);
	assert_text(r, "Hello \xf0\x9f\x98\x80");
	exchange_close();
}

static void reasoning_comes_before_output(void **state)
{
	const struct answer_plan plan = chat();
	const struct answer_report *r;

	(void)state;
	exchange_begin(&plan, 200, SSE);
	piece("data: {\"choices\":[{\"delta\":{\"reasoning\":\"hm\"}}]}\n\n", 10);
	piece("data: {\"choices\":[{\"delta\":{\"reasoning\":\"so\"}}]}\n\n", 30);
	piece("data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0}]}}]}\n\n", 70);
	piece(TOKEN("x"), 150);
	piece(DONE, 151);
	r = exchange_end(NULL);
	assert_int_equal(r->t1_us, 10);
	assert_int_equal(r->to_us, 70);
	assert_int_equal(r->tn_us, 150);
	assert_gaps(r, 3, 20, 40, 80);
	assert_int_equal(r->tokens_out, 4);
	assert_int_equal(r->token_source, TOKENS_FROM_EVENTS);
	assert_text(r, "x");

	/* Nothing but reasoning: no output ever. */
	exchange_begin(&plan, 200, SSE);
	piece("data: {\"choices\":[{\"delta\":{\"reasoning\":\"hm\"}}]}\n\n" DONE, 10);
	r = exchange_end(NULL);
	assert_int_equal(r->error, ERROR_NONE);
	assert_int_equal(r->t1_us, 10);
	assert_int_equal(r->to_us, -1);
	exchange_close();
}

static void a_clock_that_stands_makes_gaps_of_0(void **state)
{
	const struct answer_plan plan = chat();
	const struct answer_report *r;

	(void)state;
	exchange_begin(&plan, 200, SSE);
	piece(TOKEN("a"), 50);
	piece(TOKEN("b"), 50);
	piece(TOKEN("c"), 49);
	piece(TOKEN("d") DONE, 51);
	r = exchange_end(NULL);
	assert_gaps(r, 3, 0, 0, 1);
	assert_int_equal(r->tn_us, 51);
	exchange_close();
}

static void the_end_outweighs_what_the_connection_does(void **state)
{
	static const struct {
		enum error_class engine, expected;
		bool end;
	} cases[] = {
		{ERROR_TIMEOUT, ERROR_NONE, true},
		{ERROR_RESET, ERROR_NONE, true},
		{ERROR_TRUNCATED, ERROR_NONE, true},
		{ERROR_ABORTED, ERROR_NONE, true},
		{ERROR_TIMEOUT, ERROR_TIMEOUT, false},
		{ERROR_RESET, ERROR_RESET, false},
		{ERROR_TRUNCATED, ERROR_TRUNCATED, false},
		{ERROR_ABORTED, ERROR_ABORTED, false},
		{ERROR_NONE, ERROR_TRUNCATED, false},
	};
	const struct answer_plan plan = chat();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct engine_result engine = {.status = 200, .error = cases[i].engine,
						     .message = "the engine's own"};
		const struct answer_report *r;

		exchange_begin(&plan, 200, SSE);
		piece(TOKEN("a"), 5);
		if (cases[i].end)
			piece(DONE, 6);
		r = exchange_end(&engine);
		assert_int_equal(r->error, cases[i].expected);
		assert_int_equal(r->events, 1);
		if (!r->error)
			assert_null(r->message);
		else if (cases[i].engine)
			assert_string_equal(r->message, "the engine's own");
		else
			assert_string_equal(r->message, "the stream ended without its end mark [DONE]");
	}
	exchange_close();
}

/* A server that says its error and then hangs: the error is what happened. */
static void an_error_in_the_stream_outweighs_a_timeout(void **state)
{
	const struct engine_result engine = {.status = 200, .error = ERROR_TIMEOUT, .message = "timeout"};
	const struct answer_plan plan = chat();
	const struct answer_report *r;

	(void)state;
	exchange_begin(&plan, 200, SSE);
	piece(TOKEN("a") "data: {\"error\":{\"code\":500,\"param\":[1]}}\n\n", 5);
	r = exchange_end(&engine);
	assert_int_equal(r->error, ERROR_STREAM_ERROR);
	assert_string_equal(r->message, "{\"code\":500,\"param\":[1]}");

	exchange_begin(&plan, 200, SSE);
	piece("data: {\"error\":\"\\u0007\"}\n\n", 5);
	assert_string_equal(exchange_end(NULL)->message, "an error without a message");

	exchange_begin(&plan, 200, SSE);
	piece("data: {\"error\":true}\n\n", 5);
	assert_string_equal(exchange_end(NULL)->message, "true");
	exchange_close();
}

static void long_messages_are_cut(void **state)
{
	const struct answer_plan plan = chat();
	char event[4096] = "data: {\"error\":{\"message\":\"";
	const struct answer_report *r;

	(void)state;
	for (int i = 0; i < 300; i++)
		strcat(event, i % 2 ? "\\u20ac" : "\xe2\x82\xac");
	strcat(event, "\"}}\n\n");
	exchange_begin(&plan, 200, SSE);
	piece(event, 1);
	r = exchange_end(NULL);
	assert_int_equal(r->error, ERROR_STREAM_ERROR);
	assert_int_equal(strlen(r->message), REC_TEXT_MAX / 3 * 3);
	exchange_close();
}

static void what_caches_say(void **state)
{
	static const struct {
		const char *headers;
		enum cache_state state;
	} cases[] = {
		{"", CACHE_UNKNOWN},
		{"X-Cache: HIT\n", CACHE_HIT},
		{"x-cache:MISS\n", CACHE_MISS},
		{"X-CACHE: Hit from cloudfront\n", CACHE_HIT},
		{"X-Cache: RefreshHit from cloudfront\n", CACHE_HIT},
		{"X-Cache: MISS, HIT\n", CACHE_HIT},
		{"X-Cache: Error from cloudfront\n", CACHE_UNKNOWN},
		{"X-Cache: \n", CACHE_UNKNOWN},
		{"X-Cache-Status: HIT\n", CACHE_UNKNOWN},
		{"Age: 0\n", CACHE_UNKNOWN},
		{"Age: 17\n", CACHE_HIT},
		{"age:  007 \n", CACHE_HIT},
		{"Age: -1\n", CACHE_UNKNOWN},
		{"Age: 1x\n", CACHE_UNKNOWN},
		{"CF-Cache-Status: HIT\n", CACHE_HIT},
		{"cf-cache-status: hit\n", CACHE_HIT},
		{"CF-Cache-Status: STALE\n", CACHE_HIT},
		{"CF-Cache-Status: MISS\n", CACHE_MISS},
		{"CF-Cache-Status: EXPIRED\n", CACHE_MISS},
		{"CF-Cache-Status: BYPASS\n", CACHE_MISS},
		{"CF-Cache-Status: DYNAMIC\n", CACHE_MISS},
		{"CF-Cache-Status: NONE/UNKNOWN\n", CACHE_UNKNOWN},
		{"X-Cache: MISS\nAge: 4\n", CACHE_HIT},
		{"Age: 4\nX-Cache: MISS\n", CACHE_HIT},
		{"X-Cache\n", CACHE_UNKNOWN},
		{"\n:\n: x\n", CACHE_UNKNOWN},
	};
	const struct answer_plan plan = {.stream = STREAM_AUTO};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		exchange_begin(&plan, 200, cases[i].headers);
		piece("x", 1);
		answer_header(exchange, "X-Cache: HIT", 12); /* a trailer */
		if (exchange_end(NULL)->cache != cases[i].state)
			fail_msg("%s: %d", cases[i].headers, exchange_report.cache);
	}
	exchange_close();
}

/* A provider behind a proxy that caches nothing says so of every answer. */
static void cached_tokens_are_a_hit(void **state)
{
	static const struct {
		const char *headers, *cached;
		enum cache_state state;
	} cases[] = {
		{SSE, "0", CACHE_MISS},
		{SSE, "12", CACHE_HIT},
		{SSE "X-Cache: MISS\n", "12", CACHE_HIT},
		{SSE "CF-Cache-Status: DYNAMIC\n", "12", CACHE_HIT},
		{SSE "X-Cache: HIT\n", "0", CACHE_HIT},
		{SSE "X-Cache: MISS\n", "null", CACHE_MISS},
		{SSE, "null", CACHE_UNKNOWN},
	};
	const struct answer_plan plan = chat();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char event[256];

		snprintf(event, sizeof event,
			 TOKEN("a") "data: {\"usage\":{\"prompt_tokens_details\":{\"cached_tokens\":%s}}}\n\n" DONE,
			 cases[i].cached);
		exchange_begin(&plan, 200, cases[i].headers);
		piece(event, 1);
		assert_int_equal(exchange_end(NULL)->cache, cases[i].state);
	}
	exchange_close();
}

static void the_mode_by_plan_type_and_status(void **state)
{
	static const struct {
		enum stream_mode mode;
		int status;
		const char *headers;
		bool streamed;
	} cases[] = {
		{STREAM_AUTO, 200, SSE, true},
		{STREAM_AUTO, 200, "content-type:TEXT/EVENT-STREAM\n", true},
		{STREAM_AUTO, 200, "Content-Type: application/x-ndjson\n", true},
		{STREAM_AUTO, 200, "Content-Type: application/jsonl ;x=y\n", true},
		{STREAM_AUTO, 200, "Content-Type: text/event-streams\n", false},
		{STREAM_AUTO, 200, "Content-Type: text/plain\n", false},
		{STREAM_AUTO, 200, "", false},
		{STREAM_AUTO, 101, "", true},
		{STREAM_AUTO, 500, SSE, false},
		{STREAM_SSE, 200, "Content-Type: text/plain\n", true},
		{STREAM_SSE, 404, SSE, false},
		{STREAM_NDJSON, 200, "", true},
		{STREAM_WS, 101, "", true},
		{STREAM_OFF, 200, SSE, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct answer_plan plan = {.stream = cases[i].mode};

		exchange_begin(&plan, cases[i].status, cases[i].headers);
		piece("{}", 1);
		if (exchange_end(NULL)->streamed != cases[i].streamed)
			fail_msg("case %zu", i);
		/* As well without a body. */
		exchange_begin(&plan, cases[i].status, cases[i].headers);
		assert_int_equal(exchange_end(NULL)->streamed, cases[i].streamed);
	}
	exchange_close();
}

static void websocket_messages_are_events(void **state)
{
	const struct answer_plan plan = {.api = api_by_name("generic"), .stream = STREAM_WS, .keep = true};
	const struct answer_report *r;

	(void)state;
	exchange_begin(&plan, 101, "");
	piece("{\"delta\":\"Hi\"}", 10);
	piece("plain words", 20);
	piece("{\"type\":\"status\"}", 25);
	piece("{\"done\":true,\"usage\":{\"completion_tokens\":9}}", 30);
	assert_true(ended);
	r = exchange_end(NULL);
	assert_int_equal(r->error, ERROR_NONE);
	assert_int_equal(r->events, 2);
	assert_int_equal(r->tokens_out, 9);
	assert_gaps(r, 1, 10);
	assert_text(r, "Hiplain words");
	exchange_close();
}

static void an_error_among_messages_ends_the_answer(void **state)
{
	const struct answer_plan plan = {.api = api_by_name("openai-chat"), .stream = STREAM_WS};
	const struct answer_report *r;

	(void)state;
	exchange_begin(&plan, 101, "");
	piece("{\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}", 10);
	assert_false(ended);
	piece("{\"error\":{\"message\":\"out of memory\"}}", 20);
	assert_true(ended);
	r = exchange_end(NULL);
	assert_int_equal(r->error, ERROR_STREAM_ERROR);
	assert_string_equal(r->message, "out of memory");
	assert_int_equal(r->events, 1);
	exchange_close();
}

static void a_place_may_be_the_users_own(void **state)
{
	const struct api own = {
		.name = "generic",
		.answer = {.text = {{.pointer = "/out/0/piece"}, {.pointer = "no pointer"}},
			   .end = {{.pointer = "/state", .when = "/state", .is = "over"}},
			   .tokens_out = {{.pointer = "/n~1tokens"}},
			   .end_required = true},
	};
	const struct answer_plan plan = {.api = &own, .keep = true}, other = chat();
	const struct answer_report *r;

	(void)state;
	for (int round = 0; round < 2; round++) {
		exchange_begin(&plan, 200, SSE);
		piece("data: {\"state\":\"on\",\"out\":[{\"piece\":\"yes\"}]}\n\n", 1);
		assert_false(ended);
		piece("data: {\"state\":\"over\",\"n/tokens\":3}\n\n", 2);
		assert_true(ended);
		r = exchange_end(NULL);
		assert_int_equal(r->error, ERROR_NONE);
		assert_int_equal(r->tokens_out, 3);
		assert_text(r, "yes");
		/* The same reader, another API. */
		exchange_begin(&other, 200, SSE);
		piece(TOKEN("x") DONE, 1);
		assert_text(exchange_end(NULL), "x");
	}
	exchange_close();
}

/* Nothing of an answer is left for the next one. */
static void an_answer_begins_anew(void **state)
{
	const struct answer_plan plan = chat();
	const struct answer_report *r;

	(void)state;
	exchange_begin(&plan, 200, SSE "X-Cache: HIT\n");
	piece(TOKEN("a") TOKEN("b") "data: {\"usage\":{\"prompt_tokens\":3},\"error\":\"bad\"}\n\nid: 3\ndata: {\"cho", 5);
	exchange_end(NULL);
	exchange_begin(&plan, 200, SSE);
	piece("\xef\xbb\xbf" TOKEN("c") DONE, 9);
	r = exchange_end(NULL);
	assert_int_equal(r->error, ERROR_NONE);
	assert_int_equal(r->events, 1);
	assert_int_equal(r->t1_us, 9);
	assert_int_equal(r->tokens_in, TOKENS_UNKNOWN);
	assert_int_equal(r->cache, CACHE_UNKNOWN);
	assert_int_equal(r->gap_bytes, 0);
	assert_int_equal(r->header_bytes, strlen(SSE));
	assert_text(r, "c");
	exchange_close();
}

static void what_nobody_asks_for_is_not_kept(void **state)
{
	struct answer_plan plan = chat();
	const struct answer_report *r;
	size_t sent = 0;

	(void)state;
	plan.keep = false;
	exchange_begin(&plan, 200, SSE);
	for (int i = 0; i < 100; i++, sent += strlen(TOKEN("a\\nb")))
		piece(TOKEN("a\\nb"), i);
	r = exchange_end(NULL);
	assert_int_equal(r->text_bytes, 0);
	assert_int_equal(r->text_total, 300);
	assert_int_equal(r->body_total, sent);
	/* Its beginning is there for failures and exemplars. */
	assert_true(r->header_bytes > 0 && r->header_bytes <= 1024);
	assert_true(r->body_bytes >= REC_EXCERPT_MAX && r->body_bytes <= 1024);
	assert_memory_equal(r->body, TOKEN("a\\nb"), strlen(TOKEN("a\\nb")));
	exchange_close();
}

static void what_is_kept_is_bounded(void **state)
{
	const struct answer_plan plan = chat();
	const struct answer_report *r;
	uint64_t sent = 0;
	int events = 0;

	(void)state;
	exchange_begin(&plan, 200, "");
	for (int i = 0; i < 3000; i++)
		answer_header(exchange, "X-Header: value", 15);
	answer_header(exchange, "Content-Type: text/event-stream", 31);
	for (; events < 40000; events++, sent += strlen(TOKEN("\\u20ac.")))
		piece(TOKEN("\\u20ac."), events);
	r = exchange_end(NULL);
	assert_int_equal(r->body_bytes, ANSWER_KEEP);
	assert_int_equal(r->body_total, sent);
	assert_int_equal(r->text_total, 4 * (uint64_t)events);
	assert_true(r->text_bytes <= ANSWER_KEEP && r->text_bytes > ANSWER_KEEP - 4);
	assert_memory_equal(r->text + r->text_bytes - 8, "\xe2\x82\xac.\xe2\x82\xac.", 8);
	assert_true(r->header_bytes <= ANSWER_HEADERS && r->header_bytes > ANSWER_HEADERS - 32);
	assert_int_equal(r->header_bytes % 16, 0);
	assert_int_equal(r->events, events);
	assert_false(r->gaps_cut);

	exchange_begin(&plan, 200, SSE);
	for (int i = 0; i < 60000; i++)
		piece(TOKEN("a"), i * 100 + (i % 2) * 50);
	r = exchange_end(NULL);
	assert_true(r->gaps_cut);
	assert_true(r->gap_bytes <= REC_GAPS_MAX && r->gap_bytes > REC_GAPS_MAX - 16);
	assert_int_equal(r->events, 60000);
	assert_int_equal(r->tn_us, 59999 * 100 + 50);
	exchange_close();
}

/* A body with its usage at the end, `padding` bytes before it. */
static const struct answer_report *big_body(size_t padding)
{
	const struct answer_plan plan = chat();
	char block[1000];

	memset(block, 'x', sizeof block);
	exchange_begin(&plan, 200, "Content-Type: application/json\n");
	piece("{\"choices\":[{\"message\":{\"content\":\"said\"}}],\"padding\":\"", 1);
	for (size_t left = padding; left; left -= left < sizeof block ? left : sizeof block)
		piece_of(block, left < sizeof block ? left : sizeof block, 2);
	piece("\",\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}", 3);
	return exchange_end(NULL);
}

static void big_bodies(void **state)
{
	const struct answer_report *r = big_body(200000);

	(void)state;
	assert_int_equal(r->error, ERROR_NONE);
	assert_int_equal(r->tokens_out, 2);
	assert_int_equal(r->body_bytes, ANSWER_KEEP);
	assert_true(r->body_total > 200000);
	assert_text(r, "said");
	r = big_body(ANSWER_EVENT);
	assert_int_equal(r->error, ERROR_NONE);
	assert_int_equal(r->tokens_out, TOKENS_UNKNOWN);
	assert_int_equal(r->body_bytes, ANSWER_KEEP);
	assert_true(r->body_total > ANSWER_EVENT);
	exchange_close();
}

static void an_event_too_long_is_an_error(void **state)
{
	const struct answer_plan plan = chat();
	const struct answer_report *r;
	char block[4096];

	(void)state;
	memset(block, 'x', sizeof block);
	exchange_begin(&plan, 200, SSE);
	piece(TOKEN("a") "data: {\"choices\":[{\"delta\":{\"content\":\"", 1);
	for (size_t sent = 0; sent < ANSWER_EVENT; sent += sizeof block)
		piece_of(block, sizeof block, 2);
	piece("\"}}]}\n\n" TOKEN("b") DONE, 3);
	r = exchange_end(NULL);
	assert_int_equal(r->error, ERROR_STREAM_ERROR);
	assert_string_equal(r->message, "an event longer than 1 MiB");
	assert_int_equal(r->events, 2);
	assert_text(r, "ab");
	exchange_close();
}

static void error_bodies(void **state)
{
	static const struct {
		int status;
		const char *body, *message;
	} cases[] = {
		{429, "{\"error\":{\"message\":\"rate limit reached\",\"code\":\"x\"}}",
		 "HTTP 429: rate limit reached"},
		{422, "{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"field required\"}]}",
		 "HTTP 422: field required"},
		{400, "{\"detail\":\"no such model\"}", "HTTP 400: no such model"},
		{400, "{\"object\":\"error\",\"message\":\"too\\nlong\",\"type\":\"x\"}", "HTTP 400: too long"},
		{500, "{\"error\":\"out of memory\"}", "HTTP 500: out of memory"},
		{500, "{\"error\":{\"type\":\"internal\"}}", "HTTP 500: internal"},
		{500, "{\"code\":3}", "the engine's own"},
		{502, "<html>", "the engine's own"},
		{503, "", "the engine's own"},
	};
	const struct answer_plan plain = {.stream = STREAM_AUTO}, api = chat();

	(void)state;
	for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
		const struct answer_report *r;
		size_t c = i / 2;
		const struct engine_result engine = {
			.status = (uint16_t)cases[c].status, .answered = true,
			.error = cases[c].status < 500 ? ERROR_HTTP_4XX : ERROR_HTTP_5XX,
			.code = cases[c].status, .message = "the engine's own",
		};

		exchange_begin(i % 2 ? &api : &plain, cases[c].status, "Content-Type: application/json\n");
		piece(cases[c].body, 1);
		r = exchange_end(&engine);
		assert_int_equal(r->error, engine.error);
		assert_string_equal(r->message, cases[c].message);
		assert_int_equal(r->body_bytes, strlen(cases[c].body));
	}
	exchange_close();
}

/* Without an answer there is nothing to read, whatever was planned. */
static void no_answer_at_all(void **state)
{
	static const enum stream_mode modes[] = {STREAM_AUTO, STREAM_SSE, STREAM_NDJSON, STREAM_WS, STREAM_OFF};
	const struct engine_result engine = {.error = ERROR_CONNECT, .message = "connection refused"};

	(void)state;
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
		const struct answer_plan plan = {.api = api_by_name("ollama-chat"), .stream = modes[i]};
		const struct answer_report *r;

		exchange_begin(&plan, 0, "");
		r = exchange_end(&engine);
		assert_int_equal(r->error, ERROR_CONNECT);
		assert_string_equal(r->message, "connection refused");
		assert_false(r->streamed);
		assert_int_equal(r->tokens_out, TOKENS_UNKNOWN);
	}
	exchange_close();
}

static void absurd_counts(void **state)
{
	const struct answer_plan plan = {.api = api_by_name("anthropic-messages")};
	const struct answer_report *r;

	(void)state;
	exchange_begin(&plan, 200, "Content-Type: application/json\n");
	piece("{\"usage\":{\"input_tokens\":4294967295,\"cache_read_input_tokens\":4294967296,"
	      "\"output_tokens\":-3}}", 1);
	r = exchange_end(NULL);
	assert_int_equal(r->tokens_in, TOKENS_UNKNOWN - 1);
	assert_int_equal(r->cached_tokens, TOKENS_UNKNOWN - 1);
	assert_int_equal(r->tokens_out, TOKENS_UNKNOWN);
	exchange_close();
}

/* Servers that do not count say 0. */
static void a_count_of_0_is_none(void **state)
{
	const struct answer_plan plan = chat();
	const struct answer_report *r;

	(void)state;
	exchange_begin(&plan, 200, SSE);
	piece(TOKEN("a") TOKEN("b"), 1);
	piece("data: {\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0}}\n\n" DONE, 2);
	r = exchange_end(NULL);
	assert_int_equal(r->error, ERROR_NONE);
	assert_int_equal(r->tokens_in, TOKENS_UNKNOWN);
	assert_int_equal(r->tokens_out, 2);
	assert_int_equal(r->token_source, TOKENS_FROM_EVENTS);

	exchange_begin(&plan, 200, "Content-Type: application/json\n");
	piece("{\"choices\":[{\"message\":{\"content\":\"a b\"}}],"
	      "\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0}}", 1);
	r = exchange_end(NULL);
	assert_int_equal(r->tokens_in, TOKENS_UNKNOWN);
	assert_int_equal(r->tokens_out, TOKENS_UNKNOWN);
	assert_int_equal(r->token_source, TOKENS_FROM_NOWHERE);

	/* Where nothing was said, it is one. */
	exchange_begin(&plan, 200, "Content-Type: application/json\n");
	piece("{\"choices\":[{\"message\":{\"content\":\"\"}}],\"usage\":{\"completion_tokens\":0}}", 1);
	r = exchange_end(NULL);
	assert_int_equal(r->tokens_out, 0);
	assert_int_equal(r->token_source, TOKENS_FROM_USAGE);
	exchange_close();
}

static void what_an_api_sends_is_json(void **state)
{
	static const struct {
		const char *api, *headers, *body;
		enum error_class error;
		const char *message;
	} cases[] = {
		{"openai-chat", SSE, TOKEN("a") "data: {\"choices\":[{\"del\n\n" TOKEN("c") DONE,
		 ERROR_STREAM_ERROR, "an event in the stream is not JSON"},
		{"ollama-chat", "Content-Type: application/x-ndjson\n",
		 "{\"message\":{\"content\":\"a\"}}\n{\"message\":\n{\"done\":true}\n",
		 ERROR_STREAM_ERROR, "an event in the stream is not JSON"},
		/* That it was cut says more. */
		{"openai-chat", SSE, TOKEN("a") "data: {\"choices\":[{\"del\n\n", ERROR_TRUNCATED,
		 "the stream ended without its end mark [DONE]"},
		{"openai-chat", SSE, "data: oops\n\n" DONE, ERROR_EMPTY,
		 "no token in the stream: its events are not JSON"},
		{"openai-chat", "Content-Type: text/html\n", "<html>Sign in</html>", ERROR_EMPTY,
		 "no token: the answer is not JSON"},
		{"ollama-chat", "Content-Type: application/json\n", "{\"message\":", ERROR_EMPTY,
		 "no token: the answer is not JSON"},
		{"openai-chat", "Content-Length: 0\n", "", ERROR_EMPTY,
		 "no token: the answer has no body"},
		{"generic", "Content-Type: text/plain\n", "words", ERROR_NONE, NULL},
		{NULL, "Content-Type: application/json\n", "{", ERROR_NONE, NULL},
		{NULL, SSE, "data: {\"delta\":\"a\"}\n\ndata: {\n\n", ERROR_NONE, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct answer_plan plan = {
			.api = cases[i].api ? api_by_name(cases[i].api) : NULL,
		};
		const struct answer_report *r;

		exchange_begin(&plan, 200, cases[i].headers);
		piece(cases[i].body, 1);
		r = exchange_end(NULL);
		if (r->error != cases[i].error)
			fail_msg("case %zu: class %d", i, (int)r->error);
		if (cases[i].message)
			assert_string_equal(r->message, cases[i].message);
	}
	exchange_close();
}

/* An answer in one piece is empty where it has no text, unless something stands for
 * it: a call of a tool, reasoning, tokens that were counted. */
static void an_answer_in_one_piece_may_be_empty(void **state)
{
#define NOTHING ERROR_EMPTY
#define SOMETHING ERROR_NONE
	static const struct {
		const char *api, *body;
		enum error_class error;
	} cases[] = {
		{"openai-chat", "null", NOTHING},
		{"openai-chat", "{}", NOTHING},
		{"openai-chat", "{\"choices\":[]}", NOTHING},
		{"openai-chat", "{\"choices\":[{\"message\":{\"content\":null,\"tool_calls\":[]}}]}", NOTHING},
		{"openai-chat", "{\"choices\":[{\"message\":{\"content\":\"\"}}],\"usage\":{\"completion_tokens\":0}}",
		 NOTHING},
		{"openai-chat", "{\"choices\":[{\"message\":{\"content\":\"a\"}}]}", SOMETHING},
		{"openai-chat", "{\"choices\":[{\"message\":{\"refusal\":\"no\"}}]}", SOMETHING},
		{"openai-chat", "{\"choices\":[{\"message\":{\"content\":\"\"}}],\"usage\":{\"completion_tokens\":3}}",
		 SOMETHING},
		{"openai-chat",
		 "{\"choices\":[{\"message\":{\"content\":null,\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\","
		 "\"function\":{\"name\":\"now\",\"arguments\":\"{}\"}}]}}]}",
		 SOMETHING},
		{"openai-chat", "{\"choices\":[{\"message\":{\"content\":\"\",\"reasoning_content\":\"hm\"}}]}",
		 SOMETHING},
		{"openai-completions", "{\"choices\":[{\"text\":\"\"}]}", NOTHING},
		{"openai-completions", "{\"choices\":[{\"text\":\"a\"}]}", SOMETHING},
		{"openai-responses", "{\"output\":[]}", NOTHING},
		{"openai-responses",
		 "{\"output\":[{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":\"\"}]}]}", NOTHING},
		{"openai-responses",
		 "{\"output\":[{\"type\":\"function_call\",\"call_id\":\"c1\",\"name\":\"now\",\"arguments\":\"{}\"}]}",
		 SOMETHING},
		{"openai-responses", "{\"output\":[{\"type\":\"web_search_call\",\"action\":{\"type\":\"search\"}}]}",
		 SOMETHING},
		{"anthropic-messages", "{\"content\":[]}", NOTHING},
		{"anthropic-messages", "{\"content\":[{\"type\":\"text\",\"text\":\"a\"}]}", SOMETHING},
		{"anthropic-messages",
		 "{\"content\":[{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"now\",\"input\":{}}]}", SOMETHING},
		{"anthropic-messages", "{\"content\":[{\"type\":\"thinking\",\"thinking\":\"hm\"}]}", SOMETHING},
		{"ollama-chat", "{\"message\":{\"content\":\"\"},\"done\":true}", NOTHING},
		{"ollama-chat", "{\"message\":{\"content\":\"\",\"tool_calls\":[{\"function\":{\"name\":\"now\"}}]}}",
		 SOMETHING},
		/* Simple backends say what they like. */
		{"generic", "{}", SOMETHING},
		{NULL, "{}", SOMETHING},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct answer_plan plan = {
			.api = cases[i].api ? api_by_name(cases[i].api) : NULL,
		};
		const struct answer_report *r;

		exchange_begin(&plan, 200, "Content-Type: application/json\n");
		piece(cases[i].body, 1);
		r = exchange_end(NULL);
		if (r->error != cases[i].error)
			fail_msg("%s %s: class %d", cases[i].api, cases[i].body, (int)r->error);
		if (r->error == ERROR_EMPTY)
			assert_string_equal(r->message, "no token: nothing where the API has its text");
	}
	exchange_close();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_answer_says_nothing),
		cmocka_unit_test(an_answer_in_one_piece_may_be_empty),
		cmocka_unit_test(times_tokens_and_reads),
		cmocka_unit_test(reasoning_comes_before_output),
		cmocka_unit_test(a_clock_that_stands_makes_gaps_of_0),
		cmocka_unit_test(the_end_outweighs_what_the_connection_does),
		cmocka_unit_test(an_error_in_the_stream_outweighs_a_timeout),
		cmocka_unit_test(long_messages_are_cut),
		cmocka_unit_test(what_caches_say),
		cmocka_unit_test(cached_tokens_are_a_hit),
		cmocka_unit_test(the_mode_by_plan_type_and_status),
		cmocka_unit_test(websocket_messages_are_events),
		cmocka_unit_test(an_error_among_messages_ends_the_answer),
		cmocka_unit_test(a_place_may_be_the_users_own),
		cmocka_unit_test(an_answer_begins_anew),
		cmocka_unit_test(what_nobody_asks_for_is_not_kept),
		cmocka_unit_test(what_is_kept_is_bounded),
		cmocka_unit_test(big_bodies),
		cmocka_unit_test(an_event_too_long_is_an_error),
		cmocka_unit_test(error_bodies),
		cmocka_unit_test(no_answer_at_all),
		cmocka_unit_test(absurd_counts),
		cmocka_unit_test(a_count_of_0_is_none),
		cmocka_unit_test(what_an_api_sends_is_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
