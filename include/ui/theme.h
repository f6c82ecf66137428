/* Themes in btop's format: lines theme[key]="#rrggbb" | "#gg" | "r g b" | "",
 * '#' comments. Unknown keys are ignored, missing ones keep the default's.
 * Main thread. */
#ifndef UI_THEME_H
#define UI_THEME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "ui/role.h"

#define THEME_STEPS 101 /* of a gradient, level 0 to 100 */
#define THEME_NONE 0xff000000u /* the terminal's own colour */

struct theme {
	char name[64];
	bool mono;           /* no colours at all, attributes only */
	uint32_t background; /* 0xrrggbb or THEME_NONE */
	uint32_t selected_bg;
	uint32_t color[ROLE_COUNT][THEME_STEPS]; /* plain roles: all steps alike */
};

/* `file` is what messages call it; err reads "FILE:LINE: …". */
int theme_parse(const char *text, size_t bytes, const char *file,
		struct theme *out, struct err *err);
/* By name ("default") or path (contains a '/'); names are looked up in
 * $XDG_CONFIG_HOME/brunt/themes, $XDG_CONFIG_HOME/btop/themes, the installed
 * themes folder, ./themes, and the built-in ones, which are those of themes/. */
int theme_load(const char *name, struct theme *out, struct err *err);
/* All names that theme_load() finds, sorted, without doubles. free() each and
 * the array. Never empty. */
char **theme_names(size_t *count);

/* Nearest colour of the xterm 256 palette (its cube is not uniform). */
int theme_color256(uint32_t rgb);

#endif
