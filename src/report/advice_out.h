/* What a cache would have done, in results for people and for programs. */
#ifndef REPORT_ADVICE_OUT_H
#define REPORT_ADVICE_OUT_H

#include <cjson/cJSON.h>

#include "run/advice.h"
#include "text_table.h"

/* Nothing where there were no prompts. */
void advice_text(const struct text_out *out, const struct advice *advice);
void advice_put(cJSON *o, const struct advice *advice);

#endif
