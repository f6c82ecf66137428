/* Whether a server speaks HTTP/2, as a connection shows that is made before the load;
 * no request is sent. Main thread. */
#ifndef HTTP_PREFLIGHT_HTTP2_H
#define HTTP_PREFLIGHT_HTTP2_H

#include "curl_common.h"

enum speaks {
	SPEAKS_UNKNOWN, /* it has not said */
	SPEAKS_HTTP2,
	SPEAKS_OTHER,
};

/* Before `easy` connects with TLS: *out receives what ALPN comes to. */
void preflight_http2_watch(CURL *easy, enum speaks *out);
/* Over a connection without TLS (CURLOPT_CONNECT_ONLY): says how HTTP/2 begins and looks at
 * what comes, until `until_ns` (clock_ns()) at the latest. */
enum speaks preflight_http2_ask(CURL *easy, int64_t until_ns);

#endif
