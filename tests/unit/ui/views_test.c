#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "fixture.h"
#include "golden.h"
#include "ui/layout.h"
#include "ui/widget.h"

typedef struct snapshot *maker(void);

static struct snapshot *made_nothing(void)
{
	return NULL;
}

static const struct {
	const char *name;
	maker *make;
} snapshots[] = {
	{"nothing", made_nothing}, {"one-sample", made_one_sample}, {"typical", made_typical},
	{"huge", made_huge},       {"all-errors", made_all_errors}, {"unknown", made_nan},
	{"many-tasks", made_many}, {"streaming", made_streaming}, {"hostile", made_hostile},
	{"scraped", made_scraped}, {"not-scraped", made_not_scraped},
};
#define SNAPSHOTS ((int)(sizeof snapshots / sizeof *snapshots))

static void overviews(void **state)
{
	static const int sizes[][2] = {{80, 24}, {120, 40}};

	(void)state;
	for (int i = 0; i < SNAPSHOTS; i++)
		for (int k = 0; k < 2; k++) {
			struct dashboard d = made_dashboard();
			struct snapshot *s = snapshots[i].make();
			char name[64];

			snprintf(name, sizeof name, "overview-%s", snapshots[i].name);
			golden(name, &d, s, sizes[k][0], sizes[k][1]);
			free(s);
		}
}

static void all_sizes_of_the_typical_one(void **state)
{
	static const int sizes[][2] = {{200, 60}, {40, 10}, {20, 4}, {60, 1}, {10, 1}, {1, 1}};
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_typical();

	(void)state;
	for (int k = 0; k < 6; k++)
		golden("overview-typical", &d, s, sizes[k][0], sizes[k][1]);
	free(s);
	s = made_streaming();
	for (int k = 0; k < 3; k++)
		golden("overview-streaming", &d, s, sizes[k][0], sizes[k][1]);
	free(s);
}

static void other_views(void **state)
{
	static const int sizes[][2] = {{80, 24}, {120, 40}, {200, 60}, {40, 10}};
	struct snapshot *s = made_typical(), *many = made_many();

	(void)state;
	for (int k = 0; k < 4; k++) {
		struct dashboard d = made_dashboard();

		d.view = VIEW_LATENCY;
		golden("latency-typical", &d, s, sizes[k][0], sizes[k][1]);
		d.view = VIEW_PHASES;
		golden("phases-typical", &d, s, sizes[k][0], sizes[k][1]);
		d.view = VIEW_TASKS;
		golden("tasks-typical", &d, s, sizes[k][0], sizes[k][1]);
		d.cursor = 40;
		golden("tasks-many", &d, many, sizes[k][0], sizes[k][1]);
	}
	free(s);
	free(many);
}

/* The heatmap with its cursor, in all that can happen to it. */
static void heatmaps(void **state)
{
	static const int sizes[][2] = {{80, 24}, {120, 40}, {200, 60}, {40, 10}};
	static const struct {
		const char *name;
		maker *make;
	} of[] = {
		{"nothing", made_nothing}, {"one-sample", made_one_sample}, {"all-errors", made_all_errors}, {"huge", made_huge},
	};
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_streaming();

	(void)state;
	d.view = VIEW_LATENCY;
	d.focus = PANE_HEATMAP;
	d.heat_t_us = 58000000;
	d.heat_bin = loggrid_bin(3900000);
	for (int k = 0; k < 4; k++) {
		d.zoomed = k == 3;
		golden("heatmap", &d, s, sizes[k][0], sizes[k][1]);
	}
	golden("heatmap-zoomed", &d, s, 80, 24);
	d.zoomed = false;
	d.glyphs = GLYPHS_ASCII;
	golden("heatmap-ascii", &d, s, 80, 24);
	golden("heatmap-ascii", &d, s, 120, 40);
	free(s);
	d.glyphs = GLYPHS_BRAILLE;
	d.heat_t_us = INT64_MAX;
	d.heat_bin = -1;
	for (int i = 0; i < 4; i++) {
		char name[64];

		s = of[i].make();
		snprintf(name, sizeof name, "heatmap-%s", of[i].name);
		golden(name, &d, s, 80, 24);
		golden(name, &d, s, 120, 40);
		free(s);
	}
}

/* No task's text, no role letter, only what is on the screen. */
static char *text_of(const struct dashboard *d, const struct snapshot *s, int width, int height)
{
	return made_dump(d, s, width, height, 0);
}

#define SAYS(what)                              \
	text = text_of(&d, s, 120, 40);         \
	assert_non_null(strstr(text, what));    \
	free(text)
#define SAYS_NOT(what)                          \
	text = text_of(&d, s, 120, 40);         \
	assert_null(strstr(text, what));        \
	free(text)

/* The views of model serving, in all that can happen to them. */
static void serving_views(void **state)
{
	static const int sizes[][2] = {{80, 24}, {120, 40}, {200, 60}};
	static const struct {
		const char *name;
		enum view_kind view;
		const char *with;
		maker *make;
	} of[] = {
		{"latency", VIEW_LATENCY, "streaming", made_streaming},
		{"latency", VIEW_LATENCY, "huge", made_huge},
		{"phases", VIEW_PHASES, "nothing", made_nothing},
		{"phases", VIEW_PHASES, "one-sample", made_one_sample},
		{"phases", VIEW_PHASES, "typical", made_typical},
		{"phases", VIEW_PHASES, "streaming", made_streaming},
		{"phases", VIEW_PHASES, "huge", made_huge},
		{"phases", VIEW_PHASES, "all-errors", made_all_errors},
		{"phases", VIEW_PHASES, "many-tasks", made_many},
		{"stream", VIEW_STREAM, "nothing", made_nothing},
		{"stream", VIEW_STREAM, "streaming", made_streaming},
		{"stream", VIEW_STREAM, "huge", made_huge},
		{"stream", VIEW_STREAM, "many-tasks", made_many},
		{"stream", VIEW_STREAM, "hostile", made_hostile},
		{"errors", VIEW_ERRORS, "nothing", made_nothing},
		{"errors", VIEW_ERRORS, "streaming", made_streaming},
		{"errors", VIEW_ERRORS, "huge", made_huge},
		{"errors", VIEW_ERRORS, "all-errors", made_all_errors},
		{"errors", VIEW_ERRORS, "many-tasks", made_many},
		{"errors", VIEW_ERRORS, "hostile", made_hostile},
		{"tasks", VIEW_TASKS, "streaming", made_streaming},
		{"tasks", VIEW_TASKS, "huge", made_huge},
		{"cache", VIEW_CACHE, "nothing", made_nothing},
		{"cache", VIEW_CACHE, "uncached", made_uncached},
		{"cache", VIEW_CACHE, "streaming", made_streaming},
		{"cache", VIEW_CACHE, "huge", made_huge},
		{"cache", VIEW_CACHE, "hostile", made_hostile},
	};

	(void)state;
	for (int i = 0; i < (int)(sizeof of / sizeof *of); i++)
		for (int k = 0; k < 3; k++) {
			struct dashboard d = made_dashboard();
			struct snapshot *s = of[i].make();
			char name[64];

			d.view = of[i].view;
			d.error_cursor = 1;
			snprintf(name, sizeof name, "%s-%s", of[i].name, of[i].with);
			golden(name, &d, s, sizes[k][0], sizes[k][1]);
			free(s);
		}
}

/* A task muted by hand, and what others did to the rest. */
static void beside_each_other(void **state)
{
	static const int sizes[][2] = {{80, 24}, {120, 40}, {200, 60}, {40, 10}};
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_typical();

	(void)state;
	made_beside(s);
	d.view = VIEW_TASKS;
	for (int k = 0; k < 4; k++)
		golden("tasks-beside", &d, s, sizes[k][0], sizes[k][1]);
	d.focus = PANE_BESIDE;
	d.zoomed = true;
	golden("beside-zoomed", &d, s, 80, 24);
	s->beside_count = 0;
	golden("beside-nothing", &d, s, 80, 24);
	s->beside_count = SNAP_BESIDE;
	for (int i = 0; i < SNAP_BESIDE; i++)
		s->beside[i] = (struct snap_beside){.task = i * 5, .added = UINT64_MAX >> i, .level = 1e300, .mode = MODE_OPEN,
						    .without = {UINT64_MAX, INT64_MAX, INFINITY}, .with = {0, 0, NAN}};
	d.zoomed = false;
	golden("beside-huge", &d, s, 80, 24);
	free(s);
}

/* All that is known of them. */
static void modes_in_full(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_streaming();

	(void)state;
	d.view = VIEW_LATENCY;
	d.focus = PANE_HISTOGRAM;
	d.zoomed = true;
	golden("modes-zoomed", &d, s, 80, 24);
	golden("modes-zoomed", &d, s, 120, 40);
	d.glyphs = GLYPHS_ASCII;
	golden("modes-zoomed-ascii", &d, s, 80, 24);
	free(s);
}

/* Nothing of what a server or a scenario says reaches the terminal as more than
 * printable characters. */
static void server_text_is_clean(void **state)
{
	struct snapshot *s = made_hostile();
	struct canvas canvas;

	(void)state;
	for (int view = 0; view < VIEW_COUNT; view++)
		for (int row = 0; row < 3; row++) {
			struct dashboard d = made_dashboard();

			d.view = (enum view_kind)view;
			d.error_cursor = row;
			canvas_init(&canvas, 160, 50);
			dashboard_draw(&d, s, &canvas);
			for (int i = 0; i < 160 * 50; i++) {
				uint32_t ch = canvas.cell[i].ch;

				assert_true(ch == 0 || (ch >= 0x20 && ch != 0x7f && utf8_width(ch) > 0));
				assert_false(ch >= 0x80 && ch < 0xa0);
				assert_false(ch >= 0x202a && ch <= 0x202e);
			}
			canvas_fini(&canvas);
		}
	free(s);
}

static int cells_of(const struct dashboard *d, const struct snapshot *s, enum role role, int width, int height)
{
	struct canvas canvas;
	int n = 0;

	canvas_init(&canvas, width, height);
	dashboard_draw(d, s, &canvas);
	for (int i = 0; i < width * height; i++)
		n += canvas.cell[i].role == role && canvas.cell[i].ch != ' ';
	canvas_fini(&canvas);
	return n;
}

/* As long as all is well; and one missed SLO is enough. */
static void nothing_is_red_without_a_reason(void **state)
{
	static const int sizes[][2] = {{80, 24}, {120, 40}, {200, 60}, {40, 16}, {90, 1}};
	struct snapshot *s = made_streaming();

	(void)state;
	s->error_count = s->error_kinds = 0;
	s->failed = s->censored = 0;
	memset(s->heat.failed, 0, sizeof s->heat.failed);
	s->now.success_rate = s->all.success_rate = 1;
	s->now.failed = s->all.failed = 0;
	s->all.failed_latency.count = 0;
	s->now.failed_latency.count = 0;
	for (int i = 0; i < s->task_count; i++) {
		s->task[i].window.success_rate = s->task[i].all.success_rate = 1;
		s->task[i].window.failed = s->task[i].all.failed = 0;
	}
	for (int i = 0; i < s->point_count; i++)
		s->point[i].failed = 0;
	memset(s->failed_bins, 0, sizeof s->failed_bins);
	memset(s->series.errors, 0, sizeof s->series.errors);
	memset(s->series.errors_of, 0, sizeof s->series.errors_of);
	made_together(s);
	for (int missed = 0; missed < 2; missed++) {
		s->slo[2].now = missed ? 648000 : 400000;
		s->slo[3].now = 1900000;
		made_run(&s->slo[2], s->slo[2].now);
		made_run(&s->slo[3], s->slo[3].now);
		for (int view = 0; view < VIEW_COUNT; view++)
			for (int k = 0; k < 5; k++) {
				struct dashboard d = made_dashboard();

				d.view = (enum view_kind)view;
				assert_int_equal(cells_of(&d, s, ROLE_BAD, sizes[k][0], sizes[k][1]) > 0, missed);
			}
	}
	free(s);
}

static void lamps_say_what_is_missed(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_streaming();
	char *text;

	(void)state;
	SAYS("slo now 3/4 ✗  run 2/4 ✗");
	SAYS("p95<3s now 2.14 s ✓");
	SAYS("ttft.p99<500ms now 648 ms ✗");
	SAYS("resume-analysis p95<2s now 1.98 s ✓");
	text = text_of(&d, s, 260, 60);
	assert_non_null(strstr(text, "run 2.36 s ✗"));
	assert_non_null(strstr(text, "run 2.11 s ✓"));
	assert_non_null(strstr(text, "goodput  11.9 req/s"));
	free(text);
	/* The value is beyond, but that may be chance. */
	s->slo[3].verdict = SLO_INCONCLUSIVE;
	s->slo[2].verdict = SLO_PASS;
	/* On the smallest usual screen, too, it is not told as met. */
	text = text_of(&d, s, 80, 24);
	assert_non_null(strstr(text, "slo now 3/4 ✗  run 3/4 ?"));
	free(text);
	s->slo[2].verdict = SLO_FAIL;
	text = text_of(&d, s, 260, 60);
	assert_non_null(strstr(text, "run 2.36 s ?"));
	free(text);
	/* What it waits for, where there is room. */
	s->slo[3].needs = (struct slo_needs){.requests = 1361, .seconds = 117};
	text = text_of(&d, s, 280, 60);
	assert_non_null(strstr(text, "run 2.36 s ?  needs about 1,400 more, 2 min"));
	free(text);
	text = text_of(&d, s, 80, 24);
	assert_null(strstr(text, "more, 2 min"));
	free(text);
	s->slo[3].needs = (struct slo_needs){.close = false};
	s->slo[3].verdict = SLO_FAIL;
	/* The one that is missed outlives the others. */
	text = text_of(&d, s, 50, 20);
	assert_non_null(strstr(text, "ttft.p99<500ms now 648 ms ✗"));
	assert_null(strstr(text, "success>="));
	free(text);
	text = text_of(&d, s, 90, 1);
	assert_non_null(strstr(text, "slo now 3/4 ✗"));
	free(text);
	s->slo[2].now = NAN;
	made_run(&s->slo[2], NAN);
	SAYS("slo now 3/4 –  run 2/4 ✗");
	text = text_of(&d, s, 260, 60);
	assert_non_null(strstr(text, "ttft.p99<500ms now – –"));
	free(text);
	s->slo_count = 1;
	SAYS_NOT("slo now 1/1");
	SAYS("p95<3s now 2.14 s ✓");
	d.glyphs = GLYPHS_ASCII;
	SAYS("p95<3s now 2.14 s +");
	s->warming = true;
	SAYS("prompts repeat");
	free(s);
}

static void stream_sentences(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_streaming();
	char *text;

	(void)state;
	d.view = VIEW_STREAM;
	SAYS("47 of 48 streams paused 820 ms at 31.2 s");
	SAYS("61 gaps beyond 104 ms (5 × the median), the longest 820 ms");
	SAYS("1.02 events per read");
	SAYS_NOT("proxy");
	s->stall[0].t_us = 131000000;
	SAYS("paused 131 ms at 02:11");
	s->now.reads = s->now.events * 10 / 15;
	SAYS("1.50 events per read");
	SAYS_NOT("proxy");
	s->now.reads = s->now.events / 2;
	SAYS("several events a read: a proxy may be buffering");
	s->stall_gaps = 0;
	s->stall_count = 0;
	SAYS("none: no gap beyond 104 ms");
	s->stall_threshold_us = 0;
	SAYS("100 gaps are needed");
	free(s);
	s = made_typical();
	SAYS("no streams yet");
	SAYS("--stream sse");
	d.view = VIEW_ERRORS;
	s->failed = s->censored = 0;
	s->error_count = 0;
	SAYS("no errors yet");
	d.view = VIEW_CACHE;
	SAYS("X-Cache, Age, CF-Cache-Status, cached_tokens");
	s->prompts = 843;
	s->prompts_repeated = 0.8;
	s->warming = true;
	SAYS("prompts repeat: a warm prefix cache may be what you measure");
	free(s);
}

static void states(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_typical();

	(void)state;
	d.help = true;
	golden("help", &d, s, 80, 24);
	golden("help", &d, s, 120, 40);
	d.help_top = 1000;
	golden("help-end", &d, s, 80, 24);
	d.help = false;
	d.quit_asked = true;
	golden("quit", &d, s, 80, 24);
	d.quit_asked = false;
	d.frozen = true;
	snprintf(d.message, sizeof d.message, "picture frozen; the load goes on");
	golden("frozen", &d, s, 80, 24);
	d.frozen = false;
	*d.message = '\0';
	d.zoomed = true;
	d.focus = PANE_POINTS;
	golden("zoom-points", &d, s, 80, 24);
	d.focus = PANE_VERDICT;
	golden("zoom-verdict", &d, s, 80, 24);
	golden("zoom-verdict", &d, s, 40, 10);
	d.focus = PANE_POINTS;
	d.zoomed = false;
	d.glyphs = GLYPHS_BLOCK;
	golden("block", &d, s, 120, 40);
	d.glyphs = GLYPHS_ASCII;
	golden("ascii", &d, s, 120, 40);
	d.trouble = "recording stopped: no space left on the device";
	d.load_paused = true;
	golden("trouble", &d, s, 80, 24);
	d = made_dashboard();
	d.replay = true;
	d.recorded = "2026-11-23 14:02";
	d.play.playing = true;
	d.play.speed = 4;
	d.play.at_us = 83400000;
	d.play.end_us = 150000000;
	golden("replay", &d, s, 120, 40);
	s->query.task = 1;
	d.cursor = 2;
	golden("one-task", &d, s, 120, 40);
	free(s);
}

static void ascii_is_ascii(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_streaming();

	(void)state;
	d.glyphs = GLYPHS_ASCII;
	for (int view = 0; view < VIEW_COUNT; view++)
		for (int help = 0; help < 2; help++) {
			d.view = (enum view_kind)view;
			d.help = help;
			char *text = text_of(&d, s, 160, 50);

			for (const char *c = text; *c; c++)
				assert_true((unsigned char)*c < 0x80);
			free(text);
		}
	free(s);
}

static void one_line_gets_shorter(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_typical();
	char *text = text_of(&d, s, 80, 1);

	(void)state;
	assert_string_equal(text, "24 users 12.8 req/s p50 1.41 p95 2.14 p99 2.76 s err 0.8 %\n");
	free(text);
	/* Never half a number: what is shown is made of whole words. */
	for (int width = 1; width < 80; width++) {
		text = text_of(&d, s, width, 1);
		if (width >= 4)
			assert_non_null(strstr(text, "12.8"));
		if (width >= 24) {
			assert_non_null(strstr(text, "1.41"));
			assert_non_null(strstr(text, "2.76"));
			assert_non_null(strstr(text, "0.8"));
		}
		free(text);
	}
	free(s);
}

static void the_rate_is_seen_at_every_size(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_typical();

	(void)state;
	for (int width = 20; width <= 200; width += 3)
		for (int height = 4; height <= 60; height += 3) {
			char *text = text_of(&d, s, width, height);

			assert_non_null(strstr(text, "12.8"));
			assert_non_null(strstr(text, "p50 1.41"));
			assert_non_null(strstr(text, "2.76"));
			assert_non_null(strstr(text, "99.2"));
			free(text);
		}
	free(s);
}

/* Characters of a row of the plot, without axes and labels. */
static void plot_row(const struct canvas *canvas, int y, int from, int to, uint32_t *out)
{
	for (int x = from; x < to; x++)
		out[x - from] = canvas->cell[(size_t)y * (size_t)canvas->width + (size_t)x].ch;
}

static void graphs_scroll_by_whole_cells(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_typical();
	struct canvas before, after;
	enum { FROM = 6, TO = 33, SHIFT = 1 };

	(void)state;
	canvas_init(&before, 80, 24);
	canvas_init(&after, 80, 24);
	s->series.count = 80;
	dashboard_draw(&d, s, &before);
	s->series.count = 82;
	dashboard_draw(&d, s, &after);
	for (int y = 3; y < 7; y++) {
		uint32_t a[TO - FROM], b[TO - FROM];

		plot_row(&before, y, FROM, TO, a);
		plot_row(&after, y, FROM, TO, b);
		/* All but the last cell, which was not complete before. */
		assert_memory_equal(a + SHIFT, b, (TO - FROM - SHIFT - 1) * sizeof *a);
	}
	canvas_fini(&before);
	canvas_fini(&after);
	free(s);
}

static void an_open_second_is_not_drawn(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_typical();
	char *a, *b;

	(void)state;
	a = text_of(&d, s, 120, 40);
	s->series.rps[s->series.count - 1] = 9000;
	s->series.p99[s->series.count - 1] = 9e9F;
	b = text_of(&d, s, 120, 40);
	assert_string_equal(a, b);
	free(a);
	free(b);
	free(s);
}

/* The whole histogram is in its rows, whatever their number. */
static void merged_rows_lose_nothing(void **state)
{
	struct snapshot *(*const makers[])(void) = {made_typical, made_one_sample, made_all_errors};

	(void)state;
	for (int m = 0; m < 3; m++) {
		struct snapshot *s = makers[m]();
		struct histogram h;
		uint64_t all = 0;

		histogram_init(&h, s->ok_bins, s->failed_bins, &s->now.latency);
		for (int i = 0; i < LOGGRID_BINS; i++)
			all += s->ok_bins[i] + s->failed_bins[i];
		for (int rows = 1; rows < 120; rows++) {
			struct histogram_rows merged = histogram_merge(&h, rows);
			uint64_t sum = 0;

			assert_in_range(merged.rows, 1, rows);
			for (int i = 0; i < merged.rows; i++)
				sum += histogram_sum(s->ok_bins, &merged, i) + histogram_sum(s->failed_bins, &merged, i);
			assert_int_equal(sum, all);
			assert_in_range(histogram_row(&merged, h.p50_us), 0, merged.rows - 1);
			assert_in_range(histogram_row(&merged, INT64_MAX), 0, merged.rows - 1);
		}
		free(s);
	}
}

static void words_say_what_is_missing(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_typical();
	struct snap_point *now = &s->point[s->point_count - 1];
	char *text;

	(void)state;
	d.zoomed = true;
	d.focus = PANE_POINTS;
	SAYS("16 → 24 users: succeeded × 1.1, p95 × 1.2, errors 0.9 % → 2.2 % (n = 213, 181)");
	now->requests = 12;
	SAYS("24 users: 12 of the 20 requests needed to compare");
	s->settling_until_us = s->t_us + 2400000;
	SAYS("24 users: settling, 3 s more");
	s->settling_until_us = 0;
	now->requests = 40;
	s->point[3].requests = s->point[2].requests = 3;
	SAYS("16 users had 3 requests; 20 are needed to compare");
	s->point_count = 1;
	s->point[0] = (struct snap_point){.phase = PHASE_LOAD, .level = 1, .requests = 90};
	SAYS("one load so far, 1 user; + or > shows what more does");
	d.replay = true;
	SAYS("one load so far, 1 user\n");
	s->client_bound = true;
	snprintf(s->evidence, sizeof s->evidence, "worker 0 used 98 %% of its core");
	SAYS("client-bound: worker 0 used 98 % of its core");
	s->point[0].client_bound = true;
	SAYS("! client-bound ");
	SAYS(" ! 00:00 1 user");
	free(s);
}

static void the_end_is_told_where_it_is_known(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_typical();
	char *text;

	(void)state;
	s->t_us = 12000000;
	SAYS("live 00:12  ");
	d.stop_us = 30000000;
	SAYS("live 00:12 of 00:30  ");
	d.stop_us = 0;
	d.requests = 2000;
	s->together.all.requests = 768;
	SAYS("live 00:12  768 of 2000 requests  ");
	/* What ends is over soon in any case. */
	d.stop_us = 30000000;
	d.stopping = true;
	SAYS("live 00:12  ");
	d.stopping = false;
	s->t_us = 31000000;
	SAYS("live 00:31  768 of 2000 requests  ");
	free(s);
}

static void draining_says_how_long_at_most(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_typical();
	char *text;

	(void)state;
	s->phase = PHASE_DRAIN;
	s->gauge.in_flight = 3;
	s->t_us = 90000000;
	SAYS("draining, 3 left  ");
	d.drain_until_us = 101500000;
	SAYS("draining, 3 left, 12 s at most");
	s->t_us = 102000000;
	SAYS("draining, 3 left  ");
	free(s);
}

static void a_point_lasts_to_the_nearest_second(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_typical();
	char *text;

	(void)state;
	d.zoomed = true;
	d.focus = PANE_POINTS;
	s->point_count = 2;
	s->point[1].seconds = 12.4999;
	text = text_of(&d, s, 80, 24);
	assert_non_null(strstr(text, "00:12"));
	free(text);
	s->point[1].seconds = 12.9996; /* the report says 13.0 s */
	text = text_of(&d, s, 80, 24);
	assert_non_null(strstr(text, "00:13"));
	free(text);
	free(s);
}

static int some(struct made *m, int n)
{
	return (int)(made_unit(m) * n);
}

static int scene_rows(const struct snapshot *s)
{
	return s->task_count > 1 ? s->task_count + 1 : 1;
}

/* Each size with a view, a snapshot and a state drawn by lot, always the same. */
static void every_size_draws_inside_and_alike(void **state)
{
	struct snapshot *s[SNAPSHOTS];
	struct made m = {4711};

	(void)state;
	for (int i = 0; i < SNAPSHOTS; i++)
		s[i] = snapshots[i].make();
	/* Every width up to 130, then coarser; the sanitizers watch the edges. */
	for (int width = 1; width <= 300; width += width < 130 ? 1 : 17)
		for (int height = 1; height <= 100; height += height < 44 ? 1 : 7) {
			struct dashboard d = made_dashboard();
			enum pane pane[PANE_COUNT];
			struct canvas a, b;
			int which = some(&m, SNAPSHOTS);

			d.view = (enum view_kind)some(&m, VIEW_COUNT);
			d.glyphs = (enum glyph_set)some(&m, GLYPHS_COUNT);
			d.help = some(&m, 11) == 0;
			d.zoomed = some(&m, 7) == 0;
			d.focus = pane[some(&m, layout_panes(d.view, pane))];
			d.error_cursor = some(&m, 5);
			d.heat_t_us = some(&m, 2) ? INT64_MAX : some(&m, 90) * 1000000LL;
			d.heat_bin = some(&m, LOGGRID_BINS + 1) - 1;
			d.cursor = some(&m, s[which] ? scene_rows(s[which]) : 1);
			canvas_init(&a, width, height);
			canvas_init(&b, width, height);
			dashboard_draw(&d, s[which], &a);
			view_fill(canvas_view(&b), '?', PEN(ROLE_BAD));
			dashboard_draw(&d, s[which], &b);
			assert_memory_equal(a.cell, b.cell, sizeof *a.cell * (size_t)width * (size_t)height);
			canvas_fini(&a);
			canvas_fini(&b);
		}
	for (int i = 0; i < SNAPSHOTS; i++)
		free(s[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(overviews),
		cmocka_unit_test(all_sizes_of_the_typical_one),
		cmocka_unit_test(other_views),
		cmocka_unit_test(heatmaps),
		cmocka_unit_test(serving_views),
		cmocka_unit_test(modes_in_full),
		cmocka_unit_test(beside_each_other),
		cmocka_unit_test(server_text_is_clean),
		cmocka_unit_test(nothing_is_red_without_a_reason),
		cmocka_unit_test(lamps_say_what_is_missed),
		cmocka_unit_test(stream_sentences),
		cmocka_unit_test(states),
		cmocka_unit_test(ascii_is_ascii),
		cmocka_unit_test(one_line_gets_shorter),
		cmocka_unit_test(the_rate_is_seen_at_every_size),
		cmocka_unit_test(graphs_scroll_by_whole_cells),
		cmocka_unit_test(an_open_second_is_not_drawn),
		cmocka_unit_test(merged_rows_lose_nothing),
		cmocka_unit_test(words_say_what_is_missing),
		cmocka_unit_test(the_end_is_told_where_it_is_known),
		cmocka_unit_test(draining_says_how_long_at_most),
		cmocka_unit_test(a_point_lasts_to_the_nearest_second),
		cmocka_unit_test(every_size_draws_inside_and_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
