#include "base/pointer.h"

#include <string.h>

bool pointer_ok(const char *pointer)
{
	if (*pointer && *pointer != '/')
		return false;
	for (const char *p = pointer; (p = strchr(p, '~')); p++)
		if (p[1] != '0' && p[1] != '1')
			return false;
	return true;
}

size_t pointer_steps(const char *pointer, size_t *longest)
{
	size_t steps = 0;

	*longest = 0;
	for (; *pointer == '/'; steps++) {
		size_t bytes = strcspn(++pointer, "/");

		*longest = bytes > *longest ? bytes : *longest;
		pointer += bytes;
	}
	return steps;
}

size_t pointer_step(const char *step, size_t bytes, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < bytes; i++) {
		char c = step[i];

		if (c == '~' && i + 1 < bytes)
			c = step[++i] == '1' ? '/' : '~';
		out[n++] = c;
	}
	return n;
}

int64_t pointer_index(const char *step, size_t bytes)
{
	int64_t index = 0;

	if (bytes == 0 || bytes > 9 || (bytes > 1 && *step == '0'))
		return -1;
	for (size_t i = 0; i < bytes; i++) {
		if (step[i] < '0' || step[i] > '9')
			return -1;
		index = 10 * index + (step[i] - '0');
	}
	return index;
}
