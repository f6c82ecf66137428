/* The one table of options. Private to the options_*.c files. */
#ifndef CLI_OPTIONS_TABLE_H
#define CLI_OPTIONS_TABLE_H

#include "cli/options.h"

enum option_group { GROUP_LOAD, GROUP_REQUEST, GROUP_CONNECTION, GROUP_RESULT, GROUP_SCREEN,
		    GROUP_BACKEND, GROUP_REPLAY, GROUP_REPORT, GROUP_GENERAL, GROUP_COUNT };

/* What an option's value is; says how it is read and where it goes. */
enum option_kind {
	OPTION_FLAG,     /* no value; bool */
	OPTION_COUNT,    /* int64_t, min to max, k M G */
	OPTION_DURATION, /* int64_t ns; min 1: above zero */
	OPTION_NUMBER,   /* double, min to max */
	OPTION_SHARE,    /* double, 0 to 1; or 0% to 100% */
	OPTION_CHOICE,   /* int; arg lists the words, first is `min` */
	OPTION_TEXT,     /* const char *, not empty */
	OPTION_ANY,      /* const char *, maybe empty */
	OPTION_SPECIAL,  /* read by `special` */
};

enum option_secret { SECRET_NONE, SECRET_USER, SECRET_HEADER_LINE, SECRET_URL, SECRET_BODY };

struct option_row {
	const char *name;
	char letter; /* 0: none */
	const char *arg; /* shown in help; NULL: takes no value */
	const char *help;
	enum option_group group;
	unsigned commands; /* bits 1 << enum cli_command */
	const char *shown_default; /* NULL: none */
	enum option_kind kind;
	size_t offset; /* in struct options */
	double min, max;
	/* Kind SPECIAL; err gets the text after "--name: ". */
	int (*special)(struct options *options, const char *value, struct err *err);
	enum option_secret secret;
};

/* Ends with a row without name. */
extern const struct option_row option_table[];

const struct option_row *option_by_name(enum cli_command command, const char *name, size_t bytes);
const struct option_row *option_by_letter(enum cli_command command, char letter);

/* Walks a command line as the shell gave it. */
struct option_scan {
	enum cli_command command;
	int argc;
	char **argv;
	int next;      /* of argv */
	int at;        /* argv index of what was found (of its value) */
	const char *cluster; /* rest of -abc, or NULL */
	bool no_more;  /* after "--" */
	const struct option_row *row; /* NULL: an operand */
	const char *value;            /* points into argv[at]; NULL: a flag */
};

/* 1: found one; 0: the end; -1: err. */
int option_scan(struct option_scan *scan, struct err *err);

#endif
