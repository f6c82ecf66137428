/* The transport a worker drives: many connections on one event loop. One
 * engine belongs to one worker thread; only engine_wake() may be called from
 * elsewhere. Behind it are two: our own client for plain http, and curl for all
 * else; which of them carries an exchange cannot be seen from here.
 *
 * Each connection handle is one user's: at most one exchange at a time, its own
 * TCP connection kept between exchanges; with HTTP/2 the handles of an engine share
 * connections. After set-up of a handle, exchanges allocate nothing of ours, new
 * connections aside. Callbacks run inside engine_run(), may call
 * engine_start() on the same or another handle and engine_cancel(), but not
 * engine_conn_close() on the handle whose callback runs. */
#ifndef HTTP_ENGINE_H
#define HTTP_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "http/request.h"
#include "metrics/record.h"

struct engine_config {
	int64_t timeout_ns;         /* whole exchange; 0: none */
	int64_t connect_timeout_ns; /* dns + connect + tls; 0: none */
	int64_t idle_timeout_ns;    /* without a byte either way; 0: none */
	bool follow_redirects;      /* -L, at most 10 */
	bool insecure;              /* -k */
	const char *ca_file;        /* PEM, instead of the system's authorities, or NULL */
	const char *cert_file, *key_file; /* PEM, the client's own; key NULL: in cert_file */
	bool disable_keepalive;
	bool curl_only;             /* nothing by our own HTTP client */
	/* Asks for HTTP/2: with https by ALPN, where the server may choose HTTP/1.1; with
	 * http there is no choosing, its connections begin as HTTP/2. Exchanges are streams of
	 * connections that all handles share, as many as are needed; not so with
	 * disable_keepalive and follow_redirects. WebSockets stay with HTTP/1.1. */
	bool http2;
	const char *user_password;  /* "USER:PASS" or NULL */
	const char *proxy;          /* URL or NULL; NULL also ignores the environment */
	const char *unix_socket;    /* path or NULL */
	const char *const *connect_to; /* "HOST:PORT:HOST:PORT", NULL at the end, or NULL */
	const char *const *resolve; /* "HOST:PORT:ADDR[,ADDR]", NULL at the end, or NULL */
	const char *user_agent;
};

struct engine_result {
	int64_t ts_ns, th_ns, te_ns; /* clock_ns(); th_ns 0: no byte came */
	uint64_t bytes_in, bytes_out; /* as they were on the wire, before TLS */
	uint32_t dns_us, connect_us, tls_us; /* durations; where new_connection */
	int32_t code;          /* HTTP status for http_*; else errno or 0 */
	uint16_t status;       /* 0: none came */
	enum error_class error; /* NONE, or what failed; status >= 400 is http_* */
	bool new_connection, tls;
	bool answered;         /* a complete HTTP answer came */
	bool http2;            /* the answer that began, if any, was HTTP/2's */
	const char *message;   /* for error != NONE; printable; valid in the callback */
};

struct engine_callbacks {
	/* A header line of the final answer, without its line end; before
	 * on_headers. May be NULL. */
	void (*on_header)(void *owner, const char *line, size_t bytes);
	/* The final answer's status line and headers are in (not a 100 or a
	 * followed redirect). A WebSocket has them in the exchange that opens it
	 * only. May be NULL. */
	void (*on_headers)(void *owner, int status, int64_t ns);
	/* Body bytes as they come; with ws:// and wss:// each call is one whole
	 * message, text or binary, of at most 1 MiB (a longer one is a protocol
	 * error). ns (clock_ns()) is when the loop learnt of the bytes, not when
	 * their turn to be read came; what came in one read has the same. May be
	 * NULL. */
	void (*on_data)(void *owner, const char *bytes, size_t length, int64_t ns);
	/* Exactly once for each started and not cancelled exchange. */
	void (*on_done)(void *owner, const struct engine_result *result);
};

struct engine;
struct engine_conn;

/* Process-wide set-up, before any thread starts; engine_global_fini() last.
 * Raises the soft limit of descriptors to the hard one, and ignores SIGPIPE
 * where nobody handles it. */
int engine_global_init(struct err *err);
void engine_global_fini(void);

int engine_open(const struct engine_config *config,
		const struct engine_callbacks *callbacks, struct engine **out,
		struct err *err);
void engine_close(struct engine *engine); /* after all handles are closed */

/* A handle without a socket yet; NULL when resources ran out. `owner` goes to
 * the callbacks. */
struct engine_conn *engine_conn_new(struct engine *engine, void *owner);
/* Cancels what runs, closes the connection. */
void engine_conn_close(struct engine_conn *conn);

/* Sends `request` with an X-Request-ID (copied, at most 64 bytes), unless its
 * headers bring one. Its result comes by on_done, also when it fails at once
 * (then from within engine_run(), never from here). It goes to the transport,
 * and ts is taken, between two callbacks of the present engine_run() or at the
 * start of the next, with HTTP/2 when a connection has room for it: what it waits until
 * then counts as queue, not as service.
 * A request is known by its address: its content may not change while the
 * engine lives; `variant` (may be NULL) is this sending's own part.
 *
 * ws:// and wss://: the body is sent as one text message (without a body:
 * nothing) over the user's connection, opened by the upgrade when there is none
 * to the same URL; headers and X-Request-ID go with the upgrade. The exchange
 * ends by engine_complete(), or with the connection (close code 1000, 1001 or
 * none: a complete answer, status 101; others: ERROR_STREAM_ERROR that names the
 * code; without a close frame, or on a kept connection without a message:
 * ERROR_RESET). th is the first byte of the first
 * message, or of an answer that refuses the upgrade. Messages between exchanges
 * are dropped. */
void engine_start(struct engine_conn *conn, const struct http_request *request,
		  const struct http_variant *variant, const char *request_id);
/* From within on_data: the answer is complete as its API has it, whatever the
 * connection does next; on_done follows, te being now. A WebSocket stays open for
 * the user's next exchange, an HTTP connection whose body has not ended is
 * closed, an HTTP/2 stream ended. */
void engine_complete(struct engine_conn *conn);
/* What the running exchange has received and sent so far; 0 where none runs. */
void engine_bytes(const struct engine_conn *conn, uint64_t *in, uint64_t *out);
/* Drops the running exchange without on_done, and its connection, or HTTP/2's stream. */
void engine_cancel(struct engine_conn *conn);

/* Waits for I/O until `until_ns` (clock_ns(); microsecond precision, never
 * rounded up to a millisecond), carries out what is ready, returns. Returns
 * early after any work or a wake. */
void engine_run(struct engine *engine, int64_t until_ns);
/* When the last engine_run() had stopped waiting and handed over what was to be
 * started (clock_ns()); 0: none yet. */
int64_t engine_looked_ns(const struct engine *engine);
/* Makes a running or the next engine_run() return soon. Any thread; async-
 * signal-safe. */
void engine_wake(struct engine *engine);

/* TCP connections open now. */
uint32_t engine_connections(const struct engine *engine);

#endif
