#include "run/diagnosis.h"

#include <string.h>

const char *diagnosis_name(enum diagnosis_cause cause)
{
	static const char *const name[] = {
#define X(id, name, words) name,
		DIAGNOSIS_CAUSES(X)
#undef X
	};

	return cause < CAUSE_COUNT ? name[cause] : name[CAUSE_NOT_ENOUGH];
}

const char *diagnosis_words(enum diagnosis_cause cause)
{
	static const char *const words[] = {
#define X(id, name, words) words,
		DIAGNOSIS_CAUSES(X)
#undef X
	};

	return cause < CAUSE_COUNT ? words[cause] : words[CAUSE_NOT_ENOUGH];
}

char *diagnosis_set(const char *text, const char *arrow, const char *times, char *out, size_t bytes)
{
	size_t used = 0;

	while (*text && used + 1 < bytes) {
		const char *sign = !strncmp(text, "-> ", 3) ? arrow : !strncmp(text, "x ", 2) && used && out[used - 1] == ' ' ? times : NULL;
		size_t n = sign ? strlen(sign) : 1;

		if (used + n >= bytes)
			break;
		memcpy(out + used, sign ? sign : text, n);
		used += n;
		text += sign == arrow && sign ? 2 : 1;
	}
	out[used] = '\0';
	return out;
}
