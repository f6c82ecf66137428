/* The options of the backend that `serve` and `demo` share. */
#ifndef CLI_BACKEND_H
#define CLI_BACKEND_H

#include "cli/options.h"
#include "serve/serve.h"

/* All but address, port and seed. */
struct serve_config backend_config(const struct options *options, int default_slots,
				   double default_speed);

#endif
