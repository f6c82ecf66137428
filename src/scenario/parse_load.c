/* "load": what to do unless options say otherwise. */
#include <stdio.h>

#include "base/mem.h"
#include "parse.h"

#define RATE "a rate such as 20, \"90/m\" or, as a ramp, \"10:50\""
#define STAGES "an array of stages such as [\"30s:20\", \"1m:20-80\"] or [\"1m:5-80/s\"]"

static void take_rate(struct parser *p, uint32_t at, struct scenario_load *l)
{
	char number[32];
	const char *text = number;
	struct err why;

	if (!at)
		return;
	if (p->json.value[at].kind == JSON_NUMBER)
		snprintf(number, sizeof number, "%.15g", json_number(&p->json, at));
	else if (expect_fixed(p, at, RATE))
		return;
	else
		text = json_text(&p->json, at);
	if (shape_rate(text, &l->rate_from, &l->rate_to, &why))
		refuse_with(p, at, &why);
}

static void take_arrival(struct parser *p, uint32_t at, struct scenario_load *l)
{
	static const char expected[] = "\"constant\", \"poisson\" or \"trace\"";

	if (!at || expect_fixed(p, at, expected))
		return;
	l->arrival = arrival_by_name(json_text(&p->json, at));
	if (l->arrival < 0)
		refuse_word(p, at, "is unknown", expected);
}

static void take_stages(struct parser *p, uint32_t at, struct scenario_load *l)
{
	struct err why;

	if (!at || expect(p, at, JSON_ARRAY, STAGES))
		return;
	for (uint32_t c = p->json.value[at].child; c; c = p->json.value[c].next) {
		if (l->stages == SHAPE_STAGES_MAX) {
			refuse(p, c, NULL, "is one too many; expected at most %d stages", SHAPE_STAGES_MAX);
			return;
		}
		if (expect_fixed(p, c, "a stage such as \"30s:20\", \"1m:10-50\" or \"1m:5-80/s\""))
			continue;
		l->stage = xreallocarray(l->stage, (size_t)l->stages + 1, sizeof *l->stage);
		if (shape_stage(json_text(&p->json, c), l->rate_to > 0, &l->stage[l->stages++], &why))
			refuse_with(p, c, &why);
	}
	if (!p->json.value[at].count)
		refuse(p, at, NULL, "is empty; expected %s", STAGES);
}

static int refuse_together(struct parser *p, uint32_t at, const struct scenario_load *l)
{
	bool ramp = l->rate_from < l->rate_to || l->rate_from > l->rate_to;
	const char *other = l->stages ? "stages" : l->rate_to > 0 ? "rate" : l->arrival == ARRIVAL_TRACE ? "arrival" : NULL;

	if (l->concurrency && other)
		return refuse(p, json_get(&p->json, at, other), NULL,
			      "is not for a load with \"concurrency\"; expected one of them");
	if (ramp && l->duration_ns < 0)
		return refuse(p, json_get(&p->json, at, "rate"), NULL,
			      "is a ramp, which lasts as long as the run; expected a \"duration\" beside it");
	if (ramp && l->stages)
		return refuse(p, json_get(&p->json, at, "rate"), NULL,
			      "is a ramp, and there are stages; expected a stage such as \"1m:10-50/s\"");
	return 0;
}

void take_load(struct parser *p)
{
	static const char *const keys[] = {"concurrency", "rate", "arrival", "stages", "max_in_flight",
					   "requests", "duration", "warmup", "think", NULL};
	struct scenario_load *l = &p->scenario->load;
	uint32_t at = json_get(&p->json, 0, "load");
	uint64_t before = p->faults->total;

	*l = (struct scenario_load)SCENARIO_NO_LOAD;
	if (!at || expect(p, at, JSON_OBJECT, "an object such as {\"concurrency\": 20, \"duration\": \"60s\"}"))
		return;
	expect_keys(p, at, keys, "concurrency, rate, arrival, stages, max_in_flight, requests, duration, warmup or think");
	take_count(p, at, "concurrency", SCENARIO_MAX_USERS, &l->concurrency);
	take_rate(p, json_get(&p->json, at, "rate"), l);
	take_arrival(p, json_get(&p->json, at, "arrival"), l);
	take_stages(p, json_get(&p->json, at, "stages"), l);
	take_count(p, at, "max_in_flight", SCENARIO_MAX_USERS, &l->max_in_flight);
	take_count(p, at, "requests", SCENARIO_MAX_REQUESTS, &l->requests);
	take_duration(p, at, "duration", true, &l->duration_ns);
	take_duration(p, at, "warmup", false, &l->warmup_ns);
	take_duration(p, at, "think", false, &l->think_ns);
	/* Of what is half known it cannot be said. */
	if (p->faults->total == before)
		refuse_together(p, at, l);
}
