/* What a micro-experiment measured, piece by piece, and whether it can be relied on. */
#include <math.h>
#include <stdio.h>

#include "trial_priv.h"

#define ANSWERS_LEAST 24    /* of a value, both visits */
#define FAILED_MOST 0.05
#define UNLIKE 0.15         /* two visits of a value, in logarithms, */
#define UNLIKE_CHANCE 2     /* and so many times their 95 % interval */

void trial_pieces_of(const struct trial *t, struct trial_pieces *out)
{
	int of_value[TRIAL_VALUES] = {0}, fewest;

	out->count = 0;
	out->values = t->config.count;
	for (int v = 0; v < t->done; v++)
		for (int i = 0; i < t->visit[v].pieces; i++) {
			for (int s = 0; s < WORK_SUMS; s++)
				out->of[s][out->count] = t->visit[v].piece[i].of[s];
			out->value[out->count] = t->visit[v].value;
			out->back[out->count++] = v >= t->config.count;
			of_value[t->visit[v].value]++;
		}
	fewest = of_value[0];
	for (int i = 1; i < out->values; i++)
		fewest = of_value[i] < fewest ? of_value[i] : fewest;
	out->freedom = fewest - 1;
}

void trial_at(const struct trial_pieces *p, int value, enum work_sum sum, enum work_sum per, struct effect *out)
{
	bool in[EFFECT_PIECES];

	for (int i = 0; i < p->count; i++)
		in[i] = value < 0 || p->value[i] == value;
	effect_ratio(p->of[sum], p->of[per], in, p->count, out);
}

struct trial_number trial_number_of(const struct trial_pieces *p, const struct effect *e)
{
	return (struct trial_number){e->value, effect_half(e, p->count, p->values + 1, p->freedom)};
}

static bool enough_answers(const struct trial *t, const struct trial_pieces *p, char *why, int bytes)
{
	char value[TRIAL_TEXT];

	for (int v = 0; v < p->values; v++) {
		double n = 0;

		for (int i = 0; i < p->count; i++)
			n += p->value[i] == v ? p->of[trial_counts(t->config.axis)][i] : 0;
		if (n >= ANSWERS_LEAST)
			continue;
		trial_value_text(t->config.axis, t->config.value[v], value);
		snprintf(why, (size_t)bytes, "%.0f %s with %s, %d are the least", n,
			 trial_counts(t->config.axis) == WORK_N ? "answers" : "streams", value, ANSWERS_LEAST);
		return false;
	}
	return true;
}

static bool clean(const struct trial *t, char *why, int bytes)
{
	char value[TRIAL_TEXT];

	for (int v = 0; v < t->done; v++) {
		const struct trial_visit *visit = &t->visit[v];
		double share = visit->requests ? (double)visit->failed / (double)visit->requests : 0;

		if (visit->client_bound) {
			snprintf(why, (size_t)bytes, "brunt itself was the limit");
			return false;
		}
		if (share <= FAILED_MOST)
			continue;
		trial_value_text(t->config.axis, t->config.value[visit->value], value);
		snprintf(why, (size_t)bytes, "%.0f %% of %llu requests failed with %s", 100 * share,
			 (unsigned long long)visit->requests, value);
		return false;
	}
	return true;
}

static bool steady(const struct trial *t, const struct trial_pieces *p, char *why, int bytes)
{
	char value[TRIAL_TEXT];
	bool in[2][EFFECT_PIECES];
	struct effect e[2];

	bool streams = trial_counts(t->config.axis) == WORK_STREAMS;

	for (int v = 0; v < p->values; v++) {
		struct trial_number ratio;

		for (int i = 0; i < p->count; i++)
			for (int back = 0; back < 2; back++)
				in[back][i] = p->value[i] == v && p->back[i] == back;
		for (int back = 0; back < 2; back++)
			effect_ratio(p->of[streams ? WORK_S_RESPONSE : WORK_RESPONSE], p->of[trial_counts(t->config.axis)],
				     in[back], p->count, &e[back]);
		effect_over(&e[1], &e[0], p->count, &e[1]);
		ratio = trial_number_of(p, &e[1]);
		if (fabs(log(ratio.value)) < fmax(UNLIKE, UNLIKE_CHANCE * ratio.half / ratio.value))
			continue;
		trial_value_text(t->config.axis, t->config.value[v], value);
		snprintf(why, (size_t)bytes, "with %s a response took %.0f ms, later %.0f ms: the server was not the same", value,
			 e[0].value * 1e3, e[0].value * ratio.value * 1e3);
		return false;
	}
	return true;
}

bool trial_sound(const struct trial *t, const struct trial_pieces *p, char *why, int bytes)
{
	if (t->unseen) {
		snprintf(why, (size_t)bytes, "no answer came as a stream whose tokens are counted");
		return false;
	}
	if (t->cut_short || t->done < trial_visits(t)) {
		snprintf(why, (size_t)bytes, "it ended after %d of %d steps", t->done, trial_visits(t));
		return false;
	}
	return enough_answers(t, p, why, bytes) && clean(t, why, bytes) && steady(t, p, why, bytes);
}
