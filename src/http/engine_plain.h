/* Our own HTTP/1.1 client, for plain http:// and sockets of this machine: what costs
 * no more than its system calls. One send, one read and no word to epoll a request.
 *
 * A user has a connection for each origin it asks, made when first needed; the one
 * of the present exchange is conn->plain. What comes of an exchange is found there
 * once it has `ended`. */
#ifndef HTTP_ENGINE_PLAIN_H
#define HTTP_ENGINE_PLAIN_H

#include "chunked.h"
#include "engine_private.h"
#include "head.h"

struct plain_engine {
	struct origins *origins;
	struct plain_requests *requests;
	struct buf out; /* a request on its way into its socket */
	char *in;       /* what was read, PLAIN_IN_BYTES */
};

#define PLAIN_IN_BYTES (64u * 1024)

enum plain_stage {
	PLAIN_IDLE,
	PLAIN_HEAD,
	PLAIN_LENGTH, /* a body of known length */
	PLAIN_CHUNKS,
	PLAIN_UNTIL_CLOSE,
};

struct plain {
	struct plain *next; /* of another origin */
	const struct origin *origin;
	int fd; /* -1: no connection */
	int address; /* index of the one it is made to */
	bool connected;
	int64_t opened_ns;

	/* The present exchange. */
	uint8_t stage;
	bool ended; /* as follows */
	bool keep;  /* and the connection is good for another */
	uint32_t connect_us;
	enum error_class error;
	int os_errno;
	const char *what; /* the words of an error */
	uint64_t bytes_in, bytes_out;

	/* What is still to be sent: of the head, then the body. */
	const char *text, *body;
	size_t text_bytes, body_bytes;
	bool text_held;  /* in `rest`, since it did not all go at once */
	struct buf rest;

	struct head head;
	struct chunked chunks;
	uint64_t left; /* of the body */
};

/* engine->plain stays NULL where the configuration asks for what only curl does. */
void engine_plain_open(struct engine *engine);
void engine_plain_close(struct engine *engine);

/* Whether the present request is ours. */
bool engine_plain_takes(struct engine_conn *conn);
/* Finds the connection and writes the request down; false: it has to be made first. */
bool engine_plain_prepare(struct engine_conn *conn);
void engine_plain_begin(struct engine_conn *conn);
/* Acts on what epoll says of its socket. */
void engine_plain_turn(struct engine_conn *conn, uint32_t events);

/* Whether `fd` is the socket of the present exchange. */
bool engine_plain_carries(const struct engine_conn *conn, int fd);
/* Whether `fd` was an idle connection of the user's: it is closed then, since bytes
 * between exchanges, or an end, leave nothing that could be used. */
bool engine_plain_hung_up(struct engine_conn *conn, int fd);

/* The exchange is over; what has not ended well loses its connection. */
void engine_plain_release(struct engine_conn *conn);
void engine_plain_free(struct engine_conn *conn);

/* Fills the error of an exchange that has `ended`. */
void engine_plain_result_of(const struct engine_conn *conn, struct engine_result *r);

/* Between engine_plain.c and engine_plain_open.c: the connection is there, send; the
 * exchange has ended; it ended because the connection did. */
void engine_plain_send(struct engine_conn *conn);
void engine_plain_fail(struct engine_conn *conn, enum error_class error, int os_errno,
		       const char *what);
/* Opens a socket to the next address there is; whether its connecting is over, which
 * `connected` says then. */
void engine_plain_connect(struct engine_conn *conn);
void engine_plain_connected(struct engine_conn *conn);
/* Writes the request down in engine->plain->out. */
void engine_plain_write_down(struct engine_conn *conn);

#endif
