#include "cli/ending.h"

#include <signal.h>
#include <stdarg.h>

#include "cli/signals.h"

/* A share of errors says nothing before so many requests. */
#define SHARE_REQUESTS 100

static void stop(struct ending *e, int64_t drain_ns, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void stop(struct ending *e, int64_t drain_ns, const char *fmt, ...)
{
	if (!e->stopped) {
		va_list ap;

		va_start(ap, fmt);
		vsnprintf(e->end->reason, sizeof e->end->reason, fmt, ap);
		va_end(ap);
	}
	e->stopped = true;
	session_stop(e->session, drain_ns);
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

void ending_errors(struct ending *e, const struct snapshot *s)
{
	const struct drive_config *c = e->config;
	uint64_t errors = s->together.all.failed + s->together.all.censored;
	double share = s->together.all.requests ? (double)errors / (double)s->together.all.requests : 0;

	if (e->stopped)
		return;
	if (c->max_errors >= 0 && errors > (uint64_t)c->max_errors)
		stop(e, c->interrupt_drain_ns, "%llu errors (--max-errors %lld)",
		     (unsigned long long)errors, (long long)c->max_errors);
	else if (c->max_error_share >= 0 && s->together.all.requests >= SHARE_REQUESTS &&
		 share > c->max_error_share)
		stop(e, c->interrupt_drain_ns, "%.1f %% errors (--max-errors %g%%)",
		     share * 100, c->max_error_share * 100);
	e->end->too_many_errors = e->stopped;
}

void ending_quit(struct ending *e)
{
	int64_t drain_ns = e->stopped ? 0 : e->config->interrupt_drain_ns;

	stop(e, drain_ns, "%s", "");
}
