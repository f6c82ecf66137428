/* The terminal: the only file that includes curses. Shows a canvas by diff, in
 * the colours of a theme; reads keys; restores the terminal whatever happens.
 * Main thread, which must be the process's only one with signals unblocked. */
#ifndef UI_TERM_H
#define UI_TERM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "ui/canvas.h"
#include "ui/mouse.h"
#include "ui/theme.h"

enum color_depth { COLOR_AUTO, COLOR_NEVER, COLOR_16, COLOR_256 };

/* Whether term_open() would work here; changes nothing. */
int term_check(struct err *err);
/* Takes the terminal over (stdin and stdout must be one). Installs the crash
 * handlers (SEGV, BUS, FPE, ILL, ABRT: restore, re-raise). Handlers for INT,
 * TERM, HUP, QUIT must already be installed by the caller. */
int term_open(enum color_depth depth, struct err *err);
/* Whether reports of a mouse are asked for, where a terminal has them; to be called before
 * term_open(), which begins without. */
void term_use_mouse(bool on);
/* Whether this one has them. */
bool term_has_mouse(void);
/* Gives it back; safe to call twice. Does not wait for a terminal that is not
 * read: term_settle() does. */
void term_close(void);
/* To be called before anything else is printed. Waits until the terminal has
 * taken the text that brings its normal screen back, at most timeout_ms (-1: no
 * limit) or until a signal; false: it has not. */
bool term_settle(int timeout_ms);
bool term_is_open(void);

void term_theme(const struct theme *theme); /* repaints with the next show */
void term_size(int *width, int *height);
/* Writes what differs from the last shown canvas; one update. Never waits for a
 * terminal that takes nothing (Ctrl-S, a line nobody reads): term_key() writes
 * the newest picture when it does again. */
void term_show(const struct canvas *canvas);
void term_repaint(void); /* everything is written again by the next show */

/* Waits at most timeout_ms for a key, a signal or `wake_fd` (-1: none).
 * Returns the key (Unicode or enum key, KEY_RESIZE_ after a resize, KEY_MOUSE_ for
 * what term_mouse() then tells), 0 when nothing came, -1 when the terminal is gone. */
int term_key(int timeout_ms, int wake_fd);
struct mouse term_mouse(void);

/* Ctrl-Z: restores the terminal, prints `message`, stops the whole process group
 * and returns when it goes on. With `go_on` this process stops only until the
 * shell has taken the terminal (about 20 ms), so that its threads keep working
 * as after `bg`; else it stops until SIGCONT. While another is in front,
 * term_show() does nothing and term_key() only waits; back in front (fg) the
 * terminal is taken again and term_key() gives KEY_RESIZE_. kill -TSTP and -STOP
 * end up here, too, and stop for real. */
void term_suspend(const char *message, bool go_on);

#endif
