/* What HTTP/2 needs beside asking curl for it: a way around its trouble with kept
 * connections without TLS, and words for its errors.
 *
 * Before 8.0 libcurl begins HTTP/2 on a connection without TLS anew with each request,
 * which breaks one that is kept. A handle that asks for HTTP/2 "over TLS" uses the kept
 * one as it is; but should that be gone, curl would make one for HTTP/1.1. So the handle
 * is set by whether a connection is expected to be there, and where that turns out to be
 * wrong, before anything is sent, the transfer is begun again, set otherwise. */
#include <stdio.h>
#include <string.h>

#include "engine_private.h"

#define CURL_8 0x080000u
#define TURNS 3 /* a connection may go between two looks */

/* What the handle is set for: a new connection, or the one that is there. */
enum { UNSET, FOR_NEW, FOR_KEPT };

static bool is_clear(const struct engine_conn *conn)
{
	return conn->engine->careful && conn->by == BY_CURL && !conn->tls;
}

bool engine_http2_careful(void)
{
	return curl_version_info(CURLVERSION_NOW)->version_num < CURL_8;
}

static CURLcode set_for(struct engine_conn *conn, uint8_t way)
{
	CURL *easy = conn->easy;
	CURLcode code = CURLE_OK;

	if (conn->http2_for != way)
		CURL_SET(CURLOPT_HTTP_VERSION, way == FOR_KEPT ? (long)CURL_HTTP_VERSION_2TLS
							       : (long)CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE);
	conn->http2_for = way;
	return code;
}

CURLcode engine_http2_prepare(struct engine_conn *conn)
{
	bool kept = conn->http2_kept;

	conn->http2_turns = 0;
	conn->http2_other = conn->http2_kept = false;
	if (conn->line)
		kept = !engine_lines_opener(conn);
	return conn->engine->careful ? set_for(conn, kept && is_clear(conn) ? FOR_KEPT : FOR_NEW) : CURLE_OK;
}

bool engine_http2_opens(struct engine_conn *conn)
{
	if (conn->line)
		return engine_lines_opens(conn);
	conn->http2_other |= is_clear(conn) && conn->http2_for == FOR_KEPT;
	return !conn->http2_other;
}

bool engine_http2_uses(struct engine_conn *conn)
{
	if (conn->line)
		return engine_lines_uses(conn);
	conn->http2_other |= is_clear(conn) && conn->http2_for == FOR_NEW && !conn->opened;
	return !conn->http2_other;
}

bool engine_http2_again(struct engine_conn *conn)
{
	if (conn->line)
		return engine_lines_again(conn);
	if (!conn->http2_other || conn->http2_turns++ == TURNS)
		return false;
	conn->http2_other = false;
	conn->open_errno = 0;
	conn->curl_text[0] = '\0';
	curl_multi_remove_handle(conn->shard->multi, conn->easy);
	return !set_for(conn, conn->http2_for == FOR_KEPT ? FOR_NEW : FOR_KEPT) &&
	       !curl_multi_add_handle(conn->shard->multi, conn->easy);
}

void engine_http2_release(struct engine_conn *conn)
{
	CURL *easy = conn->easy;
	CURLcode code = CURLE_OK;

	if (conn->line) { /* the others' as well: it goes on */
		engine_lines_remove(conn);
		return;
	}
	/* curl would keep the connection of a stream that has not ended. Where its server
	 * is gone, so would be all that follow. */
	CURL_SET(CURLOPT_FORBID_REUSE, 1L);
	curl_multi_remove_handle(conn->shard->multi, easy);
	CURL_SET(CURLOPT_FORBID_REUSE, conn->engine->common.config.disable_keepalive ? 1L : 0L);
}

/* --- errors --- */

/* RFC 9113's name of why a stream ended, out of curl's text; "": there is none. */
static void reason_of(const char *curl_text, char out[40])
{
	static const char before[] = "not closed cleanly: ";
	const char *at = strstr(curl_text, before);

	snprintf(out, 40, "%.*s", at ? (int)strcspn(at + strlen(before), " ") : 0, at ? at + strlen(before) : "");
}

static bool breaks_rules(const char *reason)
{
	static const char *const names[] = {"PROTOCOL_ERROR", "FLOW_CONTROL_ERROR", "FRAME_SIZE_ERROR",
					    "COMPRESSION_ERROR", "STREAM_CLOSED"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(names[i], reason))
			return true;
	return false;
}

bool engine_http2_error(const struct engine_conn *conn, CURLcode code, enum error_class *class, char *out, size_t bytes)
{
	const enum error_class cut = conn->any_byte ? ERROR_TRUNCATED : ERROR_RESET;
	const char *end = conn->any_byte ? "the answer was complete" : "it answered";
	char reason[40];

	if (!conn->engine->common.config.http2)
		return false;
	reason_of(conn->curl_text, reason);
	if (conn->died) {
		snprintf(out, bytes, "the server refused the request, or its connection ended, before it answered");
	} else if (code == CURLE_HTTP2) {
		*class = cut;
		snprintf(out, bytes, "the server ended the HTTP/2 connection (GOAWAY) before %s", end);
	} else if (code == CURLE_HTTP2_STREAM && breaks_rules(reason)) {
		*class = ERROR_PROTOCOL;
		snprintf(out, bytes, "the exchange broke the rules of HTTP/2: %s", reason);
	} else if (code == CURLE_HTTP2_STREAM && !*reason && !conn->any_byte && conn->posts) {
		/* Nothing was wrong, so there was an answer: libcurl before 8.0 does not read one
		 * that comes before it has sent all. */
		*class = cut;
		snprintf(out, bytes, "the server ended the HTTP/2 stream while the body was being sent; its answer is lost");
	} else if (code == CURLE_HTTP2_STREAM) {
		*class = cut;
		snprintf(out, bytes, "the server ended the HTTP/2 stream before %s%s%s", end, *reason ? ": " : "", reason);
	} else if (code == CURLE_GOT_NOTHING && !conn->tls) {
		/* A connection that ends without a word is CURLE_PARTIAL_FILE then. */
		*class = ERROR_PROTOCOL;
		snprintf(out, bytes, "what came is not HTTP/2 (does the server speak it without TLS?)");
	} else {
		return false;
	}
	return true;
}
