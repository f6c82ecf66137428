/* Looks at the target before the load: resolves it once, connects once. So a
 * wrong name or a closed port is said in words within a second, and a thousand
 * users do not start a thousand look-ups. Main thread, before workers start. */
#ifndef HTTP_PREFLIGHT_H
#define HTTP_PREFLIGHT_H

#include "http/engine.h"

enum preflight_verdict {
	PREFLIGHT_OK,        /* connected */
	PREFLIGHT_UNDECIDED, /* no answer within a second: let the run show it */
	PREFLIGHT_DNS,       /* the name does not resolve: err says so */
	PREFLIGHT_CONNECT,   /* refused or unreachable: err says so */
	PREFLIGHT_TLS,       /* the handshake failed: err says so */
	PREFLIGHT_HTTP2,     /* config.http2, and it does not speak it: err says so */
};

/* One look at `url`, without a request, through the proxy, socket, or connect_to of `config`.
 * On OK or UNDECIDED *resolve is a malloc()ed "HOST:PORT:ADDR,…" for
 * engine_config.resolve, or NULL where there is nothing to resolve (a literal
 * address, a unix socket, a proxy). *dns_ns is what the look-up took. */
enum preflight_verdict preflight(const char *url, const struct engine_config *config,
				 char **resolve, int64_t *dns_ns, struct err *err);

/* Repeats (every 200 ms) a GET of `url` until any HTTP answer comes, at most
 * wait_ns; `stop` (may be NULL) is asked between tries. 0, or -1 and err with
 * the last reason. */
int preflight_wait_ready(const char *url, const struct engine_config *config,
			 int64_t wait_ns, int (*stop)(void), struct err *err);

#endif
