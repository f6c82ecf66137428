/* From what the operating points keep (run/evidence.h) to what limits the service. A pure
 * function; silent rather than wrong.
 *
 * The first that holds is the cause:
 * - rate-limit or upstream-errors where a fifth at least were refused by a status of their own,
 *   429 or 5xx: that is so however little brunt itself can do;
 * - client-bound: the lamp is on, or was in the point looked at (run/lamp.h);
 * - rate-limit: more than 1 % of the requests got a 429, for certain;
 * - upstream-errors: more than 1 % failed at the other side, and more than at the lowest
 *   load, or more than 20 %, or nothing else grows. Time-outs where the wait grew are the queue's,
 *   and are nobody's where it is not known that there are as many at a lower load;
 *   or most of the requests did for certain, be it of 7 of 7, or 1 % of one load in part of its time;
 * - connect: more than 1 % got no connection, or making one takes over half the time;
 * - interference: at one level a task is slower than it was when another was less busy;
 * - otherwise two points are compared, the lowest and the highest load with enough data:
 *   the part of the service time that takes most of the growth, by a clear lead, is the
 *   cause; where nothing grows and throughput follows the load nothing is saturated.
 *
 * Where a level that was visited twice gave surely something else only what came since
 * counts, and where that tells nothing the two visits are what is said.
 *
 * The growth of a mean counts when it is 1.5 x the 97.5 % point of Student's t standard
 * errors (by batches of time) and a quarter of what it was; it is none when two standard
 * errors more would still be less. Of several tasks each is compared with itself where
 * the mix differs; where streams are among the requests only they tell waiting from
 * decoding. Without a stream a line in front of the server and a server that makes every
 * answer more slowly are told apart by whether the spread of the waits grows along, and
 * where that does not tell by whether throughput has come to its end. Where answers tell
 * their tokens and do not stream both have to say so. A growth of which a third or more would
 * have come with time alone, as points drift while they are held, is nobody's. */
#ifndef RUN_DIAGNOSE_H
#define RUN_DIAGNOSE_H

#include "evidence.h"
#include "metrics/drift.h"
#include "run/diagnosis.h"
#include "run/scaling.h"

/* What else is known of a point. */
struct diagnose_course {
	double answer_bytes; /* mean, with its head; NAN: unknown */
	bool bunched;        /* most are streams whose tokens come in bunches */
	bool drifts;         /* `drift` is known */
	struct drift drift;  /* of the mean latency */
};

struct diagnose_input {
	int count;  /* operating points, oldest first */
	const struct evidence_point *const *point;
	const struct diagnose_course *course; /* of each; NULL: nothing more is known */
	bool present; /* the last one is under way */
	double settling_s; /* of it, yet to come; 0: none */
	double in_flight;  /* in its measured time, on average; NAN: unknown */
	bool over; /* the run has ended: nothing can be held any longer */
	int ramps; /* loads that are no points, for they changed all the time */
	int tasks;
	const char *const *task_name;
	const struct scaling_change *change; /* NULL: a level visited twice gave the same each time */
	bool respect_retry_after; /* what a 429 asks for was done */
	/* An open loop's arrivals that may have had to wait for --max-in-flight; limit 0: none did. */
	uint32_t in_flight_limit;
	uint64_t waiting, planned;
	bool client_bound;
	const char *client_evidence;
};

/* *basis: changes when the sentence is about something else. */
void diagnose(const struct diagnose_input *in, struct diagnosis *out, uint64_t *basis);

#endif
