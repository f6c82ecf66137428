/* `brunt check --send`: each task once, request and answer shown for people.
 * Main thread; loads nobody. */
#ifndef CLI_CHECK_SEND_H
#define CLI_CHECK_SEND_H

#include <stdio.h>

#include "cli/options.h"
#include "scenario/scenario.h"

/* 0: every exchange succeeded; 1: one failed; OPTIONS_EXIT_USAGE and err: it
 * could not be tried. */
int check_send(FILE *out, const struct options *options, const struct scenario *scenario,
	       struct err *err);

#endif
