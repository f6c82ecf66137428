/* What the parts of the list of runs share. Private to ui/. */
#ifndef UI_RUNLIST_VIEW_H
#define UI_RUNLIST_VIEW_H

#include "ui/format.h"
#include "ui/layout.h"
#include "ui/runlist.h"

/* Row by row from the top; what has no room is empty. `table`: the title with the
 * rows below it, or one row alone. */
struct runlist_parts {
	struct rect head, table, details, bar;
	int rows; /* of the table, without its title */
};
struct runlist_parts runlist_parts(int width, int height);

bool runlist_matches(const struct runlist *list, const struct runlist_row *row);
/* Rows that match; those before the cursor. */
int runlist_shown(const struct runlist *list);
int runlist_place(const struct runlist *list);
/* Moves the cursor to the row that has so many that match before it. */
void runlist_go(struct runlist *list, int place);
/* The first row shown so that the cursor is, near `top`. */
int runlist_top(const struct runlist *list, int rows);

/* "3 m", "12 h", "2 y": at most 4 cells. */
char *runlist_age(int64_t seconds, char out[FORMAT_BYTES]);
/* What a run is called where there is room for one thing: name, labels, scenario. */
const char *runlist_title(const struct runlist_row *row);
/* The last part of its path. */
const char *runlist_file(const struct runlist_row *row);

/* runlist_detail.c: all that is known of the run under the cursor. */
void runlist_detail_draw(const struct runlist *list, struct view view);
/* runlist_help.c */
void runlist_help_draw(const struct runlist *list, struct view view);
int runlist_help_last(const struct runlist *list, int height);

#endif
