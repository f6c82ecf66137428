/* Figures of a result in words, as its reports for people all have them. */
#ifndef REPORT_FIGURES_H
#define REPORT_FIGURES_H

#include "base/units.h"
#include "run/result.h"

/* "99.20 %", rounded down: what is not all is not 100 %. NULL: there is no whole. */
const char *figure_percent(uint64_t part, uint64_t whole, char out[UNITS_BYTES]);
/* Of what failed or was cut off, rounded up: what there is of it is not 0 %. */
const char *figure_failed_share(const struct metrics *m, char out[UNITS_BYTES]);
/* The load: "10 users", "5 to 50/s poisson", "3 users, +2 loads". */
void figure_load(const struct result *r, const struct run_meta *meta, char *out, size_t bytes);
/* "HTTP/2, 2 connections opened, 63.8 requests in flight", the last a mean, as far as it is
 * known; NULL: HTTP/1.1, which goes without saying. */
const char *figure_http(const struct result *r, char *out, size_t bytes);
/* "71.9 ms to 83.0 ms"; where there is none how long until there is, at the present
 * rate. */
void figure_interval(const struct interval *i, const struct metrics *s, char *out, size_t bytes);
/* The expression with its task, which it does not say itself. */
void figure_slo(const struct slo *slo, char *out, size_t bytes);

#endif
