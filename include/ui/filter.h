/* What the user wants to see of a run: one task, one outcome, one class of errors. What is
 * kept apart by outcome follows; what is not stays whole and says so. Pure; main thread. */
#ifndef UI_FILTER_H
#define UI_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "run/snapshot.h"

enum filter_outcome { FILTER_ALL, FILTER_OK, FILTER_FAILED };

struct filter {
	bool by_task;       /* the task under the dashboard's cursor, errors included */
	enum filter_outcome outcome;
	enum error_class error; /* ERROR_NONE: any; else the outcome is FILTER_FAILED */
};

static inline bool filter_is_on(const struct filter *f)
{
	return f->by_task || f->outcome != FILTER_ALL;
}

#define FILTER_TEXT 96
/* Words such as "multi-turn failed", "task:NAME", "err:timeout", "ok"; beginnings of names
 * will do. *task: -1 for all. -1: it is none, and `why` says what is wrong. */
int filter_parse(const char *text, const struct snapshot *s, struct filter *out, int *task, char *why,
		 size_t bytes);
/* The words that would make it. `task`: the one under the cursor. */
char *filter_text(const struct filter *f, const struct snapshot *s, int task, char *out, size_t bytes);
/* What the word that begins at text + from can be completed to, as far as that is certain;
 * false: to nothing. */
bool filter_complete(const char *text, size_t from, const struct snapshot *s, char *out, size_t bytes);

/* The snapshot as the filter leaves it: `in` itself, or *room. What is of all tasks together
 * and the rows of the tasks stay as they are. */
const struct snapshot *filter_apply(const struct filter *f, int task, const struct snapshot *in, struct snapshot *room);
/* Whether the histograms of latency are by such an outcome. */
static inline bool filter_in_histograms(const struct filter *f)
{
	return f->outcome != FILTER_ALL && f->error == ERROR_NONE;
}

#endif
