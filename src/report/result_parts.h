/* Parts of the summary that other reports for people have, too. Each writes nothing where
 * there is nothing to say. Private to run/. */
#ifndef REPORT_RESULT_PARTS_H
#define REPORT_RESULT_PARTS_H

#include "run/result.h"
#include "text_table.h"

/* What the requests about a percentile were made of. */
void result_text_phases(const struct text_out *out, const struct result *r, const struct run_meta *meta);
/* "p95 of A alone and with B". */
void result_text_beside(const struct text_out *out, const struct result *r, const struct run_meta *meta);
/* Of each load that had several; nothing is said of one. */
void result_text_modes(const struct text_out *out, const struct result *r, const struct run_meta *meta);
void result_text_sweep(const struct text_out *out, const struct result *r);
/* What micro-experiments found. */
void result_text_tried(const struct text_out *out, const struct result *r);

#endif
