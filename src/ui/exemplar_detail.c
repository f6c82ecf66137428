/* One exchange in full: when its time went where, its tokens, its checks, what was sent
 * and what came. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "metrics/gaps.h"
#include "ui/view.h"

#define LEFT 1
#define NAME 9      /* cells of a phase's name */
#define VALUE 9     /* of its time */
#define GAPS_MAX 4096
#define STALL 5     /* times the median gap */
#define ID_NAME "X-Request-ID:"

static void say(struct sheet *s, int x, struct pen pen, const char *text)
{
	sheet_text(s, x, pen, text, strlen(text));
}

static void heading(struct sheet *s, const char *text)
{
	int row = sheet_row(s);

	if (row >= 0)
		view_text(s->view, LEFT, row, PEN(ROLE_TITLE), text);
}

/* --- the summary ----------------------------------------------------------- */

static void summary(const struct scene *scene, struct sheet *s, const struct rec_sample *sample)
{
	const struct snapshot *snap = scene->s;
	char latency[FORMAT_BYTES], when[FORMAT_BYTES], name[48] = "", text[320];
	struct snap_error e = {.error = (enum error_class)sample->error, .code = sample->code};

	format_duration((double)(sample->rec.t_us - sample->t0_us), scene->g, latency);
	if (sample->error)
		words_error(&e, name, sizeof name);
	else if (sample->status)
		snprintf(name, sizeof name, "HTTP %u", sample->status);
	snprintf(text, sizeof text, "%s  %s%s  %s  ended at %s  user %u, turn %u",
		 sample->task < snap->task_count ? snap->task[sample->task].name : "?",
		 sample->outcome == OUTCOME_CENSORED ? scene->g->at_least : "", latency, name,
		 format_elapsed(sample->rec.t_us, when), sample->user, sample->turn + 1U);
	say(s, LEFT, PEN(sample->outcome == OUTCOME_SUCCEEDED ? ROLE_TEXT : ROLE_BAD), text);
	if (sample->text_bytes)
		sheet_text(s, LEFT, PEN(ROLE_BAD), sample->text, sample->text_bytes);
}

/* What to look for in a server's log. */
static void request_id(struct sheet *s, const struct rec_exemplar *e)
{
	const char *text = rec_exemplar_request(e), *end = text + e->request_bytes, *line_end;
	char line[160];

	for (; text < end; text = line_end + 1) {
		line_end = memchr(text, '\n', (size_t)(end - text));
		if (!line_end)
			line_end = end;
		if ((size_t)(line_end - text) < sizeof ID_NAME || strncasecmp(text, ID_NAME, sizeof ID_NAME - 1) != 0)
			continue;
		snprintf(line, sizeof line, "id %.*s", (int)(line_end - text - (int)sizeof ID_NAME), text + sizeof ID_NAME);
		say(s, LEFT, PEN(ROLE_ACCENT), line);
		return;
	}
}

/* --- where the time went --------------------------------------------------- */

struct phase {
	const char *name;
	int64_t from_us, to_us; /* since t0 */
	enum role role;
};

static int phases_of(const struct rec_sample *r, struct phase out[8])
{
	int64_t t0 = r->t0_us, ts = r->ts_us - t0, te = r->rec.t_us - t0, at = ts;
	int64_t th = r->th_us >= 0 ? r->th_us - t0 : -1, t1 = r->t1_us >= 0 ? r->t1_us - t0 : -1;
	int n = 0;

	out[n++] = (struct phase){"queue", 0, ts, ROLE_DIM};
	if (r->flags & SAMPLE_NEW_CONNECTION) {
		const uint32_t took[] = {r->dns_us, r->connect_us, r->tls_us};
		static const char *const name[] = {"dns", "connect", "tls"};

		for (int i = 0; i < 3; i++) {
			/* Of a look-up and a handshake that did not take place nothing is said. */
			if (!took[i] && i != 1)
				continue;
			out[n++] = (struct phase){name[i], at, at + took[i] < te ? at + took[i] : te, ROLE_RATE};
			at = out[n - 1].to_us;
		}
	}
	out[n++] = (struct phase){"wait", at, th >= at ? th : te, ROLE_WARN};
	if (th < 0)
		return n;
	at = th > at ? th : at;
	if (t1 > at) {
		out[n++] = (struct phase){"prefill", at, t1, ROLE_P99};
		at = t1;
	}
	out[n++] = (struct phase){t1 >= 0 ? "tokens" : "body", at, te, ROLE_OK};
	return n;
}

static void waterfall(const struct scene *scene, struct sheet *s, const struct rec_sample *r)
{
	struct phase phase[8];
	int n = phases_of(r, phase), x0 = LEFT + NAME + VALUE + 2, width = s->view.width - x0 - 1;
	double all = (double)(r->rec.t_us - r->t0_us);
	char text[FORMAT_BYTES];

	for (int i = 0; i < n; i++) {
		int row = sheet_row(s), from, to;

		if (row < 0)
			continue;
		view_text(s->view, LEFT, row, PEN(ROLE_DIM), phase[i].name);
		view_right(s->view, x0 - 1, row, PEN(ROLE_TEXT),
			   format_duration((double)(phase[i].to_us - phase[i].from_us), scene->g, text));
		if (width < 4 || !(all > 0))
			continue;
		from = (int)((double)phase[i].from_us / all * width);
		to = (int)ceil((double)phase[i].to_us / all * width);
		view_put(s->view, x0 - 0, row, scene->g->axis, PEN(ROLE_RULE));
		for (int x = from; x < to && x < width && phase[i].to_us > phase[i].from_us; x++)
			view_put(s->view, x0 + 1 + x, row, scene->g->bar[8],
				 (struct pen){.role = phase[i].role, .level = 50});
	}
}

/* --- tokens ---------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* A cell for a piece of the stream: the longest gap that lies in it. */
static void strip(const struct scene *scene, struct sheet *s, const int64_t *gap, int n, int64_t stall_us)
{
	int width = s->view.width - LEFT - 1, cells = n < width ? n : width, row = sheet_row(s);
	double most = 1;

	if (row < 0 || cells < 1)
		return;
	for (int i = 0; i < n; i++)
		most = fmax(most, (double)gap[i]);
	for (int x = 0; x < cells; x++) {
		int64_t longest = 0;
		int level;

		for (int i = (int)((int64_t)x * n / cells); i < (int)((int64_t)(x + 1) * n / cells); i++)
			longest = gap[i] > longest ? gap[i] : longest;
		level = (int)ceil((double)longest / most * 8);
		view_put(s->view, LEFT + x, row, scene->g->column[level < 1 ? 1 : level],
			 PEN(longest > stall_us ? ROLE_BAD : ROLE_OK));
	}
}

static void tokens(const struct scene *scene, struct sheet *s, const struct rec_sample *r)
{
	static int64_t gap[GAPS_MAX], sorted[GAPS_MAX]; /* main's thread alone draws */
	struct gaps_reader reader;
	char ttft[FORMAT_BYTES], p50[FORMAT_BYTES], longest[FORMAT_BYTES], in[FORMAT_BYTES], text[256];
	int n = 0, stalls = 0;

	if (r->t1_us < 0 && r->tokens_out == TOKENS_UNKNOWN)
		return;
	gaps_read(&reader, rec_gaps(r), r->gap_bytes);
	while (n < GAPS_MAX && gaps_next(&reader, &gap[n]))
		n++;
	*in = '\0';
	if (r->tokens_in != TOKENS_UNKNOWN)
		snprintf(in, sizeof in, "%u in, ", r->tokens_in);
	snprintf(text, sizeof text, "tokens  %s%s%.0u out", in, r->tokens_out == TOKENS_UNKNOWN ? "?" : "",
		 r->tokens_out == TOKENS_UNKNOWN ? 0 : r->tokens_out);
	if (r->t1_us >= 0) {
		size_t used = strlen(text);

		snprintf(text + used, sizeof text - used, "  ttft %s",
			 format_duration((double)(r->t1_us - r->t0_us), scene->g, ttft));
	}
	if (n) {
		size_t used = strlen(text);

		memcpy(sorted, gap, (size_t)n * sizeof *gap);
		qsort(sorted, (size_t)n, sizeof *sorted, by_size);
		for (int i = 0; i < n; i++)
			stalls += gap[i] > STALL * sorted[n / 2];
		snprintf(text + used, sizeof text - used, "  gaps p50 %s, longest %s%s",
			 format_duration((double)sorted[n / 2], scene->g, p50),
			 format_duration((double)sorted[n - 1], scene->g, longest),
			 r->flags & SAMPLE_GAPS_CUT ? ", of the first only" : "");
		used = strlen(text);
		if (stalls)
			snprintf(text + used, sizeof text - used, ", %d beyond %d x p50", stalls, STALL);
	}
	say(s, LEFT, PEN(ROLE_TEXT), text);
	if (n)
		strip(scene, s, gap, n, STALL * sorted[n / 2]);
}

/* --- what was sent and what came -------------------------------------------- */

static void lines(struct sheet *s, int x, struct pen pen, const char *text, size_t bytes)
{
	const char *end = text + bytes, *next;

	for (; text < end; text = next + 1) {
		next = memchr(text, '\n', (size_t)(end - text));
		if (!next)
			next = end;
		sheet_text(s, x, pen, text, (size_t)(next - text));
	}
}

static void more(const struct scene *scene, struct sheet *s, uint64_t shown, uint64_t all)
{
	char a[FORMAT_BYTES], glyph[GLYPH_BYTES], text[96];

	/* What was taken out or made printable changes the length a little. */
	if (all <= shown + shown / 8)
		return;
	snprintf(text, sizeof text, "%s the first %llu of %s bytes", format_glyph(scene->g->ellipsis, glyph),
		 (unsigned long long)shown, format_count(all, a));
	say(s, LEFT + 2, PEN(ROLE_DIM), text);
}

static void request(const struct scene *scene, struct sheet *s, const struct rec_exemplar *e)
{
	const char *text = rec_exemplar_request(e), *first = memchr(text, '\n', e->request_bytes);
	size_t bytes = first ? (size_t)(first - text) : e->request_bytes;

	heading(s, "request");
	sheet_text(s, LEFT + 2, PEN(ROLE_ACCENT), text, bytes);
	if (first)
		lines(s, LEFT + 2, PEN(ROLE_DIM), first + 1, e->request_bytes - bytes - 1);
	sheet_body(s, LEFT + 2, rec_exemplar_body(e), e->body_bytes);
	more(scene, s, e->body_bytes, e->body_total);
}

static void answer(const struct scene *scene, struct sheet *s, const struct rec_exemplar *e)
{
	const struct rec_sample *r = rec_exemplar_sample(e);
	char text[48];

	snprintf(text, sizeof text, !r->status ? "answer  none came" : r->flags & SAMPLE_HTTP2 ? "answer  HTTP/2 %u" : "answer  HTTP %u",
		 r->status);
	heading(s, text);
	lines(s, LEFT + 2, PEN(ROLE_DIM), rec_exemplar_headers(e), e->header_bytes);
	sheet_body(s, LEFT + 2, rec_exemplar_answer(e), e->answer_bytes);
	more(scene, s, e->answer_bytes, e->answer_total);
}

int exemplar_detail(const struct scene *scene, struct view view, int top, const struct rec_exemplar *e)
{
	const struct rec_sample *sample = rec_exemplar_sample(e);
	struct sheet s = {.view = view, .g = scene->g, .top = top};

	summary(scene, &s, sample);
	request_id(&s, e);
	if (e->checks_bytes) {
		heading(&s, "checks that failed");
		lines(&s, LEFT + 2, PEN(ROLE_BAD), rec_exemplar_checks(e), e->checks_bytes);
	}
	waterfall(scene, &s, sample);
	tokens(scene, &s, sample);
	request(scene, &s, e);
	answer(scene, &s, e);
	return s.y;
}
