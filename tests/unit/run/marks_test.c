/* Marks in results: all of a few, the latest of many, whatever a run file says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/archive.h"
#include "eventful.h"
#include "../../../src/report/marks_out.h"

static void feed_mark(struct model *m, int64_t t_us, int64_t of_us, const char *note)
{
	union any_mark x;

	mark_at(&x, t_us, of_us, note);
	model_feed(m, &x.event.rec);
}

static char *text_of(const struct result *r)
{
	char *text;
	size_t bytes;
	struct text_out out = {.file = open_memstream(&text, &bytes), .columns = 80};

	marks_text(&out, r);
	fclose(out.file);
	return text;
}

static char *json_of(const struct result *r)
{
	cJSON *root = cJSON_CreateObject();
	char *text;

	marks_put(root, r);
	text = cJSON_PrintUnformatted(root);
	cJSON_Delete(root);
	return text;
}

static void by_time_with_their_notes(void **state)
{
	struct model *m = new_model(1);
	struct result r;
	char *text;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	model_result(m, &r);
	text = json_of(&r);
	assert_string_equal(text, "{\"marks\":[]}");
	free(text);
	text = text_of(&r);
	assert_string_equal(text, "");
	free(text);
	result_fini(&r);

	feed_mark(m, 9 * S, 8500 * MS, "");
	feed_mark(m, 10 * S, 2 * S, "de\x1b[2Jploy\n\"<b>");
	feed_event_at(m, 10 * S, EVENT_NOTE);
	model_result(m, &r);
	text = json_of(&r);
	assert_string_equal(text, "{\"marks\":[{\"t_s\":2.000000,\"name\":\"de [2Jploy \\\"<b>\"},{\"t_s\":8.500000,\"name\":null}]}");
	free(text);
	text = text_of(&r);
	assert_string_equal(text, "\nmarks      00:02  de [2Jploy \"<b>\n           00:08\n");
	free(text);
	result_fini(&r);
	model_free(m);
}

static void of_many_the_latest_and_how_many_more(void **state)
{
	struct model *m = new_model(1);
	struct rec reset = head_of(REC_RESET, sizeof reset, 0);
	struct result r;
	char *text, note[16];

	(void)state;
	for (int i = 0; i < COURSE_MARKS + 3; i++) {
		snprintf(note, sizeof note, "mark %d", i);
		feed_mark(m, 60 * S, i * 100 * MS, note);
	}
	feed_mark(m, 60 * S, INT64_MIN, "before all time");
	model_result(m, &r);
	assert_int_equal(r.mark_count, COURSE_MARKS);
	assert_int_equal(r.marks_left_out, 4);
	assert_string_equal(r.mark[0].note, "mark 3");
	assert_string_equal(r.mark[COURSE_MARKS - 1].note, "mark 130");
	text = json_of(&r);
	assert_non_null(strstr(text, "],\"marks_left_out\":4}"));
	free(text);
	text = text_of(&r);
	assert_non_null(strstr(text, "\nmarks      \xe2\x80\xa6 108 earlier\n           00:10  mark 107\n"));
	free(text);
	result_fini(&r);

	feed_mark(m, 60 * S, INT64_MAX, "after all time");
	model_result(m, &r);
	assert_int_equal(r.mark[COURSE_MARKS - 1].t_us, ARCHIVE_TIME_MAX);
	result_fini(&r);
	model_feed(m, &reset);
	model_result(m, &r);
	assert_int_equal(r.mark_count, 0);
	assert_int_equal(r.marks_left_out, 0);
	result_fini(&r);
	model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_time_with_their_notes),
		cmocka_unit_test(of_many_the_latest_and_how_many_more),
	};

	return cmocka_run_group_tests_name("marks", tests, NULL, NULL);
}
