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

bool wire_has_header(const char *const *header, const char *name)
{
	size_t n = strlen(name);

	for (; *header; header++)
		if (!strncasecmp(*header, name, n) && (*header)[n] == ':')
			return true;
	return false;
}

/* For curl "Name:" takes a header away; "Name;" sends it empty. */
static bool is_empty(const char *header, size_t *name_bytes)
{
	const char *colon = strchr(header, ':');

	if (!colon || colon[1 + strspn(colon + 1, " \t")])
		return false;
	*name_bytes = (size_t)(colon - header);
	return true;
}

/* What is sent beside the request's own: what curl would send with a body by
 * itself and was not asked for is taken away. At most EXTRA_MAX. */
#define EXTRA_MAX 3
static size_t extra_headers(const char *const *header, bool body, bool disable_keepalive,
			    const char *extra[EXTRA_MAX])
{
	size_t n = 0;

	if (body && !wire_has_header(header, "Expect"))
		extra[n++] = "Expect:";
	if (body && !wire_has_header(header, "Content-Type"))
		extra[n++] = "Content-Type:";
	if (disable_keepalive && !wire_has_header(header, "Connection"))
		extra[n++] = "Connection: close";
	return n;
}

static struct curl_slist **add(struct curl_slist **tail, char *text)
{
	struct curl_slist *node = xcalloc(1, sizeof *node);

	node->data = text;
	*tail = node;
	return &node->next;
}

static struct curl_slist *header_list(const char *const *header, bool body,
				      bool disable_keepalive)
{
	struct curl_slist *list = NULL, **tail = &list;
	const char *extra[EXTRA_MAX];
	size_t extras = extra_headers(header, body, disable_keepalive, extra);
	size_t name_bytes;

	for (; *header; header++) {
		if (is_empty(*header, &name_bytes))
			tail = add(tail, xasprintf("%.*s;", (int)name_bytes, *header));
		else
			tail = add(tail, xstrdup(*header));
	}
	for (size_t i = 0; i < extras; i++)
		tail = add(tail, xstrdup(extra[i]));
	return list;
}

const struct wire *wire_of(struct wire_cache *cache, const struct http_request *request)
{
	const char *const *header = (const char *const *)request->header;
	const char *m = request->method;
	struct wire w = {.request = request};

	for (size_t i = 0; i < cache->wires; i++)
		if (cache->wire[i].request == request)
			return &cache->wire[i];
	w.url = curl_url();
	if (w.url && curl_url_set(w.url, CURLUPART_URL, request->url, CURLU_PATH_AS_IS)) {
		curl_url_cleanup(w.url);
		w.url = NULL;
	}
	/* These methods announce a body even when it is empty. */
	w.body = request->body || !strcmp(m, "POST") || !strcmp(m, "PUT") ||
		 !strcmp(m, "PATCH");
	w.tls = !strncasecmp(request->url, "https:", 6);
	w.own_id = wire_has_header(header, "X-Request-ID");
	w.header = header_list(header, w.body, cache->disable_keepalive);
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

/* --- headers of one sending --- */

struct curl_slist *wire_own_list(struct wire_own *own, const char *const *header, bool body,
				 bool disable_keepalive, struct wire_id *id)
{
	const char *extra[EXTRA_MAX];
	size_t extras = extra_headers(header, body, disable_keepalive, extra);
	bool own_id = wire_has_header(header, "X-Request-ID");
	size_t n = extras + !own_id, text_bytes = 0, name_bytes, i = 0;
	char *text;

	for (const char *const *h = header; *h; h++, n++)
		if (is_empty(*h, &name_bytes))
			text_bytes += name_bytes + 2;
	if (!n)
		return NULL;
	if (n > own->nodes) {
		own->node = xreallocarray(own->node, n, sizeof *own->node);
		own->nodes = n;
	}
	if (text_bytes > own->text_bytes) {
		own->text = xreallocarray(own->text, text_bytes, 1);
		own->text_bytes = text_bytes;
	}
	text = own->text;
	if (!own_id)
		own->node[i++].data = id->line;
	for (; *header; header++) {
		if (is_empty(*header, &name_bytes)) {
			own->node[i++].data = text;
			memcpy(text, *header, name_bytes);
			text += name_bytes;
			*text++ = ';';
			*text++ = '\0';
		} else {
			own->node[i++].data = (char *)*header; /* curl only reads it */
		}
	}
	for (size_t k = 0; k < extras; k++)
		own->node[i++].data = (char *)extra[k];
	for (i = 0; i < n; i++)
		own->node[i].next = i + 1 < n ? &own->node[i + 1] : NULL;
	return own->node;
}

void wire_own_fini(struct wire_own *own)
{
	free(own->node);
	free(own->text);
}
