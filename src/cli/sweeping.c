#include "cli/sweeping.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/append.h"
#include "base/clock.h"
#include "base/signs.h"
#include "base/units.h"

#define SPARE_US (300 * (US_PER_S / 1000)) /* before the end of the run: it has something to say first */
#define RATE_BELOW 4  /* a sweep by key begins so far below the present rate */
#define RATE_ABOVE 64 /* and ends so far above it */

void sweeping_init(struct sweeping *s, struct session *session, const struct sweep_config *given, uint32_t max_users,
		   bool slos)
{
	*s = (struct sweeping){.session = session, .max_users = max_users, .slos = slos};
	if (given) {
		s->given = *given;
		s->asked = s->ends_run = true;
	}
}

static void told(struct sweeping *s, enum sweep_event what, const char *text)
{
	session_sweep_event(s->session, what, 0, text);
}

/* Until the run ends; -1: it is open. */
static int64_t left_us(const struct sweeping *s)
{
	int64_t left = session_left_us(s->session);

	return left < 0 ? -1 : left > SPARE_US ? left - SPARE_US : 1;
}

static void begin(struct sweeping *s, const struct sweep_config *config)
{
	struct sweep_config c = *config;
	char text[SWEEP_TEXT], low[UNITS_BYTES], high[UNITS_BYTES];
	const char *unit = c.mode == MODE_OPEN ? "/s" : " users";
	int64_t needs_us;
	int fits;

	c.slos = s->slos;
	if (left_us(s) >= 0)
		c.limit_us = left_us(s);
	s->before = session_level(s->session);
	s->steps = 0;
	sweep_start(&s->sweep, &c, session_now_us(s->session));
	fits = sweep_fits(&c, &needs_us);
	if (c.count)
		snprintf(text, sizeof text, "%d %s from %s to %s%s", c.count, c.count == 1 ? "step" : "steps", units_format_level(c.level[0], low),
			 units_format_level(c.level[c.count - 1], high), unit);
	else
		snprintf(text, sizeof text, "from %s to at most %s%s", units_format_level(c.start, low),
			 units_format_level(c.cap, high), unit);
	if (fits < c.count)
		append(text, sizeof text, ", time for about %d", fits);
	told(s, SWEEP_BEGAN, text);
}

/* Where the load stays then, when the operator is there to go on from it. */
static void rest(struct sweeping *s)
{
	double level = sweep_rest(&s->sweep);
	struct load_level to = {.mode = s->sweep.config.mode, .level = level};

	session_set_level(s->session, isnan(level) ? s->before : to);
}

static void ended(struct sweeping *s)
{
	char set[SWEEP_TEXT];

	/* One that was stopped before it had measured anything takes no answer away. */
	if (s->sweep.stop != SWEEP_STOPPED || s->sweep.steps || !*s->answer)
		sweep_sentence(&s->sweep, s->answer);
	told(s, SWEEP_ENDED, s->answer);
	snprintf(s->line, sizeof s->line, "sweep ended, %s", signs_set(s->answer, &signs_unicode, set, sizeof set));
}

/* The sweep knows which of a level's visits count; the fits are made of points. */
static void disown(struct sweeping *s)
{
	int64_t since_us;

	while (sweep_disowns(&s->sweep, &since_us))
		session_sweep_event(s->session, SWEEP_DISOWNED, since_us, "passing trouble");
}

static bool carry_out(struct sweeping *s, struct sweep_order order, double measured, const struct scaling *fit)
{
	disown(s);
	if (order.action == SWEEP_SET)
		session_sweep_level(s->session, (struct load_level){.mode = s->sweep.config.mode, .level = order.level});
	if (order.action == SWEEP_END) {
		sweep_adopt(&s->sweep, fit);
		/* Before it says so: a change after that is somebody else's. */
		if (!s->ends_run)
			rest(s);
		ended(s);
		return true;
	}
	if (s->sweep.steps == s->steps)
		return false;
	s->steps = s->sweep.steps;
	memcpy(s->line, "sweep, ", 8);
	sweep_visited(&s->sweep, measured, s->line + strlen(s->line));
	return true;
}

bool sweeping_look(struct sweeping *s, const struct snapshot *snapshot)
{
	struct load_level asked = session_level(s->session);
	double level = s->sweep.level;
	struct sweep_seen seen;

	s->line[0] = '\0';
	/* The warm-up comes first. */
	if (s->asked && snapshot->phase == PHASE_LOAD) {
		s->asked = false;
		begin(s, &s->given);
	}
	if (!sweep_going(&s->sweep))
		return false;
	sweep_see(snapshot, asked.mode, asked.level, &seen);
	return carry_out(s, sweep_step(&s->sweep, &seen), level, &snapshot->scaling);
}

bool sweeping_over(const struct sweeping *s, struct drive_end *end)
{
	if (!s->ends_run || s->sweep.state != SWEEP_DONE)
		return false;
	end->sweep = s->sweep.stop;
	end->capacity = s->sweep.capacity;
	return true;
}

/* --- keys ----------------------------------------------------------------- */

/* Of users from one on; of rates around the one there is. */
static struct sweep_config by_key(const struct sweeping *s)
{
	struct load_level now = session_level(s->session);

	if (now.mode == MODE_OPEN)
		return (struct sweep_config){.mode = MODE_OPEN, .start = now.level / RATE_BELOW,
					     .cap = fmin(SWEEPING_RATE_MAX, now.level * RATE_ABOVE),
					     .least = now.level / RATE_ABOVE};
	return (struct sweep_config){.mode = MODE_CLOSED, .start = 1, .least = 1,
				     .cap = fmin(SWEEPING_CAP, s->max_users)};
}

static void give_back(struct sweeping *s)
{
	if (session_paused(s->session))
		session_pause(s->session, false);
	sweep_give_back(&s->sweep, session_now_us(s->session), left_us(s));
	told(s, SWEEP_GIVEN_BACK, "");
}

void sweeping_key(struct sweeping *s, char *message, size_t bytes)
{
	s->ends_run = false;
	if (s->sweep.state == SWEEP_TAKEN) {
		give_back(s);
		snprintf(message, bytes, "the sweep goes on");
	} else if (sweep_going(&s->sweep)) {
		sweep_stop(&s->sweep, SWEEP_STOPPED);
		ended(s);
		snprintf(message, bytes, "sweep stopped; the load stays as it is");
	} else if (s->asked) {
		s->asked = false;
		snprintf(message, bytes, "no sweep");
	} else if (session_paused(s->session)) {
		snprintf(message, bytes, "no sweep of a load that is paused; P resumes it");
	} else {
		s->given = by_key(s);
		s->asked = true;
		snprintf(message, bytes, "sweep; any key for the load takes over, s stops it");
	}
}

bool sweeping_take_over(struct sweeping *s)
{
	s->ends_run = s->asked = false;
	if (!sweep_going(&s->sweep))
		return false;
	sweep_take_over(&s->sweep, session_now_us(s->session));
	told(s, SWEEP_HELD, "");
	return true;
}

void sweeping_stop(void *sweeping)
{
	struct sweeping *s = sweeping;

	s->asked = false;
	if (s->sweep.state == SWEEP_IDLE || s->sweep.state == SWEEP_DONE)
		return;
	sweep_stop(&s->sweep, SWEEP_STOPPED);
	ended(s);
}

void sweeping_progress(const struct sweeping *s, char *out)
{
	*out = '\0';
	if (sweep_going(&s->sweep) || s->sweep.state == SWEEP_TAKEN)
		sweep_progress(&s->sweep, out);
}
