#include "run/advice.h"

#include <inttypes.h>
#include <stdio.h>

#define MORE 0.005 /* of the prompts: a cache that brings that much brings something */

int advice_caveats(const struct advice *a, char out[ADVICE_CAVEATS][ADVICE_TEXT])
{
	double most = a->cell[ADVICE_TTLS - 1][ADVICE_SIZES - 1].hit_ratio;
	int n = 0;

	if (most > a->now.hit_ratio + MORE && a->closed)
		snprintf(out[n++], ADVICE_TEXT, "users who wait less ask sooner and find more: hits at least");
	if (a->later)
		snprintf(out[n++], ADVICE_TEXT, "later turns are the same where the same was said, whatever was answered");
	if (a->partly)
		snprintf(out[n++], ADVICE_TEXT, "a prefix cache had a part of %" PRIu64 " prompt%s: no whole answers", a->partly,
			 a->partly == 1 ? "" : "s");
	return n;
}
