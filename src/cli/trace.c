#include "cli/trace.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "scenario/data.h"

static bool has_times(const struct data_set *set)
{
	uint64_t rows = data_rows(set);

	for (uint64_t i = 0; i < rows; i++)
		if (data_timestamp_ms(set, i) < 0)
			return false;
	return rows > 1;
}

static int by_time(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int trace_arrivals(const struct scenario *scenario, struct arrival_plan *plan, double **place,
		   double *rate_rps, int64_t *length_ns, struct err *err)
{
	const struct data_set *set = NULL;
	double *at, first, last;
	uint64_t rows;

	for (int i = 0; i < scenario->data_count && !set; i++)
		if (has_times(scenario->data[i]))
			set = scenario->data[i];
	if (!set)
		return err_set(err, "no data set has times; expected a trace of rows with a \"timestamp\" in milliseconds");
	rows = data_rows(set);
	at = xcalloc(rows, sizeof *at);
	for (uint64_t i = 0; i < rows; i++)
		at[i] = (double)data_timestamp_ms(set, i);
	qsort(at, rows, sizeof *at, by_time);
	first = at[0];
	last = at[rows - 1];
	if (!(last > first)) {
		free(at);
		return err_set(err, "all times of the trace are the same; expected some that differ");
	}
	/* Mean gap 1, so that a level of r a second has mean rate r. */
	for (uint64_t i = 0; i < rows; i++)
		at[i] = (at[i] - first) * (double)(rows - 1) / (last - first);
	*rate_rps = (double)(rows - 1) * 1e3 / (last - first);
	*length_ns = (int64_t)((last - first) * NS_PER_MS);
	*place = at;
	*plan = (struct arrival_plan){.kind = ARRIVAL_TRACE, .place = at, .places = rows};
	return 0;
}
