#include "pluck.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/pointer.h"

#define KEY_MAX 256 /* bytes of a member's name with escapes that can be asked for */
#define NONE (-1)
#define NO_INDEX UINT32_MAX

/* A token of the pointers, as a tree: all that begin alike share it. */
struct node {
	char *key;
	uint32_t key_bytes;
	uint32_t index; /* as an array's; NO_INDEX */
	bool every;     /* "-" */
	bool repeated;  /* it or one above it is */
	int16_t child, sibling;
	int16_t slot;   /* NONE: nobody asks for the value itself */
};

struct pluck {
	struct node *node; /* the first is the whole value */
	int nodes;
	int slots;
};

struct pluck *pluck_new(void)
{
	struct pluck *pluck = xcalloc(1, sizeof *pluck);

	pluck->node = xcalloc(1, sizeof *pluck->node);
	pluck->node[0] = (struct node){.index = NO_INDEX, .child = NONE, .sibling = NONE, .slot = NONE};
	pluck->nodes = 1;
	return pluck;
}

void pluck_free(struct pluck *pluck)
{
	if (!pluck)
		return;
	for (int i = 0; i < pluck->nodes; i++)
		free(pluck->node[i].key);
	free(pluck->node);
	free(pluck);
}

static int child_of(struct pluck *pluck, int parent, const char *token, size_t bytes)
{
	char *key = xmalloc(bytes + 1);
	uint32_t n = (uint32_t)pointer_step(token, bytes, key);
	int64_t index = pointer_index(key, n);
	int16_t *link = &pluck->node[parent].child;

	for (; *link != NONE; link = &pluck->node[*link].sibling) {
		const struct node *node = &pluck->node[*link];

		if (node->key_bytes == n && !memcmp(node->key, key, n)) {
			free(key);
			return *link;
		}
	}
	*link = (int16_t)pluck->nodes;
	pluck->node = xreallocarray(pluck->node, (size_t)pluck->nodes + 1, sizeof *pluck->node);
	struct node *node = &pluck->node[pluck->nodes];

	*node = (struct node){
		.key = key, .key_bytes = n, .index = index < 0 ? NO_INDEX : (uint32_t)index,
		.every = n == 1 && key[0] == '-',
		.child = NONE, .sibling = NONE, .slot = NONE,
	};
	node->repeated = node->every || pluck->node[parent].repeated;
	return pluck->nodes++;
}

int pluck_add(struct pluck *pluck, const char *pointer)
{
	size_t longest;
	int at = 0;

	/* Nodes are told apart by 16 bits. */
	if (!pointer_ok(pointer) || pointer_steps(pointer, &longest) > PLUCK_DEPTH ||
	    pluck->nodes > INT16_MAX - PLUCK_DEPTH)
		return -1;
	while (*pointer) {
		const char *end = strchrnul(++pointer, '/');

		at = child_of(pluck, at, pointer, (size_t)(end - pointer));
		pointer = end;
	}
	if (pluck->node[at].slot == NONE) {
		if (pluck->slots == PLUCK_SLOTS)
			return -1;
		pluck->node[at].slot = (int16_t)pluck->slots++;
	}
	return pluck->node[at].slot;
}

struct scan {
	const char *at, *end;
	const struct node *node;
	struct pluck_hits *hits;
	uint32_t elements; /* of "-" begun so far */
};

static void skip_space(struct scan *s)
{
	while (s->at < s->end &&
	       (*s->at == ' ' || *s->at == '\n' || *s->at == '\t' || *s->at == '\r'))
		s->at++;
}

/* A mark (0x80) in each byte of `word` that is `c`, exact up to the first. */
static uint64_t marks(uint64_t word, char c)
{
	uint64_t x = word ^ 0x0101010101010101u * (uint8_t)c;

	return (x - 0x0101010101010101u) & ~x & 0x8080808080808080u;
}

/* From after the opening quote to after the closing one. Most strings are
 * short: eight bytes at a time beat a call. */
static bool skip_string(struct scan *s, bool *escaped)
{
	const char *p = s->at, *end = s->end;

	*escaped = false;
	while (p < end) {
		if (end - p >= 8) {
			uint64_t word;

			memcpy(&word, p, 8);
			word = le64toh(word);
			uint64_t found = marks(word, '"') | marks(word, '\\');

			if (!found) {
				p += 8;
				continue;
			}
			p += __builtin_ctzll(found) / 8;
		}
		if (*p == '"') {
			s->at = p + 1;
			return true;
		}
		if (*p == '\\') {
			*escaped = true;
			p++;
			if (p == end)
				break;
		}
		p++;
	}
	s->at = end;
	return false;
}

static bool ends_scalar(char c)
{
	return c == ',' || c == '}' || c == ']' || c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static bool skip_scalar(struct scan *s)
{
	const char *start = s->at;

	while (s->at < s->end && !ends_scalar(*s->at))
		s->at++;
	return s->at > start && *start && strchr("-0123456789tfn", *start);
}

/* An array or object nobody asks about: its brackets are counted, whatever is
 * between them. */
static bool skip_nested(struct scan *s)
{
	size_t depth = 0;
	bool escaped;

	while (s->at < s->end) {
		switch (*s->at++) {
		case '"':
			if (!skip_string(s, &escaped))
				return false;
			break;
		case '{':
		case '[':
			depth++;
			break;
		case '}':
		case ']':
			if (!--depth)
				return true;
			break;
		}
	}
	return false;
}

static bool skip_value(struct scan *s)
{
	bool escaped;

	if (s->at == s->end)
		return false;
	switch (*s->at) {
	case '"':
		s->at++;
		return skip_string(s, &escaped);
	case '{':
	case '[':
		return skip_nested(s);
	default:
		return skip_scalar(s);
	}
}

static bool value(struct scan *s, int at, uint32_t element);

static bool key_is(const struct node *node, const char *key, size_t bytes)
{
	return node->key_bytes == bytes && !memcmp(node->key, key, bytes);
}

static int find_member(const struct scan *s, int parent, const char *key, size_t bytes, bool escaped)
{
	char plain[KEY_MAX];
	int child = s->node[parent].child;

	if (escaped) {
		size_t n = pluck_text(key, bytes, plain, sizeof plain, NULL);

		if (n > sizeof plain)
			return NONE;
		key = plain;
		bytes = n;
	}
	while (child != NONE && !key_is(&s->node[child], key, bytes))
		child = s->node[child].sibling;
	return child;
}

static bool object(struct scan *s, int at, uint32_t element)
{
	s->at++;
	skip_space(s);
	if (s->at < s->end && *s->at == '}') {
		s->at++;
		return true;
	}
	while (s->at < s->end && *s->at == '"') {
		bool escaped;
		const char *key = ++s->at;

		if (!skip_string(s, &escaped))
			return false;
		int child = find_member(s, at, key, (size_t)(s->at - 1 - key), escaped);

		skip_space(s);
		if (s->at == s->end || *s->at++ != ':')
			return false;
		skip_space(s);
		if (!(child == NONE ? skip_value(s) : value(s, child, element)))
			return false;
		skip_space(s);
		if (s->at == s->end)
			return false;
		if (*s->at++ == '}')
			return true;
		if (s->at[-1] != ',')
			return false;
		skip_space(s);
	}
	return false;
}

/* An element can be asked for by its index and by "-": then it is looked at
 * twice. */
static bool element_of(struct scan *s, int parent, uint32_t index, uint32_t element)
{
	const char *start = s->at;
	bool seen = false;

	for (int i = s->node[parent].child; i != NONE; i = s->node[i].sibling) {
		if (!s->node[i].every && s->node[i].index != index)
			continue;
		s->at = start;
		if (!value(s, i, s->node[i].every ? ++s->elements : element))
			return false;
		seen = true;
	}
	return seen || skip_value(s);
}

static bool array(struct scan *s, int at, uint32_t element)
{
	s->at++;
	skip_space(s);
	if (s->at < s->end && *s->at == ']') {
		s->at++;
		return true;
	}
	for (uint32_t index = 0; s->at < s->end; index++) {
		if (!element_of(s, at, index, element))
			return false;
		skip_space(s);
		if (s->at == s->end)
			return false;
		if (*s->at++ == ']')
			return true;
		if (s->at[-1] != ',')
			return false;
		skip_space(s);
	}
	return false;
}

static void hit(struct scan *s, const struct node *node, const struct pluck_hit *found)
{
	struct pluck_hits *hits = s->hits;

	if (hits->count == PLUCK_HITS || (node->repeated && hits->repeated == PLUCK_REPEATED))
		return;
	hits->repeated += node->repeated;
	hits->hit[hits->count] = *found;
	hits->hit[hits->count].slot = (uint8_t)node->slot;
	hits->hit[hits->count++].repeated = node->repeated;
}

/* Recursion is as deep as the longest pointer. */
static bool value(struct scan *s, int at, uint32_t element)
{
	const struct node *node = &s->node[at];
	const char *start = s->at;
	struct pluck_hit found = {.at = start, .element = element};
	bool whole;

	if (start == s->end)
		return false;
	switch (*start) {
	case '"':
		found.kind = PLUCK_STRING;
		found.at = ++s->at;
		whole = skip_string(s, &found.escaped);
		break;
	case '{':
		found.kind = PLUCK_OBJECT;
		whole = node->child == NONE ? skip_nested(s) : object(s, at, element);
		break;
	case '[':
		found.kind = PLUCK_ARRAY;
		whole = node->child == NONE ? skip_nested(s) : array(s, at, element);
		break;
	default:
		found.kind = *start == 'n'   ? PLUCK_NULL
			     : *start == 't' ? PLUCK_TRUE
			     : *start == 'f' ? PLUCK_FALSE
					     : PLUCK_NUMBER;
		whole = skip_scalar(s);
	}
	if (!whole)
		return false;
	if (node->slot == NONE)
		return true;
	found.bytes = (size_t)(s->at - found.at) - (found.kind == PLUCK_STRING);
	hit(s, node, &found);
	return true;
}

int pluck_scan(const struct pluck *pluck, const char *json, size_t bytes, struct pluck_hits *hits)
{
	struct scan s = {.at = json, .end = json + bytes, .node = pluck->node, .hits = hits};

	hits->count = hits->repeated = 0;
	skip_space(&s);
	if (!value(&s, 0, 0))
		return -1;
	skip_space(&s);
	return s.at == s.end ? 0 : -1;
}
