#include "plain_request.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "wire.h"

struct plain_requests {
	const struct engine_config *config;
	struct origins *origins;
	struct plain_request **request;
	size_t count;
};

struct plain_requests *plain_requests_new(const struct engine_config *config,
					  struct origins *origins)
{
	struct plain_requests *requests = xcalloc(1, sizeof *requests);

	requests->config = config;
	requests->origins = origins;
	return requests;
}

void plain_requests_free(struct plain_requests *requests)
{
	if (!requests)
		return;
	for (size_t i = 0; i < requests->count; i++) {
		struct plain_request *p = requests->request[i];

		buf_fini(&p->target);
		buf_fini(&p->fields);
		buf_fini(&p->custom);
		free(p);
	}
	free(requests->request);
	free(requests);
}

/* --- what is whose --- */

/* The value of a header, behind its colon and blanks; NULL: there is none. */
static const char *value_of(const char *const *header, const char *name)
{
	size_t n = strlen(name);

	for (; *header; header++)
		if (!strncasecmp(*header, name, n) && (*header)[n] == ':')
			return *header + n + 1 + strspn(*header + n + 1, " \t");
	return NULL;
}

/* These change how a request is sent, or what its answer means: curl knows how. */
static bool takes_headers(const char *const *header)
{
	static const char *const curls[] = {"Content-Length", "Expect", "TE", "Trailer",
					    "Transfer-Encoding", "Upgrade"};
	const char *host = value_of(header, "Host");

	for (size_t i = 0; i < sizeof curls / sizeof *curls; i++)
		if (wire_has_header(header, curls[i]))
			return false;
	return !host || *host;
}

static bool takes_method(const char *method, bool has_body)
{
	return strcmp(method, "CONNECT") && (!has_body || strcmp(method, "HEAD"));
}

bool plain_request_takes(const struct plain_request *p, const struct http_variant *v)
{
	size_t bytes;

	return p->origin && (!v->url || origin_target(p->origin, v->url, &bytes)) &&
	       (!v->header || takes_headers(v->header)) && (!v->body || !p->head);
}

/* --- text --- */

static void put_line(struct buf *out, const char *name, const char *value)
{
	buf_puts(out, name);
	buf_puts(out, value);
	buf_add(out, "\r\n", 2);
}

static void put_target(struct buf *out, const char *method, const struct origin *origin,
		       const char *url)
{
	size_t bytes;
	const char *target = origin_target(origin, url, &bytes);

	buf_puts(out, method);
	buf_puts(out, !bytes || *target != '/' ? " /" : " ");
	buf_add(out, target, bytes);
	buf_puts(out, " HTTP/1.1\r\n");
}

static void put_basic_auth(struct buf *out, const char *user_password)
{
	size_t n = strlen(user_password);

	buf_puts(out, "Authorization: Basic ");
	out->used += (size_t)EVP_EncodeBlock((unsigned char *)buf_reserve(out, 4 * (n / 3 + 1) + 1),
					     (const unsigned char *)user_password, (int)n);
	buf_add(out, "\r\n", 2);
}

static void put_fields(struct buf *out, const struct engine_config *config,
		       const struct origin *origin, const char *const *header)
{
	const char *host = value_of(header, "Host");
	const char *who = config->user_password ? config->user_password : origin->user_password;

	put_line(out, "Host: ", host ? host : origin->host);
	if (who && !wire_has_header(header, "Authorization"))
		put_basic_auth(out, who);
	if (config->user_agent && !wire_has_header(header, "User-Agent"))
		put_line(out, "User-Agent: ", config->user_agent);
	if (!wire_has_header(header, "Accept"))
		buf_puts(out, "Accept: */*\r\n");
}

static void put_custom(struct buf *out, const struct engine_config *config,
		       const char *const *header)
{
	bool closes = config->disable_keepalive && !wire_has_header(header, "Connection");

	for (; *header; header++) {
		const char *const one[] = {*header, NULL};
		const char *colon = strchr(*header, ':');

		if (wire_has_header(one, "Host"))
			continue;
		if (colon && !colon[1 + strspn(colon + 1, " \t")])
			buf_add(out, *header, (size_t)(colon + 1 - *header));
		else
			buf_puts(out, *header);
		buf_add(out, "\r\n", 2);
	}
	if (closes)
		buf_puts(out, "Connection: close\r\n");
}

static void build(struct plain_requests *requests, struct plain_request *p)
{
	const struct http_request *q = p->request;
	const char *const *header = (const char *const *)q->header;
	const char *m = q->method;
	size_t bytes;

	p->origin = origin_of(requests->origins, q->url);
	if (p->origin && (!takes_headers(header) || !takes_method(m, q->body) ||
			  !origin_target(p->origin, q->url, &bytes)))
		p->origin = NULL;
	if (!p->origin)
		return;
	p->head = !strcmp(m, "HEAD");
	p->body = q->body || !strcmp(m, "POST") || !strcmp(m, "PUT") || !strcmp(m, "PATCH");
	p->own_id = wire_has_header(header, "X-Request-ID");
	put_target(&p->target, m, p->origin, q->url);
	put_fields(&p->fields, requests->config, p->origin, header);
	put_custom(&p->custom, requests->config, header);
}

const struct plain_request *plain_request_of(struct plain_requests *requests,
					     const struct http_request *request)
{
	struct plain_request *p;

	for (size_t i = 0; i < requests->count; i++)
		if (requests->request[i]->request == request)
			return requests->request[i];
	p = xcalloc(1, sizeof *p);
	p->request = request;
	build(requests, p);
	requests->request = xreallocarray(requests->request, requests->count + 1,
					  sizeof(struct plain_request *));
	requests->request[requests->count++] = p;
	return p;
}

void plain_request_put(struct plain_requests *requests, const struct plain_request *p,
		       const struct http_variant *v, const char *id_line, struct buf *out,
		       const char **body, size_t *bytes)
{
	const struct http_request *q = p->request;
	bool own_id = v->header ? wire_has_header(v->header, "X-Request-ID") : p->own_id;

	*body = v->body ? v->body : q->body;
	*bytes = v->body ? v->body_bytes : q->body_bytes;
	if (v->url)
		put_target(out, q->method, p->origin, v->url);
	else
		buf_add(out, p->target.at, p->target.used);
	if (v->header)
		put_fields(out, requests->config, p->origin, v->header);
	else
		buf_add(out, p->fields.at, p->fields.used);
	if (!own_id)
		put_line(out, id_line, "");
	if (v->header)
		put_custom(out, requests->config, v->header);
	else
		buf_add(out, p->custom.at, p->custom.used);
	if (p->body || v->body) {
		buf_puts(out, "Content-Length: ");
		buf_number(out, *body ? *bytes : 0);
		buf_add(out, "\r\n", 2);
	}
	buf_add(out, "\r\n", 2);
	if (!*body)
		*bytes = 0;
}
