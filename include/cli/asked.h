/* Which API and model a recorded run asked for, as its scenario or its command line says.
 * Main thread. */
#ifndef CLI_ASKED_H
#define CLI_ASKED_H

#include "run/meta.h"

/* NULL: none, several, or nobody says. */
struct asked {
	char *api, *model;
};

void asked_of(const struct run_meta *meta, struct asked *out);
void asked_fini(struct asked *asked);

#endif
