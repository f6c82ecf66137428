/* An HdrHistogram log (version 1.x, as `brunt report --format hlog`, jHiccup and
 * HdrHistogram's ports write it) as a source of records, so that whoever reads runs can
 * read it: a tag is a task, and each value of an interval's histogram a request that
 * succeeded within it. Their moments are spread evenly over the interval, in an order in
 * which small and large values take turns: a log does not say more. Private to record/. */
#ifndef RECORD_HISTLOG_H
#define RECORD_HISTLOG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "metrics/record.h"
#include "run/meta.h"

#define HISTLOG_VALUES_MAX 100000000 /* in all, each a record */

struct histlog;

/* Whether the file at `path` looks like one. It is opened and closed: not for a database,
 * whose locks this process would lose by that. */
bool histlog_is(const char *path);
/* Errors begin with `path` and the line. `meta` is the caller's to free, also on errors. */
int histlog_open(const char *path, struct run_meta *meta, struct histlog **out, struct err *err);
/* The same of a text in memory, of which nothing is kept. */
int histlog_read(const char *path, const char *text, size_t bytes, struct run_meta *meta,
		 struct histlog **out, struct err *err);
void histlog_free(struct histlog *log);

/* Run time of the last record. */
int64_t histlog_end_us(const struct histlog *log);
/* The last line was cut off while it was written, and is left out. */
bool histlog_is_cut(const struct histlog *log);
/* As reader_next(); nothing can fail any more. */
const struct rec *histlog_next(struct histlog *log);
void histlog_rewind(struct histlog *log);

#endif
