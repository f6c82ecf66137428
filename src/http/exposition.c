#include "http/exposition.h"

#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX 63 /* characters; 17 digits tell any double */

void exposition_init(struct exposition *e, const char *bytes, size_t count, bool cut)
{
	while (cut && count && bytes[count - 1] != '\n')
		count--;
	*e = (struct exposition){.at = bytes, .end = bytes + count};
}

/* --- the parts of a line, each from *p on, never beyond `end` ---------------- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void skip_blanks(const char **p, const char *end)
{
	while (*p < end && is_blank(**p))
		++*p;
}

static bool is_name(char c, bool colons)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
	       (colons && c == ':');
}

/* Labels have no colons in their names. */
static bool take_name(const char **p, const char *end, bool colons)
{
	const char *from = *p;

	while (*p < end && is_name(**p, colons))
		++*p;
	return *p > from && !(*from >= '0' && *from <= '9');
}

static bool take_quoted(const char **p, const char *end)
{
	if (*p == end || *(*p)++ != '"')
		return false;
	for (; *p < end && **p != '"'; ++*p)
		if (**p == '\\' && ++*p == end)
			return false;
	if (*p == end)
		return false;
	++*p;
	return true;
}

/* "{" is behind us; up to "}" and over it. */
static bool take_labels(const char **p, const char *end)
{
	for (;;) {
		skip_blanks(p, end);
		if (*p < end && **p == '}')
			break;
		if (!take_name(p, end, false))
			return false;
		skip_blanks(p, end);
		if (*p == end || *(*p)++ != '=')
			return false;
		skip_blanks(p, end);
		if (!take_quoted(p, end))
			return false;
		skip_blanks(p, end);
		if (*p < end && **p == ',')
			++*p;
		else if (*p == end || **p != '}')
			return false;
	}
	++*p;
	return true;
}

/* A word: strtod() would read beyond it, and what is behind it. */
static bool take_number(const char **p, const char *end, double *out)
{
	char text[NUMBER_MAX + 1], *stop;
	size_t n = 0;

	while (*p < end && !is_blank(**p)) {
		if (n == NUMBER_MAX)
			return false;
		text[n++] = *(*p)++;
	}
	text[n] = '\0';
	*out = strtod(text, &stop);
	return n && stop == text + n;
}

/* What may follow a value: a time, then an exemplar, which only looks like a comment. */
static bool take_rest(const char **p, const char *end)
{
	double unused;

	skip_blanks(p, end);
	if (*p < end && **p != '#' && !take_number(p, end, &unused))
		return false;
	skip_blanks(p, end);
	return *p == end || (end - *p > 3 && !memcmp(*p, "# {", 3));
}

static bool take_sample(const char *p, const char *end, struct exposition_sample *out)
{
	out->name = p;
	if (!take_name(&p, end, true))
		return false;
	out->name_bytes = (size_t)(p - out->name);
	skip_blanks(&p, end);
	out->labels = p;
	out->labels_bytes = 0;
	if (p < end && *p == '{') {
		out->labels = ++p;
		if (!take_labels(&p, end))
			return false;
		out->labels_bytes = (size_t)(p - 1 - out->labels);
	} else if (p == out->name + out->name_bytes) {
		return false;
	}
	skip_blanks(&p, end);
	return take_number(&p, end, &out->value) && take_rest(&p, end);
}

/* --- lines ------------------------------------------------------------------ */

bool exposition_next(struct exposition *e, struct exposition_sample *out)
{
	while (e->at < e->end && !e->bad) {
		const char *line = e->at, *end = memchr(line, '\n', (size_t)(e->end - line));

		end = end ? end : e->end;
		e->at = end < e->end ? end + 1 : end;
		e->line++;
		if (end > line && end[-1] == '\r')
			end--;
		skip_blanks(&line, end);
		if (line == end)
			continue;
		if (*line == '#') {
			/* What OpenMetrics ends with. */
			if (end - line == 5 && !memcmp(line, "# EOF", 5))
				e->at = e->end;
			continue;
		}
		if (take_sample(line, end, out)) {
			e->samples++;
			return true;
		}
		e->bad = true;
	}
	return false;
}
