#include "points.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

void points_init(struct points *p, struct hdr_pool *pool, bool asked)
{
	memset(p, 0, sizeof *p);
	tally_init(&p->tally, pool, asked);
	batches_init(&p->batches, pool);
	points_restart(p);
}

void points_fini(struct points *p)
{
	tally_fini(&p->tally);
	batches_fini(&p->batches);
	free(p->at);
}

void points_restart(struct points *p)
{
	tally_reset(&p->tally);
	batches_reset(&p->batches);
	p->count = 0;
	p->load = -1;
	p->phase = PHASE_WARMUP; /* nothing counts until a record says so */
}

int64_t point_settled_us(const struct op_point *point)
{
	int64_t us = point->duration_us - (point->settled_at_us - point->t_us);

	return us > 0 ? us : 0;
}

void points_metrics(const struct points *p, int i, struct metrics *out)
{
	if (i != p->load) {
		*out = p->at[i].metrics;
		return;
	}
	tally_metrics(&p->tally, point_settled_us(&p->at[i]), out);
	tally_intervals(&p->tally, &p->batches, out);
}

/* A point that follows on another needs time until what was under way at the
 * old level has drained from its statistics. */
static int64_t settling_us(const struct tally *before)
{
	int64_t us = 3 * hdr_quantile_us(&before->latency, 0.95);

	return us > US_PER_S ? us : US_PER_S;
}

void points_open(struct points *p, const struct rec_point *change, int64_t t_us)
{
	bool present_ends = change->phase == PHASE_LOAD || change->phase == PHASE_WARMUP;
	int64_t settling = 0;

	if (p->load >= 0 && present_ends) {
		settling = settling_us(&p->tally);
		points_metrics(p, p->load, &p->at[p->load].metrics);
		tally_reset(&p->tally);
		batches_reset(&p->batches);
		p->load = -1;
	}
	if (p->count == p->room) {
		p->room = p->room ? 2 * p->room : 16;
		p->at = xreallocarray(p->at, (size_t)p->room, sizeof *p->at);
	}
	p->at[p->count] = (struct op_point){
		.t_us = t_us,
		.settled_at_us = t_us,
		.level = change->level,
		.mode = change->mode,
		.phase = change->phase,
		.from = change->from,
		.ramp_us = change->ramp_us,
	};
	if (change->phase == PHASE_LOAD) {
		p->at[p->count].settled_at_us += settling;
		p->load = p->count;
	}
	p->count++;
	p->phase = change->phase;
}

void points_pass(struct points *p, int64_t us)
{
	if (p->phase == PHASE_LOAD)
		p->at[p->load].duration_us += us;
}

bool points_counting(const struct points *p)
{
	return p->load >= 0;
}

/* Later than the settling time; also once load has been measured that long,
 * which it was not when a pause cut the settling time short. */
static bool settled(const struct points *p, int64_t t_us)
{
	const struct op_point *at = &p->at[p->load];

	return t_us > at->settled_at_us &&
	       (p->phase == PHASE_LOAD || point_settled_us(at) > 0);
}

/* The first point has no settling time, and what ends at its very first
 * microsecond is its own. */
static bool takes(const struct points *p, int64_t t_us)
{
	const struct op_point *at = &p->at[p->load];

	return at->settled_at_us == at->t_us || settled(p, t_us);
}

void points_exchange(struct points *p, const struct exchange *x, int64_t t_us)
{
	if (!takes(p, t_us))
		return;
	tally_exchange(&p->tally, x, p->phase == PHASE_LOAD);
	if (p->phase == PHASE_LOAD)
		tally_batch(&p->batches, x, point_settled_us(&p->at[p->load]));
}

void points_drops(struct points *p, const struct rec_drops *drops, int64_t t_us)
{
	p->at[p->load].incomplete = true;
	if (takes(p, t_us))
		counts_drops(&p->tally.n, drops, p->phase == PHASE_LOAD);
}

uint32_t points_index(const struct points *p)
{
	if (p->load >= 0)
		return (uint32_t)p->load;
	return p->count ? (uint32_t)p->count - 1 : 0;
}
