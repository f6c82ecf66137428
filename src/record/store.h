/* The database side of the writer: creates a run file, puts records into it,
 * closes it. One thread at a time. Private to record/. */
#ifndef RECORD_STORE_H
#define RECORD_STORE_H

#include <stdbool.h>

#include "base/err.h"
#include "metrics/record.h"
#include "run/meta.h"

struct store;

/* Creates `path`, readable by its owner only; refuses what is there already
 * unless it is a run file that nobody has open, which is replaced. With `taken` nothing
 * is replaced, and *taken is whether there was something. */
int store_create(const char *path, const struct run_meta *meta, bool *taken, struct store **out,
		 struct err *err);
/* Whether that looks possible; nothing is created or taken away. */
int store_check(const char *path, struct err *err);
/* Puts one record into the open transaction (and opens one if need be). Kinds
 * that do not belong into a file are left out. */
int store_put(struct store *store, const struct rec *rec, struct err *err);
/* Records put since the last commit. */
uint64_t store_pending(const struct store *store);
/* Makes what was put visible to readers and safe from the end of this process.
 * Also notices that the file was removed or replaced. */
int store_commit(struct store *store, struct err *err);
/* Records and how many of them were lost on the way here; `why` they are missing
 * ("" none is). `closing` NULL leaves the file marked as not closed. Leaves one
 * file where possible; frees. */
int store_close(struct store *store, const struct run_closing *closing, uint64_t lost,
		const char *why, struct err *err);

#endif
