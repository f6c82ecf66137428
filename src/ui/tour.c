#include "ui/tour.h"

#include <math.h>
#include <stdio.h>

#include "base/utf8.h"
#include "ui/view.h"

#define LEFT 11 /* "tour 1/6" and blanks */
#define LEVELS 4 /* that the load is to grow to, of what it was */

enum step { STEP_LOAD, STEP_SCALING, STEP_KNEE, STEP_TASKS, STEP_OPEN, STEP_READ, STEPS };
#define ALL ((1U << STEPS) - 1)

static bool grown(const struct dashboard *d, const struct snapshot *s)
{
	return s->point_count > 0 && d->level >= LEVELS * s->point[0].level;
}

static unsigned done_now(const struct dashboard *d, const struct snapshot *s)
{
	bool opened = d->toured & 1U << STEP_OPEN;
	unsigned done = 0;

	done |= (unsigned)grown(d, s) << STEP_LOAD;
	done |= (unsigned)(d->view == VIEW_SCALING) << STEP_SCALING;
	done |= (unsigned)(!isnan(s->scaling.scale.knee.low) || *d->sweep) << STEP_KNEE;
	done |= (unsigned)(d->view == VIEW_TASKS) << STEP_TASKS;
	done |= (unsigned)d->exemplar.open << STEP_OPEN;
	done |= (unsigned)(opened && !d->exemplar.open) << STEP_READ;
	return done;
}

void tour_start(struct dashboard *d)
{
	d->tour = true;
	d->toured = 0;
}

void tour_follow(struct dashboard *d, const struct snapshot *s)
{
	char knee[48];

	if (!d->tour || !s)
		return;
	d->toured |= done_now(d, s);
	if (d->toured != ALL)
		return;
	d->tour = false;
	snprintf(knee, sizeof knee, "the knee is near %.2g users; ", s->scaling.scale.knee.low);
	snprintf(d->message, sizeof d->message, "tour done: %s? tells every key, q ends the run and keeps it",
		 isnan(s->scaling.scale.knee.low) ? "" : knee);
}

static int next_step(const struct dashboard *d)
{
	int step = 0;

	while (step < STEPS && d->toured & 1U << step)
		step++;
	return step;
}

static const char *words(const struct dashboard *d)
{
	/* The README's table tells the same steps (tests/unit/ui/tour_test.c). */
	static const char *const text[STEPS] = {
		[STEP_LOAD] = "press > twice (double the users): does req/s grow, or only p95?",
		[STEP_SCALING] = "press 6: throughput and latency of each load so far",
		[STEP_KNEE] = "hold, > again, hold, until the knee shows; or s sweeps up to it",
		[STEP_TASKS] = "press 3: which task is slow, and what do they do to each other?",
		[STEP_OPEN] = "press ↓ to the slow task, then Enter: its slowest requests",
		[STEP_READ] = "↑ ↓ pick one: where its time went, its answer; Esc goes back",
	};
	int step = next_step(d);

	return step < STEPS ? text[step] : "";
}

bool tourline_is_on(const struct dashboard *d)
{
	return d->tour && *words(d);
}

void tourline_draw(const struct scene *scene, struct view view)
{
	static const char leave[] = "Esc ends the tour";
	const char *text = words(scene->d);
	int room = view.width - LEFT - 1;
	char count[24];

	if (view.height < 1 || !*text)
		return;
	snprintf(count, sizeof count, "tour %d/%d", next_step(scene->d) + 1, STEPS);
	view_text(view, 1, 0, PEN(ROLE_ACCENT), count);
	wrap_draw(view_part(view, 0, 0, view.width - 1, 1), scene->g, LEFT, PEN(ROLE_TEXT), text, 1);
	if (utf8_cells(text) + utf8_cells(leave) + 2 <= room)
		view_right(view, view.width - 1, 0, PEN(ROLE_DIM), leave);
}
