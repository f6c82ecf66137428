/* What an exchange needs before it is handed to curl: the handle's options. */
#include <string.h>
#include <strings.h>

#include "engine_private.h"

static CURLcode set_body(CURL *easy, const char *body, size_t bytes)
{
	CURLcode code = CURLE_OK;

	CURL_SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)bytes);
	CURL_SET(CURLOPT_POSTFIELDS, body ? body : "");
	return code;
}

CURLcode engine_prepare(struct engine_conn *conn)
{
	struct engine *engine = conn->engine;
	const struct http_request *q = conn->request;
	const struct http_variant *v = &conn->variant;
	const char *body = v->body ? v->body : q->body;
	size_t body_bytes = v->body ? v->body_bytes : q->body_bytes;
	const char *method = q->method;
	struct curl_slist *header;
	const struct wire *wire;
	CURL *easy = conn->easy;
	CURLcode code = CURLE_OK;
	bool own;

	if (conn->prepared == q && !v->url && !v->header && (conn->posts || !v->body)) {
		if (conn->posts)
			code = set_body(easy, body, body_bytes);
		conn->varied = v->body != NULL;
		return code;
	}
	conn->prepared = NULL;
	wire = wire_of(engine->wires, q);
	if (!wire->url && !v->url)
		return CURLE_URL_MALFORMAT;
	conn->posts = wire->body || v->body;
	own = v->header || conn->posts != wire->body;
	CURL_SET(CURLOPT_CURLU, v->url ? NULL : wire->url);
	CURL_SET(CURLOPT_URL, v->url);
	CURL_SET(CURLOPT_POSTFIELDS, NULL);
	CURL_SET(CURLOPT_HTTPGET, 1L); /* forgets NOBODY and, of the line above, POST */
	if (conn->posts) {
		CURL_SET(CURLOPT_POST, 1L);
		if (!code)
			code = set_body(easy, body, body_bytes);
	} else if (!strcmp(method, "HEAD")) {
		CURL_SET(CURLOPT_NOBODY, 1L);
	}
	/* Only where needed: a custom method would survive a redirect that
	 * asks for GET. */
	if (!strcmp(method, conn->posts ? "POST" : "GET") ||
	    (!conn->posts && !strcmp(method, "HEAD")))
		method = NULL;
	CURL_SET(CURLOPT_CUSTOMREQUEST, method);
	if (own)
		header = wire_own_list(&conn->own,
				       v->header ? v->header : (const char *const *)q->header,
				       conn->posts, engine->common.config.disable_keepalive,
				       &conn->id);
	else
		header = wire_header_list(wire, &conn->id);
	CURL_SET(CURLOPT_HTTPHEADER, header);
	if (code)
		return code;
	/* A lent URL or list is gone by the next sending. */
	conn->prepared = own || v->url ? NULL : q;
	conn->varied = v->body != NULL;
	conn->tls = v->url ? !strncasecmp(v->url, "https:", 6) : wire->tls;
	return CURLE_OK;
}
