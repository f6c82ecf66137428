/* The marks that people put on a run, as its events say: the latest COURSE_MARKS of them,
 * and how many there were. One thread. */
#ifndef RUN_MARKS_H
#define RUN_MARKS_H

#include <stdint.h>

#include "metrics/course.h"

struct marks {
	uint64_t all;
	int count; /* that are kept */
	struct course_mark at[COURSE_MARKS]; /* by time */
};

void marks_event(struct marks *marks, const struct rec_event *event);
struct archive;
void marks_archive(struct marks *marks, struct archive *a);

#endif
