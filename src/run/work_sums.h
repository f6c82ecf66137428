/* Filling run/work.h from exchanges. */
#ifndef RUN_WORK_SUMS_H
#define RUN_WORK_SUMS_H

#include "exchange.h"
#include "run/work.h"

void work_exchange(struct work *w, const struct exchange *x);
struct archive;
void work_archive(struct work *w, struct archive *a);

#endif
