#include <string.h>

#include "base/near.h"
#include "options_table.h"

static int unknown(const struct option_scan *scan, const char *name, size_t bytes, struct err *err)
{
	struct near near = near_to(name, bytes);
	const char *elsewhere = NULL;
	int shown = bytes > 60 ? 60 : (int)bytes;

	for (int c = 0; c < CLI_COUNT && !elsewhere; c++)
		if (option_by_name((enum cli_command)c, name, bytes))
			elsewhere = options_command_name((enum cli_command)c);
	if (elsewhere)
		return err_set(err, "--%.*s: not an option of brunt %s, but of brunt %s", shown, name,
			       options_command_name(scan->command), elsewhere);
	for (const struct option_row *row = option_table; row->name; row++)
		if (row->commands & 1u << scan->command)
			near_offer(&near, row->name);
	if (near.best)
		return err_set(err, "--%.*s: unknown option; did you mean --%s?", shown, name, near.best);
	return err_set(err, "--%.*s: unknown option; brunt %s --help lists them", shown, name,
		       options_command_name(scan->command));
}

/* The value in the next argument. Another option there is a value forgotten:
 * who means it writes --name=--value. */
static int take_value(struct option_scan *scan, struct err *err)
{
	const char *next = scan->next < scan->argc ? scan->argv[scan->next] : NULL;

	if (!next)
		return err_set(err, "--%s: the value is missing; expected %s", scan->row->name,
			       scan->row->arg);
	if (!strncmp(next, "--", 2) && next[2] &&
	    option_by_name(scan->command, next + 2, strcspn(next + 2, "=")))
		return err_set(err, "--%s: the value is missing before %.60s; expected %s",
			       scan->row->name, next, scan->row->arg);
	scan->at = scan->next++;
	scan->value = next;
	return 1;
}

static int scan_long(struct option_scan *scan, const char *name, struct err *err)
{
	size_t bytes = strcspn(name, "=");

	scan->row = option_by_name(scan->command, name, bytes);
	if (!scan->row)
		return unknown(scan, name, bytes, err);
	if (!scan->row->arg && name[bytes])
		return err_set(err, "--%s: takes no value", scan->row->name);
	if (!scan->row->arg)
		return 1;
	if (!name[bytes])
		return take_value(scan, err);
	scan->value = name + bytes + 1;
	return 1;
}

static int scan_letter(struct option_scan *scan, struct err *err)
{
	char letter = *scan->cluster++;

	scan->row = option_by_letter(scan->command, letter);
	if (!scan->row)
		return err_set(err, "-%c: unknown option; brunt %s --help lists them", letter,
			       options_command_name(scan->command));
	if (!scan->row->arg) {
		if (!*scan->cluster)
			scan->cluster = NULL;
		return 1;
	}
	const char *value = *scan->cluster ? scan->cluster : NULL;

	scan->cluster = NULL;
	if (!value)
		return take_value(scan, err);
	scan->value = value;
	return 1;
}

int option_scan(struct option_scan *scan, struct err *err)
{
	const char *arg;

	scan->row = NULL;
	scan->value = NULL;
	if (scan->cluster)
		return scan_letter(scan, err);
	if (scan->next >= scan->argc)
		return 0;
	scan->at = scan->next;
	arg = scan->argv[scan->next++];
	if (!scan->no_more && !strcmp(arg, "--")) {
		scan->no_more = true;
		return option_scan(scan, err);
	}
	if (!scan->no_more && arg[0] == '-' && arg[1] == '-')
		return scan_long(scan, arg + 2, err);
	if (!scan->no_more && arg[0] == '-' && arg[1]) {
		scan->cluster = arg + 1;
		return scan_letter(scan, err);
	}
	scan->value = arg;
	return 1;
}
