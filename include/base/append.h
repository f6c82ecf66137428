/* Sentences that are put together piece by piece in room of a fixed size. */
#ifndef BASE_APPEND_H
#define BASE_APPEND_H

#include <stddef.h>

/* Behind the terminated text in `out`, of `room` bytes; what is too long is cut. */
void append(char *out, size_t room, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
