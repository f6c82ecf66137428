/* The log, line by line, read back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "metrics/hdr_codec.h"
#include "../run/records.h"
#include "report/hlog.h"

static char *tasks[] = {(char *)"chat", (char *)"two words, and a comma"};

static void a_line_a_second_and_task(void **state)
{
	const struct run_meta meta = {.version = (char *)"1", .started_at = (char *)"2026-11-23T14:02:07.123Z",
				      .task_count = 2, .task_name = tasks};
	static const struct {
		int64_t te, us;
		uint16_t task;
	} samples[] = {{1500 * MS, 7 * MS, 0}, {2100 * MS, 20 * MS, 0}, {2200 * MS, 30 * MS, 1},
		       {2900 * MS, 40 * MS, 0}, {5000 * MS, 50 * MS, 0}};
	struct rec_point warm = point_at(0, PHASE_WARMUP, 1), load = point_at(2 * S, PHASE_LOAD, 1);
	struct hdr_pool *pool = hdr_pool_new();
	union any_sample failed;
	char *text, *line, blob[2000];
	uint8_t bytes[2000];
	struct hlog *log;
	struct hdr h;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	log = hlog_new(out, &meta);
	hlog_feed(log, &warm.rec);
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
		struct rec_sample s = sample_at(samples[i].te, samples[i].us, samples[i].task);

		if (i == 1)
			hlog_feed(log, &load.rec); /* what came before is no measurement */
		hlog_feed(log, &s.rec);
	}
	failure_at(&failed, 6 * S, 1 * MS, ERROR_RESET, 0, "x");
	hlog_feed(log, &failed.sample.rec);
	hlog_free(log);
	fclose(out);
	assert_non_null(strstr(text, "\n#[StartTime: 1795442527.123 (seconds since epoch), 2026-11-23T14:02:07.123Z]\n"));
	line = strstr(text, "Tag=");
	assert_int_equal(sscanf(line, "Tag=chat,2.000,1.000,40000.0,%1999[^\n]", blob), 1);
	size = (size_t)EVP_DecodeBlock(bytes, (unsigned char *)blob, (int)strlen(blob));
	hdr_init(&h, pool, 3);
	assert_int_equal(hdr_decode(bytes, size, &h), 0);
	assert_int_equal(h.count, 2);
	assert_in_range(h.max_us, 40000, 40050);
	line = strchr(line, '\n') + 1;
	assert_memory_equal(line, "Tag=two_words__and_a_comma,2.000,1.000,30000.0,", 47);
	line = strchr(line, '\n') + 1;
	assert_memory_equal(line, "Tag=chat,5.000,1.000,50000.0,", 29);
	assert_string_equal(strchr(line, '\n'), "\n");
	free(text);
	hdr_fini(&h);
	hdr_pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_a_second_and_task),
	};

	return cmocka_run_group_tests_name("hlog", tests, NULL, NULL);
}
