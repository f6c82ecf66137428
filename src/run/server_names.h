/* What servers call their metrics, and which figures of a rec_server those are. Any
 * thread. */
#ifndef RUN_SERVER_NAMES_H
#define RUN_SERVER_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "metrics/record.h"

/* Fills the figures, kind and series of *out from an answer (`cut`: from its beginning).
 * -1: it is no Prometheus text, or has nothing that is known here; err says so. */
int server_read(const char *body, size_t bytes, bool cut, struct rec_server *out, struct err *err);

#endif
