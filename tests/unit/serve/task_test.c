#include "../../../src/serve/task.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cJSON.h>
#include <cmocka.h>

#include "base/mem.h"

#define DRAWS 300000

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Request number n draws for task n % tasks, as the server would. */
static void draw(const struct serve_task *task, double *out_s)
{
	for (uint64_t n = 0; n < DRAWS; n++) {
		struct rng rng;

		serve_task_rng(&rng, 42, n);
		out_s[n] = (double)serve_task_service_ns(
				   task ? task : &serve_tasks[n % SERVE_TASKS], &rng) / 1e9;
	}
	qsort(out_s, DRAWS, sizeof *out_s, ascending);
}

static double mean(const double *values)
{
	double sum = 0;

	for (int i = 0; i < DRAWS; i++)
		sum += values[i];
	return sum / DRAWS;
}

/* Standard errors at 300,000 draws: mean 0.0007, p95 0.0015 s. */
static void an_even_mixture_has_the_times_of_the_baseline(void **state)
{
	double *times_s = xmalloc(DRAWS * sizeof *times_s);

	(void)state;
	draw(NULL, times_s);
	assert_float_equal(mean(times_s), 1.40, 0.004);
	assert_float_equal(times_s[DRAWS / 100 * 95 - 1], 2.09, 0.01);
	assert_true(times_s[0] > 0.2 && times_s[DRAWS - 1] < 6);
	free(times_s);
}

static void each_task_has_its_mean_and_spread(void **state)
{
	static const double means_s[] = {1.7, 1.1, 1.4};
	/* exp(mu), and exp(mu + 1.6449 sigma) */
	static const double medians_s[] = {1.6696, 1.0662, 1.3665};
	static const double p95_s[] = {2.2821, 1.6085, 1.9624};
	double *times_s = xmalloc(DRAWS * sizeof *times_s);

	(void)state;
	for (int i = 0; i < SERVE_TASKS; i++) {
		draw(&serve_tasks[i], times_s);
		assert_float_equal(mean(times_s), means_s[i], 0.004);
		assert_float_equal(times_s[DRAWS / 2 - 1], medians_s[i], 0.004);
		assert_float_equal(times_s[DRAWS / 100 * 95 - 1], p95_s[i], 0.008);
	}
	free(times_s);
}

static size_t answer(enum serve_task_id id, uint64_t seed, uint64_t number,
		     char out[SERVE_ANSWER_BYTES])
{
	struct rng rng;

	serve_task_rng(&rng, seed, number);
	serve_task_service_ns(&serve_tasks[id], &rng);
	return serve_task_answer(&serve_tasks[id], &rng, 3, out);
}

static void the_same_seed_and_number_say_the_same(void **state)
{
	char a[SERVE_ANSWER_BYTES], b[SERVE_ANSWER_BYTES];

	(void)state;
	for (int id = 0; id < SERVE_TASKS; id++) {
		int other_number = 0, other_seed = 0;

		for (uint64_t n = 0; n < 50; n++) {
			answer(id, 1, n, a);
			answer(id, 1, n, b);
			assert_string_equal(a, b);
			answer(id, 1, n + 1, b);
			other_number += strcmp(a, b) != 0;
			answer(id, 2, n, b);
			other_seed += strcmp(a, b) != 0;
		}
		assert_true(other_number > 25 && other_seed > 25);
	}
}

static const char *text(const cJSON *object, const char *key)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);

	assert_true(cJSON_IsString(value));
	assert_true(strlen(value->valuestring) > 20);
	return value->valuestring;
}

static void two_different_texts(const cJSON *object, const char *key)
{
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(object, key);

	assert_int_equal(cJSON_GetArraySize(list), 2);
	assert_string_not_equal(cJSON_GetArrayItem(list, 0)->valuestring,
				cJSON_GetArrayItem(list, 1)->valuestring);
}

static double number(const cJSON *object, const char *key)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);

	assert_true(cJSON_IsNumber(value));
	return value->valuedouble;
}

static void answers_are_json_of_a_few_hundred_bytes(void **state)
{
	char out[SERVE_ANSWER_BYTES];

	(void)state;
	for (uint64_t n = 0; n < 2000; n++) {
		for (int id = 0; id < SERVE_TASKS; id++) {
			size_t bytes = answer(id, 9, n, out);
			const char *end = NULL;
			cJSON *json = cJSON_ParseWithOpts(out, &end, true);

			assert_int_equal(bytes, strlen(out));
			assert_in_range(bytes, 100, 700);
			assert_non_null(json);
			if (id == SERVE_TASK_RESUME) {
				assert_in_range((int)number(json, "score"), 0, 100);
				two_different_texts(json, "strengths");
				two_different_texts(json, "improvements");
				text(json, "summary");
			} else if (id == SERVE_TASK_INTERVIEW) {
				text(json, "answer");
				text(json, "feedback");
				assert_in_range((int)number(json, "rating"), 1, 5);
			} else {
				text(json, "reply");
				assert_int_equal((int)number(json, "turn"), 3);
			}
			cJSON_Delete(json);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_even_mixture_has_the_times_of_the_baseline),
		cmocka_unit_test(each_task_has_its_mean_and_spread),
		cmocka_unit_test(the_same_seed_and_number_say_the_same),
		cmocka_unit_test(answers_are_json_of_a_few_hundred_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
