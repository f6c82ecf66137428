/* Whether two runs are fit to be compared, and what speaks against it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "run/contrast.h"

static bool common_task(const struct run_meta *a, const struct run_meta *b)
{
	for (int i = 0; i < a->task_count; i++)
		if (run_meta_task(b, a->task_name[i]) >= 0)
			return true;
	return false;
}

const char *contrast_refusal(const struct contrast_side *a, const struct contrast_side *b)
{
	const struct result *x = a->result, *y = b->result;

	if (!x->summary.requests || x->duration_us <= 0)
		return "the first has no measured requests";
	if (!y->summary.requests || y->duration_us <= 0)
		return "the second has no measured requests";
	if (x->point_count && y->point_count && x->point[0].mode != y->point[0].mode)
		return "one is of a closed loop, the other of an open one, so their latencies do not mean the same";
	if (!common_task(a->meta, b->meta))
		return "they have no task in common";
	return NULL;
}

/* What comes behind the host. */
static const char *path_of(const char *url)
{
	const char *host = strstr(url, "://");

	return host ? host + 3 + strcspn(host + 3, "/") : url;
}

struct warner {
	void (*fn)(void *arg, const char *sentence);
	void *arg;
};

static void warn_of_load(const struct warner *w, const struct result *a, const struct result *b)
{
	char text[200], x[RESULT_LEVEL], y[RESULT_LEVEL];

	for (int i = 0; i < 2; i++)
		if ((i ? b : a)->point_count > 1) {
			snprintf(text, sizeof text, "the load of %s changed; its figures are of all levels together", i ? "B" : "A");
			w->fn(w->arg, text);
		}
	if (a->point_count && b->point_count && fabs(a->point[0].level - b->point[0].level) > 0.01 * a->point[0].level) {
		snprintf(text, sizeof text, "the loads differ: A had %s, B %s", result_level(&a->point[0], x),
			 result_level(&b->point[0], y));
		w->fn(w->arg, text);
	}
	if (a->duration_us > 2 * b->duration_us || b->duration_us > 2 * a->duration_us)
		w->fn(w->arg, "one ran more than twice as long as the other: caches and queues had more time in it");
}

static void warn_of_tasks(const struct warner *w, const struct run_meta *a, const struct run_meta *b, const char *in)
{
	char text[200];

	for (int i = 0; i < a->task_count; i++) {
		if (run_meta_task(b, a->task_name[i]) >= 0)
			continue;
		snprintf(text, sizeof text, "task %.80s is in %s only", a->task_name[i], in);
		w->fn(w->arg, text);
	}
}

static void warn_of_client(const struct warner *w, const struct result *r, const char *which)
{
	char text[200];

	if (!r->client_bound)
		return;
	snprintf(text, sizeof text, "brunt itself was the limit in %s; its latencies are partly brunt's", which);
	w->fn(w->arg, text);
}

void contrast_warnings(const struct contrast_side *a, const struct contrast_side *b,
		       void (*fn)(void *arg, const char *sentence), void *arg)
{
	const struct warner w = {fn, arg};

	warn_of_load(&w, a->result, b->result);
	if (a->meta->source && b->meta->source ? strcmp(a->meta->source, b->meta->source) != 0
					       : strcmp(a->meta->scenario, b->meta->scenario) != 0 ||
						       !a->meta->source != !b->meta->source)
		fn(arg, "the scenarios differ");
	else if (!a->meta->source && strcmp(path_of(a->meta->target), path_of(b->meta->target)) != 0)
		fn(arg, "the paths asked for differ");
	warn_of_tasks(&w, a->meta, b->meta, "A");
	warn_of_tasks(&w, b->meta, a->meta, "B");
	warn_of_client(&w, a->result, "A");
	warn_of_client(&w, b->result, "B");
}
