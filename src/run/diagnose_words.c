/* What was found, in words. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "diagnose_phrases.h"
#include "scaling_of.h"

#define SUCCEED 0.01 /* at most so many fail */
#define P95_LEAST 100 /* requests, for a p95 in the sentence */

/* "8 -> 24 users: p95 x 2.4, throughput x 1.1, n = 412, 768". */
static int compared(const struct comparison *c, char *out, size_t bytes)
{
	char from[PHRASE_LOAD], to[PHRASE_LOAD], a[UNITS_BYTES], b[UNITS_BYTES];
	bool p95 = c->lo->latencies >= P95_LEAST && c->hi->latencies >= P95_LEAST;
	double x = (double)(p95 ? c->lo->p95_us : c->lo->p50_us), y = (double)(p95 ? c->hi->p95_us : c->hi->p50_us);

	return snprintf(out, bytes, "%s -> %s: %s %s, throughput %s%s, n = %llu, %llu", units_format_level(c->lo->level, from),
			phrase_load(c->hi, to), p95 ? "p95" : "p50", phrase_times(y / x, a), phrase_times(c->rate, b),
			c->mixed ? ", another mix" : "",
			(unsigned long long)c->lo->requests, (unsigned long long)c->hi->requests);
}

/* " between 00:20 and 00:44", where something failed. */
static const char *when_failed(const struct evidence_point *p, char out[64])
{
	char from[UNITS_BYTES], to[UNITS_BYTES];

	units_format_elapsed(p->failed_from_us * 1000, from);
	units_format_elapsed(p->failed_to_us * 1000, to);
	if (strcmp(from, to))
		snprintf(out, 64, " between %s and %s", from, to);
	else
		snprintf(out, 64, " at %s", to);
	return out;
}

static bool is_unconnected(int class)
{
	return class == ERROR_DNS || class == ERROR_CONNECT || class == ERROR_TLS;
}

/* Of a class, those that are of what was found, or those that are not. */
static uint64_t errors_of(const struct found *f, int class, bool within)
{
	const struct evidence_point *p = f->at;
	uint64_t limited = class == ERROR_HTTP_4XX ? diagnose_limited(p) : 0, rest = p->error_of[class] - limited;
	bool in = f->what == FOUND_LIMITED ? false
		  : f->what == FOUND_UNCONNECTED ? is_unconnected(class)
						 : class != ERROR_HTTP_4XX && class != ERROR_CHECK && !is_unconnected(class);

	if (class == ERROR_ABORTED)
		return 0;
	if (f->what == FOUND_LIMITED)
		return within ? limited : rest;
	return in == within ? p->error_of[class] : 0;
}

/* The most frequent class. */
static const char *most_of(const struct found *f, bool within, uint64_t *count)
{
	int most = ERROR_NONE;

	*count = 0;
	for (int c = ERROR_NONE + 1; c < ERROR_CLASS_COUNT; c++)
		if (errors_of(f, c, within) > *count) {
			most = c;
			*count = errors_of(f, c, within);
		}
	return error_class_name((enum error_class)most);
}

/* "53 of 196 requests end as check; ": what more of them end in than in what was found. */
static const char *ahead_of(const struct found *f, const struct evidence_mean *share, char out[96])
{
	uint64_t count;
	const char *name = most_of(f, false, &count);

	*out = '\0';
	if ((double)count > share->mean * (double)f->at->requests)
		snprintf(out, 96, "%llu of %llu requests end as %s; ", (unsigned long long)count,
			 (unsigned long long)f->at->requests, name);
	return out;
}

static void say_more(const struct diagnose_input *in, const struct found *f, struct diagnosis *out)
{
	char level[PHRASE_LOAD];
	double s = ceil(f->more_s);

	/* What was far too short says little of how long would do. */
	phrase_write(out->past, sizeof out->past, "%.0f s of %s would be enough to tell", ceil(f->thin->seconds + fmax(s, 5)),
		   phrase_load(f->thin, level));
	if (in->over)
		memcpy(out->next, out->past, sizeof out->next);
	else if (!(in->present && f->thin == in->point[in->count - 1]))
		phrase_write(out->next, sizeof out->next, "hold %s for %.0f s", phrase_load(f->thin, level),
			     ceil(f->thin->seconds + s));
	else
		phrase_write(out->next, sizeof out->next, "hold %s %.0f s more", phrase_load(f->thin, level), s);
}

/* What is accepted late has its connection and waits for its first byte as in any line. */
static bool connects_each(const struct evidence_point *p)
{
	return p->connections * 10 >= p->requests * 9;
}

static void say_part(const struct diagnose_input *in, const struct found *f, struct diagnosis *out)
{
	const struct comparison *c = &f->c;
	const struct growth *g = &c->part[f->part];
	char head[DIAGNOSIS_TEXT], share[UNITS_BYTES], gap[UNITS_BYTES] = "", a[UNITS_BYTES], tail[96] = "", level[PHRASE_LOAD];
	double part = fmin(g->by / c->whole.by, 1);

	compared(c, head, sizeof head);
	phrase_percent(part, share);
	for (int p = 0; p < PARTS; p++)
		if (p != (int)f->part && c->part[p].by > 0.2 * c->whole.by && c->part[p].by > c->sure * c->part[p].error)
			snprintf(tail, sizeof tail, "; %s %s of it",
				 p == PART_CONNECT ? "connections take" : p == PART_WAIT ? "the wait takes" : "the rest takes",
				 phrase_percent(c->part[p].by / c->whole.by, a));
	if (c->gap.lo > 0)
		phrase_times(c->gap.hi / c->gap.lo, gap);
	switch (f->part) {
	case PART_CONNECT:
		out->cause = CAUSE_CONNECT;
		SAY("%s; making connections takes %s of the growth%s", head, share, tail);
		break;
	case PART_WAIT:
		out->cause = CAUSE_QUEUE;
		SAY("%s; %s takes %s of the growth%s%s%s%s", head, phrase_wait(c), share, tail,
		    *gap ? ", token gaps " : "", gap,
		    connects_each(c->lo) && connects_each(c->hi) ? "; each request connects anew: it may be the accept queue"
								 : "");
		break;
	case PART_BODY:
	case PARTS:
		out->cause = CAUSE_DECODE;
		if (*gap)
			SAY("%s; decoding takes %s of the growth, token gaps %s%s", head, share, gap, tail);
		else
			SAY("%s; the body after its first byte takes %s of the growth%s", head, share, tail);
		break;
	}
	phrase_compared_lines(c, out);
	if (!c->at_end)
		ADVISE("drive to %s to see its end: throughput still grows",
		       "a run to %s would show its end: throughput still grows", phrase_twice(c->hi, level));
	else
		NEXT("throughput is at its end, %s/s: %s", phrase_rate(c->hi->ok_rps.mean, a),
		     c->hi->mode == MODE_OPEN ? "less load waits less" : "fewer users wait less");
}

static void say_errors(const struct diagnose_input *in, const struct found *f, struct diagnosis *out)
{
	const struct evidence_point *p = f->at, *lo = f->lowest;
	const struct evidence_mean *share = f->what == FOUND_LIMITED  ? &p->limited
					    : f->what == FOUND_UNCONNECTED ? &p->unconnected : &p->upstream;
	const struct evidence_mean *less = f->what == FOUND_LIMITED  ? &lo->limited
					   : f->what == FOUND_UNCONNECTED ? &lo->unconnected : &lo->upstream;
	char a[UNITS_BYTES], b[UNITS_BYTES], level[PHRASE_LOAD], low[PHRASE_LOAD], before[96] = "", ahead[96],
		classes[DIAGNOSIS_LINE];
	unsigned long long n = p->requests;
	uint64_t count;
	const char *worst = most_of(f, true, &count);

	if (lo != p && lo->level < p->level)
		snprintf(before, sizeof before, "; %s at %s", less->mean > 0 ? phrase_percent(less->mean, b) : "none",
			 phrase_load(lo, low));
	phrase_load(p, level);
	phrase_percent(share->mean, a);
	ahead_of(f, share, ahead);
	switch (f->what) {
	case FOUND_LIMITED:
		out->cause = CAUSE_RATE_LIMIT;
		SAY("%s%s of %llu requests are refused with 429 at %s%s; %s/s come through", ahead, a, n, level, before,
		    phrase_rate(p->ok_rps.mean, (char[UNITS_BYTES]){0}));
		NEXT(in->respect_retry_after ? "they go on although --respect-retry-after is given: with less load they may cease"
					     : "with less load, or --respect-retry-after, they may cease");
		break;
	case FOUND_FAILED:
	case FOUND_TIMED_OUT:
		out->cause = f->what == FOUND_FAILED ? CAUSE_UPSTREAM : CAUSE_NOT_ENOUGH;
		if (diagnose_mostly_failed(p))
			SAY("%llu of %llu requests fail at %s: %s%s", (unsigned long long)(p->requests - diagnose_successes(p)),
			    (unsigned long long)p->requests, level, phrase_failures(p, false, classes), before);
		else
			SAY("%s%s of %llu requests fail at %s, most of them %s%s", ahead, a, n, level, worst, before);
		if (f->what == FOUND_FAILED && *before && less->mean < SUCCEED)
			NEXT("at %s they succeed: loads between the two show where it begins", low);
		else if (f->what == FOUND_FAILED)
			NEXT("a load at which they succeed shows what is behind them");
		else
			NEXT("a lower load, or a longer --timeout, tells whether they wait in a line or for nothing");
		break;
	default:
		out->cause = CAUSE_CONNECT;
		SAY("%s%s of %llu requests get no connection at %s, most of them %s%s", ahead, a, n, level, worst, before);
		NEXT(p->error_of[ERROR_CONNECT] * 2 > count
			     ? "where refused nothing listens; where timed out kept connections or a longer backlog help"
			     : "the errors' messages say why");
		break;
	}
	if (in->client_bound)
		phrase_line(out, "brunt itself was at its limit, too: %s", in->client_evidence);
	if (lo != p)
		phrase_failed_line(lo, out);
	phrase_failed_line(p, out);
	if (f->compared)
		phrase_compared_lines(&f->c, out);
	else
		phrase_at_line(p, out);
}

/* Most of them, of whatever kinds. */
static void say_refused(const struct found *f, struct diagnosis *out)
{
	const struct evidence_point *p = f->at;
	char level[PHRASE_LOAD], text[DIAGNOSIS_LINE];

	out->cause = CAUSE_UPSTREAM;
	SAY("%llu of %llu requests fail at %s: %s", (unsigned long long)(p->requests - diagnose_successes(p)),
	    (unsigned long long)p->requests, phrase_load(p, level), phrase_failures(p, false, text));
	NEXT("send requests that the server accepts: the errors' messages say what it wants");
	phrase_failed_line(p, out);
	phrase_at_line(p, out);
}

/* Whether a line, a limit or the load is behind it this does not tell. */
static void say_outage(const struct found *f, struct diagnosis *out)
{
	const struct evidence_point *p = f->at;
	uint64_t failed = p->requests - diagnose_successes(p), upstream = 0;
	char level[PHRASE_LOAD], text[DIAGNOSIS_LINE], when[64];

	for (int c = ERROR_NONE + 1; c < ERROR_CLASS_COUNT; c++)
		upstream += c != ERROR_TIMEOUT && c != ERROR_HTTP_4XX && c != ERROR_CHECK && c != ERROR_ABORTED ? p->error_of[c] : 0;
	if (upstream * 2 > failed)
		out->cause = CAUSE_UPSTREAM;
	SAY("%llu of %llu requests failed at %s%s: %s", (unsigned long long)failed, (unsigned long long)p->requests,
	    phrase_load(p, level), when_failed(p, when), phrase_failures(p, false, text));
	NEXT("what else limits it shows once these succeed: the errors' messages say why they do not");
	phrase_failed_line(p, out);
	phrase_at_line(p, out);
}

static void say_connecting(const struct found *f, struct diagnosis *out)
{
	const struct evidence_point *p = f->at;
	const struct evidence_mean *c = &p->all.part[PART_CONNECT];
	char a[UNITS_BYTES], b[UNITS_BYTES], d[UNITS_BYTES], level[PHRASE_LOAD];

	out->cause = CAUSE_CONNECT;
	SAY("making connections takes %s of the time at %s: %s of %llu requests make one",
	    phrase_percent(c->mean / p->all.service.mean, a), phrase_load(p, level),
	    phrase_percent(fmin((double)p->connections / (double)p->requests, 1), b),
	    (unsigned long long)p->requests);
	NEXT("with kept connections this would go");
	phrase_line(out, "connecting %s +- %s of %s a request on average (n = %llu)", phrase_duration(c->mean, a),
		    phrase_duration(2 * c->error, b), phrase_duration(p->all.service.mean, d), (unsigned long long)p->all.timed);
	phrase_line(out, "%llu connection%s for %llu request%s", (unsigned long long)p->connections,
		    p->connections == 1 ? "" : "s",
	     (unsigned long long)p->requests, p->requests == 1 ? "" : "s");
	if (f->compared)
		phrase_compared_lines(&f->c, out);
	else
		phrase_at_line(p, out);
}

static void say_neighbour(const struct diagnose_input *in, const struct found *f, struct diagnosis *out)
{
	const struct evidence_point *without = f->twice.before, *with = f->twice.after;
	int t = f->twice.task;
	char task[PHRASE_TASK], other[PHRASE_TASK], a[UNITS_BYTES], b[UNITS_BYTES], c[UNITS_BYTES], d[UNITS_BYTES],
		level[PHRASE_LOAD];

	phrase_task(in, t, task);
	phrase_task(in, f->twice.other, other);
	out->cause = CAUSE_INTERFERENCE;
	SAY("%s: p95 %s %s %s, %s with it, n = %llu, %llu, both at %s", task,
	    phrase_duration((double)without->task[t].p95_us, a),
	    f->twice.share[0] < 0.01 ? "without" : "with little of", other, phrase_duration((double)with->task[t].p95_us, b),
	    (unsigned long long)without->task[t].of.timed, (unsigned long long)with->task[t].of.timed,
	    phrase_load(with, level));
	phrase_line(out, "%s: on average %s -> %s (n = %llu, %llu)", task, phrase_duration(without->task[t].of.service.mean, a),
	     phrase_duration(with->task[t].of.service.mean, b), (unsigned long long)without->task[t].of.timed,
	     (unsigned long long)with->task[t].of.timed);
	phrase_line(out, "%s: %s -> %s of what is in flight (n = %llu, %llu)", other, phrase_percent(f->twice.share[0], c),
	     phrase_percent(f->twice.share[1], d), (unsigned long long)without->task[f->twice.other].of.timed,
	     (unsigned long long)with->task[f->twice.other].of.timed);
	phrase_at_line(without, out);
	phrase_at_line(with, out);
	NEXT("run %s without %s once more", task, other);
}

static void say_drift(const struct diagnose_input *in, const struct found *f, struct diagnosis *out)
{
	const struct evidence_point *a = f->twice.before, *b = f->twice.after;
	char level[PHRASE_LOAD], x[UNITS_BYTES], y[UNITS_BYTES], from[UNITS_BYTES], to[UNITS_BYTES];

	SAY("%s took %s on average at %s and %s at %s, n = %llu, %llu: time changed more than the load did",
	    phrase_load(a, level), phrase_duration(a->all.service.mean, x), units_format_elapsed(a->t_us * 1000, from),
	    phrase_duration(b->all.service.mean, y),
	    units_format_elapsed(b->t_us * 1000, to), (unsigned long long)a->all.timed, (unsigned long long)b->all.timed);
	ADVISE("drive %s", "%s, would tell", "the lowest and the highest load once more, in turn");
	phrase_at_line(a, out);
	phrase_at_line(b, out);
}

static void say_creep(const struct diagnose_input *in, const struct found *f, struct diagnosis *out)
{
	const struct evidence_point *p = f->creeping;
	double mean = p->all.service.mean, half = fmin(f->creep * p->seconds / 2, 1) * mean;
	char level[PHRASE_LOAD], x[UNITS_BYTES], y[UNITS_BYTES], from[UNITS_BYTES];

	SAY("answers at %s (%s) went from %s to %s while it was held, n = %llu: time, not only load, slows them",
	    phrase_load(p, level),
	    units_format_elapsed(p->t_us * 1000, from), phrase_duration(mean - half, x), phrase_duration(mean + half, y),
	    (unsigned long long)p->all.timed);
	ADVISE("drive %s", "%s, would tell", "the lowest and the highest load once more, in turn");
	phrase_compared_lines(&f->c, out);
}

/* "8 users measured twice: 41.0 and 55.0 req/s, n = 412, 508: the server changed between 00:16 and 00:24" */
static const char *twice_measured(const struct scaling_change *c, char out[DIAGNOSIS_LINE])
{
	char text[SCALING_TEXT], from[UNITS_BYTES], to[UNITS_BYTES];

	scaling_twice(c, text);
	snprintf(out, DIAGNOSIS_LINE, "%.100s: the server changed between %s and %s", text,
		 units_format_elapsed(c->from_us * 1000, from), units_format_elapsed(c->to_us * 1000, to));
	return out;
}

static void say_twice(const struct diagnose_input *in, const struct found *f, struct diagnosis *out)
{
	char text[DIAGNOSIS_LINE], at[UNITS_BYTES];

	SAY("%s", twice_measured(f->change, text));
	NEXT("measure other loads again: those before %s are of another server",
	     units_format_elapsed(f->change->to_us * 1000, at));
	for (int i = 0; i < in->count; i++)
		phrase_at_line(in->point[i], out);
}

static size_t reason(char *out, size_t bytes, size_t used, int count, const char *what)
{
	int n;

	if (!count || used >= bytes)
		return used;
	n = snprintf(out + used, bytes - used, "%s%d %s", used > 2 ? ", " : "", count, what);
	return used + (size_t)n;
}

/* " (1 too short, 2 client-bound)"; "": there is no other load. */
static const char *others(const struct diagnose_input *in, const struct found *f, char *out, size_t bytes)
{
	size_t used = (size_t)snprintf(out, bytes, " (");

	used = reason(out, bytes, used, f->brief, "too short");
	used = reason(out, bytes, used, f->failed, "mostly failed");
	used = reason(out, bytes, used, f->bound, "client-bound");
	used = reason(out, bytes, used, in->ramps, in->ramps == 1 ? "ramp" : "ramps");
	if (used <= 2)
		return "";
	snprintf(out + used, used < bytes ? bytes - used : 0, ")");
	return out;
}

/* What --max-in-flight lets wait is neither brunt's fault nor load that came through. */
static void say_held_back(const struct diagnose_input *in, const struct found *f, struct diagnosis *out)
{
	char head[DIAGNOSIS_TEXT];

	if (!in->in_flight_limit || f->at->mode != MODE_OPEN || in->waiting * 20 < in->planned)
		return;
	snprintf(head, sizeof head, "%s", out->sentence);
	SAY("%.150s; %llu of %llu arrivals wait%s for --max-in-flight %u", head, (unsigned long long)in->waiting,
	    (unsigned long long)in->planned, in->over ? "ed to the end" : "", in->in_flight_limit);
	NEXT("a larger --max-in-flight lets them through, a lower rate or quicker answers let them catch up");
}

static void say_one(const struct diagnose_input *in, const struct found *f, struct diagnosis *out)
{
	static const char *const apart[] = {
		[APART_CLOSE] = "too close to each other", [APART_MIX] = "another mix of tasks",
		[APART_LOOP] = "of users and of a rate",
	};
	char level[PHRASE_LOAD], more[PHRASE_LOAD], a[UNITS_BYTES], b[UNITS_BYTES], n[64], head[192], text[96];
	uint64_t bad = f->at->requests - diagnose_successes(f->at);

	if (bad)
		snprintf(n, sizeof n, "%llu of %llu failed", (unsigned long long)bad, (unsigned long long)f->at->requests);
	else
		snprintf(n, sizeof n, "n = %llu", (unsigned long long)f->at->requests);
	phrase_load(f->at, level);
	if (f->loads == 1)
		snprintf(head, sizeof head, "one load%s, %s%s", in->over ? "" : " so far", level,
			 others(in, f, text, sizeof text));
	else if (f->known == 1)
		snprintf(head, sizeof head, "of %d loads enough is known of one, %s%s", f->loads, level,
			 others(in, f, text, sizeof text));
	else
		snprintf(head, sizeof head, "%d loads that cannot be compared, %s%s; at %s", f->known, apart[f->apart],
			 others(in, f, text, sizeof text), level);
	SAY("%s: p50 %s, %s/s succeeded, %s", head, phrase_duration((double)f->at->p50_us, a),
	    phrase_rate(f->at->ok_rps.mean, b), n);
	ADVISE("drive to %s to see what grows",
	       "a second load, such as %s, would show what grows", phrase_twice(f->at, more));
	say_held_back(in, f, out);
	phrase_at_line(f->at, out);
	if (bad)
		phrase_failed_line(f->at, out);
}

static const char *part_of(enum evidence_part part)
{
	return part == PART_CONNECT ? "making connections" : part == PART_WAIT ? "the wait" : "the rest of the answer";
}

static void say_between(const struct diagnose_input *in, const struct found *f, struct diagnosis *out)
{
	const struct comparison *c = &f->c;
	char head[DIAGNOSIS_TEXT], a[UNITS_BYTES], b[UNITS_BYTES], level[PHRASE_LOAD];
	double middle = sqrt(c->lo->level * c->hi->level);

	compared(c, head, sizeof head);
	SAY("%s; %s takes %s of the growth, %s %s: neither leads clearly", head, part_of(f->part),
	    phrase_percent(fmax(c->part[f->part].by / c->whole.by, 0), a), part_of(f->second),
	    phrase_percent(fmax(c->part[f->second].by / c->whole.by, 0), b));
	if (!f->thin)
		ADVISE("drive to %s: there one of them may come first", "a load of %s would show which of them comes first",
		       phrase_load_of(c->hi->mode, c->hi->mode == MODE_CLOSED ? ceil(middle) : middle, level));
}

static void say_held(const struct diagnose_input *in, const struct found *f, struct diagnosis *out)
{
	const struct evidence_point *p = f->c.hi;
	char head[DIAGNOSIS_TEXT], failed[96] = "";
	uint64_t bad = p->requests - diagnose_successes(p);

	compared(&f->c, head, sizeof head);
	if (bad)
		snprintf(failed, sizeof failed, "; %llu of %llu requests fail", (unsigned long long)bad,
			 (unsigned long long)p->requests);
	if (f->what == FOUND_STUCK) {
		SAY("%s: %.0f of %.0f in flight get no answer, the others take no longer%s", head, f->stuck,
		    in->in_flight, failed);
		NEXT("they are never accepted, or hang: --disable-keepalive and a --timeout tell");
		return;
	}
	SAY("%s: throughput does not follow the load, and answers that come take no longer%s", head, failed);
	NEXT("think times, --max-in-flight, a ramp or requests without an answer may hold the load back");
}

/* "; 5.1 % fail, most as http_4xx": what is none of the server's load, and yet to be known. */
static const char *fail_too(const struct evidence_point *p, char out[96])
{
	uint64_t bad = p->requests - diagnose_successes(p);
	int most = ERROR_NONE + 1;
	char share[UNITS_BYTES];

	*out = '\0';
	for (int c = most; c < ERROR_CLASS_COUNT; c++)
		if (c != ERROR_CHECK && c != ERROR_ABORTED && p->error_of[c] > p->error_of[most])
			most = c;
	if (bad * 100 > p->requests)
		snprintf(out, 96, "; %s fail, most as %s", phrase_percent((double)bad / (double)p->requests, share),
			 error_class_name((enum error_class)most));
	return out;
}

static void say_one_task(const struct diagnose_input *in, const struct found *f, struct diagnosis *out)
{
	const struct evidence_figures *lo = &f->c.lo->task[f->slow_task].of, *hi = &f->c.hi->task[f->slow_task].of;
	char head[DIAGNOSIS_TEXT], name[PHRASE_TASK], a[UNITS_BYTES], b[UNITS_BYTES];

	compared(&f->c, head, sizeof head);
	phrase_task(in, f->slow_task, name);
	SAY("%s: all together take no longer, but %s does, %s -> %s on average", head, name,
	    phrase_duration(lo->service.mean, a), phrase_duration(hi->service.mean, b));
	ADVISE("drive %s alone (o) at both loads", "%s alone at both loads would show what it waits for", name);
	phrase_line(out, "%s: %llu and %llu answers, of which it is %.0f %% and %.0f %%", name, (unsigned long long)lo->timed,
	     (unsigned long long)hi->timed, 100 * (double)lo->timed / (double)f->c.lo->all.timed,
	     100 * (double)hi->timed / (double)f->c.hi->all.timed);
}

static void say_compared(const struct diagnose_input *in, const struct found *f, struct diagnosis *out)
{
	const struct comparison *c = &f->c;
	char head[DIAGNOSIS_TEXT], a[UNITS_BYTES], level[PHRASE_LOAD], text[96];

	compared(c, head, sizeof head);
	switch (f->what) {
	case FOUND_FLAT:
		out->cause = CAUSE_NOTHING;
		SAY("%s: throughput follows the load, and answers take no longer%s", head, fail_too(c->hi, text));
		ADVISE("drive to %s or more",
		       "a load of %s or more would show what ends it", phrase_twice(c->hi, level));
		break;
	case FOUND_HELD:
	case FOUND_STUCK:
		say_held(in, f, out);
		break;
	case FOUND_ONE_TASK:
		say_one_task(in, f, out);
		break;
	case FOUND_LONGER:
		SAY("%s; what follows the first token takes it, token gaps %s: longer answers, or a wait after the last one", head,
		    phrase_times(c->gap.hi / c->gap.lo, a));
		ADVISE("hold both loads with the same requests", "%s would tell", "the same requests at both loads");
		break;
	case FOUND_FLAT_BELOW:
		SAY("%s: nothing is saturated there; of %s not enough is known yet", head, phrase_load(f->above, level));
		break;
	case FOUND_FAILING:
		SAY("%s; %llu of %llu requests fail at %s", head,
		    (unsigned long long)(f->at->requests - diagnose_successes(f->at)),
		    (unsigned long long)f->at->requests, phrase_load(f->at, level));
		ADVISE("hold %s longer to see whether these are chance",
		       "more of %s would show whether these are chance", phrase_load(f->at, level));
		break;
	case FOUND_QUICKER:
		SAY("%s: quicker under more load, so something else has changed", head);
		ADVISE("drive %s", "%s, would tell", "the lowest and the highest load once more, in turn");
		break;
	case FOUND_UNSURE:
		SAY("%s; service time %s +- %.1f may be chance", head, phrase_times(c->service.hi / c->service.lo, a),
		    2 * c->service.error / c->service.lo);
		break;
	case FOUND_BLURRED:
	case FOUND_TORN:
		say_between(in, f, out);
		break;
	default:
		if (f->part == PART_BODY)
			SAY("%s; all of it is after the first byte: a line behind an early head, or slow making, look alike", head);
		else
			SAY("%s; the first byte takes it all: a line, or answers made more slowly, look alike%s", head,
			    c->bunched ? "" : " without streams");
		if (c->bunched)
			NEXT("their tokens come in bunches: where no proxy buffers them the gaps tell");
		else if (f->part == PART_BODY)
			NEXT("what the server says of itself (--metrics) tells them apart");
		else if (c->hidden)
			NEXT("streams (--stream sse) tell them apart");
		else
			ADVISE("drive to %s: where there is a line throughput ends",
			       "a load of %s would tell: where there is a line throughput ends", phrase_twice(c->hi, level));
		break;
	}
	phrase_compared_lines(c, out);
}

void diagnose_say(const struct diagnose_input *in, const struct found *f, struct diagnosis *out)
{
	char level[PHRASE_LOAD], text[DIAGNOSIS_LINE];

	out->cause = CAUSE_NOT_ENOUGH;
	if (f->change && f->what != FOUND_TWICE)
		phrase_line(out, "%s; of what came since:", twice_measured(f->change, text));
	switch (f->what) {
	case FOUND_NOTHING:
		return;
	case FOUND_RAMPS:
		SAY("%d ramp%s, and no load that was held", in->ramps, in->ramps == 1 ? "" : "s");
		ADVISE("hold a load: while %s", "while %s: a level that is held has some",
		       "it changes its figures are of no one load");
		break;
	case FOUND_THIN:
		SAY("%s: %s%llu %s%s", phrase_load(f->at, level), in->settling_s > 0 && in->present ? "settling, " : "",
		    (unsigned long long)f->at->all.timed, f->at->all.timed == 1 ? "answer" : "answers",
		    !in->over ? " so far" : f->at->seconds < DIAGNOSE_SECONDS_LEAST ? ", held too short" : ", too few");
		break;
	case FOUND_ONE:
		say_one(in, f, out);
		break;
	case FOUND_REFUSED:
		say_refused(f, out);
		break;
	case FOUND_OUTAGE:
		say_outage(f, out);
		break;
	case FOUND_UNSURE:
	case FOUND_HELD:
	case FOUND_STUCK:
	case FOUND_BLURRED:
	case FOUND_TORN:
	case FOUND_UNSEEN:
	case FOUND_FAILING:
	case FOUND_QUICKER:
	case FOUND_FLAT:
	case FOUND_ONE_TASK:
	case FOUND_LONGER:
	case FOUND_FLAT_BELOW:
		say_compared(in, f, out);
		break;
	case FOUND_DRIFT:
		say_drift(in, f, out);
		break;
	case FOUND_CREEP:
		say_creep(in, f, out);
		break;
	case FOUND_TWICE:
		say_twice(in, f, out);
		break;
	case FOUND_PART:
		say_part(in, f, out);
		break;
	case FOUND_CLIENT:
		out->cause = CAUSE_CLIENT;
		SAY("brunt itself is the limit: %s", in->client_evidence);
		NEXT("measure with less load, or from another machine");
		if (f->compared)
			phrase_compared_lines(&f->c, out);
		else if (f->at)
			phrase_at_line(f->at, out);
		break;
	case FOUND_CLIENT_THEN:
		out->cause = CAUSE_CLIENT;
		SAY("brunt itself was the limit for %u of %u s at %s", f->at->lamp_bad, f->at->lamp_seconds,
		    phrase_load(f->at, level));
		NEXT("measure with less load, or from another machine");
		phrase_at_line(f->at, out);
		break;
	case FOUND_LIMITED:
	case FOUND_FAILED:
	case FOUND_TIMED_OUT:
	case FOUND_UNCONNECTED:
		say_errors(in, f, out);
		break;
	case FOUND_CONNECTING:
		say_connecting(f, out);
		break;
	case FOUND_NEIGHBOUR:
		say_neighbour(in, f, out);
		break;
	}
	/* More of the same shows nothing else of these. */
	if (f->thin && out->cause != CAUSE_CLIENT && out->cause != CAUSE_RATE_LIMIT && out->cause != CAUSE_UPSTREAM &&
	    f->what != FOUND_UNCONNECTED && f->what != FOUND_OUTAGE && f->what != FOUND_TIMED_OUT)
		say_more(in, f, out);
}
