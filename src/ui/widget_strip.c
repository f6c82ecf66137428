#include "ui/widget.h"

#include <math.h>

void strip_draw(const struct dist *dist, double low_us, double high_us, struct view view, int y,
		const struct glyphs *glyphs)
{
	const int64_t value[] = {dist->min_us, dist->p50_us, dist->p95_us, dist->p99_us, dist->max_us};
	static const enum role role[] = {ROLE_DIM, ROLE_P50, ROLE_P95, ROLE_P99, ROLE_DIM};
	int at[5];

	if (!dist->count || !(low_us > 0) || !(high_us > low_us) || view.width < 2)
		return;
	for (int i = 0; i < 5; i++) {
		double us = value[i] > 0 ? (double)value[i] : low_us;
		double x = log(us / low_us) / log(high_us / low_us) * (view.width - 1);

		at[i] = x < 0 ? 0 : x > view.width - 1 ? view.width - 1 : (int)(x + 0.5);
	}
	/* Thin from end to end, thick where the most is. */
	for (int x = at[0]; x <= at[4]; x++)
		view_put(view, x, y, glyphs->rule, PEN(ROLE_DIM));
	for (int x = at[0]; x < at[1]; x++)
		view_put(view, x, y, glyphs->shade[1], PEN(ROLE_DIM));
	for (int x = at[1]; x < at[2]; x++)
		view_put(view, x, y, glyphs->shade[2], PEN(ROLE_P50));
	for (int i = 1; i <= 3; i++)
		view_put(view, at[i], y, glyphs->axis, PEN(role[i]));
}
