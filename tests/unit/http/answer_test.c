#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "answers.h"

static void a_plain_answer_costs_and_says_nothing(void **state)
{
	const struct answer_plan plan = {.stream = STREAM_AUTO};
	struct answer_report r;

	(void)state;
	exchange_begin(&plan, 200, "Content-Type: application/json\n");
	piece("{\"error\":\"not looked at\"}", 5);
	r = *exchange_end(NULL);
	assert_int_equal(r.error, ERROR_NONE);
	assert_null(r.message);
	assert_false(r.streamed);
	assert_int_equal(r.t1_us, -1);
	assert_int_equal(r.tokens_out, TOKENS_UNKNOWN);
	assert_int_equal(r.token_source, TOKENS_FROM_NOWHERE);
	assert_int_equal(r.events, 0);
	assert_int_equal(r.body_total, 25);
	exchange_close();
}

static void a_chat_stream(void **state)
{
	const struct answer_plan plan = {.api = api_by_name("openai-chat"), .keep = true};
	const struct answer_report *r;

	(void)state;
	exchange_begin(&plan, 200, "Content-Type: text/event-stream; charset=utf-8\n");
	piece(": ping\n\n", 1000);
	piece("data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n",
	      2000);
	piece("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}],\"usage\":null}\n\n"
	      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"lo\"}}]}\n\n",
	      3000);
	piece("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\" \\ud83d\\ude00\"}}]}\n\n", 5500);
	piece("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":5,"
	      "\"prompt_tokens_details\":{\"cached_tokens\":4}}}\n\n",
	      6000);
	assert_false(ended);
	piece("data: [DONE]\n\n", 7000);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_answer_costs_and_says_nothing),
		cmocka_unit_test(a_chat_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
