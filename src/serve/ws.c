#include "ws.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/http_struct.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <wslay/wslay.h>

#include "ask.h"
#include "base/mem.h"
#include "exchange.h"
#include "reply.h"
#include "shape.h"
#include "wire.h"

#define MESSAGE_MAX (1024 * 1024)
#define WAITING_MAX 8
/* Nobody reads: then we do not either. */
#define UNSENT_MAX (256 * 1024)
/* After our close frame: for the peer to read it and close. */
#define LINGER_S 2

#define KEY_CHARS 24 /* 16 bytes in base64 */
#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

struct message {
	char *text;
	size_t bytes;
};

struct ws {
	struct serve *serve;
	struct evhttp_connection *connection;
	struct bufferevent *events;
	wslay_event_context_ptr wslay;
	struct exchange *exchange; /* being answered, or NULL */
	struct message waiting[WAITING_MAX];
	int waiting_count;
	bool lingers; /* our side is closed */
	struct ws *prev, *next;
};

/* ---- the handshake ---- */

int ws_accept_key(const char *key, char out[SERVE_WS_ACCEPT_BYTES])
{
	unsigned char bytes[KEY_CHARS], digest[EVP_MAX_MD_SIZE];
	char text[KEY_CHARS + sizeof GUID];
	unsigned int digest_bytes;

	/* 16 bytes leave two places to fill. */
	if (strlen(key) != KEY_CHARS || strcspn(key, "=") != KEY_CHARS - 2 ||
	    EVP_DecodeBlock(bytes, (const unsigned char *)key, KEY_CHARS) != 18)
		return -1;
	memcpy(text, key, KEY_CHARS);
	memcpy(text + KEY_CHARS, GUID, sizeof GUID);
	/* Cannot fail but for memory. */
	if (!EVP_Digest(text, sizeof text - 1, digest, &digest_bytes, EVP_sha1(), NULL))
		abort();
	EVP_EncodeBlock((unsigned char *)out, digest, (int)digest_bytes);
	return 0;
}

/* Is the word one of a header's, which commas part? */
static bool lists(const char *header, const char *word)
{
	while (header && *header) {
		size_t bytes = strcspn(header, ","), blank = strspn(header, " \t");
		size_t end = bytes;

		while (end > blank && (header[end - 1] == ' ' || header[end - 1] == '\t'))
			end--;
		if (blank < end && end - blank == strlen(word) &&
		    strncasecmp(header + blank, word, strlen(word)) == 0)
			return true;
		header += bytes + (header[bytes] == ',');
	}
	return false;
}

static int handshake(struct serve *serve, struct evhttp_request *request,
		     char accept[SERVE_WS_ACCEPT_BYTES])
{
	struct evkeyvalq *headers = evhttp_request_get_input_headers(request);
	struct evkeyvalq *output = evhttp_request_get_output_headers(request);
	const char *version = evhttp_find_header(headers, "Sec-WebSocket-Version");
	const char *key = evhttp_find_header(headers, "Sec-WebSocket-Key");

	if (!lists(evhttp_find_header(headers, "Upgrade"), "websocket") ||
	    !lists(evhttp_find_header(headers, "Connection"), "upgrade") ||
	    request->major != 1 || request->minor < 1) {
		evhttp_add_header(output, "Upgrade", "websocket");
		reply_error(serve, request, SERVE_PATH_WS, 426, NULL,
			    "this path speaks WebSocket only");
		return -1;
	}
	if (!version || strcmp(version, "13") != 0) {
		evhttp_add_header(output, "Sec-WebSocket-Version", "13");
		reply_error(serve, request, SERVE_PATH_WS, 426, NULL,
			    "Sec-WebSocket-Version: expected 13");
		return -1;
	}
	if (!key || ws_accept_key(key, accept) < 0) {
		reply_error(serve, request, SERVE_PATH_WS, 400, NULL,
			    "Sec-WebSocket-Key: expected 16 bytes in base64");
		return -1;
	}
	return 0;
}

/* ---- life ---- */

static void ws_free(struct ws *ws)
{
	*(ws->prev ? &ws->prev->next : &ws->serve->sockets) = ws->next;
	if (ws->next)
		ws->next->prev = ws->prev;
	for (int i = 0; i < ws->waiting_count; i++)
		free(ws->waiting[i].text);
	wslay_event_context_free(ws->wslay);
	free(ws);
}

static void on_close(struct evhttp_connection *connection, void *arg)
{
	struct ws *ws = arg;

	(void)connection;
	if (ws->exchange)
		exchange_cancel(ws->exchange);
	ws_free(ws);
}

void ws_hang_up(struct ws *ws, bool reset)
{
	struct evhttp_connection *connection = ws->connection;

	evhttp_connection_set_closecb(connection, NULL, NULL);
	if (reset)
		wire_reset(ws->events);
	ws_free(ws);
	evhttp_connection_free(connection);
}

/* Sends what waits; when nothing more is to be said, waits for the peer to close:
 * closing with its bytes unread would be a reset that takes our last frame along. */
static void flush(struct ws *ws)
{
	struct timeval linger = {.tv_sec = LINGER_S};
	struct buf *frame = &ws->serve->frame;

	if (ws->lingers)
		return;
	frame->used = 0;
	wslay_event_send(ws->wslay);
	wire_send(ws->events, frame->at, frame->used);
	if (evbuffer_get_length(bufferevent_get_output(ws->events)) > UNSENT_MAX)
		bufferevent_disable(ws->events, EV_READ);
	if (!wslay_event_get_close_sent(ws->wslay) ||
	    evbuffer_get_length(bufferevent_get_output(ws->events)) > 0)
		return;
	ws->lingers = true;
	shutdown(bufferevent_getfd(ws->events), SHUT_WR);
	bufferevent_set_timeouts(ws->events, &linger, NULL);
	bufferevent_enable(ws->events, EV_READ);
}

static void close_with(struct ws *ws, uint16_t code, const char *reason)
{
	wslay_event_queue_close(ws->wslay, code, (const uint8_t *)reason, strlen(reason));
	flush(ws);
}

/* ---- messages ---- */

void ws_send(struct ws *ws, const char *text, size_t bytes)
{
	struct wslay_event_msg message = {.opcode = WSLAY_TEXT_FRAME,
					  .msg = (const uint8_t *)text,
					  .msg_length = bytes};

	wslay_event_queue_msg(ws->wslay, &message);
	flush(ws);
}

void ws_refuse(struct ws *ws, int status, const char *param, const char *message)
{
	struct buf *event = &ws->serve->event;

	event->used = 0;
	shape_error(event, status, param, message);
	ws_send(ws, event->at, event->used);
	ws_send(ws, "[DONE]", strlen("[DONE]"));
}

static void take(struct ws *ws, const char *text, size_t bytes)
{
	struct serve_refusal why;
	struct serve_ask ask;

	if (serve_ask_read(&ask, SERVE_ASK_SPOKEN, serve_path_names[SERVE_PATH_WS], text,
			   bytes, &why) < 0) {
		stats_request(&ws->serve->stats, SERVE_PATH_WS, 400);
		ws_refuse(ws, 400, why.param, why.text);
		return;
	}
	ws->exchange = exchange_begin(ws->serve, SERVE_PATH_WS, &ask, NULL, ws);
}

/* Those that are refused are answered at once, hence the loop. */
static void take_waiting(struct ws *ws)
{
	while (!ws->exchange && ws->waiting_count > 0) {
		struct message first = ws->waiting[0];

		ws->waiting_count--;
		memmove(ws->waiting, ws->waiting + 1,
			(size_t)ws->waiting_count * sizeof *ws->waiting);
		take(ws, first.text, first.bytes);
		free(first.text);
	}
}

void ws_answered(struct ws *ws)
{
	ws->exchange = NULL;
	if (ws->serve->stopping)
		close_with(ws, WSLAY_CODE_GOING_AWAY, "the server is stopping");
	else
		take_waiting(ws);
}

static void on_message(wslay_event_context_ptr wslay,
		       const struct wslay_event_on_msg_recv_arg *arg, void *user)
{
	struct ws *ws = user;

	(void)wslay;
	if (wslay_is_ctrl_frame(arg->opcode))
		return;
	if (arg->opcode != WSLAY_TEXT_FRAME) {
		close_with(ws, WSLAY_CODE_UNSUPPORTED_DATA, "expected text");
		return;
	}
	if (ws->waiting_count == WAITING_MAX) {
		close_with(ws, WSLAY_CODE_POLICY_VIOLATION, "too many requests at once");
		return;
	}
	ws->waiting[ws->waiting_count++] = (struct message){
		xstrndup((const char *)arg->msg, arg->msg_length), arg->msg_length};
	take_waiting(ws);
}

static ssize_t on_receive(wslay_event_context_ptr wslay, uint8_t *data, size_t bytes,
			  int flags, void *user)
{
	struct ws *ws = user;
	int got = evbuffer_remove(bufferevent_get_input(ws->events), data, bytes);

	(void)flags;
	if (got > 0)
		return got;
	wslay_event_set_error(wslay, WSLAY_ERR_WOULDBLOCK);
	return -1;
}

static ssize_t on_send(wslay_event_context_ptr wslay, const uint8_t *data, size_t bytes,
		       int flags, void *user)
{
	(void)wslay;
	(void)flags;
	/* Head and payload come apart; they leave together. */
	buf_add(&((struct ws *)user)->serve->frame, data, bytes);
	return (ssize_t)bytes;
}

/* ---- the connection ---- */

static void on_readable(struct bufferevent *events, void *arg)
{
	struct evbuffer *input = bufferevent_get_input(events);
	struct ws *ws = arg;

	if (ws->lingers)
		evbuffer_drain(input, evbuffer_get_length(input));
	else if (wslay_event_recv(ws->wslay) == 0)
		flush(ws);
	else
		close_with(ws, WSLAY_CODE_PROTOCOL_ERROR, "");
}

static void on_drained(struct bufferevent *events, void *arg)
{
	bufferevent_enable(events, EV_READ);
	flush(arg);
}

static void on_gone(struct bufferevent *events, short what, void *arg)
{
	struct ws *ws = arg;

	if ((what & BEV_EVENT_TIMEOUT) && (what & BEV_EVENT_READING) && !ws->lingers)
		bufferevent_enable(events, EV_READ);
	else
		evhttp_connection_free(ws->connection);
}

static const struct wslay_event_callbacks callbacks = {
	.recv_callback = on_receive,
	.send_callback = on_send,
	.on_msg_recv_callback = on_message,
};

void ws_upgrade(struct serve *serve, struct evhttp_request *request)
{
	char accept[SERVE_WS_ACCEPT_BYTES];
	struct buf *head = &serve->frame;
	struct ws *ws;

	if (handshake(serve, request, accept) < 0)
		return;
	ws = xcalloc(1, sizeof *ws);
	ws->serve = serve;
	ws->connection = evhttp_request_get_connection(request);
	ws->events = evhttp_connection_get_bufferevent(ws->connection);
	if (wslay_event_context_server_init(&ws->wslay, &callbacks, ws) != 0) {
		free(ws);
		reply_error(serve, request, SERVE_PATH_WS, 503, NULL, "out of memory");
		return;
	}
	wslay_event_config_set_max_recv_msg_length(ws->wslay, MESSAGE_MAX);
	ws->next = serve->sockets;
	if (ws->next)
		ws->next->prev = ws;
	serve->sockets = ws;
	stats_request(&serve->stats, SERVE_PATH_WS, 101);

	/* The request is never answered as far as evhttp knows; it keeps away. */
	evhttp_connection_set_closecb(ws->connection, on_close, ws);
	bufferevent_setcb(ws->events, on_readable, on_drained, on_gone, ws);
	bufferevent_enable(ws->events, EV_READ | EV_WRITE);
	head->used = 0;
	buf_printf(head,
		   "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
		   "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
		   accept);
	wire_send(ws->events, head->at, head->used);
	/* Frames may have come with the request; later, evhttp is on the stack. */
	bufferevent_trigger(ws->events, EV_READ, BEV_TRIG_DEFER_CALLBACKS);
}

void ws_stop(struct serve *serve)
{
	for (struct ws *ws = serve->sockets; ws; ws = ws->next)
		if (!ws->exchange)
			close_with(ws, WSLAY_CODE_GOING_AWAY, "the server is stopping");
}
