/* Durations ("500us", "2s", "3m", "1h", "1.5s", "1m30s") and SI counts ("1k",
 * "2.5M"), read strictly and written for people. Any thread. */
#ifndef BASE_UNITS_H
#define BASE_UNITS_H

#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* A number needs its unit (us, µs, ms, s, m, h, d), except a bare 0. 0 to 365
 * days. The err text says what was expected, without naming the flag. */
int units_parse_duration(const char *text, int64_t *out_ns, struct err *err);

/* A rate per second: "20", "1.5k", "90/m", "90/min", "3600/h"; above 0 or, where
 * `nothing` is allowed, from 0 on, and at most `max`. */
int units_parse_rate(const char *text, bool nothing, double max, double *out, struct err *err);

/* A whole count of `min` to `max`, with k, M or G (powers of 1000). */
int units_parse_count(const char *text, int64_t min, int64_t max, int64_t *out,
		      struct err *err);

#define UNITS_BYTES 24
/* "1.41 s", "932 ms", "87 µs", "0 s": three significant figures. */
char *units_format_duration(int64_t ns, char out[UNITS_BYTES]);
/* "0.0927", "1.23", "1234", "2e-05": of a currency, at most six characters. */
char *units_format_cost(double cost, char out[UNITS_BYTES]);
/* "12.8", "843", "12.3k", "1.20M": at most five characters. */
char *units_format_rate(double per_second, char out[UNITS_BYTES]);
/* "0", "731", "12.3k", "4.56M": at most five characters. */
char *units_format_count(uint64_t n, char out[UNITS_BYTES]);
/* A number of users or of arrivals per second: "24", "0.75", "1250.5", "20000". */
char *units_format_level(double level, char out[UNITS_BYTES]);
/* "512 B", "1.20 KiB", "3.42 MiB": three significant figures. */
char *units_format_bytes(uint64_t bytes, char out[UNITS_BYTES]);
/* "01:23", "1:02:03": elapsed time, whole seconds, rounded down. */
char *units_format_elapsed(int64_t ns, char out[UNITS_BYTES]);

#endif
