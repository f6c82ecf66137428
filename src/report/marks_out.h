/* Marks, in results for people and for programs. */
#ifndef REPORT_MARKS_OUT_H
#define REPORT_MARKS_OUT_H

#include <cjson/cJSON.h>

#include "run/result.h"
#include "text_table.h"

/* Nothing where nobody put one. */
void marks_text(const struct text_out *out, const struct result *result);
/* The key `marks`, and `marks_left_out` where that says something. */
void marks_put(cJSON *root, const struct result *result);

#endif
