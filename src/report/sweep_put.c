#include "sweep_put.h"

#include <stdlib.h>
#include <string.h>

#include "run/sweep.h"

/* It is the first word of what was recorded, which may be anything. */
void sweep_put(cJSON *scaling, const struct snap_sweep *s)
{
	size_t bytes = strcspn(s->text, ":");
	char word[SNAP_SWEEP];

	memcpy(word, s->text, bytes);
	word[bytes] = '\0';
	if (s->state != SNAP_SWEPT || !sweep_stop_by_name(word))
		return;
	if (!cJSON_ReplaceItemInObjectCaseSensitive(scaling, "stop_reason", cJSON_CreateString(word)))
		abort();
}
