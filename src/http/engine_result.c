/* What came of an exchange: figures, the class of an error, its words. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "engine_plain.h"
#include "engine_private.h"
#include "engine_ws.h"

static uint64_t info_bytes(CURL *easy, CURLINFO body, CURLINFO head)
{
	curl_off_t body_bytes = 0;
	long head_bytes = 0;

	curl_easy_getinfo(easy, body, &body_bytes);
	curl_easy_getinfo(easy, head, &head_bytes);
	return (uint64_t)body_bytes + (uint64_t)head_bytes;
}

static uint32_t between(curl_off_t from, curl_off_t to)
{
	curl_off_t us = to - from;

	return us < 0 ? 0 : us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

static CURL *handle_of(const struct engine_conn *conn)
{
	return conn->by == BY_WS ? conn->ws->easy : conn->easy;
}

static void bytes_of(const struct engine_conn *conn, uint64_t *in, uint64_t *out)
{
	if (conn->by == BY_WS) {
		*in = conn->ws->bytes_in;
		*out = conn->ws->bytes_out;
	} else if (conn->by == BY_PLAIN) {
		*in = conn->plain->bytes_in;
		*out = conn->plain->bytes_out;
	} else {
		*in = info_bytes(conn->easy, CURLINFO_SIZE_DOWNLOAD_T, CURLINFO_HEADER_SIZE);
		*out = info_bytes(conn->easy, CURLINFO_SIZE_UPLOAD_T, CURLINFO_REQUEST_SIZE);
	}
}

void engine_bytes(const struct engine_conn *conn, uint64_t *in, uint64_t *out)
{
	*in = *out = 0;
	if (conn->active && !conn->dropping)
		bytes_of(conn, in, out);
}

/* curl's times are cumulative, and mean something for new connections only. */
static void fill_figures(const struct engine_conn *conn, struct engine_result *r)
{
	curl_off_t dns = 0, connect = 0, tls = 0;
	CURL *easy = handle_of(conn);

	bytes_of(conn, &r->bytes_in, &r->bytes_out);
	if (conn->by == BY_PLAIN) {
		/* Its addresses are known beforehand. */
		r->new_connection = conn->opened && conn->sent;
		r->connect_us = conn->plain->connect_us;
		return;
	}
	curl_easy_getinfo(easy, CURLINFO_APPCONNECT_TIME_T, &tls);
	r->tls = tls > 0 || conn->tls;
	if (!conn->opened || !conn->sent)
		return;
	r->new_connection = true;
	curl_easy_getinfo(easy, CURLINFO_NAMELOOKUP_TIME_T, &dns);
	curl_easy_getinfo(easy, CURLINFO_CONNECT_TIME_T, &connect);
	r->dns_us = between(0, dns);
	r->connect_us = between(dns, connect);
	if (tls > 0)
		r->tls_us = between(connect, tls);
}

static void fill_http_error(const struct engine_conn *conn, struct engine_result *r)
{
	char *out = conn->engine->message;
	size_t room = sizeof conn->engine->message;
	int n = snprintf(out, room, "HTTP %u", conn->status);
	char body[ENGINE_HEAD_BYTES + 1];

	r->error = conn->status >= 500 ? ERROR_HTTP_5XX : ERROR_HTTP_4XX;
	r->code = conn->status;
	utf8_clean(conn->head, conn->head_bytes, body, sizeof body);
	if (*body)
		snprintf(out + n, room - (size_t)n, ": %s", body);
}

/* For curl a broken chunk is an error in receiving, as a lost connection is. */
static bool malformed(const char *curl_text)
{
	return strstr(curl_text, "chunked-encoding") || strstr(curl_text, "Too large response headers");
}

static void fill_error(const struct engine_conn *conn, CURLcode code,
		       struct engine_result *r)
{
	struct engine *engine = conn->engine;
	long os_errno = 0;

	if (handle_of(conn))
		curl_easy_getinfo(handle_of(conn), CURLINFO_OS_ERRNO, &os_errno);
	if (conn->died) {
		r->error = ERROR_RESET;
		/* errno is from looking for another connection, if at all. */
		os_errno = 0;
	} else {
		r->error = curl_common_class(code, conn->any_byte);
		if (code == CURLE_RECV_ERROR && malformed(conn->curl_text))
			r->error = ERROR_PROTOCOL;
		/* A proxy that answers CONNECT with an error. */
		if (r->error == ERROR_RESET && !conn->sent && !os_errno)
			r->error = ERROR_CONNECT;
	}
	if (conn->open_errno)
		os_errno = conn->open_errno;
	if (conn->problem) {
		r->error = ERROR_PROTOCOL;
		snprintf(engine->message, sizeof engine->message, "%s", conn->problem);
		return;
	}
	if (engine_http2_error(conn, code, &r->error, engine->message, sizeof engine->message))
		return;
	if (r->error == ERROR_CONNECT || r->error == ERROR_RESET)
		r->code = (int32_t)os_errno;
	curl_common_message(code, r->error, r->code, conn->curl_text, engine->message,
			    sizeof engine->message);
}

void engine_result_of(const struct engine_conn *conn, CURLcode code, const char *timeout,
		      struct engine_result *r)
{
	struct engine *engine = conn->engine;

	*r = (struct engine_result){
		.ts_ns = conn->ts_ns,
		.th_ns = conn->th_ns,
		.te_ns = conn->complete_ns ? conn->complete_ns : clock_ns(),
		.status = conn->status,
		.http2 = conn->http2,
		.message = engine->message,
	};
	engine->message[0] = '\0';
	if (conn->by == BY_WS && conn->ws->ended) {
		engine_ws_result_of(conn, r);
		if (conn->status >= 400)
			fill_http_error(conn, r);
	} else if (conn->complete_ns) {
		/* However the transfer has ended meanwhile. */
		r->answered = true;
		if (conn->status >= 400)
			fill_http_error(conn, r);
	} else if (timeout) {
		r->error = ERROR_TIMEOUT;
		r->code = ETIMEDOUT;
		snprintf(engine->message, sizeof engine->message, "%s", timeout);
	} else if (code) {
		fill_error(conn, code, r);
	} else if (conn->by == BY_PLAIN) {
		engine_plain_result_of(conn, r);
		if (!r->error && conn->status >= 400)
			fill_http_error(conn, r);
	} else if (!conn->header_end) {
		/* curl takes half a header, or none after a 100, for an answer. */
		r->error = conn->any_byte ? ERROR_TRUNCATED : ERROR_RESET;
		curl_common_message(code, r->error, 0, "", engine->message,
				    sizeof engine->message);
	} else if (conn->status < 100) {
		r->error = ERROR_PROTOCOL;
		snprintf(engine->message, sizeof engine->message,
			 "the answer has no HTTP status");
	} else {
		r->answered = true;
		if (conn->status >= 400)
			fill_http_error(conn, r);
	}
	if (conn->active)
		fill_figures(conn, r);
}
