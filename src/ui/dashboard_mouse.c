/* What a mouse did, as what keys do already: whatever can be clicked was noted when it was
 * drawn (ui/region.h). A click on what has the cursor is Enter. */
#include "ui/view.h"

#define SCROLL_LINES 3
#define CLICKED (REGION_PANE | REGION_KEY | REGION_TASK | REGION_ERROR | REGION_EXEMPLAR | REGION_HISTOGRAM | \
		 REGION_HEATMAP | REGION_SCRUBBER)
#define WHEELED (REGION_TASK | REGION_ERROR | REGION_EXEMPLAR | REGION_DETAIL | REGION_TIME | REGION_SCRUBBER)

static struct order order(enum command command)
{
	return (struct order){.command = command};
}

/* True where it had it, and by somebody's wish. */
static bool focus(struct dashboard *d, enum pane pane)
{
	bool had = d->focus == pane && d->focus_given;

	d->focus = pane;
	d->focus_given = true;
	return had;
}

/* The pane that a place is in; the one with the focus where none is drawn. */
static struct region_hit pane_at(const struct dashboard *d, struct mouse mouse)
{
	struct region_hit hit = region_at(d->regions, mouse.x, mouse.y, REGION_PANE);

	if (!hit.region)
		hit.what = d->focus;
	return hit;
}

/* --- clicks --- */

/* Most panes have no cursor, and nothing to open. */
static bool click_pane(struct dashboard *d, enum pane pane)
{
	return focus(d, pane) && (pane == PANE_VERDICT || (pane == PANE_ERRORS && d->view != VIEW_ERRORS));
}

static bool click_task(struct dashboard *d, enum pane pane, int row)
{
	bool had = d->focus == pane && d->cursor == row;

	focus(d, pane);
	d->filter.by_task = false;
	d->cursor = row;
	return had;
}

static bool click_error(struct dashboard *d, int row, int last)
{
	bool had = d->focus == PANE_ERRORS && (d->error_cursor < last ? d->error_cursor : last) == row;

	focus(d, PANE_ERRORS);
	d->error_cursor = row;
	return had;
}

static bool click_bin(struct dashboard *d, const struct snapshot *s, const struct region *pane, int row)
{
	bool had = focus(d, PANE_HISTOGRAM);
	int at;

	histogram_cells(d, s, pane->width, pane->height, &at);
	histogram_move(d, s, pane->width, pane->height, row - at);
	return had && at == row;
}

static bool click_heatmap(struct dashboard *d, const struct snapshot *s, const struct region *pane, int cell)
{
	bool had = d->focus == PANE_HEATMAP;

	focus(d, PANE_HEATMAP);
	return heatmap_put(d, s, pane->width, pane->height, cell) && had;
}

/* Several clicks are several presses, also where the first one's message covers the key. */
static struct order press(struct dashboard *d, const struct snapshot *s, struct region_hit hit, uint32_t max_users)
{
	const struct region pressed = *hit.region;
	struct order out = dashboard_key(d, s, hit.what, max_users);

	d->pressed = pressed;
	return out;
}

static struct order click(struct dashboard *d, const struct snapshot *s, struct mouse mouse, uint32_t max_users)
{
	unsigned kinds = d->asking || d->quit_asked ? REGION_KEY : CLICKED;
	struct region_hit hit = region_at(d->regions, mouse.x, mouse.y, kinds), pane = pane_at(d, mouse);
	bool again = false;

	if (!hit.region)
		return order(COMMAND_NONE);
	d->pressed = (struct region){.width = 0};
	if (hit.region->kind == REGION_KEY)
		return press(d, s, hit, max_users);
	if (hit.region->kind == REGION_SCRUBBER)
		return (struct order){.command = COMMAND_GOTO,
				      .t_us = scrubber_us(d, hit.what, hit.region->width)};
	switch (hit.region->kind) {
	case REGION_TASK:
		again = click_task(d, (enum pane)pane.what, hit.what);
		break;
	case REGION_ERROR:
		again = s && click_error(d, hit.what, s->error_count - 1);
		break;
	case REGION_HISTOGRAM:
		again = s && pane.region && click_bin(d, s, pane.region, hit.what);
		break;
	case REGION_HEATMAP:
		again = s && pane.region && click_heatmap(d, s, pane.region, hit.what);
		break;
	case REGION_EXEMPLAR:
		d->exemplar.cursor = hit.what;
		d->exemplar.top = 0;
		break;
	default:
		again = click_pane(d, (enum pane)hit.what);
		break;
	}
	return again ? dashboard_key(d, s, '\r', max_users) : order(COMMAND_REDRAW);
}

/* --- the wheel --- */

static struct order scroll(struct dashboard *d, const struct snapshot *s, const struct region *text, int way,
			   uint32_t max_users)
{
	struct scene scene = {.d = d, .s = s, .g = glyphs_of(d->glyphs)};
	int page, last;

	if (d->help) {
		for (int i = 0; i < SCROLL_LINES; i++)
			dashboard_key(d, s, way < 0 ? KEY_UP_ : KEY_DOWN_, max_users);
		return order(COMMAND_REDRAW);
	}
	if (!s)
		return order(COMMAND_NONE);
	last = exemplar_last(&scene, text->width, text->height, &page);
	d->exemplar.top += way * SCROLL_LINES;
	d->exemplar.top = d->exemplar.top > last ? last : d->exemplar.top < 0 ? 0 : d->exemplar.top;
	return order(COMMAND_REDRAW);
}

static struct order wheel(struct dashboard *d, const struct snapshot *s, struct mouse mouse, uint32_t max_users)
{
	struct region_hit hit = region_at(d->regions, mouse.x, mouse.y, WHEELED);
	int way = mouse.act == MOUSE_WHEEL_UP || mouse.act == MOUSE_WHEEL_LEFT ? -1 : 1;
	bool sideways = mouse.act == MOUSE_WHEEL_LEFT || mouse.act == MOUSE_WHEEL_RIGHT;

	if (!hit.region || d->asking || d->quit_asked)
		return order(COMMAND_NONE);
	if (hit.region->kind == REGION_TIME || hit.region->kind == REGION_SCRUBBER)
		return (struct order){.command = COMMAND_SEEK, .value = way * SEEK_STEP_S};
	if (sideways)
		return order(COMMAND_NONE);
	if (hit.region->kind == REGION_DETAIL)
		return scroll(d, s, hit.region, way, max_users);
	/* The keys that move act where the focus is. */
	if (hit.region->kind == REGION_TASK || hit.region->kind == REGION_ERROR)
		focus(d, (enum pane)pane_at(d, mouse).what);
	return dashboard_key(d, s, way < 0 ? KEY_UP_ : KEY_DOWN_, max_users);
}

struct order dashboard_mouse(struct dashboard *d, const struct snapshot *snapshot, struct mouse mouse, uint32_t max_users)
{
	if (mouse.act == MOUSE_CLICK)
		return click(d, snapshot, mouse, max_users);
	return mouse.act == MOUSE_NOTHING ? order(COMMAND_NONE) : wheel(d, snapshot, mouse, max_users);
}
