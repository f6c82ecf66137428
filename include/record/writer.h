/* Writes a run file: its own thread, SQLite in WAL mode, one transaction about
 * every 250 ms. It drains a ring that the collector fills; when the disk is too
 * slow records are lost, counted, and said. */
#ifndef RECORD_WRITER_H
#define RECORD_WRITER_H

#include "base/err.h"
#include "metrics/ring.h"
#include "run/meta.h"

struct writer;

/* Creates `path` (fails when it exists and is not a run file; an old run file
 * of that name is replaced), writes meta, starts the thread. */
int writer_start(const char *path, const struct run_meta *meta, struct writer **out,
		 struct err *err);
/* The same, but nothing is replaced: where `path`, which ends with ".brunt", is taken, by
 * this or another process, NAME-2.brunt, NAME-3.brunt and so on are tried; writer_path()
 * says which. */
int writer_start_new(const char *path, const struct run_meta *meta, struct writer **out,
		     struct err *err);
/* Whether it could create `path`, as far as can be seen without doing so: for what
 * comes before it and takes its time. */
int writer_check(const char *path, struct err *err);
/* The ring to give to the collector, which is its producer. */
struct ring *writer_ring(struct writer *writer);
const char *writer_path(const struct writer *writer);
/* "" or why nothing is written any more (disk full, …). Any thread. */
const char *writer_trouble(const struct writer *writer);
/* Records taken from the ring and not kept because of that. Any thread. */
uint64_t writer_lost(const struct writer *writer);
/* After the collector has ended: waits until all records are in the file, where they can
 * be read. writer_stop() is still to come. */
void writer_drain(struct writer *writer);
/* After the collector has ended: writes the rest and `closing`, leaves one
 * file (journal_mode DELETE), joins and frees. -1: the file is incomplete. */
int writer_stop(struct writer *writer, const struct run_closing *closing,
		struct err *err);

/* Where recordings go by default: $XDG_STATE_HOME/brunt/runs (or below
 * ~/.local/state), created; with the start time, name and run id in the file's
 * name, which is for writer_start_new(): runs of one second and seed have one name. Keeps the newest 50 of them and those that are pinned, deletes others. free()
 * the result. */
char *writer_default_path(const struct run_meta *meta, struct err *err);

#endif
