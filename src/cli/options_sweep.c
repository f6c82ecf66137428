/* --sweep: "auto", or the levels one after another. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/near.h"
#include "base/units.h"
#include "options_special.h"
#include "run/sweep.h"

int special_sweep(struct options *o, const char *value, struct err *err)
{
	if (!*value)
		return err_set(err, "is empty; expected auto, or levels such as 1,2,4,8");
	o->sweep = value;
	return 0;
}

static int level_of(const char *text, bool rates, double *out, struct err *err)
{
	struct near near = near_to(text, strlen(text));
	char said[NEAR_SAID];
	int64_t users;

	near_offer(&near, "auto");
	if (rates) {
		if (!units_parse_rate(text, false, 1e6, out, NULL))
			return 0;
		return err_set(err, "\"%.40s\" is no rate; %s", text,
			       near_or(&near, said, "expected auto, or rates such as 10,20,40"));
	}
	if (units_parse_count(text, 1, SCENARIO_MAX_USERS, &users, NULL))
		return err_set(err, "\"%.40s\" is no number of users; %s", text,
			       near_or(&near, said, "expected auto, or whole numbers from 1 on such as 1,2,4,8"));
	*out = (double)users;
	return 0;
}

static int levels_of(const struct options *o, bool rates, double level[SWEEP_LIST_MAX], int *count, struct err *err)
{
	char *list = xstrdup(o->sweep), *rest = list;
	int code = 0;

	*count = 0;
	while (!code && rest) {
		char *item = strsep(&rest, ",");

		if (*count == SWEEP_LIST_MAX)
			code = err_set(err, "has more than %d levels", SWEEP_LIST_MAX);
		else
			code = level_of(item, rates, &level[(*count)++], err);
	}
	free(list);
	return code;
}

/* What says itself what the load is. */
static const char *other_load(const struct options *o)
{
	bool ramp = o->rate_from < o->rate_to || o->rate_from > o->rate_to;

	return o->from                        ? "--from, which brings its own load"
	       : ramp                         ? "a ramp of --rate"
	       : o->stage_count               ? "--stage"
	       : o->arrival == ARRIVAL_TRACE  ? "--arrival trace"
	       : o->requests >= 0             ? "--requests: it ends by itself, and -z bounds it"
	       : o->slo_abort                 ? "--slo-abort: it stops climbing where an SLO is missed"
	       : o->concurrency >= 0 && strcmp(o->sweep, "auto") ? "--concurrency: the levels say how many users there are"
							       : NULL;
}

int options_check_sweep(const struct options *o, struct err *err)
{
	double level[SWEEP_LIST_MAX];
	const char *other;
	int count;

	if (!o->sweep)
		return 0;
	other = other_load(o);
	if (other)
		return err_set(err, "--sweep: not together with %s", other);
	if (strcmp(o->sweep, "auto") && levels_of(o, o->rate_to > 0, level, &count, err))
		return err_prefix(err, "--sweep");
	return 0;
}

/* An open loop begins well below the rate that is its cap, but with as much as can be
 * measured in some seconds. */
#define RATE_BELOW 32
#define RATE_BELOW_LEAST 4
#define RATE_TELLS 2.0 /* a second */

static double first_rate(double cap)
{
	return fmax(cap / RATE_BELOW, fmin(RATE_TELLS, cap / RATE_BELOW_LEAST));
}

void options_sweep(const struct options *o, double most, struct sweep_config *out)
{
	bool rates = o->rate_to > 0;
	double cap = rates ? o->rate_to : o->concurrency_given > 0 ? (double)o->concurrency_given : most;

	*out = (struct sweep_config){
		.mode = rates ? MODE_OPEN : MODE_CLOSED,
		.start = rates ? first_rate(cap) : 1,
		.cap = cap,
		.cap_flag = rates ? "-q" : "-c",
		.least = rates ? cap / RATE_BELOW / RATE_BELOW : 1,
	};
	if (strcmp(o->sweep, "auto"))
		levels_of(o, rates, out->level, &out->count, NULL);
}

void options_sweep_warn(const struct options *o, FILE *out)
{
	char given[UNITS_BYTES], needed[UNITS_BYTES];
	struct sweep_config config;
	int64_t needs_us;
	int fits;

	if (!o->sweep || o->duration_ns < 0)
		return;
	options_sweep(o, SCENARIO_MAX_USERS, &config);
	config.limit_us = o->duration_ns / NS_PER_US;
	fits = sweep_fits(&config, &needs_us);
	if (fits < config.count)
		fprintf(out, "brunt: --sweep: -z %s has time for about %d of %d levels; all of them take some %s, or more where answers are slow\n",
			units_format_duration(o->duration_ns, given), fits, config.count,
			units_format_duration(needs_us * NS_PER_US, needed));
}

double options_sweep_highest(const struct sweep_config *config)
{
	double highest = config->count ? 0 : config->cap;

	for (int i = 0; i < config->count; i++)
		highest = fmax(highest, config->level[i]);
	return highest;
}
