#include <math.h>
#include <poll.h>

#include "base/clock.h"
#include "base/units.h"
#include "cli/drive.h"
#include "cli/ending.h"
#include "cli/signals.h"

#define LOOK_MS 50

static void print_head(FILE *out)
{
	fprintf(out, "%8s %7s %9s %10s %10s %10s %8s\n", "elapsed", "users", "req/s",
		"p50", "p95", "p99", "errors");
}

static const char *time_cell(char *buffer, uint64_t count, int64_t us)
{
	return count ? units_format_duration(us * NS_PER_US, buffer) : "-";
}

/* Numbers of the last 10 s, so that one slow request does not make a line. */
static void print_line(FILE *out, const struct snapshot *s)
{
	const struct snap_numbers *n = &s->now;
	char elapsed[UNITS_BYTES], rps[UNITS_BYTES], p50[UNITS_BYTES], p95[UNITS_BYTES],
		p99[UNITS_BYTES], users[UNITS_BYTES];
	static const char *const phase[] = {"  warm-up", "", "  paused", "  draining", ""};

	fprintf(out, "%8s %7s %9s %10s %10s %10s %8llu%s\n",
		units_format_elapsed(s->t_us * NS_PER_US, elapsed),
		units_format_count(s->gauge.users_active, users),
		isnan(n->rps) ? "-" : units_format_rate(n->rps, rps),
		time_cell(p50, n->latency.count, n->latency.p50_us),
		time_cell(p95, n->latency.count, n->latency.p95_us),
		time_cell(p99, n->latency.count, n->latency.p99_us),
		(unsigned long long)(s->failed + s->censored), phase[s->phase]);
	fflush(out);
}

int drive_plain(struct session *session, const struct drive_config *config, bool lines,
		struct drive_end *end)
{
	struct ending ending = {
		.session = session, .config = config, .end = end,
		.interrupts_seen = end->signal ? signals_interrupts() : 0,
		.termination_seen = end->signal ? signals_termination() : 0,
	};
	struct snapbox *box = session_snapbox(session);
	int64_t second = 0;

	snapbox_ask(box, (struct view_query){.task = -1, .window = WINDOW_10S, .generation = 1});
	if (lines)
		print_head(config->out);
	while (!session_ended(session)) {
		struct pollfd fd = {.fd = signals_fd(), .events = POLLIN};
		bool fresh;
		const struct snapshot *s = snapbox_read(box, &fresh);

		if (fresh)
			ending_errors(&ending, s);
		if (lines && fresh && s->t_us / US_PER_S > second) {
			second = s->t_us / US_PER_S;
			print_line(config->out, s);
		}
		if (poll(&fd, 1, LOOK_MS) != 0) {
			signals_drain();
			ending_signals(&ending, false);
		}
	}
	return 0;
}
