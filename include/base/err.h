/* Errors that a person reads. Functions that can fail return 0 or -1 and take
 * a `struct err *` last; the text is a whole sentence without a full stop that
 * names the flag, file or place. Bugs are asserts, never errs. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>

struct err {
	char text[512];
};

/* Sets the text (err may be NULL) and returns -1, so that callers can write
 * `return err_set(err, "--threads: …");`. */
int err_set(struct err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Puts "prefix: " before the text that is already there; returns -1. */
int err_prefix(struct err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
