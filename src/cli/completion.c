/* `brunt completion SHELL`: a script for the shell, written from the option table.
 * Names that change (runs, themes) the scripts ask from `brunt completion runs` and
 * `brunt completion themes` when Tab is pressed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/near.h"
#include "cli/commands.h"
#include "help_topics.h"
#include "http/api.h"
#include "options_table.h"
#include "record/runs.h"
#include "ui/theme.h"

#define WORDS_BYTES 256
#define SHELLS "bash, zsh or fish"

/* What may stand where a value is expected. */
enum offer { OFFER_NOTHING, OFFER_WORDS, OFFER_FILES, OFFER_RUNS, OFFER_THEMES };

/* The words of OFFER_WORDS are put into `words`, a space between them. */
static enum offer offer_of_option(const struct option_row *row, char words[WORDS_BYTES])
{
	if (row->kind == OPTION_CHOICE || !strcmp(row->name, "sweep")) {
		snprintf(words, WORDS_BYTES, "%s", row->kind == OPTION_CHOICE ? row->arg : "auto");
		for (char *p = words; *p; p++)
			*p = *p == '|' ? ' ' : *p;
		return OFFER_WORDS;
	}
	if (!strcmp(row->name, "api")) {
		char *to = words;

		for (const char *p = api_names(); *p && to < words + WORDS_BYTES - 1; p++)
			if (*p != ',')
				*to++ = *p;
		*to = '\0';
		return OFFER_WORDS;
	}
	if (!strcmp(row->name, "method")) {
		snprintf(words, WORDS_BYTES, "GET POST PUT PATCH DELETE HEAD OPTIONS");
		return OFFER_WORDS;
	}
	if (!strcmp(row->name, "theme"))
		return OFFER_THEMES;
	if (!strcmp(row->arg, "RUN"))
		return OFFER_RUNS;
	if (!strcmp(row->arg, "FILE") || !strcmp(row->arg, "PATH") || !strcmp(row->arg, "FILE|-"))
		return OFFER_FILES;
	return OFFER_NOTHING;
}

static enum offer offer_of_operand(enum cli_command command, char words[WORDS_BYTES])
{
	size_t used = 0;

	switch (command) {
	case CLI_REPLAY:
	case CLI_REPORT:
	case CLI_COMPARE:
		return OFFER_RUNS;
	case CLI_RUN:
	case CLI_BASELINE:
	case CLI_CHECK:
		return OFFER_FILES;
	case CLI_COMPLETION:
		snprintf(words, WORDS_BYTES, "bash zsh fish");
		return OFFER_WORDS;
	case CLI_CONFIG:
		snprintf(words, WORDS_BYTES, "theme= color= glyphs= step= mouse=");
		return OFFER_WORDS;
	case CLI_HELP:
		for (size_t i = 0; help_topic_name(i) && used < WORDS_BYTES; i++)
			used += (size_t)snprintf(words + used, WORDS_BYTES - used, "%s ", help_topic_name(i));
		for (int c = 0; c < CLI_COUNT && used < WORDS_BYTES; c++)
			used += (size_t)snprintf(words + used, WORDS_BYTES - used, "%s ",
						 options_command_name((enum cli_command)c));
		return OFFER_WORDS;
	default:
		return OFFER_NOTHING;
	}
}

static bool of_command(const struct option_row *row, int command)
{
	return row->commands & 1u << command;
}

static void put_commands(const char *between)
{
	for (int c = 0; c < CLI_COUNT; c++)
		printf("%s%s", c ? between : "", options_command_name((enum cli_command)c));
}

/* ---- bash ---- */

static void bash_offer(enum offer offer, const char *words)
{
	switch (offer) {
	case OFFER_NOTHING:
		puts("\t\t;;");
		break;
	case OFFER_WORDS:
		printf("\t\tCOMPREPLY=($(compgen -W '%s' -- \"$cur\")) ;;\n", words);
		break;
	case OFFER_FILES:
		puts("\t\t_brunt_files ;;");
		break;
	case OFFER_RUNS:
		puts("\t\t_brunt_files\n\t\t_brunt_names runs ;;");
		break;
	case OFFER_THEMES:
		puts("\t\t_brunt_names themes ;;");
		break;
	}
}

static void bash_values(void)
{
	char words[WORDS_BYTES];

	for (int c = 0; c < CLI_COUNT; c++)
		for (const struct option_row *row = option_table; row->name; row++) {
			if (!of_command(row, c) || !row->arg)
				continue;
			printf("\t'%s --%s'", options_command_name((enum cli_command)c), row->name);
			if (row->letter)
				printf(" | '%s -%c'", options_command_name((enum cli_command)c), row->letter);
			puts(")");
			bash_offer(offer_of_option(row, words), words);
		}
}

static void bash(void)
{
	char words[WORDS_BYTES];

	puts("# Completion of brunt for bash: source it, or put it into\n"
	     "# ~/.local/share/bash-completion/completions/brunt\n"
	     "_brunt_files() {\n"
	     "\tlocal line\n"
	     "\tcompopt -o filenames\n"
	     "\twhile IFS= read -r line; do COMPREPLY+=(\"$line\"); done < <(compgen -f -- \"$cur\")\n"
	     "}\n"
	     "_brunt_names() {\n"
	     "\tlocal line\n"
	     "\twhile IFS= read -r line; do\n"
	     "\t\t[[ $line == \"$cur\"* ]] && COMPREPLY+=(\"$(printf %q \"$line\")\")\n"
	     "\tdone < <(\"${COMP_WORDS[0]}\" completion \"$1\" 2>/dev/null)\n"
	     "}\n"
	     "_brunt() {\n"
	     "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command=run first=1\n"
	     "\tCOMPREPLY=()\n"
	     "\t# bash takes --name=value for three words\n"
	     "\t[[ $cur == = ]] && cur=\n"
	     "\t[[ $prev == = ]] && prev=${COMP_WORDS[COMP_CWORD-2]}\n"
	     "\tif ((COMP_CWORD > 1)); then");
	printf("\t\tcase ${COMP_WORDS[1]} in\n\t\t");
	put_commands(" | ");
	puts(") command=${COMP_WORDS[1]} first=2 ;;\n"
	     "\t\tesac\n"
	     "\tfi\n"
	     "\tcase \"$command $prev\" in");
	bash_values();
	puts("\t*)\n"
	     "\t\tif [[ $cur == -* ]]; then\n"
	     "\t\t\tcase $command in");
	for (int c = 0; c < CLI_COUNT; c++) {
		printf("\t\t\t%s) COMPREPLY=($(compgen -W '", options_command_name((enum cli_command)c));
		for (const struct option_row *row = option_table; row->name; row++)
			if (of_command(row, c))
				printf("--%s ", row->name);
		puts("' -- \"$cur\")) ;;");
	}
	puts("\t\t\tesac\n"
	     "\t\t\treturn\n"
	     "\t\tfi\n"
	     "\t\tcase $command in");
	for (int c = 0; c < CLI_COUNT; c++) {
		printf("\t\t%s)\n", options_command_name((enum cli_command)c));
		bash_offer(offer_of_operand((enum cli_command)c, words), words);
	}
	printf("\t\tesac\n"
	       "\t\tif ((COMP_CWORD == 1)); then COMPREPLY+=($(compgen -W '");
	put_commands(" ");
	puts("' -- \"$cur\")); fi ;;\n"
	     "\tesac\n"
	     "}\n"
	     "complete -F _brunt brunt");
}

/* ---- zsh ---- */

/* Inside '…[…]': what _arguments reads itself is escaped. */
static void zsh_text(const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", stdout);
		else if (strchr("[]:\\", *text))
			printf("\\%c", *text);
		else
			putchar(*text);
	}
}

static void zsh_offer(enum offer offer, const char *words)
{
	switch (offer) {
	case OFFER_NOTHING:
		fputs(" ", stdout);
		break;
	case OFFER_WORDS:
		printf("(%s)", words);
		break;
	case OFFER_FILES:
		fputs("_files", stdout);
		break;
	case OFFER_RUNS:
		fputs("_brunt_runs", stdout);
		break;
	case OFFER_THEMES:
		fputs("_brunt_themes", stdout);
		break;
	}
}

static void zsh_option(const struct option_row *row)
{
	bool again = strstr(row->help, "may be repeated") != NULL;
	char words[WORDS_BYTES];

	fputs(" \\\n\t\t", stdout);
	if (row->letter && again)
		printf("'*'{-%c,--%s%s}'", row->letter, row->name, row->arg ? "=" : "");
	else if (row->letter)
		printf("'(-%c --%s)'{-%c,--%s%s}'", row->letter, row->name, row->letter, row->name, row->arg ? "=" : "");
	else
		printf("'%s--%s%s", again ? "*" : "", row->name, row->arg ? "=" : "");
	putchar('[');
	zsh_text(row->help);
	putchar(']');
	if (row->arg) {
		putchar(':');
		zsh_text(row->arg);
		putchar(':');
		zsh_offer(offer_of_option(row, words), words);
	}
	putchar('\'');
}

static void zsh(void)
{
	char words[WORDS_BYTES];

	puts("#compdef brunt\n"
	     "# Completion of brunt for zsh: source it after compinit, or put it as _brunt\n"
	     "# into a folder of $fpath\n"
	     "_brunt_runs() {\n"
	     "\tlocal -a names\n"
	     "\tnames=(${(f)\"$(brunt completion runs 2>/dev/null)\"})\n"
	     "\t_alternative 'names:run:compadd -a names' 'files:run file:_files'\n"
	     "}\n"
	     "_brunt_themes() {\n"
	     "\tlocal -a names\n"
	     "\tnames=(${(f)\"$(brunt completion themes 2>/dev/null)\"})\n"
	     "\tcompadd -a names\n"
	     "}\n"
	     "_brunt() {\n"
	     "\tlocal command=run\n"
	     "\tlocal -a commands\n"
	     "\tcommands=(");
	for (int c = 0; c < CLI_COUNT; c++) {
		printf("\t\t'%s:", options_command_name((enum cli_command)c));
		zsh_text(options_command_says((enum cli_command)c));
		puts("'");
	}
	puts("\t)\n"
	     "\tif ((CURRENT == 2)) && [[ $words[2] != -* ]]; then\n"
	     "\t\t_alternative 'commands:command:{_describe command commands}' 'files:scenario:_files'\n"
	     "\t\treturn\n"
	     "\tfi");
	printf("\tcase $words[2] in\n\t");
	put_commands(" | ");
	puts(") command=$words[2]; shift words; ((CURRENT--)) ;;\n"
	     "\tesac\n"
	     "\tcase $command in");
	for (int c = 0; c < CLI_COUNT; c++) {
		enum offer offer = offer_of_operand((enum cli_command)c, words);

		printf("\t%s) _arguments -s -S", options_command_name((enum cli_command)c));
		for (const struct option_row *row = option_table; row->name; row++)
			if (of_command(row, c))
				zsh_option(row);
		if (offer != OFFER_NOTHING) {
			fputs(" \\\n\t\t'*: :", stdout);
			zsh_offer(offer, words);
			putchar('\'');
		}
		puts(" ;;");
	}
	puts("\tesac\n"
	     "}\n"
	     "if [[ $funcstack[1] == _brunt ]]; then _brunt \"$@\"; else compdef _brunt brunt; fi");
}

/* ---- fish ---- */

/* In single quotes. */
static void fish_text(const char *text)
{
	putchar('\'');
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
	putchar('\'');
}

static void fish_offer(enum offer offer, const char *words)
{
	switch (offer) {
	case OFFER_NOTHING:
		fputs(" -x", stdout);
		break;
	case OFFER_WORDS:
		fputs(" -xa ", stdout);
		fish_text(words);
		break;
	case OFFER_FILES:
		fputs(" -rF", stdout);
		break;
	case OFFER_RUNS:
		fputs(" -rFka '(brunt completion runs 2>/dev/null)'", stdout);
		break;
	case OFFER_THEMES:
		fputs(" -xa '(brunt completion themes 2>/dev/null)'", stdout);
		break;
	}
}

static void fish(void)
{
	char words[WORDS_BYTES];

	printf("# Completion of brunt for fish: ~/.config/fish/completions/brunt.fish\n"
	       "function __brunt_is\n"
	       "\tset -l words (commandline -opc)\n"
	       "\tset -l command run\n"
	       "\tif set -q words[2]; and contains -- $words[2] ");
	put_commands(" ");
	puts("\n"
	     "\t\tset command $words[2]\n"
	     "\tend\n"
	     "\ttest $command = $argv[1]\n"
	     "end\n"
	     "function __brunt_first\n"
	     "\ttest (count (commandline -opc)) -eq 1\n"
	     "end");
	for (int c = 0; c < CLI_COUNT; c++) {
		const char *name = options_command_name((enum cli_command)c);
		enum offer offer = offer_of_operand((enum cli_command)c, words);

		printf("complete -c brunt -n __brunt_first -a %s -d ", name);
		fish_text(options_command_says((enum cli_command)c));
		putchar('\n');
		if (offer == OFFER_NOTHING || offer == OFFER_WORDS)
			printf("complete -c brunt -n '__brunt_is %s' -f\n", name);
		if (offer == OFFER_WORDS)
			printf("complete -c brunt -n '__brunt_is %s' -a '%s'\n", name, words);
		if (offer == OFFER_RUNS)
			printf("complete -c brunt -n '__brunt_is %s' -a '(brunt completion runs 2>/dev/null)'\n", name);
		for (const struct option_row *row = option_table; row->name; row++) {
			if (!of_command(row, c))
				continue;
			printf("complete -c brunt -n '__brunt_is %s' -l %s", name, row->name);
			if (row->letter)
				printf(" -s %c", row->letter);
			if (row->arg)
				fish_offer(offer_of_option(row, words), words);
			fputs(" -d ", stdout);
			fish_text(row->help);
			putchar('\n');
		}
	}
}

/* ---- names that change ---- */

static int runs(struct err *err)
{
	char *folder = runs_folder();
	struct run_list list;

	if (!folder || runs_read(folder, &list, err)) {
		free(folder);
		return -1;
	}
	if (list.count)
		puts(TAGS_LATEST);
	for (int i = 0; i < list.count; i++)
		if (*list.entry[i].tags.name)
			puts(list.entry[i].tags.name);
	runs_fini(&list);
	free(folder);
	return 0;
}

static void themes(void)
{
	size_t count;
	char **name = theme_names(&count);

	for (size_t i = 0; i < count; i++) {
		puts(name[i]);
		free(name[i]);
	}
	free(name);
}

int cmd_completion(int argc, char **argv)
{
	struct options options;
	struct err err = {.text = ""};
	int code = options_start(CLI_COMPLETION, argc, argv, &options);

	if (code >= 0)
		return code;
	code = 0;
	if (!strcmp(options.operand, "bash"))
		bash();
	else if (!strcmp(options.operand, "zsh"))
		zsh();
	else if (!strcmp(options.operand, "fish"))
		fish();
	else if (!strcmp(options.operand, "themes"))
		themes();
	else if (!strcmp(options.operand, "runs"))
		code = runs(&err) ? 1 : 0;
	else {
		struct near near = near_to(options.operand, strlen(options.operand));
		char said[NEAR_SAID];

		near_offer_list(&near, SHELLS);
		err_set(&err, "\"%.40s\" is unknown; %s", options.operand, near_or(&near, said, "expected " SHELLS));
		code = options_refuse(&err);
	}
	options_fini(&options);
	return code;
}
