#include "metrics/slo.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/near.h"
#include "base/units.h"
#include "base/utf8.h"

#define NS_PER_US 1000.0
#define TEXT_MAX 100u /* bytes of an expression without a task */
#define VALUE_MAX 48  /* of its value */
#define NEEDS_MOST 1e9 /* requests or seconds: nobody waits for more */

enum kind { KIND_TIME, KIND_SHARE, KIND_SCORE, KIND_RATE };

static const struct {
	const char *name;
	enum kind kind;
} metrics[SLO_METRICS] = {
	[SLO_LATENCY] = {"latency", KIND_TIME},
	[SLO_SERVICE] = {"service", KIND_TIME},
	[SLO_QUEUE] = {"queue", KIND_TIME},
	[SLO_TTFB] = {"ttfb", KIND_TIME},
	[SLO_TTFT] = {"ttft", KIND_TIME},
	[SLO_TTFO] = {"ttfo", KIND_TIME},
	[SLO_TPOT] = {"tpot", KIND_TIME},
	[SLO_ITL] = {"itl", KIND_TIME},
	[SLO_CONNECT] = {"connect", KIND_TIME},
	[SLO_SUCCESS] = {"success", KIND_SHARE},
	[SLO_ERRORS] = {"errors", KIND_SHARE},
	[SLO_QUALITY] = {"quality", KIND_SCORE},
	[SLO_THROUGHPUT] = {"throughput", KIND_RATE},
	[SLO_GOODPUT] = {"goodput", KIND_RATE},
	[SLO_OUTPUT_TOKENS] = {"output_tokens", KIND_RATE},
	[SLO_HIT_RATIO] = {"hit_ratio", KIND_SHARE},
};
#define METRICS_EXPECTED \
	"latency, service, queue, ttfb, ttft, ttfo, tpot, itl, connect, success, errors, " \
	"quality, throughput, goodput, output_tokens or hit_ratio"

static const struct {
	const char *name;
	double quantile;
} statistics[SLO_STATISTICS] = {
	[SLO_MIN] = {"min", 0},      [SLO_P50] = {"p50", 0.5},    [SLO_P75] = {"p75", 0.75},
	[SLO_P90] = {"p90", 0.9},    [SLO_P95] = {"p95", 0.95},   [SLO_P99] = {"p99", 0.99},
	[SLO_P999] = {"p999", 0.999}, [SLO_MAXIMUM] = {"max", 1}, [SLO_MEAN] = {"mean", 0.5},
};
#define STATISTICS_EXPECTED "min, p50, p75, p90, p95, p99, p999, max or mean"

static const char *const verdicts[] = {"pass", "fail", "inconclusive"};

/* Stretches of the expression; not terminated. */
struct piece {
	const char *at;
	size_t bytes;
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

static struct piece trimmed(const char *from, const char *to)
{
	while (from < to && is_space(*from))
		from++;
	while (to > from && is_space(to[-1]))
		to--;
	return (struct piece){from, (size_t)(to - from)};
}

static bool is(struct piece p, const char *name)
{
	return strlen(name) == p.bytes && !memcmp(p.at, name, p.bytes);
}

static int metric_of(struct piece p)
{
	for (int i = 0; i < SLO_METRICS; i++)
		if (is(p, metrics[i].name))
			return i;
	return -1;
}

static int statistic_of(struct piece p)
{
	for (int i = 0; i < SLO_STATISTICS; i++)
		if (is(p, statistics[i].name))
			return i;
	return -1;
}

static int complain(const char *text, struct err *err, const char *what, struct piece p,
		    const char *expected)
{
	char whole[SLO_TEXT], part[64];

	utf8_clean(text, strlen(text), whole, sizeof whole);
	utf8_clean(p.at, p.bytes, part, sizeof part);
	return err_set(err, "\"%s\": %s \"%s\"; expected %s", whole, what, part, expected);
}

/* A metric, or a statistic alone. */
static int unknown_word(const char *text, struct err *err, const char *what, struct piece word, const char *expected)
{
	struct near near = near_to(word.at, word.bytes);
	char whole[SLO_TEXT], part[64], said[NEAR_SAID];

	near_offer_list(&near, expected);
	/* Who asks for p94 means that, and no other percentile. */
	if (near.best && *near.best == 'p' && isdigit((unsigned char)near.best[1]))
		near.best = NULL;
	return err_set(err, "\"%s\": %s \"%s\"; %s", utf8_clean(text, strlen(text), whole, sizeof whole), what,
		       utf8_clean(word.at, word.bytes, part, sizeof part), near_or(&near, said, "expected %s", expected));
}

/* Where its statistic begins when that is p99.9, as tables have p999; else NULL. */
static const char *three_nines(struct piece p)
{
	static const char name[] = "p99.9";
	const size_t bytes = sizeof name - 1;
	const char *at;

	if (p.bytes < bytes)
		return NULL;
	at = p.at + p.bytes - bytes;
	return !memcmp(at, name, bytes) && (at == p.at || at[-1] == '.') ? at : NULL;
}

/* `METRIC[.STATISTIC]` or a statistic alone. */
static bool take_subject(struct piece p, struct slo *out)
{
	const char *nines = three_nines(p), *dot;
	struct piece head;
	int metric, statistic = -1;

	if (nines == p.at) {
		out->metric = SLO_LATENCY;
		out->statistic = SLO_P999;
		return true;
	}
	dot = nines ? nines - 1 : memchr(p.at, '.', p.bytes);
	head = (struct piece){p.at, dot ? (size_t)(dot - p.at) : p.bytes};
	metric = metric_of(head);

	out->statistic = SLO_P95;
	if (!dot && metric < 0) {
		statistic = statistic_of(head);
		if (statistic < 0)
			return false;
		out->metric = SLO_LATENCY;
		out->statistic = (enum slo_statistic)statistic;
		return true;
	}
	if (metric < 0)
		return false;
	out->metric = (enum slo_metric)metric;
	if (!dot)
		return true;
	statistic = nines ? SLO_P999 : statistic_of((struct piece){dot + 1, p.bytes - head.bytes - 1});
	if (metric >= SLO_TIMES || statistic < 0)
		return false;
	out->statistic = (enum slo_statistic)statistic;
	return true;
}

/* "latency p95", "p95 latency": the words of a subject, apart by white space. */
static bool take_words(struct piece p, struct slo *out)
{
	const char *end = p.at + p.bytes, *gap = p.at;
	struct piece first, second, word;
	char joined[TEXT_MAX + 1];

	while (gap < end && !is_space(*gap))
		gap++;
	first = (struct piece){p.at, (size_t)(gap - p.at)};
	second = trimmed(gap, end);
	if (!second.bytes)
		return take_subject(first, out);
	if (metric_of(first) < 0) {
		word = first;
		first = second;
		second = word;
	}
	snprintf(joined, sizeof joined, "%.*s.%.*s", (int)first.bytes, first.at, (int)second.bytes, second.at);
	return take_subject((struct piece){joined, strlen(joined)}, out);
}

/* Start of the segment that ends at `end`. */
static const char *segment(const char *from, const char *end)
{
	while (end > from && end[-1] != '.')
		end--;
	return end;
}

/* The subject is the last two segments, or the last one: a task's name may
 * contain dots itself. */
static int take_task(const char *text, struct piece left, struct slo *out, struct err *err)
{
	const char *name = left.at + strlen("task:"), *end = left.at + left.bytes;
	const char *nines = three_nines(left), *last = nines ? nines : segment(name, end), *subject = last;
	size_t bytes;

	if (last > name)
		subject = segment(name, last - 1);
	if (subject == name || !take_subject((struct piece){subject, (size_t)(end - subject)}, out))
		subject = last;
	if (!take_subject((struct piece){subject, (size_t)(end - subject)}, out))
		return complain(text, err, "no metric in", left,
				"task:NAME.METRIC, as in task:chat.p95<3s or task:chat.ttft.p99<500ms");
	bytes = subject > name ? (size_t)(subject - 1 - name) : 0;
	if (bytes == 0 || bytes >= sizeof out->task)
		return complain(text, err, "bad task name", (struct piece){name, bytes},
				"task:NAME.METRIC, as in task:chat.p95<3s");
	memcpy(out->task, name, bytes);
	out->task[bytes] = '\0';
	return 0;
}

static int unknown_subject(const char *text, struct piece left, struct err *err)
{
	const char *dot = memchr(left.at, '.', left.bytes);
	struct piece head = {left.at, dot ? (size_t)(dot - left.at) : left.bytes};
	int metric = metric_of(head);

	if (metric < 0)
		return unknown_word(text, err, "unknown metric", head,
				    METRICS_EXPECTED ", or a percentile such as p95");
	if (metric >= SLO_TIMES)
		return complain(text, err, "no statistic can be asked of", head,
				"it alone, as in quality>=90");
	return unknown_word(text, err, "unknown statistic",
			    (struct piece){dot + 1, left.bytes - head.bytes - 1}, STATISTICS_EXPECTED);
}

/* Without the gap of "3 s" and "99 %"; returns its length. */
static size_t close_up(struct piece value, char out[VALUE_MAX + 1])
{
	size_t n = 0;

	for (size_t i = 0; i < value.bytes; i++) {
		size_t next = i;

		while (is_space(value.at[next]))
			next++;
		if (next > i && isdigit((unsigned char)value.at[i - 1]) && !strchr("0123456789.", value.at[next]))
			i = next;
		out[n++] = value.at[i];
	}
	out[n] = '\0';
	return n;
}

/* The one spelling that is shown, whatever was written. */
static void spell(struct slo *slo, const char *value)
{
	static const char *const ops[] = {[SLO_LESS] = "<", [SLO_AT_MOST] = "<=", [SLO_MORE] = ">", [SLO_AT_LEAST] = ">="};
	bool time = slo->metric < SLO_TIMES, bare = time && slo->metric == SLO_LATENCY;

	snprintf(slo->text, sizeof slo->text, "%s%s%s%s%.*s", bare ? "" : metrics[slo->metric].name, time && !bare ? "." : "",
		 time ? statistics[slo->statistic].name : "", ops[slo->op], VALUE_MAX, value);
}

static int take_value(const char *text, struct piece value, struct slo *out, struct err *err)
{
	static const char *const expected[] = {
		[KIND_TIME] = "a duration such as 500ms",
		[KIND_SHARE] = "a share such as 99% or 0.99",
		[KIND_SCORE] = "a number from 0 to 100",
		[KIND_RATE] = "a number per second such as 20",
	};
	enum kind kind = metrics[out->metric].kind;
	char copy[VALUE_MAX + 1], *end;
	double number;

	if (value.bytes == 0 || value.bytes > VALUE_MAX)
		return complain(text, err, "bad value", value, expected[kind]);
	value.bytes = close_up(value, copy);
	if (kind == KIND_TIME) {
		int64_t ns;

		if (units_parse_duration(copy, &ns, NULL))
			return complain(text, err, "bad value", value, expected[kind]);
		if (!ns && (out->op == SLO_LESS || out->op == SLO_AT_MOST))
			return complain(text, err, "nothing takes less than", value, expected[kind]);
		out->threshold = (double)ns / NS_PER_US;
		spell(out, copy);
		return 0;
	}
	/* strtod() takes more than people write: hexadecimal, "inf", signs. */
	if (strspn(copy, "0123456789.%") != value.bytes)
		return complain(text, err, "bad value", value, expected[kind]);
	number = strtod(copy, &end);
	if (kind == KIND_SHARE && *end == '%') {
		number /= 100;
		end++;
	}
	if (end == copy || *end || !isfinite(number) || (kind == KIND_SHARE && number > 1) ||
	    (kind == KIND_SCORE && number > 100))
		return complain(text, err, "bad value", value, expected[kind]);
	out->threshold = number;
	spell(out, copy);
	return 0;
}

int slo_parse(const char *text, struct slo *out, struct err *err)
{
	struct piece all = trimmed(text, text + strlen(text)), left;
	const char *end = all.at + all.bytes, *op = all.at;
	struct slo slo = {0};

	/* With its task it fits into SLO_TEXT. */
	if (all.bytes > (all.bytes > 5 && !memcmp(all.at, "task:", 5) ? TEXT_MAX + SLO_TASK_NAME
								       : TEXT_MAX))
		return complain(text, err, "too long:", all, "at most 100 bytes");
	while (op < end && *op != '<' && *op != '>' && *op != '=')
		op++;
	if (op == end || *op == '=')
		return complain(text, err, "no comparison in", all,
				"<, <=, > or >=, as in p95<3s or success>=99%");
	left = trimmed(all.at, op);
	slo.op = *op == '<' ? SLO_LESS : SLO_MORE;
	op++;
	if (op < end && *op == '=') {
		slo.op = slo.op == SLO_LESS ? SLO_AT_MOST : SLO_AT_LEAST;
		op++;
	}
	if (left.bytes > 5 && !memcmp(left.at, "task:", 5)) {
		if (take_task(text, left, &slo, err))
			return -1;
	} else if (!take_words(left, &slo)) {
		return unknown_subject(text, left, err);
	}
	if (take_value(text, trimmed(op, end), &slo, err))
		return -1;
	*out = slo;
	return 0;
}

void slo_for_task(struct slo *slo, const char *task)
{
	if (!slo->task[0])
		snprintf(slo->task, sizeof slo->task, "%s", task);
}

void slo_full_text(const struct slo *slo, char out[SLO_TEXT])
{
	bool named = slo->task[0];

	snprintf(out, SLO_TEXT, "%s%s%s%.*s", named ? "task:" : "", slo->task, named ? "." : "",
		 (int)TEXT_MAX, slo->text);
}

int slo_parse_all(char *const *text, struct slo out[SLO_MAX])
{
	int count = 0;

	for (; text && *text && count < SLO_MAX; text++)
		count += !slo_parse(*text, &out[count], NULL);
	return count;
}

double slo_quantile(enum slo_statistic statistic)
{
	return statistics[statistic].quantile;
}

bool slo_met(const struct slo *slo, double value)
{
	switch (slo->op) {
	case SLO_LESS:
		return value < slo->threshold;
	case SLO_AT_MOST:
		return value <= slo->threshold;
	case SLO_MORE:
		return value > slo->threshold;
	default:
		return value >= slo->threshold;
	}
}

void slo_format(const struct slo *slo, double value, char *out, int bytes)
{
	char room[UNITS_BYTES];
	size_t size = (size_t)bytes;

	if (isnan(value)) {
		snprintf(out, size, "–");
		return;
	}
	switch (metrics[slo->metric].kind) {
	case KIND_TIME:
		units_format_duration((int64_t)(value * NS_PER_US), room);
		snprintf(out, size, "%s", room);
		break;
	case KIND_SHARE:
		/* 99.996 % is not 100 %: rounded towards what is missing. */
		snprintf(out, size, "%.4g %%", floor(value * 1e4) / 1e2);
		break;
	case KIND_SCORE:
		snprintf(out, size, "%.1f", value);
		break;
	case KIND_RATE:
		units_format_rate(value, room);
		snprintf(out, size, "%s /s", room);
		break;
	}
}

const char *slo_verdict_name(enum slo_verdict verdict)
{
	return verdicts[verdict];
}

/* Two figures: it is a forecast. With commas, as in running text. */
static char *about(double number, char out[UNITS_BYTES])
{
	double unit = number < 10 ? 1 : pow(10, floor(log10(number)) - 1);
	char plain[UNITS_BYTES];
	size_t n = (size_t)snprintf(plain, sizeof plain, "%.0f", ceil(number / unit) * unit), to = 0;

	for (size_t i = 0; i < n; i++) {
		if (i && (n - i) % 3 == 0)
			out[to++] = ',';
		out[to++] = plain[i];
	}
	out[to] = '\0';
	return out;
}

static const char *about_long(double seconds, char out[UNITS_BYTES])
{
	static const struct {
		double seconds;
		const char *name;
	} unit[] = {{86400, "days"}, {3600, "h"}, {60, "min"}, {1, "s"}};
	size_t i = 0;

	/* "89 s", "2 min". */
	while (i < 3 && seconds < 1.5 * unit[i].seconds)
		i++;
	snprintf(out, UNITS_BYTES, "%.0f %s", ceil(seconds / unit[i].seconds), unit[i].name);
	return out;
}

void slo_format_needs(const struct slo_needs *needs, bool brief, char *out, int bytes)
{
	char number[UNITS_BYTES], time[UNITS_BYTES];

	*out = '\0';
	if (needs->close || needs->requests > NEEDS_MOST || needs->seconds > NEEDS_MOST)
		snprintf(out, (size_t)bytes, "too close to call");
	else if (needs->requests > 0)
		snprintf(out, (size_t)bytes, brief ? "about %s more, %s" : "about %s more requests (%s at this rate)",
			 about(needs->requests, number), about_long(needs->seconds, time));
}

void slo_format_why(const struct slo_why *why, char out[SLO_WHY_TEXT])
{
	double hits = why->values > 0 ? why->hits / why->values * why->draws : 0;

	*out = '\0';
	switch (why->reason) {
	case SLO_WHY_NOT:
		break;
	case SLO_WHY_NO_VALUES:
		snprintf(out, SLO_WHY_TEXT, "there is no such value");
		break;
	case SLO_WHY_FEW:
		snprintf(out, SLO_WHY_TEXT, "n = %.0f: fewer than 20 are no verdict", why->values);
		break;
	case SLO_WHY_CHANCE:
		snprintf(out, SLO_WHY_TEXT, "n = %.0f: it may be chance", why->values);
		break;
	case SLO_WHY_ALIKE:
		snprintf(out, SLO_WHY_TEXT, "neighbours are alike: n = %.0f, as sure as %.0f would be", why->values,
			 fmax(why->draws, 1));
		break;
	case SLO_WHY_BURST:
		snprintf(out, SLO_WHY_TEXT, "all %.0f failures of %.0f came in one burst: as sure as %.0f of %.0f", why->hits,
			 why->values, fmax(round(hits), 1), fmax(why->draws, 1));
		break;
	case SLO_WHY_CUT_OFF:
		snprintf(out, SLO_WHY_TEXT, "the %.0f of %.0f that the end cut off decide it", why->hits, why->values);
		break;
	case SLO_WHY_CLIENT:
		snprintf(out, SLO_WHY_TEXT, "brunt itself was the limit");
		break;
	}
}
