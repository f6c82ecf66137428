/* What a value is: whether it says something, a count, a text with its escapes
 * undone. */
#include <string.h>

#include "base/utf8.h"
#include "pluck.h"

#define REPLACEMENT 0xfffd

bool pluck_says(const struct pluck_hit *hit)
{
	switch (hit->kind) {
	case PLUCK_NULL:
	case PLUCK_FALSE:
		return false;
	case PLUCK_TRUE:
		return true;
	case PLUCK_NUMBER:
		return hit->bytes != 1 || *hit->at != '0';
	case PLUCK_STRING:
		return hit->bytes > 0;
	default:
		for (size_t i = 1; i + 1 < hit->bytes; i++)
			if (!strchr(" \t\r\n", hit->at[i]))
				return true;
		return false;
	}
}

int64_t pluck_count(const struct pluck_hit *hit)
{
	int64_t n = 0;
	size_t i = 0;

	if (hit->kind != PLUCK_NUMBER)
		return -1;
	for (; i < hit->bytes && hit->at[i] >= '0' && hit->at[i] <= '9'; i++) {
		n = n * 10 + (hit->at[i] - '0');
		if (n > INT64_C(1) << 53)
			return -1;
	}
	if (!i || (i < hit->bytes && hit->at[i] != '.'))
		return -1;
	while (++i < hit->bytes)
		if (hit->at[i] < '0' || hit->at[i] > '9')
			return -1;
	return n;
}

static int hex4(const char *s, size_t bytes)
{
	int n = 0;

	if (bytes < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = s[i];
		int digit = c >= '0' && c <= '9'   ? c - '0'
			    : c >= 'a' && c <= 'f' ? c - 'a' + 10
			    : c >= 'A' && c <= 'F' ? c - 'A' + 10
						   : -1;

		if (digit < 0)
			return -1;
		n = n * 16 + digit;
	}
	return n;
}

/* After "\u"; sets the bytes used of what follows it. */
static uint32_t unicode(const char *s, size_t bytes, size_t *used)
{
	int unit = hex4(s, bytes), low;

	*used = 0;
	if (unit < 0)
		return REPLACEMENT;
	*used = 4;
	if (unit < 0xd800 || unit > 0xdfff)
		return (uint32_t)unit;
	if (unit > 0xdbff || bytes < 10 || s[4] != '\\' || s[5] != 'u')
		return REPLACEMENT;
	low = hex4(s + 6, bytes - 6);
	if (low < 0xdc00 || low > 0xdfff)
		return REPLACEMENT;
	*used = 10;
	return 0x10000 + (((uint32_t)unit - 0xd800) << 10) + ((uint32_t)low - 0xdc00);
}

/* At a backslash; sets the bytes it takes. */
static uint32_t escape(const char *s, size_t bytes, size_t *used)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *at;

	*used = bytes < 2 ? 1 : 2;
	if (bytes < 2)
		return REPLACEMENT;
	if (s[1] == 'u') {
		uint32_t cp = unicode(s + 2, bytes - 2, used);

		*used += 2;
		return cp;
	}
	at = s[1] ? strchr(from, s[1]) : NULL;
	return at ? (uint32_t)to[at - from] : REPLACEMENT;
}

struct out {
	char *at;
	size_t room, used, all;
	bool full;
};

static void put(struct out *out, const char *s, size_t bytes)
{
	out->all += bytes;
	if (out->full)
		return;
	if (bytes > out->room - out->used) {
		/* Whole code points: back to where one begins. */
		out->full = true;
		bytes = out->room - out->used;
		while (bytes && ((unsigned char)s[bytes] & 0xc0) == 0x80)
			bytes--;
	}
	if (bytes)
		memcpy(out->at + out->used, s, bytes);
	out->used += bytes;
}

size_t pluck_text(const char *at, size_t bytes, char *room, size_t room_bytes, size_t *written)
{
	struct out out = {.at = room, .room = room_bytes};
	const char *end = at + bytes;

	while (at < end) {
		const char *stop = memchr(at, '\\', (size_t)(end - at));
		char code[4];
		size_t used;

		put(&out, at, (size_t)((stop ? stop : end) - at));
		if (!stop)
			break;
		uint32_t cp = escape(stop, (size_t)(end - stop), &used);

		put(&out, code, utf8_encode(cp, code));
		at = stop + used;
	}
	if (written)
		*written = out.used;
	return out.all;
}
