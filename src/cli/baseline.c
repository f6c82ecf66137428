/* Every case once, one at a time: what a target does unhurried. */
#include "cli/baseline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/units.h"
#include "cli/commands.h"
#include "cli/live.h"
#include "cli/options.h"
#include "cli/signals.h"

#define HEADROOM 1.4       /* of suggested latencies over measured ones */
#define QUALITY_STEP 5     /* of suggested qualities */
#define BASELINE_SEED 1    /* the same cases in the same order, every time */
#define NAME_CELLS 24

struct script_item *baseline_script(const struct scenario *scenario, uint64_t *count)
{
	struct script_item *script;
	uint64_t all = 0, n = 0;

	for (int t = 0; t < scenario->task_count; t++)
		all += scenario->task[t].cases;
	script = xcalloc(all, sizeof *script);
	for (int t = 0; t < scenario->task_count; t++)
		for (uint64_t c = 0; c < scenario->task[t].cases; c++)
			script[n++] = (struct script_item){.task = t, .number = c};
	*count = n;
	return script;
}

/* ---- the table ---- */

static const char *time_of(const struct dist *d, double us, char out[UNITS_BYTES])
{
	return d->count ? units_format_duration((int64_t)llround(us * NS_PER_US), out) : "-";
}

static const char *share_of(double value, char out[UNITS_BYTES])
{
	if (isnan(value))
		return "-";
	snprintf(out, UNITS_BYTES, "%.1f", value);
	return out;
}

/* A session ends at its first failure, so each failure is one case. */
static uint64_t passed(const struct metrics *m, uint64_t cases)
{
	uint64_t lost = m->failed + m->censored;

	return lost < cases ? cases - lost : 0;
}

/* One at a time the throughput is what the time an answer takes allows. */
static void row(FILE *out, const char *name, const struct metrics *m, uint64_t cases, bool partial)
{
	char mean[UNITS_BYTES], p95[UNITS_BYTES], max[UNITS_BYTES], rate[UNITS_BYTES];
	char quality[UNITS_BYTES], success[48];
	const struct dist *d = &m->latency;

	if (partial)
		snprintf(success, sizeof success, "%llu failed",
			 (unsigned long long)(m->failed + m->censored));
	else
		snprintf(success, sizeof success, "%llu of %llu",
			 (unsigned long long)passed(m, cases), (unsigned long long)cases);
	fprintf(out, "  %-*s %10s %9s %9s %9s %8s %8s\n", NAME_CELLS, name, success,
		time_of(d, d->mean_us, mean), time_of(d, (double)d->p95_us, p95),
		time_of(d, (double)d->max_us, max),
		d->mean_us > 0 ? units_format_rate(US_PER_S / d->mean_us, rate) : "-",
		share_of(m->quality, quality));
}

/* ---- suggestions ---- */

double baseline_target_us(double measured_us)
{
	static const double nice[] = {1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10};
	double want = measured_us * HEADROOM, power;

	if (!(want > 1))
		return 1;
	power = pow(10, floor(log10(want)));
	for (size_t i = 0; i < sizeof nice / sizeof *nice; i++)
		/* What is nice already, but for rounding, stays. */
		if (want <= nice[i] * power * (1 + 1e-9))
			return nice[i] * power;
	return 10 * power;
}

/* In a form that --slo and "slo" read: "3s", "250ms". */
static const char *as_written(double us, char out[UNITS_BYTES])
{
	if (us >= 1e6)
		snprintf(out, UNITS_BYTES, "%gs", us / 1e6);
	else if (us >= 1e3)
		snprintf(out, UNITS_BYTES, "%gms", us / 1e3);
	else
		snprintf(out, UNITS_BYTES, "%gus", us);
	return out;
}

static void suggest_time(FILE *out, const char *expr, const struct dist *d, double us)
{
	char text[UNITS_BYTES];

	if (d->count)
		fprintf(out, ", \"%s<%s\"", expr, as_written(baseline_target_us(us), text));
}

static void suggest(FILE *out, const struct metrics *m, const char *indent)
{
	fprintf(out, "%s\"slo\": [\"success>=%s%%\"", indent,
		m->requests && m->succeeded == m->requests ? "99" : "95");
	suggest_time(out, "p95", &m->latency, (double)m->latency.p95_us);
	suggest_time(out, "ttft.p95", &m->ttft, (double)m->ttft.p95_us);
	suggest_time(out, "itl.p99", &m->itl, (double)m->itl.p99_us);
	if (m->quality >= QUALITY_STEP)
		fprintf(out, ", \"quality>=%g\"",
			floor((m->quality - 1) / QUALITY_STEP) * QUALITY_STEP);
	fputs("]\n", out);
}

void baseline_print(FILE *out, const struct scenario *scenario, const struct run_meta *meta,
		    const struct result *result, bool partial)
{
	char took[UNITS_BYTES];
	uint64_t cases = 0;

	for (int t = 0; t < scenario->task_count; t++)
		cases += scenario->task[t].cases;
	fprintf(out, "baseline · %s · %s\n", meta->scenario, meta->target);
	fprintf(out, "%llu cases, one at a time, %s%s\n\n", (unsigned long long)cases,
		units_format_duration(result->duration_us * NS_PER_US, took),
		partial ? " · interrupted: not all cases were tried" : "");
	fprintf(out, "  %-*s %10s %9s %9s %9s %8s %8s\n", NAME_CELLS, "task", "passed", "mean", "p95",
		"max", "req/s", "quality");
	for (int t = 0; t < result->task_count && t < scenario->task_count; t++)
		row(out, scenario->task[t].name, &result->task[t], scenario->task[t].cases, partial);
	if (result->task_count > 1)
		row(out, "all", &result->summary, cases, partial);
	if (!result->summary.latency.count)
		return;
	fputs("\nSLOs to start from, with room above what was measured (scenario, then tasks):\n", out);
	suggest(out, &result->summary, "  ");
	for (int t = 0; result->task_count > 1 && t < result->task_count; t++) {
		fprintf(out, "  %s:\n", scenario->task[t].name);
		suggest(out, &result->task[t], "    ");
	}
}

/* ---- the command ---- */

int cmd_baseline(int argc, char **argv)
{
	struct options options;
	struct scenario *scenario = NULL;
	struct live_script script = {.print = baseline_print};
	struct script_item *items = NULL;
	char *line = NULL;
	struct faults faults;
	int code = options_start(CLI_BASELINE, argc, argv, &options);

	if (code >= 0)
		goto out;
	if (options_scenario(&options, &scenario, &faults)) {
		code = options_refuse_all(&faults);
		goto out;
	}
	options.concurrency = options.threads = 1;
	options.warmup_ns = options.think_ns = 0;
	/* Nobody thinks: it is the target's time that counts. */
	for (int t = 0; t < scenario->task_count; t++)
		scenario->task[t].think_ns = 0;
	if (!options.seed_given)
		options.seed = BASELINE_SEED;
	script.item = items = baseline_script(scenario, &script.count);
	scenario_seed(scenario, options.seed);
	line = options_command_line(CLI_BASELINE, argc, argv);
	signals_install();
	code = live_run(&options, scenario, line, 1, &script);
out:
	free(items);
	free(line);
	scenario_free(scenario);
	options_fini(&options);
	return code;
}
