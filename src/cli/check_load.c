#include "cli/check_load.h"

#include "base/units.h"
#include "load/arrivals.h"

static void row(FILE *out, const char *name)
{
	fprintf(out, "\n  %-9s  ", name);
}

static void put_time(FILE *out, const char *before, int64_t ns, const char *after)
{
	char text[UNITS_BYTES];

	fprintf(out, "%s%s%s", before, units_format_duration(ns, text), after);
}

static void put_level(FILE *out, enum load_mode mode, double level)
{
	char text[UNITS_BYTES];

	fprintf(out, mode == MODE_OPEN ? "%s/s" : level >= 0.5 && level < 1.5 ? "%s user" : "%s users",
		units_format_level(level, text));
}

static bool is_open(const struct options *o)
{
	return o->arrival == ARRIVAL_TRACE || o->rate_to > 0 || (o->stage_count && o->stage[0].mode == MODE_OPEN);
}

static void put_loop(FILE *out, const struct options *o)
{
	bool open = is_open(o);

	row(out, "load");
	fputs(open ? "open loop" : "closed loop", out);
	if (open && o->rate_to > 0 && (!o->stage_count || o->warmup_ns > 0)) {
		fputs(", ", out);
		put_level(out, MODE_OPEN, o->rate_from);
	} else if (!open && !o->stage_count) {
		fputs(", ", out);
		put_level(out, MODE_CLOSED, (double)o->concurrency);
	}
	if (open)
		fprintf(out, ", arrivals: %s", arrival_name((enum arrival_kind)o->arrival));
	if (open && o->max_in_flight > 0)
		fprintf(out, ", at most %lld in flight", (long long)o->max_in_flight);
}

static void put_stages(FILE *out, const struct options *o)
{
	for (int i = 0; i < o->stage_count; i++) {
		const struct load_stage *s = &o->stage[i];
		bool ramp = s->from < s->to || s->from > s->to;

		row(out, i ? "" : "stages");
		put_time(out, "", s->length_ns, ramp ? " from " : " of ");
		if (ramp) {
			put_level(out, s->mode, s->from);
			fputs(" to ", out);
		}
		put_level(out, s->mode, s->to);
	}
}

static void put_end(FILE *out, const struct options *o)
{
	row(out, "end");
	if (o->requests >= 0)
		fprintf(out, "after %lld requests", (long long)o->requests);
	if (o->duration_ns >= 0)
		put_time(out, o->requests >= 0 ? " or " : "after ", o->duration_ns, "");
	if (o->requests < 0 && o->duration_ns < 0)
		fputs(o->arrival == ARRIVAL_TRACE ? "with the trace" : "none: by hand, or with -n or -z", out);
}

static bool tasks_think(const struct scenario *s)
{
	for (int i = 0; i < s->task_count; i++)
		if (s->task[i].think_ns >= 0)
			return true;
	return false;
}

/* Each on a line as --slo takes it. */
static void put_slos(FILE *out, const struct scenario *s)
{
	char text[SLO_TEXT];

	for (int i = 0; i < s->slo_count; i++) {
		row(out, i ? "" : "slo");
		slo_full_text(&s->slo[i], text);
		fputs(text, out);
	}
}

void check_load(FILE *out, const struct options *o, const struct scenario *scenario)
{
	put_loop(out, o);
	put_stages(out, o);
	if (o->warmup_ns > 0) {
		row(out, "warm-up");
		put_time(out, "", o->warmup_ns, "");
	}
	put_end(out, o);
	if (o->think_ns > 0 || tasks_think(scenario)) {
		row(out, "think");
		if (o->think_ns > 0)
			put_time(out, "", o->think_ns, "");
		else
			fputs("none", out);
	}
	for (int i = 0; i < scenario->task_count; i++)
		if (scenario->task[i].think_ns >= 0) {
			fprintf(out, "; %s ", scenario->task[i].name);
			put_time(out, "", scenario->task[i].think_ns, "");
		}
	put_slos(out, scenario);
	fputc('\n', out);
}
