/* One exchange's answer, put together by hand: times are microseconds after its
 * start. */
#ifndef TESTS_HTTP_ANSWERS_H
#define TESTS_HTTP_ANSWERS_H

#include <string.h>

#include "http/answer.h"
#include "metrics/gaps.h"

#define EXCHANGE_START 1234567890123456

static struct answer *exchange;
static bool ended;
static int exchange_status;
static struct answer_report exchange_report;

/* Headers: lines that end in \n. */
static void exchange_begin(const struct answer_plan *plan, int status, const char *headers)
{
	if (!exchange)
		exchange = answer_new();
	ended = false;
	exchange_status = status;
	answer_begin(exchange, plan, EXCHANGE_START);
	for (const char *end; *headers; headers = end + 1) {
		end = strchr(headers, '\n');
		answer_header(exchange, headers, (size_t)(end - headers));
	}
	answer_status(exchange, status);
}

static inline void piece_of(const char *bytes, size_t length, int64_t us)
{
	/* Where it is, nothing is behind it: reads past its end are found. */
	char *alone = malloc(length ? length : 1);

	memcpy(alone, bytes, length);
	ended = answer_data(exchange, alone, length, EXCHANGE_START + us * 1000 + 999);
	free(alone);
}

static inline void piece(const char *text, int64_t us)
{
	piece_of(text, strlen(text), us);
}

/* NULL: the engine has nothing to complain of. */
static const struct answer_report *exchange_end(const struct engine_result *engine)
{
	struct engine_result r = {.status = (uint16_t)exchange_status, .answered = true,
				  .te_ns = EXCHANGE_START + 9999999};

	answer_end(exchange, engine ? engine : &r, &exchange_report);
	return &exchange_report;
}

static void exchange_close(void)
{
	answer_free(exchange);
	exchange = NULL;
}

static inline void assert_text(const struct answer_report *r, const char *text)
{
	assert_int_equal(r->text_bytes, strlen(text));
	assert_memory_equal(r->text, text, strlen(text));
}

/* `count` gaps, each an int. */
static inline void assert_gaps(const struct answer_report *r, int count, ...)
{
	struct gaps_reader reader;
	int64_t us;
	va_list ap;

	va_start(ap, count);
	gaps_read(&reader, r->gaps, r->gap_bytes);
	for (int i = 0; i < count; i++) {
		assert_true(gaps_next(&reader, &us));
		assert_int_equal(us, va_arg(ap, int));
	}
	assert_false(gaps_next(&reader, &us));
	va_end(ap);
}

#endif
