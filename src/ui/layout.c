#include "ui/layout.h"

#include <string.h>

#include "ui/stack.h"

#define WIDE 100   /* two columns all the way down */
#define MEDIUM 60  /* the two graphs side by side */
#define SLIM 20    /* cells below which no pane has room for a name and a number */
#define AIRY 34    /* rows from which blank lines separate */
#define TALL 50    /* and from which there is room for more than needs it */
#define MORE 41    /* rows of a body in which graphs have so many that others fit below them */
#define SENTENCES 27 /* rows of a body that has room for more than a line of them */
#define LAMPS 16   /* rows from which the lamps have a line */
#define ROOMY 30   /* rows from which there is room for what is of use to few */
#define NEVER 10000 /* more rows than there are: no place */
#define SWEEP 10   /* the same of a sweep */
#define SWEEP_ALL 24
#define TOUR 16    /* the same of what a newcomer may press next */
#define ADVICE_CELLS 96 /* cells of what a cache would do, */
#define TASKS_CELLS 54  /* and of the cache by task beside it */
#define FAILING_CELLS 46 /* cells of a table of what failed */
#define FAILING_TALL 13  /* rows from which two of them stand on each other */
#define SCRUBBER 16 /* the same for the whole run */

static int bound(int v, int low, int high)
{
	return v < low ? low : v > high ? high : v;
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

/* Cuts a rectangle into two columns with a gap, the left one `w` wide. */
static void columns_at(struct rect room, int w, int gap, struct rect *left, struct rect *right)
{
	*left = (struct rect){room.x, room.y, w, room.height};
	*right = (struct rect){room.x + w + gap, room.y, room.width - w - gap, room.height};
}

static void columns(struct rect room, int gap, struct rect *left, struct rect *right)
{
	columns_at(room, (room.width - gap) / 2, gap, left, right);
}

/* And into three. */
static void thirds(struct rect room, int gap, struct rect *left, struct rect *middle, struct rect *right)
{
	int w = (room.width - 2 * gap) / 3, x = room.x + 2 * (w + gap);

	*left = (struct rect){room.x, room.y, w, room.height};
	*middle = (struct rect){room.x + w + gap, room.y, w, room.height};
	*right = (struct rect){x, room.y, room.x + room.width - x, room.height};
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

/* What the server says explains latency: it stands under it, over the same time. */
static struct section server_section(int rank, bool server, int room)
{
	return (struct section){.rank = rank, .least = server && room >= ROOMY ? 4 : NEVER, .want = 5, .grow = 1, .even = true};
}

/* A second row of graphs: what streams deliver, or else what answers are made of, what
 * fails and what a cache has. */
static void more_graphs(struct rect row, const struct layout_wants *wants, struct layout *out)
{
	enum pane pane[3];
	int n = 0;

	if (wants->streams) {
		pane[n++] = PANE_TTFT_TREND;
		pane[n++] = PANE_TOKENS;
		pane[n++] = PANE_ITL_TREND;
	} else {
		pane[n++] = PANE_PHASE_TREND;
		if (wants->classes)
			pane[n++] = PANE_CLASSES;
		if (wants->cached)
			pane[n++] = PANE_RATIO;
	}
	if (n == 1)
		out->pane[pane[0]] = row;
	else if (n == 2)
		columns(row, 2, &out->pane[pane[0]], &out->pane[pane[1]]);
	else
		thirds(row, 2, &out->pane[pane[0]], &out->pane[pane[1]], &out->pane[pane[2]]);
}

static void overview(struct rect body, int gap, const struct layout_wants *wants, struct layout *out)
{
	int tasks = wants->tasks, errors = wants->errors;
	bool server = wants->server, more = body.height >= MORE;

	int task_rows = 1 + list_rows(tasks, 1, body.height / 4);
	bool low = body.height < SENTENCES;
	/* A low and narrow body has errors in their title, so that the verdict has room to say
	 * why. */
	bool tight = low && body.width < WIDE;
	int error_rows = tight ? 1 : 1 + list_rows(errors <= 2 ? 2 : errors <= 4 ? 4 : errors, 2, body.height / 6);
	/* Without its title, or with it and what would change it. */
	int verdict_rows = tight ? 2 : low ? 1 : 4;
	/* Where columns are one, their table only there, too. */
	int points_least = low ? body.height + 1 : 3;
	/* Tasks, errors and a few operating points below each other. */
	int low_rows = task_rows + error_rows + 5 + 2 * gap;

	if (body.width >= WIDE) {
		struct section split[] = {
			graph_section(0, server ? body.height * (more ? 3 : 4) / 10 : body.height / (more ? 4 : 3), 1),
			{.rank = 3, .least = more ? 7 : NEVER, .want = bound(body.height / 5, 7, 11), .even = true},
			{.rank = 1, .least = 5, .want = bound(low_rows, 5, body.height / 2), .grow = 2},
			{.rank = 2, .least = 1, .want = verdict_rows},
		};
		struct section trend[] = {graph_section(0, 7, 2), server_section(1, server, NEVER)};
		struct section side[] = {
			{.rank = 0, .least = 2, .want = task_rows},
			{.rank = 1, .least = 2, .want = error_rows},
			{.rank = 2, .least = 1, .want = 5, .grow = 1},
		};
		static const enum pane panes[] = {PANE_TASKS, PANE_ERRORS, PANE_POINTS};
		static const enum pane trends[] = {PANE_TREND, PANE_SERVER};
		struct rect top, bottom, right;

		stack_fit(split, 4, body.height, gap);
		if (split[3].got)
			out->pane[PANE_VERDICT] = (struct rect){body.x, body.y + body.height - split[3].got, body.width, split[3].got};
		top = (struct rect){body.x, body.y, body.width, split[0].got};
		bottom = (struct rect){body.x, top.y + top.height + gap, body.width, split[1].got};
		if (split[1].got) {
			more_graphs(bottom, wants, out);
			bottom.y += split[1].got + gap;
		}
		bottom.height = split[2].got;
		if (split[0].got)
			columns(top, 2, &out->pane[PANE_RATE], &right);
		if (split[0].got && server)
			stack_place(trend, trends, 2, right, gap, out);
		else if (split[0].got)
			out->pane[PANE_TREND] = right;
		if (!split[2].got)
			return;
		columns(bottom, 2, &out->pane[PANE_HISTOGRAM], &right);
		stack_place(side, panes, 3, right, gap, out);
	} else if (body.width >= MEDIUM) {
		struct section s[] = {
			graph_section(0, 6, 4),
			{.rank = tight ? 3 : 2, .least = 4, .want = 7, .grow = 4},
			{.rank = 1, .least = 2, .want = task_rows},
			{.rank = 4, .least = tight ? 1 : 2, .want = error_rows},
			{.rank = 5, .least = points_least, .want = 3, .grow = 1},
			{.rank = tight ? 2 : 3, .least = 1, .want = verdict_rows},
			server_section(6, server, body.height),
		};
		static const enum pane panes[] = {PANE_RATE,   PANE_HISTOGRAM, PANE_TASKS, PANE_ERRORS,
						  PANE_POINTS, PANE_VERDICT,   PANE_SERVER};
		struct rect both;

		stack_place(s, panes, 7, body, gap, out);
		both = out->pane[PANE_RATE];
		if (both.height)
			columns(both, 1, &out->pane[PANE_RATE], &out->pane[PANE_TREND]);
	} else {
		struct section s[] = {
			graph_section(3, 5, 2),
			graph_section(0, 6, 2),
			{.rank = 2, .least = 4, .want = 7, .grow = 3},
			{.rank = 1, .least = 2, .want = task_rows},
			{.rank = 4, .least = tight ? 1 : 2, .want = error_rows},
			{.rank = 6, .least = points_least, .want = 3},
			{.rank = 5, .least = 1, .want = verdict_rows},
			server_section(7, server, body.height),
		};
		static const enum pane panes[] = {PANE_RATE,   PANE_TREND,  PANE_HISTOGRAM, PANE_TASKS,
						  PANE_ERRORS, PANE_POINTS, PANE_VERDICT,   PANE_SERVER};

		stack_place(s, panes, 8, body, gap, out);
	}
}

static void latency(struct rect body, int gap, struct layout *out)
{
	struct section s[] = {
		{.rank = 0, .least = 4, .want = 10, .grow = 2},
		{.rank = 1, .least = 4, .want = 9, .grow = 3},
		{.rank = 2, .least = 3, .want = body.height < AIRY ? 3 : 4},
	};
	static const enum pane panes[] = {PANE_HISTOGRAM, PANE_HEATMAP, PANE_AUDIT};

	stack_place(s, panes, 3, body, gap, out);
}

static void tasks_view(struct rect body, int gap, int tasks, int errors, int beside, struct layout *out)
{
	int error_rows = 1 + list_rows(errors, 2, body.height / 5), n = 0, rank = 0;
	bool wide = body.width >= WIDE;
	struct section s[6];
	enum pane panes[6];

	s[n] = (struct section){.rank = rank++, .least = 2 + bound(tasks, 1, 3), .want = 2 + list_rows(tasks, 1, body.height / 2)};
	panes[n++] = PANE_TASKS;
	/* What they do to each other, once there is something to tell. */
	if (beside) {
		s[n] = (struct section){.rank = rank++, .least = 3, .want = 2 + list_rows(beside, 1, body.height / 6)};
		panes[n++] = PANE_BESIDE;
	}
	/* The chosen one's course in time. */
	if (wide && body.height >= MORE) {
		s[n] = graph_section(rank++, body.height / 4, 0);
		panes[n++] = PANE_RATE;
	}
	s[n] = wide ? (struct section){.rank = rank++, .least = 5, .want = 5, .grow = 1}
		    : (struct section){.rank = rank++, .least = 4, .want = 8, .grow = 3};
	panes[n++] = PANE_HISTOGRAM;
	if (wide) {
		struct section side[] = {
			{.rank = 0, .least = 2, .want = error_rows},
			{.rank = 1, .least = 1, .want = 5, .grow = 1},
		};
		static const enum pane side_panes[] = {PANE_ERRORS, PANE_POINTS};
		struct rect low, right;

		stack_place(s, panes, n, body, gap, out);
		low = out->pane[PANE_RATE];
		if (low.height)
			columns(low, 2, &out->pane[PANE_RATE], &out->pane[PANE_TREND]);
		low = out->pane[PANE_HISTOGRAM];
		if (!low.height)
			return;
		columns(low, 2, &out->pane[PANE_HISTOGRAM], &right);
		stack_place(side, side_panes, 2, right, gap, out);
	} else {
		s[n] = (struct section){.rank = rank++, .least = 2, .want = error_rows};
		panes[n++] = PANE_ERRORS;
		s[n] = (struct section){.rank = rank++, .least = 1, .want = 4, .grow = 1};
		panes[n++] = PANE_POINTS;
		stack_place(s, panes, n, body, gap, out);
	}
}

/* What each task's requests are made of; below, of one of them, in numbers and over time. */
static void phases(struct rect body, int gap, int tasks, struct layout *out)
{
	int rows = 2 + 2 * list_rows(tasks, 1, (body.height - 12) / 2);

	if (body.width >= MEDIUM) {
		struct section s[] = {
			{.rank = 0, .least = 4, .want = rows},
			{.rank = 1, .least = 6, .want = 10, .grow = 1},
		};
		static const enum pane panes[] = {PANE_PHASES, PANE_PHASE_NUMBERS};
		struct rect *low = &out->pane[PANE_PHASE_NUMBERS];
		int between = body.width >= WIDE ? 2 : 1, numbers = bound(body.width * 2 / 5, 30, 58);

		stack_place(s, panes, 2, body, gap, out);
		if (!low->height)
			return;
		out->pane[PANE_PHASE_TREND] = (struct rect){low->x + numbers + between, low->y,
							    low->width - numbers - between, low->height};
		low->width = numbers;
	} else {
		struct section s[] = {
			{.rank = 0, .least = 4, .want = rows},
			{.rank = 2, .least = 4, .want = 10},
			{.rank = 1, .least = 6, .want = 8, .grow = 1},
		};
		static const enum pane panes[] = {PANE_PHASES, PANE_PHASE_NUMBERS, PANE_PHASE_TREND};

		stack_place(s, panes, 3, body, gap, out);
	}
}

/* What a token takes and when it came, each metric over its course in time. */
static void stream(struct rect body, int gap, int tasks, struct layout *out)
{
	int task_rows = 2 + list_rows(tasks, 1, body.height / 4);

	if (body.width >= MEDIUM) {
		struct section s[] = {
			{.rank = 0, .least = 4, .want = body.height / 3, .grow = 3},
			graph_section(3, 6, 2),
			{.rank = 1, .least = 3, .want = task_rows},
			{.rank = 2, .least = 2, .want = body.height < 24 ? 4 : 6},
		};
		static const enum pane panes[] = {PANE_TTFT, PANE_TOKENS, PANE_TASKS, PANE_STALLS};
		int between = body.width >= WIDE ? 2 : 1;
		struct rect row;

		stack_place(s, panes, 4, body, gap, out);
		row = out->pane[PANE_TTFT];
		if (row.height)
			thirds(row, between, &out->pane[PANE_TTFT], &out->pane[PANE_TPOT], &out->pane[PANE_ITL]);
		row = out->pane[PANE_TOKENS];
		if (row.height)
			thirds(row, between, &out->pane[PANE_TTFT_TREND], &out->pane[PANE_TOKENS],
			       &out->pane[PANE_ITL_TREND]);
	} else {
		struct section s[] = {
			{.rank = 0, .least = 2, .want = 7, .grow = 2},
			{.rank = 4, .least = 2, .want = 2},
			{.rank = 2, .least = 2, .want = 7, .grow = 2},
			graph_section(3, 6, 1),
			{.rank = 1, .least = 3, .want = task_rows},
			{.rank = 5, .least = 2, .want = 4},
		};
		static const enum pane panes[] = {PANE_TTFT, PANE_TPOT, PANE_ITL,
						  PANE_TOKENS, PANE_TASKS, PANE_STALLS};

		stack_place(s, panes, 6, body, gap, out);
	}
}

/* Beside each other; where there is room for both on each other, beside how long it took. */
static void failing(struct rect room, int between, int gap, int tasks, struct layout *out)
{
	struct section s[] = {
		{.rank = 0, .least = 4, .want = 2 + list_rows(tasks, 1, room.height / 2)},
		{.rank = 1, .least = 4, .want = 4, .grow = 1},
	};
	static const enum pane panes[] = {PANE_FAILING_TASKS, PANE_FAILING_LOADS};
	struct rect left;

	if (room.width >= 3 * FAILING_CELLS && room.height < FAILING_TALL) {
		thirds(room, between, &out->pane[PANE_FAILING_TASKS], &out->pane[PANE_FAILING_LOADS],
		       &out->pane[PANE_FAILED_TIMES]);
	} else if (room.width >= WIDE && room.height >= FAILING_TALL) {
		columns(room, between, &left, &out->pane[PANE_FAILED_TIMES]);
		stack_place(s, panes, 2, left, gap, out);
	} else {
		columns(room, between, &out->pane[PANE_FAILING_TASKS], &out->pane[PANE_FAILING_LOADS]);
	}
}

static void errors_view(struct rect body, int gap, int tasks, int classes, int errors, struct layout *out)
{
	int lanes = 2 + bound(classes, 1, ERROR_CLASS_COUNT) * (body.height < AIRY ? 2 : body.height < TALL ? 3 : 5);
	struct section s[] = {
		{.rank = 2, .least = 3, .want = bound(lanes, 4, body.height / 2)},
		{.rank = 0, .least = 3, .want = 2 + list_rows(errors, 1, body.height / 2)},
		{.rank = 1, .least = 3, .want = 6, .grow = 1},
		{.rank = 3, .least = 4, .want = 2 + bound(tasks, 3, body.height / 4), .grow = 3},
	};
	static const enum pane panes[] = {PANE_CLASSES, PANE_ERRORS, PANE_DETAIL, PANE_FAILING_TASKS};
	struct rect low;

	stack_place(s, panes, body.width < MEDIUM ? 3 : 4, body, gap, out);
	low = out->pane[PANE_FAILING_TASKS];
	if (!low.height)
		return;
	failing(low, body.width >= WIDE ? 2 : 1, gap, tasks, out);
}

static void scaling(struct rect body, int gap, struct layout *out)
{
	if (body.width >= MEDIUM) {
		struct section s[] = {
			{.rank = 0, .least = 5, .want = 5, .grow = 1, .even = true},
			{.rank = 1, .least = 2, .want = body.height < AIRY ? 6 : 8},
		};
		static const enum pane panes[] = {PANE_SCALING_X, PANE_SCALING_WORDS};
		struct rect top;

		stack_place(s, panes, 2, body, gap, out);
		top = out->pane[PANE_SCALING_X];
		if (top.height)
			columns(top, body.width >= WIDE ? 2 : 1, &out->pane[PANE_SCALING_X], &out->pane[PANE_SCALING_R]);
	} else {
		struct section s[] = {
			graph_section(1, 5, 1),
			graph_section(2, 5, 1),
			{.rank = 0, .least = 2, .want = 5},
		};
		static const enum pane panes[] = {PANE_SCALING_X, PANE_SCALING_R, PANE_SCALING_WORDS};

		stack_place(s, panes, 3, body, gap, out);
	}
}

static void cache(struct rect body, int gap, int tasks, bool advice, struct layout *out)
{
	int numbers = body.height < 18 ? 7 : body.height < AIRY ? 10 : 12;
	bool beside = advice && tasks > 1 && body.width >= ADVICE_CELLS + TASKS_CELLS;
	bool below = tasks > 1 && !beside && body.height >= (advice ? TALL - 6 : AIRY - 2);

	if (body.width >= MEDIUM) {
		struct section s[] = {
			{.rank = 0, .least = 5, .want = numbers, .even = true},
			{.rank = 1, .least = advice ? 7 : NEVER, .want = 10},
			{.rank = 2, .least = 2, .want = 9, .grow = 1},
			{.rank = 3, .least = below ? 3 : NEVER, .want = 2 + list_rows(tasks, 1, body.height / 4)},
		};
		static const enum pane panes[] = {PANE_CACHE, PANE_ADVICE, PANE_SPLIT, PANE_CACHE_TASKS};
		struct rect top;

		stack_place(s, panes, 4, body, gap, out);
		top = out->pane[PANE_ADVICE];
		if (beside && top.height)
			columns_at(top, top.width / 2 < ADVICE_CELLS ? ADVICE_CELLS : top.width / 2 - 1, 2,
				   &out->pane[PANE_ADVICE], &out->pane[PANE_CACHE_TASKS]);
		top = out->pane[PANE_CACHE];
		if (top.height)
			columns(top, body.width >= WIDE ? 2 : 1, &out->pane[PANE_CACHE], &out->pane[PANE_RATIO]);
	} else {
		struct section s[] = {
			{.rank = 0, .least = 5, .want = numbers},
			graph_section(2, 6, 1),
			{.rank = 3, .least = advice ? 7 : NEVER, .want = 8},
			{.rank = 1, .least = 6, .want = 9, .grow = 1},
		};
		static const enum pane panes[] = {PANE_CACHE, PANE_RATIO, PANE_ADVICE, PANE_SPLIT};

		stack_place(s, panes, 4, body, gap, out);
	}
}

int layout_panes(enum view_kind view, enum pane out[PANE_COUNT])
{
	static const enum pane panes[VIEW_COUNT][PANE_COUNT] = {
		[VIEW_OVERVIEW] = {PANE_RATE, PANE_TREND, PANE_SERVER, PANE_HISTOGRAM, PANE_TASKS, PANE_ERRORS, PANE_POINTS,
				   PANE_VERDICT, PANE_TTFT_TREND, PANE_TOKENS, PANE_ITL_TREND, PANE_PHASE_TREND, PANE_CLASSES,
				   PANE_RATIO},
		[VIEW_LATENCY] = {PANE_HISTOGRAM, PANE_HEATMAP, PANE_AUDIT},
		[VIEW_TASKS] = {PANE_TASKS, PANE_BESIDE, PANE_HISTOGRAM, PANE_ERRORS, PANE_POINTS, PANE_RATE, PANE_TREND},
		[VIEW_PHASES] = {PANE_PHASES, PANE_PHASE_NUMBERS, PANE_PHASE_TREND},
		[VIEW_STREAM] = {PANE_TTFT, PANE_TPOT, PANE_ITL, PANE_TTFT_TREND, PANE_TOKENS,
				 PANE_ITL_TREND, PANE_TASKS, PANE_STALLS},
		[VIEW_SCALING] = {PANE_SCALING_X, PANE_SCALING_R, PANE_SCALING_WORDS},
		[VIEW_ERRORS] = {PANE_ERRORS, PANE_DETAIL, PANE_FAILING_TASKS, PANE_FAILING_LOADS, PANE_FAILED_TIMES, PANE_CLASSES},
		[VIEW_CACHE] = {PANE_CACHE, PANE_RATIO, PANE_ADVICE, PANE_CACHE_TASKS, PANE_SPLIT},
	};
	static const int count[VIEW_COUNT] = {14, 3, 7, 3, 8, 3, 6, 5};

	memcpy(out, panes[view], sizeof panes[view]);
	return count[view];
}

void layout_compute(enum view_kind view, int width, int height, struct layout_wants wants,
		    bool zoomed, enum pane focus, struct layout *out)
{
	int head, lamps, sweep, tour, air, scrubber;

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
	lamps = height >= AIRY ? wants.lamps : wants.lamps && height >= LAMPS;
	air = height >= AIRY;
	out->head = (struct rect){0, 0, width, head};
	out->lamps = (struct rect){0, head, width, lamps};
	sweep = height >= SWEEP_ALL ? wants.sweep : wants.sweep && height >= SWEEP;
	out->sweep = (struct rect){0, head + lamps, width, sweep};
	tour = wants.tour && height >= TOUR;
	out->tour = (struct rect){0, head + lamps + sweep, width, tour};
	out->bar = (struct rect){0, height - 1, width, 1};
	head += lamps + sweep + tour + air;
	/* In a line that is blank else, where there is one: coming and going moves nothing. */
	scrubber = wants.scrubber && height >= SCRUBBER;
	out->scrubber = (struct rect){0, height - 1 - scrubber, width, scrubber};
	out->body = (struct rect){0, head, width, height - head - 1 - (air || scrubber)};
	if (out->body.height <= 0 || width < SLIM) {
		out->body.height = 0;
		return;
	}
	if (zoomed) {
		out->pane[focus] = out->body;
		return;
	}
	switch (view) {
	case VIEW_LATENCY:
		latency(out->body, air, out);
		break;
	case VIEW_TASKS:
		tasks_view(out->body, air, wants.tasks, wants.errors, wants.beside, out);
		break;
	case VIEW_PHASES:
		phases(out->body, air, wants.tasks, out);
		break;
	case VIEW_STREAM:
		stream(out->body, air, wants.tasks, out);
		break;
	case VIEW_ERRORS:
		errors_view(out->body, air, wants.tasks, wants.classes, wants.errors, out);
		break;
	case VIEW_SCALING:
		scaling(out->body, air, out);
		break;
	case VIEW_CACHE:
		cache(out->body, air, wants.tasks, wants.advice, out);
		break;
	case VIEW_OVERVIEW:
	case VIEW_COUNT:
		overview(out->body, air, &wants, out);
		break;
	}
}
