#include "model_diagnosis.h"

#include <math.h>
#include <string.h>

#include "base/archive.h"
#include "base/clock.h"
#include "diagnose.h"
#include "model_priv.h"
#include "scaling_of.h"

#define AGREE 3   /* seconds */
#define REFRESH 5 /* seconds */

void model_diagnosis_reset(struct model *m)
{
	memset(&m->diagnosis, 0, sizeof m->diagnosis);
	m->diagnosis.said_second = -1;
}

/* At the end the run's, before it the present one. */
static bool client_bound(const struct model *m, bool over, char evidence[LAMP_TEXT])
{
	struct run_closing closing = {0};

	if (!over)
		return model_client_now(m, evidence);
	model_client(m, &closing);
	memcpy(evidence, closing.evidence, LAMP_TEXT);
	return closing.client_bound;
}

static double settling_s(const struct model *m)
{
	const struct points *p = &m->points;
	int64_t left_us = p->load >= 0 ? p->at[p->load].settled_at_us - m->t_us : 0;

	return left_us > 0 ? (double)left_us / (double)US_PER_S : 0;
}

static void course_of(const struct points *p, int i, struct diagnose_course *out)
{
	struct dot_windows windows;
	struct point_flow flow;

	points_windows(p, i, &windows);
	points_flow(p, i, &flow);
	out->answer_bytes = flow.requests ? (double)flow.bytes_in / (double)flow.requests : NAN;
	out->bunched = flow.streams * 2 > flow.requests && evidence_bunched(flow.events, flow.reads);
	out->drifts = drift_of(&windows, (double)point_settled_us(&p->at[i]) / (double)US_PER_S, &out->drift);
}

static void courses(const struct model *m, const struct evidence_point *const point[], int count, struct diagnose_course out[])
{
	for (int k = 0; k < count; k++) {
		out[k] = (struct diagnose_course){.answer_bytes = NAN};
		for (int i = 0; i < m->points.count; i++)
			if (m->points.at[i].phase == PHASE_LOAD && m->points.at[i].t_us == point[k]->t_us)
				course_of(&m->points, i, &out[k]);
	}
}

/* A second's span ends with its first gauge, so the one in which it settled is left out. */
static double in_flight(const struct model *m)
{
	const struct points *p = &m->points;
	int64_t seconds = p->load >= 0 ? m->gauges.second - p->at[p->load].settled_at_us / US_PER_S - 1 : 0;

	return gauges_in_flight(&m->gauges, seconds < GAUGES_SECONDS ? (int)seconds : GAUGES_SECONDS);
}

void model_diagnose(const struct model *m, bool over, struct diagnosis *out, uint64_t *basis)
{
	const struct evidence *e = &m->evidence;
	const struct evidence_point *point[EVIDENCE_POINTS + 1];
	struct evidence_point *present = &m->scratch->present;
	struct diagnose_course course[EVIDENCE_POINTS + 1];
	char evidence[LAMP_TEXT] = "";
	struct scaling_change change;
	struct diagnose_input in = {
		.point = point,
		.course = course,
		.in_flight = in_flight(m),
		.over = over,
		.tasks = m->task_count,
		.task_name = (const char *const *)m->task_name,
		.settling_s = settling_s(m),
		.respect_retry_after = m->respect_retry_after,
	};

	for (int i = 0; i < m->points.count; i++)
		in.ramps += m->points.at[i].phase == PHASE_LOAD && m->points.at[i].ramp_us > 0;
	for (int i = 0; i < e->closed_count; i++)
		point[in.count++] = &e->closed[i];
	in.present = m->points.load >= 0 &&
		     evidence_present(e, point_settled_us(&m->points.at[m->points.load]), &m->gauges.lamp, present);
	if (in.present)
		point[in.count++] = present;
	courses(m, point, in.count, course);
	scaling_change_of(&m->points, &change);
	in.change = &change;
	if (m->gauges.latest.held) {
		in.in_flight_limit = m->gauges.latest.in_flight_limit;
		in.waiting = m->gauges.latest.held == GAUGE_UNKNOWN ? m->gauges.latest.waiting : m->gauges.latest.held;
		in.planned = m->gauges.latest.planned;
	}
	in.client_bound = client_bound(m, over, evidence);
	in.client_evidence = evidence;
	diagnose(&in, out, basis);
}

static void say(struct held_diagnosis *held, const struct diagnosis *found, uint64_t basis, int64_t second)
{
	held->said = *found;
	held->basis = basis;
	held->said_second = second;
	held->times = 0;
}

void model_diagnosis_second(struct model *m)
{
	struct held_diagnosis *held = &m->diagnosis;
	struct diagnosis *found = &m->scratch->diagnosis;
	int64_t second = m->windows.second;
	uint64_t basis;

	if (!points_counting(&m->points))
		return;
	model_diagnose(m, m->ended, found, &basis);
	if (m->ended) {
		say(held, found, basis, second);
		return;
	}
	if (found->cause == held->said.cause) {
		held->times = 0;
		if (basis != held->basis || held->said_second < 0 || second - held->said_second >= REFRESH) {
			say(held, found, basis, second);
			return;
		}
		/* What is still missing counts down. */
		memcpy(held->said.next, found->next, sizeof held->said.next);
		memcpy(held->said.past, found->past, sizeof held->said.past);
		return;
	}
	held->times = found->cause == held->other && held->times < UINT8_MAX ? (uint8_t)(held->times + 1) : 1;
	held->other = found->cause;
	if (held->times >= AGREE || held->said_second < 0 || held->said.cause == CAUSE_NOT_ENOUGH ||
	    found->cause == CAUSE_CLIENT)
		say(held, found, basis, second);
}

void model_diagnosis_archive(struct model *m, struct archive *a)
{
	struct held_diagnosis *held = &m->diagnosis;
	struct diagnosis *d = &held->said;

	if (archive_restoring(a))
		model_diagnosis_reset(m);
	archive_u8(a, &d->cause, CAUSE_COUNT - 1);
	archive_u8(a, &d->lines, DIAGNOSIS_LINES);
	archive_text(a, d->sentence, sizeof d->sentence);
	archive_text(a, d->next, sizeof d->next);
	archive_text(a, d->past, sizeof d->past);
	for (int i = 0; i < d->lines; i++)
		archive_text(a, d->line[i], sizeof d->line[i]);
	archive_u64(a, &held->basis, UINT64_MAX);
	archive_i64(a, &held->said_second, -1, ARCHIVE_TIME_MAX);
	archive_u8(a, &held->other, CAUSE_COUNT - 1);
	archive_u8(a, &held->times, UINT8_MAX);
}
