/* How the system scales, as a part of a result. Private to run/. */
#ifndef REPORT_SCALING_PUT_H
#define REPORT_SCALING_PUT_H

#include <cjson/cJSON.h>

#include "run/scaling.h"
#include "text_table.h"

/* The key `scaling` of the result, into its root; returns its object. */
cJSON *scaling_put(cJSON *root, const struct scaling *scaling);
/* A section of the summary; where there are fewer than two levels only what is left out, if
 * that is known. */
void scaling_text(const struct text_out *out, const struct scaling *scaling);

#endif
