#include "cli/deadline.h"

/* The warm-up is no measured time, paused or not. */
static int64_t measured_from(const struct deadline *d, int64_t ns)
{
	return ns > d->control->warmup_until_ns ? ns : d->control->warmup_until_ns;
}

int64_t deadline_left_ns(const struct deadline *d, int64_t now_ns)
{
	int64_t stop_ns = atomic_load(&d->control->stop_at_ns);

	return stop_ns == INT64_MAX ? d->left_ns : control_measured_ns(d->control, measured_from(d, now_ns), stop_ns);
}

void deadline_set(struct deadline *d, int64_t since_ns, int64_t left_ns)
{
	int64_t stop_ns = left_ns == INT64_MAX ? INT64_MAX : control_end_ns(d->control, measured_from(d, since_ns), left_ns);

	d->left_ns = left_ns;
	/* First: a worker that sees the end is to see how long it may take. */
	if (stop_ns != INT64_MAX)
		atomic_store(&d->control->drain_until_ns, stop_ns + d->drain_ns);
	atomic_store(&d->control->stop_at_ns, stop_ns);
}

void deadline_now(struct deadline *d, int64_t now_ns, int64_t drain_ns)
{
	int64_t stop_ns = atomic_load(&d->control->stop_at_ns);

	atomic_store(&d->control->drain_until_ns, now_ns + drain_ns);
	atomic_store(&d->control->stop_at_ns, stop_ns < now_ns ? stop_ns : now_ns);
}
