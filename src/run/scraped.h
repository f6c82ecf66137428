/* What the server's metrics said, scrape by scrape: the newest, a value a second for the
 * graphs, means of measured time and of the present operating point. */
#ifndef RUN_SCRAPED_H
#define RUN_SCRAPED_H

#include "metrics/record.h"
#include "run/snapshot.h"

struct archive;

/* A scrape stands for the second it came in and, where the next one is a little late, for
 * that one too. */
#define SCRAPED_STANDS_US INT64_C(1600000)

struct scraped_sum {
	double sum, max; /* max: of values, which are not negative */
	uint64_t n;
};

struct scraped {
	uint64_t scrapes, failed;
	int64_t t_us, since_us; /* of the newest scrape; since when it is ok, or not */
	bool ok;
	uint8_t kind;
	uint16_t series;
	char text[SNAP_TEXT];
	double last[SERVER_GAUGES];
	double hits, lookups; /* counters, as of the newest scrape that had them; NAN */
	struct scraped_sum run[SERVER_GAUGES], point[SERVER_GAUGES];
	double run_hits, run_lookups; /* of measured time */
	uint64_t point_n;
	float value[SERVER_GAUGES][SNAP_SECONDS]; /* of second s at s modulo SNAP_SECONDS */
};

/* NAN adds nothing. */
void scraped_sum_take(struct scraped_sum *sum, double value);
void scraped_reset(struct scraped *s);
/* `next`: the first second that is not closed. */
void scraped_archive(struct scraped *s, int64_t next, struct archive *a);
void scraped_take(struct scraped *s, const struct rec_server *rec, int64_t t_us, bool measured);
/* The load is another one from here on. */
void scraped_point(struct scraped *s);
/* Second `second` closes; many are jumped over. */
void scraped_second(struct scraped *s, int64_t second);
void scraped_restart(struct scraped *s);
void scraped_figures(const struct scraped *s, struct server_figures *out);
/* After its series. */
void scraped_snap(const struct scraped *s, struct snapshot *out);
/* Requests that wait in the server as it says, if its newest scrape says; else NAN. */
static inline double scraped_waiting(const struct scraped *s)
{
	return s->last[SERVER_WAITING];
}

#endif
