#include "retry_after.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/clock.h"

#define YEAR_S (366LL * 86400)

static int64_t seconds(const char *text)
{
	int64_t s = 0;

	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -1;
		if (s < YEAR_S)
			s = s * 10 + (*text - '0');
	}
	return s < YEAR_S ? s : YEAR_S;
}

static int month(const char *name)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < 12; i++)
		if (!strncasecmp(name, months + 3 * i, 3))
			return i;
	return -1;
}

/* Not strptime(): its names are those of the locale. */
static int date(const char *text, struct tm *tm)
{
	char name[4] = "";

	if (sscanf(text, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT", &tm->tm_mday, name,
		   &tm->tm_year, &tm->tm_hour, &tm->tm_min, &tm->tm_sec) == 6) {
		tm->tm_year -= 1900;
	} else if (sscanf(text, "%*9[A-Za-z], %2d-%3[A-Za-z]-%2d %2d:%2d:%2d GMT", &tm->tm_mday, name,
			  &tm->tm_year, &tm->tm_hour, &tm->tm_min, &tm->tm_sec) == 6) {
		tm->tm_year += tm->tm_year < 70 ? 100 : 0;
	} else if (sscanf(text, "%*3[A-Za-z] %3[A-Za-z] %2d %2d:%2d:%2d %4d", name, &tm->tm_mday,
			  &tm->tm_hour, &tm->tm_min, &tm->tm_sec, &tm->tm_year) == 6) {
		tm->tm_year -= 1900;
	} else {
		return -1;
	}
	tm->tm_mon = month(name);
	return tm->tm_mon < 0 ? -1 : 0;
}

int64_t retry_after_ns(const char *value, size_t bytes, int64_t wall_ns)
{
	struct tm tm = {0};
	char text[64];
	int64_t s;

	if (!bytes || bytes >= sizeof text || memchr(value, '\0', bytes))
		return -1;
	memcpy(text, value, bytes);
	text[bytes] = '\0';
	s = seconds(text);
	if (s >= 0)
		return s * NS_PER_S;
	if (date(text, &tm))
		return -1;
	s = timegm(&tm);
	if (s <= wall_ns / NS_PER_S)
		return 0;
	s -= wall_ns / NS_PER_S;
	return (s < YEAR_S ? s : YEAR_S) * NS_PER_S;
}
