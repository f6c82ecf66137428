/* A thread that gets a server's metrics once a second and tells the collector: one
 * REC_SERVER a scrape, whatever came of it. It has a connection of its own and never
 * touches the load; a server that hangs costs it its own time only. */
#ifndef RUN_SCRAPER_H
#define RUN_SCRAPER_H

#include "base/err.h"
#include "http/engine.h"
#include "metrics/ring.h"

struct scraper;

/* Run time 0 is start_ns (clock_ns()). Of `way` what fetch_new() takes. */
int scraper_start(const char *url, const struct engine_config *way, int64_t start_ns, struct scraper **out,
		  struct err *err);
/* For the collector, which is its reader. Records are in order of time; it has no
 * watermark, since nobody waits for a scrape. */
struct ring *scraper_ring(struct scraper *scraper);
/* Ends the thread, a scrape under way too; the ring stays. */
void scraper_stop(struct scraper *scraper);
/* Stops it where need be. The ring's reader has gone. */
void scraper_free(struct scraper *scraper);

/* What is got of "http://host:9000": its /metrics. Another path stays. free(). -1: err. */
int scraper_url(const char *given, char **out, struct err *err);

#endif
