/* A live run from options to exit code; `run` and `demo` share it. */
#ifndef CLI_LIVE_H
#define CLI_LIVE_H

#include "cli/options.h"
#include "scenario/scenario.h"

/* Raises the soft limit of open files to the hard one; returns it. */
long live_raise_file_limit(void);

/* `descriptors_per_user`: 1, or 2 where the target is in this process.
 * signals_install() must have been called. */
int live_run(const struct options *options, const struct scenario *scenario,
	     const char *command_line, int descriptors_per_user);

#endif
