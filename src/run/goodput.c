#include "goodput.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static bool asks_one(const struct slo *slo)
{
	bool upper = slo->op == SLO_LESS || slo->op == SLO_AT_MOST;

	return slo->metric < SLO_TIMES ? upper : slo->metric == SLO_QUALITY && !upper;
}

static bool stricter(const struct slo *a, const struct slo *b)
{
	double qa = slo_quantile(a->statistic), qb = slo_quantile(b->statistic);

	if (a->metric == SLO_QUALITY)
		return a->threshold > b->threshold;
	return qa > qb || (!(qa < qb) && a->threshold < b->threshold);
}

static void ask(struct goodput_task *task, const struct slo *slo)
{
	for (int i = 0; i < task->count; i++)
		if (task->ask[i]->metric == slo->metric) {
			if (stricter(slo, task->ask[i]))
				task->ask[i] = slo;
			return;
		}
	task->ask[task->count++] = slo;
}

void goodput_init(struct goodput *g, const struct slo *slo, int slo_count, int task_count,
		  char *const *task_name)
{
	*g = (struct goodput){.task_count = task_count};
	g->task = xcalloc((size_t)task_count + 1, sizeof *g->task);
	for (int i = 0; i < slo_count; i++) {
		if (!asks_one(&slo[i]))
			continue;
		for (int t = 0; t <= task_count; t++)
			if (!*slo[i].task ||
			    (t < task_count && !strcmp(slo[i].task, task_name[t]))) {
				ask(&g->task[t], &slo[i]);
				g->asked = true;
			}
	}
}

void goodput_fini(struct goodput *g)
{
	free(g->task);
}

bool goodput_asked(const struct goodput *g, int task)
{
	return task < 0 ? g->asked : g->task[task < g->task_count ? task : g->task_count].count > 0;
}

int64_t goodput_time_us(const struct exchange *x, enum slo_metric metric)
{
	switch (metric) {
	case SLO_LATENCY:
		return x->latency_us;
	case SLO_SERVICE:
		return x->service_us;
	case SLO_QUEUE:
		return x->queue_us;
	case SLO_TTFB:
		return x->ttfb_us;
	case SLO_TTFT:
		return x->ttft_us;
	case SLO_TTFO:
		return x->ttfo_us;
	case SLO_TPOT:
		return x->tpot_us;
	case SLO_CONNECT:
		return exchange_connected(x) ? (int64_t)x->sample->connect_us : -1;
	default:
		return -1;
	}
}

static bool gaps_meet(const struct exchange *x, const struct slo *slo)
{
	int64_t sum_us = 0;
	uint64_t missed = 0, n = x->gaps;

	if (!n)
		return true;
	for (uint32_t i = 0; i < x->gaps; i++) {
		sum_us += x->gap_us[i];
		missed += !slo_met(slo, (double)x->gap_us[i]);
	}
	if (slo->statistic == SLO_MEAN)
		return slo_met(slo, (double)sum_us / (double)n);
	/* Thousandths: a rank in whole numbers. */
	uint64_t rank = ((uint64_t)llround(slo_quantile(slo->statistic) * 1000) * n + 999) / 1000;

	return missed <= n - (rank ? rank : 1);
}

static bool meets(const struct exchange *x, const struct slo *slo)
{
	if (slo->metric == SLO_QUALITY)
		return isnan(x->sample->quality) || slo_met(slo, (double)x->sample->quality);
	if (slo->metric == SLO_ITL)
		return gaps_meet(x, slo);
	int64_t us = goodput_time_us(x, slo->metric);

	return us < 0 || slo_met(slo, (double)us);
}

bool goodput_met(const struct goodput *g, const struct exchange *x)
{
	int task = x->sample->task;
	const struct goodput_task *t = &g->task[task < g->task_count ? task : g->task_count];

	for (int i = 0; i < t->count; i++)
		if (!meets(x, t->ask[i]))
			return false;
	return true;
}
