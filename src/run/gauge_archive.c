#include "gauge_archive.h"

void gauge_archive(struct rec_gauge *g, struct archive *a)
{
	uint32_t *numbers[] = {
		&g->users_target, &g->users_active, &g->in_flight, &g->connections,
		&g->loop_late_max_us, &g->fds, &g->fd_limit, &g->ports, &g->in_flight_limit, &g->held,
	};
	uint64_t *sums[] = {
		&g->planned, &g->started, &g->waiting, &g->worker_cpu_us, &g->busiest_cpu_us,
		&g->process_cpu_us, &g->ring_dropped, &g->record_lost, &g->in_flight_us,
		&g->core_wait_us, &g->loop_late_us, &g->throttled_us, &g->steal_us,
	};

	archive_u32(a, &g->rec.bytes);
	archive_u16(a, &g->rec.kind);
	archive_u16(a, &g->rec.worker);
	archive_time(a, &g->rec.t_us);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		archive_u32(a, numbers[i]);
	for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
		archive_count(a, sums[i]);
}
