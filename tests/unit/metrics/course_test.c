#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "metrics/course.h"

#define S INT64_C(1000000)

static struct course c;

static void point_at(int64_t t_us, double level)
{
	course_point(&c, &(struct course_point){.t_us = t_us, .level = level, .phase = PHASE_LOAD});
}

static void a_point_is_told_once(void **state)
{
	(void)state;
	course_init(&c);
	point_at(0, 1);
	point_at(5 * S, 2);
	point_at(0, 1);
	point_at(5 * S, 3); /* of two at one moment the later one counts */
	assert_int_equal(c.points, 2);
	assert_int_equal((int)c.point[1].level, 3);
}

static void of_too_many_points_the_shortest_go(void **state)
{
	(void)state;
	course_init(&c);
	/* Every third is there for a moment only. */
	for (int i = 0; i < 1200; i++)
		point_at(i / 3 * 30 * S + (i % 3) * (i % 3 == 2 ? 1 : 10) * S / 2, i);
	assert_int_equal(c.points, COURSE_POINTS);
	for (int i = 1; i < c.points; i++)
		assert_true(c.point[i].t_us > c.point[i - 1].t_us);
	assert_int_equal((int)c.point[c.points - 1].level, 1198);
	assert_true(c.point[1].t_us - c.point[0].t_us >= 5 * S);
}

static void marks_are_by_time_and_the_latest_stay(void **state)
{
	char note[16];

	(void)state;
	course_init(&c);
	course_mark(&c, 9 * S, "later");
	course_mark(&c, 3 * S, "\033[31mred\n");
	assert_int_equal(c.marks, 2);
	assert_int_equal(c.mark[0].t_us, 3 * S);
	assert_null(strpbrk(c.mark[0].note, "\033\n"));
	assert_string_equal(c.mark[1].note, "later");
	for (int i = 0; i < COURSE_MARKS; i++) {
		snprintf(note, sizeof note, "n%d", i);
		course_mark(&c, (10 + i) * S, note);
	}
	assert_int_equal(c.marks, COURSE_MARKS);
	assert_string_equal(c.mark[0].note, "n0");
	course_mark(&c, S, "too early");
	assert_string_equal(c.mark[0].note, "n0");
	course_mark(&c, 10 * S + 1, "between");
	assert_string_equal(c.mark[0].note, "between");
	assert_string_equal(c.mark[1].note, "n1");
}

static void a_long_note_is_cut_within_its_room(void **state)
{
	char note[3 * COURSE_NOTE];

	(void)state;
	course_init(&c);
	for (size_t i = 0; i + 3 < sizeof note; i += 3)
		memcpy(note + i, "€", 4);
	course_mark(&c, 0, note);
	assert_int_equal(strlen(c.mark[0].note) % 3, 0);
	assert_true(strlen(c.mark[0].note) > COURSE_NOTE - 4);
}

static void errors_keep_their_moment_and_sum(void **state)
{
	uint64_t sum = 0;

	(void)state;
	course_init(&c);
	course_bad(&c, 2 * S, 3);
	course_bad(&c, -5, 1);
	assert_int_equal(c.bad[0], 1);
	assert_int_equal(c.bad[4], 3);
	course_bad(&c, INT64_C(36000) * S, 7); /* ten hours */
	assert_int_equal(c.bad[36000 * S / c.column_us], 7);
	for (int i = 0; i < COURSE_COLUMNS; i++)
		sum += c.bad[i];
	assert_int_equal(sum, 11);
	course_bad(&c, 0, UINT32_MAX);
	assert_int_equal(c.bad[0], UINT32_MAX); /* it saturates */
}

static void a_heatmaps_columns_take_their_place(void **state)
{
	static const uint32_t bad[3] = {0, 5, 0};

	(void)state;
	course_init(&c);
	course_bad(&c, 60 * S, 1);
	course_set_bad(&c, 4 * S, bad, 3);
	for (int i = 0; i < COURSE_COLUMNS; i++)
		assert_int_equal(c.bad[i], i * c.column_us == 4 * S ? 5 : 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_point_is_told_once),
		cmocka_unit_test(of_too_many_points_the_shortest_go),
		cmocka_unit_test(marks_are_by_time_and_the_latest_stay),
		cmocka_unit_test(a_long_note_is_cut_within_its_room),
		cmocka_unit_test(errors_keep_their_moment_and_sum),
		cmocka_unit_test(a_heatmaps_columns_take_their_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
