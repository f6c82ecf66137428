/* What the dots say, and what would say more, in sentences. */
#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/units.h"
#include "scaling_of.h"

#define LOOSE 1.5      /* a knee's interval: from high to low */

static const char *level(double value, char out[UNITS_BYTES])
{
	return units_format_level(value, out);
}

static void no_usl(struct scaling *s)
{
	const struct usl *u = &s->scale.usl;
	char a[UNITS_BYTES], b[UNITS_BYTES], *out = s->no_usl;

	if (!s->fitted)
		return;
	switch (u->says) {
	case USL_HOLDS:
		break;
	case USL_FEW_LEVELS:
		snprintf(out, SCALING_TEXT, "USL needs %d levels: %d so far", USL_LEVELS, u->levels);
		break;
	case USL_SUPERLINEAR:
		snprintf(out, SCALING_TEXT, "no USL: more users get more each, as where a batch fills");
		break;
	case USL_MISFIT:
		if (isfinite(u->worst) && u->worst_level > 0)
			snprintf(out, SCALING_TEXT, "no USL: it is off by %.0f %% at %s users, as where slots or a batch fill up",
				 100 * fabs(u->worst), level(u->worst_level, a));
		else
			snprintf(out, SCALING_TEXT, "no USL: no curve of its kind goes through these");
		break;
	case USL_NO_PEAK:
		if (isfinite(u->peak))
			snprintf(out, SCALING_TEXT, "USL: no level beyond its peak yet; it may be near %s: drive to %s users or more",
				 level(round(u->peak), a), level(ceil(1.5 * u->peak), b));
		else
			snprintf(out, SCALING_TEXT, "USL: no peak is in sight");
		break;
	}
}

static void changed(struct scaling *s)
{
	char n[UNITS_BYTES], from[UNITS_BYTES], to[UNITS_BYTES];

	if (s->fitted && !isnan(s->changed_level))
		snprintf(s->changed, SCALING_TEXT, "the server changed: %s users at %s and at %s differ; what came before is left out",
			 level(s->changed_level, n), units_format_elapsed(s->changed_from_us * 1000, from),
			 units_format_elapsed(s->changed_to_us * 1000, to));
}

static void advise(struct scaling *s)
{
	const struct bounds *b = &s->scale.bounds;
	char n[UNITS_BYTES];

	if (s->hold_s > 0)
		snprintf(s->advice, sizeof s->advice, "hold this level %.0f s more", ceil(s->hold_s));
	else if (!s->fitted)
		snprintf(s->advice, sizeof s->advice, s->open ? "nothing is fitted over a rate: m goes on in a closed loop"
							      : "hold a number of users to measure it");
	else if (s->scale.levels < 2)
		snprintf(s->advice, sizeof s->advice, "add a second level of load: press + or >");
	else if (!b->reached)
		snprintf(s->advice, sizeof s->advice, "throughput still grows: drive to %s users or more", level(s->drive_to, n));
	else if (!b->light)
		snprintf(s->advice, sizeof s->advice, "%s users may be beyond the knee already: measure fewer", level(b->plateau_from, n));
	else if (s->scale.knee.high > LOOSE * s->scale.knee.low)
		snprintf(s->advice, sizeof s->advice, "measure %s users to narrow the knee", level(fmax(1, round(b->knee)), n));
	else if (!s->confirmed)
		snprintf(s->advice, sizeof s->advice, "measure %s users again to confirm it", level(b->plateau_to, n));
}

void scaling_say(struct scaling *s)
{
	no_usl(s);
	changed(s);
	advise(s);
}
