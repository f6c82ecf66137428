#include "exchange.h"

#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "worker_priv.h"

void exchange_user_init(struct worker *w, struct user *u)
{
	u->answer = answer_new();
	u->talk = conversation_new(w->config->scenario);
}

void exchange_user_fini(struct user *u)
{
	buf_fini(&u->altered_body);
	answer_free(u->answer);
	conversation_free(u->talk);
}

static const struct task *task_of(const struct user *u)
{
	return &u->worker->config->scenario->task[u->task];
}

/* What is unique of a request, over runs as well; never 0. */
static uint64_t mark_of(const struct worker *w, const struct user *u)
{
	return ((uint64_t)w->config->run_id << 32 ^ u->seq) | UINT64_C(1) << 63;
}

/* The body of the first request since the load changed, for all that follow: templates make
 * each a little different. */
static void freeze(const struct worker *w, struct user *u, const char *body, size_t bytes)
{
	uint64_t hash = conversation_hash(u->talk);

	if (u->frozen != w->change->generation) {
		u->altered_body.used = 0;
		buf_add(&u->altered_body, body, bytes);
		buf_terminate(&u->altered_body);
		u->frozen = w->change->generation;
		u->frozen_hash = hash;
	}
	u->mark = hash ^ u->frozen_hash;
}

/* As a micro-experiment wants it. */
static void alter(const struct worker *w, struct user *u)
{
	const struct alteration *a = &w->change->alteration;
	const struct http_request *r = &task_of(u)->request;
	bool own = u->variant && u->variant->body;
	const char *body = own ? u->variant->body : r->body;
	size_t bytes = own ? u->variant->body_bytes : r->body_bytes;

	u->mark = a->unique ? mark_of(w, u) : 0;
	if (!alteration_any(a))
		return;
	u->altered = u->variant ? *u->variant : (struct http_variant){0};
	u->altered.closes = a->closes;
	u->variant = &u->altered;
	if (!alteration_of_body(a) || !body)
		return;
	if (a->same)
		freeze(w, u, body, bytes);
	else
		alter_body(a, u->mark, body, bytes, &u->altered_body);
	u->altered.body = u->altered_body.at;
	u->altered.body_bytes = u->altered_body.used;
}

bool exchange_prepare(struct worker *w, struct user *u)
{
	if (!u->in_session) {
		struct script_item item;

		if (!dealing_next(w->dealing, w->change->mix, &u->rng, &item))
			return false;
		if (w->change->alteration.same)
			item.number = 0;
		u->task = (uint16_t)item.task;
		conversation_begin(u->talk, item.task, item.number, u->id, &u->rng);
		u->in_session = true;
	}
	u->variant = conversation_next(u->talk, u->seq);
	alter(w, u);
	answer_begin(u->answer, &task_of(u)->plan, w->control->start_ns);
	return true;
}

void exchange_leave(struct user *u)
{
	u->in_session = false;
}

void exchange_on_header(void *owner, const char *line, size_t bytes)
{
	struct user *u = owner;

	answer_header(u->answer, line, bytes);
}

void exchange_on_headers(void *owner, int status, int64_t ns)
{
	struct user *u = owner;

	(void)ns;
	answer_status(u->answer, status);
}

void exchange_on_data(void *owner, const char *bytes, size_t length, int64_t ns)
{
	struct user *u = owner;

	if (answer_data(u->answer, bytes, length, ns))
		engine_complete(u->conn);
}

/* The first required check that fails makes the exchange a failure. */
static void run_checks(struct worker *w, struct user *u, const struct engine_result *r,
		       struct outcome_of_exchange *out)
{
	const struct check_list *list = &task_of(u)->checks;
	struct check_subject subject = {
		.status = r->status,
		.latency_us = run_us(w, r->te_ns) - run_us(w, u->t0_ns),
		.answered = r->answered,
		.report = &out->report,
	};
	struct check_verdict verdict;

	checks_evaluate(list, w->checks, &subject, &verdict);
	out->quality = verdict.quality;
	if (out->error == ERROR_NONE && verdict.failed_required >= 0) {
		out->error = ERROR_CHECK;
		out->message = check_text(list->check[verdict.failed_required]);
	}
}

void exchange_conclude(struct worker *w, struct user *u, const struct engine_result *r,
		       struct outcome_of_exchange *out)
{
	answer_end(u->answer, r, &out->report);
	out->error = out->report.error;
	out->message = out->report.message;
	out->quality = NAN;
	out->turn = conversation_turn(u->talk);
	out->prompt_hash = conversation_hash(u->talk) ^ u->mark;
	if (task_of(u)->checks.count)
		run_checks(w, u, r, out);
	if (out->error == ERROR_NONE && conversation_heard(u->talk, &out->report, &out->message))
		out->error = ERROR_CHECK;
	out->goes_on = out->error == ERROR_NONE && conversation_goes_on(u->talk);
	if (!out->goes_on)
		exchange_leave(u);
}

int64_t exchange_stay_away_ns(const struct worker *w, const struct engine_result *r,
			      const struct outcome_of_exchange *x)
{
	int64_t ns = x->report.retry_after_ns;

	if (!w->config->respect_retry_after || (r->status != 429 && r->status != 503) || ns < 0)
		return 0;
	return ns < EXCHANGE_STAY_AWAY_NS ? ns : EXCHANGE_STAY_AWAY_NS;
}
