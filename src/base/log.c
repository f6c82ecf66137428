#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"

static FILE *file;

void log_open(void)
{
	const char *path = getenv("BRUNT_LOG");

	if (path && *path && !file) {
		file = fopen(path, "ae");
		if (file)
			setvbuf(file, NULL, _IOLBF, 0);
	}
}

void log_line(const char *fmt, ...)
{
	if (!file)
		return;
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	fprintf(file, "%.6f %s\n", (double)clock_ns() / 1e9, line);
}
