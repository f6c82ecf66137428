#include "slo_interval.h"

#include <math.h>

#include "base/clock.h"
#include "metrics/student.h"
#include "slo_eval.h"

/* Values, answers: see the header. */
#define MEAN_LEAST 5000
#define QUALITY_LEAST 2000
#define RATE_LEAST 1000
#define QUALITY_BEST 100

static void of_percentile(const struct interval *known, double *low, double *high)
{
	if (!known->known)
		return;
	*low = (double)known->low_us;
	*high = (double)known->high_us;
}

static void of_latency(const struct model *m, const struct slo *slo, int scope, const struct metrics *x, double *low,
		       double *high)
{
	const struct hdr *h = &m->summary[scope].latency;
	struct standard_error e;
	double by;

	if (slo->statistic == SLO_P50)
		of_percentile(&x->p50, low, high);
	else if (slo->statistic == SLO_P95)
		of_percentile(&x->p95, low, high);
	else if (slo->statistic == SLO_P99)
		of_percentile(&x->p99, low, high);
	if (slo->statistic != SLO_MEAN || h->count < MEAN_LEAST)
		return;
	/* Of its logarithm: a sample without slow ones is too sure of itself. */
	e = batches_error_mean(&m->batches[scope], h);
	by = exp(student_point(e.df) * e.error / x->latency.mean_us);
	*low = x->latency.mean_us / by;
	*high = x->latency.mean_us * by;
}

/* `by` NAN: there were too few batches. */
static void around(double value, double by, double most, double *low, double *high)
{
	if (isnan(by))
		return;
	*low = fmax(value - by, 0);
	*high = fmin(value + by, most);
}

void slo_interval(const struct model *m, int i, const struct metrics *x, double *low, double *high)
{
	const struct slo *slo = &m->slo[i];
	int scope = m->slo_scope[i];
	struct standard_error e;
	double value;

	*low = *high = NAN;
	if (scope < 0)
		return;
	value = slo_value(slo, x);
	if (slo->metric == SLO_LATENCY) {
		of_latency(m, slo, scope, x, low, high);
	} else if (slo->metric == SLO_QUALITY && m->summary[scope].n.checked >= QUALITY_LEAST) {
		e = batches_error_quality(&m->batches[scope]);
		around(value, student_point(e.df) * e.error / QUALITY_UNIT, QUALITY_BEST, low, high);
	} else if (slo_is_rate(slo) && x->answered >= RATE_LEAST && !isnan(value)) {
		e = batches_error_rate(&m->batches[scope], slo_rate_sum(slo), m->measured_us);
		around(value, student_point(e.df) * e.error * (double)US_PER_S, INFINITY, low, high);
	}
}
