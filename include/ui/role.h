/* The meanings a cell can have. One row a role: id, letter in goldens, theme
 * key (btop's names where they fit), the 16-colour terminal's colour (-1: the
 * default), attributes where there is no colour, and what it is for. A theme
 * gives each key a colour; the three gradients have _start, _mid, _end keys
 * and use the cell's level. btop has only gradients where some of ours are
 * plain: then the most vivid of theirs, _end, else _mid, else _start. */
#ifndef UI_ROLE_H
#define UI_ROLE_H

#define ROLES(X)                                                                      \
	X(TEXT, 't', "main_fg", -1, 0, "plain text and numbers")                      \
	X(TITLE, 'T', "title", -1, ATTR_BOLD, "pane titles, the program's name")      \
	X(ACCENT, 'a', "hi_fg", 6, ATTR_BOLD, "the one accent: keys, cursor, target") \
	X(SELECTED, 's', "selected_fg", 6, ATTR_REVERSE, "the row under the cursor")  \
	X(DIM, 'd', "inactive_fg", 8, ATTR_DIM, "labels, units, what is idle")        \
	X(RULE, 'r', "div_line", 8, ATTR_DIM, "thin lines and axes")                  \
	X(OK, 'k', "proc_misc", 2, 0, "what is well")                                 \
	X(WARN, 'w', "warn", 3, ATTR_BOLD, "what deserves a look")                    \
	X(BAD, 'b', "bad", 1, ATTR_BOLD, "what is wrong; nothing else is red")        \
	X(P50, '1', "cached", 2, 0, "the median")                                     \
	X(P95, '2', "available", 3, 0, "the 95th percentile")                         \
	X(P99, '3', "used", 5, ATTR_BOLD, "the 99th percentile")                      \
	X(RATE, 'R', "download", 4, 0, "throughput: a gradient")                      \
	X(BAR, 'B', "cpu", 6, 0, "histogram bars: a gradient by latency")             \
	X(HEAT, 'H', "temp", 5, 0, "heatmap and load: a gradient")                    \
	X(TICK, 'i', "mem_box", 6, 0, "operating points on a time axis")              \
	X(GHOST, 'g', "graph_text", -1, 0, "the baseline beside what is measured")

enum role {
#define X(id, letter, key, color16, mono, help) ROLE_##id,
	ROLES(X)
#undef X
	ROLE_COUNT
};

struct role_info {
	char letter;
	const char *key; /* theme key, or the stem of a gradient's three */
	int color16;     /* 0-15, -1 the terminal's own */
	int mono;        /* enum cell_attr added where there are no colours */
	const char *help;
};
const struct role_info *role_info(enum role role);
/* ROLE_RATE, ROLE_BAR, ROLE_HEAT are gradients. */
int role_is_gradient(enum role role);

#endif
