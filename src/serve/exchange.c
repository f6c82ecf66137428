/* A request on its way through the queue and the model. */
#include <event2/bufferevent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "exchange_private.h"
#include "pace.h"
#include "task.h"

/* At speed 1: looking an answer up. */
#define RECALL_NS (2 * NS_PER_MS)

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

void exchange_end(struct exchange *exchange)
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
		exchange_send_head(exchange);
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
		exchange_keep(exchange);
		exchange_send_end(exchange);
		return;
	}
	if (breaks(exchange)) {
		exchange_break_off(exchange);
		return;
	}
	if (!exchange->hit)
		exchange->serve->stats.tokens_out += (uint64_t)exchange->tokens;
	exchange_keep(exchange);
	exchange_send_whole(exchange);
}

/* A stream has come to its next token. */
static void next_token(struct exchange *exchange)
{
	if (breaks(exchange) && exchange->done >= exchange->tokens / 2) {
		release(exchange, exchange->job.due_ns);
		exchange->phase = PHASE_ANSWERED;
		exchange_break_off(exchange);
		return;
	}
	exchange_send_token(exchange);
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
	struct bufferevent *events = exchange_events(exchange);

	evhttp_connection_set_closecb(exchange->connection, on_close, exchange);
	bufferevent_setcb(events, exchange_on_ahead, NULL, exchange_on_gone, exchange);
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
		exchange_refuse(serve, path, fate, request, ws);
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
		exchange_recall(exchange, cached);
		exchange->queue = &serve->recall;
	} else {
		exchange_draw(exchange, number);
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
