/* The themes that there are, and the one that is on. Main thread. */
#ifndef CLI_THEMES_H
#define CLI_THEMES_H

#include <stddef.h>

#include "base/err.h"
#include "ui/theme.h"

struct themes {
	struct theme theme;
	char **name;
	size_t count, at;
};

/* `name`: a name or a path; NULL: the default. */
int themes_init(struct themes *themes, const char *name, struct err *err);
/* The next (1) or previous (-1); *name is what it is called, also when it cannot be
 * loaded and the old one stays. */
int themes_step(struct themes *themes, int by, const char **name, struct err *err);
void themes_fini(struct themes *themes);

#endif
