#include "diagnose_phrases.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* --- figures ------------------------------------------------------------------ */

const char *phrase_duration(double us, char out[UNITS_BYTES])
{
	if (!(us >= 0 && us < 1e15))
		return "-";
	if (us < 999.5)
		snprintf(out, UNITS_BYTES, "%.*f us", us < 9.995 ? 2 : us < 99.95 ? 1 : 0, us);
	else
		units_format_duration((int64_t)llround(us * 1000), out);
	return out;
}

const char *phrase_rate(double per_s, char out[UNITS_BYTES])
{
	return per_s >= 0 ? units_format_rate(per_s, out) : "-";
}

const char *phrase_times(double ratio, char out[UNITS_BYTES])
{
	if (!(ratio >= 0 && ratio < 1e9))
		return "x -";
	snprintf(out, UNITS_BYTES, "x %.*f", ratio < 9.95 ? 1 : 0, ratio);
	return out;
}

const char *phrase_percent(double share, char out[UNITS_BYTES])
{
	snprintf(out, UNITS_BYTES, "%.*f %%", share > 0 && share < 0.0995 ? 1 : 0, 100 * share);
	return out;
}

const char *phrase_load_of(uint8_t mode, double level, char out[PHRASE_LOAD])
{
	char number[UNITS_BYTES];

	units_format_level(level, number);
	if (mode == MODE_OPEN)
		snprintf(out, PHRASE_LOAD, "%s/s", number);
	else
		snprintf(out, PHRASE_LOAD, "%s user%s", number, level >= 0.5 && level < 1.5 ? "" : "s");
	return out;
}

const char *phrase_load(const struct evidence_point *p, char out[PHRASE_LOAD])
{
	return phrase_load_of(p->mode, p->level, out);
}

const char *phrase_twice(const struct evidence_point *p, char out[PHRASE_LOAD])
{
	return phrase_load_of(p->mode, p->mode == MODE_CLOSED ? ceil(2 * p->level) : 2 * p->level, out);
}

const char *phrase_task(const struct diagnose_input *in, int task, char out[PHRASE_TASK])
{
	const char *name = in->task_name[task];

	return utf8_clean(name, strlen(name), out, PHRASE_TASK);
}

static void write_args(char *out, size_t bytes, const char *fmt, va_list args)
{
	char text[2 * DIAGNOSIS_TEXT];

	vsnprintf(text, sizeof text, fmt, args);
	memset(out, 0, bytes);
	utf8_clean(text, strlen(text), out, bytes);
}

void phrase_write(char *out, size_t bytes, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	write_args(out, bytes, fmt, args);
	va_end(args);
}

void phrase_line(struct diagnosis *out, const char *fmt, ...)
{
	va_list args;

	if (out->lines == DIAGNOSIS_LINES)
		return;
	va_start(args, fmt);
	write_args(out->line[out->lines++], DIAGNOSIS_LINE, fmt, args);
	va_end(args);
}

/* --- evidence ----------------------------------------------------------------- */

void phrase_at_line(const struct evidence_point *p, struct diagnosis *out)
{
	char level[PHRASE_LOAD], a[UNITS_BYTES], b[UNITS_BYTES], c[UNITS_BYTES];

	phrase_line(out, "%s: latency p50 %s, p95 %s, %s/s succeeded (n = %llu, %.0f s)", phrase_load(p, level),
	     phrase_duration((double)p->p50_us, a), phrase_duration((double)p->p95_us, b), phrase_rate(p->ok_rps.mean, c),
	     (unsigned long long)p->requests, p->seconds);
}

static void part_line(const char *name, const struct growth *g, const struct growth *whole, struct diagnosis *out)
{
	char a[UNITS_BYTES], b[UNITS_BYTES], c[UNITS_BYTES], d[UNITS_BYTES];

	phrase_line(out, "%s %s -> %s on average: %s%s +- %s of %s%s", name, phrase_duration(g->lo, a), phrase_duration(g->hi, b),
	     g->by < 0 ? "-" : "+", phrase_duration(fabs(g->by), c), phrase_duration(2 * g->error, d), whole->by < 0 ? "-" : "+",
	     phrase_duration(fabs(whole->by), (char[UNITS_BYTES]){0}));
}

const char *phrase_wait(const struct comparison *c)
{
	return c->streams ? "the wait for the first token" : "the wait for the first byte";
}

void phrase_compared_lines(const struct comparison *c, struct diagnosis *out)
{
	char a[UNITS_BYTES], b[UNITS_BYTES];
	double waiting = c->part[PART_WAIT].by / 1e6 * c->hi->ok_rps.mean;

	phrase_at_line(c->lo, out);
	phrase_at_line(c->hi, out);
	part_line(phrase_wait(c), &c->part[PART_WAIT], &c->whole, out);
	part_line(c->streams ? "first to last token" : "the rest of the answer", &c->part[PART_BODY], &c->whole, out);
	if (c->part[PART_CONNECT].lo > 0 || c->part[PART_CONNECT].hi > 0)
		part_line("making connections", &c->part[PART_CONNECT], &c->whole, out);
	if (c->gaps[0] && c->gaps[1])
		phrase_line(out, "between tokens %s -> %s (n = %llu, %llu)", phrase_duration(c->gap.lo, a), phrase_duration(c->gap.hi, b),
		     (unsigned long long)c->gaps[0], (unsigned long long)c->gaps[1]);
	if (c->streams && c->n[1] < c->hi->all.timed)
		phrase_line(out, "the parts are of the streams alone (n = %llu, %llu)", (unsigned long long)c->n[0],
		     (unsigned long long)c->n[1]);
	if (waiting >= 0.5 && c->part[PART_WAIT].by > c->whole.by / 2)
		phrase_line(out, "about %.1f requests more wait at a time (throughput x growth of the wait)", waiting);
}

const char *phrase_failures(const struct evidence_point *p, bool checks, char out[DIAGNOSIS_LINE])
{
	bool told[ERROR_CLASS_COUNT] = {[ERROR_NONE] = true, [ERROR_CHECK] = !checks, [ERROR_ABORTED] = !checks};
	size_t used = 0;

	for (*out = '\0';;) {
		int most = -1;

		for (int c = 0; c < ERROR_CLASS_COUNT; c++)
			if (!told[c] && p->error_of[c] && (most < 0 || p->error_of[c] > p->error_of[most]))
				most = c;
		if (most < 0 || used + 48 > DIAGNOSIS_LINE)
			return out;
		told[most] = true;
		used += (size_t)snprintf(out + used, DIAGNOSIS_LINE - used, "%s%s %llu", used ? ", " : "",
					 error_class_name((enum error_class)most), (unsigned long long)p->error_of[most]);
	}
}

void phrase_failed_line(const struct evidence_point *p, struct diagnosis *out)
{
	char text[DIAGNOSIS_LINE], level[PHRASE_LOAD];

	phrase_failures(p, true, text);
	phrase_line(out, "%s: %.90s (n = %llu)", phrase_load(p, level), *text ? text : "no errors", (unsigned long long)p->requests);
}
