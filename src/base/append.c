#include "base/append.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void append(char *out, size_t room, const char *format, ...)
{
	size_t used = strlen(out);
	va_list list;

	va_start(list, format);
	vsnprintf(out + used, room - used, format, list);
	va_end(list);
}
