#include "ui/keys.h"

#include <assert.h>

#define CTRL(letter) ((letter) & 0x1f)

static const struct action_info actions[ACTION_COUNT] = {
#define X(id, where, bar, help) [ACTION_##id] = {(enum key_where)(where), bar, help},
	ACTIONS(X)
#undef X
};

static const struct key_row keys[] = {
	{'+', "+", ACTION_USERS_UP, LIVE},
	{'=', "=", ACTION_USERS_UP, LIVE},
	{'-', "-", ACTION_USERS_DOWN, LIVE},
	{'>', ">", ACTION_USERS_DOUBLE, LIVE},
	{'<', "<", ACTION_USERS_HALVE, LIVE},
	{'m', "m", ACTION_LOOP, LIVE},
	{']', "]", ACTION_STEP_UP, LIVE},
	{'[', "[", ACTION_STEP_DOWN, LIVE},
	{'o', "o", ACTION_SOLO, LIVE},
	{'u', "u", ACTION_MUTE, LIVE},
	{'}', "}", ACTION_HEAVIER, LIVE},
	{'{', "{", ACTION_LIGHTER, LIVE},
	{'s', "s", ACTION_SWEEP, LIVE},
	{'x', "x", ACTION_TRIAL, LIVE},
	{'P', "P", ACTION_PAUSE_LOAD, LIVE},
	{' ', "Space", ACTION_FREEZE, LIVE},
	{' ', "Space", ACTION_PLAY, REPLAY},
	{KEY_LEFT_, "Left", ACTION_SEEK_BACK, BOTH},
	{'h', "h", ACTION_SEEK_BACK, BOTH},
	{KEY_RIGHT_, "Right", ACTION_SEEK_ON, BOTH},
	{'l', "l", ACTION_SEEK_ON, BOTH},
	{KEY_HOME_, "Home", ACTION_SEEK_START, BOTH},
	{KEY_END_, "End", ACTION_SEEK_END, BOTH},
	{',', ",", ACTION_JUMP_BACK, BOTH},
	{'.', ".", ACTION_JUMP_ON, BOTH},
	{'w', "w", ACTION_MARK, BOTH},
	{'/', "/", ACTION_FILTER, BOTH},
	{'>', ">", ACTION_SPEED_UP, REPLAY},
	{'<', "<", ACTION_SPEED_DOWN, REPLAY},
	{KEY_UP_, "Up", ACTION_CURSOR_UP, BOTH},
	{'k', "k", ACTION_CURSOR_UP, BOTH},
	{KEY_DOWN_, "Down", ACTION_CURSOR_DOWN, BOTH},
	{'j', "j", ACTION_CURSOR_DOWN, BOTH},
	{'\r', "Enter", ACTION_OPEN, BOTH},
	{KEY_LEFT_, "Left", ACTION_CELL_BEFORE, HEATMAP},
	{'h', "h", ACTION_CELL_BEFORE, HEATMAP},
	{KEY_RIGHT_, "Right", ACTION_CELL_AFTER, HEATMAP},
	{'l', "l", ACTION_CELL_AFTER, HEATMAP},
	{KEY_HOME_, "Home", ACTION_CELL_FIRST, HEATMAP},
	{KEY_END_, "End", ACTION_CELL_LAST, HEATMAP},
	{'1', "1", ACTION_VIEW_1, BOTH},
	{'2', "2", ACTION_VIEW_2, BOTH},
	{'3', "3", ACTION_VIEW_3, BOTH},
	{'4', "4", ACTION_VIEW_4, BOTH},
	{'5', "5", ACTION_VIEW_5, BOTH},
	{'6', "6", ACTION_VIEW_6, BOTH},
	{'7', "7", ACTION_VIEW_7, BOTH},
	{'8', "8", ACTION_VIEW_8, BOTH},
	{'\t', "Tab", ACTION_FOCUS_NEXT, BOTH},
	{KEY_BACKTAB_, "S-Tab", ACTION_FOCUS_PREVIOUS, BOTH},
	{'z', "z", ACTION_ZOOM, BOTH},
	{'c', "c", ACTION_CLOCK, BOTH},
	{'b', "b", ACTION_BASELINE, BOTH},
	{'r', "r", ACTION_FRESH_WINDOW, LIVE},
	{'t', "t", ACTION_THEME_NEXT, BOTH},
	{'T', "T", ACTION_THEME_PREVIOUS, BOTH},
	{'g', "g", ACTION_GLYPHS, BOTH},
	{'S', "S", ACTION_SAVE, BOTH},
	{'?', "?", ACTION_HELP, BOTH},
	{KEY_F1_, "F1", ACTION_HELP, BOTH},
	{KEY_ESC_, "Esc", ACTION_BACK, BOTH},
	{'q', "q", ACTION_QUIT, BOTH},
	{CTRL('L'), "Ctrl-L", ACTION_REPAINT, BOTH},
	{CTRL('Z'), "Ctrl-Z", ACTION_SUSPEND, BOTH},
	{KEY_NONE_, "", ACTION_NONE, BOTH},
};

const struct action_info *action_info(enum action action)
{
	assert((unsigned)action < ACTION_COUNT);
	return &actions[action];
}

const struct key_row *key_table(void)
{
	return keys;
}

enum action key_action(int code, enum key_where where)
{
	for (const struct key_row *row = keys; row->action != ACTION_NONE; row++)
		if (row->code == code && (row->where & where))
			return row->action;
	return ACTION_NONE;
}

enum action key_action_elsewhere(int code, enum key_where where)
{
	return key_action(code, where == LIVE ? REPLAY : LIVE);
}

int key_of_sequence(int intro, int number, int final)
{
	static const struct {
		int final, number, key;
	} known[] = {
		{'A', 0, KEY_UP_}, {'B', 0, KEY_DOWN_}, {'C', 0, KEY_RIGHT_},
		{'D', 0, KEY_LEFT_}, {'H', 0, KEY_HOME_}, {'F', 0, KEY_END_},
		{'Z', 0, KEY_BACKTAB_}, {'~', 1, KEY_HOME_}, {'~', 7, KEY_HOME_},
		{'~', 4, KEY_END_}, {'~', 8, KEY_END_}, {'~', 5, KEY_PGUP_},
		{'~', 6, KEY_PGDN_}, {'~', 11, KEY_F1_},
	};

	if (intro == 'O' && number == 0 && final == 'P')
		return KEY_F1_;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].final == final && known[i].number == number)
			return known[i].key;
	return KEY_NONE_;
}
