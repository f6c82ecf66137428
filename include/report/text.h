/* Tables for people, at most `columns` wide (0: 80). `color` adds SGR attributes. Any thread. */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "run/contrast.h"
#include "run/result.h"

/* So many columns for a file or a pipe, where nothing needs to be cut. */
#define RESULT_TEXT_WHOLE 1000

void result_text(FILE *out, const struct result *result, const struct run_meta *meta,
		 const struct run_closing *closing, int columns, bool color);

void contrast_text(FILE *out, const struct contrast *contrast, const struct contrast_side *a,
		   const struct contrast_side *b, int columns, bool color);
/* A short one, for behind a run's own summary: what differs, and what that comes to in a
 * sentence. Ends with a blank line. */
void contrast_summary(FILE *out, const struct contrast *contrast, const struct contrast_side *a,
		      const struct contrast_side *b, int columns, bool color);

#endif
