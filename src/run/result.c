#include "run/result.h"

#include <stdlib.h>

void result_fini(struct result *result)
{
	free(result->task);
	free(result->task_parts);
	free(result->point);
	free(result->mark);
	free(result->modes);
	free(result->error);
	*result = (struct result){0};
}

const char *result_http_version(const struct result *result)
{
	if (result->http1_answers)
		return result->http2_answers ? "1.1 and 2" : "1.1";
	return result->http2_answers ? "2" : NULL;
}

struct run_figures result_figures(const struct result *result)
{
	const struct metrics *m = &result->summary;

	return (struct run_figures){
		.known = true,
		.requests = m->requests,
		.succeeded = m->succeeded,
		.failed = m->failed,
		.censored = m->censored,
		.p95_us = m->latency.count ? m->latency.p95_us : -1,
		.duration_us = result->duration_us,
	};
}

int result_exit_code(const struct result *result)
{
	bool asked[] = {[SLO_PASS] = false, [SLO_FAIL] = false, [SLO_INCONCLUSIVE] = false};

	if (!result->balanced)
		return 70;
	if (!result->summary.succeeded)
		return 1;
	for (int i = 0; i < result->slo_count; i++)
		asked[result->slo[i].verdict] = true;
	if (result->slo_count && result->client_bound)
		return 5;
	if (asked[SLO_FAIL])
		return 3;
	return asked[SLO_INCONCLUSIVE] ? 5 : 0;
}
