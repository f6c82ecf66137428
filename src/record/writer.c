/* The recorder thread: ring in, run file out. The database is the thread's
 * alone from writer_start() to the join in writer_stop(); what others ask is
 * atomic or behind the lock. */
#include "record/writer.h"

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "runfile.h"
#include "store.h"

#define RING_BYTES (16ULL << 20)
#define COMMIT_NS (250 * NS_PER_MS)
#define POLL_NS (20 * NS_PER_MS)
#define BATCH 512 /* records between two looks at the clock */

struct writer {
	struct ring *ring;
	struct store *store;
	char *path;
	pthread_t thread;

	pthread_mutex_t lock;
	pthread_cond_t changed;            /* one of these: */
	bool stop, drained, closing_known; /* under lock */
	const struct run_closing *closing; /* under lock; caller's until joined */

	struct err trouble; /* set once, before the flag */
	/* Release in set_trouble(), acquire in writer_trouble(). */
	atomic_bool has_trouble;
	_Atomic uint64_t lost; /* records popped and not kept */

	/* The thread's, read after the join. */
	int64_t transaction_ns; /* when the first pending record was put */
	bool ended;             /* REC_END has come */
	int ret;
	struct err err;
};

static void set_trouble(struct writer *writer, const struct err *err)
{
	uint64_t pending = store_pending(writer->store);

	writer->trouble = *err;
	atomic_store_explicit(&writer->has_trouble, true, memory_order_release);
	atomic_fetch_add_explicit(&writer->lost, pending, memory_order_relaxed);
	log_line("record: %s", err->text);
}

static bool in_trouble(const struct writer *writer)
{
	return atomic_load_explicit(&writer->has_trouble, memory_order_acquire);
}

static bool is_state(const struct rec *rec)
{
	return rec->kind == REC_STATE || rec->kind == REC_SECOND;
}

/* States follow from the other records; of exemplars there are others. */
static bool is_no_loss(const struct rec *rec)
{
	return is_state(rec) || rec->kind == REC_EXEMPLAR;
}

/* Pops one batch; returns the number of records. */
static int drain(struct writer *writer)
{
	const struct rec *rec;
	struct err err;
	int n = 0;

	while (n < BATCH && (rec = ring_front(writer->ring))) {
		if (rec->kind == REC_END)
			writer->ended = true;
		if (in_trouble(writer)) {
			if (!is_no_loss(rec))
				atomic_fetch_add_explicit(&writer->lost, 1, memory_order_relaxed);
		} else {
			if (store_pending(writer->store) == 0)
				writer->transaction_ns = clock_ns();
			if (store_put(writer->store, rec, &err) != 0)
				set_trouble(writer, &err);
		}
		if (is_state(rec))
			free(((const struct rec_state *)rec)->state);
		ring_pop(writer->ring);
		n++;
	}
	ring_release(writer->ring);
	return n;
}

static void commit(struct writer *writer)
{
	struct err err;

	if (!in_trouble(writer) && store_commit(writer->store, &err) != 0)
		set_trouble(writer, &err);
}

/* Waits a moment for records; true when it is time to stop. */
static bool nap(struct writer *writer)
{
	int64_t until = clock_ns() + POLL_NS;
	struct timespec ts = {
		.tv_sec = until / NS_PER_S,
		.tv_nsec = until % NS_PER_S,
	};
	bool stop;

	pthread_mutex_lock(&writer->lock);
	if (!writer->stop)
		pthread_cond_timedwait(&writer->changed, &writer->lock, &ts);
	stop = writer->stop;
	pthread_mutex_unlock(&writer->lock);
	return stop;
}

/* The file itself says what it lacks, where that can still be written: what the
 * failed transaction took is free again. */
static void finish(struct writer *writer)
{
	size_t path_bytes = strlen(writer->path);
	const char *trouble = writer_trouble(writer);
	struct ring_stats stats;
	struct err why = {""};
	uint64_t lost;

	ring_stats(writer->ring, &stats);
	lost = stats.dropped + atomic_load_explicit(&writer->lost, memory_order_relaxed);
	if (!strncmp(trouble, writer->path, path_bytes) && trouble[path_bytes] == ':')
		err_set(&why, "%s", trouble + path_bytes + 2);
	else if (*trouble)
		err_set(&why, "%s", trouble);
	else if (lost)
		err_set(&why, "%" PRIu64 " records are missing: the disk was too slow", lost);
	writer->ret = store_close(writer->store, writer->closing, lost, why.text, &writer->err);
	if (*why.text)
		writer->ret = err_set(&writer->err, "%s: %s", writer->path, why.text);
}

/* All is in the file; what is left is how the run ended. */
static void await_closing(struct writer *writer)
{
	pthread_mutex_lock(&writer->lock);
	writer->drained = true;
	pthread_cond_broadcast(&writer->changed);
	while (!writer->closing_known)
		pthread_cond_wait(&writer->changed, &writer->lock);
	pthread_mutex_unlock(&writer->lock);
}

static void *record(void *arg)
{
	struct writer *writer = arg;
	bool stop = false;

	for (;;) {
		/* Looked at before draining: the collector had ended by then, so
		 * an empty ring afterwards stays empty. */
		bool last = stop;
		int n = drain(writer);

		if (store_pending(writer->store) &&
		    clock_ns() - writer->transaction_ns >= COMMIT_NS)
			commit(writer);
		if (last && (n == 0 || writer->ended))
			break;
		if (n < BATCH)
			stop = nap(writer);
	}
	commit(writer);
	await_closing(writer);
	finish(writer);
	return NULL;
}

int writer_check(const char *path, struct err *err)
{
	return store_check(path, err);
}

/* The store is the writer's, also when it fails. */
static int start(const char *path, struct store *store, struct writer **out, struct err *err)
{
	struct writer *writer;
	pthread_condattr_t attr;
	sigset_t all, old;
	int rc;

	writer = xcalloc(1, sizeof *writer);
	writer->store = store;
	writer->path = xstrdup(path);
	writer->ring = ring_new(RING_BYTES);
	pthread_mutex_init(&writer->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&writer->changed, &attr);
	pthread_condattr_destroy(&attr);

	/* SIGXFSZ among them: a size limit shall be an error, not the end. */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	rc = pthread_create(&writer->thread, NULL, record, writer);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (rc != 0) {
		err_set(err, "the recorder thread could not start: %s", strerror(rc));
		store_close(store, NULL, 0, "", NULL);
		goto fail;
	}
	*out = writer;
	return 0;
fail:
	pthread_cond_destroy(&writer->changed);
	pthread_mutex_destroy(&writer->lock);
	ring_free(writer->ring);
	free(writer->path);
	free(writer);
	return -1;
}

int writer_start(const char *path, const struct run_meta *meta, struct writer **out,
		 struct err *err)
{
	struct store *store = NULL;

	return store_create(path, meta, NULL, &store, err) ? -1 : start(path, store, out, err);
}

int writer_start_new(const char *path, const struct run_meta *meta, struct writer **out,
		     struct err *err)
{
	struct store *store = NULL;
	bool taken = true;
	int number, ret = -1, stem = (int)runfile_stem(path, &number);

	for (; taken && number <= RUNFILE_SAME; number++) {
		char *name = number == 1 ? xstrdup(path) : xasprintf("%.*s-%d" RUNFILE_SUFFIX, stem, path, number);

		if (store_create(name, meta, &taken, &store, err) == 0)
			ret = start(name, store, out, err);
		free(name);
	}
	return ret;
}

struct ring *writer_ring(struct writer *writer)
{
	return writer->ring;
}

const char *writer_path(const struct writer *writer)
{
	return writer->path;
}

const char *writer_trouble(const struct writer *writer)
{
	return in_trouble(writer) ? writer->trouble.text : "";
}

uint64_t writer_lost(const struct writer *writer)
{
	return atomic_load_explicit(&writer->lost, memory_order_relaxed);
}

void writer_drain(struct writer *writer)
{
	pthread_mutex_lock(&writer->lock);
	writer->stop = true;
	pthread_cond_broadcast(&writer->changed);
	while (!writer->drained)
		pthread_cond_wait(&writer->changed, &writer->lock);
	pthread_mutex_unlock(&writer->lock);
}

int writer_stop(struct writer *writer, const struct run_closing *closing,
		struct err *err)
{
	int ret;

	pthread_mutex_lock(&writer->lock);
	writer->stop = true;
	writer->closing = closing;
	writer->closing_known = true;
	pthread_cond_broadcast(&writer->changed);
	pthread_mutex_unlock(&writer->lock);
	pthread_join(writer->thread, NULL);
	ret = writer->ret;
	if (ret != 0)
		err_set(err, "%s", writer->err.text);
	pthread_cond_destroy(&writer->changed);
	pthread_mutex_destroy(&writer->lock);
	ring_free(writer->ring);
	free(writer->path);
	free(writer);
	return ret;
}
