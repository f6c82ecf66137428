/* One event of an answer, or its whole body: what it says. */
#include <string.h>

#include "answer_private.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"

static void add_text(struct answer *a, const struct pluck_hit *hit)
{
	size_t room, written;

	if (!a->plan->keep || a->text_full) {
		a->text_total += hit->escaped ? pluck_text(hit->at, hit->bytes, NULL, 0, NULL)
					      : hit->bytes;
		return;
	}
	/* What is no escape grows from two bytes to three. */
	room = hit->bytes * 2;
	if (room > ANSWER_KEEP - a->text.used)
		room = ANSWER_KEEP - a->text.used;
	buf_reserve(&a->text, room);
	size_t all = pluck_text(hit->at, hit->bytes, a->text.at ? a->text.at + a->text.used : NULL,
				room, &written);

	a->text.used += written;
	a->text_total += all;
	a->text_full = written < all;
}

/* Text at the first place that has any. */
static bool take_text(struct answer *a, enum part part, const struct pluck_hits *hits, bool keep)
{
	const struct program *program = a->program;
	bool any = false;

	for (int i = 0; i < program->places[part] && !any; i++) {
		const struct pluck_hit *hit;
		uint32_t from = 0;

		while ((hit = program_hit(&program->place[part][i], hits, &from)) != NULL) {
			if (hit->kind != PLUCK_STRING || !hit->bytes)
				continue;
			any = true;
			if (keep)
				add_text(a, hit);
		}
	}
	return any;
}

/* The first place that says something. */
static const struct pluck_hit *first(const struct answer *a, enum part part,
				     const struct pluck_hits *hits)
{
	const struct program *program = a->program;

	for (int i = 0; i < program->places[part]; i++) {
		const struct pluck_hit *hit;
		uint32_t from = 0;

		while ((hit = program_hit(&program->place[part][i], hits, &from)) != NULL)
			if (pluck_says(hit))
				return hit;
	}
	return NULL;
}

static void take_count(const struct answer *a, enum part part, const struct pluck_hits *hits,
		       uint32_t *out)
{
	const struct program *program = a->program;

	for (int i = 0; i < program->places[part]; i++) {
		const struct pluck_hit *hit;
		int64_t n = -1;
		uint32_t from = 0;

		while ((hit = program_hit(&program->place[part][i], hits, &from)) != NULL)
			if (pluck_count(hit) >= 0)
				n = pluck_count(hit);
		if (n < 0)
			continue;
		*out = n < TOKENS_UNKNOWN ? (uint32_t)n : TOKENS_UNKNOWN - 1;
		return;
	}
}

static void take_usage(struct answer *a, const struct pluck_hits *hits)
{
	take_count(a, PART_TOKENS_IN, hits, &a->tokens_in);
	take_count(a, PART_TOKENS_OUT, hits, &a->tokens_out);
	take_count(a, PART_CACHED, hits, &a->cached);
	take_count(a, PART_UNCOUNTED, hits, &a->uncounted);
}

/* `json` is the event with the error in it; `hit` the error itself. */
static void take_error(struct answer *a, const struct pluck_hit *hit, const char *json,
		       size_t bytes)
{
	if (a->failed)
		return;
	a->failed = true;
	if (program_message(json, bytes, a->message, sizeof a->message))
		return;
	if (hit && hit->kind == PLUCK_STRING)
		program_line(hit, a->message, sizeof a->message);
	else if (hit)
		utf8_clean(hit->at, hit->bytes, a->message, sizeof a->message);
	else
		utf8_clean(json, bytes, a->message, sizeof a->message);
}

static void content(struct answer *a, bool reasoning, bool other)
{
	int64_t us = (a->last_ns - a->start_ns) / NS_PER_US;

	if (!a->events) {
		a->t1_us = us;
	} else {
		/* gaps_put() writes at most ten bytes. */
		if (a->gap_bytes.room - a->gaps.used < 16 && a->gap_bytes.room < REC_GAPS_MAX) {
			size_t room = a->gap_bytes.room ? a->gap_bytes.room * 2 : 192;

			a->gap_bytes.room = room < REC_GAPS_MAX ? room : REC_GAPS_MAX;
			a->gap_bytes.at = xrealloc(a->gap_bytes.at, a->gap_bytes.room);
			a->gaps.bytes = (uint8_t *)a->gap_bytes.at;
		}
		if (us < a->tn_us)
			us = a->tn_us;
		gaps_put(&a->gaps, us - a->tn_us);
	}
	a->tn_us = us;
	a->events++;
	a->reasoned |= reasoning;
	if (other && a->to_us < 0)
		a->to_us = us;
	if (!a->read_counted) {
		a->read_counted = true;
		a->reads++;
	}
}

static bool is_end(const struct answer *a, const struct pluck_hits *hits)
{
	const struct program *program = a->program;

	for (int i = 0; i < program->places[PART_END]; i++) {
		const struct program_place *place = &program->place[PART_END][i];
		const struct pluck_hit *hit;
		uint32_t from = 0;

		while ((hit = program_hit(place, hits, &from)) != NULL)
			if (place->when >= 0 || hit->kind == PLUCK_TRUE)
				return true;
	}
	return false;
}

static bool looks_like_json(const char *data, size_t bytes)
{
	while (bytes && strchr(" \t\r\n", *data) && *data) {
		data++;
		bytes--;
	}
	return bytes && (*data == '{' || *data == '[');
}

static void raw_text(struct answer *a, const char *data, size_t bytes)
{
	/* Not JSON, so no escapes. */
	add_text(a, &(struct pluck_hit){.at = data, .bytes = bytes, .kind = PLUCK_STRING});
	content(a, false, true);
}

/* `cut`: the stream ended within it. */
static void event(struct answer *a, const char *data, size_t bytes, bool says_error, bool cut)
{
	const struct program *program = a->program;
	struct pluck_hits hits;

	a->seen++;
	if (program->end_data && bytes == program->end_data_bytes &&
	    !memcmp(data, program->end_data, bytes)) {
		a->ended = true;
		return;
	}
	if (!bytes)
		return;
	if (says_error) {
		take_error(a, NULL, data, bytes);
		return;
	}
	if (program->raw_text && !looks_like_json(data, bytes)) {
		if (!cut)
			raw_text(a, data, bytes);
		return;
	}
	if (pluck_scan(program->pluck, data, bytes, &hits) < 0) {
		a->unread++;
		return;
	}
	if (!hits.count)
		return;
	const struct pluck_hit *error = first(a, PART_ERROR, &hits);

	if (error)
		take_error(a, error, data, bytes);
	bool text = take_text(a, PART_TEXT, &hits, true);
	bool reasoning = take_text(a, PART_REASONING, &hits, false);
	bool tool = first(a, PART_TOOL, &hits) != NULL;

	if (text || reasoning || tool)
		content(a, reasoning, text || tool);
	take_usage(a, &hits);
	a->ended = is_end(a, &hits);
}

static void sse_events(struct answer *a)
{
	struct sse_event e;

	while (!a->ended && sse_next(&a->sse, &e))
		event(a, e.data, e.data_bytes, e.type_bytes == 5 && !memcmp(e.type, "error", 5),
		      false);
}

static void ndjson_events(struct answer *a)
{
	struct line line;

	while (!a->ended && ndjson_next(&a->ndjson, &line))
		event(a, line.at, line.bytes, false, false);
}

void answer_events(struct answer *a, const char *bytes, size_t length)
{
	a->read_counted = false;
	switch (a->reading) {
	case READING_SSE:
		sse_feed(&a->sse, bytes, length);
		sse_events(a);
		break;
	case READING_NDJSON:
		ndjson_feed(&a->ndjson, bytes, length);
		ndjson_events(a);
		break;
	case READING_MESSAGES:
		event(a, bytes, length, false, false);
		/* The connection stays open, and nothing else says that it is over. */
		a->ended |= a->failed;
		break;
	default:
		break;
	}
}

void answer_flush(struct answer *a)
{
	struct sse_event e;
	struct line line;

	if (a->ended)
		return;
	if (a->reading == READING_SSE && sse_end(&a->sse, &e))
		event(a, e.data, e.data_bytes, e.type_bytes == 5 && !memcmp(e.type, "error", 5),
		      e.cut);
	if (a->reading == READING_NDJSON && ndjson_end(&a->ndjson, &line))
		event(a, line.at, line.bytes, false, true);
}

void answer_read_body(struct answer *a)
{
	struct pluck_hits hits;

	if (a->body_total > a->body.used) {
		a->says = true; /* nobody has looked */
		return;
	}
	if (!a->body.used ||
	    pluck_scan(a->program->pluck, a->body.at, a->body.used, &hits) < 0) {
		a->unread++;
		return;
	}
	const struct pluck_hit *error = first(a, PART_ERROR, &hits);

	if (error)
		take_error(a, error, a->body.at, a->body.used);
	a->says = take_text(a, PART_WHOLE, &hits, true) || first(a, PART_INSTEAD, &hits);
	take_usage(a, &hits);
	a->says |= a->tokens_out != TOKENS_UNKNOWN && a->tokens_out;
}
