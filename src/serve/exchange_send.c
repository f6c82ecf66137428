/* An exchange's bytes: its stream event by event, its answer in one piece, and the
 * faults that end them. */
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/http.h>
#include <event2/http_struct.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "exchange_private.h"
#include "reply.h"
#include "tokens.h"
#include "wire.h"
#include "ws.h"

/* Read ahead of a request that is being served; more stays in the kernel. */
#define AHEAD_MAX (64 * 1024)
#define RETRY_AFTER_S "1"

static void add_cache_headers(const struct exchange *exchange)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(exchange->request);
	char age[24];

	if (exchange->serve->cache.ttl_ns <= 0)
		return;
	evhttp_add_header(headers, "X-Cache", exchange->hit ? "HIT" : "MISS");
	if (!exchange->hit)
		return;
	snprintf(age, sizeof age, "%" PRId64, exchange->age_s);
	evhttp_add_header(headers, "Age", age);
}

void exchange_on_ahead(struct bufferevent *events, void *arg)
{
	(void)arg;
	if (evbuffer_get_length(bufferevent_get_input(events)) > AHEAD_MAX)
		bufferevent_disable(events, EV_READ);
}

/* A client that shuts down its sending side counts as gone, as elsewhere. */
void exchange_on_gone(struct bufferevent *events, short what, void *arg)
{
	struct exchange *exchange = arg;

	if ((what & BEV_EVENT_TIMEOUT) && (what & BEV_EVENT_READING))
		bufferevent_enable(events, EV_READ);
	else
		evhttp_connection_free(exchange->connection);
}

struct bufferevent *exchange_events(const struct exchange *exchange)
{
	return evhttp_connection_get_bufferevent(exchange->connection);
}

/* `serve->event` as an event of the stream. */
static void send_event(struct exchange *exchange)
{
	struct buf *event = &exchange->serve->event, *frame = &exchange->serve->frame;

	if (exchange->ws) {
		ws_send(exchange->ws, event->at, event->used);
		return;
	}
	frame->used = 0;
	if (exchange->request->chunked)
		buf_printf(frame, "%zx\r\n", event->used + strlen("data: \n\n"));
	buf_puts(frame, "data: ");
	buf_add(frame, event->at, event->used);
	buf_puts(frame, exchange->request->chunked ? "\n\n\r\n" : "\n\n");
	wire_send(exchange_events(exchange), frame->at, frame->used);
}

static struct buf *begin_event(struct exchange *exchange)
{
	struct buf *event = &exchange->serve->event;

	event->used = 0;
	if (exchange->ask.chat)
		buf_add(event, exchange->head.at, exchange->head.used);
	return event;
}

void exchange_send_head(struct exchange *exchange)
{
	struct serve_answer answer = exchange_answer(exchange);
	struct evkeyvalq *headers;

	stats_request(&exchange->serve->stats, exchange->path, HTTP_OK);
	if (exchange->request) {
		headers = evhttp_request_get_output_headers(exchange->request);
		reply_headers(exchange->serve, exchange->request,
			      "text/event-stream; charset=utf-8");
		evhttp_add_header(headers, "Cache-Control", "no-cache");
		add_cache_headers(exchange);
		evhttp_send_reply_start(exchange->request, HTTP_OK, "OK");
		/* It took the callbacks back, and would read ahead without end. */
		bufferevent_setcb(exchange_events(exchange), exchange_on_ahead, NULL, exchange_on_gone, exchange);
		wire_flush(exchange_events(exchange));
	}
	if (!exchange->ask.chat)
		return;
	shape_chunk_head(&exchange->head, &answer);
	shape_chunk_role(begin_event(exchange));
	send_event(exchange);
}

void exchange_send_token(struct exchange *exchange)
{
	const char *text = exchange->text.at + exchange->sent;
	size_t bytes = serve_token_bytes(text, exchange->text.used - exchange->sent);
	struct buf *event = begin_event(exchange);

	if (exchange->ask.chat)
		shape_chunk_text(event, text, bytes);
	else
		shape_delta(event, text, bytes);
	send_event(exchange);
	exchange->sent += bytes;
	exchange->done++;
	exchange->serve->stats.tokens_out += !exchange->hit;
}

static void on_sent(struct evhttp_request *request, void *arg)
{
	struct exchange *exchange = arg;

	(void)request;
	evhttp_connection_set_closecb(exchange->connection, NULL, NULL);
	exchange_end(exchange);
}

/* "[DONE]" and the end of the body. */
static void end_stream(struct exchange *exchange)
{
	static const char done[] = "[DONE]";

	if (exchange->ws) {
		struct ws *ws = exchange->ws;

		ws_send(ws, done, sizeof done - 1);
		exchange_end(exchange);
		ws_answered(ws);
		return;
	}

	/* This way evhttp takes the connection back. */
	struct evbuffer *last = evbuffer_new();

	evbuffer_add_printf(last, "data: %s\n\n", done);
	evhttp_request_set_on_complete_cb(exchange->request, on_sent, exchange);
	evhttp_send_reply_chunk(exchange->request, last);
	evhttp_send_reply_end(exchange->request);
	evbuffer_free(last);
}

void exchange_send_end(struct exchange *exchange)
{
	struct serve_answer answer = exchange_answer(exchange);

	if (exchange->ask.chat) {
		shape_chunk_finish(begin_event(exchange), exchange->cut);
		send_event(exchange);
		if (exchange->ask.include_usage) {
			shape_chunk_usage(begin_event(exchange), &answer);
			send_event(exchange);
		}
	} else {
		shape_task(begin_event(exchange), &answer);
		send_event(exchange);
	}
	end_stream(exchange);
}

static void make_whole(struct exchange *exchange, struct buf *body)
{
	struct serve_answer answer = exchange_answer(exchange);

	body->used = 0;
	if (exchange->ask.chat)
		shape_completion(body, &answer);
	else
		shape_task(body, &answer);
}

void exchange_send_whole(struct exchange *exchange)
{
	struct buf *body = &exchange->serve->event;

	make_whole(exchange, body);
	if (exchange->ws) {
		stats_request(&exchange->serve->stats, exchange->path, HTTP_OK);
		send_event(exchange);
		end_stream(exchange);
		return;
	}
	buf_puts(body, "\n");
	add_cache_headers(exchange);
	evhttp_request_set_on_complete_cb(exchange->request, on_sent, exchange);
	reply_json(exchange->serve, exchange->request, exchange->path, HTTP_OK, body->at,
		   body->used);
}

/* ---- faults ---- */

static void hang_up(struct exchange *exchange, bool reset)
{
	if (exchange->ws) {
		ws_hang_up(exchange->ws, reset);
	} else {
		evhttp_connection_set_closecb(exchange->connection, NULL, NULL);
		if (reset)
			wire_reset(exchange_events(exchange));
		evhttp_connection_free(exchange->connection);
	}
	exchange_end(exchange);
}

/* Promises all of the body and gives half. */
static void send_half(struct exchange *exchange)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(exchange->request);
	struct buf *body = &exchange->serve->event;
	char length[24];

	make_whole(exchange, body);
	snprintf(length, sizeof length, "%zu", body->used);
	evhttp_add_header(headers, "Content-Length", length);
	evhttp_add_header(headers, "Connection", "close");
	add_cache_headers(exchange);
	evhttp_request_set_on_complete_cb(exchange->request, on_sent, exchange);
	reply_json(exchange->serve, exchange->request, exchange->path, HTTP_OK, body->at,
		   body->used / 2);
}

/* The answer ends here, and not well. */
void exchange_break_off(struct exchange *exchange)
{
	enum serve_fault fault = exchange->fate.ends;

	exchange->serve->stats.faults[fault]++;
	if (fault == SERVE_FAULT_INBAND) {
		exchange->serve->event.used = 0;
		shape_error(&exchange->serve->event, 500, NULL,
			    "the model failed half-way (a fault made on purpose)");
		send_event(exchange);
		end_stream(exchange);
	} else if (fault == SERVE_FAULT_TRUNCATE && exchange->request &&
		   !exchange->ask.stream) {
		send_half(exchange);
	} else {
		hang_up(exchange, fault == SERVE_FAULT_RESET);
	}
}

void exchange_refuse(struct serve *serve, enum serve_path path, struct serve_fate fate,
		   struct evhttp_request *request, struct ws *ws)
{
	const char *message = fate.status == 429
				      ? "too many requests (a fault made on purpose)"
				      : "the server failed (a fault made on purpose)";

	serve->stats.faults[fate.ends]++;
	if (ws) {
		stats_request(&serve->stats, path, fate.status);
		ws_refuse(ws, fate.status, NULL, message);
		return;
	}
	if (fate.ends == SERVE_FAULT_REJECT)
		evhttp_add_header(evhttp_request_get_output_headers(request), "Retry-After",
				  RETRY_AFTER_S);
	reply_error(serve, request, path, fate.status, NULL, message);
}
