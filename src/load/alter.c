#include "load/alter.h"

#include <inttypes.h>
#include <string.h>

#define LIMIT_DEPTH 2

static const char *const limits[] = {
	"max_tokens", "max_completion_tokens", "max_output_tokens", "max_new_tokens", "num_predict",
};

static const char *const prompts[] = {
	"messages", "prompt", "input", "inputs", "message", "question", "query", "text",
};

/* A walk over the members of a JSON text, in order; it need not be whole. */
struct walk {
	const char *at, *end;
	int depth;
	const char *key; /* of the present member */
	size_t key_bytes;
	const char *value; /* where its value begins */
};

static const char *behind_string(const char *p, const char *end)
{
	for (p++; p < end && *p != '"'; p++)
		p += *p == '\\';
	return p < end ? p + 1 : end;
}

static const char *behind_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
		p++;
	return p;
}

static bool next_member(struct walk *w)
{
	while (w->at < w->end) {
		const char *begin = w->at, *colon;

		if (*begin != '"') {
			w->depth += (*begin == '{' || *begin == '[') - (*begin == '}' || *begin == ']');
			w->at++;
			continue;
		}
		w->at = behind_string(begin, w->end);
		colon = behind_blanks(w->at, w->end);
		if (colon == w->end || *colon != ':')
			continue;
		w->key = begin + 1;
		w->key_bytes = (size_t)(w->at - begin) - 2;
		w->at = w->value = behind_blanks(colon + 1, w->end);
		return true;
	}
	return false;
}

static bool is_key(const struct walk *w, const char *name)
{
	return w->key_bytes == strlen(name) && !memcmp(w->key, name, w->key_bytes);
}

static bool is_one_of(const struct walk *w, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_key(w, names[i]))
			return true;
	return false;
}

static size_t digits_at(const char *p, const char *end)
{
	size_t n = 0;

	while (p + n < end && p[n] >= '0' && p[n] <= '9')
		n++;
	return n;
}

bool alter_finds_limit(const char *body, size_t bytes, size_t *at, size_t *digits)
{
	struct walk w = {.at = body, .end = body + bytes};

	while (next_member(&w)) {
		if (w.depth > LIMIT_DEPTH || !is_one_of(&w, limits, sizeof limits / sizeof *limits))
			continue;
		*digits = digits_at(w.value, w.end);
		*at = (size_t)(w.value - body);
		if (*digits)
			return true;
	}
	return false;
}

/* Of a list of messages, or of strings. */
static const char *in_list(struct walk *w)
{
	static const char *const texts[] = {"content", "text"};
	const char *first = behind_blanks(w->value + 1, w->end);

	if (first < w->end && *first == '"')
		return first + 1;
	while (next_member(w))
		if (w->value < w->end && *w->value == '"' && is_one_of(w, texts, sizeof texts / sizeof *texts))
			return w->value + 1;
	return NULL;
}

bool alter_finds_prompt(const char *body, size_t bytes, size_t *at)
{
	struct walk w = {.at = body, .end = body + bytes};
	const char *place = NULL;

	while (!place && next_member(&w)) {
		if (w.depth != 1 || w.value == w.end || !is_one_of(&w, prompts, sizeof prompts / sizeof *prompts))
			continue;
		if (*w.value == '"')
			place = w.value + 1;
		else if (*w.value == '[')
			place = in_list(&w);
	}
	if (place)
		*at = (size_t)(place - body);
	return place != NULL;
}

/* Words that most tokenizers have as one token each; which, by the mark. */
static void put_words(struct buf *out, uint64_t mark, uint32_t count)
{
	static const char *const words[] = {"the ", "of ", "and ", "to ", "in ", "is ", "it ", "you ",
					    "that ", "he ", "was ", "for ", "on ", "are ", "with ", "as "};

	buf_printf(out, "%016" PRIx64 " ", mark);
	for (uint32_t i = 0; i < count; i++) {
		mark = mark * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		buf_puts(out, words[mark >> 60]);
	}
}

void alter_body(const struct alteration *a, uint64_t mark, const char *body, size_t bytes, struct buf *out)
{
	size_t limit = 0, digits = 0, prompt = 0, from = 0;
	bool limits_it = a->max_tokens && alter_finds_limit(body, bytes, &limit, &digits);
	bool pads = a->unique && alter_finds_prompt(body, bytes, &prompt);

	out->used = 0;
	/* Whichever comes first. */
	for (int turn = 0; turn < 2; turn++) {
		bool early = (limit < prompt) == (turn == 0);

		if (early && limits_it) {
			buf_add(out, body + from, limit - from);
			buf_number(out, a->max_tokens);
			from = limit + digits;
		}
		if (!early && pads) {
			buf_add(out, body + from, prompt - from);
			put_words(out, mark, a->padding);
			from = prompt;
		}
	}
	buf_add(out, body + from, bytes - from);
	buf_terminate(out);
}
