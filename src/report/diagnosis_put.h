/* What limits the service, as a part of a result. Private to run/. */
#ifndef REPORT_DIAGNOSIS_PUT_H
#define REPORT_DIAGNOSIS_PUT_H

#include <cjson/cJSON.h>

#include "run/diagnosis.h"
#include "text_table.h"

/* The key `verdict` of the result's object `scaling`, in place of one that is there. */
void diagnosis_put(cJSON *scaling, const struct diagnosis *d);
/* A part of the summary, of the HTML report; nothing where there was no load. */
void diagnosis_html(FILE *out, const struct diagnosis *d);
void diagnosis_text(const struct text_out *out, const struct diagnosis *d);

#endif
