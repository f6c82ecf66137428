#include "cli/travel.h"

#include <stdio.h>

#include "base/clock.h"

/* The recorder writes four times a second, and a picture that is so young is as good as
 * the present one. */
#define PRESENT_US US_PER_S

void travel_init(struct travel *t, const char *path)
{
	*t = (struct travel){.path = path};
	if (path)
		return;
	t->history = history_new();
	t->shown = snapbox_new();
}

void travel_fini(struct travel *t)
{
	if (t->open)
		player_stop(&t->player);
	history_free(t->history);
	if (t->shown)
		snapbox_free(t->shown);
	*t = (struct travel){0};
}

static void say(struct dashboard *d, const char *text)
{
	snprintf(d->message, sizeof d->message, "%s", text);
}

static void play(struct travel *t, bool on)
{
	if (t->history)
		t->playing = on;
	else
		replayer_play(t->player.replayer, on);
}

static void come_back(struct travel *t, struct dashboard *d)
{
	if (t->away) {
		play(t, false);
		say(d, "live again");
	}
	t->away = false;
	d->past = false;
}

/* --- out of the run file -------------------------------------------------- */

static int open_at(struct travel *t, int64_t to_us, struct err *err)
{
	struct reader *reader;

	if (reader_open(t->path, &reader, err) || player_start(&t->player, reader, 1, to_us, true, err))
		return -1;
	t->open = true;
	return 0;
}

/* --- out of the pictures -------------------------------------------------- */

static void show(struct travel *t)
{
	struct snapshot *s = snapbox_write(t->shown);

	if (!history_at(t->history, t->at_us, s))
		return;
	/* It answers whatever is asked, with what was asked then. */
	s->generation = snapbox_asked(t->shown).generation;
	snapbox_publish(t->shown);
}

static void show_at(struct travel *t, int64_t to_us, int64_t now_us)
{
	int64_t since_us = history_since_us(t->history);

	t->at_us = to_us > since_us ? to_us : since_us;
	t->now_us = now_us;
	show(t);
}

static void state_of_pictures(struct travel *t, int64_t now_us, struct replayer_state *out)
{
	if (t->playing && now_us / US_PER_S != t->now_us / US_PER_S)
		show_at(t, t->at_us + now_us - t->now_us, now_us);
	*out = (struct replayer_state){.at_us = t->at_us, .end_us = now_us, .speed = 1, .playing = t->playing};
}

/* --- both ----------------------------------------------------------------- */

static void state_of(struct travel *t, int64_t now_us, struct replayer_state *out)
{
	if (t->history)
		state_of_pictures(t, now_us, out);
	else
		player_state(&t->player, out);
}

static void go(struct travel *t, struct dashboard *d, int64_t to_us, int64_t now_us)
{
	struct err err;

	if (t->history && history_since_us(t->history) < 0)
		return;
	if (!t->history && !t->open && open_at(t, to_us, &err)) {
		snprintf(d->message, sizeof d->message, "%.159s", err.text);
		return;
	}
	if (!t->away) {
		play(t, false);
		/* A jump has told where to. */
		if (!*d->message)
			say(d, "the past; the load goes on. Space plays, End comes back");
	}
	t->away = true;
	d->past = true;
	/* That picture moves. */
	d->frozen = false;
	if (t->history)
		show_at(t, to_us, now_us);
	else
		replayer_seek(t->player.replayer, to_us);
}

/* Where the picture is. */
static int64_t seen_us(struct travel *t, int64_t now_us)
{
	struct replayer_state state;

	if (!t->away)
		return now_us;
	state_of(t, now_us, &state);
	return state.at_us;
}

static void seek(struct travel *t, struct dashboard *d, int64_t to_us, int64_t now_us)
{
	if (to_us >= now_us - PRESENT_US)
		come_back(t, d);
	else
		go(t, d, to_us < 0 ? 0 : to_us, now_us);
}

void travel_order(struct travel *t, struct dashboard *d, struct order order, int64_t now_us)
{
	struct replayer_state state;

	if (order.command == COMMAND_GOTO) {
		seek(t, d, order.t_us, now_us);
	} else if (order.command == COMMAND_SEEK) {
		seek(t, d, order.value == INT32_MIN   ? 0
			   : order.value == INT32_MAX ? now_us
						      : seen_us(t, now_us) + order.value * US_PER_S, now_us);
	} else if (t->away) {
		state_of(t, now_us, &state);
		t->now_us = now_us;
		play(t, !state.playing);
	}
}

void travel_refresh(struct travel *t, struct dashboard *d, const struct snapshot *present, int64_t now_us)
{
	struct replayer_state state;

	if (t->history && present)
		history_take(t->history, present);
	if (!t->away)
		return;
	state_of(t, now_us, &state);
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
	return !t->away ? live : t->history ? t->shown : collector_snapbox(t->player.collector);
}

void travel_wake(struct travel *t)
{
	if (t->open)
		collector_wake(t->player.collector);
	else if (t->history && t->away)
		show(t);
}
