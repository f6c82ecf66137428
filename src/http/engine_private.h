/* What the engine's files share: engine_open.c (making it), engine.c (users, queues,
 * the loop), engine_deadlines.c, engine_plain*.c (our own HTTP), engine_curl.c,
 * engine_http2.c, engine_lines.c, engine_prepare.c and engine_hooks.c (curl's), engine_ws*.c and engine_result.c (what
 * came of it). */
#ifndef HTTP_ENGINE_PRIVATE_H
#define HTTP_ENGINE_PRIVATE_H

#include "base/buf.h"
#include "curl_common.h"
#include "http/engine.h"
#include "list.h"
#include "loop.h"
#include "plain_request.h"
#include "wire.h"

#define ENGINE_HEAD_BYTES 120 /* of an error's body, for its message */
#define ENGINE_NEVER INT64_MAX
#define ENGINE_EVENTS 256 /* one wait learns of at most */

/* Who carries an exchange. */
enum engine_way {
	BY_CURL,
	BY_PLAIN, /* struct plain */
	BY_WS,    /* struct ws */
};

struct shard {
	CURLM *multi;
	struct engine *engine;
	struct line *line; /* whose it is; NULL: of users with connections of their own */
	uint32_t users;
	int64_t due_ns; /* curl's timer */
};

/* Exchanges with the same span of time, in order of when it began. */
struct deadline {
	int64_t span_ns;
	struct link queue; /* by engine_conn.deadline_link */
	char text[64];     /* what is said when it has passed */
};

struct engine {
	struct engine_callbacks on;
	struct curl_common common;
	struct wire_cache *wires;
	struct plain_engine *plain; /* NULL: all is curl's */
	struct loop loop;
	struct shard **shard;
	size_t shards;
	uint32_t conns;
	int64_t due_ns; /* not later than any shard's */
	/* Exchanges under way, in order of their deadlines: one for each
	 * length of the whole exchange there is (few), and the other two. */
	struct deadline **deadline;
	size_t deadlines;
	struct deadline *grace; /* one of them: engine_complete() was called */
	struct link by_byte, connecting;
	struct link starts; /* asked for, not handed over yet */
	struct link drops;  /* cancelled or closed from within a callback */
	bool busy; /* in curl, or with bytes of a socket: callbacks' wishes wait */
	bool careful; /* engine_http2_careful(), and HTTP/2 is asked for */
	bool slack_set;
	bool shares;   /* engine_lines_wanted() */
	bool unserved; /* engine_lines_run() has something to do */
	struct link pools;
	int64_t lines_due_ns; /* or will have then */
	bool all_seen; /* the last wait has told of all sockets that had something */
	int64_t looked_ns; /* when it was over */
	int64_t free_ns;   /* and what was to be started then was sent */
	const struct engine_conn *heard; /* whose socket is being read */
	char connect_text[64], idle_text[64];
	char message[REC_TEXT_MAX + 1];
};

struct engine_conn {
	struct engine *engine;
	void *owner;
	/* curl's, each NULL until first needed. */
	struct shard *shard;
	CURL *easy;
	CURLSH *cache; /* this user's connection */
	struct line *line;  /* what its exchange goes over, where lines are shared */
	struct pool *waits; /* and for whose lines it waits */
	struct ws *ws; /* NULL until it first speaks to one */
	struct plain *plain; /* the one last used, the others behind it */
	struct link deadline_link, by_byte, connecting, queue;
	struct deadline *deadline; /* of the request prepared; NULL: none */
	int64_t since_ns;          /* in the present deadline's queue */
	int64_t last_byte_ns;
	const struct http_request *request;  /* the present one */
	const struct http_request *prepared; /* the one the handle is set up for */
	const struct plain_request *plain_request; /* the last one's */
	struct http_variant variant;
	struct wire_own own;
	struct wire_id id;
	int64_t complete_ns; /* engine_complete(); 0: not called */
	struct buf held; /* header lines, each with a 0, of what may be redirected */
	int64_t ts_ns, th_ns;
	/* Opened and not connected yet: one a family. Other than that: stale. */
	int opening[2];
	int open_errno; /* of a socket that could not be had */
	int64_t content_bytes; /* of the answer's head, by curl; -1: not said */
	const char *problem;   /* of that head; NULL: none */
	uint16_t status;
	uint8_t head_bytes;
	uint8_t by;    /* enum engine_way */
	bool active;   /* an exchange is under way */
	bool queued;   /* in engine.starts */
	bool dropping; /* in engine.drops */
	bool closing;  /* to be freed then */
	bool opened;   /* a socket was opened for this exchange */
	bool sent;     /* connected; from now on the request is on its way */
	bool any_byte; /* of the answer to what was sent last */
	bool header_end, redirected;
	bool http2; /* what its status line says */
	/* engine_http2.c's. */
	uint8_t http2_for, http2_turns;
	bool http2_kept, http2_other;
	bool turned_away; /* its line took no more */
	int64_t uploaded; /* bytes, when its idle time last ran out */
	bool varied; /* this sending has a variant, or the last one's body is set */
	bool posts;  /* it is set up to send a body */
	bool closes; /* and to close the connection, as the variant asks */
	bool tls;  /* by its URL */
	bool died; /* the kept connection ended under the request */
	char head[ENGINE_HEAD_BYTES];
	char curl_text[CURL_ERROR_SIZE];
};

/* --- engine.c ---------------------------------------------------------------- */

/* Hands out what came of the exchange and lets go of it. `timeout`: which one
 * expired, or NULL. */
void engine_finish(struct engine_conn *conn, CURLcode code, const char *timeout);
/* Hands an exchange that is curl's over to it. */
void engine_begin(struct engine_conn *conn);
/* It has not begun after all: out of the queues of its deadlines. */
void engine_take_back(struct engine_conn *conn);
/* Bytes of the answer's body, which came at `ns`. */
void engine_give_body(struct engine_conn *conn, const char *bytes, size_t length, int64_t ns);
/* Who has called callbacks, with `busy` set, has returned: now for what they have
 * asked for. */
void engine_after_turn(struct engine *engine);
/* Carries out what callbacks have cancelled or closed. */
void engine_run_drops(struct engine *engine);
/* Ends what runs, and the handle. */
void engine_conn_free(struct engine_conn *conn);
/* Has a WebSocket's socket read, and hands out what has ended. */
void engine_ws_run(struct engine_conn *conn);
/* A byte of it has come or gone at `ns`. */
void engine_byte(struct engine_conn *conn, int64_t ns);
/* When the bytes that `conn` is given came. The loop learns of many sockets at once
 * and reads them one by one: those behind have not come later. */
int64_t engine_came_ns(const struct engine_conn *conn);

/* --- engine_deadlines.c ------------------------------------------------------- */

/* A queue for a span of time, which `whose` has set; the one for a request's
 * time, NULL where it has all the time. */
struct deadline *engine_deadline_new(struct engine *engine, int64_t span_ns,
				     const char *whose);
struct deadline *engine_deadline_for(struct engine *engine, const struct http_request *q);
/* Ends what has run out of time. */
void engine_run_timeouts(struct engine *engine, int64_t now_ns);
/* When there is next something to be done without a socket; ENGINE_NEVER. */
int64_t engine_next_deadline(const struct engine *engine);

/* --- engine_curl.c ------------------------------------------------------------ */

/* Makes what curl needs for the user; false: resources ran out. The shard alone is
 * enough for a WebSocket. */
bool engine_curl_shard(struct engine_conn *conn);
/* A multi among the engine's, which does with several requests what `pipelining` says
 * (CURLPIPE_*); -1: resources ran out. */
int engine_curl_shard_init(struct shard *shard, struct engine *engine, long pipelining);
void engine_curl_shard_fini(struct shard *shard);
bool engine_curl_handle(struct engine_conn *conn);
/* The exchange begins with `easy`, which is set up. */
CURLcode engine_curl_begin(struct engine_conn *conn, struct shard *shard, CURL *easy);
/* Lets curl act on a socket or its timer, then hands out what has ended. */
void engine_curl_act(struct engine *engine, struct shard *shard, curl_socket_t fd, int mask);
void engine_curl_timers(struct engine *engine, int64_t now_ns);
/* The exchange is over: a transfer that has not ended loses its connection. */
void engine_curl_release(struct engine_conn *conn);
void engine_curl_free(struct engine_conn *conn);
void engine_curl_close(struct engine *engine);

/* --- engine_http2.c ------------------------------------------------------------- */

/* Whether this libcurl has its trouble with kept connections. */
bool engine_http2_careful(void);
/* Before an exchange is handed over. */
CURLcode engine_http2_prepare(struct engine_conn *conn);
/* A connection is to be opened for it, or (just before it is sent) used; false: not
 * as the handle is set. */
bool engine_http2_opens(struct engine_conn *conn);
bool engine_http2_uses(struct engine_conn *conn);
/* The transfer has ended; true: for such a reason, and it has begun again. */
bool engine_http2_again(struct engine_conn *conn);
/* As engine_curl_release(), where HTTP/2 is asked for. */
void engine_http2_release(struct engine_conn *conn);
/* What a failure means where that is HTTP/2's to say: its class, and a sentence as
 * curl_common_message() has them. */
bool engine_http2_error(const struct engine_conn *conn, CURLcode code, enum error_class *class, char *out, size_t bytes);

/* --- engine_lines.c ----------------------------------------------------------------- */

/* Whether users share connections. */
bool engine_lines_wanted(const struct engine_config *config);
/* The exchange has to wait for a line, if only until engine_lines_run(). */
void engine_lines_wait(struct engine_conn *conn);
/* It does no longer, nor does it go over one. */
void engine_lines_leave(struct engine_conn *conn);
/* Has those who wait begin, as far as there is room; opens and closes lines. In no
 * callback, nor while curl acts. */
void engine_lines_run(struct engine *engine);
/* Bytes have come for a line's shard on its socket. */
void engine_lines_heard(struct shard *shard, int fd, int64_t now_ns);
/* When they last did for the exchange's line. */
int64_t engine_lines_heard_ns(const struct engine_conn *conn);
/* Some of the exchange's answer has come, so many bytes at once. */
void engine_lines_answer(struct engine_conn *conn, int64_t ns, size_t bytes);
/* Its time has run out: a line that has told nobody anything since it began takes no more. */
void engine_lines_timed_out(struct engine_conn *conn);
/* As engine_http2_opens(), engine_http2_uses() and engine_http2_again(), which in place of
 * beginning anew lets it wait once more. */
bool engine_lines_opens(struct engine_conn *conn);
bool engine_lines_uses(struct engine_conn *conn);
bool engine_lines_again(struct engine_conn *conn);
/* Takes its handle out of its line's multi. */
void engine_lines_remove(struct engine_conn *conn);
struct shard *engine_lines_shard(struct line *line);
/* Whether it is the one that opens its line. */
bool engine_lines_opener(const struct engine_conn *conn);
/* Where it is, and has not opened it yet: who waits for that. */
struct pool *engine_lines_opening(const struct engine_conn *conn);
/* Those fail with it. */
void engine_lines_fail(struct engine *engine, struct pool *pool, const struct engine_result *why);
/* Closes all lines, when there is no user any more. */
void engine_lines_close(struct engine *engine);
void engine_lines_fini(struct engine *engine);

/* --- engine_hooks.c, engine_prepare.c, engine_result.c ------------------------- */

/* Has curl call us: a multi about sockets and timers, a handle about its
 * connection and the answer. */
void engine_hooks_of_shard(struct shard *shard);
CURLcode engine_hooks_of_conn(struct engine_conn *conn);
/* What the handle for HTTP and the one for a WebSocket have in common. */
CURLcode engine_hooks_of_easy(struct engine_conn *conn, CURL *easy, CURLSH *cache);

/* Sets the handle up for the present request and variant, where it is not. */
CURLcode engine_prepare(struct engine_conn *conn);

/* The result of what has just ended, while the handle is still in the multi;
 * its message lives in the engine. `timeout`: the text of the one that
 * expired, or NULL. */
void engine_result_of(const struct engine_conn *conn, CURLcode code, const char *timeout,
		      struct engine_result *r);

#endif
