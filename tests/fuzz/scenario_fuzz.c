/* A scenario file of any bytes ends in a scenario or in a message. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "scenario/scenario.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct scenario *s = NULL;
	struct err err = {""};

	if (scenario_parse((const char *)data, bytes, "f", NULL, &s, &err)) {
		if (strncmp(err.text, "f:", 2) != 0 || s)
			abort();
		return 0;
	}
	if (s->task_count < 1 || s->task_count > SCENARIO_MAX_TASKS)
		abort();
	for (int i = 0; i < s->task_count; i++) {
		const struct http_request *r = &s->task[i].request;

		if (!(s->task[i].weight > 0) || http_url_check(r->url, NULL))
			abort();
		for (char **h = r->header; *h; h++)
			if (http_header_check(*h, NULL))
				abort();
	}
	struct scenario *again = NULL;

	/* Where there was no secret, what is recorded is the file. */
	if (strlen(s->source) == bytes &&
	    scenario_parse(s->source, bytes, "f", NULL, &again, &err))
		abort();
	scenario_free(again);
	scenario_free(s);
	return 0;
}
