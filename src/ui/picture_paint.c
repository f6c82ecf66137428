#include "picture_paint.h"

#include "ui/look.h"

#define DARK 0x0f1519u
#define LIGHT 0xffffffu
#define ON_DARK 0xd3dade
#define ON_LIGHT 0x1d2327

/* Of what is bright more than half. */
static bool bright(uint32_t rgb)
{
	return (rgb >> 16 & 255) * 299 + (rgb >> 8 & 255) * 587 + (rgb & 255) * 114 > 127500;
}

static uint32_t plain_text(const struct theme *theme)
{
	uint32_t own = theme->mono ? THEME_NONE : theme->color[ROLE_TEXT][0];

	if (own != THEME_NONE)
		return own;
	return !theme->mono && theme->background != THEME_NONE && bright(theme->background) ? ON_LIGHT : ON_DARK;
}

uint32_t paint_ground(const struct theme *theme)
{
	if (!theme->mono && theme->background != THEME_NONE)
		return theme->background;
	return bright(plain_text(theme)) ? DARK : LIGHT;
}

struct paint paint_of(const struct theme *theme, const struct cell *cell)
{
	struct look look = look_of(theme, (enum role)cell->role, cell->level, LOOK_DIRECT);
	int attr = look.attr | cell->attr;
	struct paint paint = {
		.fg = look.fg < 0 ? plain_text(theme) : (uint32_t)look.fg,
		.bg = look.bg < 0 ? paint_ground(theme) : (uint32_t)look.bg,
		.bold = attr & ATTR_BOLD, .dim = attr & ATTR_DIM, .underline = attr & ATTR_UNDERLINE,
	};

	if (attr & ATTR_REVERSE) {
		uint32_t fg = paint.fg;

		paint.fg = paint.bg;
		paint.bg = fg;
	}
	return paint;
}

bool paint_same(const struct paint *a, const struct paint *b)
{
	return a->fg == b->fg && a->bg == b->bg && a->bold == b->bold && a->dim == b->dim &&
	       a->underline == b->underline;
}
