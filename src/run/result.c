#include "run/result.h"

#include <stdlib.h>

void result_fini(struct result *result)
{
	free(result->task);
	free(result->point);
	free(result->error);
	*result = (struct result){0};
}

int result_exit_code(const struct result *result)
{
	if (!result->balanced)
		return 70;
	return result->summary.succeeded ? 0 : 1;
}
