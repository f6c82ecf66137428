#include "work_sums.h"

#include "base/archive.h"
#include "base/clock.h"

#define TOKENS_MOST 1e6 /* of one answer: a file may say anything */

static double seconds(int64_t us)
{
	return us > 0 ? (double)us / (double)US_PER_S : 0;
}

static double tokens(uint32_t n)
{
	return n < TOKENS_MOST ? (double)n : TOKENS_MOST;
}

static void prompt(struct work *w, uint32_t tokens_in, uint32_t cached, double first)
{
	double p = tokens(tokens_in);

	w->of[WORK_TOLD]++;
	w->of[WORK_PROMPT] += p;
	w->of[WORK_PROMPT_2] += p * p;
	w->of[WORK_FIRST_TOLD] += first;
	w->of[WORK_FIRST_PROMPT] += first * p;
	if (cached != TOKENS_UNKNOWN)
		w->of[WORK_CACHED] += tokens(cached);
}

static void stream(struct work *w, const struct exchange *x, double setup)
{
	const struct rec_sample *s = x->sample;
	double first = seconds(x->ttft_us - x->queue_us) - setup;
	double more = tokens(s->tokens_out) - 1;
	int64_t us;

	/* A damaged file has times in any order. */
	if (__builtin_sub_overflow(s->tn_us, s->t1_us, &us) || us < 0 || us > x->service_us)
		return;
	w->of[WORK_STREAMS]++;
	w->of[WORK_S_RESPONSE] += seconds(x->service_us);
	w->of[WORK_S_SETUP] += setup;
	w->of[WORK_FIRST] += first;
	w->of[WORK_DECODE] += seconds(us);
	w->of[WORK_TOKENS] += more;
	w->of[WORK_TOKENS_2] += more * more;
	w->of[WORK_DECODE_TOKENS] += seconds(us) * more;
	if (s->tokens_in != TOKENS_UNKNOWN)
		prompt(w, s->tokens_in, s->cached_tokens, first);
}

void work_exchange(struct work *w, const struct exchange *x)
{
	const struct rec_sample *s = x->sample;
	double setup = seconds(x->part_us[REQ_DNS] + x->part_us[REQ_CONNECT] + x->part_us[REQ_TLS]);

	if (x->outcome != OUTCOME_SUCCEEDED)
		return;
	w->of[WORK_N]++;
	w->of[WORK_RESPONSE] += seconds(x->service_us);
	w->of[WORK_SETUP] += setup;
	w->of[WORK_CONNECTED] += s->flags & SAMPLE_NEW_CONNECTION ? 1 : 0;
	if (x->ttft_us >= 0 && s->tn_us >= 0 && s->tokens_out != TOKENS_UNKNOWN && s->tokens_out > 0)
		stream(w, x, setup);
}

void work_archive(struct work *w, struct archive *a)
{
	for (int i = 0; i < WORK_SUMS; i++)
		archive_double(a, &w->of[i]);
}
