#include <math.h>
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "cli/drive.h"
#include "cli/ending.h"
#include "cli/signals.h"
#include "cli/sweeping.h"

#define LOOK_MS 50
#define LEAST_REST_US (US_PER_S / 10)

static void print_head(FILE *out, bool open_loop)
{
	fprintf(out, "%8s %7s %9s %10s %10s %10s %8s\n", "elapsed", open_loop ? "rate" : "users", "req/s",
		"p50", "p95", "p99", "errors");
}

static const char *time_cell(char *buffer, uint64_t count, int64_t us)
{
	return count ? units_format_duration(us * NS_PER_US, buffer) : "-";
}

/* A change at that very moment is not yet in it. */
static enum load_phase phase_before(const struct snapshot *s, int64_t t_us)
{
	enum load_phase phase = PHASE_LOAD;

	for (int i = 0; i < s->point_count && (i == 0 || s->point[i].t_us < t_us); i++)
		phase = (enum load_phase)s->point[i].phase;
	return phase;
}

/* "00:03"; what is no whole second with its tenths, less than one as it is. */
static char *elapsed_cell(char out[UNITS_BYTES], int64_t t_us)
{
	int tenths = (int)(t_us / (US_PER_S / 10) % 10);

	if (t_us < US_PER_S)
		return units_format_duration(t_us * NS_PER_US, out);
	units_format_elapsed(t_us * NS_PER_US, out);
	if (tenths)
		snprintf(out + strlen(out), 3, ".%d", tenths);
	return out;
}

/* Users at work, or what the rate is now; nobody works any more at the end. */
static const char *load_cell(const struct snapshot *s, enum load_phase phase, char out[UNITS_BYTES + 2])
{
	char number[UNITS_BYTES];

	if (phase >= PHASE_DRAIN || s->ended)
		return "-";
	if (s->mode == MODE_CLOSED)
		return units_format_count(s->gauge.users_active, out);
	snprintf(out, UNITS_BYTES + 2, "%s/s", units_format_level(s->level, number));
	return out;
}

/* Answers of the second before t_us, or NULL. */
static const char *rate_cell(const struct snapshot *s, int64_t t_us, char out[UNITS_BYTES])
{
	const struct snap_series *series = &s->series;
	int64_t at = t_us / US_PER_S - 1 - series->first;

	if (t_us % US_PER_S || at < 0 || at >= series->count)
		return isnan(s->now.rps) ? "-" : units_format_rate(s->now.rps, out);
	return units_format_rate((double)series->rps[at], out);
}

/* Percentiles of the last 10 s, so that one slow request does not make a line. */
static void print_line(FILE *out, const struct snapshot *s, int64_t t_us,
		       enum load_phase phase)
{
	const struct snap_numbers *n = &s->now;
	char elapsed[UNITS_BYTES], rps[UNITS_BYTES], p50[UNITS_BYTES], p95[UNITS_BYTES],
		p99[UNITS_BYTES], load[UNITS_BYTES + 2];
	static const char *const note[] = {"  warm-up", "", "  paused", "  draining", ""};

	fprintf(out, "%8s %7s %9s %10s %10s %10s %8llu%s\n", elapsed_cell(elapsed, t_us),
		load_cell(s, phase, load), rate_cell(s, t_us, rps),
		time_cell(p50, n->latency.count, n->latency.p50_us),
		time_cell(p95, n->latency.count, n->latency.p95_us),
		time_cell(p99, n->latency.count, n->latency.p99_us),
		(unsigned long long)(s->failed + s->censored), note[phase]);
	fflush(out);
}

/* A line for each second that has passed, and one for the rest at the end. */
static void print_new(FILE *out, const struct snapshot *s, bool ended, int64_t *printed_us)
{
	int64_t second_us = s->t_us / US_PER_S * US_PER_S;

	if (second_us > *printed_us) {
		print_line(out, s, second_us, phase_before(s, second_us));
		*printed_us = second_us;
	}
	if (ended && (s->t_us - *printed_us >= LEAST_REST_US || !*printed_us))
		print_line(out, s, s->t_us, phase_before(s, *printed_us + 1));
}

static void print_sweep(FILE *out, const struct sweeping *sweeping)
{
	fprintf(out, "%s\n", sweeping->line);
	fflush(out);
}

/* One line that is written over, and taken away at the end. */
static void show_progress(const struct snapshot *s)
{
	fprintf(stderr, "\r%llu exchanges, %llu failed …",
		(unsigned long long)(s->succeeded + s->failed + s->censored),
		(unsigned long long)(s->failed + s->censored));
	fflush(stderr);
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
	const struct snapshot *last;
	struct sweeping sweeping;
	int64_t printed_us = 0;
	bool ignored;

	sweeping_init(&sweeping, session, config->sweep, config->max_users, config->slos);
	ending.leaving = sweeping_stop;
	ending.leaving_arg = &sweeping;
	snapbox_ask(box, (struct view_query){.task = -1, .window = WINDOW_10S, .generation = 1});
	if (lines)
		print_head(config->out, session_level(session).mode == MODE_OPEN);
	while (!session_ended(session)) {
		struct pollfd fd = {.fd = signals_fd(), .events = POLLIN};
		bool fresh;
		const struct snapshot *s = snapbox_read(box, &fresh);

		if (fresh) {
			ending_errors(&ending, s);
			ending_slos(&ending, s);
		}
		if (config->progress && fresh)
			show_progress(s);
		if (lines && fresh)
			print_new(config->out, s, false, &printed_us);
		if (fresh && sweeping_look(&sweeping, s)) {
			if (lines)
				print_sweep(config->out, &sweeping);
			if (sweeping_over(&sweeping, end))
				ending_done(&ending);
		}
		if (poll(&fd, 1, LOOK_MS) != 0) {
			signals_drain();
			ending_signals(&ending, false);
		}
	}
	last = snapbox_read(box, &ignored);
	if (lines && last)
		print_new(config->out, last, true, &printed_us);
	if (config->progress)
		fputs("\r\033[K", stderr);
	return 0;
}
