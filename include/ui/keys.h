/* Keys and what they do: one table that feeds the dispatcher, the help screen,
 * the key bar and the man page. Pure; main thread. */
#ifndef UI_KEYS_H
#define UI_KEYS_H

#include <stddef.h>

/* Codes of keys beyond Unicode; the terminal maps its own to these. */
enum key {
	KEY_NONE_ = 0,
	KEY_ESC_ = 27,
	KEY_UP_ = 0x110000,
	KEY_DOWN_,
	KEY_LEFT_,
	KEY_RIGHT_,
	KEY_HOME_,
	KEY_END_,
	KEY_PGUP_,
	KEY_PGDN_,
	KEY_BACKTAB_,
	KEY_F1_,
	KEY_RESIZE_,
	KEY_MOUSE_, /* not a key either: struct mouse says what it did */
};

/* id, where it works, name in the key bar ("" : not there), help */
#define ACTIONS(X)                                                              \
	X(NONE, 0, "", "")                                                      \
	X(USERS_UP, LIVE, "load", "more users (open loop: rate), by one step") \
	X(USERS_DOWN, LIVE, "load", "fewer users (rate), by one step")         \
	X(USERS_DOUBLE, LIVE, "double halve", "double the users (rate)")              \
	X(USERS_HALVE, LIVE, "double halve", "halve the users (rate)")                 \
	X(LOOP, LIVE, "loop", "open, closed loop, without a bump")              \
	X(STEP_UP, LIVE, "", "larger step: 1, 5, 10, 50, 100")                  \
	X(STEP_DOWN, LIVE, "", "smaller step")                                  \
	X(SOLO, LIVE, "", "the task under the cursor alone, and back")         \
	X(MUTE, LIVE, "", "mute the task under the cursor, and back")          \
	X(HEAVIER, LIVE, "", "twice the weight for the task under the cursor") \
	X(LIGHTER, LIVE, "", "half of it")                                     \
	X(SWEEP, LIVE, "sweep", "start, stop a sweep; or give the load back to it") \
	X(TRIAL, LIVE, "try", "a micro-experiment: what a response is made of") \
	X(PAUSE_LOAD, LIVE, "pause load", "pause, resume the load")             \
	X(FREEZE, LIVE, "freeze", "stop, resume the picture, in the past too") \
	X(PLAY, REPLAY, "play", "play, pause")                                  \
	X(SEEK_BACK, BOTH, "time", "back by 5 s; live too, the load goes on")   \
	X(SEEK_ON, BOTH, "time", "on by 5 s")                                   \
	X(SEEK_START, BOTH, "", "to the start")                                 \
	X(SEEK_END, BOTH, "", "to the end; live: back to now")                  \
	X(JUMP_BACK, BOTH, "", "to the mark, load change or errors before")   \
	X(JUMP_ON, BOTH, "", "to the mark, load change or errors after")      \
	X(MARK, BOTH, "mark", "mark this moment, with a note")                  \
	X(FILTER, BOTH, "filter", "filter: a task, ok, failed, an error class")  \
	X(SPEED_UP, REPLAY, "faster", "play twice as fast")                     \
	X(SPEED_DOWN, REPLAY, "slower", "play half as fast")                    \
	X(CURSOR_UP, BOTH, "", "move the cursor up")                            \
	X(CURSOR_DOWN, BOTH, "", "move the cursor down")                        \
	X(OPEN, BOTH, "open", "the requests behind what is under the cursor")   \
	X(CELL_BEFORE, HEATMAP, "", "heatmap, histogram: the cell before")      \
	X(CELL_AFTER, HEATMAP, "", "heatmap, histogram: the cell after")        \
	X(CELL_FIRST, HEATMAP, "", "heatmap: to its first column")              \
	X(CELL_LAST, HEATMAP, "", "heatmap: to its last column, which goes on") \
	X(VIEW_1, BOTH, "", "Overview")                                         \
	X(VIEW_2, BOTH, "", "Latency")                                          \
	X(VIEW_3, BOTH, "", "Tasks")                                            \
	X(VIEW_4, BOTH, "", "Phases")                                           \
	X(VIEW_5, BOTH, "", "Stream")                                           \
	X(VIEW_6, BOTH, "", "Scaling")                                          \
	X(VIEW_7, BOTH, "", "Errors")                                           \
	X(VIEW_8, BOTH, "", "Cache")                                            \
	X(FOCUS_NEXT, BOTH, "", "focus the next pane")                          \
	X(FOCUS_PREVIOUS, BOTH, "", "focus the previous pane")                  \
	X(ZOOM, BOTH, "zoom", "zoom the focused pane, and back")                \
	X(CLOCK, BOTH, "clock", "clock: response, service, queue")              \
	X(BASELINE, BOTH, "baseline", "baseline beside the run: on, off")        \
	X(FRESH_WINDOW, LIVE, "fresh", "start a fresh window; totals stay")     \
	X(THEME_NEXT, BOTH, "theme", "next theme")                              \
	X(THEME_PREVIOUS, BOTH, "", "previous theme")                           \
	X(GLYPHS, BOTH, "", "glyphs: braille, block, ascii")                    \
	X(SAVE, BOTH, "", "save the screen here: .svg, .ansi, .txt")            \
	X(HELP, BOTH, "help", "this help")                                      \
	X(BACK, BOTH, "", "close, back; never quits")                           \
	X(QUIT, BOTH, "quit", "quit; while load runs it asks, y confirms")      \
	X(REPAINT, BOTH, "", "repaint the screen")                              \
	X(SUSPEND, BOTH, "", "back to the shell; the load goes on")

/* HEATMAP: while that pane has the focus, or a histogram of columns was given it, in either
 * kind of run; its keys come first. */
enum key_where { LIVE = 1, REPLAY = 2, BOTH = 3, HEATMAP = 4 };

enum action {
#define X(id, where, bar, help) ACTION_##id,
	ACTIONS(X)
#undef X
	ACTION_COUNT
};

struct action_info {
	enum key_where where;
	const char *bar, *help;
};
const struct action_info *action_info(enum action action);

struct key_row {
	int code;
	const char *name; /* as shown: "+", "Space", "Ctrl-L" */
	enum action action;
	enum key_where where;
};
/* The table, in the order of the help screen; ends with action NONE. */
const struct key_row *key_table(void);
/* What a key does in a live run, a replay or the heatmap; ACTION_NONE for nothing. */
enum action key_action(int code, enum key_where where);
/* The action a key would have in the other kind of run, for "this is a
 * recording": ACTION_NONE or that action. */
enum action key_action_elsewhere(int code, enum key_where where);

/* The key of ESC `intro` `number` `final` ("ESC [ 5 ~"; number 0: none), as most
 * terminals send it whatever terminfo says; KEY_NONE_ for any other. */
int key_of_sequence(int intro, int number, int final);

#endif
