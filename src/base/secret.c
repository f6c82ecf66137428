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

struct text {
	char *at;
};

static void put(struct text *out, const char *s, size_t bytes)
{
	memcpy(out->at, s, bytes);
	out->at += bytes;
}

/* name=value&name=value up to a fragment; returns where it ended. */
static const char *put_query(struct text *out, const char *s)
{
	while (*s && *s != '#') {
		size_t field = strcspn(s, "&#"), name = strcspn(s, "=&#");

		if (name < field && secret_name(s, name)) {
			put(out, s, name + 1);
			put(out, SECRET_SHOWN, strlen(SECRET_SHOWN));
		} else {
			put(out, s, field);
		}
		s += field;
		if (*s == '&')
			put(out, s++, 1);
	}
	return s;
}

char *secret_url(const char *url)
{
	const char *host = url + strcspn(url, ":/?#"), *end, *at = NULL, *colon, *query;
	size_t fields = 2;

	/* A proxy may come without its scheme. */
	host = strncmp(host, "://", 3) ? url : host + 3;
	end = host + strcspn(host, "/?#");
	for (const char *p = host; p < end; p++)
		if (*p == '@')
			at = p;
	for (const char *p = end; *p; p++)
		fields += *p == '&';

	char *copy = xmalloc(strlen(url) + fields * strlen(SECRET_SHOWN) + 1);
	struct text out = {.at = copy};
	const char *s = url;

	colon = at ? memchr(host, ':', (size_t)(at - host)) : NULL;
	if (at) {
		put(&out, s, (size_t)((colon ? colon + 1 : host) - s));
		put(&out, SECRET_SHOWN, strlen(SECRET_SHOWN));
		s = at;
	}
	query = end + strcspn(end, "?#");
	if (*query == '?') {
		put(&out, s, (size_t)(query + 1 - s));
		s = put_query(&out, query + 1);
	}
	put(&out, s, strlen(s) + 1);
	return copy;
}

char *secret_header(const char *line)
{
	size_t name = strcspn(line, ":");

	if (!line[name] || !secret_name(line, name))
		return xstrdup(line);
	return xasprintf("%.*s: " SECRET_SHOWN, (int)name, line);
}
