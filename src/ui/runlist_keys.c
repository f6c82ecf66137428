#include "ui/runlist_keys.h"

#include <assert.h>

#include "ui/keys.h"

#define CTRL(letter) ((letter) & 0x1f)

static const struct runlist_action_info actions[RUNLIST_ACTION_COUNT] = {
#define X(id, bar, help) [RUNLIST_DO_##id] = {bar, help},
	RUNLIST_ACTIONS(X)
#undef X
};

static const struct runlist_key_row keys[] = {
	{'\r', "Enter", RUNLIST_DO_OPEN},
	{KEY_UP_, "Up", RUNLIST_DO_UP},
	{'k', "k", RUNLIST_DO_UP},
	{KEY_DOWN_, "Down", RUNLIST_DO_DOWN},
	{'j', "j", RUNLIST_DO_DOWN},
	{KEY_PGUP_, "PgUp", RUNLIST_DO_PAGE_UP},
	{KEY_PGDN_, "PgDn", RUNLIST_DO_PAGE_DOWN},
	{KEY_HOME_, "Home", RUNLIST_DO_FIRST},
	{KEY_END_, "End", RUNLIST_DO_LAST},
	{'p', "p", RUNLIST_DO_PIN},
	{'n', "n", RUNLIST_DO_RENAME},
	{'e', "e", RUNLIST_DO_EDIT_NOTE},
	{'N', "N", RUNLIST_DO_EDIT_NOTE},
	{'d', "d", RUNLIST_DO_DELETE},
	{'/', "/", RUNLIST_DO_FILTER},
	{'r', "r", RUNLIST_DO_RELOAD},
	{'t', "t", RUNLIST_DO_THEME_NEXT},
	{'T', "T", RUNLIST_DO_THEME_PREVIOUS},
	{'g', "g", RUNLIST_DO_GLYPHS},
	{'?', "?", RUNLIST_DO_HELP},
	{KEY_F1_, "F1", RUNLIST_DO_HELP},
	{KEY_ESC_, "Esc", RUNLIST_DO_BACK},
	{'q', "q", RUNLIST_DO_QUIT},
	{CTRL('L'), "Ctrl-L", RUNLIST_DO_REPAINT},
	{CTRL('Z'), "Ctrl-Z", RUNLIST_DO_SUSPEND},
	{KEY_NONE_, "", RUNLIST_DO_NONE},
};

const struct runlist_action_info *runlist_action_info(enum runlist_action action)
{
	assert((unsigned)action < RUNLIST_ACTION_COUNT);
	return &actions[action];
}

const struct runlist_key_row *runlist_key_table(void)
{
	return keys;
}

enum runlist_action runlist_action_of(int code)
{
	for (const struct runlist_key_row *row = keys; row->action != RUNLIST_DO_NONE; row++)
		if (row->code == code)
			return row->action;
	return RUNLIST_DO_NONE;
}
