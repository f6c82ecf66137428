/* An exchange as it is kept: what was sent, what came, without secrets. */
#include "worker_priv.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/secret.h"
#include "base/utf8.h"
#include "metrics/gaps.h"

/* Of a text more is looked at than is kept, for a secret across the cut. */
#define LOOK (2 * EXEMPLAR_BODY_MAX)
#define ID_NAME "X-Request-ID:"

struct text {
	char *at;
	size_t used, room;
};

static void add(struct text *t, const char *bytes, size_t count)
{
	if (count > t->room - t->used)
		count = t->room - t->used;
	if (count)
		memcpy(t->at + t->used, bytes, count);
	t->used += count;
}

static void add_text(struct text *t, const char *text)
{
	add(t, text, strlen(text));
}

/* `url` is terminated; text that is no URL comes out as it is. */
static void add_url(struct text *t, const char *url)
{
	const char *from = url, *s;
	size_t bytes;

	for (s = url; (s = secret_in_url(url, s, &bytes)); s += bytes + 1) {
		add(t, from, (size_t)(s - from));
		add_text(t, SECRET_SHOWN);
		from = s + bytes;
		if (!*from)
			break;
	}
	add_text(t, from);
}

static void add_header(struct text *t, const char *line, size_t bytes)
{
	const char *colon = memchr(line, ':', bytes);
	char value[1024];
	size_t n;

	if (!colon || secret_name(line, (size_t)(colon - line))) {
		add(t, line, colon ? (size_t)(colon - line) : 0);
		add_text(t, ": " SECRET_SHOWN "\n");
		return;
	}
	for (colon++; colon < line + bytes && *colon == ' '; colon++)
		;
	add(t, line, (size_t)(colon - line));
	n = bytes - (size_t)(colon - line);
	if (n >= sizeof value)
		n = sizeof value - 1;
	memcpy(value, colon, n);
	value[n] = '\0';
	add_url(t, value);
	add_text(t, "\n");
}

/* Where the record's tail goes on. */
static uint16_t put(const struct worker *w, char **out, size_t max, char *text, size_t bytes)
{
	size_t n = scenario_redact(w->config->scenario, text, bytes);

	n = utf8_clean_lines(text, n, *out, max);
	*out += n;
	return (uint16_t)n;
}

static uint16_t put_body(const struct worker *w, char **out, size_t max, const char *body, size_t bytes)
{
	struct text t = {.at = w->scratch, .room = LOOK};
	const char *from = body, *s;
	size_t n;

	/* No more than is kept is looked through. */
	if (bytes > LOOK)
		bytes = LOOK;
	while (bytes && (s = secret_in_body(body, bytes, from, &n))) {
		add(&t, from, (size_t)(s - from));
		add_text(&t, SECRET_SHOWN);
		from = s + n;
	}
	if (bytes)
		add(&t, from, (size_t)(body + bytes - from));
	return put(w, out, max, t.at, t.used);
}

static uint16_t put_request(const struct worker *w, const struct user *u, char **out)
{
	const struct http_request *q = &w->config->scenario->task[u->task].request;
	const struct http_variant *v = u->variant;
	const char *const *header = v && v->header ? v->header : (const char *const *)q->header;
	struct text t = {.at = w->scratch, .room = LOOK};
	bool own_id = false;

	for (int i = 0; header[i]; i++)
		own_id |= !strncasecmp(header[i], ID_NAME, strlen(ID_NAME));
	add_text(&t, q->method);
	add_text(&t, " ");
	add_url(&t, v && v->url ? v->url : q->url);
	add_text(&t, "\n");
	if (!own_id) {
		add_text(&t, ID_NAME " ");
		add_text(&t, u->request_id);
		add_text(&t, "\n");
	}
	for (; *header; header++)
		add_header(&t, *header, strlen(*header));
	return put(w, out, EXEMPLAR_REQUEST_MAX, t.at, t.used);
}

static uint16_t put_headers(const struct worker *w, const struct answer_report *a, char **out)
{
	struct text t = {.at = w->scratch, .room = LOOK};
	const char *line = a->headers, *end = line ? line + a->header_bytes : NULL, *next;

	for (; line < end; line = next + 1) {
		next = memchr(line, '\n', (size_t)(end - line));
		if (!next)
			break;
		add_header(&t, line, (size_t)(next - line));
	}
	return put(w, out, EXEMPLAR_HEADERS_MAX, t.at, t.used);
}

static uint16_t put_checks(const struct worker *w, const struct user *u, char **out)
{
	const struct check_list *list = &w->config->scenario->task[u->task].checks;
	struct text t = {.at = w->scratch, .room = LOOK};

	for (int i = 0; i < list->count; i++)
		if (!check_passed(w->checks, i)) {
			add_text(&t, check_text(list->check[i]));
			add_text(&t, "\n");
		}
	return put(w, out, EXEMPLAR_CHECKS_MAX, t.at, t.used);
}

/* The sample as it went into the ring, but for gaps beyond what is kept. */
static uint16_t put_sample(const struct rec_sample *s, char **out)
{
	uint32_t text = (uint32_t)s->text_bytes + s->excerpt_bytes, gaps = s->gap_bytes;
	struct rec_sample *copy = (struct rec_sample *)(void *)*out;
	uint32_t bytes;

	gaps = gaps_fit(rec_gaps(s), gaps, EXEMPLAR_GAPS_MAX);
	bytes = rec_bytes(sizeof *s, text + gaps);
	memcpy(copy, s, sizeof *s + text + gaps);
	memset(copy->text + text + gaps, 0, bytes - sizeof *s - text - gaps);
	copy->rec.bytes = bytes;
	copy->gap_bytes = gaps;
	if (gaps < s->gap_bytes)
		copy->flags |= SAMPLE_GAPS_CUT;
	*out += bytes;
	return (uint16_t)bytes;
}

void worker_exemplars_init(struct worker *w)
{
	picks_init(&w->picks, w->config->scenario->task_count, w->total);
	w->scratch = xmalloc(LOOK);
	w->exemplar = xcalloc(1, REC_EXEMPLAR_MAX);
}

void worker_exemplars_fini(struct worker *w)
{
	picks_fini(&w->picks);
	free(w->scratch);
	free(w->exemplar);
}

/* Samples come first: a ring that fills is theirs. */
static bool has_room(const struct worker *w)
{
	struct ring_stats stats;

	ring_stats(w->ring, &stats);
	return stats.used_bytes + REC_EXEMPLAR_MAX <= ring_capacity(w->ring) / 4;
}

void worker_push_exemplar(struct worker *w, const struct user *u, const struct rec_sample *s,
			  const struct outcome_of_exchange *x)
{
	const struct http_request *q = &w->config->scenario->task[u->task].request;
	bool own = u->variant && u->variant->body;
	const char *body = own ? u->variant->body : q->body;
	size_t body_bytes = own ? u->variant->body_bytes : q->body_bytes, used;
	const struct answer_report *a = &x->report;
	struct rec_exemplar *e = w->exemplar;
	char *out = e->tail;

	if (!picks_take(&w->picks, u->task, (enum error_class)s->error, s->code, s->rec.t_us - s->t0_us,
			s->rec.t_us, s->text, s->text_bytes))
		return;
	if (!has_room(w)) {
		picks_undo(&w->picks);
		return;
	}
	*e = (struct rec_exemplar){
		.rec = s->rec,
		.body_total = body ? body_bytes : 0,
		.answer_total = a->body_total,
	};
	e->sample_bytes = put_sample(s, &out);
	e->request_bytes = put_request(w, u, &out);
	e->body_bytes = put_body(w, &out, EXEMPLAR_BODY_MAX, body, body ? body_bytes : 0);
	e->header_bytes = put_headers(w, a, &out);
	e->answer_bytes = put_body(w, &out, EXEMPLAR_ANSWER_MAX, a->body, a->body_bytes);
	e->checks_bytes = s->flags & SAMPLE_ANSWERED ? put_checks(w, u, &out) : 0;
	used = (size_t)(out - (char *)e);
	e->rec.kind = REC_EXEMPLAR;
	e->rec.bytes = rec_bytes(used, 0);
	memset(out, 0, e->rec.bytes - used);
	ring_push(w->ring, &e->rec);
}
