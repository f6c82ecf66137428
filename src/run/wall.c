#include "run/wall.h"

#include <ctype.h>
#include <stddef.h>
#include <time.h>

#include "base/clock.h"

#define YEARS_MAX 290 /* after 1970: so far do nanoseconds in 64 bits reach */

int64_t wall_ns(const char *iso)
{
	struct tm tm = {0};
	const char *rest = iso ? strptime(iso, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;
	int64_t ns, unit = NS_PER_S / 10;

	if (!rest || tm.tm_year < 70 || tm.tm_year >= 70 + YEARS_MAX)
		return -1;
	ns = (int64_t)timegm(&tm) * NS_PER_S;
	if (*rest == '.')
		for (rest++; isdigit((unsigned char)*rest); rest++, unit /= 10)
			ns += (*rest - '0') * unit;
	return ns;
}
