/* What a sweep says: plain characters, each figure with its unit, and with how many
 * requests it is of. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/append.h"
#include "base/clock.h"
#include "base/units.h"
#include "metrics/student.h"
#include "sweep_priv.h"

#define LEVEL_BYTES (UNITS_BYTES + 8)
#define HALF_SURE 1.96

/* "8 users", "12.5/s". */
static char *level_text(const struct sweep *s, double level, char out[LEVEL_BYTES])
{
	char number[UNITS_BYTES];

	units_format_level(level, number);
	snprintf(out, LEVEL_BYTES, s->config.mode == MODE_OPEN ? "%s/s" : level < 1.5 ? "%s user" : "%s users", number);
	return out;
}

/* The same of a figure that was worked out: three digits. */
static char *figure_text(double level, char out[UNITS_BYTES])
{
	snprintf(out, UNITS_BYTES, level < 100 ? "%.1f" : "%.0f", level);
	return out;
}

static int whole_seconds(int64_t us)
{
	return (int)((us + US_PER_S - 1) / US_PER_S);
}

static double percent(uint64_t part, uint64_t of)
{
	return of ? 100 * (double)part / (double)of : 0;
}

void sweep_progress(const struct sweep *s, char *out)
{
	char level[LEVEL_BYTES], cap[LEVEL_BYTES], rate[UNITS_BYTES], number[UNITS_BYTES];
	struct sweep_visit v;
	bool figures;

	*out = '\0';
	if (s->state == SWEEP_TAKEN) {
		append(out, SWEEP_TEXT, "held, the load is yours: s gives it back (%d %s so far)", s->steps,
		    s->steps == 1 ? "step" : "steps");
		return;
	}
	if (!sweep_going(s) || isnan(s->level)) {
		append(out, SWEEP_TEXT, "%s", s->state == SWEEP_DONE ? "" : "begins");
		return;
	}
	level_text(s, s->level, level);
	units_format_level(s->level, number);
	if (s->config.count)
		append(out, SWEEP_TEXT, "%s, step %d of %d", level, s->next + 1, s->config.count);
	else
		append(out, SWEEP_TEXT, "%s of up to %s", number, level_text(s, s->config.cap, cap));
	figures = s->state == SWEEP_MEASURING && sweep_meter_read(&s->meter, &s->meter.last, &v) && v.requests >= 2;
	if (figures)
		append(out, SWEEP_TEXT, ": %s req/s +-%.0f %% (n %llu)", units_format_rate(v.x, rate),
		    fmin(99, ceil(100 * HALF_SURE * v.x_off)), (unsigned long long)v.requests);
	else
		append(out, SWEEP_TEXT, s->state == SWEEP_SETTLING ? ", settling" : ", measuring");
	if (sweep_step_left_us(s))
		append(out, SWEEP_TEXT, ", %d s", whole_seconds(sweep_step_left_us(s)));
	/* Beside figures there is no room for the reason. */
	if (!s->config.count || s->config.limit_us)
		append(out, SWEEP_TEXT, "; %sends within %d s", sweep_slow(s) && !figures ? "slow: " : "",
		       whole_seconds(sweep_left_us(s)));
}

void sweep_visited(const struct sweep *s, double level, char *out)
{
	char name[LEVEL_BYTES], rate[UNITS_BYTES], mean[UNITS_BYTES], p95[UNITS_BYTES];
	const struct sweep_level *l = NULL;
	const struct sweep_visit *v;

	*out = '\0';
	for (int i = 0; i < s->count; i++)
		if (fabs(s->at[i].level - level) < 1e-5 * level)
			l = &s->at[i];
	if (!l || !l->visits)
		return;
	v = &l->visit[l->visits - 1];
	append(out, SWEEP_TEXT, "%s%s: %s req/s within %.0f %%", level_text(s, level, name), l->visits > 1 ? " again" : "",
	    units_format_rate(v->x, rate), fmin(99, ceil(100 * HALF_SURE * v->x_off)));
	if (v->timed)
		append(out, SWEEP_TEXT, ", mean %s, p95 %s", units_format_duration((int64_t)(v->r_s * (double)NS_PER_S), mean),
		    units_format_duration(v->p95_us * NS_PER_US, p95));
	if (v->failed)
		append(out, SWEEP_TEXT, ", %.1f %% failed", percent(v->failed, v->requests));
	if (v->slo != SLO_INCONCLUSIVE)
		append(out, SWEEP_TEXT, ", SLOs %s", v->slo == SLO_PASS ? "met" : "missed");
	append(out, SWEEP_TEXT, " (n = %llu)", (unsigned long long)v->requests);
}

static void add_wrong(const struct sweep *s, char *out)
{
	char level[LEVEL_BYTES];
	const struct sweep_visit *v;
	struct sweep_table t;
	int bad;

	sweep_table_of(s, &t);
	bad = sweep_table_lowest_wrong(&t);
	if (bad < 0)
		return;
	v = &t.v[bad];
	level_text(s, t.level[bad], level);
	if (s->stop == SWEEP_SLO) {
		append(out, SWEEP_TEXT, "an SLO is missed at %s (n = %llu)", level, (unsigned long long)v->requests);
		return;
	}
	append(out, SWEEP_TEXT, "%.0f %% of %llu requests %s at %s", percent(s->stop == SWEEP_ERRORS ? v->failed : v->limited, v->requests),
	    (unsigned long long)v->requests, s->stop == SWEEP_ERRORS ? "fail" : "are answered with 429", level);
	if (bad > 0)
		append(out, SWEEP_TEXT, ", at %s they do not", level_text(s, t.level[bad - 1], level));
}

/* Nothing where nothing is known. */
static void add_knee(const struct sweep *s, bool first, char *out)
{
	char n[UNITS_BYTES], low[UNITS_BYTES], high[UNITS_BYTES], level[LEVEL_BYTES];
	const char *before = first ? "" : "; ", *after = first ? ", " : "";

	if (s->knee.known)
		append(out, SWEEP_TEXT, "%sknee at %s%s (%s to %s)%s", before, figure_text(s->knee.n, n),
		    s->config.mode == MODE_OPEN ? "/s" : " users", figure_text(s->knee.low, low),
		    figure_text(s->knee.high, high), after);
	else if (s->above)
		append(out, SWEEP_TEXT, "%seven %s is beyond the knee%s", before, level_text(s, s->lowest, level), after);
}

static void add_capacity(const struct sweep *s, char *out)
{
	char level[LEVEL_BYTES];

	if (isnan(s->capacity))
		return;
	append(out, SWEEP_TEXT, "; SLOs met up to %s%s", level_text(s, s->capacity, level), s->capacity_least ? ", the most that was tried" : "");
}

/* What two visits of a level differ in: rate, or where that does not tell, latency. */
static void add_visits(const struct sweep *s, const struct sweep_level *l, char *out)
{
	char level[LEVEL_BYTES], first[UNITS_BYTES], then[UNITS_BYTES];
	const struct sweep_visit *a, *b;
	int one, other;

	if (!sweep_visits_unlike(l, &one, &other))
		return;
	a = &l->visit[one];
	b = &l->visit[other];
	level_text(s, l->level, level);
	if (fabs(log(a->x / b->x)) <= SWEEP_UNLIKE && a->timed && b->timed)
		append(out, SWEEP_TEXT, "; answers took %s, then %s at %s", units_format_duration((int64_t)(a->r_s * (double)NS_PER_S), first),
		       units_format_duration((int64_t)(b->r_s * (double)NS_PER_S), then), level);
	else
		append(out, SWEEP_TEXT, "; %s gave %s, then %s req/s", level, units_format_rate(a->x, first), units_format_rate(b->x, then));
}

static void add_unsteady(const struct sweep *s, char *out)
{
	const struct sweep_level *l = s->differs >= 0 ? &s->at[s->differs] : NULL;
	char level[LEVEL_BYTES], first[UNITS_BYTES], then[UNITS_BYTES];

	if (!l && s->valley >= 0) {
		l = &s->at[s->valley];
		append(out, SWEEP_TEXT, "; %s gave %s req/s, less than %s, so no knee",
		    level_text(s, l->level, level), units_format_rate(l->visit[0].x, first),
		    s->config.mode == MODE_OPEN ? "other rates did: too much makes it slower, or it is not the same"
						: "less load did: the server is not the same");
		return;
	}
	if (!l && s->step >= 0) {
		struct sweep_visit v;

		l = &s->at[s->step];
		sweep_pooled(&s->at[s->step_high], &v);
		append(out, SWEEP_TEXT, "; answers took %s at %s, ", units_format_duration((int64_t)(l->visit[0].r_s * (double)NS_PER_S), first),
		    level_text(s, l->level, level));
		append(out, SWEEP_TEXT, "and %s up to %s: the server seems not the same, so no knee",
		    units_format_duration((int64_t)(v.r_s * (double)NS_PER_S), then), level_text(s, s->at[s->step_high].level, level));
		return;
	}
	if (!l)
		return;
	add_visits(s, l, out);
	append(out, SWEEP_TEXT, ": %s", sweep_another_server(l) ? "the server is not the same, so no knee"
		: s->unsteady ? "the server seems not the same, so no knee" : "passing trouble");
}

#define MISSED_SHOWN 6

/* Of a list: what it did not come to. */
static void add_missed(const struct sweep *s, char *out)
{
	const struct sweep_config *c = &s->config;
	int missed = c->count - s->next, shown = missed > MISSED_SHOWN + 1 ? MISSED_SHOWN : missed;
	char level[UNITS_BYTES];

	if (s->stop != SWEEP_TIME && s->stop != SWEEP_STOPPED)
		return;
	for (int i = 0; i < shown; i++)
		append(out, SWEEP_TEXT, "%s%s", i ? ", " : "; not measured: ", units_format_level(c->level[s->next + i], level));
	if (missed > shown)
		append(out, SWEEP_TEXT, " and %d more", missed - shown);
	if (missed > 0)
		append(out, SWEEP_TEXT, c->mode == MODE_OPEN ? "/s" : missed == 1 && c->level[s->next] < 1.5 ? " user" : " users");
}

void sweep_sentence(const struct sweep *s, char *out)
{
	const struct sweep_level *top = s->count ? &s->at[s->count - 1] : NULL;
	char level[LEVEL_BYTES] = "", rate[UNITS_BYTES];
	unsigned long long n = 0;
	struct sweep_visit v;

	*out = '\0';
	if (s->hopeless) {
		append(out, SWEEP_TEXT, "%s: every request failed: %llu x %s", sweep_stop_name(s->stop),
		       (unsigned long long)s->hopeless, s->failure == ERROR_NONE ? "errors" : error_class_name(s->failure));
		return;
	}
	if (!top) {
		append(out, SWEEP_TEXT, "%s: no level was measured%s", sweep_stop_name(s->stop), s->other_mix ? " with this mix" : "");
		add_missed(s, out);
		return;
	}
	for (int i = 0; i < s->count; i++)
		for (int j = 0; j < s->at[i].visits; j++)
			n += s->at[i].visit[j].requests;
	sweep_pooled(top, &v);
	level_text(s, top->level, level);
	append(out, SWEEP_TEXT, "%s: ", sweep_stop_name(s->stop));
	switch (s->stop) {
	case SWEEP_PLATEAU:
		add_knee(s, true, out);
		append(out, SWEEP_TEXT, "%s %s req/s +-%.0f %% (n = %llu)", s->knee.known ? "at most" : "more load gives no more than",
		    units_format_rate(s->x_max, rate), ceil(100 * HALF_SURE * s->x_off), n);
		break;
	case SWEEP_SLO:
	case SWEEP_ERRORS:
	case SWEEP_RATE_LIMIT:
		add_wrong(s, out);
		break;
	case SWEEP_CLIENT:
		append(out, SWEEP_TEXT, "brunt itself was the limit at %s, %s req/s there (n = %llu)", level, units_format_rate(v.x, rate), n);
		break;
	case SWEEP_CAP:
		append(out, SWEEP_TEXT, "no limit up to %s", level);
		if (s->config.cap_flag)
			append(out, SWEEP_TEXT, ", the cap; raise %s %s to look further;", s->config.cap_flag,
			       units_format_level(s->config.cap, rate));
		append(out, SWEEP_TEXT, "%s %s req/s there (n = %llu)", s->config.cap_flag ? "" : ",", units_format_rate(v.x, rate), n);
		break;
	default:
		if (!(s->x_max > 0)) {
			append(out, SWEEP_TEXT, "%d step%s, and no rate of the server's (n = %llu)", s->steps, s->steps == 1 ? "" : "s", n);
			break;
		}
		append(out, SWEEP_TEXT, "%d step%s, at most %s req/s (n = %llu)", s->steps, s->steps == 1 ? "" : "s",
		    units_format_rate(s->x_max, rate), n);
		break;
	}
	add_missed(s, out);
	/* Where brunt was the limit it is no knee of the server's. */
	if (s->stop != SWEEP_PLATEAU && s->stop != SWEEP_CLIENT)
		add_knee(s, false, out);
	add_capacity(s, out);
	if (s->bound && s->stop != SWEEP_CLIENT)
		append(out, SWEEP_TEXT, "; %d level%s left out: brunt itself was the limit", s->bound, s->bound == 1 ? "" : "s");
	if (s->other_mix)
		append(out, SWEEP_TEXT, "; %d level%s of another mix left out", s->other_mix, s->other_mix == 1 ? "" : "s");
	add_unsteady(s, out);
	/* A list is as its author wants it. */
	if (s->stop != SWEEP_LIST && s->knee.known && !s->confirmed)
		append(out, SWEEP_TEXT, "; not confirmed: %s", s->config.mode == MODE_OPEN
			? "one stay only went beyond it" : "no light load was measured again after the plateau");
}
