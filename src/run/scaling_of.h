/* From the operating points to what they say together. Collector's thread, or who reads a
 * run file; some 2 ms at worst, so no more often than once a second. */
#ifndef RUN_SCALING_OF_H
#define RUN_SCALING_OF_H

#include "points.h"
#include "run/scaling.h"

/* `t_us`: run time that is over; `over`: so is the run. */
void scaling_of(const struct points *points, int64_t t_us, bool over, struct scaling *out);

/* The change alone, at a small part of the cost. */
void scaling_change_of(const struct points *points, struct scaling_change *out);
/* "8 users measured twice: 41.0 and 55.0 req/s", or their means where these differ more
 * than the rates do; SCALING_TEXT bytes. */
void scaling_twice(const struct scaling_change *change, char *out);

/* scaling_words.c: fills the sentences from all the rest. */
void scaling_say(struct scaling *s, bool over);

#endif
