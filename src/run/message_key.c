#include "message_key.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define UUID 36
#define HEX_LEAST 6
#define MIXED_LEAST 8

static bool letter_or_digit(char c)
{
	return isalnum((unsigned char)c) && (unsigned char)c < 0x80;
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_uuid(const char *text, size_t left)
{
	if (left < UUID || (left > UUID && letter_or_digit(text[UUID])))
		return false;
	for (size_t i = 0; i < UUID; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23 ? text[i] != '-'
							    : !isxdigit((unsigned char)text[i]))
			return false;
	return true;
}

/* A number with its decimals and groups: 1,234.5 */
static size_t number_length(const char *text, size_t left)
{
	size_t n = 0;

	while (n < left && (digit(text[n]) || ((text[n] == '.' || text[n] == ',') && n + 1 < left &&
					       digit(text[n + 1]))))
		n++;
	return n;
}

static size_t word_length(const char *text, size_t left)
{
	size_t n = 0;

	while (n < left && letter_or_digit(text[n]))
		n++;
	return n;
}

/* A word that stands for one thing only. */
static bool is_id(const char *word, size_t n)
{
	size_t digits = 0, hex = 0;

	for (size_t i = 0; i < n; i++) {
		digits += digit(word[i]);
		hex += isxdigit((unsigned char)word[i]) != 0;
	}
	return digits && (n >= MIXED_LEAST || (n >= HEX_LEAST && hex == n));
}

static size_t without_digits(const char *word, size_t n, char *out)
{
	size_t used = 0;

	for (size_t i = 0; i < n; i++)
		if (!digit(word[i]))
			out[used++] = word[i];
		else if (!used || out[used - 1] != '#')
			out[used++] = '#';
	return used;
}

size_t message_key(const char *text, size_t bytes, char *out)
{
	size_t used = 0;

	for (size_t i = 0; i < bytes;) {
		size_t left = bytes - i, word = word_length(text + i, left);

		if (!word) {
			out[used++] = text[i++];
		} else if (is_uuid(text + i, left)) {
			out[used++] = '#';
			i += UUID;
		} else if (digit(text[i]) && number_length(text + i, left) >= word) {
			out[used++] = '#';
			i += number_length(text + i, left);
		} else {
			if (is_id(text + i, word))
				out[used++] = '#';
			else
				used += without_digits(text + i, word, out + used);
			i += word;
		}
	}
	return used;
}
