/* A scenario file of any bytes ends in a scenario or in a message; what it makes
 * can be sent: valid URLs and headers, JSON bodies that are JSON. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "scenario/conversation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static bool is_json_task(const struct task *t)
{
	return t->plan.api && t->plan.api->prompt_key && (t->turn || t->row_turns);
}

/* Our own strict reader is the judge: a data set's row is one JSON value. */
static void must_be_json(const char *text)
{
	char *around = xasprintf("{\"target\":\"http://h\",\"tasks\":[{\"name\":\"t\",\"request\":{\"body\":\"\"}}],"
				 "\"load\":{\"x\":%s}}", text);
	struct scenario *s = NULL;
	struct faults faults;
	const char *why;

	must(scenario_parse(around, strlen(around), "f", NULL, &s, &faults) < 0);
	/* It is the key that is wrong, not the JSON; unless that has too many values,
	 * is too deep, or repeats a key that a template made. */
	why = faults.fault[0].err.text;
	must(strstr(why, "unknown key") || strstr(why, "too") || strstr(why, "duplicate"));
	free(around);
}

static void talk_once(struct conversation *talk, int task, const struct scenario *s, struct rng *rng)
{
	static const char said[] = "yes \"\n\xff{}";
	const struct task *t = &s->task[task];
	struct answer_report report = {.text = said, .text_bytes = sizeof said - 1, .text_total = sizeof said - 1,
				       .body = "{\"id\":1}", .body_bytes = 8, .body_total = 8};
	const char *why;

	conversation_begin(talk, task, 3, 1, rng);
	for (uint64_t seq = 0; seq < 5; seq++) {
		const struct http_variant *v = conversation_next(talk, seq);

		if (v && v->url)
			must(!http_url_check(v->url, NULL));
		for (const char *const *h = v ? v->header : NULL; h && *h; h++)
			must(!http_header_check(*h, NULL));
		if (v && v->body && is_json_task(t) && strlen(v->body) == v->body_bytes)
			must_be_json(v->body);
		if (conversation_heard(talk, &report, &why) || !conversation_goes_on(talk))
			break;
	}
}

static void must_be_faults(const struct faults *f)
{
	must(f->kept > 0 && f->kept <= FAULTS_MAX && f->total >= (uint64_t)f->kept);
	for (int i = 0; i < f->kept; i++) {
		must(f->fault[i].err.text[0]);
		must(i == 0 || f->fault[i].place >= f->fault[i - 1].place);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct scenario *s = NULL, *again = NULL;
	struct conversation *talk;
	struct faults faults = {0};
	struct rng rng;

	setenv("SECRET", "tell-no\"one", 1);
	if (scenario_parse((const char *)data, bytes, "f", NULL, &s, &faults)) {
		must_be_faults(&faults);
		must(!s);
		return 0;
	}
	must(s->task_count >= 1 && s->task_count <= SCENARIO_MAX_TASKS);
	rng_seed(&rng, 1, 1);
	talk = conversation_new(s);
	for (int i = 0; i < s->task_count; i++) {
		const struct http_request *r = &s->task[i].request;

		must(s->task[i].weight > 0 && s->task[i].cases > 0 && s->task[i].turn_count > 0);
		must(!http_url_check(r->url, NULL));
		for (size_t h = 0; r->header[h]; h++)
			must(!http_header_check(r->header[h], NULL) || (s->task[i].header && s->task[i].header[h]));
		talk_once(talk, i, s, &rng);
	}
	conversation_free(talk);
	must(!strstr(s->source, "tell-no\"one") || memmem(data, bytes, "tell-no", 7));
	/* Where there was no secret, what is recorded is the file. */
	if (strlen(s->source) == bytes)
		must(!scenario_parse(s->source, bytes, "f", NULL, &again, &faults));
	scenario_free(again);
	scenario_free(s);
	return 0;
}
