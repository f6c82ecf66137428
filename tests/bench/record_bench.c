/* What recording costs: rows a second at full speed, CPU and bytes a sample,
 * and the share of a core at 20,000 samples a second; then how fast a run file
 * is read. usage: record_bench [SAMPLES] [FOLDER] */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "record/reader.h"
#include "record/writer.h"
#include "samples.h"

#define PACED_S 5

static int record(const char *path, uint64_t samples, bool paced)
{
	struct run_meta meta = bench_meta();
	struct run_closing closing = {.known = true};
	struct writer *writer;
	struct rng rng;
	struct err err;
	struct stat st;
	int64_t wall, mine, all, start;

	if (writer_start(path, &meta, &writer, &err) != 0) {
		fprintf(stderr, "%s\n", err.text);
		return -1;
	}
	rng_seed(&rng, 1, 0);
	start = wall = clock_ns();
	mine = clock_thread_cpu_ns();
	all = clock_process_cpu_ns();
	for (uint64_t i = 0; i < samples; i++) {
		struct rec_sample s;

		fill_sample(&s, &rng, i, 800 + (int64_t)rng_below(&rng, 40000));
		while (ring_push(writer_ring(writer), &s.rec) != 0) {
			ring_publish(writer_ring(writer));
			nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
		}
		if (i % 200 != 199)
			continue;
		ring_publish(writer_ring(writer));
		start += 200 * NS_PER_S / PACE;
		if (paced && start > clock_ns())
			nanosleep(&(struct timespec){.tv_nsec = start - clock_ns()}, NULL);
	}
	ring_publish(writer_ring(writer));
	mine = clock_thread_cpu_ns() - mine;
	{
		struct ring_stats stats;

		ring_stats(writer_ring(writer), &stats);
		/* The refused pushes above are repeated: nothing is missing. */
		if (!paced && stats.dropped)
			printf("  (the ring was full %" PRIu64 " times)\n", stats.dropped);
	}
	writer_stop(writer, &closing, &err);
	wall = clock_ns() - wall;
	all = clock_process_cpu_ns() - all - mine;
	if (stat(path, &st) != 0)
		return -1;
	if (paced)
		printf("record  at %d samples/s: %.1f %% of a core, %.2f us a sample\n", PACE,
		       100.0 * (double)all / (double)wall, (double)all / 1e3 / (double)samples);
	else
		printf("record  %.0f rows/s, %.2f us CPU a sample, %.1f bytes a sample\n",
		       (double)samples * 1e9 / (double)wall, (double)all / 1e3 / (double)samples,
		       (double)st.st_size / (double)samples);
	return 0;
}

static int play(const char *path)
{
	struct reader *reader;
	struct err err;
	int64_t wall = clock_ns();
	uint64_t n = 0;
	bool failed;

	if (reader_open(path, &reader, &err) != 0) {
		fprintf(stderr, "%s\n", err.text);
		return -1;
	}
	while (reader_next(reader, &failed, &err))
		n++;
	reader_close(reader);
	wall = clock_ns() - wall;
	printf("read    %.0f rows/s\n", (double)n * 1e9 / (double)wall);
	return failed ? -1 : 0;
}

int main(int argc, char **argv)
{
	uint64_t samples = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
	char dir[256], path[300];
	int rc;

	snprintf(dir, sizeof dir, "%s/brunt-bench-XXXXXX", argc > 2 ? argv[2] : "/tmp");
	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof path, "%s/run.brunt", dir);
	rc = record(path, samples, false);
	if (rc == 0)
		rc = play(path);
	if (rc == 0)
		rc = record(path, (uint64_t)PACE * PACED_S, true);
	unlink(path);
	rmdir(dir);
	return rc ? 1 : 0;
}
