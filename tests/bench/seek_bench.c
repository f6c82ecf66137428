/* A long run's file: how large it is, how soon its first frame is there, how long seeks
 * take, and how fast it plays. usage: seek_bench [SAMPLES] [FOLDER] */
#include <inttypes.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../../src/run/feeder.h"
#include "base/clock.h"
#include "record/player.h"
#include "record/writer.h"
#include "samples.h"

#define SEEKS 40
#define PLAY_S 3

static void nap(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
}

static void push(struct ring *ring, const struct rec *rec)
{
	while (ring_push(ring, rec) != 0) {
		ring_publish(ring);
		nap();
	}
}

/* As a live run does, at full speed: the feeder without its thread. */
static int make(const char *path, uint64_t samples)
{
	struct rec_point first = {
		.rec = {sizeof first, REC_POINT, 0, 0}, .level = 1000, .from = 1000, .phase = PHASE_LOAD,
	};
	struct run_meta meta = bench_meta();
	struct run_closing closing = {.known = true};
	struct ring *ring = ring_new(4 << 20), *changes = ring_new(1 << 16);
	_Atomic int64_t stop_at_ns = INT64_MAX;
	struct slo parsed[SLO_MAX];
	struct writer *writer;
	struct feeder feeder;
	struct rng rng;
	struct stat st;
	struct err err;
	int64_t wall = clock_ns();

	if (writer_start(path, &meta, &writer, &err) != 0) {
		fprintf(stderr, "%s\n", err.text);
		return -1;
	}
	feeder_init(&feeder, &(struct collector_config){
		.model = model_config_of(&meta, parsed), .ring = &ring, .ring_count = 1,
		.changes = changes, .record = writer_ring(writer), .stop_at_ns = &stop_at_ns,
	});
	push(changes, &first.rec);
	ring_publish(changes);
	rng_seed(&rng, 1, 0);
	for (uint64_t i = 0; i < samples; i++) {
		struct rec_sample s;

		fill_sample(&s, &rng, i, (int64_t)exp(9 + 0.7 * rng_normal(&rng)));
		s.rec.worker = 0;
		push(ring, &s.rec);
		if (i % (PACE / 10) == 0) {
			struct rec_gauge g = {
				.rec = {sizeof g, REC_GAUGE, 0, s.rec.t_us},
				.users_target = 1000, .users_active = 1000, .in_flight = 200,
				.planned = i + 200, .started = i + 200,
			};

			push(ring, &g.rec);
		}
		if (i % 200 != 199)
			continue;
		ring_publish(ring);
		ring_set_through(ring, s.rec.t_us);
		feeder_pass(&feeder);
		/* Nothing is to be lost: the disk sets the pace. */
		for (;;) {
			struct ring_stats stats;

			ring_stats(writer_ring(writer), &stats);
			if (stats.used_bytes < ring_capacity(writer_ring(writer)) / 2)
				break;
			nap();
		}
	}
	push(ring, &(struct rec){sizeof(struct rec), REC_END, 0, (int64_t)samples * 1000000 / PACE + 2});
	ring_publish(ring);
	feeder_finish(&feeder);
	feeder_fini(&feeder);
	writer_stop(writer, &closing, &err);
	ring_free(ring);
	ring_free(changes);
	if (stat(path, &st) != 0)
		return -1;
	printf("file    %" PRIu64 " samples, %.0f MB, %.1f bytes a sample, made in %.1f s\n", samples,
	       (double)st.st_size / 1e6, (double)st.st_size / (double)samples,
	       (double)(clock_ns() - wall) / 1e9);
	return 0;
}

static int start_playing(struct player *p, const char *path, double speed)
{
	static struct course course;
	struct reader *reader;
	struct err err;

	/* What lies behind the picture is known before the first one. */
	if (reader_open(path, &reader, &err) == 0 && reader_course(reader, &course, &err) == 0 &&
	    player_start(p, reader, speed, 0, false, &err) == 0)
		return 0;
	fprintf(stderr, "%s\n", err.text);
	return -1;
}

/* Until a snapshot of `t_us` or later is there; of any time: -1. */
static void wait_for(struct player *p, int64_t t_us)
{
	const struct snapshot *s;
	bool fresh;

	while (!(s = snapbox_read(collector_snapbox(p->collector), &fresh)) || s->t_us < t_us)
		nap();
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void seeks(struct player *p, int64_t end_us)
{
	double ms[SEEKS];
	struct rng rng;

	rng_seed(&rng, 3, 0);
	replayer_play(p->replayer, false);
	for (int i = 0; i < SEEKS; i++) {
		int64_t to_us = (int64_t)rng_below(&rng, (uint64_t)end_us), start = clock_ns();
		struct replayer_state state;
		const struct snapshot *s;
		bool fresh;

		replayer_seek(p->replayer, to_us);
		do {
			nap();
			replayer_state(p->replayer, &state);
			s = snapbox_read(collector_snapbox(p->collector), &fresh);
		} while (state.seeking || s->t_us != to_us + 1);
		ms[i] = (double)(clock_ns() - start) / 1e6;
	}
	qsort(ms, SEEKS, sizeof *ms, by_size);
	printf("seek    to %d random moments: median %.0f ms, nine of ten %.0f ms, longest %.0f ms\n", SEEKS,
	       ms[SEEKS / 2], ms[SEEKS * 9 / 10], ms[SEEKS - 1]);
}

/* Seconds of the run that a second of playing shows. */
static void play(const char *path, int64_t from_us, int64_t end_us, bool states)
{
	struct replayer_state state;
	struct player p;
	int64_t start, began = 0, since_us;

	if (start_playing(&p, path, 1000) != 0)
		return;
	if (!states)
		replayer_distrust(p.replayer);
	replayer_seek(p.replayer, states ? from_us : 0);
	do {
		nap();
		replayer_state(p.replayer, &state);
	} while (state.seeking);
	start = clock_ns();
	since_us = state.at_us;
	while (clock_ns() - start < PLAY_S * NS_PER_S && state.at_us < end_us) {
		nap();
		replayer_state(p.replayer, &state);
		/* Until it is found out that not every sample can be shown. */
		if (states && !state.steps) {
			if (clock_ns() - start > PLAY_S * NS_PER_S)
				break;
			began = clock_ns();
			since_us = state.at_us;
		}
	}
	if (!began)
		began = start;
	printf("play    %s at 1000 x: %.0f x%s\n", states ? "as it comes" : "every sample",
	       (double)(state.at_us - since_us) / ((double)(clock_ns() - began) / 1e3),
	       state.steps ? ", in steps" : "");
	player_stop(&p);
}

int main(int argc, char **argv)
{
	uint64_t samples = argc > 1 ? strtoull(argv[1], NULL, 10) : 10000000;
	int64_t end_us = (int64_t)samples * 1000000 / PACE, start;
	struct player player;
	char dir[256], path[300];
	int rc;

	snprintf(dir, sizeof dir, "%s/brunt-bench-XXXXXX", argc > 2 ? argv[2] : "/tmp");
	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof path, "%s/run.brunt", dir);
	rc = make(path, samples);
	start = clock_ns();
	if (rc == 0)
		rc = start_playing(&player, path, 1);
	if (rc == 0) {
		wait_for(&player, -1);
		printf("open    first snapshot after %.0f ms\n", (double)(clock_ns() - start) / 1e6);
		seeks(&player, end_us);
		player_stop(&player);
		play(path, 0, end_us, false);
		play(path, 0, end_us, true);
	}
	unlink(path);
	rmdir(dir);
	return rc ? 1 : 0;
}
