/* `brunt help [TOPIC]`: a command's options, or a topic. */
#include <stdio.h>
#include <string.h>

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
		fprintf(out, "  %-10s%s\n", help_topic_name(i), help_topic_says(i));
	fputs("`brunt help TOPIC` shows one.\n", out);
}

static const char *nearest(const char *word)
{
	size_t bytes = strlen(word);
	const char *best = NULL;
	int least = 3;

	for (size_t i = 0; i < CLI_COUNT || help_topic_name(i - CLI_COUNT); i++) {
		const char *name = i < CLI_COUNT ? options_command_name((enum cli_command)i) : help_topic_name(i - CLI_COUNT);
		int d = option_distance(word, bytes, name, strlen(name), least);

		if (d < least) {
			least = d;
			best = name;
		}
	}
	return best;
}

int cmd_help(int argc, char **argv)
{
	struct options options;
	struct err err;
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
		const char *near = nearest(options.operand);

		if (near)
			err_set(&err, "help: there is no topic \"%.40s\"; did you mean %s?", options.operand, near);
		else
			err_set(&err, "help: there is no topic \"%.40s\"; brunt help lists them", options.operand);
		code = options_refuse(&err);
	}
	options_fini(&options);
	return code;
}
