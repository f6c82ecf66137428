#include "base/utf8.h"

#include <stdbool.h>
#include <string.h>

size_t utf8_decode(const char *s, size_t bytes, uint32_t *out)
{
	const unsigned char *u = (const unsigned char *)s;
	static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
	size_t more;
	uint32_t cp;

	if (u[0] < 0x80) {
		*out = u[0];
		return 1;
	} else if (u[0] >= 0xc2 && u[0] < 0xe0) {
		more = 1;
		cp = u[0] & 0x1fU;
	} else if (u[0] >= 0xe0 && u[0] < 0xf0) {
		more = 2;
		cp = u[0] & 0x0fU;
	} else if (u[0] >= 0xf0 && u[0] < 0xf5) {
		more = 3;
		cp = u[0] & 0x07U;
	} else {
		*out = 0xfffd;
		return 1;
	}
	for (size_t i = 1; i <= more; i++) {
		if (i >= bytes || (u[i] & 0xc0) != 0x80) {
			*out = 0xfffd;
			return 1;
		}
		cp = cp << 6 | (u[i] & 0x3fU);
	}
	if (cp < least[more] || cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000)) {
		*out = 0xfffd;
		return 1;
	}
	*out = cp;
	return more + 1;
}

size_t utf8_encode(uint32_t cp, char out[4])
{
	if (cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
		cp = 0xfffd;
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

int64_t utf8_wrong_at(const char *text, size_t bytes)
{
	for (size_t i = 0; i < bytes;) {
		uint32_t cp;
		size_t n = 1;

		if ((unsigned char)text[i] >= 0x80) {
			n = utf8_decode(text + i, bytes - i, &cp);
			if (cp == 0xfffd && n == 1)
				return (int64_t)i;
		}
		i += n;
	}
	return -1;
}

char *utf8_clean(const char *in_text, size_t in_bytes, char *out, size_t out_bytes)
{
	size_t used = 0;
	bool space = true; /* swallows leading white space too */

	for (size_t i = 0; i < in_bytes;) {
		uint32_t cp;
		char enc[4];
		size_t n = utf8_decode(in_text + i, in_bytes - i, &cp);

		i += n;
		if (cp == 0xfffd && n == 1)
			cp = '?';
		if (utf8_width(cp) < 0)
			cp = ' ';
		if (cp == ' ' && space)
			continue;
		space = cp == ' ';
		n = utf8_encode(cp, enc);
		if (used + n >= out_bytes)
			break;
		for (size_t k = 0; k < n; k++)
			out[used++] = enc[k];
	}
	while (used && out[used - 1] == ' ')
		used--;
	if (out_bytes)
		out[used] = '\0';
	return out;
}

size_t utf8_clean_lines(const char *in, size_t in_bytes, char *out, size_t out_bytes)
{
	size_t used = 0;

	for (size_t i = 0; i < in_bytes;) {
		uint32_t cp;
		char enc[4];
		size_t n = utf8_decode(in + i, in_bytes - i, &cp);

		/* One of a pair that ends a line. */
		if (cp == '\r' && i + 1 < in_bytes && in[i + 1] == '\n') {
			i++;
			continue;
		}
		i += n;
		if (cp == 0xfffd && n == 1)
			cp = '?';
		if (cp != '\n' && utf8_width(cp) < 0)
			cp = ' ';
		n = utf8_encode(cp, enc);
		if (used + n > out_bytes)
			break;
		memcpy(out + used, enc, n);
		used += n;
	}
	return used;
}

int utf8_cells(const char *text)
{
	size_t left = strlen(text);
	int cells = 0;

	while (left > 0) {
		uint32_t cp;
		size_t n = utf8_decode(text, left, &cp);
		int width = utf8_width(cp);

		cells += width < 0 ? 1 : width;
		text += n;
		left -= n;
	}
	return cells;
}
