/* The modes that operating points had which are over: the newest MODES_LOG of all tasks
 * and of each. One thread. */
#ifndef RUN_MODES_LOG_H
#define RUN_MODES_LOG_H

#include "run/result.h"
#include "traits.h"

#define MODES_LOG 64

struct modes_log {
	int count;
	struct result_modes at[MODES_LOG]; /* oldest first */
};

struct archive;
void modes_log_archive(struct modes_log *log, int tasks, struct archive *a);
/* What a point that began at t_us had; `task_name`: of each task. */
void modes_log_take(struct modes_log *log, const struct traits *t, char *const *task_name, int64_t t_us);

#endif
