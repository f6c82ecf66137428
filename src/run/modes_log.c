#include "modes_log.h"

#include <stdio.h>
#include <string.h>

#include "base/archive.h"

void modes_log_archive(struct modes_log *log, int tasks, struct archive *a)
{
	archive_int(a, &log->count, 0, MODES_LOG);
	for (int i = 0; i < log->count; i++) {
		archive_time(a, &log->at[i].t_us);
		archive_int(a, &log->at[i].task, -1, tasks - 1);
		archive_text(a, log->at[i].sentence, sizeof log->at[i].sentence);
	}
}

void modes_log_take(struct modes_log *log, const struct traits *t, char *const *task_name, int64_t t_us)
{
	struct snap_modes modes;

	for (int s = 0; s < t->scopes; s++) {
		traits_modes(t, s, CLOCK_RESPONSE, task_name, &modes);
		if (modes.count < 2)
			continue;
		if (log->count == MODES_LOG)
			memmove(log->at, log->at + 1, (size_t)--log->count * sizeof *log->at);
		log->at[log->count] = (struct result_modes){.t_us = t_us, .task = s - 1};
		snprintf(log->at[log->count].sentence, sizeof log->at->sentence, "%s", modes.sentence);
		log->count++;
	}
}
