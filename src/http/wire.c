#include "wire.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

#define ID_NAME "X-Request-ID: "

struct wire_cache {
	bool disable_keepalive;
	size_t wires;
	struct wire *wire;
};

void wire_id_set(struct wire_id *id, const char *request_id)
{
	size_t n = strnlen(request_id, sizeof id->line - sizeof ID_NAME);

	memcpy(id->line, ID_NAME, sizeof ID_NAME - 1);
	memcpy(id->line + sizeof ID_NAME - 1, request_id, n);
	id->line[sizeof ID_NAME - 1 + n] = '\0';
}

struct wire_cache *wire_cache_new(bool disable_keepalive)
{
	struct wire_cache *cache = xcalloc(1, sizeof *cache);

	cache->disable_keepalive = disable_keepalive;
	return cache;
}

void wire_cache_free(struct wire_cache *cache)
{
	for (size_t i = 0; i < cache->wires; i++) {
		struct curl_slist *next, *l = cache->wire[i].header;

		for (; l; l = next) {
			next = l->next;
			free(l->data);
			free(l);
		}
		curl_url_cleanup(cache->wire[i].url);
	}
	free(cache->wire);
	free(cache);
}

static bool has(const struct http_request *request, const char *name)
{
	size_t n = strlen(name);

	for (char **h = request->header; *h; h++)
		if (!strncasecmp(*h, name, n) && (*h)[n] == ':')
			return true;
	return false;
}

static struct curl_slist **add(struct curl_slist **tail, char *text)
{
	struct curl_slist *node = xcalloc(1, sizeof *node);

	node->data = text;
	*tail = node;
	return &node->next;
}

static struct curl_slist *header_list(const struct http_request *request, bool body,
				      bool disable_keepalive)
{
	struct curl_slist *list = NULL, **tail = &list;

	for (char **h = request->header; *h; h++) {
		const char *colon = strchr(*h, ':');

		/* For curl "Name:" takes a header away; "Name;" sends it empty. */
		if (colon && !colon[1 + strspn(colon + 1, " \t")])
			tail = add(tail, xasprintf("%.*s;", (int)(colon - *h), *h));
		else
			tail = add(tail, xstrdup(*h));
	}
	/* What curl would send with a body by itself and was not asked for. */
	if (body && !has(request, "Expect"))
		tail = add(tail, xstrdup("Expect:"));
	if (body && !has(request, "Content-Type"))
		tail = add(tail, xstrdup("Content-Type:"));
	if (disable_keepalive && !has(request, "Connection"))
		add(tail, xstrdup("Connection: close"));
	return list;
}

const struct wire *wire_of(struct wire_cache *cache, const struct http_request *request)
{
	const char *m = request->method;
	struct wire w = {.request = request};

	for (size_t i = 0; i < cache->wires; i++)
		if (cache->wire[i].request == request)
			return &cache->wire[i];
	w.url = curl_url();
	if (!w.url || curl_url_set(w.url, CURLUPART_URL, request->url, CURLU_PATH_AS_IS)) {
		curl_url_cleanup(w.url);
		return NULL;
	}
	/* These methods announce a body even when it is empty. */
	w.body = request->body || !strcmp(m, "POST") || !strcmp(m, "PUT") ||
		 !strcmp(m, "PATCH");
	w.tls = !strncasecmp(request->url, "https:", 6);
	w.own_id = has(request, "X-Request-ID");
	w.header = header_list(request, w.body, cache->disable_keepalive);
	cache->wire = xreallocarray(cache->wire, cache->wires + 1, sizeof w);
	cache->wire[cache->wires] = w;
	return &cache->wire[cache->wires++];
}

struct curl_slist *wire_header_list(const struct wire *wire, struct wire_id *id)
{
	if (wire->own_id)
		return wire->header;
	id->node.data = id->line;
	id->node.next = wire->header;
	return &id->node;
}
