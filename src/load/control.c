#include "load/control.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"

/* Mixes live as long as the changes that have them: to control_fini(). */
struct control_mix {
	struct deal_mix mix;
	struct control_mix *then;
};

static const struct deal_mix *mix_new(struct control *c, const struct mix *mix)
{
	struct control_mix *own = xcalloc(1, sizeof *own);

	deal_mix_of(&own->mix, mix);
	own->then = c->mixes;
	c->mixes = own;
	return &own->mix;
}

static struct load_change *change_new(struct control *c, struct stretch stretch, const struct deal_mix *mix)
{
	struct load_change *change = xcalloc(1, sizeof *change);

	change->stretch = stretch;
	change->mix = mix;
	change->generation = ++c->generation;
	atomic_init(&change->instead, NULL);
	change->all = c->all;
	c->all = change;
	return change;
}

void control_init(struct control *c, int64_t start_ns, struct load_level level)
{
	c->all = NULL;
	c->mixes = NULL;
	c->generation = 0;
	c->steered_ns = start_ns;
	c->first = change_new(c, (struct stretch){
		.mode = level.mode, .from = level.level, .to = level.level, .since_ns = start_ns}, NULL);
	atomic_init(&c->stop_at_ns, INT64_MAX);
	atomic_init(&c->drain_until_ns, INT64_MAX);
	atomic_init(&c->tickets, INT64_MAX);
	c->warmup_until_ns = start_ns;
	c->start_ns = start_ns;
}

void control_fini(struct control *c)
{
	struct load_change *change = c->all;

	while (change) {
		struct load_change *next = change->all;

		free(change);
		change = next;
	}
	c->all = c->first = NULL;
	while (c->mixes) {
		struct control_mix *next = c->mixes->then;

		free(c->mixes);
		c->mixes = next;
	}
}

void control_plan(struct control *c, const struct load_stage *stage, int count, int64_t since_ns)
{
	struct load_change *last = c->first;

	for (int i = 0; i < count; i++) {
		bool ramp = stage[i].from < stage[i].to || stage[i].from > stage[i].to;
		struct stretch stretch = {
			.mode = stage[i].mode, .from = stage[i].from, .to = stage[i].to,
			.since_ns = since_ns, .ramp_ns = ramp ? stage[i].length_ns : 0,
			.arrived = stretch_arrived(&last->stretch, since_ns),
			.paused = stage[i].paused,
		};

		/* Without a warm-up the first stage is what the run begins with. */
		if (i == 0 && since_ns == c->start_ns)
			last->stretch = stretch;
		else
			last = last->then = change_new(c, stretch, last->mix);
		since_ns += stage[i].length_ns;
	}
}

static struct load_change *next_of(const struct load_change *change)
{
	/* acquire: pairs with the release store in take_over() */
	struct load_change *instead = atomic_load_explicit(&change->instead, memory_order_acquire);

	return instead ? instead : change->then;
}

const struct load_change *control_next(const struct load_change *change)
{
	return next_of(change);
}

static struct load_change *at(const struct control *c, int64_t now_ns)
{
	struct load_change *change = c->first, *next;

	while ((next = next_of(change)) && next->stretch.since_ns <= now_ns)
		change = next;
	return change;
}

const struct load_change *control_at(const struct control *c, int64_t now_ns)
{
	return at(c, now_ns);
}

/* A worker may be a moment ahead of main, in what was planned to come: it finds
 * the change there, too. */
static const struct load_change *take_over(struct load_change *present, struct load_change *change)
{
	for (struct load_change *p = present; p; p = p->then)
		/* release: pairs with next_of() */
		atomic_store_explicit(&p->instead, change, memory_order_release);
	return change;
}

/* Each change by hand comes after the one before, whatever the clock's steps. */
static int64_t moment(struct control *c, int64_t now_ns)
{
	if (now_ns < c->steered_ns)
		now_ns = c->steered_ns;
	c->steered_ns = now_ns;
	return now_ns;
}

const struct load_change *control_set_altered(struct control *c, struct load_level level,
					      const struct alteration *alteration, int64_t now_ns)
{
	int64_t since_ns = moment(c, now_ns);
	struct load_change *present = at(c, since_ns);
	struct load_change *change = change_new(c, (struct stretch){
		.mode = level.mode, .paused = present->stretch.paused, .from = level.level, .to = level.level,
		.since_ns = since_ns, .arrived = stretch_arrived(&present->stretch, since_ns)}, present->mix);

	change->alteration = *alteration;
	return take_over(present, change);
}

const struct load_change *control_set(struct control *c, struct load_level level, int64_t now_ns)
{
	return control_set_altered(c, level, &(struct alteration){0}, now_ns);
}

/* Copies of what was to follow, after `last`: so much later, and of its mix or their own. */
static void go_on(struct control *c, struct load_change *last, const struct load_change *rest, int64_t late_ns,
		  bool own_mix)
{
	for (const struct load_change *p = rest; p; p = p->then) {
		struct stretch stretch = p->stretch;

		stretch.since_ns += late_ns;
		stretch.arrived = stretch_arrived(&last->stretch, stretch.since_ns);
		last = last->then = change_new(c, stretch, own_mix ? p->mix : last->mix);
	}
}

const struct load_change *control_set_mix(struct control *c, const struct mix *mix, int64_t now_ns)
{
	int64_t since_ns = moment(c, now_ns);
	struct load_change *present = at(c, since_ns);
	struct load_change *change = change_new(c, stretch_rest(&present->stretch, since_ns), mix_new(c, mix));

	go_on(c, change, present->then, 0, false);
	return take_over(present, change);
}

const struct load_change *control_pause(struct control *c, int64_t now_ns)
{
	int64_t since_ns = moment(c, now_ns);
	struct load_change *present = at(c, since_ns), *pause;

	pause = change_new(c, stretch_rest(&present->stretch, since_ns), present->mix);
	pause->stretch.paused = true;
	return take_over(present, pause);
}

/* What was planned and did not come because of a pause; of a planned pause what
 * comes after it. */
static struct load_change *kept_by(const struct control *c, const struct load_change *pause, bool *by_hand)
{
	struct load_change *before = c->first;

	while (before != pause && next_of(before) != pause)
		before = next_of(before);
	*by_hand = before != pause && atomic_load_explicit(&before->instead, memory_order_relaxed) == pause;
	return *by_hand ? before->then : pause->then;
}

const struct load_change *control_resume(struct control *c, int64_t now_ns)
{
	int64_t since_ns = moment(c, now_ns);
	struct load_change *pause = at(c, since_ns), *on;
	struct stretch stretch = pause->stretch;
	const struct deal_mix *mix = pause->mix;
	bool by_hand;
	struct load_change *rest = kept_by(c, pause, &by_hand);
	int64_t late_ns;

	/* A planned pause that ends by hand: what was to follow it comes now. */
	if (!by_hand && rest) {
		stretch = rest->stretch;
		mix = rest->mix;
		stretch.arrived = pause->stretch.arrived;
		late_ns = since_ns - rest->stretch.since_ns;
		rest = rest->then;
	} else {
		late_ns = since_ns - pause->stretch.since_ns;
	}
	stretch.paused = false;
	stretch.since_ns = since_ns;
	on = change_new(c, stretch, mix);
	/* Levels set during the pause are a new beginning: nothing is cut off then. */
	go_on(c, on, rest, late_ns, true);
	return take_over(pause, on);
}

/* How long the load stays as it is at `change`, from from_ns on. */
static int64_t lasts_ns(const struct load_change *next, int64_t from_ns)
{
	return next ? next->stretch.since_ns - from_ns : INT64_MAX;
}

int64_t control_measured_ns(const struct control *c, int64_t from_ns, int64_t to_ns)
{
	int64_t measured_ns = 0;

	for (const struct load_change *p = at(c, from_ns), *next; p && from_ns < to_ns; p = next) {
		next = next_of(p);
		int64_t until_ns = lasts_ns(next, from_ns) < to_ns - from_ns ? next->stretch.since_ns : to_ns;

		if (!p->stretch.paused)
			measured_ns += until_ns - from_ns;
		from_ns = until_ns;
	}
	return measured_ns;
}

int64_t control_end_ns(const struct control *c, int64_t from_ns, int64_t measured_ns)
{
	for (const struct load_change *p = at(c, from_ns), *next;; p = next) {
		next = next_of(p);
		if (!p->stretch.paused && lasts_ns(next, from_ns) >= measured_ns)
			return from_ns + measured_ns;
		if (!next)
			return INT64_MAX;
		if (!p->stretch.paused)
			measured_ns -= next->stretch.since_ns - from_ns;
		from_ns = next->stretch.since_ns;
	}
}

int64_t control_run_us(const struct control *c, int64_t clock_ns_value)
{
	return (clock_ns_value - c->start_ns) / NS_PER_US;
}
