/* What the server's metrics said, in results for people and for programs. */
#ifndef REPORT_SERVER_OUT_H
#define REPORT_SERVER_OUT_H

#include <cjson/cJSON.h>

#include "run/snapshot.h"
#include "text_table.h"

/* Nothing where nobody asked. */
void server_text(const struct text_out *out, const struct server_figures *server);
void server_put(cJSON *o, const struct server_figures *server);

#endif
