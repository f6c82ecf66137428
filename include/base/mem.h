/* Allocation that never returns NULL: out of memory ends the program with a
 * message. For set-up and the dashboard; the per-request path allocates
 * nothing. Any thread. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *xmalloc(size_t bytes);
void *xcalloc(size_t count, size_t bytes);
void *xrealloc(void *old, size_t bytes);
/* count * bytes with overflow check. */
void *xreallocarray(void *old, size_t count, size_t bytes);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t bytes);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Zeroed memory on a boundary of `align` bytes (a power of two); free(). */
void *xaligned(size_t align, size_t bytes);

#endif
