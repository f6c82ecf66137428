/* What messages of the same error have in common: servers put numbers, times and
 * ids into their texts, and a row for each of them would tell nothing. */
#ifndef RUN_MESSAGE_KEY_H
#define RUN_MESSAGE_KEY_H

#include <stddef.h>

/* The text with each variable part as one '#': numbers, UUIDs, words of 6 and
 * more hexadecimal digits and of 8 and more letters and digits mixed, with at
 * least one digit; of other words their digits. `out` has room for `bytes`;
 * returns the bytes used, never more. */
size_t message_key(const char *text, size_t bytes, char *out);

#endif
