/* `brunt config [KEY=VALUE…]`: what the user prefers, shown or kept. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/settings.h"

int cmd_config(int argc, char **argv)
{
	struct options options;
	struct settings settings;
	struct err err;
	int code = options_start(CLI_CONFIG, argc, argv, &options);
	char *path;

	if (code >= 0)
		return code;
	path = settings_path();
	if (!path)
		err_set(&err, "config: neither XDG_CONFIG_HOME nor HOME says where settings are kept");
	if (!path || (options.setting && settings_set(path, options.setting, options.setting_count, &err)) ||
	    settings_read(path, &settings, &err)) {
		code = options_refuse(&err);
	} else {
		printf("# %s\n", path);
		settings_print(&settings, stdout);
		code = 0;
	}
	free(path);
	options_fini(&options);
	return code;
}
