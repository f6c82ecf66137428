#include "ui/look.h"

#include "ui/canvas.h"

/* 16 colours are never computed from a theme: each role has its own. */
static struct look palette(enum role role, int colors)
{
	struct look look = {.fg = role_info(role)->color16, .bg = -1};

	if (role == ROLE_SELECTED)
		look.attr = ATTR_REVERSE;
	/* Of eight colours the bright ones are the bold ones, and grey is dim. */
	if (look.fg >= 8 && colors < 16) {
		look.attr |= look.fg == 8 ? ATTR_DIM : ATTR_BOLD;
		look.fg = look.fg == 8 ? -1 : look.fg - 8;
	}
	return look;
}

static int number_of(uint32_t rgb, int colors)
{
	if (rgb == THEME_NONE)
		return -1;
	if (colors == LOOK_256)
		return theme_color256(rgb);
	/* The first eight numbers are the palette's even here. */
	return rgb < 8 ? 0 : (int)rgb;
}

struct look look_of(const struct theme *theme, enum role role, int level, int colors)
{
	struct look look = {.fg = -1, .bg = -1};

	if (colors == LOOK_MONO || theme->mono) {
		look.attr = role_info(role)->mono;
		return look;
	}
	if (colors < LOOK_256)
		return palette(role, colors);
	look.fg = number_of(theme->color[role][level], colors);
	look.bg = number_of(theme->background, colors);
	if (role == ROLE_SELECTED) {
		if (theme->selected_bg != THEME_NONE)
			look.bg = number_of(theme->selected_bg, colors);
		else
			look.attr = ATTR_REVERSE;
	}
	return look;
}
