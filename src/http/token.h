/* What a header's name may consist of: RFC 9110's token. */
#ifndef HTTP_TOKEN_H
#define HTTP_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

/* Letters, digits and !#$%&'*+-.^_`|~; a bit a character. */
static inline bool http_is_token(char c)
{
	static const uint64_t known[2] = {0x03ff6cfa00000000, 0x57ffffffc7fffffe};
	unsigned char at = (unsigned char)c;

	return at < 128 && (known[at >> 6] >> (at & 63) & 1);
}

#endif
