#include "base/signs.h"

#include <string.h>

const struct signs signs_unicode = {.arrow = "\xe2\x86\x92", .times = "\xc3\x97", .plus_minus = "\xc2\xb1"};

/* What stands for the beginning of `text`, and how long that is; NULL: itself. */
static const char *sign_of(const struct signs *signs, const char *text, char before, size_t *taken)
{
	*taken = 2;
	if (!strncmp(text, "-> ", 3))
		return signs->arrow;
	if (!strncmp(text, "+-", 2))
		return signs->plus_minus;
	*taken = 1;
	return before == ' ' && !strncmp(text, "x ", 2) && (text[2] == '-' || (text[2] >= '0' && text[2] <= '9')) ? signs->times : NULL;
}

char *signs_set(const char *text, const struct signs *signs, char *out, size_t bytes)
{
	size_t used = 0, taken;

	while (*text) {
		const char *sign = sign_of(signs, text, used ? out[used - 1] : '\0', &taken);
		size_t n = sign ? strlen(sign) : 1;

		if (used + n >= bytes)
			break;
		memcpy(out + used, sign ? sign : text, n);
		used += n;
		text += taken;
	}
	out[used] = '\0';
	return out;
}
