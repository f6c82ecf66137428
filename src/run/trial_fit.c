/* ttft = a + b prompt + queue, decode = c tokens f(batch): which of these a response is
 * made of. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "trial_priv.h"

#define HALF 0.5           /* of the response, and more than any other part: what it is bound by */
#define SHARE_VAGUE 0.15   /* half of its 95 % interval */
#define SHARE_SURE 0.05    /* the same: no more would make it surer */
#define VAGUE 0.3          /* the same of a coefficient, relative */
#define TOKENS_APART 1.5   /* times as many: less is no step */
#define PROMPTS_DIFFER 0.1 /* standard deviation of their lengths, relative */
#define PADDED 64          /* tokens more that a prompt has at least */
#define KEPT 0.5           /* of requests: so many made a connection although they may keep one */

struct fitting {
	const struct trial *t;
	const struct trial_pieces *p;
	struct trial_fit *out;
	int at;                 /* the value that the shares are of */
	struct effect response, first[2]; /* of streams, at `at`; at the lowest and the highest value */
	struct effect share[BOUNDS];
	bool known[BOUNDS];
};

static void share(struct fitting *f, enum trial_bound of, const struct effect *part)
{
	effect_over(part, &f->response, f->p->count, &f->share[of]);
	f->known[of] = true;
}

static void share_of_sum(struct fitting *f, enum trial_bound of, enum work_sum sum)
{
	struct effect part;

	trial_at(f->p, f->at, sum, WORK_STREAMS, &part);
	share(f, of, &part);
}

/* The line through what each piece has, of one value or (-1) of all. */
static void line_at(const struct trial_pieces *p, int value, const enum work_sum of[5], struct effect *slope,
		    struct effect *at_zero)
{
	struct effect_piece piece[EFFECT_PIECES];
	bool in[EFFECT_PIECES];

	for (int i = 0; i < p->count; i++) {
		piece[i] = (struct effect_piece){p->of[of[0]][i], p->of[of[1]][i], p->of[of[2]][i], p->of[of[3]][i],
						 p->of[of[4]][i]};
		in[i] = value < 0 || p->value[i] == value;
	}
	effect_line(piece, in, p->count, slope, at_zero);
}

static const enum work_sum of_prompt[] = {WORK_TOLD, WORK_PROMPT, WORK_FIRST_TOLD, WORK_PROMPT_2, WORK_FIRST_PROMPT};
static const enum work_sum of_tokens[] = {WORK_STREAMS, WORK_TOKENS, WORK_DECODE, WORK_TOKENS_2, WORK_DECODE_TOKENS};

static double sum(const struct trial_pieces *p, int value, enum work_sum of)
{
	double all = 0;

	for (int i = 0; i < p->count; i++)
		all += value < 0 || p->value[i] == value ? p->of[of][i] : 0;
	return all;
}

/* Where prompts differ in length by themselves they tell what a token of them takes. Of the
 * least load alone: a line of others waiting hides it. */
static bool prompts_tell(struct fitting *f, struct effect *prefill)
{
	const struct trial_pieces *p = f->p;
	double n = sum(p, 0, WORK_TOLD), mean = sum(p, 0, WORK_PROMPT) / n;
	double spread = sum(p, 0, WORK_PROMPT_2) / n - mean * mean;
	struct effect slope, rest, tokens, part;
	struct trial_number known;

	if (n < sum(p, 0, WORK_STREAMS) || !(spread > PROMPTS_DIFFER * PROMPTS_DIFFER * mean * mean))
		return false;
	line_at(p, 0, of_prompt, &slope, &rest);
	trial_at(p, f->at, WORK_PROMPT, WORK_TOLD, &tokens);
	effect_times(&slope, &tokens, p->count, prefill);
	effect_over(prefill, &f->response, p->count, &part);
	known = trial_number_of(p, &part);
	if (!(known.half <= SHARE_VAGUE))
		return false;
	f->out->a_prompt_token = trial_number_of(p, &slope);
	return true;
}

static void users(struct fitting *f)
{
	const struct trial_pieces *p = f->p;
	struct effect queue, low, high, prefill, rest;

	effect_add(&f->first[1], 1, &f->first[0], -1, p->count, &queue);
	share(f, BOUND_QUEUE, &queue);
	if (prompts_tell(f, &prefill)) {
		share(f, BOUND_PREFILL, &prefill);
		effect_add(&f->first[0], 1, &prefill, -1, p->count, &rest);
		share(f, BOUND_FIRST, &rest);
	} else {
		share(f, BOUND_FIRST, &f->first[0]);
	}
	trial_at(p, 0, WORK_DECODE, WORK_TOKENS, &low);
	trial_at(p, f->at, WORK_DECODE, WORK_TOKENS, &high);
	f->out->a_token = trial_number_of(p, &low);
	effect_over(&high, &low, p->count, &high);
	f->out->times = trial_number_of(p, &high);
}

static bool output(struct fitting *f)
{
	const struct trial_pieces *p = f->p;
	struct effect slope, at_zero;

	if (!(f->out->tokens[1] > TOKENS_APART * f->out->tokens[0])) {
		snprintf(f->out->lack, sizeof f->out->lack, "answers have %.0f tokens, %.0f where most are asked for: they end by themselves",
			 f->out->tokens[0], f->out->tokens[1]);
		return false;
	}
	share(f, BOUND_FIRST, &f->first[1]);
	line_at(p, -1, of_tokens, &slope, &at_zero);
	f->out->a_token = trial_number_of(p, &slope);
	return true;
}

static bool prompt(struct fitting *f)
{
	const struct trial_pieces *p = f->p;
	struct trial_fit *out = f->out;
	struct effect slope, at_zero, tokens, part;

	if (sum(p, -1, WORK_TOLD) < sum(p, -1, WORK_STREAMS)) {
		snprintf(out->lack, sizeof out->lack, "not all answers say how many tokens the prompt had");
		return false;
	}
	for (int i = 0; i < 2; i++)
		out->tokens[i] = sum(p, i ? p->values - 1 : 0, WORK_PROMPT) / sum(p, i ? p->values - 1 : 0, WORK_TOLD);
	if (out->tokens[1] < out->tokens[0] + PADDED) {
		snprintf(out->lack, sizeof out->lack, "prompts have %.0f tokens, %.0f where 512 words were added", out->tokens[0],
			 out->tokens[1]);
		return false;
	}
	line_at(p, -1, of_prompt, &slope, &at_zero);
	out->a_prompt_token = trial_number_of(p, &slope);
	out->at_zero = trial_number_of(p, &at_zero);
	trial_at(p, f->at, WORK_PROMPT, WORK_TOLD, &tokens);
	effect_times(&slope, &tokens, p->count, &part);
	share(f, BOUND_PREFILL, &part);
	effect_add(&f->first[0], 1, &part, -1, p->count, &part);
	share(f, BOUND_FIRST, &part);
	return true;
}

static bool connection(struct fitting *f)
{
	const struct trial_pieces *p = f->p;
	double kept = sum(p, 0, WORK_CONNECTED) / sum(p, 0, WORK_N), made = sum(p, 1, WORK_CONNECTED) / sum(p, 1, WORK_N);

	if (kept < KEPT && made > 1 - KEPT)
		return true;
	snprintf(f->out->lack, sizeof f->out->lack, "%.0f %% of requests made a connection, %.0f %% where none was kept",
		 100 * kept, 100 * made);
	return false;
}

static void reuse(struct fitting *f)
{
	struct effect saved;
	struct trial_number known;

	effect_add(&f->first[0], 1, &f->first[1], -1, f->p->count, &saved);
	known = trial_number_of(f->p, &saved);
	/* A server may keep whole answers, and no part of the prompt's work. */
	if (!(known.value - known.half > 0)) {
		share(f, BOUND_FIRST, &f->first[0]);
		return;
	}
	share(f, BOUND_PREFILL, &saved);
	share(f, BOUND_FIRST, &f->first[1]);
}

/* How much longer a response is with the one of two values than with the other. */
static void pair(struct fitting *f)
{
	const struct trial_pieces *p = f->p;
	struct effect response[2], adds;

	for (int i = 0; i < 2; i++) {
		trial_at(p, i ? p->values - 1 : 0, WORK_RESPONSE, WORK_N, &response[i]);
		f->out->response[i] = trial_number_of(p, &response[i]);
	}
	effect_add(&response[f->at], 1, &response[!f->at], -1, p->count, &adds);
	f->out->adds = trial_number_of(p, &adds);
	effect_over(&adds, &response[f->at], p->count, &adds);
	f->out->adds_share = trial_number_of(p, &adds);
}

/* --- what it is bound by -------------------------------------------------------- */

static const char *const part_name[BOUNDS] = {
	[BOUND_CONNECTION] = "connecting", [BOUND_QUEUE] = "waiting", [BOUND_PREFILL] = "prefill",
	[BOUND_FIRST] = "ttft", [BOUND_DECODE] = "decode",
};

/* Those that the largest part follows from. */
static bool coefficients_tell(struct trial_fit *out)
{
	const struct {
		enum trial_bound of;
		const char *name;
		struct trial_number number;
	} told[] = {
		{BOUND_QUEUE, "the time to the first token", out->first[1]},
		{BOUND_PREFILL, "what a prompt token takes", out->a_prompt_token},
		{BOUND_FIRST, "the time to the first token", out->first[0]},
		{BOUND_DECODE, "what a token takes", out->a_token},
	};

	for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
		const struct trial_number *n = &told[i].number;

		if (told[i].of != out->bound || isnan(n->value) || n->half <= VAGUE * fabs(n->value))
			continue;
		snprintf(out->lack, sizeof out->lack, "too much spread: %s is known within %.0f %% only", told[i].name,
			 100 * n->half / fabs(n->value));
		return false;
	}
	return true;
}

static bool surely_most(const struct fitting *f)
{
	for (int i = 0; i < BOUNDS; i++) {
		struct effect more;
		struct trial_number n;

		if (i == (int)f->out->bound || !f->known[i])
			continue;
		effect_add(&f->share[f->out->bound], 1, &f->share[i], -1, f->p->count, &more);
		n = trial_number_of(f->p, &more);
		if (!(n.value - n.half > 0))
			return false;
	}
	return true;
}

static void judge(struct fitting *f)
{
	struct trial_fit *out = f->out;
	struct trial_number most;

	for (int i = 0; i < BOUNDS; i++) {
		out->share[i] = f->known[i] ? trial_number_of(f->p, &f->share[i]) : (struct trial_number){NAN, NAN};
		if (f->known[i] && !(out->share[i].value <= out->share[out->bound].value))
			out->bound = (enum trial_bound)i;
	}
	most = out->share[out->bound];
	if (!coefficients_tell(out))
		return;
	if (!(most.half <= SHARE_VAGUE)) {
		snprintf(out->lack, sizeof out->lack, "too much spread: %s is %.0f %% +-%.0f of the response", part_name[out->bound],
			 100 * most.value, ceil(100 * most.half));
		return;
	}
	if (most.value + most.half > HALF && surely_most(f))
		out->says = TRIAL_BOUND;
	else if (most.value + most.half < HALF || most.half < SHARE_SURE)
		out->says = TRIAL_MIXED;
	else
		snprintf(out->lack, sizeof out->lack, "%s is %.0f %% +-%.0f of the response: more than half or not?",
			 part_name[out->bound], 100 * most.value, ceil(100 * most.half));
}

/* Whether the one thing that was stepped is most of it. */
static void judge_pair(struct fitting *f)
{
	struct trial_fit *out = f->out;
	const struct trial_number *share = &out->adds_share;

	if (!(share->half <= SHARE_VAGUE)) {
		snprintf(out->lack, sizeof out->lack, "too much spread: it is %.0f %% +-%.0f of a response", 100 * share->value,
			 ceil(100 * share->half));
		return;
	}
	out->bound = BOUND_CONNECTION;
	out->says = share->value - share->half > HALF ? TRIAL_BOUND : TRIAL_MIXED;
}

static void parts(struct fitting *f)
{
	const struct trial_pieces *p = f->p;
	struct trial_fit *out = f->out;

	trial_at(p, f->at, WORK_S_RESPONSE, WORK_STREAMS, &f->response);
	for (int i = 0; i < 2; i++) {
		int value = i ? p->values - 1 : 0;

		trial_at(p, value, WORK_FIRST, WORK_STREAMS, &f->first[i]);
		out->first[i] = trial_number_of(p, &f->first[i]);
		out->tokens[i] = 1 + sum(p, value, WORK_TOKENS) / sum(p, value, WORK_STREAMS);
	}
	share_of_sum(f, BOUND_CONNECTION, WORK_S_SETUP);
	share_of_sum(f, BOUND_DECODE, WORK_DECODE);
}

static void fit(struct fitting *f)
{
	enum trial_axis axis = f->t->config.axis;
	bool told = true;

	if (f->out->streamed)
		parts(f);
	if (axis == TRIAL_CONNECTION || axis == TRIAL_REUSE)
		pair(f);
	if (axis == TRIAL_CONNECTION)
		told = connection(f);
	else if (axis == TRIAL_USERS)
		users(f);
	else if (axis == TRIAL_OUTPUT)
		told = output(f);
	else if (axis == TRIAL_PROMPT)
		told = prompt(f);
	else if (f->out->streamed)
		reuse(f);
	if (!told)
		return;
	if (axis == TRIAL_CONNECTION || !f->out->streamed)
		judge_pair(f);
	else
		judge(f);
}

/* Of the load that is the heavier one. */
static int index_at(const struct trial_config *c)
{
	return c->axis == TRIAL_PROMPT || c->axis == TRIAL_REUSE ? 0 : c->count - 1;
}

static double cached(const struct trial_pieces *p)
{
	double tokens = sum(p, p->values - 1, WORK_PROMPT);

	return tokens > 0 && sum(p, -1, WORK_CACHED) > 0 ? sum(p, p->values - 1, WORK_CACHED) / tokens : NAN;
}

void trial_fit(const struct trial *t, struct trial_fit *out)
{
	const struct trial_number unknown = {NAN, NAN};
	enum trial_axis axis = t->config.axis;
	struct trial_pieces p;
	struct fitting f = {.t = t, .p = &p, .out = out, .at = index_at(&t->config)};

	trial_pieces_of(t, &p);
	*out = (struct trial_fit){.says = TRIAL_LACKS, .at = t->config.value[f.at], .first = {unknown, unknown},
				  .a_token = unknown, .times = unknown, .a_prompt_token = unknown, .at_zero = unknown,
				  .response = {unknown, unknown}, .adds = unknown, .adds_share = unknown};
	for (int i = 0; i < BOUNDS; i++)
		out->share[i] = unknown;
	out->n = (uint64_t)sum(&p, -1, WORK_N);
	out->streams = (uint64_t)sum(&p, -1, WORK_STREAMS);
	out->cached = cached(&p);
	if (!trial_sound(t, &p, out->lack, sizeof out->lack))
		return;
	out->streamed = out->streams == out->n || trial_counts(axis) == WORK_STREAMS;
	fit(&f);
}
