#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "metrics/record.h"

/* Names are a contract with the JSON and the run file. */
static void classes_by_name_and_back(void **state)
{
	static const char *const names[] = {
		"none", "dns", "connect", "tls", "timeout", "reset", "protocol",
		"truncated", "http_4xx", "http_5xx", "stream_error", "empty",
		"check", "aborted",
	};

	(void)state;
	assert_int_equal(ERROR_CLASS_COUNT, sizeof names / sizeof *names);
	for (int c = 0; c < ERROR_CLASS_COUNT; c++) {
		assert_string_equal(error_class_name((enum error_class)c), names[c]);
		assert_int_equal(error_class_by_name(names[c]), c);
		assert_true(*error_class_help((enum error_class)c));
	}
}

static void unknown_classes(void **state)
{
	(void)state;
	assert_string_equal(error_class_name(ERROR_CLASS_COUNT), "unknown");
	assert_string_equal(error_class_name((enum error_class)255), "unknown");
	assert_string_equal(error_class_help(ERROR_CLASS_COUNT), "");
	assert_int_equal(error_class_by_name(""), -1);
	assert_int_equal(error_class_by_name("DNS"), -1);
	assert_int_equal(error_class_by_name("http_"), -1);
	assert_int_equal(error_class_by_name("http_4xx "), -1);
}

static void lengths_are_multiples_that_fit(void **state)
{
	(void)state;
	for (uint64_t head = 16; head < 200; head += 8)
		for (uint64_t text = 0; text <= REC_TEXT_MAX; text++) {
			uint32_t bytes = rec_bytes(head, text);

			assert_int_equal(bytes % REC_ALIGN, 0);
			assert_true(bytes >= head + text);
			assert_true(bytes < head + text + REC_ALIGN);
		}
}

/* Text starts right behind the fixed part, and all records can lie one behind
 * the other. */
static void layout(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct rec), 16);
	assert_int_equal(sizeof(struct rec_sample) % REC_ALIGN, 0);
	assert_int_equal(offsetof(struct rec_sample, text), sizeof(struct rec_sample));
	assert_int_equal(sizeof(struct rec_event) % REC_ALIGN, 0);
	assert_int_equal(offsetof(struct rec_event, text), sizeof(struct rec_event));
	assert_int_equal(sizeof(struct rec_drops) % REC_ALIGN, 0);
	assert_int_equal(sizeof(struct rec_gauge) % REC_ALIGN, 0);
	assert_int_equal(sizeof(struct rec_point) % REC_ALIGN, 0);
	assert_int_equal(sizeof(struct rec_quiet) % REC_ALIGN, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes_by_name_and_back),
		cmocka_unit_test(unknown_classes),
		cmocka_unit_test(lengths_are_multiples_that_fit),
		cmocka_unit_test(layout),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
