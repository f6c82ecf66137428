/* Any arguments (lines of the input; the first byte chooses the command) end in
 * options or in a message of one printable line, and can be written down. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

#define ARGS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	char *argv[ARGS_MAX + 1] = {(char *)"brunt"}, *text, *line;
	enum cli_command command;
	struct options o;
	struct err err = {""};
	int argc = 1;

	if (bytes == 0)
		return 0;
	command = (enum cli_command)(data[0] % CLI_COUNT);
	text = malloc(bytes);
	if (!text)
		abort();
	memcpy(text, data + 1, bytes - 1);
	text[bytes - 1] = '\0';
	for (char *s = text; argc < ARGS_MAX;) {
		char *end = strchr(s, '\n');

		argv[argc++] = s;
		if (!end)
			break;
		*end = '\0';
		s = end + 1;
	}
	argv[argc] = NULL;
	if (options_parse(command, argc, argv, &o, &err)) {
		if (!err.text[0] || strpbrk(err.text, "\n\r\x1b"))
			abort();
	} else if (command == CLI_RUN && !o.help && !o.version && !o.operand) {
		abort();
	}
	line = options_command_line(command, argc, argv);
	if (strncmp(line, "brunt ", 6) != 0 || strpbrk(line, "\n\r\x1b"))
		abort();
	free(line);
	options_fini(&o);
	free(text);
	return 0;
}
