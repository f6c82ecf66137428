/* The reference backend's listening socket. */
#ifndef SERVE_LISTEN_H
#define SERVE_LISTEN_H

#include "base/err.h"

/* A non-blocking socket that listens on a numeric address, its port in *port
 * (0: any free one) on return; -1 with an err naming --bind or --port. */
int serve_listen(const char *address, int *port, struct err *err);

#endif
