/* The dashboard's loop, shared by live runs and replays: frames, keys, themes,
 * signals, size. Main thread. */
#ifndef CLI_SCREEN_H
#define CLI_SCREEN_H

#include "base/err.h"
#include "cli/themes.h"
#include "run/exemplars.h"
#include "run/snapshot.h"
#include "ui/dashboard.h"
#include "ui/term.h"

struct screen_config {
	const char *theme;       /* name or path; NULL: default */
	enum color_depth color;
	int glyphs;              /* enum glyph_set or -1: by locale */
	int step;                /* of + and - */
	bool mouse;              /* its reports are asked for */
	int64_t frames;          /* stop after so many; 0: no limit */
	/* Not NULL: the caller has the terminal open, with these; it stays so. */
	struct themes *shared;
};

/* What differs between a live run and a replay. All called on the main thread;
 * NULL functions are not needed. */
struct screen_ops {
	/* Before each frame: brings the dashboard's outside facts up to date.
	 * `snapshot` may be NULL. While the picture is frozen, and where box() leads
	 * elsewhere, the given snapbox is the caller's to read. */
	void (*refresh)(void *arg, struct dashboard *d, const struct snapshot *snapshot);
	/* Each turn of the loop, so at least every 50 ms, whether anything is drawn or not. */
	void (*turn)(void *arg, struct dashboard *d);
	/* An order from a key that the screen does not carry out itself. `snapshot`: as of
	 * refresh(), as is whose the given snapbox is. */
	void (*order)(void *arg, struct dashboard *d, const struct snapshot *snapshot, struct order order);
	/* The view query changed. */
	void (*wake)(void *arg);
	/* A signal came, or the terminal went away (hangup). */
	void (*signal)(void *arg, struct dashboard *d, bool hangup);
	/* Where snapshots appear now; NULL: always in the box that was given. */
	struct snapbox *(*box)(void *arg);
	/* True: leave the loop. */
	bool (*done)(void *arg);
	uint32_t max_users;
	struct exemplars *exemplars; /* NULL: none are kept */
};

/* Runs until ops->done, `frames`, or the terminal is gone. The dashboard's
 * constant part is set by the caller. The terminal is restored when it returns. */
int screen_run(struct dashboard *d, struct snapbox *box, const struct screen_config *config,
	       const struct screen_ops *ops, void *arg, struct err *err);

#endif
