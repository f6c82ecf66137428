#include "base/secret.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"

/* Redacting too much costs nothing, so these may stand anywhere in a name. */
static const char *const words[] = {
	"authorization", "cookie", "token", "secret", "password", "passwd",
	"api-key", "api_key", "apikey", "signature", "credential", "subscription-key",
};

bool secret_name(const char *name, size_t bytes)
{
	for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
		size_t n = strlen(words[w]);

		for (size_t i = 0; i + n <= bytes; i++)
			if (!strncasecmp(name + i, words[w], n))
				return true;
	}
	return (bytes == 3 && (!strncasecmp(name, "key", 3) || !strncasecmp(name, "sig", 3))) ||
	       (bytes == 4 && !strncasecmp(name, "auth", 4));
}

const char *secret_in_url(const char *url, const char *from, size_t *bytes)
{
	const char *host = url + strcspn(url, ":/?#"), *end, *at = NULL, *colon, *s;

	/* A proxy may come without its scheme. */
	host = strncmp(host, "://", 3) ? url : host + 3;
	end = host + strcspn(host, "/?#");
	for (const char *p = host; p < end; p++)
		if (*p == '@')
			at = p;
	if (at) {
		colon = memchr(host, ':', (size_t)(at - host));
		s = colon ? colon + 1 : host;
		*bytes = (size_t)(at - s);
		if (from <= s)
			return s;
	}
	/* ?name=value&name=value up to a fragment */
	s = end + strcspn(end, "?#");
	while (*s && *s != '#') {
		size_t field = strcspn(++s, "&#"), name = strcspn(s, "=&#");

		if (name < field && from <= s + name + 1 && secret_name(s, name)) {
			*bytes = field - name - 1;
			return s + name + 1;
		}
		s += field;
	}
	return NULL;
}

/* Backslashes before s, at most up to `from`: inside a string a quote has some. */
static size_t escapes(const char *from, const char *s)
{
	size_t n = 0;

	while (s > from && s[-1] == '\\')
		s--, n++;
	return n;
}

static const char *skip_blanks(const char *s, const char *end)
{
	while (s < end && (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\r'))
		s++;
	return s;
}

/* What is between the quotes of a text value at s; NULL: it is no text. */
static const char *text_value(const char *s, const char *end, size_t *bytes)
{
	const char *quote, *close;
	size_t depth, run = 0;

	s = skip_blanks(s, end);
	for (quote = s; quote < end && *quote == '\\'; quote++)
		;
	if (quote == end || *quote != '"')
		return NULL;
	depth = (size_t)(quote - s);
	/* Its like ends it, with any number of escaped backslashes before; one of the text
	 * around, too. */
	for (close = quote + 1; close < end; close++) {
		run = *close == '\\' ? run + 1 : run;
		if (*close == '"' && (run < depth || run % (2 * depth + 2) == depth))
			break;
		if (*close != '\\')
			run = 0;
	}
	if (close < end)
		close -= run < depth ? run : depth;
	*bytes = (size_t)(close - quote - 1);
	return quote + 1;
}

/* What a colon follows is a name, wherever looking began. */
const char *secret_in_json(const char *json, size_t bytes, const char *from, size_t *secret_bytes)
{
	const char *end = json + bytes, *before = NULL;

	for (const char *s = json; s < end && (s = memchr(s, '"', (size_t)(end - s))); s++) {
		const char *colon = skip_blanks(s + 1, end), *value;
		size_t name = before ? (size_t)(s - escapes(before, s) - before) : 0;

		if (colon < end && *colon == ':' && before && secret_name(before, name)) {
			value = text_value(colon + 1, end, secret_bytes);
			if (value && value > from)
				return value;
		}
		before = s + 1;
	}
	return NULL;
}

static bool in_field(char c)
{
	return c && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.%[]", c);
}

const char *secret_in_form(const char *form, size_t bytes, const char *from, size_t *secret_bytes)
{
	const char *end = form + bytes;

	for (const char *s = form; s < end && (s = memchr(s, '=', (size_t)(end - s))); s++) {
		const char *name = s, *stop = s + 1;

		while (name > form && in_field(name[-1]))
			name--;
		if (s + 1 <= from || (name > form && !strchr("&?\n", name[-1])) || !secret_name(name, (size_t)(s - name)))
			continue;
		while (stop < end && *stop && !strchr("&\"\\ \t\r\n", *stop))
			stop++;
		*secret_bytes = (size_t)(stop - s) - 1;
		if (*secret_bytes)
			return s + 1;
	}
	return NULL;
}

const char *secret_in_body(const char *body, size_t bytes, const char *from, size_t *secret_bytes)
{
	size_t in_form;
	const char *json = secret_in_json(body, bytes, from, secret_bytes);
	const char *form = secret_in_form(body, bytes, from, &in_form);

	if (!form || (json && json <= form))
		return json;
	*secret_bytes = in_form;
	return form;
}

/* The text without what `next` finds in it. */
static char *without(const char *text, const char *(*next)(const char *text, const char *from, size_t *bytes))
{
	size_t room = strlen(text) + 1, bytes;
	const char *from = text, *s;
	char *copy, *out;

	for (s = text; (s = next(text, s, &bytes)); s += bytes + 1)
		room += strlen(SECRET_SHOWN);
	copy = out = xmalloc(room);
	for (s = text; (s = next(text, s, &bytes)); s += bytes + 1) {
		out = mempcpy(out, from, (size_t)(s - from));
		out = mempcpy(out, SECRET_SHOWN, strlen(SECRET_SHOWN));
		from = s + bytes;
	}
	strcpy(out, from);
	return copy;
}

static const char *next_in_body(const char *body, const char *from, size_t *bytes)
{
	return secret_in_body(body, strlen(body), from, bytes);
}

char *secret_body(const char *body)
{
	return without(body, next_in_body);
}

char *secret_url(const char *url)
{
	return without(url, secret_in_url);
}

char *secret_header(const char *line)
{
	size_t name = strcspn(line, ":");

	if (!line[name] || !secret_name(line, name))
		return xstrdup(line);
	return xasprintf("%.*s: " SECRET_SHOWN, (int)name, line);
}
