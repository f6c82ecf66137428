/* Messages over a WebSocket whose handshake is done, as the client: wslay behind
 * two functions for the bytes. Pings are answered, fragments joined, a close is
 * answered. One thread; callbacks run inside ws_frames_run(). */
#ifndef HTTP_WS_FRAMES_H
#define HTTP_WS_FRAMES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A longer message is a protocol error, and so is one of more fragments. */
#define WS_MESSAGE_MAX (1024u * 1024)
#define WS_FRAGMENTS_MAX 65536u

struct ws_frames_io {
	/* The number of bytes; 0: none at present; -1: no more ever. */
	ssize_t (*read)(void *user, uint8_t *bytes, size_t room);
	ssize_t (*write)(void *user, const uint8_t *bytes, size_t length);
	/* Bytes nobody can guess. */
	void (*random)(void *user, uint8_t *bytes, size_t length);
	/* The first frame of a message has begun. */
	void (*on_begin)(void *user);
	/* Text or binary. */
	void (*on_message)(void *user, const char *bytes, size_t length);
};

enum ws_verdict {
	WS_OPEN,
	WS_CLOSED, /* by the server, with `code` */
	WS_BROKEN, /* `what` the server has done wrong */
	WS_GONE,   /* read or write said -1 */
};

struct ws_end {
	uint16_t code; /* 1005: the close frame has none */
	char reason[124];
	const char *what;
};

struct ws_frames;

/* NULL: out of memory. `io` is copied. */
struct ws_frames *ws_frames_new(const struct ws_frames_io *io, void *user);
void ws_frames_free(struct ws_frames *f);

/* Queues a text message (copied), a close frame; ws_frames_run() sends them. -1:
 * out of memory, or the closing has begun. */
int ws_frames_send(struct ws_frames *f, const char *bytes, size_t length);
int ws_frames_close(struct ws_frames *f, uint16_t code);

/* Reads and writes until neither goes any further. `end` is for verdicts other
 * than WS_OPEN, which are final. */
enum ws_verdict ws_frames_run(struct ws_frames *f, struct ws_end *end);
/* Only writes. */
void ws_frames_flush(struct ws_frames *f);
int ws_frames_wants_write(const struct ws_frames *f);

#endif
