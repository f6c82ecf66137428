/* Panes and views: what is shown, composed of widgets. Private to ui/. */
#ifndef UI_VIEW_H
#define UI_VIEW_H

#include <stdbool.h>

#include "run/snapshot.h"
#include "ui/canvas.h"
#include "ui/dashboard.h"
#include "ui/format.h"
#include "ui/layout.h"
#include "ui/widget.h"

/* What every pane needs. */
struct scene {
	const struct dashboard *d;
	const struct snapshot *s; /* never NULL: the empty one stands in */
	const struct glyphs *g;
	struct unit unit; /* of all latencies outside histograms */
};

/* dashboard_draw.c: stands in while nothing is known. */
extern const struct snapshot scene_nothing;
/* Where things are on a screen of that size; `s` NULL: nothing is known. */
void dashboard_layout(const struct dashboard *d, const struct snapshot *s, int width, int height, bool zoomed,
		      struct layout *out);
/* Where the help or a request is shown: all between the lamps and what is below the panes;
 * on a small screen the head's lines, too. */
struct rect dashboard_whole(const struct layout *layout, int width);

/* frame.c: where the parts of a graph over time are in its pane. */
struct frame {
	struct view y_axis, plot, time, labels;
};
struct frame frame_of(struct view view);
/* "now", or when the picture was taken where that is not now. */
void frame_time(const struct scene *scene, const struct graph *graph, const struct frame *f);
void frame_nothing(const struct scene *scene, const struct frame *f, const char *what);
/* The row of a plot that a value is in. */
int frame_row(double value, double max, int rows);

/* statusline.c: the rows above and below the panes. */
void statusline_draw(const struct scene *scene, struct view view);
void statusline_one(const struct scene *scene, struct view view);
void keybar_draw(const struct scene *scene, struct view view);

/* dashboard_mouse.c and keys: a step in time. */
#define SEEK_STEP_S 5

/* scrubber.c: the whole run in a row, while the picture is of a recording or of the past. */
void scrubber_draw(const struct scene *scene, struct view view);
/* The moment in the middle of one of its `cells`. */
int64_t scrubber_us(const struct dashboard *d, int cell, int cells);
/* landmarks.c: the next mark, change of load or beginning of errors after a moment (way 1)
 * or before it (-1), and what it is; -1: there is none. */
int64_t landmark_find(const struct course *course, int64_t from_us, int way, char *what, size_t bytes);

/* asking.c: a text is asked for, in the key bar's place; it has all keys. At most `most`
 * bytes of it. */
void asking_start(struct dashboard *d, enum asking what, const char *text, size_t most);
struct order asking_key(struct dashboard *d, const struct snapshot *s, int code);
void filter_clear(struct dashboard *d);
void asking_draw(const struct scene *scene, struct view view);

/* lamps.c: what was promised (SLOs) and what streams deliver. */
int lamps_rows(const struct snapshot *s);
void lamps_draw(const struct scene *scene, struct view view);
/* "slo now 3/4 ✗"; returns its role. */
enum role lamps_summary(const struct scene *scene, char out[FORMAT_BYTES]);

/* tour.c: what a newcomer may press next. */
bool tourline_is_on(const struct dashboard *d);
void tourline_draw(const struct scene *scene, struct view view);
/* sweepline.c: what a sweep does, or has found. */
int sweepline_rows(const struct dashboard *d, const struct snapshot *s);
void sweepline_draw(const struct scene *scene, struct view view);

/* trialline.c: the same of a micro-experiment, in its place where it is the newer. */
bool trialline_shown(const struct dashboard *d, const struct snapshot *s);
int trialline_rows(const struct dashboard *d, const struct snapshot *s);
void trialline_draw(const struct scene *scene, struct view view);
/* trialmenu.c: which one; over the panes, it has all keys. */
struct order trials_open(struct dashboard *d);
struct order trials_key(struct dashboard *d, int code, enum action action);
void trials_draw(const struct scene *scene, struct view view);

/* help.c */
void help_draw(const struct scene *scene, struct view view);
/* The first line of the last page, in a view so large. */
int help_last(const struct dashboard *d, int width, int height);

/* words.c: what the operating points say. At most two sentences. */
void words_compare(const struct scene *scene, char *out, size_t bytes);
/* While there is no answer: "no answers yet: 4 requests are under way". */
#define WORDS_AWAITED 64
char *words_awaited(const struct scene *scene, char out[WORDS_AWAITED]);
/* "http_5xx 503"; codes that say nothing are left out. */
void words_error(const struct snap_error *e, char *out, size_t bytes);
/* "latency", "service", "queue": what the query's clock measures. */
const char *scene_clock(const struct scene *scene);
/* Behind a title that does not say: ", service"; "" for the response clock. */
const char *scene_clock_suffix(const struct scene *scene);
/* Text of a server, fit for a terminal: one line, without control characters. */
char *words_clean(const char *text, char *out, size_t bytes);

/* pane_*.c */
void pane_rate(const struct scene *scene, struct view view);
void pane_trend(const struct scene *scene, struct view view);
void pane_histogram(const struct scene *scene, struct view view);
void pane_tasks(const struct scene *scene, struct view view);
void pane_errors(const struct scene *scene, struct view view);
void pane_points(const struct scene *scene, struct view view);
void pane_verdict(const struct scene *scene, struct view view);
/* pane_server.c */
void pane_server(const struct scene *scene, struct view view);
/* "12", "12.3k"; a number of requests as the server says it. */
char *server_count(const struct scene *scene, double n, char out[FORMAT_BYTES]);
/* "no metrics since 01:11" of rank `rank` and ": HTTP 503" of `why_rank`, into the line; only
 * where the newest scrape failed. */
void server_failure(const struct scene *scene, struct line *line, int rank, int why_rank, int gap);
/* pane_histogram.c: what both kinds of histogram pane share. */
void histogram_title(const struct scene *scene, struct view view, const struct histogram *h);
/* A line at the foot for what is only a lower bound, where there is any; returns the
 * rest of `view`. */
struct view histogram_censored(const struct scene *scene, struct view view);
/* modes_foot.c: the same for the modes; its room is always kept. */
struct view modes_foot(const struct scene *scene, struct view view);
void histogram_nothing(const struct scene *scene, struct view view);
/* view_latency.c, view_tasks.c: the larger ones of these views. */
void pane_distribution(const struct scene *scene, struct view view);
void pane_task_details(const struct scene *scene, struct view view);
/* pane_tasks_zoom.c: either, where all columns do not fit. */
void pane_tasks_zoomed(const struct scene *scene, struct view view);

/* Stream (pane_token_times.c, pane_token_graphs.c, pane_stream_tasks.c,
 * pane_stalls.c). */
void pane_ttft(const struct scene *scene, struct view view);
void pane_tpot(const struct scene *scene, struct view view);
void pane_itl(const struct scene *scene, struct view view);
void pane_ttft_trend(const struct scene *scene, struct view view);
void pane_tokens(const struct scene *scene, struct view view);
void pane_itl_trend(const struct scene *scene, struct view view);
void pane_stream_tasks(const struct scene *scene, struct view view);
void pane_stalls(const struct scene *scene, struct view view);
/* pane_classes.c, pane_error_table.c, pane_error_detail.c. */
int classes_count(const struct snapshot *s);
/* The row of the table that the cursor is in; -1 without errors. */
int errors_cursor(const struct scene *scene);
/* The title of a list of them, with the filter where there is one: `title` or `out`. */
const char *errors_title(const struct scene *scene, const char *title, char *out, size_t bytes);
void pane_classes(const struct scene *scene, struct view view);
void pane_error_table(const struct scene *scene, struct view view);
void pane_error_detail(const struct scene *scene, struct view view);
/* pane_failing.c: below them, where there is room: of which task and load, and after how long. */
void pane_failing_tasks(const struct scene *scene, struct view view);
void pane_failing_loads(const struct scene *scene, struct view view);
void pane_failed_times(const struct scene *scene, struct view view);
/* pane_points.c: "01:07 24 users" in so many cells. */
void point_draw(const struct scene *scene, struct view view, int x, int y, int cells, const struct snap_point *p, bool present);
/* pane_heatmap.c */
void pane_heatmap(const struct scene *scene, struct view view);
/* Moves the cursor of a pane so large, or onto a cell as the mouse has them; whether it
 * was there already. */
bool heatmap_put(struct dashboard *d, const struct snapshot *s, int width, int height, int cell);
void heatmap_move(struct dashboard *d, const struct snapshot *s, int width, int height, enum action action);
/* cells.c: the cursor of a histogram, and what is asked for behind a cursor. `pane`: of
 * what has the focus, where it is on the screen. */
enum cursor_way { CURSOR_NONE, CURSOR_ROWS, CURSOR_COLUMNS };
/* Which keys move the histogram's cursor; NONE: it has none. */
enum cursor_way histogram_cursor(const struct dashboard *d);
/* Its rows in a pane so large; *row: the one with the cursor. */
struct histogram_rows histogram_cells(const struct dashboard *d, const struct snapshot *s, int width, int height,
				      int *row);
void histogram_move(struct dashboard *d, const struct snapshot *s, int width, int height, int by);
/* The latencies of a row, from low to below high. */
void cell_span(const struct histogram_rows *rows, int row, struct exemplar_query *query);
/* Fills exemplar.query and .what. */
void exemplars_ask(struct dashboard *d, const struct snapshot *s, int width, int height);
/* The map's cell under the cursor. */
void heatmap_cell(const struct dashboard *d, const struct snapshot *s, int width, int height,
		  struct exemplar_query *query);
/* view_latency.c: the plot in what is below the title, with a baseline or without. */
struct view distribution_plot(struct view body, bool ghost);
/* pane_histogram.c: the row above its foot. */
int histogram_body_height(const struct snapshot *s, int height);

/* pane_exemplar.c */
/* They are on the screen, in place of the panes. */
bool exemplar_open(const struct dashboard *d);
void exemplar_draw(const struct scene *scene, struct view view);
/* The last line that can be on top, of the chosen one in a view so large; lines of a page. */
int exemplar_last(const struct scene *scene, int width, int height, int *page);
/* exemplar_detail.c: the chosen one in full, from line `top` on; returns its lines. With
 * a view of no height it only counts. */
int exemplar_detail(const struct scene *scene, struct view view, int top, const struct rec_exemplar *e);

/* sheet.c: lines that scroll. */
struct sheet {
	struct view view;
	const struct glyphs *g;
	int top, y; /* the first shown; the next */
};
/* Wrapped at the right edge, from column x on. */
void sheet_text(struct sheet *sheet, int x, struct pen pen, const char *text, size_t bytes);
/* A line at a time; JSON is laid out. */
void sheet_body(struct sheet *sheet, int x, const char *text, size_t bytes);
/* Whether the next line is on the screen: its row, or -1. It is taken. */
int sheet_row(struct sheet *sheet);

/* parts.c: the phases of requests as pictures have them, by the query's clock. */
enum parts_group { GROUP_QUEUE, GROUP_SETUP, GROUP_WAIT, GROUP_PREFILL, GROUP_BODY, PARTS_GROUPS };
#define PARTS_SPELLED 70 /* cells from which the names are whole */
bool parts_shown(const struct scene *scene, enum snap_part part);
/* By groups; returns the sum. */
double parts_sum(const struct scene *scene, const float us[REQ_PHASES], double group_us[PARTS_GROUPS]);
/* The group that a stack of them has at some height. */
enum parts_group parts_group_at(const double group_us[PARTS_GROUPS], double at_us);
/* Cells of a stack, where `room` stand for most_us. */
int parts_cells(double us, double most_us, int room);
/* A cell of it; not `sure`: of too few requests. */
void parts_put(const struct scene *scene, struct view view, int x, int y, enum parts_group group, bool sure);
void parts_legend(const struct scene *scene, struct view view, int x, int y);
/* pane_phases.c, pane_phase_numbers.c, pane_phase_trend.c. */
void pane_phases(const struct scene *scene, struct view view);
void pane_phase_numbers(const struct scene *scene, struct view view);
void pane_phase_trend(const struct scene *scene, struct view view);
/* pane_phase_more.c: below the numbers. */
void phase_more_draw(const struct scene *scene, struct view view);

/* pane_beside.c */
void pane_beside(const struct scene *scene, struct view view);
/* scene.c: an 'm' before the name of a task that a key has muted. */
void scene_muted(const struct scene *scene, struct view view, int x, int y, int row);

/* pane_scaling.c, pane_scaling_words.c. */
void pane_scaling_x(const struct scene *scene, struct view view);
void pane_scaling_r(const struct scene *scene, struct view view);
void pane_scaling_words(const struct scene *scene, struct view view);
/* pane_audit.c */
void pane_audit(const struct scene *scene, struct view view);
/* pane_cache.c, pane_split.c. */
void pane_cache(const struct scene *scene, struct view view);
void pane_ratio(const struct scene *scene, struct view view);
void cache_nothing(const struct scene *scene, struct view view);
void pane_split(const struct scene *scene, struct view view);
/* pane_cache_tasks.c */
void pane_cache_tasks(const struct scene *scene, struct view view);
/* pane_advice.c */
void pane_advice(const struct scene *scene, struct view view);
/* A view without a thing to show: what it is, then how to get some. */
void nothing_draw(const struct scene *scene, struct view view, const char *title, const char *what,
		  const char *how);

bool scene_focused(const struct scene *scene, enum pane pane);
/* base/signs.h, with the glyphs that are chosen. */
char *scene_signs(const struct scene *scene, const char *text, char *out, size_t bytes);
/* "last 9.6 s", "whole run", "since 00:12". */
void scene_window(const struct scene *scene, char out[FORMAT_BYTES]);
/* " of TASK" where the snapshot shows one task only, else ""; and where there is a filter by
 * outcome ", not by outcome", or of what is kept apart so, ", failed only". */
#define WHOSE_BYTES (SNAP_NAME + 32)
void scene_whose(const struct scene *scene, char *out, size_t bytes);
void scene_whose_apart(const struct scene *scene, bool follows, char *out, size_t bytes);
/* "92.1", "100", at most 4 cells. */
char *scene_quality(const struct scene *scene, double quality, char out[FORMAT_BYTES]);
/* Rows of the task table: with one task there is no row for all together. */
int scene_task_rows(const struct snapshot *s);
/* What a row of it shows. */
const struct snap_task *scene_task(const struct snapshot *s, int row);
/* NAN where nothing was read as a stream. */
double scene_events_per_read(const struct snap_numbers *n);
#define SCENE_BUFFERED 1.5 /* of which from here on something may hold them back */
char *scene_per_read(const struct scene *scene, double per_read, char out[FORMAT_BYTES]);
/* The pen for quantile q of n samples: dim where they are too few. */
struct pen scene_pen(enum role role, uint64_t n, double q);
/* A percentile of a distribution, or a dash. */
char *scene_value(const struct scene *scene, int64_t us, uint64_t n, char out[FORMAT_BYTES]);
/* "p95 2.09" as a piece of a line. */
void scene_percentile(const struct scene *scene, struct line *line, int rank, int gap, enum role role,
		      const char *name, int64_t us, uint64_t n, double q);
/* The same with milliseconds as its unit, which is what token times are told in. */
struct scene scene_in_ms(const struct scene *scene);
/* scene_ghost.c. The baseline's of a task (-1: all together); NULL: none is shown, or it
 * has none. */
const struct ghost_shape *scene_ghost(const struct scene *scene, int task, enum ghost_timing timing);
/* Into a histogram of the query's task. */
void scene_haunt(const struct scene *scene, struct histogram *h, enum ghost_timing timing);
enum scene_quantile { SCENE_P50, SCENE_P95, SCENE_P99, SCENE_QUANTILES };
/* "×1.12", how a percentile stands to the baseline's, as a piece behind it. */
void scene_ratio(const struct scene *scene, struct line *line, int rank, int task, enum ghost_timing timing,
		 const struct dist *now, enum scene_quantile which);
/* All three by name, for a title; of the query's task. */
void scene_ratios(const struct scene *scene, struct line *line, enum ghost_timing timing, const struct dist *now);
/* What the run has had so far, of all tasks: streamed answers, answers that say
 * how many tokens they have, checks, SLOs on single requests, cache signals. */
bool scene_streams(const struct snapshot *s);
bool scene_tokens(const struct snapshot *s);
bool scene_quality_known(const struct snapshot *s);
bool scene_goodput_known(const struct snapshot *s);
bool scene_cache_known(const struct snapshot *s);

#endif
