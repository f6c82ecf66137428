/* The rows against what they are made from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../run/records.h"
#include "report/csv.h"

static char *tasks[] = {(char *)"chat", (char *)"=cmd|' /C calc'!A0,\"x\"\r\ny", (char *)"\xef\xbc\x9d" "1"};
static const struct run_meta meta = {.run_id = 0xa1, .task_count = 3, .task_name = tasks};

struct sheet {
	FILE *out;
	struct csv *csv;
	char *text;
	size_t bytes;
};

static void open_sheet(struct sheet *s)
{
	s->out = open_memstream(&s->text, &s->bytes);
	s->csv = csv_new(s->out, &meta);
}

static void close_sheet(struct sheet *s)
{
	csv_free(s->csv);
	fclose(s->out);
}

/* The cell of a column in a row, counted from 1 below the header; free(). Written for
 * this test by RFC 4180's grammar, with the columns by their names. */
static char *cell(const char *text, int row, const char *name)
{
	int line = 0, column = 0, wanted = -1;
	char *out = NULL;
	size_t bytes;

	for (const char *p = text; *p && !out;) {
		char *value;
		FILE *f = open_memstream(&value, &bytes);

		if (*p == '"') {
			for (p++; *p != '"' || p[1] == '"'; p++) {
				assert_int_not_equal(*p, 0);
				p += *p == '"';
				fputc(*p, f);
			}
			p++;
		} else {
			while (*p != ',' && *p != '\r') {
				assert_null(strchr("\"\n", *p));
				fputc(*p++, f);
			}
		}
		fclose(f);
		if (!line && !strcmp(value, name))
			wanted = column;
		if (line == row && column == wanted && row)
			out = value;
		else
			free(value);
		if (*p == ',') {
			p++, column++;
		} else {
			assert_memory_equal(p, "\r\n", 2);
			p += 2, line++, column = 0;
		}
	}
	assert_int_not_equal(wanted, -1);
	return out;
}

#define assert_cell(sheet, row, name, wanted)                    \
	do {                                                     \
		char *value_ = cell((sheet)->text, row, name);   \
		assert_non_null(value_);                         \
		assert_string_equal(value_, wanted);             \
		free(value_);                                    \
	} while (0)

static void a_header_and_a_row_a_request(void **state)
{
	struct rec_point load = point_at(0, PHASE_LOAD, 4);
	struct rec_sample s = sample_at(1500 * MS, 200 * MS, 0);
	struct sheet sheet;

	(void)state;
	s.ts_us += 300;
	s.rec.worker = 1;
	s.user = 7;
	s.seq = 0xbeef;
	s.point = 3;
	open_sheet(&sheet);
	csv_feed(sheet.csv, &load.rec);
	csv_feed(sheet.csv, &s.rec);
	close_sheet(&sheet);
	assert_string_equal(sheet.text,
			    "request_id,phase,point,level,t0_us,queue_us,dns_us,connect_us,tls_us,ttfb_us,ttft_us,ttfo_us,"
			    "last_token_us,tpot_us,itl_max_us,service_us,latency_us,task,worker,user,turn,outcome,status,"
			    "error,code,message,tokens_in,tokens_out,token_source,cached_tokens,events,bytes_in,bytes_out,"
			    "quality,cache\r\n"
			    "000000a1-0000beef,load,3,4,1300000,300,,,,200000,,,,,,199700,200000,\"chat\",1,7,0,succeeded,"
			    "200,,,,,,,,,100,10,,\r\n");
	free(sheet.text);
}

static void all_that_a_stream_tells(void **state)
{
	static const int64_t gap[] = {10 * MS, 90 * MS, 20 * MS};
	struct sheet sheet;
	union any_sample x;

	(void)state;
	stream_at(&x, 1 * S, 1 * S + 50 * MS, gap, 3, 0);
	x.sample.to_us = 1 * S + 60 * MS;
	x.sample.tokens_in = 12;
	x.sample.tokens_out = 5;
	x.sample.token_source = TOKENS_FROM_USAGE;
	x.sample.cached_tokens = 0;
	x.sample.quality = 62.5F;
	x.sample.cache = CACHE_MISS;
	x.sample.turn = 2;
	x.sample.flags |= SAMPLE_NEW_CONNECTION | SAMPLE_TLS;
	x.sample.connect_us = 320;
	x.sample.tls_us = 4000;
	open_sheet(&sheet);
	csv_feed(sheet.csv, &x.sample.rec);
	close_sheet(&sheet);
	assert_cell(&sheet, 1, "ttft_us", "50000");
	assert_cell(&sheet, 1, "ttfo_us", "60000");
	assert_cell(&sheet, 1, "last_token_us", "170000");
	assert_cell(&sheet, 1, "tpot_us", "30000");
	assert_cell(&sheet, 1, "itl_max_us", "90000");
	assert_cell(&sheet, 1, "events", "4");
	assert_cell(&sheet, 1, "tokens_in", "12");
	assert_cell(&sheet, 1, "tokens_out", "5");
	assert_cell(&sheet, 1, "token_source", "usage");
	assert_cell(&sheet, 1, "cached_tokens", "0"); /* known to be none */
	assert_cell(&sheet, 1, "quality", "62.5");
	assert_cell(&sheet, 1, "cache", "miss");
	assert_cell(&sheet, 1, "turn", "2");
	assert_cell(&sheet, 1, "dns_us", "0");
	assert_cell(&sheet, 1, "connect_us", "320");
	assert_cell(&sheet, 1, "tls_us", "4000");
	free(sheet.text);
}

static void what_is_unknown_is_empty(void **state)
{
	struct sheet sheet;
	union any_sample x;

	(void)state;
	failure_at(&x, 2 * S, 1 * S, ERROR_CONNECT, 111, "Connection refused");
	x.sample.status = 0;
	x.sample.th_us = -1;
	x.sample.flags |= SAMPLE_NEW_CONNECTION;
	open_sheet(&sheet);
	csv_feed(sheet.csv, &x.sample.rec);
	close_sheet(&sheet);
	assert_cell(&sheet, 1, "status", "");
	assert_cell(&sheet, 1, "ttfb_us", "");
	assert_cell(&sheet, 1, "connect_us", ""); /* there was none */
	assert_cell(&sheet, 1, "outcome", "failed");
	assert_cell(&sheet, 1, "error", "connect");
	assert_cell(&sheet, 1, "code", "111");
	assert_cell(&sheet, 1, "message", "Connection refused");
	free(sheet.text);
}

static void phases_tell_what_the_summary_counts(void **state)
{
	static const struct {
		uint8_t phase;
		const char *name;
	} run[] = {{PHASE_WARMUP, "warmup"}, {PHASE_PAUSE, "warmup"}, {PHASE_LOAD, "load"},
		   {PHASE_PAUSE, "pause"},   {PHASE_DRAIN, "drain"}};
	struct sheet sheet;

	(void)state;
	open_sheet(&sheet);
	for (int i = 0; i < 5; i++) {
		struct rec_point p = point_at(i * S, run[i].phase, (uint32_t)i + 1);
		struct rec_sample s = sample_at(i * S + 500 * MS, 1 * MS, 0);

		csv_feed(sheet.csv, &p.rec);
		csv_feed(sheet.csv, &s.rec);
	}
	close_sheet(&sheet);
	for (int i = 0; i < 5; i++)
		assert_cell(&sheet, i + 1, "phase", run[i].name);
	assert_cell(&sheet, 3, "level", "3");
	free(sheet.text);
}

static void no_text_becomes_a_formula(void **state)
{
	static const char *const message[][2] = {
		{"=1+1", "'=1+1"}, {"+1", "'+1"}, {"-1", "'-1"}, {"@SUM(A1)", "'@SUM(A1)"},
		{"\t=1", "'\t=1"}, {"\r=1", "'\r=1"}, {"  =1", "'  =1"},
		{"\xef\xbc\x8b" "1", "'\xef\xbc\x8b" "1"},
		{"a=1", "a=1"}, {"<script>alert(1)</script>", "<script>alert(1)</script>"},
		{"say \"hi\", twice\nor not", "say \"hi\", twice\nor not"}, {"\xff\xfe", "\xff\xfe"},
	};
	enum { N = sizeof message / sizeof *message };
	struct sheet sheet;
	union any_sample x;

	(void)state;
	open_sheet(&sheet);
	for (int i = 0; i < N; i++) {
		failure_at(&x, i * S, 0, ERROR_RESET, 0, message[i][0]);
		x.sample.task = (uint16_t)(i % 4); /* the last is no task of the run */
		csv_feed(sheet.csv, &x.sample.rec);
	}
	close_sheet(&sheet);
	for (int i = 0; i < N; i++)
		assert_cell(&sheet, i + 1, "message", message[i][1]);
	assert_cell(&sheet, 1, "task", "chat");
	assert_cell(&sheet, 2, "task", "'=cmd|' /C calc'!A0,\"x\"\r\ny");
	assert_cell(&sheet, 3, "task", "'\xef\xbc\x9d" "1");
	assert_cell(&sheet, 4, "task", "");
	free(sheet.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_header_and_a_row_a_request),
		cmocka_unit_test(all_that_a_stream_tells),
		cmocka_unit_test(what_is_unknown_is_empty),
		cmocka_unit_test(phases_tell_what_the_summary_counts),
		cmocka_unit_test(no_text_becomes_a_formula),
	};

	return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
