/* Tokens, prefill and decoding: how many and how long. */
#include "../../../src/serve/pace.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "../../../src/serve/task.h"
#include "../../../src/serve/tokens.h"

static void text_is_cut_into_words_and_marks(void **state)
{
	static const struct {
		const char *text;
		const char *tokens[8];
	} cases[] = {
		{"I would measure.", {"I", " would", " measur", "e", "."}},
		{"{\"score\":71,", {"{\"", "score", "\":", "71", ","}},
		{"a  b ", {"a", "  ", "b", " "}},
		{" ", {" "}},
		{"\"]}}}}", {"\"]}", "}}}"}},
		{"caf\xc3\xa9s\xe2\x82\xac\xe2\x82\xac", {"caf\xc3\xa9s", "\xe2\x82\xac\xe2\x82\xac"}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *text = cases[i].text;
		size_t left = strlen(text);
		int n = 0;

		while (left > 0) {
			size_t bytes = serve_token_bytes(text, left);

			assert_non_null(cases[i].tokens[n]);
			assert_int_equal(bytes, strlen(cases[i].tokens[n]));
			assert_memory_equal(text, cases[i].tokens[n], bytes);
			text += bytes;
			left -= bytes;
			n++;
		}
		assert_null(cases[i].tokens[n]);
		assert_int_equal(serve_token_count(cases[i].text, strlen(cases[i].text)), n);
	}
}

static void prose_has_as_many_tokens_as_asked_for(void **state)
{
	double sum = 0;
	int free_ones = 0;

	(void)state;
	for (uint64_t n = 0; n < 2000; n++) {
		int max = n % 3 == 0 ? 0 : 1 + (int)(n % 80);
		int min = n % 5 == 0 ? 60 : 0;
		bool fill = n % 7 == 0, cut;
		struct buf out = {0};
		struct rng rng;
		int tokens;

		rng_seed(&rng, 5, n);
		buf_puts(&out, "before");
		tokens = serve_task_prose(&rng, min, max, fill, &out, &cut);
		assert_int_equal(tokens, serve_token_count(out.at + 6, out.used - 6));
		assert_null(memchr(out.at, 0, out.used));
		if (max > 0) {
			assert_in_range(tokens, 1, max);
			if (cut)
				assert_int_equal(tokens, max);
			if (fill)
				assert_true(cut);
		} else {
			assert_false(cut);
			assert_true(tokens >= min);
			if (!min) {
				sum += tokens;
				free_ones++;
			}
			/* Whole sentences. */
			assert_non_null(strchr(".?", out.at[out.used - 1]));
		}
		buf_fini(&out);
	}
	/* About 45, and half a sentence. */
	assert_in_range((int)(sum / free_ones), 45, 65);
}

#define DRAWS 100000

static void prefill_goes_by_the_prompt_and_decoding_by_the_answer(void **state)
{
	double prefill = 0, decode = 0;

	(void)state;
	for (uint64_t n = 0; n < DRAWS; n++) {
		struct serve_pace pace;
		struct rng rng;

		rng_seed(&rng, 11, n);
		pace = serve_pace_draw(&rng, 1000, 40);
		prefill += (double)pace.prefill_ns / 1e9;
		decode += (double)pace.decode_ns / 1e9;
	}
	/* Standard errors 0.0003 of each. */
	assert_float_equal((prefill / DRAWS), 0.5, 0.001);
	assert_float_equal((decode / DRAWS), 1.0, 0.002);

	struct serve_pace once, twice;
	struct rng rng, again;

	rng_seed(&rng, 1, 1);
	again = rng;
	once = serve_pace_draw(&rng, 300, 10);
	twice = serve_pace_draw(&again, 600, 20);
	assert_in_range(twice.prefill_ns, 2 * once.prefill_ns - 2, 2 * once.prefill_ns + 2);
	assert_in_range(twice.decode_ns, 2 * once.decode_ns - 2, 2 * once.decode_ns + 2);
}

static void a_whole_time_is_split_by_the_prompt(void **state)
{
	struct serve_pace pace;

	(void)state;
	pace = serve_pace_split(NS_PER_S, 100);
	assert_int_equal(pace.prefill_ns, 50 * NS_PER_MS);
	assert_int_equal(pace.decode_ns, 950 * NS_PER_MS);
	pace = serve_pace_split(NS_PER_S, 200);
	assert_int_equal(pace.prefill_ns, 100 * NS_PER_MS);
	/* A long prompt does not make the task longer. */
	pace = serve_pace_split(NS_PER_S, UINT64_MAX / 2);
	assert_int_equal(pace.prefill_ns, 500 * NS_PER_MS);
	assert_int_equal(pace.decode_ns, 500 * NS_PER_MS);
}

static void steps_add_up_to_the_whole(void **state)
{
	double sum = 0, square = 0;
	int count = 0;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 2, 2);
	for (int run = 0; run < 2000; run++) {
		int tokens = 1 + run % 50;
		int64_t left_ns = tokens * 1000000, total_ns = 0;

		for (int i = 0; i < tokens; i++) {
			int64_t step_ns = serve_pace_step(&rng, left_ns, tokens - i);

			assert_true(step_ns >= 0 && step_ns <= left_ns);
			left_ns -= step_ns;
			total_ns += step_ns;
			if (tokens > 20) {
				sum += (double)step_ns;
				square += (double)step_ns * (double)step_ns;
				count++;
			}
		}
		assert_int_equal(left_ns, 0);
		assert_int_equal(total_ns, tokens * 1000000);
	}
	/* Neither in lockstep nor wild: a spread of about 15 %. */
	sum /= count;
	assert_float_equal((sqrt(square / count - sum * sum) / sum), 0.16, 0.02);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_cut_into_words_and_marks),
		cmocka_unit_test(prose_has_as_many_tokens_as_asked_for),
		cmocka_unit_test(prefill_goes_by_the_prompt_and_decoding_by_the_answer),
		cmocka_unit_test(a_whole_time_is_split_by_the_prompt),
		cmocka_unit_test(steps_add_up_to_the_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
