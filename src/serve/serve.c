#include "serve/serve.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "exchange.h"
#include "listen.h"
#include "state.h"
#include "ws.h"

#define SLOTS_MAX 100000
#define SPEED_MIN 0.001
#define SPEED_MAX 1e6
#define SLOWDOWN_MAX 100.0
#define CACHE_MAX 1000000
#define CACHE_DEFAULT 1000
#define BODY_MAX (1024 * 1024)
#define HEADERS_MAX (32 * 1024)
/* Longer than any user thinks between two requests. */
#define IDLE_S 600
#define GRACE_MS 500
#define ACCEPT_PAUSE_MS 20

/* libevent's accept error callback carries evhttp's argument, not ours. */
static _Thread_local struct serve *running;

static void on_accept_error(struct evconnlistener *listener, void *arg)
{
	struct timeval pause = {.tv_usec = ACCEPT_PAUSE_MS * US_PER_MS};

	(void)arg;
	/* Out of descriptors: the socket stays readable and would spin. */
	evconnlistener_disable(listener);
	event_add(running->accept_again, &pause);
}

static void on_accept_again(evutil_socket_t fd, short what, void *arg)
{
	struct serve *serve = arg;

	(void)fd;
	(void)what;
	if (serve->bound)
		evconnlistener_enable(evhttp_bound_socket_get_listener(serve->bound));
}

static void on_stop(evutil_socket_t fd, short what, void *arg)
{
	struct serve *serve = arg;
	struct timeval grace = {.tv_usec = GRACE_MS * US_PER_MS};

	(void)fd;
	(void)what;
	serve->stopping = true;
	evhttp_del_accept_socket(serve->http, serve->bound);
	serve->bound = NULL;
	ws_stop(serve);
	if (serve->open == 0)
		event_base_loopbreak(serve->base);
	else
		event_add(serve->grace, &grace);
}

static void on_grace_over(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	event_base_loopbreak(((struct serve *)arg)->base);
}

static void on_libevent_log(int severity, const char *message)
{
	log_line("libevent (%d): %s", severity, message);
}

static int check_faults(const struct serve_faults *faults, struct err *err)
{
	const struct {
		const char *flag;
		double rate;
	} rates[] = {
		{"fail-rate", faults->fail},
		{"reject-rate", faults->reject},
		{"reset-rate", faults->reset},
		{"truncate-rate", faults->truncate},
		{"inband-error-rate", faults->inband_error},
		{"stall-rate", faults->stall},
		{"slow-start-rate", faults->slow_start},
	};

	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
		if (!(rates[i].rate >= 0 && rates[i].rate <= 1))
			return err_set(err, "--%s %g: expected 0 to 1", rates[i].flag,
				       rates[i].rate);
	if (faults->stall_ns < 0 || faults->slow_start_ns < 0)
		return err_set(err, "--stall-time, --slow-start-time: expected a duration");
	if (faults->common_length_ns < 0 ||
	    (faults->common_length_ns > 0 &&
	     faults->common_every_ns <= faults->common_length_ns))
		return err_set(err, "--common-stall: expected a pause shorter than its period");
	return 0;
}

static int check(const struct serve_config *config, struct err *err)
{
	if (config->port < 0 || config->port > 65535)
		return err_set(err, "--port %d: expected 0 to 65535", config->port);
	if (config->slots < 1 || config->slots > SLOTS_MAX)
		return err_set(err, "--slots %d: expected 1 to %d", config->slots,
			       SLOTS_MAX);
	if (!(config->speed >= SPEED_MIN && config->speed <= SPEED_MAX))
		return err_set(err, "--speed %g: expected %g to %g", config->speed,
			       SPEED_MIN, SPEED_MAX);
	if (!(config->batch_slowdown >= 0 && config->batch_slowdown <= SLOWDOWN_MAX))
		return err_set(err, "--batch-slowdown %g: expected 0 to %g",
			       config->batch_slowdown, SLOWDOWN_MAX);
	if (config->cache_ttl_ns < 0)
		return err_set(err, "--cache-ttl: expected a duration");
	if (config->cache_size < 0 || config->cache_size > CACHE_MAX)
		return err_set(err, "--cache-size %d: expected 1 to %d", config->cache_size,
			       CACHE_MAX);
	return check_faults(&config->faults, err);
}

static int open_loop(struct serve *serve)
{
	struct event_config *config = event_config_new();

	if (!config)
		return -1;
	/* One thread uses the base; the timing is due_fd's. No change list: it
	 * touches sockets after their close, when their numbers may be those of
	 * another thread's files. */
	event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
	event_config_require_features(config, EV_FEATURE_ET);
	serve->base = event_base_new_with_config(config);
	event_config_free(config);
	serve->due_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	serve->stop_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (!serve->base || serve->due_fd < 0 || serve->stop_fd < 0)
		return -1;

	serve->due = event_new(serve->base, serve->due_fd, EV_READ | EV_PERSIST | EV_ET,
			       serve_on_due, serve);
	serve->stop = event_new(serve->base, serve->stop_fd, EV_READ, on_stop, serve);
	serve->grace = evtimer_new(serve->base, on_grace_over, serve);
	serve->accept_again = evtimer_new(serve->base, on_accept_again, serve);
	if (!serve->due || !serve->stop || !serve->grace || !serve->accept_again)
		return -1;
	return event_add(serve->due, NULL) < 0 || event_add(serve->stop, NULL) < 0 ? -1
										    : 0;
}

static int open_http(struct serve *serve, int fd)
{
	serve->http = evhttp_new(serve->base);
	if (!serve->http)
		return -1;
	evhttp_set_timeout(serve->http, IDLE_S);
	evhttp_set_max_headers_size(serve->http, HEADERS_MAX);
	evhttp_set_max_body_size(serve->http, BODY_MAX);
	/* Lets a client with a larger body finish, so that it reads the 413. */
	evhttp_set_flags(serve->http, EVHTTP_SERVER_LINGERING_CLOSE);
	/* All that evhttp knows: the wrong ones get our 405. */
	evhttp_set_allowed_methods(serve->http,
				   EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_HEAD |
					   EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE |
					   EVHTTP_REQ_OPTIONS | EVHTTP_REQ_TRACE |
					   EVHTTP_REQ_CONNECT | EVHTTP_REQ_PATCH);
	evhttp_set_gencb(serve->http, serve_on_request, serve);
	serve->bound = evhttp_accept_socket_with_handle(serve->http, fd);
	if (!serve->bound)
		return -1;
	evconnlistener_set_error_cb(evhttp_bound_socket_get_listener(serve->bound),
				    on_accept_error);
	return 0;
}

int serve_open(const struct serve_config *config, struct serve **out, struct err *err)
{
	int port = config->port;
	int fd;

	if (check(config, err) < 0)
		return -1;
	fd = serve_listen(config->bind ? config->bind : "127.0.0.1", &port, err);
	if (fd < 0)
		return -1;

	struct serve *serve = xcalloc(1, sizeof *serve);

	event_set_log_callback(on_libevent_log);
	serve->port = port;
	serve->seed = config->seed;
	serve->speed = config->speed;
	serve->armed_ns = INT64_MAX;
	serve->due_fd = serve->stop_fd = -1;
	serve->begin_ns = clock_ns();
	serve->faults = config->faults;
	serve_queue_init(&serve->queue, config->slots, config->batch_slowdown);
	serve_queue_init(&serve->recall, INT_MAX, 0);
	serve_cache_init(&serve->cache, config->cache_ttl_ns,
			 config->cache_size ? (size_t)config->cache_size : CACHE_DEFAULT);
	if (open_loop(serve) < 0 || open_http(serve, fd) < 0) {
		err_set(err, "the backend's event loop could not be set up: %s",
			strerror(errno));
		if (!serve->bound)
			close(fd);
		serve_close(serve);
		return -1;
	}
	*out = serve;
	return 0;
}

int serve_port(const struct serve *serve)
{
	return serve->port;
}

void serve_run(struct serve *serve)
{
	running = serve;
	event_base_dispatch(serve->base);
	/* Says goodbye to every client now and not when the caller gets to it. */
	evhttp_free(serve->http);
	serve->http = NULL;
	running = NULL;
}

static void *thread_main(void *arg)
{
	serve_run(arg);
	return NULL;
}

int serve_start_thread(struct serve *serve, struct err *err)
{
	sigset_t all, before;
	int code;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	code = pthread_create(&serve->thread, NULL, thread_main, serve);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (code != 0)
		return err_set(err, "the backend's thread could not be started: %s",
			       strerror(code));
	serve->threaded = true;
	return 0;
}

void serve_stop(struct serve *serve)
{
	uint64_t one = 1;

	if (write(serve->stop_fd, &one, sizeof one) < 0) {
		/* Only if it is full: then the loop will see it anyway. */
	}
}

void serve_close(struct serve *serve)
{
	if (!serve)
		return;
	if (serve->threaded)
		pthread_join(serve->thread, NULL);
	if (serve->http)
		evhttp_free(serve->http);

	struct event *events[] = {serve->due, serve->stop, serve->grace,
				  serve->accept_again};

	for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
		if (events[i])
			event_free(events[i]);
	}
	if (serve->base)
		event_base_free(serve->base);
	if (serve->due_fd >= 0)
		close(serve->due_fd);
	if (serve->stop_fd >= 0)
		close(serve->stop_fd);
	serve_free_exchanges(serve);
	serve_queue_fini(&serve->queue);
	serve_queue_fini(&serve->recall);
	serve_cache_fini(&serve->cache);
	buf_fini(&serve->event);
	buf_fini(&serve->frame);
	free(serve);
}
