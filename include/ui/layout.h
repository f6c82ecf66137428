/* Where things go: size in, rectangles out. Pure, and swept over all sizes by a
 * test: inside the screen, disjoint, never negative. */
#ifndef UI_LAYOUT_H
#define UI_LAYOUT_H

#include <stdbool.h>

#include "ui/dashboard.h"

struct rect {
	int x, y, width, height; /* empty when width or height is 0 */
};

struct layout {
	bool one_line;      /* only `head` is there, with the one-line summary */
	struct rect head;   /* status line or lines */
	struct rect lamps;  /* SLOs and streams; empty where there are none */
	struct rect sweep;  /* what it does; below the lamps, empty where there is none */
	struct rect tour;   /* what a newcomer may press next; below it, empty where there is none */
	struct rect body;   /* what the panes share; they may leave rows of it free */
	struct rect pane[PANE_COUNT];
	struct rect scrubber; /* the whole run, above the bar; empty where none is wanted */
	struct rect bar;    /* key bar or message */
};

/* What there is to show, in rows. */
struct layout_wants {
	int tasks, errors;
	int classes; /* of errors */
	int sweep;   /* rows of one, or of a micro-experiment, at most 3; where rows are few one is enough */
	bool scrubber;
	bool tour;
	int lamps;   /* rows of them; where rows are few they share one */
	int beside; /* rows of what tasks do to each other */
	bool advice; /* there were prompts */
	bool streams, cached; /* some of the answers are streamed; say what a cache had */
	bool server; /* its metrics are asked for */
};

/* A zoomed view shows `focus` alone. */
void layout_compute(enum view_kind view, int width, int height, struct layout_wants wants,
		    bool zoomed, enum pane focus, struct layout *out);
/* The panes a view has, in order of focus. */
int layout_panes(enum view_kind view, enum pane out[PANE_COUNT]);

#endif
