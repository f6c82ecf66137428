/* A comparison as a part of a larger JSON object. Private to run/. */
#ifndef REPORT_CONTRAST_PUT_H
#define REPORT_CONTRAST_PUT_H

#include <cjson/cJSON.h>

#include "report/json.h"
#include "run/contrast.h"

/* The keys of contrast_json(), into `object`. */
void contrast_put(cJSON *object, const struct contrast *contrast, const struct contrast_side *a,
		  const struct contrast_side *b);

#endif
