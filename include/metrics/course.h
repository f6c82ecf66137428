/* The course of a whole run, small enough for one line of a screen: when the load changed,
 * what was marked, where requests failed. Plain data in fixed room. Times in run-time
 * microseconds. Whoever has one owns it; no threads in here. */
#ifndef METRICS_COURSE_H
#define METRICS_COURSE_H

#include <stdint.h>

#include "metrics/record.h"

#define COURSE_POINTS 256
#define COURSE_MARKS 128
#define COURSE_NOTE 64 /* bytes of a mark's note, with its end */
#define COURSE_COLUMNS 256

struct course_point {
	int64_t t_us;
	double level;
	uint8_t mode, phase; /* enum load_mode, load_phase */
};

struct course_mark {
	int64_t t_us;
	char note[COURSE_NOTE]; /* printable; "" none */
};

struct course {
	int64_t end_us; /* as far as is known; the caller's */
	int points; /* by time */
	struct course_point point[COURSE_POINTS];
	int marks; /* by time */
	struct course_mark mark[COURSE_MARKS];
	/* What failed or was cut off from i * column_us to (i + 1) * column_us. */
	int64_t column_us;
	uint32_t bad[COURSE_COLUMNS];
};

void course_init(struct course *course);
/* In order of time; one that does not come after the last is known already. Where there is
 * no room the one that lasted shortest goes. */
void course_point(struct course *course, const struct course_point *point);
/* In any order; cut to what there is room for. Where there is no room the earliest goes. */
void course_mark(struct course *course, int64_t t_us, const char *note);
/* The same in a list of one's own, by time, of which `marks` are taken; returns how many
 * are then. */
int course_mark_put(struct course_mark mark[COURSE_MARKS], int marks, int64_t t_us, const char *note);
/* So many requests came to a bad end at t_us. */
void course_bad(struct course *course, int64_t t_us, uint32_t count);
/* In place of all that was known of them: columns as in a heatmap (run/snapshot.h). */
void course_set_bad(struct course *course, int64_t length_us, const uint32_t *bad, int columns);

#endif
