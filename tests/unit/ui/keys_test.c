#include "ui/keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void each_code_has_one_meaning_per_kind_of_run(void **state)
{
	(void)state;
	for (const struct key_row *a = key_table(); a->action != ACTION_NONE; a++)
		for (const struct key_row *b = a + 1; b->action != ACTION_NONE; b++)
			if (a->code == b->code)
				assert_int_equal(a->where & b->where, 0);
}

static void every_action_has_a_key_where_it_works(void **state)
{
	(void)state;
	for (int action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
		unsigned where = 0;

		for (const struct key_row *row = key_table(); row->action != ACTION_NONE; row++)
			if ((int)row->action == action)
				where |= row->where;
		assert_int_equal(where, action_info((enum action)action)->where);
		assert_true(strlen(action_info((enum action)action)->help) > 0);
	}
}

static void rows_work_where_their_action_does(void **state)
{
	(void)state;
	for (const struct key_row *row = key_table(); row->action != ACTION_NONE; row++) {
		assert_int_equal(row->where & ~(unsigned)action_info(row->action)->where, 0);
		for (unsigned where = LIVE; where <= REPLAY; where++)
			if (row->where & where)
				assert_int_equal(key_action(row->code, where), row->action);
	}
}

/* The help screen has 6 columns for a key and 48 for its help; a name in the
 * key bar is a word or two. */
static void names_and_texts_fit(void **state)
{
	(void)state;
	for (const struct key_row *row = key_table(); row->action != ACTION_NONE; row++) {
		assert_in_range(strlen(row->name), 1, 6);
		assert_in_range(strlen(action_info(row->action)->help), 1, 48);
		assert_in_range(strlen(action_info(row->action)->bar), 0, 12);
	}
}

static void printable_keys_are_named_after_themselves(void **state)
{
	(void)state;
	for (const struct key_row *row = key_table(); row->action != ACTION_NONE; row++) {
		if (row->code <= ' ' || row->code >= 0x7f)
			continue;
		assert_int_equal(strlen(row->name), 1);
		assert_int_equal(row->name[0], row->code);
	}
	assert_true(KEY_UP_ > 0x10ffff); /* never a character */
}

static void the_contract_of_live_keys(void **state)
{
	static const struct {
		int code;
		enum action action;
	} want[] = {
		{'+', ACTION_USERS_UP}, {'=', ACTION_USERS_UP},
		{'-', ACTION_USERS_DOWN}, {'>', ACTION_USERS_DOUBLE},
		{'<', ACTION_USERS_HALVE}, {']', ACTION_STEP_UP},
		{'[', ACTION_STEP_DOWN}, {'P', ACTION_PAUSE_LOAD},
		{' ', ACTION_FREEZE}, {'z', ACTION_ZOOM},
		{'r', ACTION_FRESH_WINDOW}, {'q', ACTION_QUIT},
		{27, ACTION_BACK}, {12, ACTION_REPAINT}, {26, ACTION_SUSPEND},
		{9, ACTION_FOCUS_NEXT}, {'1', ACTION_VIEW_1},
		{'?', ACTION_HELP}, {KEY_F1_, ACTION_HELP},
		{'p', ACTION_NONE}, {0, ACTION_NONE}, {'y', ACTION_NONE},
		{KEY_LEFT_, ACTION_SEEK_BACK}, {KEY_END_, ACTION_SEEK_END}, {KEY_RESIZE_, ACTION_NONE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof want / sizeof *want; i++)
		assert_int_equal(key_action(want[i].code, LIVE), want[i].action);
}

static void the_contract_of_replay_keys(void **state)
{
	(void)state;
	assert_int_equal(key_action(' ', REPLAY), ACTION_PLAY);
	assert_int_equal(key_action(KEY_LEFT_, REPLAY), ACTION_SEEK_BACK);
	assert_int_equal(key_action(KEY_RIGHT_, REPLAY), ACTION_SEEK_ON);
	assert_int_equal(key_action(KEY_HOME_, REPLAY), ACTION_SEEK_START);
	assert_int_equal(key_action(KEY_END_, REPLAY), ACTION_SEEK_END);
	assert_int_equal(key_action('>', REPLAY), ACTION_SPEED_UP);
	assert_int_equal(key_action('<', REPLAY), ACTION_SPEED_DOWN);
	assert_int_equal(key_action('q', REPLAY), ACTION_QUIT);
	assert_int_equal(key_action('+', REPLAY), ACTION_NONE);
	assert_int_equal(key_action('P', REPLAY), ACTION_NONE);
}

static void the_heatmap_takes_what_moves_in_time(void **state)
{
	(void)state;
	assert_int_equal(key_action(KEY_LEFT_, HEATMAP), ACTION_CELL_BEFORE);
	assert_int_equal(key_action('l', HEATMAP), ACTION_CELL_AFTER);
	assert_int_equal(key_action(KEY_HOME_, HEATMAP), ACTION_CELL_FIRST);
	assert_int_equal(key_action(KEY_END_, HEATMAP), ACTION_CELL_LAST);
	assert_int_equal(key_action('q', HEATMAP), ACTION_NONE);
}

static void a_key_of_the_other_kind_of_run_is_known(void **state)
{
	(void)state;
	assert_int_equal(key_action_elsewhere('+', REPLAY), ACTION_USERS_UP);
	assert_int_equal(key_action_elsewhere(KEY_LEFT_, LIVE), ACTION_SEEK_BACK);
	assert_int_equal(key_action_elsewhere('p', REPLAY), ACTION_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_code_has_one_meaning_per_kind_of_run),
		cmocka_unit_test(every_action_has_a_key_where_it_works),
		cmocka_unit_test(rows_work_where_their_action_does),
		cmocka_unit_test(names_and_texts_fit),
		cmocka_unit_test(printable_keys_are_named_after_themselves),
		cmocka_unit_test(the_contract_of_live_keys),
		cmocka_unit_test(the_contract_of_replay_keys),
		cmocka_unit_test(the_heatmap_takes_what_moves_in_time),
		cmocka_unit_test(a_key_of_the_other_kind_of_run_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
