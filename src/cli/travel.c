#include "cli/travel.h"

#include <stdio.h>

#include "base/clock.h"

/* The recorder writes four times a second, and a picture that is so young is as good as
 * the present one. */
#define PRESENT_US US_PER_S

static void say(struct dashboard *d, const char *text)
{
	snprintf(d->message, sizeof d->message, "%s", text);
}

static void come_back(struct travel *t, struct dashboard *d)
{
	if (t->away) {
		replayer_play(t->player.replayer, false);
		say(d, "live again");
	}
	t->away = false;
	d->past = false;
}

static int open_at(struct travel *t, int64_t to_us, struct err *err)
{
	struct reader *reader;

	if (reader_open(t->path, &reader, err) || player_start(&t->player, reader, 1, to_us, true, err))
		return -1;
	t->open = true;
	return 0;
}

static void go(struct travel *t, struct dashboard *d, int64_t to_us)
{
	struct err err;

	if (!t->path) {
		say(d, "there is no past: nothing is recorded (--no-record)");
		return;
	}
	if (!t->open && open_at(t, to_us, &err)) {
		snprintf(d->message, sizeof d->message, "%.159s", err.text);
		return;
	}
	if (!t->away)
		replayer_play(t->player.replayer, false);
	replayer_seek(t->player.replayer, to_us);
	if (!t->away)
		say(d, "the past; the load goes on. Space plays, End comes back");
	t->away = true;
	d->past = true;
	/* That picture moves. */
	d->frozen = false;
}

/* Where the picture is. */
static int64_t seen_us(const struct travel *t, int64_t now_us)
{
	struct replayer_state state;

	if (!t->away)
		return now_us;
	replayer_state(t->player.replayer, &state);
	return state.at_us;
}

static void seek(struct travel *t, struct dashboard *d, int32_t value, int64_t now_us)
{
	int64_t to_us = value == INT32_MIN   ? 0
			: value == INT32_MAX ? now_us
					     : seen_us(t, now_us) + value * US_PER_S;

	if (to_us >= now_us - PRESENT_US)
		come_back(t, d);
	else
		go(t, d, to_us < 0 ? 0 : to_us);
}

void travel_order(struct travel *t, struct dashboard *d, struct order order, int64_t now_us)
{
	struct replayer_state state;

	if (order.command == COMMAND_SEEK) {
		seek(t, d, order.value, now_us);
	} else if (t->away) {
		player_state(&t->player, &state);
		replayer_play(t->player.replayer, !state.playing);
	}
}

void travel_refresh(struct travel *t, struct dashboard *d, int64_t now_us)
{
	struct replayer_state state;

	if (!t->away)
		return;
	player_state(&t->player, &state);
	if (*state.trouble) {
		come_back(t, d);
		snprintf(d->message, sizeof d->message, "%.159s", state.trouble);
		return;
	}
	if (state.playing && !state.seeking && state.at_us >= now_us - PRESENT_US) {
		come_back(t, d);
		return;
	}
	d->play.playing = state.playing;
	d->play.seeking = state.seeking;
	d->play.at_end = false;
	d->play.steps = state.steps;
	d->play.speed = state.speed;
	d->play.at_us = state.at_us;
	d->play.end_us = now_us;
}

struct snapbox *travel_box(struct travel *t, struct snapbox *live)
{
	return t->away ? collector_snapbox(t->player.collector) : live;
}

void travel_wake(struct travel *t)
{
	if (t->open)
		collector_wake(t->player.collector);
}

void travel_fini(struct travel *t)
{
	if (t->open)
		player_stop(&t->player);
	t->open = t->away = false;
}
