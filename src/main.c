/* brunt: finds the command and hands over. One file a command in cli/. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "cli/commands.h"
#include "cli/outfile.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{"run", cmd_run},     {"replay", cmd_replay}, {"report", cmd_report},
	{"check", cmd_check}, {"serve", cmd_serve},   {"demo", cmd_demo},
	{"baseline", cmd_baseline}, {"compare", cmd_compare},
	{"completion", cmd_completion}, {"config", cmd_config}, {"help", cmd_help},
};

int main(int argc, char **argv)
{
	/* Text by the user's locale; numbers in files and JSON never. */
	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C");
	log_open();
	for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++)
		if (!strcmp(argv[1], commands[i].name))
			return outfile_end_stdout(commands[i].run(argc - 1, argv + 1));
	/* `brunt URL` is `brunt run URL`. */
	return outfile_end_stdout(cmd_run(argc, argv));
}
