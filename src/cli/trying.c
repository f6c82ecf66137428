#include "cli/trying.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "run/snapshot.h"

#define USERS_LEAST 8  /* that the plan goes up to */
#define LIMIT_LEAST 16 /* tokens of an answer: less cannot be cut in four */

static bool has_prompt(const struct task *task)
{
	size_t at;

	/* What is said in turns is put in when it is. */
	return task->turn || task->row_turns ||
	       (task->request.body && alter_finds_prompt(task->request.body, task->request.body_bytes, &at));
}

static uint32_t limit_of(const struct task *task)
{
	size_t at, digits;
	unsigned long n;

	if (!task->request.body || !alter_finds_limit(task->request.body, task->request.body_bytes, &at, &digits))
		return 0;
	n = strtoul(task->request.body + at, NULL, 10);
	return n < UINT32_MAX ? (uint32_t)n : 0;
}

void trying_init(struct trying *t, struct session *session, uint32_t max_users)
{
	const struct scenario *scenario = session_scenario(session);

	*t = (struct trying){.session = session, .max_users = max_users};
	t->limit = xcalloc((size_t)scenario->task_count, sizeof *t->limit);
	t->prompt = xcalloc((size_t)scenario->task_count, sizeof *t->prompt);
	for (int i = 0; i < scenario->task_count; i++) {
		t->limit[i] = limit_of(&scenario->task[i]);
		t->prompt[i] = has_prompt(&scenario->task[i]);
	}
}

void trying_fini(struct trying *t)
{
	free(t->limit);
	free(t->prompt);
	t->limit = NULL;
	t->prompt = NULL;
}

/* --- which are possible ---------------------------------------------------------- */

static bool no(char *words, const char *why)
{
	snprintf(words, TRYING_WORDS, "%s", why);
	return false;
}

/* Whatever is stepped. */
static bool load_allows(const struct trying *t, const struct snapshot *s, char *words)
{
	struct load_level now = session_level(t->session);

	if (now.mode == MODE_OPEN)
		return no(words, "needs a closed loop: m switches");
	if (session_planned(t->session))
		return no(words, "stages are still to come, which it would end");
	if (!s || s->phase == PHASE_WARMUP)
		return no(words, "nothing is measured yet");
	if (session_paused(t->session))
		return no(words, "the load is paused: P resumes it");
	if (s->phase != PHASE_LOAD)
		return no(words, "the load is over");
	return true;
}

/* The fits are of streams: tasks that send now, by what came of them in the whole run, for a
 * load that has just changed has only the quickest answers yet. */
static bool streams(const struct trying *t, const struct snapshot *s, char *words)
{
	const double *of = s->present.work.of;

	if (of[WORK_STREAMS] > 0 || !(of[WORK_N] > 0))
		return true;
	for (int i = 0; i < s->task_count; i++)
		if (session_sends(t->session, i) && s->task[i].all.streams)
			return true;
	return no(words, "no answer is a stream with tokens");
}

/* Does it send streams, as far as is known? What is stepped has to be in its body. */
static bool concerns(const struct trying *t, const struct snapshot *s, int task)
{
	bool plain = task < s->task_count && s->task[task].all.requests > 0 && !s->task[task].all.streams;

	return session_sends(t->session, task) && !plain;
}

static bool plan_users(const struct trying *t, struct trial_config *out, char *words)
{
	double most = fmin(fmax(USERS_LEAST, session_level(t->session).level), t->max_users);

	if (most < 2)
		return no(words, "needs room for two users");
	trial_plan_users(most, out);
	return true;
}

static bool plan_output(const struct trying *t, const struct snapshot *s, struct trial_config *out, char *words)
{
	const struct scenario *scenario = session_scenario(t->session);
	uint32_t least = UINT32_MAX;

	for (int i = 0; i < scenario->task_count; i++) {
		if (!concerns(t, s, i))
			continue;
		if (!t->limit[i]) {
			snprintf(words, TRYING_WORDS, "no max_tokens in the body of %.48s", scenario->task[i].name);
			return false;
		}
		least = t->limit[i] < least ? t->limit[i] : least;
	}
	if (least == UINT32_MAX)
		return no(words, "no task sends streams");
	if (least < LIMIT_LEAST)
		return no(words, "max_tokens is below 16");
	trial_plan_output(least, out);
	return true;
}

/* An exchange over one is not the connection's end, nor is a stream of HTTP/2. */
static bool plan_connection(const struct trying *t, struct trial_config *out, char *words)
{
	const struct scenario *scenario = session_scenario(t->session);
	const struct engine_config *engine = session_engine(t->session);

	if (engine->disable_keepalive)
		return no(words, "--disable-keepalive: none is kept");
	if (engine->http2)
		return no(words, "not over HTTP/2");
	for (int i = 0; i < scenario->task_count; i++)
		if (session_sends(t->session, i) && http_is_websocket(scenario->task[i].request.url))
			return no(words, "not over a WebSocket");
	trial_plan_pair(TRIAL_CONNECTION, out);
	return true;
}

static bool no_prompt(const char *task, char *words)
{
	snprintf(words, TRYING_WORDS, "no prompt found in the body of %.48s", task);
	return false;
}

static bool plan_prompt(const struct trying *t, const struct snapshot *s, struct trial_config *out, char *words)
{
	const struct scenario *scenario = session_scenario(t->session);

	for (int i = 0; i < scenario->task_count; i++)
		if (concerns(t, s, i) && !t->prompt[i])
			return no_prompt(scenario->task[i].name, words);
	trial_plan_prompt(out);
	return true;
}

/* Of one kind, and each by itself, or it would not be the same. */
static bool plan_reuse(const struct trying *t, struct trial_config *out, char *words)
{
	const struct scenario *scenario = session_scenario(t->session);
	int tasks = 0;

	for (int i = 0; i < scenario->task_count; i++) {
		if (!session_sends(t->session, i))
			continue;
		if (scenario->task[i].turn_count > 1 || scenario->task[i].row_turns)
			return no(words, "needs sessions of one turn");
		if (!t->prompt[i])
			return no_prompt(scenario->task[i].name, words);
		tasks++;
	}
	if (tasks > 1)
		return no(words, "needs one task: o has it alone");
	trial_plan_pair(TRIAL_REUSE, out);
	return true;
}

static bool plan(const struct trying *t, enum trial_axis axis, const struct snapshot *s, struct trial_config *out,
		 char *words)
{
	if (!load_allows(t, s, words) || (trial_counts(axis) == WORK_STREAMS && !streams(t, s, words)))
		return false;
	switch (axis) {
	case TRIAL_USERS:
		return plan_users(t, out, words);
	case TRIAL_OUTPUT:
		return plan_output(t, s, out, words);
	case TRIAL_CONNECTION:
		return plan_connection(t, out, words);
	case TRIAL_PROMPT:
		return plan_prompt(t, s, out, words);
	default:
		return plan_reuse(t, out, words);
	}
}

bool trying_possible(const struct trying *t, enum trial_axis axis, const struct snapshot *s, char *words)
{
	struct trial_config config;
	char steps[TRIAL_TEXT];

	if (!plan(t, axis, s, &config, words))
		return false;
	trial_steps(&config, steps);
	snprintf(words, TRYING_WORDS, "%.90s", steps);
	return true;
}

/* --- one --------------------------------------------------------------------------- */

static struct alteration alteration_of(enum trial_axis axis, double value)
{
	struct alteration a = {0};

	switch (axis) {
	case TRIAL_OUTPUT:
		a.max_tokens = (uint32_t)value;
		break;
	case TRIAL_CONNECTION:
		a.closes = value > 0;
		break;
	case TRIAL_PROMPT:
		/* A server that keeps prompts would know some of them. */
		a.unique = true;
		a.padding = (uint32_t)value;
		break;
	case TRIAL_REUSE:
		a.same = value > 0;
		a.unique = !a.same;
		break;
	default:
		break;
	}
	return a;
}

void trying_begin(struct trying *t, enum trial_axis axis, const struct snapshot *s, char *message, size_t bytes)
{
	struct trial_config config;
	char words[TRYING_WORDS], steps[TRIAL_TEXT];

	if (!plan(t, axis, s, &config, words)) {
		snprintf(message, bytes, "%s: %s", trial_axis_name(axis), words);
		return;
	}
	t->before = session_level(t->session);
	trial_start(&t->trial, &config, session_now_us(t->session));
	trial_steps(&config, steps);
	session_trial_event(t->session, trial_value(TRIAL_BEGAN, axis, 0), steps);
	message[0] = '\0';
}

static void step(struct trying *t, double value)
{
	enum trial_axis axis = t->trial.config.axis;
	struct alteration alteration = alteration_of(axis, value);
	struct load_level level = t->before;
	char text[TRIAL_TEXT];

	if (axis == TRIAL_USERS)
		level.level = value;
	trial_value_text(axis, value, text);
	session_trial_step(t->session, level, &alteration, trial_value(TRIAL_SET, axis, alteration_any(&alteration)), text);
}

/* The load is as it was, and what was found is said. */
static void over(struct trying *t)
{
	char text[TRIAL_TEXT];

	trial_sentence(&t->trial, text);
	session_trial_step(t->session, t->before, &(struct alteration){0}, trial_value(TRIAL_ENDED, t->trial.config.axis, 0), text);
}

void trying_look(struct trying *t, const struct snapshot *snapshot)
{
	struct trial_order order;
	struct trial_seen seen;

	if (!trial_going(&t->trial))
		return;
	trial_see(snapshot, &seen);
	order = trial_step(&t->trial, &seen);
	if (order.action == TRIAL_STEP)
		step(t, order.value);
	if (order.action == TRIAL_END)
		over(t);
}

bool trying_stop(struct trying *t, char *message, size_t bytes)
{
	if (!trial_going(&t->trial))
		return false;
	trial_stop(&t->trial);
	over(t);
	snprintf(message, bytes, "experiment stopped; the load is as it was before");
	return true;
}

void trying_leave(struct trying *t)
{
	char text[TRIAL_TEXT];

	if (!trial_going(&t->trial))
		return;
	trial_stop(&t->trial);
	trial_sentence(&t->trial, text);
	session_trial_event(t->session, trial_value(TRIAL_ENDED, t->trial.config.axis, 0), text);
}

void trying_progress(const struct trying *t, char *out)
{
	trial_progress(&t->trial, out);
}
