#include "task.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "tokens.h"

#define PROSE_SIGMA 0.4

/* An even mixture of the three has mean 1.40 s and p95 2.09 s. The longest
 * task has the smallest relative spread: long analyses average more steps. */
const struct serve_task serve_tasks[SERVE_TASKS] = {
	[SERVE_TASK_RESUME] = {"/api/resume/analyze", 1.7, 0.19},
	[SERVE_TASK_INTERVIEW] = {"/api/interview/answer", 1.1, 0.25},
	[SERVE_TASK_CHAT] = {"/api/chat", 1.4, 0.22},
};

void serve_task_rng(struct rng *rng, uint64_t seed, uint64_t number)
{
	rng_seed(rng, seed, number);
}

int64_t serve_task_service_ns(const struct serve_task *task, struct rng *rng)
{
	/* exp(mu + sigma²/2) is the mean of a log-normal. */
	double mu = log(task->mean_s) - task->sigma * task->sigma / 2;
	double service_s = exp(mu + task->sigma * rng_normal(rng));

	return (int64_t)(service_s * (double)NS_PER_S) + 1;
}

#define COUNT(table) (sizeof(table) / sizeof *(table))
#define PICK(rng, table) ((table)[rng_below(rng, COUNT(table))])

static const char *const strengths[] = {
	"Quantified results in most positions",
	"Clear progression of responsibility",
	"Relevant tools named with context",
	"Concise bullet points led by strong verbs",
	"Consistent dates without unexplained gaps",
	"Open-source work that can be looked at",
	"Education section kept short and to the point",
};

static const char *const improvements[] = {
	"Put the outcome before the activity in each bullet",
	"Name the size of the teams and budgets you led",
	"Shorten the summary to two sentences",
	"Move the skills most asked for to the top",
	"Replace internal project names by what they did",
	"Add one example of a decision you would take back",
	"Leave out tools not used in the last five years",
};

static const char *const verdicts[] = {
	"A solid profile for a senior role; the impact is there, its numbers are not yet.",
	"Well structured and easy to scan; two positions need concrete results.",
	"Strong technical depth; the leadership side is told too modestly.",
	"Good match in skills; the story between the first two jobs is unclear.",
};

static const char *const openings[] = {
	"In my last team the release train kept missing its date.",
	"We had a service whose tail latency doubled within a month.",
	"A customer's migration was about to fail two days before the deadline.",
	"Two teams owned the same data and neither trusted the other's numbers.",
};

static const char *const actions[] = {
	"I measured where the time went, wrote it up on one page and proposed three small changes.",
	"I brought both sides to one table, agreed on a single definition and automated the check.",
	"I cut the scope with the customer, moved the risky part first and reported every morning.",
	"I reproduced the fault in a test, fixed the cause and added an alert for its return.",
};

static const char *const feedback[] = {
	"Clear situation and action; close with a figure so that the result stays in mind.",
	"Good structure. Say what you personally did where the answer now says \\\"we\\\".",
	"Convincing, but long: the first two sentences can go without loss.",
	"Add what you learned and what you would do differently next time.",
};

static const char *const replies[] = {
	"That is a good place to start. Which part of the role matters most to you?",
	"Let us take it step by step: first the situation, then your decision, then the result.",
	"I would prepare one story for conflict, one for failure and one for a success of your team.",
	"Try to say it in thirty seconds, with one number, and stop there.",
	"Compared with your last answer this is shorter and stronger; the ending still trails off.",
};

static const char *const hints[] = {
	"Shall we go through an example together?",
	"You could mention how you measured the effect.",
	"Tell me what the other side would have said.",
	"Think of a question you would ask back.",
};

/* An index other than the first one drawn. */
static size_t another(struct rng *rng, size_t count, size_t first)
{
	size_t at = (size_t)rng_below(rng, count - 1);

	return at < first ? at : at + 1;
}

/* Draws are statements of their own: arguments have no order. */
static int answer_resume(struct rng *rng, char out[SERVE_ANSWER_BYTES])
{
	int score = 52 + (int)rng_below(rng, 46);
	size_t s1 = (size_t)rng_below(rng, COUNT(strengths));
	size_t s2 = another(rng, COUNT(strengths), s1);
	size_t i1 = (size_t)rng_below(rng, COUNT(improvements));
	size_t i2 = another(rng, COUNT(improvements), i1);
	const char *verdict = PICK(rng, verdicts);

	return snprintf(out, SERVE_ANSWER_BYTES,
			"{\"score\":%d,\"strengths\":[\"%s\",\"%s\"],"
			"\"improvements\":[\"%s\",\"%s\"],\"summary\":\"%s\"}\n",
			score, strengths[s1], strengths[s2], improvements[i1],
			improvements[i2], verdict);
}

static int answer_interview(struct rng *rng, char out[SERVE_ANSWER_BYTES])
{
	const char *opening = PICK(rng, openings);
	const char *action = PICK(rng, actions);
	int share = 10 + (int)rng_below(rng, 60);
	int rating = 2 + (int)rng_below(rng, 4);

	return snprintf(out, SERVE_ANSWER_BYTES,
			"{\"answer\":\"%s %s It took three weeks and brought the figure down "
			"by %d %%.\",\"feedback\":\"%s\",\"rating\":%d}\n",
			opening, action, share, PICK(rng, feedback), rating);
}

static int answer_chat(struct rng *rng, int turn, char out[SERVE_ANSWER_BYTES])
{
	char reply[SERVE_ANSWER_BYTES / 2];

	serve_task_reply(rng, reply, sizeof reply);
	return snprintf(out, SERVE_ANSWER_BYTES,
			"{\"reply\":\"%s\",\"turn\":%d,\"finish_reason\":\"stop\"}\n",
			reply, turn);
}

size_t serve_task_reply(struct rng *rng, char *out, size_t bytes)
{
	const char *reply = PICK(rng, replies);

	return (size_t)snprintf(out, bytes, "%s %s", reply, PICK(rng, hints));
}

static const char *sentence(struct rng *rng)
{
	switch (rng_below(rng, 4)) {
	case 0:
		return PICK(rng, replies);
	case 1:
		return PICK(rng, hints);
	case 2:
		return PICK(rng, openings);
	default:
		return PICK(rng, actions);
	}
}

/* Takes away what is beyond so many tokens. */
static void cut_to(struct buf *out, size_t from, int tokens)
{
	size_t at = from;

	while (tokens-- > 0)
		at += serve_token_bytes(out->at + at, out->used - at);
	out->used = at;
}

int serve_task_prose(struct rng *rng, int min_tokens, int max_tokens, bool fill,
		     struct buf *out, bool *cut)
{
	double wanted = SERVE_PROSE_TOKENS * exp(PROSE_SIGMA * rng_normal(rng));
	int least = fill && max_tokens > 0 ? max_tokens : (int)fmax(wanted, min_tokens);
	size_t from = out->used;
	int tokens = 0;

	if (max_tokens > 0 && least > max_tokens)
		least = max_tokens;
	while (tokens < least || tokens == 0) {
		size_t begin = out->used;

		if (begin > from)
			buf_puts(out, " ");
		buf_puts(out, sentence(rng));
		tokens += serve_token_count(out->at + begin, out->used - begin);
	}
	*cut = max_tokens > 0 && tokens >= max_tokens && (fill || tokens > max_tokens);
	if (*cut) {
		tokens = max_tokens;
		cut_to(out, from, tokens);
	}
	return tokens;
}

size_t serve_task_answer(const struct serve_task *task, struct rng *rng, int turn,
			 char out[SERVE_ANSWER_BYTES])
{
	int length;

	switch ((enum serve_task_id)(task - serve_tasks)) {
	case SERVE_TASK_RESUME:
		length = answer_resume(rng, out);
		break;
	case SERVE_TASK_INTERVIEW:
		length = answer_interview(rng, out);
		break;
	default:
		length = answer_chat(rng, turn, out);
		break;
	}
	assert(length > 0 && length < SERVE_ANSWER_BYTES);
	return (size_t)length;
}
