#include <string.h>

#include "base/utf8.h"
#include "options_table.h"

#define HELP_COLUMN 28
#define WIDTH 80

static const char *const group_title[GROUP_COUNT] = {
	[GROUP_LOAD] = "Load", [GROUP_REQUEST] = "Requests", [GROUP_CONNECTION] = "Connections",
	[GROUP_RESULT] = "Results", [GROUP_SCREEN] = "Screen", [GROUP_BACKEND] = "Backend",
	[GROUP_REPLAY] = "Playing", [GROUP_REPORT] = "Report", [GROUP_GENERAL] = "General",
};

static const struct {
	const char *usage, *says;
} commands[CLI_COUNT] = {
	[CLI_RUN] = {"brunt [run] URL|SCENARIO.json [options]",
		     "run a load test: dashboard on a terminal, else plain text"},
	[CLI_REPLAY] = {"brunt replay [RUN] [options]",
			"open a saved run in the dashboard; without RUN: list the recent ones"},
	[CLI_REPORT] = {"brunt report RUN [options]", "print the result of a saved run"},
	[CLI_COMPARE] = {"brunt compare RUN RUN [options]", "two saved runs: what is better, worse, the same"},
	[CLI_BASELINE] = {"brunt baseline SCENARIO.json [options]",
			  "every case once, one at a time: what to expect, and SLOs for it"},
	[CLI_CHECK] = {"brunt check SCENARIO.json [--send] [options]",
		       "check a scenario file; if asked, try each task once"},
	[CLI_SERVE] = {"brunt serve [options]", "run the reference model-serving backend"},
	[CLI_DEMO] = {"brunt demo [options]", "serve and run in one process: see it work"},
	[CLI_COMPLETION] = {"brunt completion bash|zsh|fish", "print a script that completes brunt's words in a shell"},
	[CLI_CONFIG] = {"brunt config [KEY=VALUE...]", "what you prefer: theme, color, glyphs, step; shown, or kept"},
	[CLI_HELP] = {"brunt help [TOPIC]", "a command's options, or a topic such as keys, load, sweep or slo"},
};

/* Puts `text` from column `from` on, words kept whole; the cursor is at `at`. */
static void wrap(FILE *out, const char *text, size_t at, size_t from)
{
	if (at + 2 > from) {
		fputc('\n', out);
		at = 0;
	}
	fprintf(out, "%*s", (int)(from - at), "");
	at = from;
	while (*text) {
		size_t word = strcspn(text, " ");

		if (at > from && at + 1 + word > WIDTH) {
			fprintf(out, "\n%*s", (int)from, "");
			at = from;
		} else if (at > from) {
			fputc(' ', out);
			at++;
		}
		fprintf(out, "%.*s", (int)word, text);
		at += word;
		text += word + strspn(text + word, " ");
	}
	fputc('\n', out);
}

static void put_row(FILE *out, const struct option_row *row)
{
	char left[80], right[240];
	int n;

	n = row->letter ? snprintf(left, sizeof left, "  -%c, ", row->letter)
			: snprintf(left, sizeof left, "      ");
	snprintf(left + n, sizeof left - (size_t)n, "--%s%s%s", row->name, row->arg ? " " : "",
		 row->arg ? row->arg : "");
	snprintf(right, sizeof right, row->shown_default ? "%s [%s]" : "%s", row->help,
		 row->shown_default);
	fputs(left, out);
	wrap(out, right, strlen(left), HELP_COLUMN);
}

const char *options_command_says(enum cli_command command)
{
	return commands[command].says;
}

static void put_commands(FILE *out)
{
	fputs("\nCommands:\n", out);
	for (int c = 0; c < CLI_COUNT; c++) {
		const char *name = options_command_name((enum cli_command)c);

		fprintf(out, "  %s", name);
		wrap(out, commands[c].says, 2 + strlen(name), 14);
	}
	fputs("`brunt COMMAND --help` lists a command's options.\n", out);
}

void options_help(FILE *out, enum cli_command command)
{
	fprintf(out, "usage: %s\n%s\n", commands[command].usage, commands[command].says);
	if (command == CLI_RUN)
		put_commands(out);
	for (int g = 0; g < GROUP_COUNT; g++) {
		bool first = true;

		for (const struct option_row *row = option_table; row->name; row++) {
			if ((int)row->group != g || !(row->commands & 1u << command))
				continue;
			if (first)
				fprintf(out, "\n%s:\n", group_title[g]);
			first = false;
			put_row(out, row);
		}
	}
	if (1u << command & ~(1u << CLI_REPORT | 1u << CLI_COMPARE | 1u << CLI_SERVE | 1u << CLI_COMPLETION | 1u << CLI_CONFIG | 1u << CLI_HELP))
		fputs("\nTimes are written 500us, 20ms, 2s, 3m or 1h; counts 50, 2k or 1M.\n", out);
}
