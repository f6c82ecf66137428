#include "origin.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/un.h>

#include "base/mem.h"

#define SCHEME "http://"
#define HTTP_PORT 80

struct origins {
	const struct curl_common *common;
	struct origin **origin;
	size_t count;
};

struct origins *origins_new(const struct curl_common *common)
{
	struct origins *origins = xcalloc(1, sizeof *origins);

	origins->common = common;
	return origins;
}

static void origin_free(struct origin *o)
{
	free(o->prefix);
	free(o->host);
	free(o->user_password);
	free(o->address);
	free(o);
}

void origins_free(struct origins *origins)
{
	if (!origins)
		return;
	for (size_t i = 0; i < origins->count; i++)
		origin_free(origins->origin[i]);
	free(origins->origin);
	free(origins);
}

/* --- addresses --- */

static struct origin_address *another(struct origin *o)
{
	if (o->addresses == ORIGIN_ADDRESSES)
		return NULL;
	o->address = xreallocarray(o->address, (size_t)o->addresses + 1, sizeof *o->address);
	memset(&o->address[o->addresses], 0, sizeof *o->address);
	return &o->address[o->addresses++];
}

/* A numeric address, an IPv6 one perhaps in brackets. */
static bool add_address(struct origin *o, const char *text, size_t n, uint16_t port)
{
	char plain[INET6_ADDRSTRLEN];
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	struct origin_address *a;
	const void *found;
	socklen_t bytes;

	if (n > 1 && text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	}
	if (n >= sizeof plain)
		return false;
	memcpy(plain, text, n);
	plain[n] = '\0';
	if (inet_pton(AF_INET, plain, &v4.sin_addr) == 1) {
		found = &v4;
		bytes = sizeof v4;
	} else if (inet_pton(AF_INET6, plain, &v6.sin6_addr) == 1) {
		found = &v6;
		bytes = sizeof v6;
	} else {
		return false;
	}
	a = another(o);
	if (a) {
		memcpy(&a->addr, found, bytes);
		a->bytes = bytes;
	}
	return true;
}

static void add_unix(struct origin *o, const char *path)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	struct origin_address *a;

	if (strlen(path) >= sizeof un.sun_path)
		return;
	memcpy(un.sun_path, path, strlen(path));
	a = another(o);
	memcpy(&a->addr, &un, sizeof un);
	a->bytes = sizeof un;
}

/* The first entry "HOST:PORT:ADDRESS,ADDRESS" that fits. */
static void add_resolved(struct origin *o, const struct curl_slist *entry, const char *host,
			 uint16_t port)
{
	char *prefix = xasprintf("%s:%u:", host, port);
	size_t n = strlen(prefix);

	while (entry && strncasecmp(entry->data, prefix, n))
		entry = entry->next;
	for (const char *p = entry ? entry->data + n : ""; *p;) {
		size_t bytes = strcspn(p, ",");

		if (!add_address(o, p, bytes, port)) {
			o->addresses = 0; /* curl will say what is wrong with it */
			break;
		}
		p += bytes + (p[bytes] == ',');
	}
	free(prefix);
}

/* --- a URL taken apart --- */

static size_t prefix_of(const char *url)
{
	size_t scheme = sizeof SCHEME - 1;

	return strncasecmp(url, SCHEME, scheme) ? 0 : scheme + strcspn(url + scheme, "/?#");
}

/* ASCII, and nothing that would have to be escaped. */
static bool is_visible(char c)
{
	return c > 0x20 && c < 0x7f;
}

static bool is_visible_text(const char *text)
{
	while (*text && is_visible(*text))
		text++;
	return !*text;
}

static char *part(CURLU *parsed, CURLUPart what, unsigned flags)
{
	char *text = NULL, *copy = NULL;

	if (!curl_url_get(parsed, what, &text, flags))
		copy = xstrdup(text);
	curl_free(text);
	return copy;
}

static char *credentials(CURLU *parsed)
{
	char *user = part(parsed, CURLUPART_USER, CURLU_URLDECODE), *both = NULL;
	char *password = part(parsed, CURLUPART_PASSWORD, CURLU_URLDECODE);

	if (user || password)
		both = xasprintf("%s:%s", user ? user : "", password ? password : "");
	free(user);
	free(password);
	return both;
}

static void fill(struct origin *o, const struct curl_common *common)
{
	CURLU *parsed = curl_url();
	char *host = NULL, *port_text = NULL;
	uint16_t port;

	if (!parsed || curl_url_set(parsed, CURLUPART_URL, o->prefix, CURLU_PATH_AS_IS))
		goto out;
	host = part(parsed, CURLUPART_HOST, 0);
	port_text = part(parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	if (!host || !port_text || !is_visible_text(host) || strchr(host, '%'))
		goto out;
	port = (uint16_t)strtoul(port_text, NULL, 10);
	if (common->config.unix_socket)
		add_unix(o, common->config.unix_socket);
	else if (!add_address(o, host, strlen(host), port))
		add_resolved(o, common->resolve, host, port);
	o->host = port == HTTP_PORT ? xstrdup(host) : xasprintf("%s:%u", host, port);
	o->user_password = credentials(parsed);
out:
	free(host);
	free(port_text);
	curl_url_cleanup(parsed);
}

const struct origin *origin_of(struct origins *origins, const char *url)
{
	size_t n = prefix_of(url);
	struct origin *o = NULL;

	if (!n)
		return NULL;
	for (size_t i = 0; i < origins->count && !o; i++) {
		struct origin *known = origins->origin[i];

		if (known->prefix_bytes == n && !memcmp(known->prefix, url, n))
			o = known;
	}
	if (!o) {
		o = xcalloc(1, sizeof *o);
		o->prefix = xasprintf("%.*s", (int)n, url);
		o->prefix_bytes = n;
		fill(o, origins->common);
		origins->origin = xreallocarray(origins->origin, origins->count + 1,
						sizeof(struct origin *));
		origins->origin[origins->count++] = o;
	}
	return o->addresses ? o : NULL;
}

const char *origin_target(const struct origin *origin, const char *url, size_t *bytes)
{
	const char *target = url + origin->prefix_bytes;

	if (strncmp(url, origin->prefix, origin->prefix_bytes) || (*target && !strchr("/?#", *target)))
		return NULL;
	for (*bytes = 0; target[*bytes] && target[*bytes] != '#'; ++*bytes)
		if (!is_visible(target[*bytes]))
			return NULL;
	return target;
}
