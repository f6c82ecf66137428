/* The keys of the list of runs: one table that feeds the dispatcher, its help, its key
 * bar and the man page. Pure; main thread. */
#ifndef UI_RUNLIST_KEYS_H
#define UI_RUNLIST_KEYS_H

/* id, name in the key bar ("": not there), help */
#define RUNLIST_ACTIONS(X)                                                       \
	X(NONE, "", "")                                                          \
	X(UP, "", "move the cursor up")                                          \
	X(DOWN, "", "move the cursor down")                                      \
	X(PAGE_UP, "", "up by a page")                                           \
	X(PAGE_DOWN, "", "down by a page")                                       \
	X(FIRST, "", "to the newest run")                                        \
	X(LAST, "", "to the oldest run")                                         \
	X(OPEN, "open", "open the run; q and Esc come back")                     \
	X(PIN, "pin", "pin, unpin: pinned runs are never removed")               \
	X(RENAME, "name", "name the run; brunt report NAME finds it")            \
	X(EDIT_NOTE, "note", "write a note on the run")                          \
	X(DELETE, "delete", "delete the run; it asks, y confirms")               \
	X(FILTER, "filter", "show runs with this text only")                     \
	X(RELOAD, "", "look again which runs there are")                         \
	X(THEME_NEXT, "", "next theme")                                          \
	X(THEME_PREVIOUS, "", "previous theme")                                  \
	X(GLYPHS, "", "glyphs: braille, block, ascii")                           \
	X(HELP, "help", "this help")                                             \
	X(BACK, "", "close the help, show all runs; never quits")                \
	X(QUIT, "quit", "quit")                                                  \
	X(REPAINT, "", "repaint the screen")                                     \
	X(SUSPEND, "", "back to the shell")

enum runlist_action {
#define X(id, bar, help) RUNLIST_DO_##id,
	RUNLIST_ACTIONS(X)
#undef X
	RUNLIST_ACTION_COUNT
};

struct runlist_action_info {
	const char *bar, *help;
};
const struct runlist_action_info *runlist_action_info(enum runlist_action action);

struct runlist_key_row {
	int code;
	const char *name; /* as shown */
	enum runlist_action action;
};
/* In the order of the help; ends with action NONE. */
const struct runlist_key_row *runlist_key_table(void);
enum runlist_action runlist_action_of(int code);

#endif
