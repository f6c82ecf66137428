#include "run/meta.h"

#include <stdlib.h>

void run_meta_fini(struct run_meta *meta)
{
	free(meta->version);
	free(meta->started_at);
	free(meta->target);
	free(meta->scenario);
	free(meta->source);
	free(meta->argv);
	for (char **l = meta->label; l && *l; l++)
		free(*l);
	free(meta->label);
	for (int i = 0; meta->task_name && i < meta->task_count; i++)
		free(meta->task_name[i]);
	free(meta->task_name);
	free(meta->task_weight);
	*meta = (struct run_meta){0};
}
