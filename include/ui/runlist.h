/* The list of recorded runs as a pure function, like the dashboard: (state, rows,
 * size) to canvas; and (state, key) to state plus what the program has to do. No
 * terminal, no clock, no files in here. Main thread. */
#ifndef UI_RUNLIST_H
#define UI_RUNLIST_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/canvas.h"
#include "ui/glyphs.h"
#include "ui/mouse.h"
#include "ui/prompt.h"
#include "ui/region.h"

enum runlist_kind { RUNLIST_CLOSED, RUNLIST_RUNNING, RUNLIST_CUT_OFF, RUNLIST_UNREADABLE };

/* Text is printable, "" where there is none, and the caller's. */
struct runlist_row {
	enum runlist_kind kind;
	const char *path, *name, *label, *target, *scenario, *note, *argv, *slo;
	const char *why;      /* what is wrong with it */
	int64_t started_s;    /* Unix time */
	int64_t duration_us;  /* -1: not known; so are these two */
	int64_t p95_us;
	int64_t requests;
	double errors;        /* share of requests; NAN */
	uint64_t seed;
	int exit_code;        /* -1: not known */
	bool pinned;
};

enum runlist_mode {
	RUNLIST_BROWSE, RUNLIST_HELP, RUNLIST_FILTER, RUNLIST_NAME, RUNLIST_NOTE, RUNLIST_DELETE
};

#define RUNLIST_FILTER_BYTES 64

struct runlist {
	const struct runlist_row *row; /* newest first */
	int count;
	const char *folder;

	/* What keys change. */
	int cursor; /* a row, counted without the filter; also where there is none: 0 */
	int top;    /* the first one shown, counted with the filter */
	enum runlist_mode mode;
	struct prompt prompt; /* of filter, name and note */
	char filter[RUNLIST_FILTER_BYTES]; /* "" none */
	int help_top;
	enum glyph_set glyphs;

	/* What the caller tells. */
	int width, height; /* of the screen, before each frame; 0: not yet known */
	int64_t now_s;     /* Unix time */
	size_t name_most, note_most; /* bytes */
	char message[240]; /* shown instead of the key bar; "" none */
	struct regions *regions; /* the caller's: runlist_draw() notes there what can be clicked. NULL: no mouse */
};

void runlist_init(struct runlist *list);
/* Other rows: the cursor stays on the run that it is on, or near. The old rows must
 * still be there. */
void runlist_rows(struct runlist *list, const struct runlist_row *row, int count);
/* The row under the cursor; NULL: there is none. */
const struct runlist_row *runlist_here(const struct runlist *list);

/* Draws the whole frame. Any size from 1 x 1. */
void runlist_draw(const struct runlist *list, struct canvas *canvas);

/* What the program has to do after a key, with the run under the cursor; everything
 * else is already done in the state. */
enum runlist_command {
	RUNLIST_NONE,   /* nothing changed */
	RUNLIST_REDRAW, /* the state changed */
	RUNLIST_OPEN,
	RUNLIST_PIN,    /* or unpin */
	RUNLIST_RENAME, RUNLIST_WRITE_NOTE, /* it is in prompt.text */
	RUNLIST_REMOVE, /* it was confirmed */
	RUNLIST_RELOAD,
	RUNLIST_THEME,  /* next (value 1) or previous (-1) */
	RUNLIST_REPAINT, RUNLIST_SUSPEND, RUNLIST_QUIT,
};
struct runlist_order {
	enum runlist_command command;
	int value;
};
struct runlist_order runlist_key(struct runlist *list, int code);
/* The same for what a mouse did to the picture that was drawn last. */
struct runlist_order runlist_mouse(struct runlist *list, struct mouse mouse);

#endif
