#include "scenario/shape.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/units.h"
#include "scenario/scenario.h"

#define RATE_MAX 1e6 /* arrivals a second */

static const char *const names[] = {"constant", "poisson", "trace"};

const char *arrival_name(enum arrival_kind kind)
{
	return names[kind];
}

int arrival_by_name(const char *name)
{
	for (int i = ARRIVAL_CONSTANT; i <= ARRIVAL_TRACE; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

/* "A" and "B" of "A<mark>B"; B as A without the mark. A unit behind B is A's, too. */
static int read_span(const char *text, char mark, double *from, double *to, struct err *err)
{
	const char *at = strchr(text, mark);
	const char *unit = at ? strchr(at, '/') : NULL;
	char *first;
	int code;

	if (!at) {
		code = units_parse_rate(text, false, RATE_MAX, to, err);
		*from = *to;
		return code;
	}
	first = memchr(text, '/', (size_t)(at - text)) || !unit
			? xstrndup(text, (size_t)(at - text))
			: xasprintf("%.*s%s", (int)(at - text), text, unit);
	/* A ramp may come from nothing. */
	code = units_parse_rate(first, true, RATE_MAX, from, err) ||
			       units_parse_rate(at + 1, false, RATE_MAX, to, err)
		       ? -1 : 0;
	free(first);
	return code;
}

int shape_rate(const char *text, double *from, double *to, struct err *err)
{
	return read_span(text, ':', from, to, err);
}

static bool whole(double users)
{
	return users <= SCENARIO_MAX_USERS && fabs(users - nearbyint(users)) < 1e-9;
}

int shape_stage(const char *text, bool rates, struct load_stage *out, struct err *err)
{
	const char *colon = strchr(text, ':');
	char *length = colon ? xstrndup(text, (size_t)(colon - text)) : NULL;
	struct err why = {""};

	*out = (struct load_stage){.mode = rates || (colon && strchr(colon, '/')) ? MODE_OPEN : MODE_CLOSED};
	if (!length || units_parse_duration(length, &out->length_ns, &why) || out->length_ns <= 0 ||
	    read_span(colon + 1, '-', &out->from, &out->to, &why)) {
		free(length);
		if (colon && !strcmp(colon, ":0"))
			return err_set(err, "\"%.60s\" sends nothing; expected a level above 0, such as 30s:20", text);
		if (!why.text[0] && colon)
			return err_set(err, "\"%.60s\" has no length; expected one such as 30s:20", text);
		return err_set(err, "\"%.60s\" is no stage; expected T:LEVEL or T:A-B, such as 30s:20, 1m:10-50 or 1m:5-80/s",
			       text);
	}
	free(length);
	if (out->mode == MODE_CLOSED && (!whole(out->from) || !whole(out->to)))
		return err_set(err, "\"%.60s\" is no number of users; expected whole ones up to %d, or a rate such as 0.5/s",
			       text, SCENARIO_MAX_USERS);
	return 0;
}
