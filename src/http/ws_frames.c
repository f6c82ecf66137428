#include "ws_frames.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <wslay/wslay.h>

#include "base/mem.h"

/* Answers to pings that wait for the server to read them. */
#define QUEUED_MAX 1024u

struct ws_frames {
	struct ws_frames_io io;
	void *user;
	wslay_event_context_ptr context;
	bool blocked; /* read() had nothing */
	bool gone;    /* read() or write() said so */
	bool crumbs;  /* more fragments than WS_FRAGMENTS_MAX */
	uint32_t fragments;
	/* The payload of a close frame, as it comes: see is_late_code(). */
	bool closing;
	uint8_t close[125];
	size_t close_bytes, close_length;
	struct ws_end end;
};

static ssize_t on_read(wslay_event_context_ptr context, uint8_t *bytes, size_t room,
		       int flags, void *user)
{
	struct ws_frames *f = user;
	ssize_t n = f->io.read(f->user, bytes, room);

	(void)flags;
	if (n > 0)
		return n;
	if (n)
		f->gone = true;
	else
		f->blocked = true;
	wslay_event_set_error(context, n ? WSLAY_ERR_CALLBACK_FAILURE : WSLAY_ERR_WOULDBLOCK);
	return -1;
}

static ssize_t on_write(wslay_event_context_ptr context, const uint8_t *bytes,
			size_t length, int flags, void *user)
{
	struct ws_frames *f = user;
	ssize_t n = f->io.write(f->user, bytes, length);

	(void)flags;
	if (n > 0)
		return n;
	if (n)
		f->gone = true;
	wslay_event_set_error(context, n ? WSLAY_ERR_CALLBACK_FAILURE : WSLAY_ERR_WOULDBLOCK);
	return -1;
}

static int on_mask(wslay_event_context_ptr context, uint8_t *bytes, size_t length,
		   void *user)
{
	struct ws_frames *f = user;

	(void)context;
	f->io.random(f->user, bytes, length);
	return 0;
}

static void on_frame(wslay_event_context_ptr context,
		     const struct wslay_event_on_frame_recv_start_arg *frame, void *user)
{
	struct ws_frames *f = user;

	f->closing = frame->opcode == WSLAY_CONNECTION_CLOSE;
	if (f->closing) {
		f->close_bytes = 0;
		f->close_length = frame->payload_length;
	}
	if (wslay_is_ctrl_frame(frame->opcode))
		return;
	if (frame->opcode != WSLAY_CONTINUATION_FRAME) {
		f->fragments = 0;
		f->io.on_begin(f->user);
	} else if (++f->fragments >= WS_FRAGMENTS_MAX) {
		f->crumbs = true;
		wslay_event_shutdown_read(context);
	}
}

static void on_chunk(wslay_event_context_ptr context,
		     const struct wslay_event_on_frame_recv_chunk_arg *chunk, void *user)
{
	struct ws_frames *f = user;

	(void)context;
	/* 125 at most, or wslay had refused the frame. */
	if (f->closing && chunk->data_length <= sizeof f->close - f->close_bytes) {
		memcpy(f->close + f->close_bytes, chunk->data, chunk->data_length);
		f->close_bytes += chunk->data_length;
	}
}

static void set_close(struct ws_frames *f, uint16_t code, const uint8_t *reason, size_t n)
{
	f->end.code = code;
	memcpy(f->end.reason, reason, n); /* 123 at most */
	f->end.reason[n] = '\0';
}

/* 1012 (restarting), 1013 (try again later) and 1014 (bad gateway) were assigned
 * after RFC 6455; wslay refuses them. */
static bool is_late_code(struct ws_frames *f)
{
	unsigned code = (unsigned)f->close[0] << 8 | f->close[1];

	if (!f->closing || f->close_bytes < 2 || f->close_bytes != f->close_length ||
	    code < 1012 || code > 1014)
		return false;
	set_close(f, (uint16_t)code, f->close + 2, f->close_bytes - 2);
	return true;
}

static void on_message(wslay_event_context_ptr context,
		       const struct wslay_event_on_msg_recv_arg *m, void *user)
{
	struct ws_frames *f = user;

	(void)context;
	if (f->crumbs)
		return;
	if (m->opcode == WSLAY_TEXT_FRAME || m->opcode == WSLAY_BINARY_FRAME) {
		f->io.on_message(f->user, m->msg_length ? (const char *)m->msg : "",
				 m->msg_length);
	} else if (m->opcode == WSLAY_CONNECTION_CLOSE) {
		if (m->msg_length >= 2)
			set_close(f, m->status_code, m->msg + 2, m->msg_length - 2);
		else
			f->end.code = WSLAY_CODE_NO_STATUS_RCVD;
	}
}

struct ws_frames *ws_frames_new(const struct ws_frames_io *io, void *user)
{
	static const struct wslay_event_callbacks callbacks = {
		.recv_callback = on_read,
		.send_callback = on_write,
		.genmask_callback = on_mask,
		.on_frame_recv_start_callback = on_frame,
		.on_frame_recv_chunk_callback = on_chunk,
		.on_msg_recv_callback = on_message,
	};
	struct ws_frames *f = xcalloc(1, sizeof *f);

	f->io = *io;
	f->user = user;
	if (wslay_event_context_client_init(&f->context, &callbacks, f)) {
		free(f);
		return NULL;
	}
	wslay_event_config_set_max_recv_msg_length(f->context, WS_MESSAGE_MAX);
	return f;
}

void ws_frames_free(struct ws_frames *f)
{
	if (!f)
		return;
	wslay_event_context_free(f->context);
	free(f);
}

int ws_frames_send(struct ws_frames *f, const char *bytes, size_t length)
{
	const struct wslay_event_msg m = {
		.opcode = WSLAY_TEXT_FRAME,
		.msg = (const uint8_t *)bytes,
		.msg_length = length,
	};

	return wslay_event_queue_msg(f->context, &m) ? -1 : 0;
}

int ws_frames_close(struct ws_frames *f, uint16_t code)
{
	return wslay_event_queue_close(f->context, code, (const uint8_t *)"", 0) ? -1 : 0;
}

void ws_frames_flush(struct ws_frames *f)
{
	if (!f->gone)
		wslay_event_send(f->context);
}

int ws_frames_wants_write(const struct ws_frames *f)
{
	return !f->gone && wslay_event_want_write(f->context);
}

/* After the close frame that names it has been sent, or at least tried. */
static const char *what_is_broken(const struct ws_frames *f)
{
	if (f->crumbs)
		return "a WebSocket message in more than 65536 fragments";
	switch (wslay_event_get_status_code_sent(f->context)) {
	case WSLAY_CODE_MESSAGE_TOO_BIG:
		return "a WebSocket message of more than 1 MiB";
	case WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA:
		return "a WebSocket text message that is not UTF-8";
	default:
		return "the server breaks the WebSocket protocol";
	}
}

enum ws_verdict ws_frames_run(struct ws_frames *f, struct ws_end *end)
{
	enum ws_verdict verdict = WS_OPEN;
	bool broken = false;

	f->blocked = false;
	/* It returns also where only a part of a head has come. */
	while (!f->blocked && !broken && wslay_event_get_read_enabled(f->context))
		broken = wslay_event_recv(f->context) && !f->gone;
	ws_frames_flush(f);
	if (wslay_event_get_close_received(f->context)) {
		verdict = WS_CLOSED;
	} else if (f->gone) {
		verdict = WS_GONE;
	} else if (broken || !wslay_event_get_read_enabled(f->context)) {
		verdict = is_late_code(f) ? WS_CLOSED : WS_BROKEN;
		if (verdict == WS_BROKEN)
			f->end.what = what_is_broken(f);
	} else if (wslay_event_get_queued_msg_count(f->context) > QUEUED_MAX) {
		verdict = WS_BROKEN;
		f->end.what = "the server pings without reading the answers";
	}
	if (verdict != WS_OPEN)
		*end = f->end;
	return verdict;
}
