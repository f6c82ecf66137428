/* The table `intervals`: what each second, minute and hour of a run held, per task and
 * metric, and running totals, from the samples as they are recorded. Whose rows they are
 * belongs to one thread. Private to record/.
 *
 * level_s 1, 60, 3600: of the interval from start_s on, by the samples' te. level_s 0: of
 * all that was measured before start_s (warm-up left out). task NULL: all together.
 *
 * The file must not grow by what follows from the samples anyway, so rows are left out
 * where they would cost more than the samples they stand for: of a single task in a second
 * with few values, and totals that have changed little; likewise histograms of few values. */
#ifndef RECORD_INTERVALS_H
#define RECORD_INTERVALS_H

#include <sqlite3.h>

#include "metrics/record.h"

/* Values from which on there is a row of one task in a second; a histogram of a second or
 * a minute; a total since the last one. The manual has these numbers, too. */
#define INTERVALS_TASK_MIN 10
#define INTERVALS_HISTOGRAM_MIN 50
#define INTERVALS_TOTAL_MIN 200

struct intervals;

/* `insert` takes a row's columns in their order; it must outlive the intervals. */
struct intervals *intervals_new(int tasks, sqlite3_stmt *insert);
void intervals_free(struct intervals *iv);
/* Takes every record that is recorded, in order of time: a sample counts, any of them ends
 * what lies before it, and REC_END ends all. An SQLite result code. */
int intervals_put(struct intervals *iv, const struct rec *rec);

#endif
