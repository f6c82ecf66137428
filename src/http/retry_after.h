/* The header Retry-After (RFC 9110, 10.2.3): seconds, or a date in one of the
 * three forms of RFC 9110, 5.6.7. Bytes from outside: anything may be in it. */
#ifndef HTTP_RETRY_AFTER_H
#define HTTP_RETRY_AFTER_H

#include <stddef.h>
#include <stdint.h>

/* How long it asks for, in nanoseconds, at wall time `wall_ns` (clock_wall_ns());
 * a date gone by is 0, no wait is longer than a year. -1: not understood. */
int64_t retry_after_ns(const char *value, size_t bytes, int64_t wall_ns);

#endif
