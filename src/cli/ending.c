#include "cli/ending.h"

#include <signal.h>

#include "cli/signals.h"

/* A share of errors says nothing before so many requests. */
#define SHARE_REQUESTS 100
#define SIGNALLED 128
#define EXIT_FAILED 1
#define EXIT_UNBALANCED 70

static void stop_load(struct ending *e, int64_t drain_ns)
{
	e->stopped = true;
	if (e->leaving)
		e->leaving(e->leaving_arg);
	session_stop(e->session, drain_ns);
}

static void stop(struct ending *e, int64_t drain_ns, const char *reason)
{
	if (!e->stopped)
		snprintf(e->end->reason, sizeof e->end->reason, "%s", reason);
	stop_load(e, drain_ns);
}

void ending_signals(struct ending *e, bool hangup)
{
	int interrupts = signals_interrupts(), termination = signals_termination();

	if (hangup && !termination)
		termination = SIGHUP;
	if (termination && !e->termination_seen) {
		e->termination_seen = termination;
		if (!e->end->signal)
			e->end->signal = termination;
		stop(e, e->config->terminate_drain_ns, "stopped by a signal");
	} else if (interrupts > e->interrupts_seen) {
		bool again = e->interrupts_seen > 0 || interrupts > 1 || e->stopped;

		if (!e->end->signal)
			e->end->signal = SIGINT;
		stop(e, again ? 0 : e->config->interrupt_drain_ns, "interrupted");
	}
	e->interrupts_seen = interrupts;
}

/* Says why in end->reason when there are too many; true then. */
static bool too_many(const struct drive_config *c, uint64_t errors, uint64_t requests,
		     struct drive_end *end)
{
	double share = requests ? (double)errors / (double)requests : 0;

	if (c->max_errors >= 0 && errors > (uint64_t)c->max_errors)
		snprintf(end->reason, sizeof end->reason, "%llu %s (--max-errors %lld)",
			 (unsigned long long)errors, errors == 1 ? "error" : "errors", (long long)c->max_errors);
	else if (c->max_error_share >= 0 && requests >= SHARE_REQUESTS && share > c->max_error_share)
		snprintf(end->reason, sizeof end->reason, "%.1f %% errors (--max-errors %g%%)",
			 share * 100, c->max_error_share * 100);
	else
		return false;
	end->too_many_errors = true;
	return true;
}

void ending_errors(struct ending *e, const struct snapshot *s)
{
	const struct snap_numbers *all = &s->together.all;

	if (e->stopped || !too_many(e->config, all->failed + all->censored, all->requests, e->end))
		return;
	stop_load(e, e->config->interrupt_drain_ns);
}

void ending_slos(struct ending *e, const struct snapshot *s)
{
	char text[SLO_TEXT];

	for (int i = 0; e->config->slo_abort && !e->stopped && i < s->slo_count; i++) {
		const struct snap_slo *one = &s->slo[i];

		if (one->verdict != SLO_FAIL || !one->miss_lasts)
			continue;
		slo_full_text(&one->slo, text);
		snprintf(e->end->reason, sizeof e->end->reason, "%.80s missed, certain after %llu request%s (--slo-abort)",
			 text, (unsigned long long)s->together.all.requests, s->together.all.requests == 1 ? "" : "s");
		stop_load(e, e->config->interrupt_drain_ns);
	}
}

void ending_done(struct ending *e)
{
	if (!e->stopped)
		stop_load(e, e->config->drain_ns);
}

void ending_judge(const struct drive_config *config, const struct result *result,
		  struct drive_end *end)
{
	const struct metrics *m = &result->summary;

	if (!end->too_many_errors)
		too_many(config, m->failed + m->censored, m->requests, end);
}

int ending_exit_code(const struct drive_end *end, int figures)
{
	if (end->signal)
		return SIGNALLED + end->signal;
	return end->too_many_errors && figures != EXIT_UNBALANCED ? EXIT_FAILED : figures;
}

void ending_quit(struct ending *e)
{
	int64_t drain_ns = e->stopped ? 0 : e->config->interrupt_drain_ns;

	stop(e, drain_ns, "");
}
