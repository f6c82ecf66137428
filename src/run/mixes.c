#include "mixes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/archive.h"
#include "base/clock.h"
#include "base/mem.h"

#define SHARES 1e4       /* weights in a run file have six figures */
#define FNV_START 0xcbf29ce484222325
#define FNV_PRIME 0x100000001b3

void mixes_init(struct mixes *m, int tasks, const double *weight, struct hdr_pool *pool)
{
	*m = (struct mixes){.tasks = tasks < SCENARIO_MAX_TASKS ? tasks : SCENARIO_MAX_TASKS};
	mix_init(&m->first, weight, m->tasks);
	/* A run file may hold anything. */
	for (int i = 0; i < m->tasks; i++)
		if (!(m->first.weight[i] > 0 && isfinite(m->first.weight[i])))
			m->first.weight[i] = 1;
	m->time = xcalloc((size_t)m->tasks, sizeof *m->time);
	for (int i = 0; i < m->tasks; i++)
		hdr_init(&m->time[i], pool, 2);
	m->now = m->first;
}

void mixes_fini(struct mixes *m)
{
	for (int i = 0; i < m->tasks; i++)
		hdr_fini(&m->time[i]);
	free(m->time);
}

static void begin(struct mixes *m)
{
	for (int i = 0; i < m->tasks; i++)
		if (m->time[i].count)
			hdr_reset(&m->time[i]);
}

void mixes_reset(struct mixes *m)
{
	begin(m);
	m->now = m->first;
	m->mixed = false;
	m->count = 0;
}

static void point_archive(struct mixes_point *p, int tasks, struct archive *a)
{
	archive_double(a, &p->level);
	archive_double(a, &p->seconds);
	archive_u8(a, &p->mode, MODE_OPEN);
	archive_u64(a, &p->silent, UINT64_MAX);
	for (int i = 0; i < tasks; i++) {
		archive_count(a, &p->task[i].timed);
		archive_time(a, &p->task[i].p95_us);
	}
}

void mixes_archive(struct mixes *m, struct archive *a)
{
	if (archive_restoring(a))
		mixes_reset(m);
	archive_int(a, &m->now.solo, -1, m->tasks - 1);
	for (int i = 0; i < m->tasks; i++) {
		archive_bool(a, &m->now.muted[i]);
		archive_double(a, &m->now.weight[i]);
		hdr_archive(&m->time[i], a);
	}
	archive_bool(a, &m->mixed);
	archive_int(a, &m->count, 0, MIXES_POINTS);
	for (int i = 0; i < m->count; i++)
		point_archive(&m->at[i], m->tasks, a);
}

bool mixes_event(struct mixes *m, const struct rec_event *e, char *const *task_name)
{
	return e->what == EVENT_KEY && mix_read(&m->now, e->text, e->text_bytes, task_name);
}

uint64_t mixes_silent(const struct mixes *m)
{
	uint64_t silent = 0;

	for (int i = 0; i < m->tasks; i++)
		silent |= (uint64_t)!mix_sends(&m->now, i) << i;
	return silent;
}

static double weight_of(const struct mix *mix, int task)
{
	return mix_sends(mix, task) ? mix->weight[task] : 0;
}

uint64_t mixes_signature(const struct mixes *m)
{
	uint64_t hash = FNV_START;
	double all = 0;

	for (int i = 0; i < m->tasks; i++)
		all += weight_of(&m->now, i);
	for (int i = 0; i < m->tasks; i++)
		hash = (hash ^ (uint64_t)llround(SHARES * weight_of(&m->now, i) / all)) * FNV_PRIME;
	return hash;
}

void mixes_exchange(struct mixes *m, const struct exchange *x)
{
	if (x->sample->task < m->tasks)
		hdr_record(&m->time[x->sample->task], x->latency_us);
}

static void figures(const struct mixes *m, const struct op_point *point, struct mixes_point *out)
{
	*out = (struct mixes_point){
		.level = point->level,
		.seconds = (double)point_settled_us(point) / (double)US_PER_S,
		.mode = point->mode,
		.silent = point->silent,
	};
	for (int i = 0; i < m->tasks; i++) {
		out->task[i].timed = m->time[i].count;
		out->task[i].p95_us = hdr_quantile_us(&m->time[i], 0.95);
	}
}

void mixes_close(struct mixes *m, const struct op_point *point)
{
	if (!point->ramp_us && !point->altered && point_settled_us(point) > 0) {
		if (m->count == MIXES_POINTS)
			memmove(m->at, m->at + 1, (size_t)--m->count * sizeof *m->at);
		figures(m, point, &m->at[m->count++]);
		m->mixed |= point->silent != 0;
	}
	begin(m);
}

/* --- questions -------------------------------------------------------------- */

static double rate(const struct mixes_point *p, int task)
{
	return p->seconds > 0 ? (double)p->task[task].timed / p->seconds : NAN;
}

static bool told(const struct snap_beside *row, int count, const struct snap_beside *like)
{
	for (int i = 0; i < count; i++)
		if (row[i].task == like->task && row[i].added == like->added && row[i].others == like->others &&
		    row[i].mode == like->mode && fabs(row[i].level - like->level) < 1e-9)
			return true;
	return false;
}

/* What those that `more` sends beyond `fewer` did to the tasks of both. */
static int compare(const struct mixes *m, const struct mixes_point *fewer, const struct mixes_point *more,
		   struct snap_beside *out, int count)
{
	uint64_t added = fewer->silent & ~more->silent;

	if (!added || (more->silent & ~fewer->silent) || fewer->mode != more->mode ||
	    fabs(fewer->level - more->level) > 1e-9)
		return count;
	for (int i = 0; i < m->tasks && count < SNAP_BESIDE; i++) {
		struct snap_beside row;

		/* Snapshots are compared as bytes. */
		memset(&row, 0, sizeof row);
		row.task = i;
		row.added = added;
		row.mode = more->mode;
		row.level = more->level;
		row.without.timed = fewer->task[i].timed;
		row.without.p95_us = fewer->task[i].p95_us;
		row.without.rps = rate(fewer, i);
		row.with.timed = more->task[i].timed;
		row.with.p95_us = more->task[i].p95_us;
		row.with.rps = rate(more, i);
		if ((fewer->silent >> i & 1) || row.without.timed < MIXES_LEAST || row.with.timed < MIXES_LEAST)
			continue;
		for (int k = 0; k < m->tasks; k++)
			row.others += k != i && !(fewer->silent >> k & 1);
		if (!told(out, count, &row))
			memcpy(&out[count++], &row, sizeof row);
	}
	return count;
}

int mixes_beside(const struct mixes *m, const struct op_point *present, struct snap_beside *out)
{
	const struct mixes_point *at[MIXES_POINTS + 1];
	struct mixes_point now;
	int points = 0, count = 0;

	if (!m->mixed && !(present && present->silent))
		return 0;
	for (int i = 0; i < m->count; i++)
		at[points++] = &m->at[i];
	if (present && !present->ramp_us && !present->altered) {
		figures(m, present, &now);
		at[points++] = &now;
	}
	for (int i = points - 1; i > 0; i--)
		for (int k = i - 1; k >= 0; k--) {
			count = compare(m, at[k], at[i], out, count);
			count = compare(m, at[i], at[k], out, count);
		}
	return count;
}
