/* The one struct through which main steers the workers. Main is its only
 * writer, workers and the collector read it; nothing here blocks.
 *
 * What the load is to be is a chain of changes, each made whole before it can be
 * seen and never altered after: those planned before the start (stages), and
 * those by hand, which take the place of what was planned to come. */
#ifndef LOAD_CONTROL_H
#define LOAD_CONTROL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "load/alter.h"
#include "load/dealing.h"
#include "load/stretch.h"
#include "scenario/shape.h"

#define CONTROL_MAX_USERS 1000000

/* What is asked for: users (closed loop) or arrivals per second (open loop). */
struct load_level {
	enum load_mode mode;
	double level;
};

struct load_change {
	struct stretch stretch;
	const struct deal_mix *mix; /* what of; NULL: the scenario's. Never altered either */
	struct alteration alteration; /* of a micro-experiment */
	uint32_t generation; /* grows by one with each change */
	struct load_change *then; /* planned to follow; NULL: nothing */
	/* By hand, in place of `then`. Main stores (release), the others load
	 * (acquire): what it points to is whole. */
	struct load_change *_Atomic instead;
	struct load_change *all; /* of control_fini() */
};

struct control {
	struct load_change *first;
	/* No exchange starts at or after this clock_ns() time; INT64_MAX: open.
	 * Ctrl-C moves it to the present. */
	_Atomic int64_t stop_at_ns;
	/* Exchanges still running at this time are cut off (censored). */
	_Atomic int64_t drain_until_ns;
	/* Warm-up ends at this clock_ns() time; fixed before workers start. */
	int64_t warmup_until_ns;
	int64_t start_ns; /* run time 0; fixed before workers start */
	/* Exchanges left to hand out with -n; INT64_MAX: no limit. Workers take
	 * (fetch_sub, relaxed: only the count matters). Counts after the warm-up. */
	_Atomic int64_t tickets;

	/* Main's own. */
	struct load_change *all; /* every change there is */
	struct control_mix *mixes; /* and every mix */
	uint32_t generation;     /* of the newest */
	int64_t steered_ns;      /* when the last change by hand was made */
};

/* Without a ramp or stages: the level stands. control_fini() frees the chain,
 * when no worker runs any more. */
void control_init(struct control *control, int64_t start_ns, struct load_level level);
void control_fini(struct control *control);

/* Before the workers start: the stages one after another from `since_ns` on; the
 * last one's level stands. */
void control_plan(struct control *control, const struct load_stage *stage, int count,
		  int64_t since_ns);
/* What follows on `change` and when (its stretch's since_ns); NULL: nothing yet.
 * Any thread. */
const struct load_change *control_next(const struct load_change *change);
/* The change in force at a time. Any thread. */
const struct load_change *control_at(const struct control *control, int64_t now_ns);

/* Main only; each returns the change made, in force from now_ns on. */
const struct load_change *control_set(struct control *control, struct load_level level,
				      int64_t now_ns);
/* The same load of another mix; what is planned goes on, with it. Not in a pause. */
const struct load_change *control_set_mix(struct control *control, const struct mix *mix, int64_t now_ns);
/* A level with requests altered; any other change by hand sends them as they are again. */
const struct load_change *control_set_altered(struct control *control, struct load_level level,
					      const struct alteration *alteration, int64_t now_ns);
const struct load_change *control_pause(struct control *control, int64_t now_ns);
/* What was planned goes on where the pause cut it off. */
const struct load_change *control_resume(struct control *control, int64_t now_ns);

/* Pauses are not measured time. How much of from_ns to to_ns is, by what is planned
 * now; and when so much of it will have passed, INT64_MAX where a pause without an
 * end comes first. */
int64_t control_measured_ns(const struct control *control, int64_t from_ns, int64_t to_ns);
int64_t control_end_ns(const struct control *control, int64_t from_ns, int64_t measured_ns);

int64_t control_run_us(const struct control *control, int64_t clock_ns_value);

static inline struct load_level users_level(uint32_t users)
{
	return (struct load_level){.mode = MODE_CLOSED, .level = users};
}

#endif
