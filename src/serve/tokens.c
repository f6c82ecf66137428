#include "tokens.h"

#include <stdbool.h>

#define WORD_MAX 6
#define MARKS_MAX 3

static bool is_word(unsigned char c)
{
	return c >= 0x80 || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static bool goes_on(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

size_t serve_token_bytes(const char *text, size_t bytes)
{
	size_t at = text[0] == ' ' && bytes > 1, begin = at;
	bool word = is_word((unsigned char)text[at]);
	size_t most = word ? WORD_MAX : MARKS_MAX;

	do {
		at++;
	} while (at < bytes && text[at] != ' ' &&
		 (goes_on((unsigned char)text[at]) ||
		  (at - begin < most && is_word((unsigned char)text[at]) == word)));
	return at;
}

int serve_token_count(const char *text, size_t bytes)
{
	int count = 0;

	while (bytes > 0) {
		size_t one = serve_token_bytes(text, bytes);

		text += one;
		bytes -= one;
		count++;
	}
	return count;
}
