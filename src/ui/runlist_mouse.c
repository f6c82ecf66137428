/* The mouse on the list of runs, as what keys do already. */
#include "ui/keys.h"
#include "ui/runlist_view.h"

#define SCROLL_LINES 3

static struct runlist_order order(enum runlist_command command)
{
	return (struct runlist_order){.command = command};
}

static struct runlist_order click(struct runlist *l, struct mouse mouse)
{
	unsigned kinds = l->mode == RUNLIST_BROWSE ? REGION_KEY | REGION_RUN : REGION_KEY;
	struct region_hit hit = region_at(l->regions, mouse.x, mouse.y, kinds);

	if (!hit.region)
		return order(RUNLIST_NONE);
	if (hit.region->kind == REGION_KEY)
		return runlist_key(l, hit.what);
	if (hit.what == runlist_place(l))
		return runlist_key(l, '\r');
	runlist_go(l, hit.what);
	return order(RUNLIST_REDRAW);
}

static struct runlist_order wheel(struct runlist *l, struct mouse mouse)
{
	struct region_hit hit = region_at(l->regions, mouse.x, mouse.y, REGION_RUN | REGION_DETAIL);
	int key = mouse.act == MOUSE_WHEEL_UP ? KEY_UP_ : KEY_DOWN_;
	int lines = l->mode == RUNLIST_HELP ? SCROLL_LINES : 1;

	if (!hit.region || l->mode > RUNLIST_HELP)
		return order(RUNLIST_NONE);
	for (int i = 0; i < lines; i++)
		runlist_key(l, key);
	return order(RUNLIST_REDRAW);
}

struct runlist_order runlist_mouse(struct runlist *l, struct mouse mouse)
{
	switch (mouse.act) {
	case MOUSE_CLICK:
		return click(l, mouse);
	case MOUSE_WHEEL_UP:
	case MOUSE_WHEEL_DOWN:
		return wheel(l, mouse);
	case MOUSE_WHEEL_LEFT:
	case MOUSE_WHEEL_RIGHT:
	case MOUSE_NOTHING:
		break;
	}
	return order(RUNLIST_NONE);
}
