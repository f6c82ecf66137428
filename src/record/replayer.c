/* The playback clock is `at_us`. It moves by speed times real time while
 * playing, but never faster than the ring takes the records: what could not be
 * pushed in time makes playback late, it does not leap afterwards; unless it stays late
 * and the file has states to step to. */
#include "record/replayer.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

#define RING_BYTES (4ULL << 20)
#define TICK_NS (10 * NS_PER_MS)
#define FULL_NAP_NS (NS_PER_MS / 2)
#define BEHIND_MAX_NS (5 * TICK_NS)
#define LATE_MAX_NS (300 * NS_PER_MS) /* in one go; then it goes in steps */
#define BATCH 256 /* records between two looks at what main wants */
#define SPEED_MIN 0.1
#define SPEED_MAX 1000.0
#define NO_SEEK INT64_MIN
/* While it reads, what a run writes stays in its WAL. */
#define READ_MAX_NS (30 * NS_PER_S)
#define READ_AGAIN_NS (500 * NS_PER_MS)

struct replayer {
	struct ring *ring;
	struct reader *reader;
	pthread_t thread;
	bool growing;
	_Atomic int64_t end_us; /* written by the thread; relaxed */

	/* What main wants. Behind the lock, so that no wish is lost to the
	 * thread's wait; `wish` (release by main, relaxed look by the thread)
	 * is what it looks at amid pushing. */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool end, stop;
	int64_t seek_us;
	atomic_bool wish; /* seek, end or stop is set */
	atomic_bool distrust; /* use no states */

	/* For replayer_state(), any thread. Relaxed: each stands for itself.
	 * The first two are written under the lock. */
	_Atomic double speed;
	atomic_bool playing;
	_Atomic int64_t target_us; /* of the last seek; by main */
	_Atomic int64_t at_us;
	/* Released when at_us is where the seek led to. */
	atomic_bool seeking;
	atomic_bool at_end, steps;
	/* Release once `trouble` is written, acquire in replayer_state(). */
	atomic_bool has_trouble;
	char trouble[160];

	/* The thread's. */
	int64_t read_ns;        /* growing: when it looked what there is; 0: at rest */
	const struct rec *next; /* read and not yet pushed */
	bool over;              /* the file has no more */
	bool ended;             /* the last one pushed was REC_END */
	bool quiet;             /* REC_QUIET is on */
	bool distrusting;       /* what `distrust` was at the last seek */
	int64_t pushed_us;      /* all records up to here are in the ring */
	uint64_t room;          /* bytes that certainly fit */
};

static int64_t end_of(const struct replayer *replayer)
{
	return atomic_load_explicit(&replayer->end_us, memory_order_relaxed);
}

/* --- the ring -------------------------------------------------------------- */

static bool wished(const struct replayer *replayer)
{
	return atomic_load_explicit(&replayer->wish, memory_order_relaxed);
}

/* Half a millisecond, or until main wants something. True: stop. */
static bool nap(struct replayer *replayer)
{
	int64_t until = clock_ns() + FULL_NAP_NS;
	struct timespec ts = {
		.tv_sec = until / NS_PER_S,
		.tv_nsec = until % NS_PER_S,
	};
	bool stop;

	pthread_mutex_lock(&replayer->lock);
	if (!replayer->stop)
		pthread_cond_timedwait(&replayer->changed, &replayer->lock, &ts);
	stop = replayer->stop;
	pthread_mutex_unlock(&replayer->lock);
	return stop;
}

/* Waits until a record fits; -1: stop. Asks the ring only when what is known
 * to be free is used up, and never makes it refuse one, because a replay has
 * no losses of its own. */
static int make_room(struct replayer *replayer, uint64_t bytes)
{
	while (replayer->room < 2 * bytes) {
		struct ring_stats stats;

		ring_stats(replayer->ring, &stats);
		replayer->room = ring_capacity(replayer->ring) - stats.used_bytes;
		if (replayer->room >= 2 * bytes)
			break;
		ring_publish(replayer->ring);
		if (nap(replayer))
			return -1;
	}
	/* A record that does not fit before the wrap takes the rest as well. */
	replayer->room -= 2 * bytes;
	return 0;
}

static int push(struct replayer *replayer, const struct rec *rec)
{
	return make_room(replayer, rec->bytes) == 0 ? ring_push(replayer->ring, rec) : -1;
}

static int push_mark(struct replayer *replayer, enum rec_kind kind, int64_t t_us)
{
	struct rec mark = {.bytes = sizeof mark, .kind = (uint16_t)kind, .t_us = t_us};

	if (push(replayer, &mark) != 0)
		return -1;
	ring_publish(replayer->ring);
	return 0;
}

static int64_t after_zero(const struct replayer *replayer)
{
	return replayer->pushed_us < 0 ? 0 : replayer->pushed_us;
}

static int push_quiet(struct replayer *replayer, bool on)
{
	struct rec_quiet quiet = {
		.rec = {
			.bytes = sizeof quiet,
			.kind = REC_QUIET,
			/* As far as through is: the first picture is of that time. */
			.t_us = replayer->pushed_us + 1,
		},
		.on = on,
	};

	if (replayer->quiet == on)
		return 0;
	if (push(replayer, &quiet.rec) != 0)
		return -1;
	ring_publish(replayer->ring);
	replayer->quiet = on;
	return 0;
}

/* --- the file -------------------------------------------------------------- */

static bool in_trouble(const struct replayer *replayer)
{
	return atomic_load_explicit(&replayer->has_trouble, memory_order_acquire);
}

static void set_trouble(struct replayer *replayer, const struct err *err)
{
	if (in_trouble(replayer))
		return;
	snprintf(replayer->trouble, sizeof replayer->trouble, "%.*s",
		 (int)sizeof replayer->trouble - 1, err->text);
	atomic_store_explicit(&replayer->has_trouble, true, memory_order_release);
}

/* The next record into `next`. */
static void fetch(struct replayer *replayer)
{
	struct err err;
	bool failed;

	replayer->next = reader_next(replayer->reader, &failed, &err);
	if (failed)
		set_trouble(replayer, &err);
	if (!replayer->next)
		replayer->over = true;
}

static void set_at(struct replayer *replayer, int64_t at_us)
{
	atomic_store_explicit(&replayer->at_us, at_us, memory_order_relaxed);
}

/* Pushes all records up to `to_us`, publishing as it goes. Ends early when main
 * wants something. -1: stop. */
static int push_until(struct replayer *replayer, int64_t to_us)
{
	int n = 0;

	/* At the end everything, also what a damaged file has beyond it; but of a run that
	 * goes on not the end that the reader would make for it. */
	if (replayer->growing && to_us >= end_of(replayer))
		to_us = end_of(replayer) - 1;
	else if (to_us >= end_of(replayer))
		to_us = INT64_MAX - 1;
	for (; !replayer->over; fetch(replayer)) {
		if (!replayer->next)
			continue;
		if (replayer->next->t_us > to_us)
			break;
		if (push(replayer, replayer->next) != 0)
			return -1;
		replayer->pushed_us = replayer->next->t_us;
		replayer->ended = replayer->next->kind == REC_END;
		if (++n % BATCH)
			continue;
		ring_publish(replayer->ring);
		/* The next one may have the same time. */
		ring_set_through(replayer->ring, replayer->pushed_us);
		set_at(replayer, replayer->pushed_us);
		if (wished(replayer)) {
			fetch(replayer);
			return 0;
		}
	}
	if (replayer->over) {
		/* Of a file that could be read only so far, no further. */
		to_us = in_trouble(replayer) ? 0 : end_of(replayer);
		if (to_us < replayer->pushed_us)
			to_us = replayer->pushed_us;
	}
	replayer->pushed_us = to_us;
	ring_publish(replayer->ring);
	ring_set_through(replayer->ring, to_us + 1);
	set_at(replayer, to_us);
	atomic_store_explicit(&replayer->at_end, replayer->over, memory_order_relaxed);
	return 0;
}

/* Forgets what was played. -1: stop. */
static int start_over(struct replayer *replayer)
{
	struct ring_stats stats;
	struct err err;

	ring_publish(replayer->ring);
	ring_set_through(replayer->ring, replayer->pushed_us + 1);
	for (;;) {
		ring_stats(replayer->ring, &stats);
		if (stats.used_bytes == 0)
			break;
		if (nap(replayer))
			return -1;
	}
	ring_set_through(replayer->ring, INT64_MIN);
	if (push_mark(replayer, REC_RESET, 0) != 0)
		return -1;
	replayer->pushed_us = -1;
	replayer->over = false;
	replayer->ended = false;
	replayer->next = NULL;
	atomic_store_explicit(&replayer->at_end, false, memory_order_relaxed);
	set_at(replayer, 0);
	if (reader_rewind(replayer->reader, &err) != 0) {
		set_trouble(replayer, &err);
		replayer->over = true;
	}
	return 0;
}

/* -1: there is none to be used. */
static int64_t state_before(struct replayer *replayer, int64_t t_us)
{
	return replayer->distrusting ? -1 : reader_state_before(replayer->reader, t_us);
}

/* The model becomes the one of the state at t_us, or empty where that cannot be had: then
 * there are none from now on. -1: stop. */
static int go_to_state(struct replayer *replayer, int64_t t_us)
{
	struct rec_state state = {
		.rec = {.bytes = sizeof state, .kind = REC_STATE, .t_us = t_us},
	};
	size_t bytes;
	struct err err;

	if (reader_resume(replayer->reader, t_us, &state.state, &bytes, &err) != 0) {
		/* Reading has lost its place. */
		replayer->distrusting = true;
		atomic_store_explicit(&replayer->distrust, true, memory_order_relaxed);
		return start_over(replayer);
	}
	state.bytes = bytes;
	if (push(replayer, &state.rec) != 0) {
		free(state.state);
		return -1;
	}
	ring_publish(replayer->ring);
	replayer->next = NULL;
	replayer->over = false;
	replayer->ended = false;
	replayer->pushed_us = t_us;
	atomic_store_explicit(&replayer->at_end, false, memory_order_relaxed);
	set_at(replayer, t_us);
	return 0;
}

/* What the run has written meanwhile. */
static void look_again(struct replayer *replayer)
{
	struct err err;

	if (reader_refresh(replayer->reader, &err) != 0)
		set_trouble(replayer, &err);
	atomic_store_explicit(&replayer->end_us, reader_end_us(replayer->reader), memory_order_relaxed);
	replayer->read_ns = clock_ns();
}

/* Where that is shorter, from a state. */
static int seek(struct replayer *replayer, int64_t to_us)
{
	bool distrust = atomic_load_explicit(&replayer->distrust, memory_order_relaxed);
	bool anew = to_us < replayer->pushed_us || distrust != replayer->distrusting || replayer->growing;
	int64_t from_us;
	int rc = 0;

	if (push_quiet(replayer, true) != 0)
		return -1;
	if (replayer->growing)
		look_again(replayer);
	if (anew && start_over(replayer) != 0)
		return -1;
	replayer->distrusting = distrust;
	from_us = state_before(replayer, to_us);
	if (from_us > replayer->pushed_us)
		rc = go_to_state(replayer, from_us);
	return rc < 0 ? -1 : push_until(replayer, to_us);
}

/* --- the thread ------------------------------------------------------------ */

struct wishes {
	double speed;
	bool playing, end, stop;
	bool rested; /* time has passed that was not played */
	int64_t seek_us;
};

static bool is_playing(const struct replayer *replayer)
{
	return !replayer->over &&
	       atomic_load_explicit(&replayer->playing, memory_order_relaxed);
}

/* Of a run that grows: nothing is known, or all that was has been played, or it was long
 * ago. */
static bool stale(const struct replayer *replayer)
{
	int64_t age_ns = clock_ns() - replayer->read_ns;

	return !replayer->read_ns || age_ns > READ_MAX_NS ||
	       (age_ns > READ_AGAIN_NS && replayer->pushed_us >= end_of(replayer) - 1);
}

/* What main wants now; waits for it, at most one tick while playing. */
static struct wishes take_wishes(struct replayer *replayer, int64_t tick_ns)
{
	struct timespec ts = {
		.tv_sec = tick_ns / NS_PER_S,
		.tv_nsec = tick_ns % NS_PER_S,
	};
	struct wishes wishes = {.speed = 0};
	bool due = false;

	pthread_mutex_lock(&replayer->lock);
	while (!replayer->stop && !replayer->end && replayer->seek_us == NO_SEEK && !due) {
		if (is_playing(replayer)) {
			/* It may have been at rest. */
			if (replayer->growing && stale(replayer)) {
				replayer->seek_us = after_zero(replayer);
				break;
			}
			due = pthread_cond_timedwait(&replayer->changed, &replayer->lock,
						     &ts) != 0;
		} else {
			if (replayer->growing && replayer->read_ns) {
				reader_rest(replayer->reader);
				replayer->read_ns = 0;
			}
			pthread_cond_wait(&replayer->changed, &replayer->lock);
			wishes.rested = true;
		}
	}
	wishes.speed = atomic_load_explicit(&replayer->speed, memory_order_relaxed);
	wishes.playing = is_playing(replayer);
	wishes.end = replayer->end;
	wishes.stop = replayer->stop;
	wishes.seek_us = replayer->seek_us;
	replayer->seek_us = NO_SEEK;
	atomic_store_explicit(&replayer->wish, false, memory_order_relaxed);
	pthread_mutex_unlock(&replayer->lock);
	return wishes;
}

/* True while another seek waits: the screen stays as it is until the last. */
static bool seek_waits(struct replayer *replayer)
{
	bool waits;

	pthread_mutex_lock(&replayer->lock);
	waits = replayer->seek_us != NO_SEEK;
	if (!waits)
		atomic_store_explicit(&replayer->seeking, false, memory_order_release);
	pthread_mutex_unlock(&replayer->lock);
	return waits;
}

/* Where playing is, and how it keeps up. */
struct pace {
	double at_us; /* finer than microseconds: slow motion adds up */
	double speed;
	int64_t late_ns; /* by how much pushing took longer than what it played, in one go */
	bool steps;
};

static void set_steps(struct replayer *replayer, struct pace *pace, bool steps)
{
	pace->steps = steps;
	pace->late_ns = 0;
	atomic_store_explicit(&replayer->steps, steps, memory_order_relaxed);
}

/* Lateness that has other causes than the pushing (a machine that was busy, a process that
 * was stopped) is not what steps are for. */
static int play_samples(struct replayer *replayer, struct pace *pace, int64_t passed_ns)
{
	int64_t start_ns = clock_ns(), took_ns;
	int rc;

	pace->at_us += (double)passed_ns / NS_PER_US * pace->speed;
	rc = push_until(replayer, (int64_t)pace->at_us);
	if (replayer->pushed_us < (int64_t)pace->at_us)
		pace->at_us = (double)replayer->pushed_us;
	took_ns = clock_ns() - start_ns;
	pace->late_ns = took_ns > passed_ns ? pace->late_ns + took_ns - passed_ns : 0;
	return rc;
}

/* From samples while it keeps up; beyond that to the newest state there is, and what lies
 * between is left out. */
static int play_on(struct replayer *replayer, struct pace *pace, int64_t passed_ns, double speed)
{
	struct ring_stats stats;
	int64_t state_us;
	int rc = 0;

	if (speed != pace->speed)
		set_steps(replayer, pace, false);
	pace->speed = speed;
	if (!pace->steps && pace->late_ns > LATE_MAX_NS &&
	    state_before(replayer, end_of(replayer)) > replayer->pushed_us)
		set_steps(replayer, pace, true);
	if (!pace->steps)
		return play_samples(replayer, pace, passed_ns < BEHIND_MAX_NS ? passed_ns : BEHIND_MAX_NS);
	pace->at_us += (double)passed_ns / NS_PER_US * speed;
	ring_stats(replayer->ring, &stats);
	state_us = state_before(replayer, (int64_t)pace->at_us);
	/* The one before is to be seen first. */
	if (state_us > replayer->pushed_us && stats.used_bytes == 0)
		rc = go_to_state(replayer, state_us);
	if (rc == 0 && pace->at_us >= (double)end_of(replayer) && replayer->pushed_us >= state_us)
		rc = push_until(replayer, end_of(replayer));
	return rc;
}

static void *play(void *arg)
{
	struct replayer *replayer = arg;
	int64_t last_ns = clock_ns();
	struct pace pace = {.at_us = 0};

	for (;;) {
		struct wishes wishes = take_wishes(replayer, last_ns + TICK_NS);
		int64_t now_ns = clock_ns(), passed_ns = now_ns - last_ns;
		int rc = 0;

		last_ns = now_ns;
		if (wishes.stop)
			break;
		if (wishes.end) {
			if (!replayer->ended)
				push_mark(replayer, REC_END, after_zero(replayer));
			break;
		}
		if (wishes.seek_us != NO_SEEK) {
			rc = seek(replayer, wishes.seek_us);
			if (rc == 0 && !seek_waits(replayer))
				rc = push_quiet(replayer, false);
			set_steps(replayer, &pace, false);
			pace.at_us = (double)replayer->pushed_us;
			last_ns = clock_ns();
		} else if (wishes.playing && !wishes.rested) {
			rc = play_on(replayer, &pace, passed_ns, wishes.speed);
		}
		if (rc != 0)
			break;
	}
	ring_publish(replayer->ring);
	ring_set_through(replayer->ring, INT64_MAX);
	return NULL;
}

static int64_t clamp_time(const struct replayer *replayer, int64_t t_us)
{
	return t_us < 0 ? 0 : !replayer->growing && t_us > end_of(replayer) ? end_of(replayer) : t_us;
}

static double clamp_speed(double speed)
{
	return speed >= SPEED_MIN ? speed < SPEED_MAX ? speed : SPEED_MAX : SPEED_MIN;
}

int replayer_start(struct reader *reader, double speed, int64_t from_us, bool growing,
		   struct replayer **out, struct err *err)
{
	struct replayer *replayer = xcalloc(1, sizeof *replayer);
	pthread_condattr_t attr;
	sigset_t all, old;
	int rc;

	replayer->reader = reader;
	replayer->ring = ring_new(RING_BYTES);
	atomic_init(&replayer->end_us, reader_end_us(reader));
	replayer->growing = growing;
	atomic_init(&replayer->speed, clamp_speed(speed));
	atomic_init(&replayer->playing, true);
	replayer->pushed_us = -1;
	replayer->seek_us = from_us > 0 || growing ? clamp_time(replayer, from_us) : NO_SEEK;
	atomic_init(&replayer->target_us, clamp_time(replayer, from_us));
	atomic_init(&replayer->seeking, from_us > 0 || growing);
	pthread_mutex_init(&replayer->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&replayer->changed, &attr);
	pthread_condattr_destroy(&attr);

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	rc = pthread_create(&replayer->thread, NULL, play, replayer);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (rc != 0) {
		err_set(err, "the replay thread could not start: %s", strerror(rc));
		pthread_cond_destroy(&replayer->changed);
		pthread_mutex_destroy(&replayer->lock);
		ring_free(replayer->ring);
		reader_close(reader);
		free(replayer);
		return -1;
	}
	*out = replayer;
	return 0;
}

struct ring *replayer_ring(struct replayer *replayer)
{
	return replayer->ring;
}

void replayer_play(struct replayer *replayer, bool on)
{
	pthread_mutex_lock(&replayer->lock);
	atomic_store_explicit(&replayer->playing, on, memory_order_relaxed);
	pthread_cond_signal(&replayer->changed);
	pthread_mutex_unlock(&replayer->lock);
}

void replayer_speed(struct replayer *replayer, double speed)
{
	pthread_mutex_lock(&replayer->lock);
	atomic_store_explicit(&replayer->speed, clamp_speed(speed), memory_order_relaxed);
	pthread_cond_signal(&replayer->changed);
	pthread_mutex_unlock(&replayer->lock);
}

/* Under the lock. */
static void wish(struct replayer *replayer)
{
	atomic_store_explicit(&replayer->wish, true, memory_order_release);
	pthread_cond_signal(&replayer->changed);
}

void replayer_seek(struct replayer *replayer, int64_t to_us)
{
	pthread_mutex_lock(&replayer->lock);
	replayer->seek_us = clamp_time(replayer, to_us);
	atomic_store_explicit(&replayer->target_us, replayer->seek_us, memory_order_relaxed);
	atomic_store_explicit(&replayer->seeking, true, memory_order_relaxed);
	wish(replayer);
	pthread_mutex_unlock(&replayer->lock);
}

void replayer_distrust(struct replayer *replayer)
{
	struct replayer_state state;

	replayer_state(replayer, &state);
	if (!atomic_exchange_explicit(&replayer->distrust, true, memory_order_relaxed))
		replayer_seek(replayer, state.at_us);
}

void replayer_end(struct replayer *replayer)
{
	pthread_mutex_lock(&replayer->lock);
	replayer->end = true;
	wish(replayer);
	pthread_mutex_unlock(&replayer->lock);
}

void replayer_state(const struct replayer *replayer, struct replayer_state *out)
{
	bool seeking = atomic_load_explicit(&replayer->seeking, memory_order_acquire);
	bool at_end = !seeking &&
		      atomic_load_explicit(&replayer->at_end, memory_order_relaxed);

	*out = (struct replayer_state){
		/* Where it will be: the next key goes on from there. */
		.at_us = seeking ? atomic_load_explicit(&replayer->target_us,
							memory_order_relaxed)
				 : atomic_load_explicit(&replayer->at_us,
							memory_order_relaxed),
		.end_us = end_of(replayer),
		.speed = atomic_load_explicit(&replayer->speed, memory_order_relaxed),
		/* At the end there is nothing to play, but a seek goes on. */
		.playing = !at_end && atomic_load_explicit(&replayer->playing,
							   memory_order_relaxed),
		.seeking = seeking,
		.at_end = at_end,
		.steps = atomic_load_explicit(&replayer->steps, memory_order_relaxed),
	};
	if (in_trouble(replayer))
		snprintf(out->trouble, sizeof out->trouble, "%s", replayer->trouble);
}

/* Those that nobody took. */
static void free_states(struct ring *ring)
{
	const struct rec *rec;

	for (; (rec = ring_front(ring)); ring_pop(ring))
		if (rec->kind == REC_STATE)
			free(((const struct rec_state *)rec)->state);
}

void replayer_stop(struct replayer *replayer)
{
	pthread_mutex_lock(&replayer->lock);
	replayer->stop = true;
	wish(replayer);
	pthread_mutex_unlock(&replayer->lock);
	pthread_join(replayer->thread, NULL);
	free_states(replayer->ring);
	pthread_cond_destroy(&replayer->changed);
	pthread_mutex_destroy(&replayer->lock);
	ring_free(replayer->ring);
	reader_close(replayer->reader);
	free(replayer);
}
