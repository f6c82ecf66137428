/* The collector's thread: passes, snapshots, sleep. What a pass does is in
 * feeder.c. */
#include "run/collector.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "feeder.h"

#define PUBLISH_NS (50 * NS_PER_MS)       /* where something was counted */
#define PUBLISH_TIME_NS (200 * NS_PER_MS) /* where only time went on */
#define COST_SHARE 40 /* at most 1/40 of the time goes into snapshots */
/* Each pass finds the histograms out of the CPU's caches: fewer are cheaper. */
#define NAP_MS 10
/* After a pass that took so many there are more: no sleep. */
#define BUSY_RECORDS 4096

struct collector {
	struct feeder feeder;
	struct snapbox *box;
	pthread_t thread;
	bool joined;
	int wake_fd; /* an eventfd */
	/* Set by others (release), read by the thread (acquire). */
	_Atomic bool wanted; /* a snapshot at once */
	_Atomic bool stop, join;
	/* Set by the thread (release): what it fed before is done. */
	_Atomic bool ended;
	/* The same: of a replay, a state was not the model's. */
	_Atomic bool refused;

	/* The thread's own. */
	uint64_t number;       /* of snapshots */
	int64_t published_ns;  /* when the last one was */
	int64_t gap_ns;        /* until the next one */
	uint64_t published_fed; /* what was in it */
	int64_t published_us;
	uint32_t generation;
	bool pending; /* a wanted one that a seek holds up */
};

/* --- snapshots ------------------------------------------------------------ */

static bool due(struct collector *c, struct view_query query, int64_t now_ns)
{
	const struct feeder *f = &c->feeder;
	int64_t since_ns = now_ns - c->published_ns;

	if (!c->number)
		return f->fed > 0;
	if (query.generation != c->generation)
		return true;
	if (f->fed != c->published_fed && since_ns >= c->gap_ns)
		return true;
	return model_time(f->model) != c->published_us && since_ns >= PUBLISH_TIME_NS;
}

static void publish(struct collector *c)
{
	struct view_query query = snapbox_asked(c->box);
	int64_t now_ns = clock_ns();

	if (atomic_exchange_explicit(&c->wanted, false, memory_order_acq_rel))
		c->pending = true;
	if (model_quiet(c->feeder.model)) {
		c->pending = true; /* at once when the seek is done */
		return;
	}
	if (!c->pending && !due(c, query, now_ns))
		return;
	struct snapshot *s = snapbox_write(c->box);

	model_snapshot(c->feeder.model, query, s);
	s->number = ++c->number;
	snapbox_publish(c->box);
	c->pending = false;
	c->published_ns = now_ns;
	/* Dear ones (many tasks) come more seldom. */
	c->gap_ns = (clock_ns() - now_ns) * COST_SHARE;
	if (c->gap_ns < PUBLISH_NS)
		c->gap_ns = PUBLISH_NS;
	c->published_fed = c->feeder.fed;
	c->published_us = model_time(c->feeder.model);
	c->generation = query.generation;
}

/* --- the thread ----------------------------------------------------------- */

static void nap(struct collector *c, int ms)
{
	struct pollfd p = {.fd = c->wake_fd, .events = POLLIN};
	uint64_t unused;

	if (poll(&p, 1, ms) > 0 && read(c->wake_fd, &unused, sizeof unused) < 0)
		return; /* somebody else's wake was the same one */
}

static void *run(void *arg)
{
	struct collector *c = arg;
	struct feeder *f = &c->feeder;
	bool live = f->config.changes, stopped = false;

	for (;;) {
		bool join = atomic_load_explicit(&c->join, memory_order_acquire);
		bool was_ended = f->ended;
		int n;

		if (!stopped && atomic_load_explicit(&c->stop, memory_order_acquire)) {
			stopped = true;
			feeder_finish(f);
		}
		if (stopped)
			n = feeder_discard(f);
		else if (live && f->ended)
			n = 0;
		else
			n = feeder_pass(f);
		if (f->ended != was_ended)
			c->pending = true;
		if (f->refused)
			atomic_store_explicit(&c->refused, true, memory_order_release);
		publish(c);
		/* After the last snapshot: who sees the end finds it. */
		if (f->ended != was_ended)
			atomic_store_explicit(&c->ended, f->ended, memory_order_release);
		if (f->ended && join)
			break;
		if (live && f->ended && !stopped)
			nap(c, -1);
		else if (n < BUSY_RECORDS)
			nap(c, NAP_MS);
	}
	return NULL;
}

int collector_start(const struct collector_config *config, struct collector **out,
		    struct err *err)
{
	struct collector *c = xcalloc(1, sizeof *c);
	sigset_t all, old;
	int code;

	c->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (c->wake_fd < 0) {
		free(c);
		return err_set(err, "cannot make an eventfd: %s", strerror(errno));
	}
	c->box = snapbox_new();
	feeder_init(&c->feeder, config);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	code = pthread_create(&c->thread, NULL, run, c);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (code) {
		c->joined = true;
		collector_free(c);
		return err_set(err, "cannot start the collector's thread: %s", strerror(code));
	}
	pthread_setname_np(c->thread, "collector");
	*out = c;
	return 0;
}

/* --- other threads -------------------------------------------------------- */

struct snapbox *collector_snapbox(struct collector *c)
{
	return c->box;
}

/* The eventfd's counter cannot overflow: the thread empties it. */
static void wake(struct collector *c)
{
	uint64_t one = 1;

	while (write(c->wake_fd, &one, sizeof one) < 0 && errno == EINTR)
		;
}

void collector_wake(struct collector *c)
{
	atomic_store_explicit(&c->wanted, true, memory_order_release);
	wake(c);
}

void collector_stop(struct collector *c)
{
	atomic_store_explicit(&c->stop, true, memory_order_release);
	wake(c);
}

bool collector_ended(const struct collector *c)
{
	return atomic_load_explicit(&c->ended, memory_order_acquire);
}

bool collector_refused(const struct collector *c)
{
	return atomic_load_explicit(&c->refused, memory_order_acquire);
}

static void join(struct collector *c)
{
	if (c->joined)
		return;
	atomic_store_explicit(&c->join, true, memory_order_release);
	wake(c);
	pthread_join(c->thread, NULL);
	c->joined = true;
}

void collector_join(struct collector *c, struct result *out)
{
	join(c);
	model_result(c->feeder.model, out);
}

void collector_client(const struct collector *c, struct run_closing *out)
{
	model_client(c->feeder.model, out);
}

void collector_free(struct collector *c)
{
	if (!c)
		return;
	if (!c->joined)
		collector_stop(c);
	join(c);
	feeder_fini(&c->feeder);
	snapbox_free(c->box);
	close(c->wake_fd);
	free(c);
}
