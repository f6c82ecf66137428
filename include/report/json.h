/* The JSON results, of a run and of two beside each other: texts with a line end,
 * free(). Any thread. */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include "run/contrast.h"
#include "run/result.h"

char *result_json(const struct result *result, const struct run_meta *meta,
		  const struct run_closing *closing);
/* The same for a run that was asked to be held against a baseline: with a key more. */
struct result_baseline {
	const struct contrast *contrast; /* NULL: they could not be compared */
	const struct contrast_side *baseline, *run;
};
char *result_json_beside(const struct result *result, const struct run_meta *meta, const struct run_closing *closing,
			 const struct result_baseline *baseline);

char *contrast_json(const struct contrast *contrast, const struct contrast_side *a,
		    const struct contrast_side *b);

#endif
