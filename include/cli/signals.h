/* Signals as data: handlers only count and write to an eventfd, main looks.
 * Main thread. */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

/* Catches INT, TERM, HUP, QUIT and ignores PIPE. Before any thread starts and
 * before the terminal is opened. */
void signals_install(void);
/* Readable when a signal came; for poll(). */
int signals_fd(void);
/* Forgets that the descriptor is readable. */
void signals_drain(void);
/* How many times INT came. */
int signals_interrupts(void);
/* TERM, HUP or QUIT if one came, else 0. */
int signals_termination(void);

#endif
