/* `brunt replay` without a RUN: the runs of the default folder. Main thread. */
#ifndef CLI_RUNS_H
#define CLI_RUNS_H

#include <stdio.h>

#include "base/err.h"
#include "cli/options.h"
#include "record/runs.h"

/* A line a run, newest first, columns aligned, the path last. `folder`: for the
 * sentence that says that there is none. */
void runs_text(FILE *out, const struct run_list *list, const char *folder);

/* The same on the terminal, where runs are opened, pinned, named, noted, deleted. The
 * exit code, -1: there is no such terminal, or the folder cannot be read. */
int runs_screen(const struct options *options, const char *folder, struct err *err);

/* Share of requests that did not succeed; negative: not known. */
double runs_errors(const struct run_entry *entry);

#endif
