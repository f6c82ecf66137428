/* What limits the service, as far as the run shows: a cause, a sentence that says so, the
 * figures that led there and what would change it. Not to be confused with whether SLOs
 * are met (metrics/verdict.h); in the JSON result it is `scaling.verdict`. Plain data.
 *
 * The texts are ASCII, so that they go anywhere; base/signs.h sets better signs. Names of
 * tasks in them are cleaned. */
#ifndef RUN_DIAGNOSIS_H
#define RUN_DIAGNOSIS_H

#include <stdint.h>

#define DIAGNOSIS_TEXT 240
#define DIAGNOSIS_LINE 160
#define DIAGNOSIS_LINES 8

/* id, name in the JSON result, words for people */
#define DIAGNOSIS_CAUSES(X)                                            \
	X(NOT_ENOUGH, "not-enough-evidence", "not enough evidence")    \
	X(NOTHING, "none", "nothing saturated")                        \
	X(CLIENT, "client-bound", "client-bound")                      \
	X(CONNECT, "connect", "connections")                           \
	X(QUEUE, "server-queue", "server queue")                       \
	X(DECODE, "decode", "decode")                                  \
	X(INTERFERENCE, "interference", "interference")                \
	X(RATE_LIMIT, "rate-limit", "rate limit")                      \
	X(UPSTREAM, "upstream-errors", "upstream errors")

enum diagnosis_cause {
#define X(id, name, words) CAUSE_##id,
	DIAGNOSIS_CAUSES(X)
#undef X
	CAUSE_COUNT
};

struct diagnosis {
	uint8_t cause;          /* enum diagnosis_cause */
	uint8_t lines;
	char sentence[DIAGNOSIS_TEXT]; /* "": there was no load yet */
	char next[DIAGNOSIS_LINE];     /* what would change it; "": nothing is known to */
	char past[DIAGNOSIS_LINE];     /* the same where the load can no longer be changed */
	char line[DIAGNOSIS_LINES][DIAGNOSIS_LINE]; /* the evidence */
};

const char *diagnosis_name(enum diagnosis_cause cause);
const char *diagnosis_words(enum diagnosis_cause cause);

#endif
