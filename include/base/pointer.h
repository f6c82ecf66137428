/* JSON Pointers (RFC 6901) as text: "" is the whole value, "/a/0/b~1c" a step
 * behind each slash. Any thread. */
#ifndef BASE_POINTER_H
#define BASE_POINTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "" and "/a/0/b~1c" are pointers; "a" and "/~2" are not. */
bool pointer_ok(const char *pointer);
/* How many steps it has, and the bytes of the longest as it is written. */
size_t pointer_steps(const char *pointer, size_t *longest);
/* A pointer's step with "~0" and "~1" undone, into `out`, which has room for
 * `bytes`. Returns its length. */
size_t pointer_step(const char *step, size_t bytes, char *out);
/* A step as an array's index, 0 to 999999999: digits without leading zeros. -1: it
 * is none. */
int64_t pointer_index(const char *step, size_t bytes);

#endif
