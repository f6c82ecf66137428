/* The command line. One table (options_table.c) feeds parsing, `--help`, the
 * recorded command line and the check of the manual page. Main thread. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "load/control.h"
#include "scenario/scenario.h"
#include "serve/serve.h"
#include "ui/term.h"

enum cli_command {
	CLI_RUN, CLI_REPLAY, CLI_REPORT, CLI_COMPARE, CLI_BASELINE, CLI_CHECK, CLI_SERVE, CLI_DEMO, CLI_COMPLETION,
	CLI_CONFIG, CLI_HELP, CLI_COUNT
};

enum engine_choice { ENGINE_AUTO, ENGINE_CURL };
enum ui_mode { UI_AUTO, UI_DASHBOARD, UI_PLAIN, UI_NONE };
/* In the order of the option's words. */
enum report_format { REPORT_TEXT, REPORT_JSON, REPORT_CSV, REPORT_HTML, REPORT_HLOG, REPORT_VLLM, REPORT_AIPERF };

#define OPTIONS_EXIT_USAGE 2
#define OPTIONS_USERS 10 /* without -c and "concurrency" */

/* What was given. Numbers are -1 and strings NULL where nothing was and there
 * is no default; strings belong to argv unless they say otherwise. */
struct options {
	enum cli_command command;
	bool help, version; /* then nothing else is checked */
	const char *operand; /* URL or SCENARIO.json, RUN, SCENARIO.json */
	bool operand_is_url;
	const char *second; /* the other RUN of compare */
	const char **setting; /* KEY=VALUE of config; the array is ours */
	int setting_count;

	/* load */
	int64_t concurrency, requests;
	double rate_from, rate_to; /* --rate: arrivals a second; differ: a ramp; 0: not given */
	int arrival;               /* enum arrival_kind; -1: not given */
	struct load_stage *stage;  /* --stage; ours */
	int stage_count;
	int64_t stage_lead_ns; /* of the stages: how much is in the warm-up; --from only */
	int64_t max_in_flight;
	const char *sweep; /* --sweep: "auto" or a list; NULL: not given */
	int64_t concurrency_given; /* what -c said; -1: nothing, whatever `concurrency` is by then */
	const char *from; /* --from */
	int64_t duration_ns, think_ns, warmup_ns, drain_ns;
	int64_t threads; /* never -1: cores, at most 8 */
	uint64_t seed;
	bool seed_given;
	int64_t max_errors;     /* --max-errors N */
	double max_error_share; /* --max-errors P%: 0 to 1 */

	/* request */
	const char *method, *data, *content_type;
	const char **header; /* "Name: value", Content-Type of -T included */
	size_t header_count;
	char *type_header; /* ours */
	char *body;        /* options_load_data(); ours */
	size_t body_bytes;
	bool location;
	const char *user_password;
	const char *api, *model;
	int stream; /* enum stream_mode */
	bool send;  /* of check */

	/* connection */
	int64_t timeout_ns, connect_timeout_ns, idle_timeout_ns; /* 0: none */
	int64_t wait_ready_ns;
	bool insecure, http2, disable_keepalive, respect_retry_after;
	enum engine_choice engine;
	const char *cacert, *cert, *key; /* PEM files */
	const char *proxy, *unix_socket;
	const char **connect_to; /* NULL at the end, or NULL */

	char *metrics; /* the URL of --metrics with its path; ours */

	/* results */
	bool slo_abort;
	char **slo;    /* expressions, NULL at the end, or NULL; the array is ours */
	char **label;  /* "K=V", NULL at the end, or NULL; the array is ours */
	const char *json, *record;
	const char *baseline; /* of replay, too */
	bool no_record;
	enum report_format format;
	const char *output;

	/* screen */
	enum ui_mode ui; /* --headless included */
	bool headless, no_color; /* as given; ui and color have them */
	int64_t frames; /* 0: no limit */
	const char *theme; /* NULL: default */
	int step;          /* of + and - */
	bool mouse;        /* so settings say */
	enum color_depth color; /* --no-color included; NO_COLOR is the screen's */
	int glyphs; /* enum glyph_set, or -1: by locale */

	/* replay, serve, demo; negative: not given */
	double speed, batch_slowdown;
	int64_t at_ns;
	int64_t port, slots;
	const char *bind;
	int64_t cache_ttl_ns, cache_size; /* 0: not given */
	struct serve_faults faults;       /* the same */
};

/* Parses and checks everything that can be checked without reading a file's
 * content or the network. On failure err names the flag and what it expected;
 * options_fini() in either case. */
int options_parse(enum cli_command command, int argc, char **argv, struct options *out,
		  struct err *err);
void options_fini(struct options *options);

/* options_parse() and what every command does with its outcome: help and
 * version to stdout, errors to stderr. -1: go on; else leave with that code. */
int options_start(enum cli_command command, int argc, char **argv, struct options *out);
/* "brunt: …" to stderr; returns OPTIONS_EXIT_USAGE. */
int options_refuse(const struct err *err);
int options_refuse_all(const struct faults *faults);

/* Takes -d into `body`: itself, @FILE's content, or @- standard input. With
 * --api a file is a data set and is not read here. */
int options_load_data(struct options *options, struct err *err);
/* What is to be sent: the operand with the flags applied, --slo included. After
 * options_load_data(). Sets *faults in either case. */
int options_scenario(const struct options *options, struct scenario **out, struct faults *faults);
/* Those of --slo, to a scenario that came from elsewhere. */
int options_add_slos(const struct options *options, struct scenario *scenario, struct err *err);
/* Fills in what flags left open: from the scenario, then the defaults. */
int options_apply_load(struct options *options, const struct scenario_load *load, struct err *err);
/* What rate, stages and arrivals say together: a ramp of the rate becomes a stage as
 * long as the run, stages without another end are the run. */
int options_check_load(struct options *options, struct err *err);

struct sweep_config;
int options_check_sweep(const struct options *options, struct err *err);
/* What --sweep asks for, --sweep given; `most`: users of auto without -c. */
void options_sweep(const struct options *options, double most, struct sweep_config *out);
/* Says so where -z is too short for its levels. */
void options_sweep_warn(const struct options *options, FILE *out);
/* The highest level it may come to. */
double options_sweep_highest(const struct sweep_config *config);

const char *options_command_name(enum cli_command command);
/* What it does, in a line. */
const char *options_command_says(enum cli_command command);
/* Usage and options by group, at most 80 columns. */
void options_help(FILE *out, enum cli_command command);
/* The command line for a shell, secrets redacted. free() the result. */
char *options_command_line(enum cli_command command, int argc, char **argv);

#endif
