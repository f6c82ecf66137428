#include "cli/screen.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/signals.h"
#include "cli/snapfiles.h"

/* Data is drawn at most so often; keys and resizes at once. */
#define FRAME_NS (50 * NS_PER_MS)
#define MESSAGE_NS (4 * NS_PER_S)

struct screen {
	struct dashboard *d;
	struct snapbox *box;
	const struct screen_ops *ops;
	void *arg;
	struct themes *themes;
	struct snapbox *given;
	const struct snapshot *snapshot;
	struct snapshot *held; /* a copy, while the box it came from is not ours to read */
	struct snapshot *filtered; /* what a filter leaves of it; NULL until there is one */
	struct canvas canvas;
	struct regions regions; /* of the canvas */
	struct view_query asked;
	struct exemplar_list found;
	uint32_t awaited; /* the oldest generation that is shown */
	int64_t message_since_ns, drawn_ns;
	bool gone;
};

static void step_theme(struct screen *s, int by)
{
	struct err err;
	const char *name;

	if (themes_step(s->themes, by, &name, &err)) {
		snprintf(s->d->message, sizeof s->d->message, "%.150s", err.text);
		return;
	}
	snprintf(s->d->message, sizeof s->d->message, "theme %s; brunt config theme=%s keeps it", name, name);
	term_theme(&s->themes->theme);
}

static void ask(struct screen *s)
{
	struct view_query query = dashboard_query(s->d);

	if (query.task == s->asked.task && query.clock == s->asked.clock &&
	    query.window == s->asked.window)
		return;
	query.generation = s->asked.generation + 1;
	s->asked = query;
	snapbox_ask(s->box, query);
	if (s->ops->wake)
		s->ops->wake(s->arg);
}

static void find(struct screen *s)
{
	exemplars_list_fini(&s->found);
	if (s->ops->exemplars)
		exemplars_find(s->ops->exemplars, &s->d->exemplar.query, &s->found);
	s->d->found = &s->found;
	dashboard_found(s->d);
}

static void carry_out(struct screen *s, struct order order)
{
	switch (order.command) {
	case COMMAND_NONE:
	case COMMAND_REDRAW:
		break;
	case COMMAND_THEME:
		step_theme(s, order.value);
		break;
	case COMMAND_SAVE:
		snapfiles_save(&s->canvas, &s->themes->theme, s->d->message, sizeof s->d->message);
		break;
	case COMMAND_REPAINT:
		term_repaint();
		break;
	case COMMAND_EXEMPLARS:
		find(s);
		break;
	case COMMAND_SUSPEND:
		if (s->d->replay)
			term_suspend("brunt is suspended; fg brings it back", false);
		else
			term_suspend("brunt: the load goes on; fg brings the screen back", true);
		break;
	default:
		s->ops->order(s->arg, s->d, s->snapshot, order);
	}
}

static const struct snapshot *seen(struct screen *s)
{
	if (!s->snapshot || !filter_is_on(&s->d->filter))
		return s->snapshot;
	if (!s->filtered)
		s->filtered = xcalloc(1, sizeof *s->filtered);
	return dashboard_filtered(s->d, s->snapshot, s->filtered);
}

/* The picture outlives what the box does from now on. */
static void hold(struct screen *s)
{
	if (!s->snapshot || s->snapshot == s->held)
		return;
	if (!s->held)
		s->held = xmalloc(sizeof *s->held);
	memcpy(s->held, s->snapshot, sizeof *s->held);
	s->snapshot = s->held;
}

/* Another box answers the same question, which it may not know of. Its pictures before
 * that are not shown; until then the old one stands. */
static void follow_box(struct screen *s)
{
	struct snapbox *box = s->ops->box ? s->ops->box(s->arg) : s->given;

	if (box == s->box)
		return;
	hold(s);
	s->box = box;
	s->asked.generation++;
	snapbox_ask(s->box, s->asked);
	s->awaited = s->asked.generation;
	if (s->ops->wake)
		s->ops->wake(s->arg);
}

static void on_key(struct screen *s, int key)
{
	char before[sizeof s->d->message];
	struct order order;

	memcpy(before, s->d->message, sizeof before);
	s->d->message[0] = '\0';
	order = key == KEY_MOUSE_ ? dashboard_mouse(s->d, seen(s), term_mouse(), s->ops->max_users)
				  : dashboard_key(s->d, seen(s), key, s->ops->max_users);
	carry_out(s, order);
	if (s->d->frozen)
		hold(s);
	/* At once: where it leads elsewhere the box is no longer ours to read. */
	follow_box(s);
	if (s->d->message[0])
		s->message_since_ns = clock_ns();
	else if (key == KEY_RESIZE_ || (key == KEY_MOUSE_ && order.command == COMMAND_NONE))
		memcpy(s->d->message, before, sizeof before);
	ask(s);
}

static void draw(struct screen *s)
{
	int width, height;

	term_size(&width, &height);
	if (width != s->canvas.width || height != s->canvas.height)
		canvas_resize(&s->canvas, width, height);
	s->d->width = width;
	s->d->height = height;
	if (s->ops->refresh)
		s->ops->refresh(s->arg, s->d, s->snapshot);
	s->drawn_ns = clock_ns();
	dashboard_draw(s->d, seen(s), &s->canvas);
	term_show(&s->canvas);
}

/* True when there is something new to draw. */
static bool look(struct screen *s, int64_t now_ns)
{
	bool fresh = false;

	follow_box(s);
	if (!s->d->frozen) {
		const struct snapshot *newest = snapbox_read(s->box, &fresh);

		fresh = fresh && newest->generation >= s->awaited;
		if (fresh)
			s->snapshot = newest;
	}
	/* Now goes on. */
	fresh |= s->d->past && now_ns - s->drawn_ns > NS_PER_S;
	if (s->d->message[0] && now_ns - s->message_since_ns > MESSAGE_NS) {
		s->d->message[0] = '\0';
		fresh = true;
	}
	return fresh;
}

static void loop(struct screen *s, int64_t frames)
{
	int64_t shown = 0, last_ns = 0;
	bool dirty = true; /* draw at once */

	while (!s->gone && !s->ops->done(s->arg)) {
		int64_t now_ns = clock_ns();

		if (s->ops->turn)
			s->ops->turn(s->arg, s->d);

		if (now_ns - last_ns >= FRAME_NS)
			dirty |= look(s, now_ns);
		if (dirty) {
			draw(s);
			dirty = false;
			last_ns = now_ns;
			if (++shown == frames)
				break;
		}
		int64_t wait_ns = last_ns + FRAME_NS - clock_ns();
		int key = term_key(wait_ns < NS_PER_MS ? (int)(FRAME_NS / NS_PER_MS)
						       : (int)(wait_ns / NS_PER_MS),
				   signals_fd());
		if (key < 0) {
			s->gone = true;
			s->ops->signal(s->arg, s->d, true);
			break;
		}
		if (key > 0) {
			on_key(s, key);
			dirty = true;
		}
		int seen = signals_interrupts() + (signals_termination() ? 1 : 0);
		if (key == 0 && seen) {
			signals_drain();
			s->ops->signal(s->arg, s->d, false);
			dirty = true;
		}
	}
}

/* Draws until the end, in a terminal that is open. */
static void watch(struct screen *s, const struct screen_config *config)
{
	canvas_init(&s->canvas, 0, 0);
	s->asked = dashboard_query(s->d);
	snapbox_ask(s->box, s->asked);
	s->d->glyphs = config->glyphs < 0 ? glyphs_auto() : (enum glyph_set)config->glyphs;
	s->d->step = config->step;
	s->d->regions = term_has_mouse() ? &s->regions : NULL;
	term_theme(&s->themes->theme);
	loop(s, config->frames);
	canvas_fini(&s->canvas);
	free(s->held);
	free(s->filtered);
	s->d->found = NULL;
	s->d->regions = NULL;
	exemplars_list_fini(&s->found);
}

int screen_run(struct dashboard *d, struct snapbox *box, const struct screen_config *config,
	       const struct screen_ops *ops, void *arg, struct err *err)
{
	struct screen s = {.d = d, .box = box, .given = box, .ops = ops, .arg = arg, .themes = config->shared,
			   .message_since_ns = clock_ns()};
	struct themes own;

	if (config->shared) {
		watch(&s, config);
		return 0;
	}
	if (themes_init(&own, config->theme, err))
		return -1;
	s.themes = &own;
	term_use_mouse(config->mouse);
	int code = term_open(config->color, err);
	if (!code) {
		watch(&s, config);
		term_close();
	}
	themes_fini(&own);
	return code;
}
