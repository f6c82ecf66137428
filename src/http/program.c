#include "program.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

/* Grows only: pushed with release, read with acquire. */
static _Atomic(struct program *) programs;

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* The lists of a table, by part. */
static const struct api_place *list_of(const struct api_answer *answer, enum part part)
{
	switch (part) {
	case PART_TEXT:
		return answer->text;
	case PART_REASONING:
		return answer->reasoning;
	case PART_TOOL:
		return answer->tool;
	case PART_WHOLE:
		return answer->whole;
	case PART_INSTEAD:
		return answer->instead;
	case PART_TOKENS_IN:
		return answer->tokens_in;
	case PART_TOKENS_OUT:
		return answer->tokens_out;
	case PART_CACHED:
		return answer->cached;
	case PART_UNCOUNTED:
		return answer->uncounted;
	case PART_ERROR:
		return answer->error;
	default:
		return answer->end;
	}
}

static bool same(const struct api_answer *a, const struct api_answer *b)
{
	if (!same_text(a->end_data, b->end_data) || a->end_required != b->end_required ||
	    a->raw_text != b->raw_text || a->cached_uncounted != b->cached_uncounted)
		return false;
	for (enum part part = 0; part < PARTS; part++) {
		const struct api_place *p = list_of(a, part), *q = list_of(b, part);

		for (int i = 0; i < API_PLACES && (p[i].pointer || q[i].pointer); i++)
			if (!same_text(p[i].pointer, q[i].pointer) ||
			    !same_text(p[i].when, q[i].when) || !same_text(p[i].is, q[i].is))
				return false;
	}
	return true;
}

static char *copy(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

_Static_assert(API_POINTER_STEPS <= PLUCK_DEPTH, "what a table may ask for is looked at");

static void add_place(struct program *program, enum part part, const struct api_place *place)
{
	int slot = pluck_add(program->pluck, place->pointer);
	int when = place->when ? pluck_add(program->pluck, place->when) : -1;

	if (slot < 0 || (place->when && when < 0))
		return;
	program->place[part][program->places[part]++] = (struct program_place){
		.slot = (int16_t)slot,
		.when = (int16_t)when,
		.is = place->is ? place->is : "",
		.is_bytes = place->is ? (uint32_t)strlen(place->is) : 0,
	};
}

static struct program *compile(const struct api_answer *answer)
{
	struct program *program = xcalloc(1, sizeof *program);

	program->pluck = pluck_new();
	program->answer = *answer;
	program->answer.end_data = copy(answer->end_data);
	for (enum part part = 0; part < PARTS; part++) {
		struct api_place *list = (struct api_place *)list_of(&program->answer, part);

		for (int i = 0; i < API_PLACES && list[i].pointer; i++) {
			list[i] = (struct api_place){copy(list[i].pointer), copy(list[i].when),
						     copy(list[i].is)};
			add_place(program, part, &list[i]);
		}
	}
	program->end_data = program->answer.end_data;
	program->end_data_bytes = program->end_data ? strlen(program->end_data) : 0;
	program->end_required = answer->end_required;
	program->raw_text = answer->raw_text;
	program->cached_uncounted = answer->cached_uncounted;
	return program;
}

const struct program *program_of(const struct api_answer *answer)
{
	struct program *first = atomic_load_explicit(&programs, memory_order_acquire);

	for (struct program *p = first; p; p = p->next)
		if (same(&p->answer, answer))
			return p;
	struct program *made = compile(answer);

	/* Two threads may make the same one at once: both are kept. Pairs with
	 * the load above. */
	made->next = first;
	while (!atomic_compare_exchange_weak_explicit(&programs, &made->next, made,
						      memory_order_release, memory_order_acquire))
		;
	return made;
}

static bool holds(const struct program_place *place, const struct pluck_hits *hits,
		  const struct pluck_hit *hit)
{
	if (place->when < 0)
		return true;
	for (uint32_t i = 0; i < hits->count; i++) {
		const struct pluck_hit *when = &hits->hit[i];

		if (when->slot == place->when && when->kind == PLUCK_STRING &&
		    when->bytes == place->is_bytes && !memcmp(when->at, place->is, when->bytes) &&
		    (!when->repeated || !hit->repeated || when->element == hit->element))
			return true;
	}
	return false;
}

const struct pluck_hit *program_hit(const struct program_place *place,
				    const struct pluck_hits *hits, uint32_t *from)
{
	while (*from < hits->count) {
		const struct pluck_hit *hit = &hits->hit[(*from)++];

		if (hit->slot == place->slot && holds(place, hits, hit))
			return hit;
	}
	return NULL;
}

/* In the order of preference. */
static const char *const message_at[] = {
	"/error/message", "/response/error/message", "/message", "/error/error/message",
	"/detail", "/detail/0/msg", "/error_description", "/title", "/msg", "/error", "/error/type",
};
#define MESSAGES (sizeof message_at / sizeof *message_at)

static const struct pluck *message_pluck(void)
{
	static _Atomic(struct pluck *) made;
	struct pluck *pluck = atomic_load_explicit(&made, memory_order_acquire), *none = NULL;

	if (pluck)
		return pluck;
	pluck = pluck_new();
	for (size_t i = 0; i < MESSAGES; i++)
		pluck_add(pluck, message_at[i]);
	/* Pairs with the load above, in whichever thread is second. */
	if (atomic_compare_exchange_strong_explicit(&made, &none, pluck, memory_order_acq_rel,
						    memory_order_acquire))
		return pluck;
	pluck_free(pluck);
	return none;
}

void program_line(const struct pluck_hit *hit, char *out, size_t room)
{
	char plain[1024];
	const char *text = hit->at;
	size_t bytes = hit->bytes;

	if (hit->escaped) {
		pluck_text(hit->at, hit->bytes, plain, sizeof plain, &bytes);
		text = plain;
	}
	utf8_clean(text, bytes, out, room);
}

bool program_message(const char *json, size_t bytes, char *out, size_t room)
{
	struct pluck_hits hits;

	if (pluck_scan(message_pluck(), json, bytes, &hits) < 0)
		return false;
	for (size_t slot = 0; slot < MESSAGES; slot++)
		for (uint32_t i = 0; i < hits.count; i++) {
			const struct pluck_hit *hit = &hits.hit[i];

			if (hit->slot != slot || hit->kind != PLUCK_STRING)
				continue;
			program_line(hit, out, room);
			if (*out)
				return true;
		}
	return false;
}
