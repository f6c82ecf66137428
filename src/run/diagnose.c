#include "diagnose.h"

#include <math.h>
#include <string.h>

#include "diagnose_priv.h"
#include "lamp.h"
#include "metrics/student.h"

enum {
	TIMED_LEAST = 8,     /* answers, for a mean */
	TASK_LEAST = 5,      /* of a task, to be one of several */
	SPREAD_LEAST = 30,   /* for a standard deviation */
	CLIENT_LEAST = 3,    /* seconds, for brunt itself to be the verdict */
};
#define GROWTH 0.25       /* of a mean, from which on it is one */
#define SAME_LEVEL 0.02
#define COVERED 0.6       /* of the answers are of tasks that can be compared */
#define DOUBT 1.5         /* standard errors of a difference that should not be */
#define IN_FLIGHT 0.15    /* more of a task, to hurt another */
#define ITSELF 0.05       /* more of the task itself, that may be what hurts it */
#define VARIED 0.1        /* of the waits, for slower making to be seen in their spread */
#define SMALL_BYTES 4096  /* no link takes longer for it than for its first byte */
#define STUCK 0.3         /* of what is in flight */
#define CREEPING 1.5      /* standard errors of a drift: a suspicion is enough */
#define CREPT 0.35        /* of a growth's logarithm, for time alone to be a part of it */
#define ROOM 0.7 /* of what a server gave at most: an open loop below it has no line */

/* --- points ----------------------------------------------------------------- */

static bool tainted(const struct evidence_point *p)
{
	return lamp_bound(p->lamp_bad, p->lamp_seconds);
}

/* Enough for a mean. */
static bool usable(const struct evidence_point *p)
{
	const struct evidence_figures *f = &p->all;

	return f->timed >= TIMED_LEAST && p->batches >= DIAGNOSE_ENDED_LEAST && p->seconds >= DIAGNOSE_SECONDS_LEAST &&
	       p->seconds * 1e6 >= f->service.mean && p->level > 0 && isfinite(p->level) &&
	       f->service.error >= 0 && p->ok_rps.mean > 0 && !tainted(p);
}

static bool same_level(const struct evidence_point *a, const struct evidence_point *b)
{
	return a->mode == b->mode && fabs(a->level - b->level) <= SAME_LEVEL * fabs(b->level);
}

static double task_share(const struct evidence_point *p, int t)
{
	return p->all.timed ? (double)p->task[t].of.timed / (double)p->all.timed : 0;
}

enum mix { MIX_SAME, MIX_DOUBTFUL, MIX_OTHER };

/* Of few requests the shares differ by chance. */
static enum mix mix_of(const struct diagnose_input *in, const struct evidence_point *a, const struct evidence_point *b)
{
	int tasks = in->tasks < EVIDENCE_TASKS ? in->tasks : EVIDENCE_TASKS;
	enum mix mix = MIX_SAME;

	for (int t = 0; t < tasks; t++) {
		double x = task_share(a, t), y = task_share(b, t), mean = (x + y) / 2;
		double chance = sqrt(mean * (1 - mean) * (1 / (double)a->all.timed + 1 / (double)b->all.timed));

		if (fabs(x - y) > fmin(fmax(3 * chance, 0.1), 0.5))
			return MIX_OTHER;
		if (fabs(x - y) > fmax(1.5 * chance, 0.1))
			mix = MIX_DOUBTFUL;
	}
	return mix;
}

bool diagnose_same_mix(const struct diagnose_input *in, const struct evidence_point *a, const struct evidence_point *b)
{
	return mix_of(in, a, b) != MIX_OTHER;
}

double diagnose_sure(const struct evidence_point *a, const struct evidence_point *b)
{
	int least = a->batches < b->batches ? a->batches : b->batches;

	return 1.5 * student_point(least - 1);
}

/* --- two of them ------------------------------------------------------------ */

static void grow(struct growth *g, const struct evidence_mean *lo, const struct evidence_mean *hi, double weight)
{
	g->lo += weight * lo->mean;
	g->hi += weight * hi->mean;
	/* What disturbs one task disturbs the others: errors add up. */
	g->error += weight * hypot(lo->error, hi->error);
	g->by = g->hi - g->lo;
}

static void grow_all(struct comparison *c, const struct evidence_figures *lo, const struct evidence_figures *hi,
		     double weight)
{
	grow(&c->whole, &lo->service, &hi->service, weight);
	for (int p = 0; p < PARTS; p++)
		grow(&c->part[p], &lo->part[p], &hi->part[p], weight);
	if (lo->gaps && hi->gaps)
		grow(&c->gap, &lo->gap, &hi->gap, weight);
	c->n[0] += lo->timed;
	c->n[1] += hi->timed;
	c->gaps[0] += lo->gaps;
	c->gaps[1] += hi->gaps;
}

static bool comparable(const struct evidence_figures *lo, const struct evidence_figures *hi, bool streams)
{
	return lo->timed >= TASK_LEAST && hi->timed >= TASK_LEAST && lo->service.error >= 0 && hi->service.error >= 0 &&
	       (!streams || (lo->streams * 2 > lo->timed && hi->streams * 2 > hi->timed));
}

/* Each task with itself, by the share it has at the higher load. */
static bool grow_tasks(const struct diagnose_input *in, struct comparison *c, bool streams)
{
	int tasks = in->tasks < EVIDENCE_TASKS ? in->tasks : EVIDENCE_TASKS;
	double all = (double)(streams ? c->hi->stream.timed : c->hi->all.timed), with = 0;

	for (int t = 0; t < tasks; t++)
		if (comparable(&c->lo->task[t].of, &c->hi->task[t].of, streams))
			with += (double)c->hi->task[t].of.timed;
	if (!(with > 0) || with < COVERED * all)
		return false;
	for (int t = 0; t < tasks; t++)
		if (comparable(&c->lo->task[t].of, &c->hi->task[t].of, streams))
			grow_all(c, &c->lo->task[t].of, &c->hi->task[t].of, (double)c->hi->task[t].of.timed / with);
	return true;
}

static void forget(struct comparison *c)
{
	memset(&c->whole, 0, sizeof c->whole);
	memset(c->part, 0, sizeof c->part);
	memset(&c->gap, 0, sizeof c->gap);
	memset(c->n, 0, sizeof c->n);
	memset(c->gaps, 0, sizeof c->gaps);
}

static bool is_growth(const struct comparison *c, const struct growth *g)
{
	return g->by > c->sure * g->error && g->by >= GROWTH * g->lo;
}

static double errors_of(const struct comparison *c)
{
	double sum = 0;

	for (int p = 0; p < PARTS; p++)
		sum += c->part[p].error;
	return sum;
}

/* Together, or each task with itself where that is surer, or the mix is another. */
static bool grow_either(const struct diagnose_input *in, struct comparison *c, const struct evidence_figures *lo,
			const struct evidence_figures *hi, bool streams)
{
	enum mix mix = mix_of(in, c->lo, c->hi);
	struct comparison apart = *c;
	bool are = grow_tasks(in, &apart, streams);

	if (mix == MIX_OTHER && !are)
		return false;
	grow_all(c, lo, hi, 1);
	if (are && (mix != MIX_SAME || errors_of(&apart) < errors_of(c)))
		*c = apart;
	return true;
}

/* Of all, then of the streams among them where these show it as well. */
static bool fill(const struct diagnose_input *in, struct comparison *c)
{
	const struct evidence_figures *lo = &c->lo->stream, *hi = &c->hi->stream;
	struct comparison all;

	c->mixed = !diagnose_same_mix(in, c->lo, c->hi);
	if (!grow_either(in, c, &c->lo->all, &c->hi->all, false))
		return false;
	c->service = c->whole;
	if (lo->timed < TIMED_LEAST || hi->timed < TIMED_LEAST || !(lo->service.error >= 0 && hi->service.error >= 0))
		return true;
	all = *c;
	forget(c);
	c->streams = grow_either(in, c, lo, hi, true);
	if (!c->streams || (is_growth(&all, &all.service) && !is_growth(c, &c->whole)))
		*c = all;
	return true;
}

static const struct diagnose_course *course_of(const struct diagnose_input *in, const struct evidence_point *p)
{
	for (int i = 0; in->course && i < in->count; i++)
		if (in->point[i] == p)
			return &in->course[i];
	return NULL;
}

static double spread_of(const struct comparison *c)
{
	const struct evidence_figures *lo = &c->lo->all, *hi = &c->hi->all;

	if (lo->timed < SPREAD_LEAST || hi->timed < SPREAD_LEAST || !(lo->wait_sd > 0 && hi->wait_sd > 0))
		return NAN;
	return log(hi->wait_sd / lo->wait_sd) / log(c->part[PART_WAIT].hi / c->part[PART_WAIT].lo);
}

/* In an open loop what does not come through at once piles up. */
static bool at_end(const struct comparison *c)
{
	double came = c->hi->ok_rps.mean / c->before->ok_rps.mean, asked = c->hi->level / c->before->level;

	return c->gain < 0.3 || (c->hi->mode == MODE_OPEN && came < 0.85 * asked);
}

static bool compare(const struct diagnose_input *in, const struct evidence_point *lo, const struct evidence_point *hi,
		    const struct evidence_point *before, struct comparison *c)
{
	const struct diagnose_course *course = course_of(in, hi);

	*c = (struct comparison){.lo = lo, .hi = hi, .before = before, .sure = diagnose_sure(lo, hi)};
	if (!fill(in, c))
		return false;
	c->load = hi->level / lo->level;
	c->rate = hi->ok_rps.mean / lo->ok_rps.mean;
	c->gain = log(hi->ok_rps.mean / before->ok_rps.mean) / log(hi->level / before->level);
	c->at_end = at_end(c);
	c->hidden = !c->streams && hi->all.hidden * 2 > hi->all.timed;
	c->spread = spread_of(c);
	c->varied = lo->all.wait_sd / c->part[PART_WAIT].lo;
	c->small = course && course->answer_bytes < SMALL_BYTES;
	c->bunched = course && course->bunched;
	return true;
}

/* --- what grows --------------------------------------------------------------- */

/* How long until what is not sure would be, at the pace its error shrinks. */
static double seconds_more(const struct comparison *c, const struct growth *g)
{
	double wanted = fmax(GROWTH * g->lo / 4, 1);
	double times = g->error > wanted ? g->error * g->error / (wanted * wanted) - 1 : 0.5;

	return fmin(fmax(c->hi->seconds * times, 3), 60);
}

static void unsure(struct found *f, enum finding what, const struct growth *g)
{
	f->what = what;
	f->thin = f->c.hi->seconds <= f->c.lo->seconds || f->c.hi->all.service.error > f->c.lo->all.service.error
			  ? f->c.hi : f->c.lo;
	f->more_s = seconds_more(&f->c, g);
}

/* A line, and not a server that makes every answer more slowly? Answers of as many tokens
 * each are made more slowly without more spread. */
static bool is_line(const struct comparison *c)
{
	if (c->streams)
		return true;
	if (c->hidden)
		return c->gain < 0.2 && c->spread < 0.75 && c->varied >= VARIED;
	return c->spread < 0.5 || c->gain < 0.2 || (c->hi->mode == MODE_OPEN && c->at_end);
}

/* The first byte of a plain answer may be that of a head sent ahead of it. */
static bool is_seen(const struct comparison *c, int part)
{
	return part == PART_WAIT ? is_line(c) : part != PART_BODY || c->streams || !(c->small || c->hidden);
}

/* Gaps that grow by less than half of what the rest of the answer does make it no longer:
 * more of them do, or a wait behind the last. */
static bool slower_gaps(const struct comparison *c)
{
	const struct growth *body = &c->part[PART_BODY];

	return !(c->gap.lo > 0) || !(body->lo > 0) || log(c->gap.hi / c->gap.lo) >= 0.5 * log(body->hi / body->lo);
}

static void look_at_growth(struct found *f)
{
	const struct comparison *c = &f->c;
	int most = 0, next = -1;

	f->at = c->hi;
	if (!is_growth(c, &c->service)) {
		if (c->service.by + 2 * c->service.error >= GROWTH * c->service.lo)
			unsure(f, FOUND_UNSURE, &c->service);
		else if (c->service.by <= -GROWTH * c->service.lo)
			f->what = FOUND_QUICKER;
		else if (!c->mixed && c->rate < 0.7 * c->load)
			f->what = FOUND_HELD;
		else
			f->what = FOUND_FLAT;
		return;
	}
	for (int p = 1; p < PARTS; p++)
		most = c->part[p].by > c->part[most].by ? p : most;
	for (int p = 0; p < PARTS; p++)
		next = p != most && (next < 0 || c->part[p].by > c->part[next].by) ? p : next;
	f->part = (enum evidence_part)most;
	f->second = (enum evidence_part)next;
	if (c->part[most].by < 0.55 * c->whole.by ||
	    c->part[most].by - c->part[next].by < 2 * (c->part[most].error + c->part[next].error)) {
		unsure(f, c->part[next].by > c->sure * c->part[next].error ? FOUND_TORN : FOUND_BLURRED, &c->whole);
		if (f->what == FOUND_TORN && c->part[most].by < 0.55 * c->whole.by)
			f->thin = NULL; /* nor would more of it lead */
		return;
	}
	if (most == PART_BODY && c->streams && !slower_gaps(c))
		f->what = FOUND_LONGER;
	else
		f->what = is_seen(c, most) ? FOUND_PART : FOUND_UNSEEN;
}

/* --- which two ---------------------------------------------------------------- */

/* The highest load of a loop that can be compared; of equal ones the newest. */
static const struct evidence_point *highest(const struct diagnose_input *in, uint8_t mode)
{
	const struct evidence_point *hi = NULL;

	for (int i = 0; i < in->count; i++) {
		const struct evidence_point *p = in->point[i];

		if (p->mode == mode && usable(p) && (!hi || p->level >= hi->level || same_level(p, hi)))
			hi = p;
	}
	return hi;
}

/* Clearly below a load: the lowest above `floor`, or the highest. */
static const struct evidence_point *below(const struct diagnose_input *in, const struct evidence_point *hi, double floor,
					  bool lowest)
{
	const struct evidence_point *found = NULL;

	for (int i = 0; i < in->count; i++) {
		const struct evidence_point *p = in->point[i];

		if (p->mode != hi->mode || !usable(p) || p->level * DIAGNOSE_LOAD_LEAST > hi->level || p->level <= floor)
			continue;
		if (!found || same_level(p, found) || (lowest ? p->level < found->level : p->level > found->level))
			found = p;
	}
	return found;
}

/* The lowest and the highest load. Where few requests of the lowest leave it open what
 * grows the next lowest may tell. */
static bool find_pair(const struct diagnose_input *in, uint8_t mode, struct found *f)
{
	const struct evidence_point *hi = highest(in, mode), *lo = hi ? below(in, hi, 0, true) : NULL;

	for (; lo; lo = below(in, hi, lo->level * (1 + SAME_LEVEL), true)) {
		struct found another = {.what = f->what};

		if (!compare(in, lo, hi, below(in, hi, 0, false), &another.c))
			continue;
		another.compared = true;
		look_at_growth(&another);
		if (!f->compared || another.what == FOUND_PART)
			*f = another;
		if (f->what != FOUND_UNSURE && f->what != FOUND_BLURRED && f->what != FOUND_UNSEEN)
			break;
	}
	return f->compared;
}

/* --- time alone --------------------------------------------------------------- */

/* How much slower the server got each second while a load was held, as a share: what some
 * points say, each by its sureness. */
struct creep {
	double all, sum, least;
	const struct evidence_point *most; /* says most of it; NULL: nothing is known */
};

static void creep_add(struct creep *c, const struct diagnose_input *in, const struct evidence_point *p)
{
	const struct diagnose_course *course = course_of(in, p);
	double mean_s = p->all.service.mean / 1e6, off = course ? course->drift.error / mean_s : 0;

	if (!course || !course->drifts || !(off > 0))
		return;
	if (!c->most || off < c->least) {
		c->most = p;
		c->least = off;
	}
	c->all += 1 / (off * off);
	c->sum += course->drift.per_s / mean_s / (off * off);
}

/* Would it have brought about much of a growth from `a` to `b` by `ratio`? */
static bool creep_explains(const struct creep *c, const struct evidence_point *a, const struct evidence_point *b, double ratio)
{
	double later_s = (double)(b->t_us - a->t_us) / 1e6 + (b->seconds - a->seconds) / 2;

	return c->most && fabs(c->sum) > CREEPING * sqrt(c->all) && c->sum / c->all * later_s > CREPT * log(ratio);
}

/* --- one task beside another -------------------------------------------------- */

static double in_flight_share(const struct evidence_point *p, int tasks, int task)
{
	double all = 0, one = 0;

	for (int t = 0; t < tasks; t++) {
		double busy = p->task[t].of.timed ? (double)p->task[t].of.timed * p->task[t].of.service.mean : 0;

		all += busy;
		one += t == task ? busy : 0;
	}
	return all > 0 ? one / all : 0;
}

/* How much slower a task is at another point, where that is no chance; else 0. */
static double hurt(const struct evidence_point *without, const struct evidence_point *with, int task)
{
	struct comparison c = {.sure = diagnose_sure(without, with)};
	const struct evidence_figures *a = &without->task[task].of, *b = &with->task[task].of;

	if (a->timed < TIMED_LEAST || b->timed < TIMED_LEAST || !comparable(a, b, false))
		return 0;
	grow(&c.whole, &a->service, &b->service, 1);
	return is_growth(&c, &c.whole) ? c.whole.hi / c.whole.lo : 0;
}

static void look_beside(const struct diagnose_input *in, const struct evidence_point *a, const struct evidence_point *b,
			struct found *f, double *most)
{
	int tasks = in->tasks < EVIDENCE_TASKS ? in->tasks : EVIDENCE_TASKS;
	struct creep creep = {0};

	creep_add(&creep, in, a);
	creep_add(&creep, in, b);
	for (int other = 0; other < tasks; other++) {
		double x = in_flight_share(a, tasks, other), y = in_flight_share(b, tasks, other);
		const struct evidence_point *without = x < y ? a : b, *with = x < y ? b : a;

		if (fabs(x - y) < IN_FLIGHT)
			continue;
		for (int task = 0; task < tasks; task++) {
			double ratio = task == other ? 0 : hurt(without, with, task);

			if (in_flight_share(with, tasks, task) > in_flight_share(without, tasks, task) + ITSELF)
				continue;
			if (ratio <= *most || creep_explains(&creep, without, with, ratio))
				continue;
			*most = ratio;
			f->what = FOUND_NEIGHBOUR;
			f->twice.before = without;
			f->twice.after = with;
			f->twice.task = task;
			f->twice.other = other;
			f->twice.share[0] = fmin(x, y);
			f->twice.share[1] = fmax(x, y);
		}
	}
}

/* The newest point beside others of its level. */
static bool look_at_neighbours(const struct diagnose_input *in, struct found *f)
{
	const struct evidence_point *newest = NULL;
	double most = 0;

	for (int i = 0; i < in->count; i++)
		if (usable(in->point[i]))
			newest = in->point[i];
	for (int i = in->count - 1; newest && i >= 0; i--)
		if (in->point[i] != newest && usable(in->point[i]) && same_level(in->point[i], newest) &&
		    !diagnose_same_mix(in, in->point[i], newest))
			look_beside(in, in->point[i], newest, f, &most);
	return most > 0;
}

/* The same load took another time: then the load explains the less. A suspicion is enough. */
static bool is_drift(const struct diagnose_input *in, const struct evidence_point *a, const struct evidence_point *b,
		     const struct growth *growth)
{
	struct growth g = {0};

	if (!same_level(a, b) || !comparable(&a->all, &b->all, false) || !diagnose_same_mix(in, a, b))
		return false;
	grow(&g, &a->all.service, &b->all.service, 1);
	return fabs(g.by) > DOUBT * g.error && fabs(g.by) >= GROWTH * fmin(g.lo, g.hi) && fabs(g.by) > fabs(growth->by) / 2;
}

static bool look_for_drift(const struct diagnose_input *in, struct found *f)
{
	for (int i = 0; i < in->count; i++)
		for (int k = i + 1; k < in->count; k++)
			if (is_drift(in, in->point[i], in->point[k], &f->c.service)) {
				f->twice.before = in->point[i];
				f->twice.after = in->point[k];
				return true;
			}
	return false;
}

/* The most that came of any load. */
static double most_came(const struct diagnose_input *in)
{
	double most = 0;

	for (int i = 0; i < in->count; i++)
		most = fmax(most, in->point[i]->ok_rps.mean);
	return most;
}

/* Near what a server can an open loop piles up while it is held, and that is load. */
static bool may_pile_up(const struct evidence_point *p, double most_rps)
{
	return p->mode == MODE_OPEN && p->level > ROOM * most_rps;
}

/* A server that gets slower all the time is slower at every later load. */
static bool look_for_creep(const struct diagnose_input *in, struct found *f)
{
	const struct evidence_point *lo = f->c.lo, *hi = f->c.hi;
	double most_rps = most_came(in);
	struct creep creep = {0};

	switch (f->what) {
	case FOUND_PART:
	case FOUND_UNSEEN:
	case FOUND_TORN:
	case FOUND_BLURRED:
	case FOUND_LONGER:
		break;
	default:
		return false;
	}
	for (int i = 0; i < in->count; i++)
		if (in->point[i]->mode == hi->mode && usable(in->point[i]) && in->point[i]->level * DIAGNOSE_LOAD_LEAST <= hi->level &&
		    !may_pile_up(in->point[i], most_rps))
			creep_add(&creep, in, in->point[i]);
	f->creeping = creep.most;
	f->creep = creep.sum / creep.all;
	return creep_explains(&creep, lo, hi, hi->all.service.mean / lo->all.service.mean);
}

/* One that is a small part of all may have its limit where all together take no longer. */
static bool look_for_task(const struct diagnose_input *in, struct found *f)
{
	int tasks = in->tasks < EVIDENCE_TASKS ? in->tasks : EVIDENCE_TASKS;
	double most = 1;

	for (int t = 0; f->what == FOUND_FLAT && tasks > 1 && t < tasks; t++) {
		double ratio = hurt(f->c.lo, f->c.hi, t);

		if (ratio > most) {
			most = ratio;
			f->slow_task = t;
		}
	}
	return most > 1;
}

/* Who holds the load back: what is in flight and is none of those that get answers. */
static bool look_for_stuck(const struct diagnose_input *in, struct found *f)
{
	const struct evidence_point *p = f->c.hi;

	if (f->what != FOUND_HELD || !in->present || p != in->point[in->count - 1])
		return false;
	f->stuck = in->in_flight - (double)p->all.timed * p->all.service.mean / 1e6 / p->seconds;
	return f->stuck >= 1 && f->stuck > STUCK * in->in_flight;
}

/* --- all together ------------------------------------------------------------- */

static bool connecting(const struct evidence_point *p)
{
	const struct evidence_mean *connect = &p->all.part[PART_CONNECT];

	return connect->mean - 2 * connect->error > 0.4 * p->all.service.mean && connect->mean > 0.5 * p->all.service.mean;
}

/* How long until there is enough of it. */
static double lacking_s(const struct evidence_point *p)
{
	double rate = p->seconds > 0 ? (double)p->all.timed / p->seconds : 0;
	double more = fmax(DIAGNOSE_SECONDS_LEAST - p->seconds, rate > 0 ? (TIMED_LEAST - (double)p->all.timed) / rate : 0);

	return fmax(fmax(more, p->all.timed ? p->all.service.mean / 1e6 - p->seconds : 0), 1);
}

/* A load above those compared that is not known yet. */
static void look_above(const struct diagnose_input *in, struct found *f)
{
	for (int i = 0; i < in->count; i++)
		if (in->point[i]->mode == f->c.hi->mode && in->point[i]->level >= DIAGNOSE_LOAD_LEAST * f->c.hi->level) {
			f->what = FOUND_FLAT_BELOW;
			f->above = f->thin = in->point[i];
			f->more_s = lacking_s(f->thin);
		}
}

/* Is the present load not known yet? */
static void look_at_present(const struct diagnose_input *in, struct found *f)
{
	const struct evidence_point *p = in->present ? in->point[in->count - 1] : NULL;

	if (!p || usable(p) || tainted(p))
		return;
	f->thin = p;
	f->more_s = fmin(lacking_s(p) + in->settling_s, 600);
}

static const struct evidence_point *newest_usable(const struct diagnose_input *in)
{
	const struct evidence_point *p = NULL;

	for (int i = 0; i < in->count; i++)
		if (usable(in->point[i]))
			p = in->point[i];
	return p;
}

/* Levels that were tried; `known`: with enough for a mean. */
static int levels_of(const struct diagnose_input *in, bool known)
{
	int levels = 0;

	for (int i = 0; i < in->count; i++) {
		bool again = known && !usable(in->point[i]);

		for (int k = 0; k < i && !again; k++)
			again = same_level(in->point[i], in->point[k]) && (!known || usable(in->point[k]));
		levels += !again;
	}
	return levels;
}

/* What is wrong with the newest point of each level of which not enough is known. */
static void count_unknown(const struct diagnose_input *in, struct found *f)
{
	for (int i = 0; i < in->count; i++) {
		const struct evidence_point *p = in->point[i];
		bool known = false, newest = true;

		for (int k = 0; k < in->count; k++) {
			known |= same_level(in->point[k], p) && usable(in->point[k]);
			newest &= k <= i || !same_level(in->point[k], p);
		}
		if (known || !newest)
			continue;
		f->bound += tainted(p);
		f->failed += !tainted(p) && diagnose_told(p) && diagnose_successes(p) * 2 < p->requests;
	}
	f->brief = f->loads - f->known - f->bound - f->failed;
}

static enum apart why_apart(const struct diagnose_input *in)
{
	bool closed = false, open = false;

	for (int i = 0; i < in->count; i++) {
		if (!usable(in->point[i]))
			continue;
		closed |= in->point[i]->mode == MODE_CLOSED;
		open |= in->point[i]->mode == MODE_OPEN;
		if (below(in, in->point[i], 0, true))
			return APART_MIX;
	}
	return closed && open ? APART_LOOP : APART_CLOSE;
}

static void find(const struct diagnose_input *in, struct found *f)
{
	const struct evidence_point *last = in->count ? in->point[in->count - 1] : NULL, *hi = last;

	f->at = last;
	f->what = !last && in->ramps ? FOUND_RAMPS : FOUND_NOTHING;
	if (!last)
		return;
	f->what = FOUND_THIN;
	if (newest_usable(in)) {
		f->at = newest_usable(in);
		f->what = FOUND_ONE;
		f->loads = levels_of(in, false);
		f->known = levels_of(in, true);
		f->apart = why_apart(in);
		count_unknown(in, f);
	}
	if (!find_pair(in, last->mode, f))
		find_pair(in, last->mode == MODE_OPEN ? MODE_CLOSED : MODE_OPEN, f);
	for (int i = 0; i < in->count; i++)
		if (in->point[i]->mode == last->mode && in->point[i]->level >= hi->level)
			hi = in->point[i];
	if ((in->client_bound || tainted(hi)) && diagnose_look_at_statuses(in, f))
		return;
	if (in->client_bound) {
		f->what = FOUND_CLIENT;
		f->at = last;
		return;
	}
	/* One second of one is no verdict. */
	if (tainted(hi) && hi->lamp_bad >= CLIENT_LEAST) {
		f->what = FOUND_CLIENT_THEN;
		f->at = hi;
		return;
	}
	if (diagnose_look_at_failures(in, f))
		return;
	if (f->what == FOUND_ONE || (f->compared && f->what != FOUND_PART)) {
		const struct evidence_point *p = f->compared ? f->c.hi : newest_usable(in);

		f->at = p;
		if (connecting(p)) {
			f->what = FOUND_CONNECTING;
			return;
		}
		if (diagnose_look_at_outage(f))
			return;
	}
	if (look_at_neighbours(in, f))
		return;
	if (f->compared && look_for_drift(in, f))
		f->what = FOUND_DRIFT;
	else if (look_for_creep(in, f))
		f->what = FOUND_CREEP;
	else if (look_for_stuck(in, f))
		f->what = FOUND_STUCK;
	else if (look_for_task(in, f))
		f->what = FOUND_ONE_TASK;
	else if (f->what == FOUND_FLAT)
		look_above(in, f);
	/* What a server that is gone has left in flight is no course of time. */
	if (f->what == FOUND_DRIFT || f->what == FOUND_CREEP) {
		f->at = f->c.hi;
		diagnose_look_at_outage(f);
	}
}

void diagnose(const struct diagnose_input *all, struct diagnosis *out, uint64_t *basis)
{
	struct diagnose_input in = *all;
	const struct scaling_change *change = diagnose_since_change(&in);
	struct found f = {.what = FOUND_NOTHING};

	memset(out, 0, sizeof *out);
	find(&in, &f);
	diagnose_look_twice(change, &f);
	look_at_present(&in, &f);
	diagnose_say(&in, &f, out);
	*basis = (uint64_t)f.what << 58 ^ (uint64_t)f.part << 56;
	if (f.compared)
		*basis ^= (uint64_t)f.c.lo->t_us << 20 ^ (uint64_t)f.c.hi->t_us;
	else if (f.at)
		*basis ^= (uint64_t)f.at->t_us;
}
