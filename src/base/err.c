#include "base/err.h"

#include <stdio.h>
#include <string.h>

int err_set(struct err *err, const char *fmt, ...)
{
	if (err) {
		va_list ap;

		va_start(ap, fmt);
		vsnprintf(err->text, sizeof err->text, fmt, ap);
		va_end(ap);
	}
	return -1;
}

int err_prefix(struct err *err, const char *fmt, ...)
{
	if (err) {
		char old[sizeof err->text];
		char prefix[sizeof err->text];
		va_list ap;

		memcpy(old, err->text, sizeof old);
		va_start(ap, fmt);
		vsnprintf(prefix, sizeof prefix, fmt, ap);
		va_end(ap);
		size_t used = strlen(prefix);
		if (used > sizeof err->text - 3)
			used = sizeof err->text - 3;
		memcpy(err->text, prefix, used);
		snprintf(err->text + used, sizeof err->text - used, ": %.*s",
			 (int)(sizeof err->text - used - 3), old);
	}
	return -1;
}
