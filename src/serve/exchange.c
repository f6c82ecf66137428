#include "exchange.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/http_struct.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "fault.h"
#include "pace.h"
#include "reply.h"
#include "shape.h"
#include "task.h"
#include "tokens.h"
#include "wire.h"
#include "ws.h"

/* Read ahead of a request that is being served; more stays in the kernel. */
#define AHEAD_MAX (64 * 1024)
/* At speed 1: looking an answer up. */
#define RECALL_NS (2 * NS_PER_MS)
#define RETRY_AFTER_S "1"

enum phase {
	PHASE_WAITING,  /* for a slot */
	PHASE_LATE,     /* has one, a slow start */
	PHASE_SERVED,   /* prefill, then token by token or all at once */
	PHASE_ANSWERED, /* being sent */
};

struct exchange {
	struct serve_job job; /* first: a job of the queue is its exchange */
	struct serve *serve;
	struct serve_queue *queue;
	struct evhttp_request *request; /* NULL: over a WebSocket */
	struct evhttp_connection *connection;
	struct ws *ws;
	enum serve_path path;
	struct serve_ask ask;
	struct serve_fate fate;
	struct rng rng;
	enum phase phase;
	bool hit, cut;
	int tokens, done; /* of the answer */
	int turn;         /* a chat task's, else 0 */
	uint64_t kv_tokens, id;
	int64_t created_s, age_s;
	int64_t prefill_ns, left_ns; /* left: decoding not yet done, of a stream */
	size_t sent;                 /* bytes of the text */
	struct buf text, head;       /* stay with it when it is used again */
	struct exchange *next_free;
};

static struct exchange *exchange_new(struct serve *serve)
{
	struct exchange *exchange = serve->free;
	struct buf text = {0}, head = {0};

	if (exchange) {
		serve->free = exchange->next_free;
		text = exchange->text;
		head = exchange->head;
	} else {
		exchange = xmalloc(sizeof *exchange);
	}
	memset(exchange, 0, sizeof *exchange);
	exchange->serve = serve;
	exchange->text = text;
	exchange->head = head;
	exchange->text.used = 0;
	exchange->head.used = 0;
	serve->open++;
	return exchange;
}

static void exchange_end(struct exchange *exchange)
{
	struct serve *serve = exchange->serve;

	exchange->next_free = serve->free;
	serve->free = exchange;
	serve->open--;
	if (serve->stopping && serve->open == 0)
		event_base_loopbreak(serve->base);
}

void serve_free_exchanges(struct serve *serve)
{
	while (serve->free) {
		struct exchange *exchange = serve->free;

		serve->free = exchange->next_free;
		buf_fini(&exchange->text);
		buf_fini(&exchange->head);
		free(exchange);
	}
}

/* ---- the model's clock ---- */

static int64_t model_now_ns(const struct serve *serve)
{
	return serve_fault_model_ns(&serve->faults, clock_ns() - serve->begin_ns);
}

static void arm(struct serve *serve)
{
	int64_t served_ns = serve_queue_next_ns(&serve->queue);
	int64_t recall_ns = serve_queue_next_ns(&serve->recall);
	int64_t next_ns = served_ns < recall_ns ? served_ns : recall_ns;

	if (next_ns == INT64_MAX)
		return;
	next_ns = serve->begin_ns + serve_fault_real_ns(&serve->faults, next_ns);
	/* Set too early it only wakes once in vain: not worth a system call. */
	if (next_ns >= serve->armed_ns)
		return;

	struct itimerspec when = {.it_value = {.tv_sec = next_ns / NS_PER_S,
					       .tv_nsec = next_ns % NS_PER_S}};

	timerfd_settime(serve->due_fd, TFD_TIMER_ABSTIME, &when, NULL);
	serve->armed_ns = next_ns;
}

/* ---- the answer ---- */

static struct serve_answer answer_of(const struct exchange *exchange)
{
	return (struct serve_answer){
		.id = exchange->id,
		.created_s = exchange->created_s,
		.model = exchange->ask.model,
		.text = exchange->text.at,
		.bytes = exchange->text.used,
		.tokens_in = exchange->ask.tokens_in,
		.tokens_cached = exchange->hit ? exchange->ask.tokens_in : 0,
		.tokens_out = exchange->tokens,
		.turn = exchange->turn,
		.cut = exchange->cut,
	};
}

/* Bounds a task's answer as max_tokens does; its time is its own all the same. */
static void bound_reply(struct exchange *exchange)
{
	size_t at = 0;
	int tokens = 0;

	while (at < exchange->text.used && tokens != exchange->ask.max_tokens) {
		at += serve_token_bytes(exchange->text.at + at, exchange->text.used - at);
		tokens++;
	}
	exchange->cut = at < exchange->text.used;
	exchange->tokens = tokens;
	exchange->text.used = at;
}

static void draw_task(struct exchange *exchange, const struct serve_task *task)
{
	int64_t whole_ns = serve_task_service_ns(task, &exchange->rng);
	struct serve_pace pace = serve_pace_split(whole_ns, exchange->ask.tokens_in);
	char text[SERVE_ANSWER_BYTES];
	size_t bytes;

	if (exchange->path == SERVE_PATH_CHAT)
		exchange->turn = exchange->ask.turn;
	if (exchange->ask.chat && exchange->path == SERVE_PATH_CHAT)
		bytes = serve_task_reply(&exchange->rng, text, sizeof text);
	else /* without the line's end */
		bytes = serve_task_answer(task, &exchange->rng, exchange->turn, text) - 1;
	buf_add(&exchange->text, text, bytes);
	if (exchange->ask.chat)
		bound_reply(exchange);
	else
		exchange->tokens = serve_token_count(text, bytes);
	exchange->prefill_ns = pace.prefill_ns;
	exchange->left_ns = pace.decode_ns;
}

static void draw_prose(struct exchange *exchange)
{
	const struct serve_ask *ask = &exchange->ask;
	struct serve_pace pace;

	exchange->tokens = serve_task_prose(&exchange->rng, ask->min_tokens,
					    ask->max_tokens > 0 ? ask->max_tokens : 0,
					    ask->ignore_eos, &exchange->text, &exchange->cut);
	pace = serve_pace_draw(&exchange->rng, ask->tokens_in, exchange->tokens);
	exchange->prefill_ns = pace.prefill_ns;
	exchange->left_ns = pace.decode_ns;
}

static void draw(struct exchange *exchange, uint64_t number)
{
	struct serve *serve = exchange->serve;

	serve_task_rng(&exchange->rng, serve->seed, number);
	if (exchange->path <= SERVE_PATH_CHAT)
		draw_task(exchange, &serve_tasks[exchange->path]);
	else
		draw_prose(exchange);
	exchange->prefill_ns = (int64_t)((double)exchange->prefill_ns / serve->speed);
	exchange->left_ns = (int64_t)((double)exchange->left_ns / serve->speed) + 1;
}

static void recall(struct exchange *exchange, const struct serve_cached *cached)
{
	int64_t now_ns = clock_ns();

	exchange->hit = true;
	exchange->age_s = (now_ns - cached->stored_ns) / NS_PER_S;
	exchange->tokens = cached->tokens;
	exchange->turn = cached->turn;
	exchange->cut = cached->cut;
	buf_add(&exchange->text, cached->text, cached->bytes);
}

static void keep(struct exchange *exchange)
{
	struct serve_cached answer = {
		.text = exchange->text.at,
		.bytes = exchange->text.used,
		.tokens = exchange->tokens,
		.turn = exchange->turn,
		.cut = exchange->cut,
	};

	if (exchange->hit)
		return;
	memcpy(answer.key, exchange->ask.key, sizeof answer.key);
	serve_cache_put(&exchange->serve->cache, &answer, clock_ns());
}

/* ---- sending ---- */

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

static void on_ahead(struct bufferevent *events, void *arg)
{
	(void)arg;
	if (evbuffer_get_length(bufferevent_get_input(events)) > AHEAD_MAX)
		bufferevent_disable(events, EV_READ);
}

/* A client that shuts down its sending side counts as gone, as elsewhere. */
static void on_gone(struct bufferevent *events, short what, void *arg)
{
	struct exchange *exchange = arg;

	if ((what & BEV_EVENT_TIMEOUT) && (what & BEV_EVENT_READING))
		bufferevent_enable(events, EV_READ);
	else
		evhttp_connection_free(exchange->connection);
}

static struct bufferevent *events_of(const struct exchange *exchange)
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
	wire_send(events_of(exchange), frame->at, frame->used);
}

static struct buf *begin_event(struct exchange *exchange)
{
	struct buf *event = &exchange->serve->event;

	event->used = 0;
	if (exchange->ask.chat)
		buf_add(event, exchange->head.at, exchange->head.used);
	return event;
}

static void send_head(struct exchange *exchange)
{
	struct serve_answer answer = answer_of(exchange);
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
		bufferevent_setcb(events_of(exchange), on_ahead, NULL, on_gone, exchange);
		wire_flush(events_of(exchange));
	}
	if (!exchange->ask.chat)
		return;
	shape_chunk_head(&exchange->head, &answer);
	shape_chunk_role(begin_event(exchange));
	send_event(exchange);
}

static void send_token(struct exchange *exchange)
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

static void finish_stream(struct exchange *exchange)
{
	struct serve_answer answer = answer_of(exchange);

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
	struct serve_answer answer = answer_of(exchange);

	body->used = 0;
	if (exchange->ask.chat)
		shape_completion(body, &answer);
	else
		shape_task(body, &answer);
}

static void send_whole(struct exchange *exchange)
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
			wire_reset(events_of(exchange));
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
static void break_off(struct exchange *exchange)
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

static void refuse(struct serve *serve, enum serve_path path, struct serve_fate fate,
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

/* ---- step by step ---- */

/* No longer in the queue's nor the model's books. */
static void release(struct exchange *exchange, int64_t now_ns)
{
	serve_queue_leave(exchange->queue, &exchange->job, now_ns);
	exchange->serve->stats.kv_tokens -= exchange->kv_tokens;
	exchange->kv_tokens = 0;
}

static bool breaks(const struct exchange *exchange)
{
	enum serve_fault fault = exchange->fate.ends;

	return fault == SERVE_FAULT_RESET || fault == SERVE_FAULT_TRUNCATE ||
	       (fault == SERVE_FAULT_INBAND && exchange->ask.stream);
}

/* Faults last so long by the clock, however slow the batch. */
static int64_t work_of(const struct exchange *exchange, int64_t ns)
{
	return (int64_t)((double)ns * serve_queue_pace(exchange->queue));
}

/* The pause half-way, if this one has it. */
static int64_t stall_work(struct exchange *exchange)
{
	struct serve *serve = exchange->serve;

	if (!exchange->fate.stalls || exchange->hit)
		return 0;
	exchange->fate.stalls = false;
	serve->stats.faults[SERVE_FAULT_STALL]++;
	return work_of(exchange, serve->faults.stall_ns);
}

static int64_t token_work(struct exchange *exchange)
{
	int64_t step_ns = serve_pace_step(&exchange->rng, exchange->left_ns,
					  exchange->tokens - exchange->done);

	exchange->left_ns -= step_ns;
	if (exchange->done >= exchange->tokens / 2 && exchange->done > 0)
		step_ns += stall_work(exchange);
	return step_ns;
}

static void begin_service(struct exchange *exchange)
{
	struct serve *serve = exchange->serve;
	int64_t work_ns;

	exchange->phase = PHASE_SERVED;
	exchange->created_s = clock_wall_ns() / NS_PER_S;
	if (exchange->ask.stream) {
		send_head(exchange);
		work_ns = exchange->prefill_ns + token_work(exchange);
	} else {
		work_ns = exchange->prefill_ns + exchange->left_ns + stall_work(exchange);
	}
	if (!exchange->hit) {
		serve->stats.tokens_in += exchange->ask.tokens_in;
		exchange->kv_tokens = exchange->ask.tokens_in + (uint64_t)exchange->tokens;
		serve->stats.kv_tokens += exchange->kv_tokens;
	}
	serve_queue_step(exchange->queue, &exchange->job, work_ns);
}

static void finish(struct exchange *exchange)
{
	release(exchange, exchange->job.due_ns);
	exchange->phase = PHASE_ANSWERED;
	if (exchange->ask.stream) {
		keep(exchange);
		finish_stream(exchange);
		return;
	}
	if (breaks(exchange)) {
		break_off(exchange);
		return;
	}
	if (!exchange->hit)
		exchange->serve->stats.tokens_out += (uint64_t)exchange->tokens;
	keep(exchange);
	send_whole(exchange);
}

/* A stream has come to its next token. */
static void next_token(struct exchange *exchange)
{
	if (breaks(exchange) && exchange->done >= exchange->tokens / 2) {
		release(exchange, exchange->job.due_ns);
		exchange->phase = PHASE_ANSWERED;
		break_off(exchange);
		return;
	}
	send_token(exchange);
	if (exchange->done == exchange->tokens)
		finish(exchange);
	else
		serve_queue_step(exchange->queue, &exchange->job, token_work(exchange));
}

static void go_on(struct exchange *exchange)
{
	struct serve *serve = exchange->serve;

	if (exchange->phase == PHASE_WAITING && exchange->fate.starts_slowly &&
	    !exchange->hit) {
		exchange->phase = PHASE_LATE;
		serve->stats.faults[SERVE_FAULT_SLOW_START]++;
		serve_queue_step(exchange->queue, &exchange->job,
				 work_of(exchange, serve->faults.slow_start_ns));
	} else if (exchange->phase != PHASE_SERVED) {
		begin_service(exchange);
	} else if (exchange->ask.stream) {
		next_token(exchange);
	} else {
		finish(exchange);
	}
}

/* Does what is due. */
static void advance(struct serve *serve, int64_t now_ns)
{
	struct serve_job *job;

	while ((job = serve_queue_due(&serve->recall, now_ns)) ||
	       (job = serve_queue_due(&serve->queue, now_ns)))
		go_on((struct exchange *)job);
}

void serve_on_due(evutil_socket_t fd, short what, void *arg)
{
	struct serve *serve = arg;

	(void)fd;
	(void)what;
	/* Edge-triggered: setting it anew is enough, it need not be read. */
	serve->armed_ns = INT64_MAX;
	advance(serve, model_now_ns(serve));
	arm(serve);
}

/* ---- beginning and end ---- */

void exchange_cancel(struct exchange *exchange)
{
	struct serve *serve = exchange->serve;

	release(exchange, model_now_ns(serve));
	arm(serve);
	exchange_end(exchange);
}

/* The connection of an exchange is being freed, and its request with it. */
static void on_close(struct evhttp_connection *connection, void *arg)
{
	(void)connection;
	exchange_cancel(arg);
}

/* evhttp does not read while it waits for our answer and would not see that the
 * client hangs up. It takes its callbacks back when it sends. */
static void watch(struct exchange *exchange)
{
	struct bufferevent *events = events_of(exchange);

	evhttp_connection_set_closecb(exchange->connection, on_close, exchange);
	bufferevent_setcb(events, on_ahead, NULL, on_gone, exchange);
	bufferevent_enable(events, EV_READ);
}

struct exchange *exchange_begin(struct serve *serve, enum serve_path path,
				const struct serve_ask *ask,
				struct evhttp_request *request, struct ws *ws)
{
	uint64_t number = serve->requests++;
	struct serve_fate fate = serve_fate_draw(&serve->faults, serve->seed, number);
	const struct serve_cached *cached;
	struct exchange *exchange;
	int64_t now_ns;

	if (fate.status > 0) {
		refuse(serve, path, fate, request, ws);
		return NULL;
	}
	exchange = exchange_new(serve);
	exchange->request = request;
	exchange->ws = ws;
	exchange->path = path;
	exchange->ask = *ask;
	exchange->fate = fate;
	exchange->queue = &serve->queue;
	if (request) {
		exchange->connection = evhttp_request_get_connection(request);
		watch(exchange);
	}
	cached = serve->cache.ttl_ns > 0
			 ? serve_cache_find(&serve->cache, ask->key, clock_ns())
			 : NULL;
	if (cached) {
		recall(exchange, cached);
		exchange->queue = &serve->recall;
	} else {
		draw(exchange, number);
	}
	serve_task_rng(&exchange->rng, serve->seed ^ number, UINT64_MAX - number);
	exchange->id = rng_next(&exchange->rng);
	now_ns = model_now_ns(serve);
	/* In a burst of arrivals the timer waits behind them; do not let it. */
	advance(serve, now_ns);
	serve_queue_arrive(exchange->queue, &exchange->job, now_ns,
			   exchange->hit ? (int64_t)(RECALL_NS / serve->speed) : 0);
	arm(serve);
	return exchange;
}
