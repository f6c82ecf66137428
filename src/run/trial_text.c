/* What a micro-experiment says: plain characters, each figure with its unit and half of its
 * 95 % interval, all with how many answers it is of. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/append.h"
#include "base/clock.h"
#include "run/trial.h"

#define SHARE_TOLD 0.1 /* of a response */

/* Three figures of what is larger, and the unit that suits it: "1.26 ms +-0.02", "-2.0 ms
 * +-16.1". */
static void add_time(char *out, struct trial_number s)
{
	double size = fmax(fabs(s.value), s.half);
	bool micro = size < 1e-3, whole = size >= 10;
	double unit = whole ? 1 : micro ? 1e6 : 1e3, value = s.value * unit;
	int digits = size * unit >= 100 ? 0 : size * unit >= 10 ? 1 : 2;
	double last = pow(10, -digits); /* which is not sure at least */

	append(out, TRIAL_TEXT, "%.*f %s +-%.*f", digits, value, whole ? "s" : micro ? "us" : "ms", digits,
	    ceil(s.half * unit / last) * last);
}

void trial_value_text(enum trial_axis axis, double value, char *out)
{
	*out = '\0';
	switch (axis) {
	case TRIAL_OUTPUT:
		append(out, TRIAL_TEXT, "max_tokens %.0f", value);
		break;
	case TRIAL_CONNECTION:
		append(out, TRIAL_TEXT, "%s connections", value > 0 ? "new" : "kept");
		break;
	case TRIAL_PROMPT:
		append(out, TRIAL_TEXT, value > 0 ? "%.0f words more" : "its own prompts", value);
		break;
	case TRIAL_REUSE:
		append(out, TRIAL_TEXT, "%s", value > 0 ? "the same prompt again" : "different prompts");
		break;
	default:
		append(out, TRIAL_TEXT, value < 1.5 ? "%.0f user" : "%.0f users", value);
		break;
	}
}

void trial_steps(const struct trial_config *c, char *out)
{
	char value[TRIAL_TEXT];

	*out = '\0';
	for (int i = 0; i < c->count; i++) {
		trial_value_text(c->axis, c->value[i], value);
		if (c->axis == TRIAL_CONNECTION || c->axis == TRIAL_REUSE)
			append(out, TRIAL_TEXT, "%s%s", i ? ", " : "", value);
		else
			append(out, TRIAL_TEXT, "%s%.0f", i ? ", " : "", c->value[i]);
	}
	append(out, TRIAL_TEXT, "%s, there and back", c->axis == TRIAL_PROMPT ? " words more" : "");
}

void trial_progress(const struct trial *t, char *out)
{
	char value[TRIAL_TEXT];

	*out = '\0';
	if (!trial_going(t))
		return;
	if (!t->asked) {
		append(out, TRIAL_TEXT, "%s: begins", trial_axis_name(t->config.axis));
		return;
	}
	trial_value_text(t->config.axis, t->config.value[t->visit[t->done].value], value);
	append(out, TRIAL_TEXT, "%s: %s, step %d of %d, ", trial_axis_name(t->config.axis), value, t->done + 1, trial_visits(t));
	if (t->state == TRIAL_SETTLING)
		append(out, TRIAL_TEXT, "settling");
	else
		append(out, TRIAL_TEXT, "n %llu", (unsigned long long)t->visit[t->done].requests);
	append(out, TRIAL_TEXT, "; x or a load key stops it");
}

/* --- the sentence ----------------------------------------------------------------- */

static const char *const bound_by[BOUNDS] = {
	[BOUND_CONNECTION] = "connection-bound", [BOUND_QUEUE] = "queue-bound", [BOUND_PREFILL] = "prefill-bound",
	[BOUND_FIRST] = "ttft is most", [BOUND_DECODE] = "decode-bound",
};

static void add_parts(const struct trial_fit *f, char *out)
{
	static const char *const made_of[BOUNDS] = {
		[BOUND_CONNECTION] = "connecting", [BOUND_QUEUE] = "waiting", [BOUND_PREFILL] = "prefill",
		[BOUND_FIRST] = "ttft", [BOUND_DECODE] = "decode",
	};
	bool first = true;

	for (int i = 0; i < BOUNDS; i++) {
		if (!(f->share[i].value >= SHARE_TOLD))
			continue;
		append(out, TRIAL_TEXT, "%s%.0f %% +-%.0f %s", first ? "response " : ", ", 100 * f->share[i].value, ceil(100 * f->share[i].half),
		    made_of[i]);
		first = false;
	}
}

static void add_n(const struct trial *t, const struct trial_fit *f, char *out)
{
	if (trial_counts(t->config.axis) == WORK_STREAMS && f->streams < f->n)
		append(out, TRIAL_TEXT, "n = %llu streams of %llu", (unsigned long long)f->streams, (unsigned long long)f->n);
	else
		append(out, TRIAL_TEXT, "n = %llu", (unsigned long long)f->n);
}

/* What it is of comes first: the end of what is long may have no room. */
static void add_head(const struct trial *t, const struct trial_fit *f, char *out)
{
	char at[TRIAL_TEXT];

	trial_value_text(t->config.axis, f->at, at);
	append(out, TRIAL_TEXT, "%s with %s, ", f->says == TRIAL_MIXED ? "no part is most" : bound_by[f->bound], at);
	add_n(t, f, out);
	append(out, TRIAL_TEXT, ": ");
	add_parts(f, out);
}

static void add_users(const struct trial_fit *f, char *out)
{
	append(out, TRIAL_TEXT, "; ttft ");
	add_time(out, f->first[0]);
	append(out, TRIAL_TEXT, " with 1 user, ");
	add_time(out, f->first[1]);
	if (f->share[BOUND_PREFILL].value >= SHARE_TOLD) {
		append(out, TRIAL_TEXT, ", ");
		add_time(out, f->a_prompt_token);
		append(out, TRIAL_TEXT, " a prompt token");
	}
	append(out, TRIAL_TEXT, "; ");
	add_time(out, f->a_token);
	append(out, TRIAL_TEXT, " a token, then x %.2f +-%.2f", f->times.value, ceil(100 * f->times.half) / 100);
}

static void add_output(const struct trial_fit *f, char *out)
{
	append(out, TRIAL_TEXT, "; ttft ");
	add_time(out, f->first[1]);
	append(out, TRIAL_TEXT, "; ");
	add_time(out, f->a_token);
	append(out, TRIAL_TEXT, " a token (%.0f to %.0f of them)", f->tokens[0], f->tokens[1]);
}

static void add_prompt(const struct trial_fit *f, char *out)
{
	append(out, TRIAL_TEXT, "; ttft ");
	add_time(out, f->at_zero);
	append(out, TRIAL_TEXT, " and ");
	add_time(out, f->a_prompt_token);
	append(out, TRIAL_TEXT, " a prompt token (%.0f to %.0f of them)", f->tokens[0], f->tokens[1]);
}

static void add_saved(const struct trial_fit *f, char *out)
{
	append(out, TRIAL_TEXT, "the same prompt again saves ");
	add_time(out, f->adds);
	append(out, TRIAL_TEXT, ", %.0f %% +-%.0f", 100 * f->adds_share.value, ceil(100 * f->adds_share.half));
}

static void add_reuse(const struct trial_fit *f, char *out)
{
	append(out, TRIAL_TEXT, "; ");
	add_saved(f, out);
	append(out, TRIAL_TEXT, "; ttft ");
	add_time(out, f->first[0]);
	append(out, TRIAL_TEXT, ", then ");
	add_time(out, f->first[1]);
	if (!isnan(f->cached))
		append(out, TRIAL_TEXT, "; %.0f %% cached", 100 * f->cached);
}

static void add_coefficients(const struct trial *t, const struct trial_fit *f, char *out)
{
	switch (t->config.axis) {
	case TRIAL_USERS:
		add_users(f, out);
		break;
	case TRIAL_OUTPUT:
		add_output(f, out);
		break;
	case TRIAL_PROMPT:
		add_prompt(f, out);
		break;
	case TRIAL_REUSE:
		add_reuse(f, out);
		break;
	default:
		break;
	}
}

/* Of one thing or the other, and a response as a whole. */
static void add_pair(const struct trial *t, const struct trial_fit *f, char *out)
{
	if (t->config.axis == TRIAL_REUSE) {
		append(out, TRIAL_TEXT, "a response takes ");
		add_time(out, f->response[0]);
		append(out, TRIAL_TEXT, "; ");
		add_saved(f, out);
		return;
	}
	append(out, TRIAL_TEXT, "%sconnection-bound if none is kept: a new connection adds ", f->says == TRIAL_BOUND ? "" : "not ");
	add_time(out, f->adds);
	append(out, TRIAL_TEXT, ", %.0f %% +-%.0f of a response; ", 100 * f->adds_share.value, ceil(100 * f->adds_share.half));
	add_time(out, f->response[0]);
	append(out, TRIAL_TEXT, " without it");
}

/* What would tell more. */
static void add_next(const struct trial *t, const struct trial_fit *f, char *out)
{
	if (f->says != TRIAL_BOUND || f->bound != BOUND_FIRST)
		return;
	if (t->config.axis == TRIAL_USERS)
		append(out, TRIAL_TEXT, "; it is no waiting: try prompt length");
	else if (t->config.axis == TRIAL_OUTPUT)
		append(out, TRIAL_TEXT, "; try users, or prompt length");
	else
		append(out, TRIAL_TEXT, "; it is not the prompt: try users");
}

void trial_sentence(const struct trial *t, char *out)
{
	struct trial_fit f;

	trial_fit(t, &f);
	*out = '\0';
	if (f.says == TRIAL_LACKS) {
		append(out, TRIAL_TEXT, "not enough evidence: %s", f.lack);
	} else if (t->config.axis == TRIAL_CONNECTION || !f.streamed) {
		add_pair(t, &f, out);
	} else {
		add_head(t, &f, out);
		add_coefficients(t, &f, out);
		add_next(t, &f, out);
		return;
	}
	append(out, TRIAL_TEXT, " (");
	add_n(t, &f, out);
	append(out, TRIAL_TEXT, ")");
}
