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

char *secret_url(const char *url)
{
	size_t room = strlen(url) + 1, bytes;
	const char *from = url, *s;
	char *copy, *out;

	for (s = url; (s = secret_in_url(url, s, &bytes)); s += bytes + 1)
		room += strlen(SECRET_SHOWN);
	copy = out = xmalloc(room);
	for (s = url; (s = secret_in_url(url, s, &bytes)); s += bytes + 1) {
		out = mempcpy(out, from, (size_t)(s - from));
		out = mempcpy(out, SECRET_SHOWN, strlen(SECRET_SHOWN));
		from = s + bytes;
	}
	strcpy(out, from);
	return copy;
}

char *secret_header(const char *line)
{
	size_t name = strcspn(line, ":");

	if (!line[name] || !secret_name(line, name))
		return xstrdup(line);
	return xasprintf("%.*s: " SECRET_SHOWN, (int)name, line);
}
