/* Whether two runs are fit to be compared, and what speaks against it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "run/contrast.h"

static bool common_task(const struct run_meta *a, const struct run_meta *b)
{
	for (int i = 0; i < a->task_count; i++)
		if (run_meta_task(b, a->task_name[i]) >= 0)
			return true;
	return false;
}

/* Of a run that is yet to come what it begins with. */
static bool first_load(const struct contrast_side *s, enum load_mode *mode, double *level)
{
	const struct result *r = s->result;

	if (r && !r->point_count)
		return false;
	*mode = r ? r->point[0].mode : s->meta->mode;
	*level = r ? r->point[0].level : *mode == MODE_OPEN ? s->meta->rate_rps : s->meta->concurrency;
	return true;
}

const char *contrast_refusal(const struct contrast_side *a, const struct contrast_side *b)
{
	const struct result *x = a->result, *y = b->result;
	enum load_mode mode[2];
	double level[2];

	if (x && (!x->summary.requests || x->duration_us <= 0))
		return "the first has no measured requests";
	if (y && (!y->summary.requests || y->duration_us <= 0))
		return "the second has no measured requests";
	if (a->meta->definitions && b->meta->definitions && a->meta->definitions != b->meta->definitions)
		return "their metrics are defined differently (see definitions in their table run)";
	if (first_load(a, &mode[0], &level[0]) && first_load(b, &mode[1], &level[1]) && mode[0] != mode[1])
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

/* Both as they began, where one has not run yet: of ramps and stages it says no more. */
static void warn_of_level(const struct warner *w, const struct contrast_side *a, const struct contrast_side *b)
{
	struct contrast_side x = *a, y = *b;
	struct result_point was = {0}, is = {0};
	char text[200], first[RESULT_LEVEL], second[RESULT_LEVEL];

	if (!a->result || !b->result)
		x.result = y.result = NULL;
	if (!first_load(&x, &was.mode, &was.level) || !first_load(&y, &is.mode, &is.level) || was.mode != is.mode ||
	    fabs(was.level - is.level) <= 0.01 * was.level)
		return;
	snprintf(text, sizeof text, "the loads differ: %s had %s, %s %s", a->name, result_level(&was, first), b->name,
		 result_level(&is, second));
	w->fn(w->arg, text);
}

static void warn_of_load(const struct warner *w, const struct contrast_side *a, const struct contrast_side *b)
{
	const struct contrast_side *side[] = {a, b};
	char text[200];

	for (int i = 0; i < 2; i++)
		if (side[i]->result && side[i]->result->point_count > 1) {
			snprintf(text, sizeof text, "the load of %s changed; its figures are of all levels together",
				 side[i]->name);
			w->fn(w->arg, text);
		}
	warn_of_level(w, a, b);
	if (a->result && b->result && (a->result->duration_us > 2 * b->result->duration_us ||
				       b->result->duration_us > 2 * a->result->duration_us))
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

	if (!r || !r->client_bound)
		return;
	snprintf(text, sizeof text, "brunt itself was the limit in %s; its latencies are partly brunt's", which);
	w->fn(w->arg, text);
}

static void warn_of_experiments(const struct warner *w, const struct contrast_side *side)
{
	char text[200], length[UNITS_BYTES];
	uint64_t requests;
	int64_t us;

	if (!side->spans)
		return;
	requests = spans_left_out(side->spans, &us);
	if (!requests && !us)
		return;
	snprintf(text, sizeof text, "a micro-experiment altered the requests of %s for %s; these %llu are left out", side->name,
		 units_format_duration(us * NS_PER_US, length), (unsigned long long)requests);
	w->fn(w->arg, text);
}

void contrast_warnings(const struct contrast_side *a, const struct contrast_side *b,
		       void (*fn)(void *arg, const char *sentence), void *arg)
{
	const struct warner w = {fn, arg};

	warn_of_load(&w, a, b);
	if (a->meta->source && b->meta->source ? strcmp(a->meta->source, b->meta->source) != 0
					       : strcmp(a->meta->scenario, b->meta->scenario) != 0 ||
						       !a->meta->source != !b->meta->source)
		fn(arg, "the scenarios differ");
	else if (!a->meta->source && strcmp(path_of(a->meta->target), path_of(b->meta->target)) != 0)
		fn(arg, "the paths asked for differ");
	warn_of_tasks(&w, a->meta, b->meta, a->name);
	warn_of_tasks(&w, b->meta, a->meta, b->name);
	warn_of_experiments(&w, a);
	warn_of_experiments(&w, b);
	warn_of_client(&w, a->result, a->name);
	warn_of_client(&w, b->result, b->name);
}
