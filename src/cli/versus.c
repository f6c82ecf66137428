#include "cli/versus.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "cli/side.h"
#include "report/json.h"
#include "report/text.h"

#define SUFFIX ".brunt"

enum { EXIT_FAILED = 1, EXIT_MISSED = 3, EXIT_WORSE = 4, EXIT_INCONCLUSIVE = 5, EXIT_BOOKS = 70 };

struct versus {
	struct side side;
	struct ghost *ghost;
	struct contrast_side a, b;
	struct spans *spans; /* of b */
	struct contrast contrast;
	bool compared;
	struct err why; /* not */
};

/* --- what the screen needs ------------------------------------------------- */

/* The run's name, else its file's. */
static void name_of(const struct side *s, char out[SNAP_NAME])
{
	const char *name = reader_tags(s->run.reader)->name, *slash = strrchr(s->path, '/');
	size_t bytes = strlen(name);

	if (!bytes) {
		name = slash ? slash + 1 : s->path;
		bytes = strlen(name);
		if (bytes > strlen(SUFFIX) && !strcmp(name + bytes - strlen(SUFFIX), SUFFIX))
			bytes -= strlen(SUFFIX);
	}
	utf8_clean(name, bytes, out, SNAP_NAME);
}

static void take_shape(struct ghost_shape *shape, const struct dist *dist, const uint64_t *bins)
{
	shape->dist = *dist;
	memcpy(shape->bins, bins, sizeof shape->bins);
}

/* `s`: room for a snapshot, which is large. */
static void take_scope(const struct model *model, int task, struct snapshot *s, struct ghost_scope *scope)
{
	for (int clock = 0; clock < CLOCK_KINDS; clock++) {
		model_snapshot(model, (struct view_query){.task = (int16_t)task, .clock = (uint8_t)clock, .window = WINDOW_ALL},
			       s);
		take_shape(&scope->timing[clock], &s->now.latency, s->ok_bins);
	}
	take_shape(&scope->timing[GHOST_TTFT], &s->now.ttft, s->ttft_bins);
	take_shape(&scope->timing[GHOST_TPOT], &s->now.tpot, s->tpot_bins);
	take_shape(&scope->timing[GHOST_ITL], &s->now.itl, s->itl_bins);
}

static struct ghost *ghost_of(const struct side *side)
{
	int tasks = reader_meta(side->run.reader)->task_count;
	struct snapshot *s = xcalloc(1, sizeof *s);
	struct ghost *g;

	tasks = tasks < SNAP_TASKS ? tasks : SNAP_TASKS;
	g = xcalloc(1, sizeof *g + (size_t)(1 + tasks) * sizeof g->scope[0]);
	g->tasks = tasks;
	name_of(side, g->name);
	for (int i = -1; i < tasks; i++) {
		take_scope(side->run.model, i, s, &g->scope[1 + i]);
		/* As the screen has the names of its own tasks: cut alike. */
		if (i >= 0)
			memcpy(g->scope[1 + i].task, s->task[i].name, SNAP_NAME);
	}
	free(s);
	return g;
}

/* --- before the run -------------------------------------------------------- */

static void note(void *arg, const char *sentence)
{
	const struct versus *v = arg;

	fprintf(stderr, "brunt: --baseline %s: note: %s\n", v->ghost->name, sentence);
}

static int fits(struct versus *v, const struct run_meta *run, struct err *err)
{
	const char *why;

	v->a = side_contrast(&v->side, "the baseline");
	v->b = (struct contrast_side){.meta = run, .name = "this run"};
	why = contrast_refusal(&v->a, &v->b);
	if (why)
		return err_set(err, "%.200s and this run cannot be compared: %s", v->side.path, why);
	v->ghost = ghost_of(&v->side);
	if (*v->side.run.closing.incomplete)
		note(v, v->side.run.closing.incomplete);
	contrast_warnings(&v->a, &v->b, note, v);
	return 0;
}

int versus_new(const char *word, const struct run_meta *run, bool compare, struct versus **out, struct err *err)
{
	struct versus *v = xcalloc(1, sizeof *v);

	/* All of it now: who knows what is in that file when the run has ended. */
	if (side_load(word, &v->side, err) || (compare && side_cut(&v->side, err)) || fits(v, run, err)) {
		versus_free(v);
		return err_prefix(err, "--baseline");
	}
	*out = v;
	return 0;
}

void versus_free(struct versus *v)
{
	if (!v)
		return;
	contrast_fini(&v->contrast);
	spans_free(v->spans);
	free(v->ghost);
	side_fini(&v->side);
	free(v);
}

const char *versus_path(const struct versus *v)
{
	return v->side.path;
}

const struct ghost *versus_ghost(const struct versus *v)
{
	return v ? v->ghost : NULL;
}

/* --- at its end ------------------------------------------------------------ */

void versus_compare(struct versus *v, const char *path, const struct run_meta *meta, const struct result *result)
{
	const char *why;

	v->b = (struct contrast_side){.path = path, .meta = meta, .result = result, .name = "this run"};
	why = contrast_refusal(&v->a, &v->b);
	if (why)
		err_set(&v->why, "%s", why);
	v->spans = why ? NULL : side_spans(path, result->duration_us, &v->why);
	if (!v->spans)
		return;
	v->b.spans = v->spans;
	contrast_make(&v->a, &v->b, &v->contrast);
	v->compared = true;
}

int versus_code(const struct contrast *c, bool client_bound, int code)
{
	if (code == EXIT_BOOKS || code == EXIT_FAILED)
		return code;
	/* Before what it would have been: these figures are partly brunt's own. */
	if (client_bound)
		return EXIT_INCONCLUSIVE;
	if (code == EXIT_MISSED)
		return code;
	if (c && c->of[CONTRAST_WORSE])
		return EXIT_WORSE;
	/* That a difference is not certain is no reason; that nothing can be told is one. */
	return c && contrast_enough(c) ? code : EXIT_INCONCLUSIVE;
}

int versus_exit_code(const struct versus *v, const struct result *result, int code)
{
	return versus_code(v->compared ? &v->contrast : NULL, result->client_bound, code);
}

void versus_text(const struct versus *v, FILE *out, int columns, bool color)
{
	fputc('\n', out);
	if (v->compared)
		contrast_summary(out, &v->contrast, &v->a, &v->b, columns, color);
	else
		fprintf(out, "baseline  %s: not compared: %s\n\n", v->side.path, v->why.text);
}

struct result_baseline versus_result(const struct versus *v)
{
	return (struct result_baseline){v->compared ? &v->contrast : NULL, &v->a, &v->b};
}
