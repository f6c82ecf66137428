#include "ui/layout.h"

#include <string.h>

#define WIDE 100   /* two columns all the way down */
#define MEDIUM 60  /* the two graphs side by side */
#define AIRY 34    /* rows from which blank lines separate */

/* One row of a stack. In order of rank those whose least height fits get it,
 * then up to what they want, then the rest of the room by weight. */
struct section {
	int rank, least, want, grow;
	bool even; /* a graph with an even number of rows has a middle to label */
	int got;
};

static int smaller(int a, int b)
{
	return a < b ? a : b;
}

static int bound(int v, int low, int high)
{
	return v < low ? low : v > high ? high : v;
}

static struct section *ranked(struct section *s, int n, int rank)
{
	for (int i = 0; i < n; i++)
		if (s[i].rank == rank)
			return &s[i];
	return NULL;
}

static void stack_fit(struct section *s, int n, int height, int gap)
{
	int left = height, placed = 0, weights = 0, extra;

	for (int i = 0; i < n; i++)
		s[i].got = 0;
	for (int rank = 0; rank < n; rank++) {
		struct section *one = ranked(s, n, rank);
		int need = one ? one->least + (placed ? gap : 0) : 0;

		if (!one || need > left)
			continue;
		one->got = one->least;
		left -= need;
		placed++;
	}
	for (int rank = 0; rank < n; rank++) {
		struct section *one = ranked(s, n, rank);

		if (!one || !one->got || one->want <= one->got)
			continue;
		extra = smaller(one->want - one->got, left);
		one->got += extra;
		left -= extra;
	}
	for (int i = 0; i < n; i++)
		weights += s[i].got ? s[i].grow : 0;
	extra = left;
	for (int i = 0; i < n && weights; i++) {
		if (!s[i].got || !s[i].grow)
			continue;
		int share = extra * s[i].grow / weights;

		s[i].got += share;
		left -= share;
	}
	for (int i = 0; i < n; i++)
		if (s[i].even && s[i].got > 4 && s[i].got % 2) {
			s[i].got--;
			left++;
		}
	for (int rank = 0; rank < n && weights; rank++) {
		struct section *one = ranked(s, n, rank);

		if (one && one->got && one->grow && !one->even) {
			one->got += left;
			break;
		}
	}
}

/* Puts the panes under each other into `room`; returns the first free row. */
static void stack_place(struct section *s, const enum pane *pane, int n, struct rect room,
			int gap, struct layout *out)
{
	int y = room.y;

	stack_fit(s, n, room.height, gap);
	for (int i = 0; i < n; i++) {
		if (!s[i].got)
			continue;
		out->pane[pane[i]] = (struct rect){room.x, y, room.width, s[i].got};
		y += s[i].got + gap;
	}
}

/* Cuts a rectangle into two columns with a gap. */
static void columns(struct rect room, int gap, struct rect *left, struct rect *right)
{
	int w = (room.width - gap) / 2;

	*left = (struct rect){room.x, room.y, w, room.height};
	*right = (struct rect){room.x + w + gap, room.y, room.width - w - gap, room.height};
}

/* Rows that a list gets: its own, within a share of the room. */
static int list_rows(int rows, int least, int room)
{
	return bound(rows, least, room < least ? least : room);
}

static struct section graph_section(int rank, int want, int grow)
{
	return (struct section){.rank = rank, .least = 4, .want = want, .grow = grow, .even = true};
}

static void overview(struct rect body, int gap, int tasks, int errors, struct layout *out)
{
	int task_rows = 1 + list_rows(tasks, 1, body.height / 4);
	int error_rows = 1 + list_rows(errors <= 2 ? 2 : errors <= 4 ? 4 : errors, 2, body.height / 6);

	if (body.width >= WIDE) {
		struct section split[] = {
			graph_section(0, body.height / 3, 1),
			{.rank = 1, .least = 5, .want = 5, .grow = 2},
		};
		struct section side[] = {
			{.rank = 0, .least = 2, .want = task_rows},
			{.rank = 1, .least = 2, .want = error_rows},
			{.rank = 2, .least = 1, .want = 5, .grow = 1},
		};
		static const enum pane panes[] = {PANE_TASKS, PANE_ERRORS, PANE_POINTS};
		struct rect top, low, right;

		stack_fit(split, 2, body.height, gap);
		top = (struct rect){body.x, body.y, body.width, split[0].got};
		low = (struct rect){body.x, body.y + split[0].got + gap, body.width, split[1].got};
		if (split[0].got)
			columns(top, 2, &out->pane[PANE_RATE], &out->pane[PANE_TREND]);
		if (!split[1].got)
			return;
		columns(low, 2, &out->pane[PANE_HISTOGRAM], &right);
		stack_place(side, panes, 3, right, gap, out);
	} else if (body.width >= MEDIUM) {
		struct section s[] = {
			graph_section(0, 6, 4),
			{.rank = 2, .least = 4, .want = 7, .grow = 4},
			{.rank = 1, .least = 2, .want = task_rows},
			{.rank = 4, .least = 2, .want = error_rows},
			{.rank = 3, .least = 1, .want = 1, .grow = 1},
		};
		static const enum pane panes[] = {PANE_RATE, PANE_HISTOGRAM, PANE_TASKS, PANE_ERRORS, PANE_POINTS};
		struct rect both;

		stack_place(s, panes, 5, body, gap, out);
		both = out->pane[PANE_RATE];
		if (both.height)
			columns(both, 1, &out->pane[PANE_RATE], &out->pane[PANE_TREND]);
	} else {
		struct section s[] = {
			graph_section(3, 5, 2),
			graph_section(0, 6, 2),
			{.rank = 2, .least = 4, .want = 7, .grow = 3},
			{.rank = 1, .least = 2, .want = task_rows},
			{.rank = 4, .least = 2, .want = error_rows},
			{.rank = 5, .least = 1, .want = 2},
		};
		static const enum pane panes[] = {PANE_RATE, PANE_TREND, PANE_HISTOGRAM,
						  PANE_TASKS, PANE_ERRORS, PANE_POINTS};

		stack_place(s, panes, 6, body, gap, out);
	}
}

static void latency(struct rect body, int gap, struct layout *out)
{
	struct section s[] = {
		{.rank = 0, .least = 4, .want = 13, .grow = 2},
		graph_section(1, 7, 1),
	};
	static const enum pane panes[] = {PANE_HISTOGRAM, PANE_TREND};

	stack_place(s, panes, 2, body, gap, out);
}

static void tasks_view(struct rect body, int gap, int tasks, int errors, struct layout *out)
{
	int task_rows = 2 + list_rows(tasks, 1, body.height / 2);
	int error_rows = 1 + list_rows(errors, 2, body.height / 5);

	if (body.width >= WIDE) {
		struct section s[] = {
			{.rank = 0, .least = 2, .want = task_rows},
			{.rank = 1, .least = 5, .want = 5, .grow = 1},
		};
		struct section side[] = {
			{.rank = 0, .least = 2, .want = error_rows},
			{.rank = 1, .least = 1, .want = 5, .grow = 1},
		};
		static const enum pane panes[] = {PANE_ERRORS, PANE_POINTS};
		struct rect low, right;

		stack_fit(s, 2, body.height, gap);
		if (s[0].got)
			out->pane[PANE_TASKS] = (struct rect){body.x, body.y, body.width, s[0].got};
		if (!s[1].got)
			return;
		low = (struct rect){body.x, body.y + s[0].got + gap, body.width, s[1].got};
		columns(low, 2, &out->pane[PANE_HISTOGRAM], &right);
		stack_place(side, panes, 2, right, gap, out);
	} else {
		struct section s[] = {
			{.rank = 0, .least = 2, .want = task_rows},
			{.rank = 1, .least = 4, .want = 8, .grow = 3},
			{.rank = 2, .least = 2, .want = error_rows},
			{.rank = 3, .least = 1, .want = 4, .grow = 1},
		};
		static const enum pane panes[] = {PANE_TASKS, PANE_HISTOGRAM, PANE_ERRORS, PANE_POINTS};

		stack_place(s, panes, 4, body, gap, out);
	}
}

int layout_panes(enum view_kind view, enum pane out[PANE_COUNT])
{
	static const enum pane panes[VIEW_COUNT][PANE_COUNT] = {
		[VIEW_OVERVIEW] = {PANE_RATE, PANE_TREND, PANE_HISTOGRAM, PANE_TASKS, PANE_ERRORS, PANE_POINTS},
		[VIEW_LATENCY] = {PANE_HISTOGRAM, PANE_TREND},
		[VIEW_TASKS] = {PANE_TASKS, PANE_HISTOGRAM, PANE_ERRORS, PANE_POINTS},
	};
	static const int count[VIEW_COUNT] = {6, 2, 4};

	memcpy(out, panes[view], sizeof panes[view]);
	return count[view];
}

void layout_compute(enum view_kind view, int width, int height, int tasks, int errors,
		    bool zoomed, enum pane focus, struct layout *out)
{
	int head, air;

	memset(out, 0, sizeof *out);
	if (width <= 0 || height <= 0)
		return;
	if (height == 1) {
		out->one_line = true;
		out->head = (struct rect){0, 0, width, 1};
		return;
	}
	/* Where the numbers do not fit beside each other they get a third line. */
	head = height == 2 ? 1 : height == 3 || width >= 72 ? 2 : 3;
	air = height >= AIRY;
	out->head = (struct rect){0, 0, width, head};
	out->bar = (struct rect){0, height - 1, width, 1};

	struct rect body = {0, head + air, width, height - head - 1 - 2 * air};

	if (body.height <= 0)
		return;
	if (zoomed) {
		out->pane[focus] = body;
		return;
	}
	switch (view) {
	case VIEW_LATENCY:
		latency(body, air, out);
		break;
	case VIEW_TASKS:
		tasks_view(body, air, tasks, errors, out);
		break;
	case VIEW_OVERVIEW:
	case VIEW_COUNT:
		overview(body, air, tasks, errors, out);
		break;
	}
}
