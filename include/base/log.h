/* A log file for us, never the terminal: set BRUNT_LOG=FILE. Without it every
 * call is one branch. Any thread; never from a worker's per-request path. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

/* Opens $BRUNT_LOG for appending, if set. Called once by main. */
void log_open(void);
void log_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
