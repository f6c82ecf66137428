#include "cli/themes.h"

#include <stdlib.h>
#include <string.h>

int themes_init(struct themes *t, const char *name, struct err *err)
{
	*t = (struct themes){.name = NULL};
	if (theme_load(name ? name : "default", &t->theme, err))
		return err_prefix(err, "--theme");
	t->name = theme_names(&t->count);
	for (size_t i = 0; i < t->count; i++)
		if (!strcmp(t->name[i], t->theme.name))
			t->at = i;
	return 0;
}

int themes_step(struct themes *t, int by, const char **name, struct err *err)
{
	struct theme theme;

	t->at = (t->at + t->count + (size_t)by) % t->count;
	*name = t->name[t->at];
	if (theme_load(*name, &theme, err))
		return -1;
	t->theme = theme;
	return 0;
}

void themes_fini(struct themes *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->name[i]);
	free(t->name);
	*t = (struct themes){.name = NULL};
}
