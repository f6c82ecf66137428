/* The mouse on the dashboard: what is clicked is what was drawn there, and does what its key
 * does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "fixture.h"
#include "ui/view.h"

#define MAX 10000
#define S INT64_C(1000000)

static const int sizes[][2] = {{200, 60}, {120, 40}, {80, 24}, {60, 15}, {40, 10}};
#define SIZES (sizeof sizes / sizeof *sizes)

static struct dashboard d;
static struct snapshot *s;
static struct regions regions;
static struct canvas canvas;

static void begin(struct snapshot *(*make)(void), int width, int height)
{
	free(s);
	s = make();
	d = made_dashboard();
	d.regions = &regions;
	d.width = width;
	d.height = height;
	canvas_resize(&canvas, width, height);
}

static int setup(void **state)
{
	(void)state;
	canvas_init(&canvas, 0, 0);
	begin(made_typical, 120, 40);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	canvas_fini(&canvas);
	free(s);
	s = NULL;
	return 0;
}

static void draw(void)
{
	dashboard_draw(&d, s, &canvas);
}

static struct order at(enum mouse_act act, int x, int y)
{
	struct order o = dashboard_mouse(&d, s, (struct mouse){act, x, y}, MAX);

	draw();
	return o;
}

static struct order click(int x, int y)
{
	return at(MOUSE_CLICK, x, y);
}

static const struct cell *cell(int x, int y)
{
	return &canvas.cell[y * canvas.width + x];
}

/* What stands in a row of a region. */
static const char *text_of(const struct region *r, int row)
{
	static char text[4096];
	size_t used = 0;

	for (int x = 0; x < r->width && used + GLYPH_BYTES < sizeof text; x++)
		if (cell(r->x + x, r->y + row)->ch)
			used += utf8_encode(cell(r->x + x, r->y + row)->ch, text + used);
	text[used] = '\0';
	return text;
}

/* The i-th region of a kind, in the order of drawing; NULL: there are no more. */
static const struct region *region(enum region_kind kind, int i)
{
	for (int n = 0; n < regions.count; n++)
		if (regions.region[n].kind == kind && i-- == 0)
			return &regions.region[n];
	return NULL;
}

static const struct region *region_of(enum region_kind kind, int what)
{
	const struct region *r;

	for (int i = 0; (r = region(kind, i)) != NULL; i++)
		if (r->first == what)
			return r;
	return NULL;
}

/* --- keys ------------------------------------------------------------------------ */

static bool names(const char *text, int code)
{
	static const char *const view[] = {"Overview", "Latency", "Tasks", "Phases", "Stream", "Scaling", "Errors", "Cache"};
	size_t bytes = strcspn(text, " ");

	if (code >= '1' && code <= '8' && !strcmp(text, view[code - '1']))
		return true;
	if ((code == KEY_PGUP_ && !strcmp(text, "PgUp")) || (code == KEY_PGDN_ && !strcmp(text, "PgDn")))
		return true;
	for (const struct key_row *row = key_table(); row->action != ACTION_NONE; row++)
		if (row->code == code && strlen(row->name) == bytes && !strncmp(row->name, text, bytes))
			return true;
	return false;
}

static int assert_keys_are_named(void)
{
	const struct region *r;
	int n = 0;

	draw();
	while ((r = region(REGION_KEY, n)) != NULL) {
		if (!names(text_of(r, 0), r->first))
			fail_msg("view %d, %dx%d: \"%s\" is not key %d", d.view + 1, d.width, d.height, text_of(r, 0), r->first);
		assert_int_equal(r->height, 1);
		n++;
	}
	return n;
}

static void what_names_a_key_is_that_key(void **state)
{
	(void)state;
	for (size_t i = 0; i < SIZES; i++)
		for (int view = 0; view < VIEW_COUNT; view++)
			for (int kind = 0; kind < 4; kind++) {
				begin(made_streaming, sizes[i][0], sizes[i][1]);
				d.view = (enum view_kind)view;
				d.replay = kind == 1;
				d.help = kind == 2;
				d.listed = kind == 3;
				if (assert_keys_are_named() < (kind == 2 ? 1 : 2))
					fail_msg("view %d, %dx%d, %d: no keys", view + 1, d.width, d.height, kind);
			}
	/* Each of several under one name, and the words of one. */
	begin(made_typical, 200, 60);
	draw();
	for (const char *key = "+-><sP?q"; *key; key++)
		if (!region_of(REGION_KEY, *key))
			fail_msg("%c is not there", *key);
	assert_string_equal(text_of(region_of(REGION_KEY, '+'), 0), "+");
	assert_string_equal(text_of(region_of(REGION_KEY, '-'), 0), "-");
	assert_string_equal(text_of(region_of(REGION_KEY, 'P'), 0), "P pause load");
}

static void the_tasks_name_their_keys(void **state)
{
	(void)state;
	begin(made_typical, 80, 24);
	d.view = VIEW_TASKS;
	draw();
	for (const char *key = "ou}{"; *key; key++)
		if (!region_of(REGION_KEY, *key))
			fail_msg("%c is not there", *key);
	assert_string_equal(text_of(region_of(REGION_KEY, 'u'), 0), "u mute");
	/* Not where they do nothing: in a recording, with one task, where other words stand. */
	d.replay = true;
	draw();
	assert_null(region_of(REGION_KEY, 'u'));
	d.replay = false;
	s->task_count = 1;
	draw();
	assert_null(region_of(REGION_KEY, 'u'));
	begin(made_typical, 40, 10);
	d.view = VIEW_TASKS;
	draw();
	assert_null(region_of(REGION_KEY, 'u'));
}

static void a_key_that_is_clicked_is_pressed(void **state)
{
	const struct region *r;
	struct order o;
	int x;

	(void)state;
	begin(made_typical, 200, 60);
	draw();
	r = region_of(REGION_KEY, '+');
	o = click(r->x, r->y);
	assert_int_equal(o.command, COMMAND_LEVEL);
	assert_int_equal((int)o.level, 25);
	assert_string_equal(d.message, "24 \u2192 25 users (step 1)");
	/* Where that stands it can be pressed again, until something else was. */
	x = r->x;
	assert_int_equal((int)click(x, d.height - 1).level, 26);
	assert_int_equal((int)click(x, d.height - 1).level, 27);
	assert_int_equal(click(x + 4, d.height - 1).command, COMMAND_NONE);
	dashboard_key(&d, s, ']', MAX);
	draw();
	assert_string_equal(d.message, "step 5");
	assert_int_equal(click(x, d.height - 1).command, COMMAND_NONE);
	d.message[0] = '\0';
	draw();
	click(x, d.height - 1);
	click(region(REGION_TASK, 0)->x, region(REGION_TASK, 0)->y + 1);
	assert_int_equal(click(x, d.height - 1).command, COMMAND_NONE);
	d.message[0] = '\0';
	draw();
	r = region_of(REGION_KEY, 'P');
	assert_int_equal(click(r->x + r->width - 1, r->y).command, COMMAND_PAUSE);
	d.message[0] = '\0';
	draw();
	r = region_of(REGION_KEY, '?');
	click(r->x, r->y);
	assert_true(d.help);
	r = region_of(REGION_KEY, KEY_ESC_);
	assert_non_null(r);
	click(r->x + r->width - 1, r->y);
	assert_false(d.help);
}

static void tabs_lead_to_their_views(void **state)
{
	int tabs = 0;

	(void)state;
	for (size_t i = 0; i < SIZES; i++)
		for (int from = 0; from < VIEW_COUNT; from++) {
			const struct region *r;

			begin(made_streaming, sizes[i][0], sizes[i][1]);
			for (int n = 0;; n++) {
				d.view = (enum view_kind)from;
				draw();
				r = region(REGION_KEY, n);
				if (!r)
					break;
				if (r->first < '1' || r->first > '8')
					continue;
				tabs++;
				const int x = n % 2 ? r->x + r->width - 1 : r->x, want = r->first - '1';

				click(x, r->y);
				assert_int_equal(d.view, want);
			}
		}
	assert_true(tabs > 8 * VIEW_COUNT * 3);
}

static void a_question_is_answered_where_its_answers_are(void **state)
{
	const struct region *r;
	int users;

	(void)state;
	for (size_t i = 0; i < SIZES; i++) {
		begin(made_typical, sizes[i][0], sizes[i][1]);
		users = (int)d.level;
		dashboard_key(&d, s, 'q', MAX);
		draw();
		for (int y = 0; y < d.height - 1; y++)
			for (int x = 0; x < d.width; x += 3)
				if (click(x, y).command != COMMAND_NONE)
					fail_msg("%d, %d", x, y);
		assert_true(d.quit_asked);
		r = region_of(REGION_KEY, 'n');
		assert_string_equal(text_of(r, 0), "n");
		click(r->x, r->y);
		assert_false(d.quit_asked);
		dashboard_key(&d, s, 'q', MAX);
		draw();
		r = region_of(REGION_KEY, 'y');
		assert_string_equal(text_of(r, 0), "y");
		assert_int_equal(dashboard_mouse(&d, s, (struct mouse){MOUSE_CLICK, r->x, r->y}, MAX).command, COMMAND_QUIT);
		assert_int_equal((int)d.level, users);
	}
	/* While something is typed the mouse has nothing to say. */
	begin(made_typical, 80, 24);
	dashboard_key(&d, s, '/', MAX);
	draw();
	for (int y = 0; y < d.height; y++)
		for (int x = 0; x < d.width; x++)
			for (enum mouse_act act = MOUSE_CLICK; act <= MOUSE_WHEEL_RIGHT; act++)
				assert_int_equal(at(act, x, y).command, COMMAND_NONE);
	assert_int_equal(d.asking, ASKING_FILTER);
}

static void the_help_tells_of_it_where_it_is(void **state)
{
	char *with, *without;

	(void)state;
	begin(made_typical, 200, 100);
	d.help = true;
	with = made_dump(&d, s, 200, 100, 0);
	d.regions = NULL;
	without = made_dump(&d, s, 200, 100, 0);
	assert_non_null(strstr(with, " click "));
	assert_non_null(strstr(with, " wheel "));
	assert_non_null(strstr(with, "to select"));
	assert_null(strstr(without, " click "));
	free(with);
	free(without);
}

/* --- panes and cells ---------------------------------------------------------- */

static void a_click_focuses_the_pane(void **state)
{
	int panes = 0;

	(void)state;
	for (size_t i = 0; i < SIZES; i++)
		for (int view = 0; view < VIEW_COUNT; view++) {
			begin(made_streaming, sizes[i][0], sizes[i][1]);
			for (int n = 0;; n++) {
				struct region r;

				d.view = (enum view_kind)view;
				draw();
				if (!region(REGION_PANE, n))
					break;
				r = *region(REGION_PANE, n);
				/* Its title is where nothing else is. */
				assert_int_equal(click(r.x + r.width - 1, r.y).command, COMMAND_REDRAW);
				assert_int_equal(d.focus, r.first);
				assert_true(d.focus_given);
				panes++;
			}
		}
	assert_true(panes > 60);
}

/* As Enter does it there: the verdict in large, the requests that failed. */
static void what_opens_as_a_whole_is_opened_by_another_click(void **state)
{
	struct region r;

	(void)state;
	begin(made_typical, 120, 40);
	draw();
	r = *region_of(REGION_PANE, PANE_VERDICT);
	click(r.x + 5, r.y + 1);
	assert_false(d.zoomed);
	click(r.x + 5, r.y + 1);
	assert_true(d.zoomed);
	click(r.x + 5, r.y + 1);
	assert_false(d.zoomed);
	r = *region_of(REGION_PANE, PANE_ERRORS);
	assert_int_equal(click(r.x + 5, r.y + 1).command, COMMAND_REDRAW);
	assert_int_equal(click(r.x + 5, r.y + 1).command, COMMAND_EXEMPLARS);
	assert_true(d.exemplar.query.failures_only);
	r = *region_of(REGION_PANE, PANE_RATE);
	click(r.x + 5, r.y + 1);
	assert_int_equal(click(r.x + 5, r.y + 1).command, COMMAND_REDRAW);
}

static void a_row_that_is_clicked_has_the_cursor(void **state)
{
	static const enum view_kind views[] = {VIEW_OVERVIEW, VIEW_TASKS, VIEW_PHASES, VIEW_STREAM};
	int rows = 0;

	(void)state;
	for (size_t i = 0; i < 2 * SIZES; i++)
		for (size_t v = 0; v < 4; v++) {
			begin(made_streaming, sizes[i / 2][0], sizes[i / 2][1]);
			d.view = views[v];
			d.focus = views[v] == VIEW_PHASES ? PANE_PHASES : PANE_TASKS;
			d.zoomed = i % 2;
			draw();
			for (int n = 0; region(REGION_TASK, n); n++) {
				struct region r = *region(REGION_TASK, n);

				for (int y = 0; y < r.height; y++) {
					int row = r.first + y / r.cell_height;

					d.cursor = row ? 0 : 1;
					draw();
					if (memcmp(&r, region(REGION_TASK, n), sizeof r) != 0)
						continue; /* the list has scrolled */
					assert_int_equal(click(r.x + 2, r.y + y).command, COMMAND_REDRAW);
					assert_int_equal(d.cursor, row);
					/* Drawn there: its name, with the cursor before it. */
					if (y % r.cell_height == 0 && region(REGION_TASK, n)->y == r.y) {
						char name[9]; /* more of it may be cut */

						snprintf(name, sizeof name, "%s", row ? s->task[row - 1].name : "all");
						if (!strstr(text_of(&r, y), name))
							fail_msg("view %d, %dx%d: \"%s\" is not %s", d.view + 1, d.width,
								 d.height, text_of(&r, y), name);
						assert_int_equal(cell(r.x + 1, r.y + y)->ch, glyphs_of(d.glyphs)->cursor);
					}
					/* What has the cursor is opened. */
					assert_int_equal(click(r.x + 2, r.y + y).command, COMMAND_EXEMPLARS);
					assert_int_equal(d.exemplar.query.task, row - 1);
					rows++;
				}
			}
		}
	assert_true(rows > 60);
}

static void an_error_that_is_clicked_has_the_cursor(void **state)
{
	struct region r;

	(void)state;
	for (size_t i = 0; i < SIZES; i++) {
		begin(made_typical, sizes[i][0], sizes[i][1]);
		d.view = VIEW_ERRORS;
		d.focus = PANE_DETAIL;
		draw();
		assert_non_null(region(REGION_ERROR, 0));
		r = *region(REGION_ERROR, 0);
		for (int y = r.height - 1; y >= 0; y--) {
			char name[32];

			snprintf(name, sizeof name, "%s", error_class_name(s->error[r.first + y].error));
			click(r.x + 5, r.y + y);
			assert_int_equal(d.error_cursor, r.first + y);
			assert_non_null(strstr(text_of(&r, y), name));
			assert_int_equal(cell(r.x + 1, r.y + y)->ch, glyphs_of(d.glyphs)->cursor);
			assert_int_equal(click(r.x + 5, r.y + y).command, COMMAND_EXEMPLARS);
			assert_int_equal(d.exemplar.query.error, s->error[r.first + y].error);
		}
	}
}

static void a_bar_that_is_clicked_has_the_cursor(void **state)
{
	static const enum view_kind views[] = {VIEW_OVERVIEW, VIEW_TASKS, VIEW_LATENCY};
	struct snapshot *(*const make[])(void) = {made_typical, made_all_errors, made_huge};
	int bars = 0;

	(void)state;
	for (size_t m = 0; m < 3; m++)
		for (size_t i = 0; i < SIZES; i++)
			for (size_t v = 0; v < 3; v++) {
				bool columns = views[v] == VIEW_LATENCY;
				struct region r;

				begin(make[m], sizes[i][0], sizes[i][1]);
				d.view = views[v];
				draw();
				if (!region(REGION_HISTOGRAM, 0))
					continue;
				r = *region(REGION_HISTOGRAM, 0);
				for (int k = 0; k < (columns ? r.width / r.cell_width : r.height); k++) {
					int x = columns ? r.x + k * r.cell_width + r.cell_width / 2 : r.x + 20 % r.width;
					int y = columns ? r.y + r.height / 2 : r.y + k, at;
					const struct region *pane = region_of(REGION_PANE, PANE_HISTOGRAM);
					struct order o = click(x, y);

					assert_int_equal(d.focus, PANE_HISTOGRAM);
					histogram_cells(&d, s, pane->width, pane->height, &at);
					assert_int_equal(at, k);
					/* Only then: nobody has seen a cursor there before. */
					assert_int_equal(o.command, COMMAND_REDRAW);
					if (columns)
						assert_true(cell(x, y)->attr & ATTR_REVERSE);
					else
						assert_int_equal(cell(r.x, y)->ch, glyphs_of(d.glyphs)->cursor);
					assert_int_equal(click(x, y).command, COMMAND_EXEMPLARS);
					bars++;
				}
			}
	assert_true(bars > 200);
}

static void a_cell_that_is_clicked_has_the_cursor(void **state)
{
	long cells = 0;

	(void)state;
	for (size_t i = 0; i < SIZES; i++) {
		struct region r;

		begin(made_typical, sizes[i][0], sizes[i][1]);
		d.view = VIEW_LATENCY;
		d.zoomed = sizes[i][1] < 20;
		d.focus = PANE_HEATMAP;
		draw();
		assert_non_null(region(REGION_HEATMAP, 0));
		r = *region(REGION_HEATMAP, 0);
		d.focus = d.zoomed ? PANE_HEATMAP : PANE_AUDIT;
		for (int y = 0; y < r.height; y += 2)
			for (int x = (int)(cells % 3); x < r.width; x += 3) {
				struct order o;

				/* A cell that cannot be the one that has it. */
				d.heat_t_us = x < r.width / 2 ? INT64_MAX : 0;
				o = click(r.x + x, r.y + y);
				assert_int_equal(o.command, COMMAND_REDRAW);
				assert_int_equal(d.focus, PANE_HEATMAP);
				if (!(cell(r.x + x, r.y + y)->attr & ATTR_REVERSE))
					fail_msg("%dx%d: the cursor is not at %d, %d", d.width, d.height, x, y);
				o = click(r.x + x, r.y + y);
				assert_int_equal(o.command, COMMAND_EXEMPLARS);
				/* The time that the column stands for. */
				assert_true(d.exemplar.query.from_us <= s->t_us);
				cells++;
			}
	}
	assert_true(cells > 500);
}

/* --- time --------------------------------------------------------------------------- */

static struct course course;

static void begin_replay(int width, int height)
{
	course_init(&course);
	course.end_us = 150 * S;
	begin(made_typical, width, height);
	d.replay = true;
	d.course = &course;
	d.play.end_us = 150 * S;
}

static void the_line_of_the_run_leads_there(void **state)
{
	struct region r;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		begin_replay(sizes[i][0], sizes[i][1]);
		draw();
		assert_non_null(region(REGION_SCRUBBER, 0));
		r = *region(REGION_SCRUBBER, 0);
		for (int x = 0; x < r.width; x++) {
			struct order o = click(r.x + x, r.y);

			assert_int_equal(o.command, COMMAND_GOTO);
			d.play.at_us = o.t_us;
			draw();
			/* The mark of where the picture is stands where the click was. */
			assert_true(cell(r.x + x, r.y)->attr & ATTR_REVERSE);
		}
		assert_int_equal(at(MOUSE_WHEEL_UP, r.x, r.y).command, COMMAND_SEEK);
	}
}

static void the_wheel_over_a_graph_goes_through_time(void **state)
{
	static const int count[VIEW_COUNT] = {5, 1, 2, 1, 3, 0, 1, 1};

	(void)state;
	for (int view = 0; view < VIEW_COUNT; view++) {
		int n = 0;

		begin(made_streaming, 200, 60);
		d.view = (enum view_kind)view;
		draw();
		for (; region(REGION_TIME, n); n++) {
			struct region r = *region(REGION_TIME, n);

			for (int corner = 0; corner < 4; corner++) {
				int x = corner & 1 ? r.x : r.x + r.width - 1, y = corner & 2 ? r.y : r.y + r.height - 1;
				struct order o = at(MOUSE_WHEEL_UP, x, y);

				assert_int_equal(o.command, COMMAND_SEEK);
				assert_int_equal(o.value, -5);
				assert_int_equal(at(MOUSE_WHEEL_LEFT, x, y).value, -5);
				assert_int_equal(at(MOUSE_WHEEL_RIGHT, x, y).value, 5);
				o = at(MOUSE_WHEEL_DOWN, x, y);
				assert_int_equal(o.command, COMMAND_SEEK);
				assert_int_equal(o.value, 5);
			}
		}
		if (n != count[view])
			fail_msg("view %d: %d graphs", view + 1, n);
	}
}

static void the_wheel_moves_through_lists(void **state)
{
	struct region r;
	int top;

	(void)state;
	begin(made_typical, 80, 24);
	d.focus = PANE_HISTOGRAM;
	draw();
	r = *region(REGION_TASK, 0);
	assert_int_equal(at(MOUSE_WHEEL_DOWN, r.x + 4, r.y).command, COMMAND_REDRAW);
	assert_int_equal(d.cursor, 1);
	assert_int_equal(at(MOUSE_WHEEL_LEFT, r.x + 4, r.y).command, COMMAND_NONE);
	at(MOUSE_WHEEL_UP, r.x + 4, r.y);
	at(MOUSE_WHEEL_UP, r.x + 4, r.y);
	assert_int_equal(d.cursor, 0);
	d.view = VIEW_ERRORS;
	draw();
	r = *region(REGION_ERROR, 0);
	at(MOUSE_WHEEL_DOWN, r.x + 4, r.y);
	assert_int_equal(d.error_cursor, 1);
	assert_int_equal(d.cursor, 0);
	dashboard_key(&d, s, '?', MAX);
	draw();
	top = d.help_top;
	at(MOUSE_WHEEL_DOWN, 10, 10);
	assert_int_equal(d.help_top, top + 3);
	for (int i = 0; i < 3; i++)
		at(MOUSE_WHEEL_UP, 10, 10);
	assert_int_equal(d.help_top, 0);
	assert_true(d.help);
}

/* --- whatever comes ----------------------------------------------------------------- */

static void nothing_is_where_nothing_was_drawn(void **state)
{
	(void)state;
	begin(made_typical, 80, 24);
	draw();
	assert_int_equal(click(3, 0).command, COMMAND_NONE);
	assert_int_equal(click(80, 10).command, COMMAND_NONE);
	assert_int_equal(click(10, 24).command, COMMAND_NONE);
	assert_int_equal(click(99998, 99998).command, COMMAND_NONE);
	assert_int_equal(click(-1, -1).command, COMMAND_NONE);
	assert_int_equal(at(MOUSE_NOTHING, 40, 10).command, COMMAND_NONE);
	/* A caller that has no use for it. */
	d.regions = NULL;
	draw();
	for (int y = 0; y < 24; y++)
		assert_int_equal(click(40, y).command, COMMAND_NONE);
}

/* Between a picture and a click the run may have become another one, in another size. */
static void clicks_of_all_kinds_break_nothing(void **state)
{
	struct snapshot *(*const make[])(void) = {made_typical, made_streaming, made_all_errors, made_huge, made_many,
						  made_one_sample, made_new, made_nan, made_hostile};
	struct snapshot *all[sizeof make / sizeof *make];
	struct made random = {7};
	long done = 0;

	(void)state;
	for (size_t i = 0; i < sizeof make / sizeof *make; i++)
		all[i] = make[i]();
	begin_replay(120, 40);
	free(s);
	for (int round = 0; round < 30000; round++) {
		int width = 1 + (int)(made_unit(&random) * 210), height = 1 + (int)(made_unit(&random) * 65);
		enum mouse_act act = (enum mouse_act)(made_unit(&random) * (MOUSE_WHEEL_RIGHT + 1));
		struct order o;

		if (round % 16 == 0) {
			canvas_resize(&canvas, width, height);
			d.width = width;
			d.height = height;
			d.replay = made_unit(&random) < 0.3;
			d.quit_asked = d.help = false;
			d.asking = ASKING_NOTHING;
			d.message[0] = '\0';
			d.zoomed = made_unit(&random) < 0.2;
			d.view = (enum view_kind)(made_unit(&random) * VIEW_COUNT);
		}
		s = made_unit(&random) < 0.02 ? NULL : all[(size_t)(made_unit(&random) * (double)(sizeof make / sizeof *make))];
		if (made_unit(&random) < 0.7)
			draw();
		if (made_unit(&random) < 0.2)
			s = all[(size_t)(made_unit(&random) * (double)(sizeof make / sizeof *make))];
		o = dashboard_mouse(&d, s, (struct mouse){act, (int)(made_unit(&random) * 215) - 2, (int)(made_unit(&random) * 70) - 2},
				    MAX);
		done += o.command != COMMAND_NONE;
		assert_in_range(d.view, 0, VIEW_COUNT - 1);
		assert_in_range(d.focus, 0, PANE_COUNT - 1);
		assert_in_range(d.cursor, 0, SNAP_TASKS);
		assert_in_range(d.error_cursor, 0, SNAP_ERRORS);
		if (o.command == COMMAND_GOTO)
			assert_in_range(o.t_us, 0, 150 * S);
		if (made_unit(&random) < 0.3)
			draw();
	}
	assert_true(done > 1000);
	for (size_t i = 0; i < sizeof make / sizeof *make; i++)
		free(all[i]);
	s = NULL;
}

static void the_room_for_regions_is_enough(void **state)
{
	int most = 0;

	(void)state;
	for (int view = 0; view < VIEW_COUNT; view++)
		for (int replay = 0; replay < 2; replay++) {
			begin_replay(300, 100);
			d.replay = replay;
			d.view = (enum view_kind)view;
			draw();
			most = regions.count > most ? regions.count : most;
		}
	assert_true(most > 20);
	assert_true(most < REGIONS_MAX / 2);
	/* And where it is not, it is not written beyond. */
	for (int i = 0; i < 2 * REGIONS_MAX; i++)
		region_note(&regions, REGION_KEY, 'x', canvas_view(&canvas), 0, 0, 1, 1);
	assert_int_equal(regions.count, REGIONS_MAX);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_names_a_key_is_that_key),
		TEST(the_tasks_name_their_keys),
		TEST(a_key_that_is_clicked_is_pressed),
		TEST(tabs_lead_to_their_views),
		TEST(a_question_is_answered_where_its_answers_are),
		TEST(the_help_tells_of_it_where_it_is),
		TEST(a_click_focuses_the_pane),
		TEST(what_opens_as_a_whole_is_opened_by_another_click),
		TEST(a_row_that_is_clicked_has_the_cursor),
		TEST(an_error_that_is_clicked_has_the_cursor),
		TEST(a_bar_that_is_clicked_has_the_cursor),
		TEST(a_cell_that_is_clicked_has_the_cursor),
		TEST(the_line_of_the_run_leads_there),
		TEST(the_wheel_over_a_graph_goes_through_time),
		TEST(the_wheel_moves_through_lists),
		TEST(nothing_is_where_nothing_was_drawn),
		TEST(clicks_of_all_kinds_break_nothing),
		TEST(the_room_for_regions_is_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
