/* When the honesty lamp is on: what honesty.h says of each second, with a memory.
 *
 * On while at least three of the last five seconds of load were the client's limit
 * (all, while there are fewer than three), so that one hiccup is no verdict; lost
 * samples, and descriptors or ports that run out, are one at once. Over the run:
 * more than a fifth of the measured seconds, and at least three or all of them. A
 * second goes from one gauge of the run file to the next, so that a report agrees
 * with the live run. The warm-up is not judged, a pause changes nothing.
 *
 * Requests that start late are asked for over a window, or the run, and at least
 * three of its seconds, or all, must have had them. */
#ifndef RUN_LAMP_H
#define RUN_LAMP_H

#include <stdbool.h>

#include "honesty.h"
#include "metrics/hdr.h"
#include "metrics/record.h"

#define LAMP_TEXT 160

struct lamp {
	bool any;
	struct rec_gauge last; /* the gauge the present second began with */
	uint64_t ring_dropped; /* by the newest gauge of all */
	uint16_t bad, known;   /* the last seconds, newest in bit 0: limits; judged */
	uint16_t capped;       /* those in which requests ended that in_flight_limit had held back */
	uint32_t held_now;     /* such requests of the present second */
	bool sudden;           /* the last one's cause needs no memory */
	char evidence[LAMP_TEXT]; /* of the newest bad one */

	/* Over measured time. */
	uint32_t seconds, bad_seconds;
	uint32_t of_cause[HONESTY_CAUSES];
	double worst[HONESTY_CAUSES];
	char worst_evidence[HONESTY_CAUSES][LAMP_TEXT];
	uint32_t late_max_us;
	uint64_t held;   /* such requests */
	bool held_unknown; /* nobody can tell which they are */
	uint64_t planned, behind; /* at its last gauge in an open loop: came due; wait for brunt alone */

	/* Seconds with requests, and those in which they started late. */
	uint16_t timed, late; /* of the last 10, newest in bit 0 */
	uint32_t timed_seconds, late_seconds;
};

void lamp_reset(struct lamp *lamp);
struct archive;
void lamp_archive(struct lamp *lamp, struct archive *a);
/* The first gauge of a second. `measured`: all the time since the one before. */
void lamp_gauge(struct lamp *lamp, const struct rec_gauge *gauge, enum load_phase phase,
		bool measured, bool open_loop);
/* A request of measured time has ended that in_flight_limit had held back: how late it was
 * says nothing of brunt. */
void lamp_held(struct lamp *lamp);
/* A second of measured time has closed: its queue and service times. */
void lamp_second(struct lamp *lamp, const struct hdr *queue, const struct hdr *service);

/* Now, and over the run. `queue` and `service` are those of the window, of the run;
 * NULL where not only brunt makes requests wait. `evidence` gets why, or "". */
bool lamp_now(const struct lamp *lamp, const struct hdr *queue, const struct hdr *service,
	      char evidence[LAMP_TEXT]);
bool lamp_run(const struct lamp *lamp, const struct hdr *queue, const struct hdr *service,
	      char evidence[LAMP_TEXT]);
/* Of some seconds of the run, so many of them bad: more than a fifth, and at least three or
 * all of them. */
bool lamp_bound(uint32_t bad, uint32_t seconds);
/* In an open loop: does nothing but brunt make requests wait? */
bool lamp_uncapped(const struct lamp *lamp);
/* And over the whole run? A server that froze once has filled its queue times for good,
 * however long ago it was. */
bool lamp_run_uncapped(const struct lamp *lamp);

#endif
