/* `--baseline RUN`: a run held against a recorded one, on the screen and at its end. Main
 * thread. */
#ifndef CLI_VERSUS_H
#define CLI_VERSUS_H

#include <stdio.h>

#include "base/err.h"
#include "report/json.h"
#include "run/contrast.h"
#include "ui/ghost.h"

struct versus;

/* Reads RUN, and sees to it that a run of which so much is known can be held against it.
 * What else should be known beside it goes to standard error. `compare`: to its end, by
 * versus_compare(); that takes a second reading. Errors begin with the flag. */
int versus_new(const char *word, const struct run_meta *run, bool compare, struct versus **out, struct err *err);
void versus_free(struct versus *versus);
/* RUN's file; lives as long as `versus`. */
const char *versus_path(const struct versus *versus);
/* The whole of RUN; lives as long as `versus`. NULL: there is no baseline. */
const struct ghost *versus_ghost(const struct versus *versus);

/* At the end of the run, whose file at `path` has all its records, closed or not. What
 * makes a comparison impossible now is kept for versus_text(). Meta and result outlive
 * `versus`. */
void versus_compare(struct versus *versus, const char *path, const struct run_meta *meta,
		    const struct result *result);
/* The exit code of a run that without a baseline would have `code`. */
int versus_exit_code(const struct versus *versus, const struct result *result, int code);
/* The same as a pure function; `contrast` NULL: they could not be compared. */
int versus_code(const struct contrast *contrast, bool client_bound, int code);
/* A section for behind the run's summary. */
void versus_text(const struct versus *versus, FILE *out, int columns, bool color);
/* For the JSON result. */
struct result_baseline versus_result(const struct versus *versus);

#endif
