/* Text cut into what plays a model's tokens: words with the space before them,
 * long ones in two or more, and punctuation; about four bytes each. Any thread. */
#ifndef SERVE_TOKENS_H
#define SERVE_TOKENS_H

#include <stddef.h>

/* Bytes of the first token of a text of bytes > 0; never within a character. */
size_t serve_token_bytes(const char *text, size_t bytes);
int serve_token_count(const char *text, size_t bytes);

#endif
