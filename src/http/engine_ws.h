/* A user's WebSocket: curl makes the connection (name, TCP, TLS, proxy) and
 * moves its bytes, CURLOPT_CONNECT_ONLY; the handshake and the frames are ours.
 * It has an easy handle and a connection cache of its own beside the user's,
 * made when first needed, so that a user may do both.
 *
 * The engine asks engine_ws_turn() to act on whatever the socket has; what came
 * of the exchange is found in `ended` then. */
#ifndef HTTP_ENGINE_WS_H
#define HTTP_ENGINE_WS_H

#include "engine_private.h"
#include "ws_frames.h"
#include "ws_upgrade.h"

#define WS_CLOSE_NORMAL 1000
#define WS_OUT_BYTES 8192u
#define WS_RANDOM_BYTES 512u

enum ws_state {
	WS_NONE,
	WS_CONNECTING, /* curl's */
	WS_UPGRADING,  /* the request is on its way, or the answer */
	WS_READY,
};

struct ws {
	struct engine_conn *conn;
	CURL *easy;
	CURLSH *cache;
	enum ws_state state;
	int fd;
	bool tls;
	char *url; /* of the connection there is, or was */
	struct ws_frames *frames;

	/* The handshake; freed when it is done with. */
	char accept[WS_ACCEPT_BYTES];
	char *text; /* the request */
	size_t text_bytes, text_at;
	char *head; /* the answer, and what came right behind it */
	size_t head_bytes, head_room, head_at;

	/* This turn's reading. */
	bool drained; /* nothing more at present */
	bool more;    /* perhaps more, but others have their turn now */
	bool eof;
	size_t read_bytes;
	int64_t read_ns;

	/* The present exchange. */
	uint64_t bytes_in, bytes_out;
	bool sent_message;
	bool mine;       /* the message that comes began in it */
	bool ended;      /* as follows */
	bool keep;       /* and the connection is good for another */
	bool answered;
	enum error_class error;
	CURLcode failure; /* of reading or writing */
	const char *what; /* the words of an error */
	struct ws_end close;

	size_t out_at, out_bytes;
	uint8_t out[WS_OUT_BYTES]; /* stays in place while a part of it waits */
	size_t random_at;
	uint8_t random[WS_RANDOM_BYTES];
};

/* The exchange begins: over the connection there is (true; engine_ws_turn() goes
 * on), or `easy` is ready to be added to the multi for a new one (false).
 * *code: what went wrong. */
bool engine_ws_begin(struct engine_conn *conn, CURLcode *code);
/* curl has connected. */
CURLcode engine_ws_connected(struct engine_conn *conn);
void engine_ws_turn(struct engine_conn *conn);
/* Closes the connection, with a close frame if that can be sent at once. */
void engine_ws_shut(struct engine_conn *conn);
void engine_ws_free(struct engine_conn *conn);

/* Between engine_ws.c and engine_ws_open.c: sends what waits in `out` (1: all of
 * it, 0: not yet, -1: no more ever); bytes nobody can guess. */
int engine_ws_flush(struct ws *ws);
void engine_ws_random(void *ws, uint8_t *bytes, size_t length);

/* Fills the result of an exchange that has `ended`. */
void engine_ws_result_of(const struct engine_conn *conn, struct engine_result *r);

#endif
