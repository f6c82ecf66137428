/* What a user prefers, in a file of lines "KEY = VALUE" and '#' comments. Read by
 * every command that draws; written only by `brunt config KEY=VALUE`. Main thread. */
#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

struct settings {
	char theme[256]; /* name or path; "" none */
	int color;       /* enum color_depth */
	int glyphs;      /* enum glyph_set; -1: by the locale */
	int step;        /* of + and -: 1, 5, 10, 50, 100 */
	bool mouse;      /* what terminals tell of one is listened to */
};

/* $XDG_CONFIG_HOME/brunt/config, else ~/.config/brunt/config; NULL: there is no such
 * place. free() the result. */
char *settings_path(void);
/* Without a file the defaults. err reads "FILE:LINE: …". */
int settings_read(const char *path, struct settings *out, struct err *err);
/* Sets what "KEY=VALUE" says, in `path`; KEY= takes the line away. Other lines and
 * comments stay. The file is replaced as a whole or not at all. */
int settings_set(const char *path, const char *const *assignment, int count, struct err *err);
/* Every key with its value, as the file has them. */
void settings_print(const struct settings *settings, FILE *out);

#endif
