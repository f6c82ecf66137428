/* The model's state as bytes: what a run file keeps now and then, so that a replay
 * begins there instead of at the start. A part of the model that is missing here is
 * one that a seek loses; tests compare all that is shown, with and without. */
#include "base/archive.h"
#include "base/clock.h"
#include "model_priv.h"

/* Grows with every change of what is saved, or of what it means. */
#define STATE_VERSION 9

static void outcomes_archive(uint64_t count[OUTCOME_COUNT], struct archive *a)
{
	for (int i = 0; i < OUTCOME_COUNT; i++)
		archive_count(a, &count[i]);
}

static void audit_archive(struct model *m, struct archive *a)
{
	archive_i64(a, &m->audit.second, -1, ARCHIVE_TIME_MAX);
	archive_count(a, &m->audit.then);
	outcomes_archive(m->audit.finished, a);
	archive_bool(a, &m->audit.wrong);
}

static void verdicts_archive(struct model *m, struct archive *a)
{
	for (int i = 0; i < m->slo_count; i++) {
		struct slo_judged *judged = &m->judged[i];
		uint8_t verdict = (uint8_t)judged->verdict;

		archive_u8(a, &verdict, SLO_INCONCLUSIVE);
		judged->verdict = (enum slo_verdict)verdict;
		archive_double(a, &judged->needs.requests);
		archive_double(a, &judged->needs.seconds);
		archive_bool(a, &judged->needs.close);
	}
}

/* `quiet` and `ended` are about the replay. */
static void archive(struct model *m, struct archive *a)
{
	archive_mark(a, STATE_VERSION);
	archive_mark(a, (uint64_t)m->scopes);
	archive_mark(a, (uint64_t)m->slo_count);
	archive_i64(a, &m->t_us, 0, ARCHIVE_TIME_MAX);
	archive_i64(a, &m->measured_us, 0, m->t_us);
	archive_bool(a, &m->second_incomplete);
	outcomes_archive(m->books, a);
	archive_count(a, &m->http1_answers);
	archive_count(a, &m->http2_answers);
	audit_archive(m, a);
	verdicts_archive(m, a);
	for (int i = 0; i < m->scopes; i++) {
		archive_mark(a, (uint64_t)i);
		tally_archive(&m->summary[i], a);
		batches_archive(&m->batches[i], a);
		phase_sums_archive(&m->phases[i], a);
	}
	heatmap_archive(&m->heatmap, a);
	phase_columns_archive(&m->phase_columns, a);
	traits_archive(&m->traits, a);
	modes_log_archive(&m->modes_log, m->task_count, a);
	mixes_archive(&m->mixes, a);
	points_archive(&m->points, a);
	evidence_archive(&m->evidence, a);
	model_diagnosis_archive(m, a);
	windows_archive(&m->windows, a);
	series_archive(&m->series, a);
	errors_table_archive(m->errors, a);
	gauges_archive(&m->gauges, a);
	stalls_archive(&m->stalls, a);
	prompts_archive(&m->prompts, a);
	scraped_archive(&m->scraped, m->series.next, a);
	advisor_archive(&m->advisor, a);
	swept_archive(&m->sweep, a);
	tried_archive(&m->tried, a);
	marks_archive(&m->marks, a);
	a->bad |= m->windows.second != m->t_us / US_PER_S || m->series.next != m->windows.second;
}

/* Saving only reads. */
void model_save(const struct model *m, struct buf *out)
{
	struct archive a = archive_save(out);

	archive((struct model *)m, &a);
}

void model_save_second(const struct model *m, int64_t second, struct buf *out)
{
	struct archive a = archive_save(out);

	windows_second_archive((struct windows *)&m->windows, second, &a);
}

int64_t model_next_second(const struct model *m, int64_t after)
{
	return windows_final(&m->windows, after);
}

static void seconds_archive(struct model *m, struct archive *a)
{
	int64_t second = -1;

	while (!a->bad && (second = windows_final(&m->windows, second)) >= 0)
		windows_second_archive(&m->windows, second, a);
	windows_restored(&m->windows);
}

bool model_restore(struct model *m, const void *state, size_t bytes)
{
	struct archive a = archive_restore(state, bytes);
	bool whole;

	archive(m, &a);
	seconds_archive(m, &a);
	m->ended = false;
	m->scratch->ci_scope = m->scratch->modes_scope = -1;
	m->scratch->scaling_second = -1;
	whole = archive_whole(&a);
	if (!whole)
		model_reset(m);
	return whole;
}
