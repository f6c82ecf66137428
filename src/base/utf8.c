#include "base/utf8.h"

#include <stdbool.h>

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

struct range {
	uint32_t first, last;
};

static bool in(const struct range *table, size_t n, uint32_t cp)
{
	for (size_t i = 0; i < n; i++)
		if (cp >= table[i].first && cp <= table[i].last)
			return true;
	return false;
}
#define IN(table, cp) in(table, sizeof table / sizeof *table, cp)

int utf8_width(uint32_t cp)
{
	static const struct range unprintable[] = {
		{0x00, 0x1f}, {0x7f, 0x9f}, {0x200b, 0x200f}, {0x2028, 0x202e},
		{0x2060, 0x206f}, {0xd800, 0xf8ff}, {0xfff0, 0xfffb},
		{0xe0000, 0x10ffff},
	};
	static const struct range combining[] = {
		{0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd},
		{0x0610, 0x061a}, {0x064b, 0x065f}, {0x0e31, 0x0e31},
		{0x0e34, 0x0e3a}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
		{0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
	};
	static const struct range wide[] = {
		{0x1100, 0x115f}, {0x231a, 0x231b}, {0x23e9, 0x23ec},
		{0x2e80, 0x303e}, {0x3041, 0x33ff}, {0x3400, 0x4dbf},
		{0x4e00, 0x9fff}, {0xa000, 0xa4cf}, {0xac00, 0xd7a3},
		{0xf900, 0xfaff}, {0xfe30, 0xfe6f}, {0xff00, 0xff60},
		{0xffe0, 0xffe6}, {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff},
		{0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
	};

	if (cp >= 0x20 && cp < 0x7f)
		return 1;
	if (IN(unprintable, cp))
		return -1;
	if (IN(combining, cp))
		return 0;
	return IN(wide, cp) ? 2 : 1;
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
