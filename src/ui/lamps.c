#include "ui/view.h"

#include "base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LAMPS 16      /* that a line can hold; more are in the summary only */
#define TASK_CELLS 18 /* of a task's name before its expression */
#define VALUE_CELLS 7 /* "86.2 ms": what follows does not move */

/* What goes first when there is no room: the highest. Each lamp has a rank of
 * its own, so that they go one by one, the last of them first. */
enum {
	RANK_SUMMARY,
	RANK_NO_METRICS,
	RANK_MISSED,
	RANK_TTFT = RANK_MISSED + 2 * SLO_MAX, /* between two that are missed is room for the run's summary */
	RANK_TOKENS,
	RANK_WHY_NONE,
	RANK_WAS_MISSED,
	RANK_MET = RANK_WAS_MISSED + SLO_MAX,
	RANK_UNKNOWN = RANK_MET + SLO_MAX,
	RANK_RUN_MISSED = RANK_UNKNOWN + SLO_MAX, /* the whole run's value, behind its lamp */
	RANK_SERVER = RANK_RUN_MISSED + SLO_MAX,
	RANK_GOODPUT,
	RANK_ITL,
	RANK_USER,
	RANK_RUN,
	RANK_NEEDS = RANK_RUN + SLO_MAX, /* what the verdict waits for */
};

enum lamp { MET, MISSED, UNKNOWN, LAMP_KINDS };

#define UNDECIDED "?" /* a verdict of the whole run that is still open, as the end says "inconclusive" */

static enum lamp lamp_of(const struct slo *slo, double value)
{
	return isnan(value) ? UNKNOWN : slo_met(slo, value) ? MET : MISSED;
}

/* Of the whole run: missed or met for certain. */
static enum lamp lamp_of_run(const struct snap_slo *one)
{
	static const enum lamp lamp[] = {[SLO_PASS] = MET, [SLO_FAIL] = MISSED, [SLO_INCONCLUSIVE] = UNKNOWN};

	return lamp[one->verdict];
}

static uint32_t mark_of(const struct glyphs *g, enum lamp lamp)
{
	return lamp == MET ? g->met : lamp == MISSED ? g->missed : g->unknown;
}

static enum role role_of(enum lamp lamp)
{
	return lamp == MET ? ROLE_OK : lamp == MISSED ? ROLE_BAD : ROLE_DIM;
}

static const char *run_mark(const struct glyphs *g, enum lamp lamp, char glyph[GLYPH_BYTES])
{
	return lamp == UNKNOWN ? UNDECIDED : format_glyph(mark_of(g, lamp), glyph);
}

static void value_of(const struct scene *scene, const struct slo *slo, double value, char out[FORMAT_BYTES])
{
	char number[FORMAT_BYTES];

	if (slo->metric < SLO_TIMES || isnan(value) || isinf(value))
		format_duration(isinf(value) ? NAN : value, scene->g, out);
	else if (slo->metric == SLO_THROUGHPUT || slo->metric == SLO_GOODPUT || slo->metric == SLO_OUTPUT_TOKENS)
		snprintf(out, FORMAT_BYTES, "%.20s /s", format_rate(value, scene->g, number));
	else
		slo_format(slo, value, out, FORMAT_BYTES);
}

/* "p95<2s", "resume-analysis p95<2s". */
static void name_of(const struct scene *scene, const struct slo *slo, char out[LINE_TEXT])
{
	char task[SLO_TASK_NAME + 8];

	if (*slo->task)
		snprintf(out, LINE_TEXT, "%.72s %.90s",
			 format_fit(slo->task, TASK_CELLS, scene->g, task, sizeof task), slo->text);
	else
		snprintf(out, LINE_TEXT, "%s", slo->text);
}

/* The value, and blanks up to the next lamp. */
static void value_span(const struct scene *scene, struct piece *piece, struct pen pen, const struct slo *slo,
		       double value, const char *mark)
{
	char text[FORMAT_BYTES];

	value_of(scene, slo, value, text);
	int pad = VALUE_CELLS - utf8_cells(text);

	line_span(piece, pen, "%s%s%*s", text, mark, pad > 0 ? pad : 0, "");
}

/* Each mark stands behind what it is of: what the window meets may be missed over the run,
 * or not be certain yet. */
static void lamp_pieces(const struct scene *scene, struct line *line, int i)
{
	const struct snap_slo *one = &scene->s->slo[i];
	enum lamp now = lamp_of(&one->slo, one->now), all = lamp_of_run(one);
	char glyph[GLYPH_BYTES], mark[GLYPH_BYTES + 1], name[LINE_TEXT], needs[FORMAT_BYTES];
	struct piece *piece;

	piece = line_piece(line, now == MISSED ? RANK_MISSED + 2 * i
				  : (all == MISSED ? RANK_WAS_MISSED : now == MET ? RANK_MET : RANK_UNKNOWN) + i, 2);
	name_of(scene, &one->slo, name);
	line_span(piece, PEN(ROLE_DIM), "%s now ", name);
	snprintf(mark, sizeof mark, " %s", format_glyph(mark_of(scene->g, now), glyph));
	value_span(scene, piece, PEN(now == MISSED ? ROLE_BAD : now == MET ? ROLE_TEXT : ROLE_DIM), &one->slo, one->now,
		   mark);
	piece = line_piece(line, (all == MISSED ? RANK_RUN_MISSED : RANK_RUN) + i, 1);
	/* Always there: what follows does not move. */
	snprintf(mark, sizeof mark, " %s", run_mark(scene->g, all, glyph));
	line_span(piece, PEN(ROLE_DIM), "run ");
	value_span(scene, piece, PEN(all == MISSED ? ROLE_BAD : ROLE_DIM), &one->slo, one->all, mark);
	slo_format_needs(&one->needs, true, needs, sizeof needs);
	if (*needs)
		line_span(line_piece(line, RANK_NEEDS + i, 0), PEN(ROLE_DIM), " %s%s", one->needs.close ? "" : "needs ", needs);
}

/* Of so many lamps the worst is told of all. */
static enum lamp worst(const int count[LAMP_KINDS])
{
	return count[MISSED] ? MISSED : count[UNKNOWN] ? UNKNOWN : MET;
}

enum role lamps_summary(const struct scene *scene, char out[FORMAT_BYTES])
{
	const struct snapshot *s = scene->s;
	int count[LAMP_KINDS] = {0};
	char glyph[GLYPH_BYTES];

	for (int i = 0; i < s->slo_count && i < SLO_MAX; i++)
		count[lamp_of(&s->slo[i].slo, s->slo[i].now)]++;
	snprintf(out, FORMAT_BYTES, "slo now %d/%d %s", count[MET], s->slo_count,
		 format_glyph(mark_of(scene->g, worst(count)), glyph));
	return role_of(worst(count));
}

/* The same of the verdicts, which are those of the end. */
static void run_summary(const struct scene *scene, struct line *line)
{
	const struct snapshot *s = scene->s;
	int count[LAMP_KINDS] = {0}, rank = RANK_SUMMARY;
	char glyph[GLYPH_BYTES];

	for (int i = 0; i < s->slo_count && i < SLO_MAX; i++) {
		count[lamp_of_run(&s->slo[i])]++;
		/* Only the first one that is missed outlives it. */
		if (rank == RANK_SUMMARY && lamp_of(&s->slo[i].slo, s->slo[i].now) == MISSED)
			rank = RANK_MISSED + 2 * i + 1;
	}
	line_span(line_piece(line, rank, 2), PEN(role_of(worst(count))), "run %d/%d %s", count[MET], s->slo_count,
		  run_mark(scene->g, worst(count), glyph));
}

/* Which have a place: those that are missed before the others, all in the order
 * they were given. */
static void choose(const struct snapshot *s, bool chosen[SLO_MAX])
{
	int left = LAMPS;

	for (int round = 0; round < 2; round++)
		for (int i = 0; i < s->slo_count && i < SLO_MAX && left; i++)
			if (!chosen[i] && (round || lamp_of(&s->slo[i].slo, s->slo[i].now) == MISSED)) {
				chosen[i] = true;
				left--;
			}
}

static void rate_piece(const struct scene *scene, struct line *line, int rank, const char *before, double rate,
		       const char *after)
{
	struct piece *piece = line_piece(line, rank, 3);
	char number[FORMAT_BYTES];

	line_span(piece, PEN(ROLE_DIM), "%s", before);
	line_span(piece, PEN(rate >= 0 ? ROLE_TEXT : ROLE_DIM), rate >= 0 ? "%5s" : "    %s",
		  format_rate(rate, scene->g, number));
	line_span(piece, PEN(ROLE_DIM), " %s", after);
}

static void time_piece(const struct scene *scene, struct line *line, int rank, const char *what, enum role role,
		       int64_t us, uint64_t n, double q)
{
	struct piece *piece = line_piece(line, rank, 3);
	char number[FORMAT_BYTES];

	format_duration(n ? (double)us : -1, scene->g, number);
	line_span(piece, PEN(ROLE_DIM), "%s ", what);
	line_span(piece, PEN(role), "p%.0f ", q * 100);
	line_span(piece, scene_pen(role, n, q), "%*s%s", VALUE_CELLS - utf8_cells(number), "", number);
}

/* What streams deliver. */
static void stream_pieces(const struct scene *scene, struct line *line, bool alone)
{
	const struct snap_numbers *n = &scene->s->together.window;

	rate_piece(scene, line, RANK_TOKENS, alone ? "output " : "", n->output_tokens_per_s, "tokens/s");
	if (!scene_streams(scene->s))
		return;
	rate_piece(scene, line, RANK_USER, "a user ", n->user_tokens_per_s, "tokens/s");
	time_piece(scene, line, RANK_TTFT, "TTFT", ROLE_P95, n->ttft.p95_us, n->ttft.count, 0.95);
	time_piece(scene, line, RANK_ITL, "ITL", ROLE_P99, n->itl.p99_us, n->itl.count, 0.99);
}

/* "  12 waiting"; returns the characters. */
static int count_text(const struct scene *scene, const char *what, double n, char *out, size_t bytes)
{
	char number[FORMAT_BYTES];

	return isnan(n) ? 0 : snprintf(out, bytes, " %4s %s", server_count(scene, n, number), what);
}

/* What it says of itself, or why it does not. */
static void server_piece(const struct scene *scene, struct line *line)
{
	const struct server_figures *server = &scene->s->server;
	char text[LINE_TEXT];
	struct piece *piece;

	if (!server->scrapes)
		return;
	if (!server->ok) {
		server_failure(scene, line, RANK_NO_METRICS, RANK_WHY_NONE, 3);
		return;
	}
	piece = line_piece(line, RANK_SERVER, 3);
	int n = count_text(scene, "running", server->last[SERVER_RUNNING], text, sizeof text);

	n += count_text(scene, "waiting", server->last[SERVER_WAITING], text + n, sizeof text - (size_t)n);
	line_span(piece, PEN(ROLE_DIM), "server");
	line_span(piece, PEN(ROLE_TEXT), "%s", n ? text : "");
	if (*server->text) {
		char clean[SNAP_TEXT];

		line_span(piece, PEN(ROLE_WARN), ", %s", words_clean(server->text, clean, sizeof clean));
	}
}

static void slo_pieces(const struct scene *scene, struct line *line)
{
	const struct snapshot *s = scene->s;
	bool chosen[SLO_MAX] = {false};
	char text[FORMAT_BYTES];
	enum role role;

	if (s->slo_count > 1) {
		role = lamps_summary(scene, text);
		line_span(line_piece(line, RANK_SUMMARY, 0), PEN(role), "%s", text);
		run_summary(scene, line);
	}
	choose(s, chosen);
	for (int i = 0; i < s->slo_count && i < SLO_MAX; i++)
		if (chosen[i])
			lamp_pieces(scene, line, i);
	if (s->together.window.goodput_rps >= 0)
		rate_piece(scene, line, RANK_GOODPUT, "goodput ", s->together.window.goodput_rps, "req/s");
}

int lamps_rows(const struct snapshot *s)
{
	return (s->slo_count > 0) + (scene_streams(s) || scene_tokens(s) || s->server.scrapes);
}

void lamps_draw(const struct scene *scene, struct view view)
{
	bool slos = scene->s->slo_count, streams = scene_streams(scene->s) || scene_tokens(scene->s);
	struct line line;
	int first;

	if (view.height < 1)
		return;
	line_init(&line);
	if (slos)
		slo_pieces(scene, &line);
	if (slos && view.height > 1) {
		line_draw(&line, view, 1, 0, view.width - 2, scene->g);
		line_init(&line);
	}
	first = line.count;
	if (streams)
		stream_pieces(scene, &line, !first);
	server_piece(scene, &line);
	if (first && line.count > first)
		line.piece[first].right = true;
	line_draw(&line, view, 1, view.height > 1, view.width - 2, scene->g);
}
