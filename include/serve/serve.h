/* The reference model-serving backend: an HTTP server with a real queue, model-
 * like service times and a seed. Runs in the caller's thread (`brunt serve`) or
 * in its own (`brunt demo`, tests). */
#ifndef SERVE_SERVE_H
#define SERVE_SERVE_H

#include <stdint.h>

#include "base/err.h"

/* What goes wrong on purpose. Rates are shares of the requests, 0 to 1; times
 * are the clock's, whatever the speed. Zeroes: nothing. */
struct serve_faults {
	double reject;       /* 429 with Retry-After */
	double fail;         /* 500 or 503 */
	double reset;        /* the connection is reset half-way through the answer */
	double truncate;     /* the answer ends half-way */
	double inband_error; /* an error event half-way through a stream */
	double stall;        /* decoding pauses half-way, for stall_ns */
	double slow_start;   /* the first byte comes slow_start_ns late */
	int64_t stall_ns, slow_start_ns;
	/* All requests pause together: every so often, for so long (less). */
	int64_t common_every_ns, common_length_ns;
};

struct serve_config {
	const char *bind;      /* numeric address [127.0.0.1] */
	int port;              /* 0: any free one */
	int slots;             /* requests served at once [8] */
	double speed;          /* service times are divided by it [1] */
	double batch_slowdown; /* each other busy slot makes service slower by this
				* share [0: slots are independent] */
	int64_t cache_ttl_ns;  /* of the prompt cache [0: there is none] */
	int cache_size;        /* answers in it [0: 1000] */
	struct serve_faults faults;
	uint64_t seed;
};

struct serve;

/* Binds and listens; *out knows its port. */
int serve_open(const struct serve_config *config, struct serve **out, struct err *err);
int serve_port(const struct serve *serve);
/* Serves in this thread until serve_stop(). */
void serve_run(struct serve *serve);
/* Serves in a thread of its own, all signals blocked there. */
int serve_start_thread(struct serve *serve, struct err *err);
/* Ends serve_run() or the thread; any thread, async-signal-safe. */
void serve_stop(struct serve *serve);
/* Joins the thread if there is one; frees. */
void serve_close(struct serve *serve);

#endif
