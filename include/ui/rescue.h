/* What has to happen when the program dies while the terminal is taken: the
 * terminal's modes and screen come back, and what was written to stderr
 * meanwhile appears. Used by term.c only; main thread, the handlers any. */
#ifndef UI_RESCUE_H
#define UI_RESCUE_H

#include <stddef.h>
#include <termios.h>

/* Installs handlers for SEGV, BUS, FPE, ILL, ABRT that restore and then pass
 * the signal on to whoever had it before, so that its exit status and a
 * sanitizer's report stay. If stderr is a terminal, it goes to memory from now
 * on: nothing a library prints can spoil the screen. */
void rescue_arm(int tty, const struct termios *saved);
/* The bytes that bring the screen back; copied. */
void rescue_text(const char *text, size_t bytes);
/* Takes the handlers away and prints what went to stderr, without touching the
 * screen. Safe to call twice. */
void rescue_disarm(void);

#endif
