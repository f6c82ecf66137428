/* `brunt help [TOPIC]`: a command's options, or a topic. */
#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "cli/commands.h"
#include "help_topics.h"
#include "options_table.h"

static int command_of(const char *word)
{
	for (int c = 0; c < CLI_COUNT; c++)
		if (!strcmp(options_command_name((enum cli_command)c), word))
			return c;
	return -1;
}

static void list(FILE *out)
{
	fputs("\nTopics:\n", out);
	for (size_t i = 0; help_topic_name(i); i++)
		fprintf(out, "  %-13s%s\n", help_topic_name(i), help_topic_says(i));
	fputs("`brunt help TOPIC` shows one.\n", out);
}

static int refuse(const char *word)
{
	struct near near = near_to(word, strlen(word));
	char said[NEAR_SAID];
	struct err err;

	for (int c = 0; c < CLI_COUNT; c++)
		near_offer(&near, options_command_name((enum cli_command)c));
	for (size_t i = 0; help_topic_name(i); i++)
		near_offer(&near, help_topic_name(i));
	err_set(&err, "help: there is no topic \"%.40s\"; %s", word, near_or(&near, said, "brunt help lists them"));
	return options_refuse(&err);
}

int cmd_help(int argc, char **argv)
{
	struct options options;
	int code = options_start(CLI_HELP, argc, argv, &options), command;

	if (code >= 0)
		return code;
	code = 0;
	if (!options.operand) {
		options_help(stdout, CLI_RUN);
		list(stdout);
	} else if ((command = command_of(options.operand)) >= 0) {
		options_help(stdout, (enum cli_command)command);
	} else if (!help_topic(stdout, options.operand)) {
		code = refuse(options.operand);
	}
	options_fini(&options);
	return code;
}
