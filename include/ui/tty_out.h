/* The way of curses' output to the terminal. A pseudo-terminal says that it can
 * be written to and then blocks in the middle of a frame when nobody reads it;
 * therefore a frame goes to memory first and from there as far as the terminal
 * takes it. Used by term.c only; main thread. */
#ifndef UI_TTY_OUT_H
#define UI_TTY_OUT_H

#include <stddef.h>
#include <stdio.h>

/* Where curses has to write, for `terminal` (which stays the caller's); NULL:
 * errno. One at a time. */
FILE *tty_out_open(int terminal);
/* Forgets what was not written. Safe to call twice. */
void tty_out_close(void);

/* Between these two, what curses writes goes to memory; it must not set modes
 * then. */
void tty_out_hold(void);
void tty_out_release(void);

/* After what already waits. */
void tty_out_add(const char *text, size_t bytes);
void tty_out_drop(void);

/* Writes what waits, for at most timeout_ms (-1: no limit) or until a signal.
 * 0: nothing is left, 1: something is, -1: the terminal is gone. */
int tty_out_drain(int timeout_ms);

#endif
