/* What is where on the screen, as it was drawn last: for the mouse. Who draws something that
 * can be clicked notes it; what is noted later lies on top. Fixed room. Main thread. */
#ifndef UI_REGION_H
#define UI_REGION_H

#include "ui/canvas.h"

enum region_kind {
	REGION_PANE = 1,       /* enum pane */
	REGION_KEY = 2,        /* the key that is named there */
	REGION_TASK = 4,       /* a row of the tasks */
	REGION_ERROR = 8,      /* a row of the errors */
	REGION_EXEMPLAR = 16,  /* a row of the list of requests */
	REGION_DETAIL = 32,    /* text that scrolls: the chosen request, the help */
	REGION_HISTOGRAM = 64, /* a row of histogram_cells() */
	REGION_HEATMAP = 128,  /* slot + slots * rows from the top */
	REGION_TIME = 256,     /* a pane with a graph over time */
	REGION_SCRUBBER = 512, /* a cell of the whole run's line */
	REGION_RUN = 1024,     /* a row of the list of runs, counted with the filter */
};

#define REGIONS_MAX 128

struct region {
	enum region_kind kind;
	int x, y, width, height; /* of the canvas */
	int cell_width, cell_height, columns;
	int first; /* what the cell at the left on top is; the others count on, row by row */
};
struct regions {
	int count;
	struct region region[REGIONS_MAX];
};

/* `regions` may be NULL in all of these: nobody asks. */
void regions_clear(struct regions *regions);
/* `columns` by `rows` cells from (x, y) of a view; what is not in the view is not noted. */
void region_cells(struct regions *regions, enum region_kind kind, int first, struct view view, int x, int y,
		  int columns, int rows, int cell_width, int cell_height);
/* One cell so large. */
void region_note(struct regions *regions, enum region_kind kind, int what, struct view view, int x, int y, int width,
		 int height);

/* One that was noted before; nothing where it has no width. */
void region_again(struct regions *regions, const struct region *region);

struct region_hit {
	const struct region *region; /* NULL: there is nothing */
	int what; /* first + the number of the cell */
};
/* The topmost at a place of the canvas that is one of `kinds`. */
struct region_hit region_at(const struct regions *regions, int x, int y, unsigned kinds);

#endif
