#include "run/meta.h"

#include <stdlib.h>
#include <string.h>

static void free_list(char **list)
{
	for (char **item = list; item && *item; item++)
		free(*item);
	free(list);
}

int run_meta_task(const struct run_meta *meta, const char *name)
{
	for (int i = 0; i < meta->task_count; i++)
		if (!strcmp(meta->task_name[i], name))
			return i;
	return -1;
}

void run_meta_fini(struct run_meta *meta)
{
	free(meta->version);
	free(meta->started_at);
	free(meta->target);
	free(meta->scenario);
	free(meta->source);
	free(meta->argv);
	free(meta->arrival);
	free_list(meta->label);
	free_list(meta->slo);
	for (int i = 0; meta->task_name && i < meta->task_count; i++)
		free(meta->task_name[i]);
	free(meta->task_name);
	free(meta->task_weight);
	*meta = (struct run_meta){0};
}
