/* Opens a run file read-only and gives its records back in order of time, the
 * same structs a live run had; or a log of histograms, as far as that goes. One
 * thread. Hostile files (wrong types, huge
 * blobs, control characters) give an error or a clamped value, never harm. */
#ifndef RECORD_READER_H
#define RECORD_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "metrics/course.h"
#include "metrics/record.h"
#include "record/tags.h"
#include "run/meta.h"

struct reader;

int reader_open(const char *path, struct reader **out, struct err *err);
/* The same for who only looks at what is below: a file that is locked is left alone
 * after 50 ms. */
int reader_glance(const char *path, struct reader **out, struct err *err);
void reader_close(struct reader *reader);
const struct run_meta *reader_meta(const struct reader *reader);
const struct run_closing *reader_closing(const struct reader *reader);
const struct run_tags *reader_tags(const struct reader *reader);
const char *reader_path(const struct reader *reader);
/* It is a log of histograms, no run file. */
bool reader_is_log(const struct reader *reader);
/* Run time of the last record. */
int64_t reader_end_us(const struct reader *reader);

/* The next record, valid until the next call; NULL at the end (REC_END comes
 * before it) or on an error, which *failed tells. */
const struct rec *reader_next(struct reader *reader, bool *failed, struct err *err);
/* From the start again. */
int reader_rewind(struct reader *reader, struct err *err);

/* What has been written since it was opened, of a run that is still being recorded, is
 * there from now on; then reader_rewind() or reader_resume(). */
int reader_refresh(struct reader *reader, struct err *err);
/* Keeps the file open, but holds up nobody: while something is being read, what a run
 * writes cannot be taken over from its WAL. reader_refresh() is to come next. */
void reader_rest(struct reader *reader);

/* The file has the model's state (run/model.h) at some moments. Run time of the newest
 * one at or before t_us; -1: there is none. */
int64_t reader_state_before(struct reader *reader, int64_t t_us);
/* Takes the one of exactly t_us, to be freed; reading goes on with what came after it.
 * -1: it is damaged, or reading failed; then only rewinding goes on. */
int reader_resume(struct reader *reader, int64_t t_us, char **state, size_t *bytes,
		  struct err *err);

/* The whole run in short, from small tables, the last state and the samples after it, of
 * which it looks at 500,000 at most. Reading begins at the start
 * again. -1: reading failed; *out has what was found until then. */
int reader_course(struct reader *reader, struct course *out, struct err *err);

/* Hands each exemplar to `take`, whose record is valid until it returns. Reading begins at the
 * start again. -1: reading failed; some may have been handed over. */
int reader_exemplars(struct reader *reader, void (*take)(void *arg, const struct rec_exemplar *exemplar),
		     void *arg, struct err *err);

#endif
