/* The past of a run that is not recorded: a picture a second, packed, in a fixed buffer;
 * the oldest make room. Each is of the view that was looked at then. Main thread. */
#ifndef CLI_HISTORY_H
#define CLI_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "run/snapshot.h"

struct history;

struct history *history_new(void);
void history_free(struct history *history);
/* Takes the first picture of each second of run time; they come in order. */
void history_take(struct history *history, const struct snapshot *snapshot);
/* Run time of the oldest picture; -1: there is none. */
int64_t history_since_us(const struct history *history);
/* The newest picture up to t_us, else the oldest. False: there is none. */
bool history_at(struct history *history, int64_t t_us, struct snapshot *out);

#endif
