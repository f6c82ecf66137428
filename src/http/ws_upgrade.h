/* The opening handshake of a WebSocket (RFC 6455, section 4): the request we
 * send, and the answer to it read strictly. Bytes only; no I/O. Any thread. */
#ifndef HTTP_WS_UPGRADE_H
#define HTTP_WS_UPGRADE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WS_KEY_BYTES 25    /* base64 of 16 random bytes, and a 0 */
#define WS_ACCEPT_BYTES 29 /* base64 of a SHA-1, and a 0 */
/* The longest answer's head that is read. */
#define WS_HEAD_MAX (64u * 1024)

struct ws_request {
	const char *target; /* path and query; "" is "/" */
	const char *host;   /* with its port where that is not the usual one */
	const char *key;
	const char *user_agent;       /* may be NULL */
	const char *user_password;    /* "USER:PASS" or NULL */
	const char *request_id;       /* the whole header line */
	const char *const *header;    /* the user's; NULL at the end */
};

/* The text of the request; free() it. A header of the user's own goes before
 * ours of the same name, except those that make it an upgrade. */
char *ws_request_text(const struct ws_request *request);

void ws_key_make(const uint8_t random[16], char key[WS_KEY_BYTES]);
/* What the server must answer to `key`. */
void ws_key_accept(const char *key, char accept[WS_ACCEPT_BYTES]);

enum ws_answer_state {
	WS_ANSWER_MORE, /* not all of the head is there yet */
	WS_ANSWER_HEAD, /* it is, with a status of its own: see `problem` */
	WS_ANSWER_BAD,  /* it is not HTTP: `problem` says so */
};

struct ws_answer {
	uint16_t status;       /* of the final answer, not of a 100 */
	size_t lines_at, head_bytes; /* where its header lines begin; where the head ends */
	int64_t content_bytes; /* Content-Length; -1: none, or chunked */
	const char *problem;   /* why it does not open a WebSocket; NULL: it does */
};

/* Reads what has come so far. `accept`: ws_key_accept(); `header`: the user's,
 * as a subprotocol must have been asked for. */
enum ws_answer_state ws_answer_read(const char *bytes, size_t length, const char *accept,
				    const char *const *header, struct ws_answer *a);

/* The next header line from *at on, which moves behind it, without its line end;
 * NULL at the end of the head. */
const char *ws_answer_line(const char *bytes, size_t head_bytes, size_t *at,
			   size_t *line_bytes);

#endif
