/* The code beside an error's class, as people read it: an HTTP status, or the name of an
 * errno. Numbers of both kinds in one column look alike. */
#ifndef METRICS_ERROR_CODE_H
#define METRICS_ERROR_CODE_H

#include <stdbool.h>

#include "metrics/record.h"

#define ERROR_CODE_TEXT 16

bool error_code_is_status(enum error_class error);
/* "503", "ECONNRESET"; "": there is none. */
const char *error_code_text(enum error_class error, int32_t code, char out[ERROR_CODE_TEXT]);

#endif
