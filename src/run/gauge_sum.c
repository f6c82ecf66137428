#include "gauge_sum.h"

#include <stdlib.h>

#include "base/mem.h"

void gauge_sum_init(struct gauge_sum *sum, int workers)
{
	*sum = (struct gauge_sum){.workers = workers};
	sum->worker = xcalloc((size_t)workers, sizeof *sum->worker);
}

void gauge_sum_fini(struct gauge_sum *sum)
{
	free(sum->worker);
}

void gauge_sum_take(struct gauge_sum *sum, int worker, const struct rec_gauge *gauge)
{
	if (!sum->worker[worker].heard) {
		sum->worker[worker].heard = true;
		sum->heard++;
	}
	if (!gauge)
		return;

	uint32_t late_us = sum->worker[worker].latest.loop_late_max_us;

	sum->worker[worker].latest = *gauge;
	if (late_us > gauge->loop_late_max_us)
		sum->worker[worker].latest.loop_late_max_us = late_us;
}

void gauge_sum_recorded(struct gauge_sum *sum)
{
	for (int i = 0; i < sum->workers; i++)
		sum->worker[i].latest.loop_late_max_us = 0;
}

/* A worker that told its share earlier has had as many under way since. */
static uint64_t in_flight_us(const struct rec_gauge *g, int64_t t_us)
{
	int64_t since_us = t_us - g->rec.t_us;

	return g->in_flight_us + (since_us > 0 ? g->in_flight * (uint64_t)since_us : 0);
}

static void raise_to(uint64_t *to, uint64_t value)
{
	if (value > *to)
		*to = value;
}

bool gauge_sum_total(const struct gauge_sum *sum, int64_t t_us, struct rec_gauge *out)
{
	if (sum->heard < sum->workers)
		return false;
	*out = (struct rec_gauge){
		.rec = {.bytes = sizeof *out, .kind = REC_GAUGE, .t_us = t_us},
	};
	for (int i = 0; i < sum->workers; i++) {
		const struct rec_gauge *g = &sum->worker[i].latest;

		out->users_target += g->users_target;
		out->users_active += g->users_active;
		out->in_flight += g->in_flight;
		out->connections += g->connections;
		out->planned += g->planned;
		out->started += g->started;
		out->waiting += g->waiting;
		out->worker_cpu_us += g->worker_cpu_us;
		raise_to(&out->busiest_cpu_us, g->worker_cpu_us);
		raise_to(&out->process_cpu_us, g->process_cpu_us);
		out->ring_dropped += g->ring_dropped;
		out->record_lost += g->record_lost;
		out->in_flight_us += in_flight_us(g, t_us);
		raise_to(&out->core_wait_us, g->core_wait_us);
		raise_to(&out->loop_late_us, g->loop_late_us);
		if (g->loop_late_max_us > out->loop_late_max_us)
			out->loop_late_max_us = g->loop_late_max_us;
		out->in_flight_limit += g->in_flight_limit;
		out->held = g->held < GAUGE_UNKNOWN - 1 - out->held ? out->held + g->held : GAUGE_UNKNOWN - 1;
	}
	return true;
}
