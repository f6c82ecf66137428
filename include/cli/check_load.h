/* What `brunt check` says of a scenario's load and SLOs. Main thread. */
#ifndef CLI_CHECK_LOAD_H
#define CLI_CHECK_LOAD_H

#include <stdio.h>

#include "cli/options.h"

/* `options` after options_apply_load(): what a run without flags would do. */
void check_load(FILE *out, const struct options *options, const struct scenario *scenario);

#endif
