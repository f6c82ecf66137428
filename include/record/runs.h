/* The runs of a folder: what a list shows of them, found by name, deleted. Nothing
 * here reads samples, so it takes about as long for large files as for small ones.
 * Main thread. */
#ifndef RECORD_RUNS_H
#define RECORD_RUNS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "record/tags.h"
#include "run/meta.h"

/* Where recordings go by default, maybe not there yet; NULL: no place is known
 * (neither HOME nor XDG_STATE_HOME). free() the result. */
char *runs_folder(void);

enum run_state {
	RUN_CLOSED,
	RUN_RUNNING,    /* another process is recording into it */
	RUN_CUT_OFF,    /* it was never closed */
	RUN_UNREADABLE, /* `why` says more; of the rest only path and started_s are known */
};

/* Text is printable and cut to its room; "" where there is none. */
struct run_entry {
	char *path;
	enum run_state state;
	char why[160];      /* what is wrong with it, also where only its end is missing */
	int64_t started_s;  /* Unix time; of an unreadable one when the file was changed */
	char target[192], scenario[64];
	char label[192];    /* "k=v, k=v" */
	char argv[512];
	char slo[256];      /* "p95<3s, …" */
	uint64_t seed;
	struct run_tags tags;
	struct run_figures figures; /* known only of closed ones */
	int64_t duration_us; /* measured; of others, and -1 there while running, the last record's time */
	int exit_code; /* -1: not known */
};

struct run_list {
	struct run_entry *entry; /* newest first */
	int count;
};

/* All files NAME.brunt in `folder`, links aside; none where there is no such folder. */
int runs_read(const char *folder, struct run_list *out, struct err *err);
void runs_fini(struct run_list *list);

/* What RUN means on a command line: the path of a file that is there; else the run of
 * the default folder with that name, or the newest that is not being recorded
 * (TAGS_LATEST), or the only one whose file's name begins so. free(*path). */
int runs_find(const char *word, char **path, struct err *err);

/* Is it a recording, of any version? By its first bytes, not by its name; what is no
 * regular file is not opened. Not while this process has it open, see runfile_in_use(). */
bool runs_is_recording(const char *path);

/* Removes the file with its WAL and -shm. -1: a run is being recorded into it, or the
 * system says no. */
int runs_delete(const char *path, struct err *err);

#endif
