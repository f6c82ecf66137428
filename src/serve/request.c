/* Requests and their answers: from evhttp's callback to the last byte sent. */
#include <cJSON.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "state.h"
#include "task.h"

/* Read ahead of a request that is being served; more stays in the kernel. */
#define AHEAD_MAX (64 * 1024)

/* A request from its arrival until its answer is sent or its client is gone. */
struct exchange {
	struct serve_job job; /* first: a job of the queue is its exchange */
	struct serve *serve;
	struct evhttp_request *request;
	struct evhttp_connection *connection;
	const struct serve_task *task;
	struct rng rng;
	int turn;
	struct exchange *next_free;
};

/* ---- answers ---- */

static void reply(struct serve *serve, struct evhttp_request *request, int code,
		  const char *reason, const char *body, size_t bytes)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(request);

	evhttp_add_header(headers, "Content-Type", "application/json");
	if (serve->stopping)
		evhttp_add_header(headers, "Connection", "close");
	evbuffer_add(evhttp_request_get_output_buffer(request), body, bytes);
	evhttp_send_reply(request, code, reason, NULL);
}

static void reply_error(struct serve *serve, struct evhttp_request *request, int code,
			const char *reason, const char *message)
{
	char body[256];
	int length = snprintf(body, sizeof body,
			      "{\"error\":{\"status\":%d,\"message\":\"%s\"}}\n", code,
			      message);

	reply(serve, request, code, reason, body, (size_t)length);
}

static void reply_health(struct serve *serve, struct evhttp_request *request)
{
	char body[128];
	int length = snprintf(body, sizeof body,
			      "{\"status\":\"%s\",\"slots\":%d,\"busy\":%zu,\"waiting\":%zu}\n",
			      serve->stopping ? "stopping" : "ok", serve->queue.slots,
			      serve->queue.busy, serve->queue.waiting);

	reply(serve, request, HTTP_OK, "OK", body, (size_t)length);
}

/* ---- exchanges ---- */

static struct exchange *exchange_new(struct serve *serve)
{
	struct exchange *exchange = serve->free;

	if (exchange)
		serve->free = exchange->next_free;
	else
		exchange = xmalloc(sizeof *exchange);
	memset(exchange, 0, sizeof *exchange);
	exchange->serve = serve;
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
		free(exchange);
	}
}

static void arm(struct serve *serve)
{
	int64_t next_ns = serve_queue_next_ns(&serve->queue);

	/* Set too early it only wakes once in vain: not worth a system call. */
	if (next_ns >= serve->armed_ns)
		return;

	struct itimerspec when = {.it_value = {.tv_sec = next_ns / NS_PER_S,
					       .tv_nsec = next_ns % NS_PER_S}};

	timerfd_settime(serve->due_fd, TFD_TIMER_ABSTIME, &when, NULL);
	serve->armed_ns = next_ns;
}

static void on_sent(struct evhttp_request *request, void *arg)
{
	struct exchange *exchange = arg;

	(void)request;
	evhttp_connection_set_closecb(exchange->connection, NULL, NULL);
	exchange_end(exchange);
}

/* Answers what is due. */
static void advance(struct serve *serve, int64_t now_ns)
{
	struct serve_job *job;

	while ((job = serve_queue_finished(&serve->queue, now_ns))) {
		struct exchange *exchange = (struct exchange *)job;
		char body[SERVE_ANSWER_BYTES];
		size_t bytes = serve_task_answer(exchange->task, &exchange->rng,
						 exchange->turn, body);

		evhttp_request_set_on_complete_cb(exchange->request, on_sent, exchange);
		reply(serve, exchange->request, HTTP_OK, "OK", body, bytes);
	}
}

void serve_on_due(evutil_socket_t fd, short what, void *arg)
{
	struct serve *serve = arg;

	(void)fd;
	(void)what;
	/* Edge-triggered: setting it anew is enough, it need not be read. */
	serve->armed_ns = INT64_MAX;
	advance(serve, clock_ns());
	arm(serve);
}

/* The connection of an exchange is being freed, and its request with it. */
static void on_close(struct evhttp_connection *connection, void *arg)
{
	struct exchange *exchange = arg;
	struct serve *serve = exchange->serve;

	(void)connection;
	serve_queue_leave(&serve->queue, &exchange->job, clock_ns());
	arm(serve);
	exchange_end(exchange);
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

	if (what & BEV_EVENT_TIMEOUT)
		bufferevent_enable(events, EV_READ);
	else
		evhttp_connection_free(exchange->connection);
}

/* evhttp does not read while it waits for our answer and would not see that the
 * client hangs up. It takes its callbacks back when it sends. */
static void watch(struct exchange *exchange)
{
	struct bufferevent *events =
		evhttp_connection_get_bufferevent(exchange->connection);

	evhttp_connection_set_closecb(exchange->connection, on_close, exchange);
	bufferevent_setcb(events, on_ahead, NULL, on_gone, exchange);
	bufferevent_enable(events, EV_READ);
}

/* ---- requests ---- */

/* Which turn of its conversation a request is: the "turn" it gives, else the
 * number of the user's messages, else 1. */
static int turn_of(const cJSON *body)
{
	const cJSON *turn = cJSON_GetObjectItemCaseSensitive(body, "turn");
	const cJSON *messages = cJSON_GetObjectItemCaseSensitive(body, "messages");
	const cJSON *message;
	int users = 0;

	if (cJSON_IsNumber(turn) && turn->valuedouble >= 1 && turn->valuedouble <= 1e6)
		return turn->valueint;
	if (!cJSON_IsArray(messages))
		return 1;
	cJSON_ArrayForEach(message, messages) {
		const cJSON *role = cJSON_GetObjectItemCaseSensitive(message, "role");

		if (cJSON_IsString(role) && strcmp(role->valuestring, "user") == 0)
			users++;
	}
	return users > 0 ? users : 1;
}

static int read_body(struct evhttp_request *request, int *turn)
{
	struct evbuffer *input = evhttp_request_get_input_buffer(request);
	size_t bytes = evbuffer_get_length(input);
	const char *text = bytes ? (const char *)evbuffer_pullup(input, -1) : "";
	const char *end = NULL;
	cJSON *body = cJSON_ParseWithLengthOpts(text, bytes, &end, false);

	if (!body)
		return -1;
	*turn = turn_of(body);
	cJSON_Delete(body);
	while (end < text + bytes && (*end == ' ' || (*end >= '\t' && *end <= '\r')))
		end++;
	return end == text + bytes ? 0 : -1;
}

static void on_task(struct serve *serve, struct evhttp_request *request,
		    const struct serve_task *task)
{
	int turn = 1;

	if (serve->stopping) {
		reply_error(serve, request, HTTP_SERVUNAVAIL, "Service Unavailable",
			    "the server is stopping");
		return;
	}
	if (read_body(request, &turn) < 0) {
		reply_error(serve, request, HTTP_BADREQUEST, "Bad Request",
			    "the body is not JSON");
		return;
	}

	struct exchange *exchange = exchange_new(serve);
	int64_t now_ns = clock_ns();
	int64_t service_ns;

	exchange->request = request;
	exchange->connection = evhttp_request_get_connection(request);
	exchange->task = task;
	exchange->turn = turn;
	serve_task_rng(&exchange->rng, serve->seed, serve->requests++);
	service_ns = (int64_t)((double)serve_task_service_ns(task, &exchange->rng) /
			       serve->speed);
	watch(exchange);
	/* In a burst of arrivals the timer waits behind them; do not let it. */
	advance(serve, now_ns);
	serve_queue_arrive(&serve->queue, &exchange->job, now_ns, service_ns);
	arm(serve);
}

static void refuse_method(struct serve *serve, struct evhttp_request *request,
			  const char *allowed)
{
	char message[64];

	snprintf(message, sizeof message, "this path takes %s", allowed);
	evhttp_add_header(evhttp_request_get_output_headers(request), "Allow", allowed);
	reply_error(serve, request, HTTP_BADMETHOD, "Method Not Allowed", message);
}

void serve_on_request(struct evhttp_request *request, void *arg)
{
	struct serve *serve = arg;
	const char *path = evhttp_uri_get_path(evhttp_request_get_evhttp_uri(request));
	enum evhttp_cmd_type method = evhttp_request_get_command(request);

	if (path && strcmp(path, "/healthz") == 0) {
		if (method & (EVHTTP_REQ_GET | EVHTTP_REQ_HEAD))
			reply_health(serve, request);
		else
			refuse_method(serve, request, "GET, HEAD");
		return;
	}
	for (int i = 0; path && i < SERVE_TASKS; i++) {
		if (strcmp(path, serve_tasks[i].path) != 0)
			continue;
		if (method == EVHTTP_REQ_POST)
			on_task(serve, request, &serve_tasks[i]);
		else
			refuse_method(serve, request, "POST");
		return;
	}
	reply_error(serve, request, HTTP_NOTFOUND, "Not Found", "no such path");
}
