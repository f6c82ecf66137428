/* What people put on a run: a pin, a name, a note, marks. They are in the run file itself
 * (keys pinned, name, note of its table run; its table events), so that they go where it goes. */
#ifndef RECORD_TAGS_H
#define RECORD_TAGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define TAGS_NAME_BYTES 64
#define TAGS_NOTE_BYTES 512

struct run_tags {
	bool pinned; /* stays when old runs are removed */
	char name[TAGS_NAME_BYTES], note[TAGS_NOTE_BYTES]; /* printable; "" none */
};

/* Whether a run may be called `name`, by which commands find it. The err sentence does
 * not repeat it. */
int tags_check_name(const char *name, struct err *err);
#define TAGS_LATEST "latest" /* instead of a name: the newest run; no name */

/* Whether the file and its folder let themselves be changed; looks at no more than that. */
int tags_writable(const char *path, struct err *err);
/* Each changes the run file at `path`. -1 with an err sentence beginning with `path`:
 * a run is being recorded into it, another program has it open, it is read-only, it is
 * no run file, no name. Waits at most half a second. A note is made printable and cut
 * to what the struct has room for; "" takes name or note away. Not while this process has the file open. */
int tags_pin(const char *path, bool pinned, struct err *err);
int tags_name(const char *path, const char *name, struct err *err);
int tags_note(const char *path, const char *note, struct err *err);
/* A mark at a moment of the run: a row of `events` behind all others. */
int tags_mark(const char *path, int64_t t_us, const char *note, struct err *err);

#endif
