/* The frame: which pane stands where, and what is drawn instead of them. */
#include <math.h>
#include <string.h>

#include "ui/view.h"

#define WHOLE_LEAST 4 /* rows below which what is opened takes the head's, too */
#define DETAILED 120 /* cells from which a table has all columns of the tasks */

#define UNKNOWN                                                                                   \
	{                                                                                         \
		.seconds = NAN, .rps = NAN, .ok_rps = NAN, .sessions_rps = NAN, .success_rate = NAN, \
		.quality = NAN, .goodput_rps = NAN, .tokens_out = NAN, .output_tokens_per_s = NAN,   \
		.user_tokens_per_s = NAN,                                                            \
	}

const struct snapshot scene_nothing = {
	.now = UNKNOWN, .all = UNKNOWN,
	.together = {.name = "all", .share = NAN, .window = UNKNOWN, .all = UNKNOWN},
	.prompts_repeated = NAN,
	.in_flight_mean = NAN,
	.query = {.task = -1},
};

/* The one unit of all latencies on the screen. */
static struct unit screen_unit(const struct snapshot *s, const struct glyphs *glyphs)
{
	int64_t now = s->together.window.latency.count ? s->together.window.latency.p99_us : 0;
	int64_t run = s->together.all.latency.count ? s->together.all.latency.p99_us : 0;

	for (int i = 0; i < s->task_count && i < SNAP_TASKS; i++) {
		const struct dist *w = &s->task[i].window.latency, *a = &s->task[i].all.latency;

		if (w->count && w->p99_us > now)
			now = w->p99_us;
		if (a->count && a->p99_us > run)
			run = a->p99_us;
	}
	return format_unit((double)now, (double)run, glyphs);
}

typedef void pane_fn(const struct scene *, struct view);

static pane_fn *pane_of(const struct dashboard *d, enum pane pane, int width)
{
	static pane_fn *const fn[PANE_COUNT] = {
		[PANE_RATE] = pane_rate,           [PANE_TREND] = pane_trend,
		[PANE_HISTOGRAM] = pane_histogram, [PANE_TASKS] = pane_tasks,
		[PANE_ERRORS] = pane_errors,       [PANE_POINTS] = pane_points,
		[PANE_TTFT] = pane_ttft,           [PANE_TPOT] = pane_tpot,
		[PANE_ITL] = pane_itl,             [PANE_TTFT_TREND] = pane_ttft_trend,
		[PANE_TOKENS] = pane_tokens,       [PANE_ITL_TREND] = pane_itl_trend,
		[PANE_STALLS] = pane_stalls,       [PANE_CLASSES] = pane_classes,
		[PANE_DETAIL] = pane_error_detail, [PANE_CACHE] = pane_cache,
		[PANE_VERDICT] = pane_verdict,
		[PANE_RATIO] = pane_ratio,         [PANE_SPLIT] = pane_split,
		[PANE_HEATMAP] = pane_heatmap,     [PANE_AUDIT] = pane_audit,
		[PANE_SERVER] = pane_server,       [PANE_ADVICE] = pane_advice,
		[PANE_PHASES] = pane_phases,       [PANE_PHASE_NUMBERS] = pane_phase_numbers,
		[PANE_PHASE_TREND] = pane_phase_trend, [PANE_BESIDE] = pane_beside,
		[PANE_SCALING_X] = pane_scaling_x, [PANE_SCALING_R] = pane_scaling_r,
		[PANE_SCALING_WORDS] = pane_scaling_words,
		[PANE_FAILING_TASKS] = pane_failing_tasks, [PANE_FAILING_LOADS] = pane_failing_loads,
		[PANE_FAILED_TIMES] = pane_failed_times, [PANE_CACHE_TASKS] = pane_cache_tasks,
	};

	enum view_kind view = d->view;

	if (view == VIEW_LATENCY && pane == PANE_HISTOGRAM)
		return pane_distribution;
	if (d->zoomed && pane == PANE_TASKS && (view == VIEW_OVERVIEW || (view == VIEW_TASKS && width < DETAILED)))
		return pane_tasks_zoomed;
	if (view == VIEW_TASKS && pane == PANE_TASKS)
		return pane_task_details;
	if (view == VIEW_STREAM && pane == PANE_TASKS)
		return pane_stream_tasks;
	if (view == VIEW_ERRORS && pane == PANE_ERRORS)
		return pane_error_table;
	return fn[pane];
}

static struct view at(struct view screen, struct rect r)
{
	return view_part(screen, r.x, r.y, r.width, r.height);
}

static struct layout_wants wants_of(const struct dashboard *d, const struct snapshot *s)
{
	return (struct layout_wants){
		.tasks = scene_task_rows(s),
		.errors = s->error_count,
		.classes = classes_count(s),
		.lamps = lamps_rows(s),
		.beside = s->beside_count,
		.server = s->server.scrapes,
		.advice = s->advice.lookups,
		.streams = scene_streams(s),
		.cached = scene_cache_known(s),
		.sweep = trialline_shown(d, s) ? trialline_rows(d, s) : sweepline_rows(d, s),
		.scrubber = dashboard_recorded(d),
		.tour = tourline_is_on(d),
	};
}

/* A view that has nothing to show yet says how to get it, in place of its
 * panes. */
static bool empty_draw(const struct scene *scene, struct view body)
{
	char awaited[WORDS_AWAITED];

	switch (scene->d->view) {
	case VIEW_PHASES:
		if (scene->s->parts_together.requests || scene->s->parts_all.requests)
			return false;
		nothing_draw(scene, body, "phases", words_awaited(scene, awaited),
			     "what the requests about p50 and p95 were made of, from the first that succeed on: the way "
			     "to the server, its wait, the answer");
		return true;
	case VIEW_STREAM:
		if (scene_streams(scene->s))
			return false;
		nothing_draw(scene, body, "stream", "no streams yet: the answers are not streamed",
			     "--stream sse, or an api in the scenario, asks for them");
		return true;
	case VIEW_SCALING:
		if (scene->s->scaling.count)
			return false;
		nothing_draw(scene, body, "scaling", "no operating point has settled yet",
			     dashboard_recorded(scene->d) || scene->s->ended
				     ? "each level of load that is held becomes a dot"
				     : "each level of load that is held becomes a dot: hold this one, then press + or > for another");
		return true;
	case VIEW_ERRORS:
		if (scene->s->error_count || scene->s->failed || scene->s->censored)
			return false;
		nothing_draw(scene, body, "errors", "no errors yet",
			     "what fails shows here by class, task and load: lost connections, timeouts, HTTP 4xx and 5xx, "
			     "checks of the scenario; Enter opens such requests");
		return true;
	case VIEW_CACHE:
		if (scene_cache_known(scene->s))
			return false;
		cache_nothing(scene, body);
		return true;
	default:
		return false;
	}
}

void dashboard_layout(const struct dashboard *d, const struct snapshot *s, int width, int height, bool zoomed,
		      struct layout *out)
{
	layout_compute(d->view, width, height, wants_of(d, s ? s : &scene_nothing), zoomed, d->focus, out);
}

struct rect dashboard_whole(const struct layout *layout, int width)
{
	int y = layout->tour.y + layout->tour.height, end = layout->bar.y - layout->scrubber.height;

	if (layout->one_line)
		return layout->head;
	if (end - y < WHOLE_LEAST)
		y = 0;
	return (struct rect){.y = y, .width = width, .height = end - y};
}

/* The pane's graph has time to the right. */
static bool over_time(enum pane pane)
{
	switch (pane) {
	case PANE_RATE:
	case PANE_TREND:
	case PANE_SERVER:
	case PANE_HEATMAP:
	case PANE_PHASE_TREND:
	case PANE_TTFT_TREND:
	case PANE_TOKENS:
	case PANE_ITL_TREND:
	case PANE_CLASSES:
	case PANE_RATIO:
		return true;
	default:
		return false;
	}
}

static void panes_draw(const struct scene *scene, struct view screen, const struct layout *layout)
{
	struct regions *regions = scene->d->regions;

	for (int p = 0; p < PANE_COUNT; p++) {
		struct view pane = at(screen, layout->pane[p]);

		if (layout->pane[p].width < 1 || layout->pane[p].height < 1)
			continue;
		region_note(regions, REGION_PANE, p, pane, 0, 0, pane.width, pane.height);
		if (over_time((enum pane)p))
			region_note(regions, REGION_TIME, p, pane, 0, 0, pane.width, pane.height);
		pane_of(scene->d, (enum pane)p, screen.width)(scene, pane);
	}
}

void dashboard_draw(const struct dashboard *d, const struct snapshot *snapshot, struct canvas *canvas)
{
	struct scene scene = {.d = d, .s = snapshot ? snapshot : &scene_nothing, .g = glyphs_of(d->glyphs)};
	struct view screen = canvas_view(canvas);
	bool open = d->help || exemplar_open(d);
	struct layout layout;
	struct rect whole;

	canvas_clear(canvas);
	regions_clear(d->regions);
	scene.unit = screen_unit(scene.s, scene.g);
	dashboard_layout(d, snapshot, canvas->width, canvas->height, d->zoomed, &layout);
	whole = dashboard_whole(&layout, canvas->width);
	if (layout.one_line) {
		if (d->quit_asked || d->asking || d->trials.open || *d->message)
			keybar_draw(&scene, at(screen, whole));
		else if (d->help)
			help_draw(&scene, at(screen, whole));
		else if (open)
			exemplar_draw(&scene, at(screen, whole));
		else
			statusline_one(&scene, at(screen, whole));
		return;
	}
	if (!open || whole.y > 0) {
		statusline_draw(&scene, at(screen, layout.head));
		lamps_draw(&scene, at(screen, layout.lamps));
		if (trialline_shown(d, scene.s))
			trialline_draw(&scene, at(screen, layout.sweep));
		else
			sweepline_draw(&scene, at(screen, layout.sweep));
		tourline_draw(&scene, at(screen, layout.tour));
	}
	keybar_draw(&scene, at(screen, layout.bar));
	scrubber_draw(&scene, at(screen, layout.scrubber));
	if (open) {
		(d->help ? help_draw : exemplar_draw)(&scene, at(screen, whole));
		return;
	}
	if (!empty_draw(&scene, at(screen, layout.body)))
		panes_draw(&scene, screen, &layout);
	if (!d->trials.open)
		return;
	/* What lies under it is not clicked. */
	regions_clear(d->regions);
	keybar_draw(&scene, at(screen, layout.bar));
	trials_draw(&scene, at(screen, whole));
}
