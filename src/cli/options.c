#include "cli/options.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/near.h"
#include "base/units.h"
#include "base/utf8.h"
#include "cli/settings.h"
#include "http/tls_files.h"
#include "load/arrivals.h"
#include "options_table.h"
#include "ui/theme.h"

static const char *const names[CLI_COUNT] = {"run", "replay", "report", "compare", "baseline",
					      "check", "serve", "demo", "completion", "config", "help"};

const char *options_command_name(enum cli_command command)
{
	return names[command];
}

/* ---- one value ---- */

static int read_count(const struct option_row *row, const char *value, int64_t *out, struct err *err)
{
	int64_t any;

	if (!units_parse_count(value, (int64_t)row->min, (int64_t)row->max, out, NULL))
		return 0;
	return err_set(err, "\"%.40s\" is %s; expected %.0f to %.0f", value,
		       *value == '-' && isdigit((unsigned char)value[1]) ? "negative"
		       : !units_parse_count(value, 0, INT64_MAX / 2, &any, NULL)
			       ? "out of range" : "not a whole number in range",
		       row->min, row->max);
}

static int read_duration(const struct option_row *row, const char *value, int64_t *out, struct err *err)
{
	if (units_parse_duration(value, out, err))
		return -1;
	if (*out < (int64_t)row->min)
		return err_set(err, "\"%.40s\" is no time at all; expected a duration such as 500ms, 2s or 3m",
			       value);
	return 0;
}

static int read_number(const struct option_row *row, const char *value, double *out, struct err *err)
{
	char *end;
	double number = strtod(value, &end);

	/* Digits only: strtod() also reads "inf", " 1" and "0x1". */
	if (!*value || *end || value[strspn(value, "0123456789.")])
		return err_set(err, "\"%.40s\" is not a number; expected %g to %g", value, row->min,
			       row->max);
	if (!(number >= row->min && number <= row->max))
		return err_set(err, "\"%.40s\" is out of range; expected %g to %g", value, row->min,
			       row->max);
	*out = number;
	return 0;
}

static int read_share(const char *value, double *out, struct err *err)
{
	size_t bytes = strlen(value);
	bool percent = bytes > 1 && value[bytes - 1] == '%';
	double number, most = percent ? 100 : 1;
	char *end;

	number = strtod(value, &end);
	if (!*value || end != value + bytes - percent ||
	    strspn(value, "0123456789.") != bytes - percent || !(number <= most))
		return err_set(err, "\"%.40s\" is not a share; expected 0 to 1, or 0%% to 100%%", value);
	*out = number / most;
	return 0;
}

static int read_choice(const struct option_row *row, const char *value, int *out, struct err *err)
{
	int number = (int)row->min;
	struct near near = near_to(value, strlen(value));
	char said[NEAR_SAID];

	for (const char *word = row->arg; word; number++) {
		size_t bytes = strcspn(word, "|");

		if (strlen(value) == bytes && !memcmp(word, value, bytes)) {
			*out = number;
			return 0;
		}
		word = word[bytes] ? word + bytes + 1 : NULL;
	}
	near_offer_list(&near, row->arg);
	return err_set(err, "\"%.40s\" is unknown; %s", value, near_or(&near, said, "expected %s", row->arg));
}

static int read_option(struct options *o, const struct option_row *row, const char *value,
		       struct err *err)
{
	void *to = (char *)o + row->offset;

	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)to = true;
		return 0;
	case OPTION_COUNT:
		return read_count(row, value, to, err);
	case OPTION_DURATION:
		return read_duration(row, value, to, err);
	case OPTION_NUMBER:
		return read_number(row, value, to, err);
	case OPTION_SHARE:
		return read_share(value, to, err);
	case OPTION_CHOICE:
		return read_choice(row, value, to, err);
	case OPTION_TEXT:
		if (!*value)
			return err_set(err, "is empty; expected %s", row->arg);
		*(const char **)to = value;
		return 0;
	case OPTION_ANY:
		*(const char **)to = value;
		return 0;
	case OPTION_SPECIAL:
		return row->special(o, value, err);
	}
	return 0;
}

/* ---- all together ---- */

static int64_t default_threads(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	return cores < 1 ? 1 : cores > 8 ? 8 : cores;
}

static void set_defaults(struct options *o, enum cli_command command)
{
	*o = (struct options){
		.command = command,
		.concurrency = -1, .concurrency_given = -1, .requests = -1, .max_in_flight = -1, .arrival = -1,
		.duration_ns = -1, .think_ns = -1, .warmup_ns = -1, .drain_ns = -1,
		.threads = default_threads(),
		.max_errors = -1, .max_error_share = -1,
		.timeout_ns = 60 * NS_PER_S, .connect_timeout_ns = 10 * NS_PER_S,
		.idle_timeout_ns = 30 * NS_PER_S, .wait_ready_ns = -1,
		.glyphs = -1, .step = 1, .mouse = true,
		.speed = -1, .batch_slowdown = -1,
		.at_ns = -1, .port = -1, .slots = -1,
	};
}

static const char *operand_name(enum cli_command command)
{
	static const char *const operand[CLI_COUNT] = {
		[CLI_RUN] = "URL or SCENARIO.json", [CLI_REPLAY] = "RUN file",
		[CLI_REPORT] = "RUN file", [CLI_COMPARE] = "RUN file", [CLI_BASELINE] = "SCENARIO.json",
		[CLI_CHECK] = "SCENARIO.json", [CLI_COMPLETION] = "SHELL (bash, zsh or fish)", [CLI_CONFIG] = "KEY=VALUE", [CLI_HELP] = "TOPIC",
	};

	return operand[command];
}

static bool like_a_command(const char *word, struct err *err)
{
	struct near near = near_to(word, strlen(word));

	for (int c = 0; c < CLI_COUNT; c++)
		near_offer(&near, names[c]);
	if (near.best)
		err_set(err, "\"%.80s\" is neither a command nor a file; did you mean brunt %s?", word, near.best);
	return near.best;
}

static int take_operand(struct options *o, const char *value, struct err *err)
{
	const char *expected = operand_name(o->command);

	if (!expected)
		return err_set(err, "\"%.80s\" is one argument too many; brunt %s takes options only",
			       value, names[o->command]);
	if (o->operand && o->command == CLI_COMPARE && !o->second) {
		o->second = value;
		return 0;
	}
	if (o->command == CLI_CONFIG) {
		o->setting = xreallocarray(o->setting, (size_t)o->setting_count + 1, sizeof *o->setting);
		o->setting[o->setting_count++] = value;
		return 0;
	}
	/* brunt repaly FILE */
	if (o->operand && o->command == CLI_RUN && access(o->operand, F_OK) && like_a_command(o->operand, err))
		return -1;
	if (o->operand)
		return err_set(err, "\"%.80s\" is one argument too many; expected one %s", value, expected);
	o->operand = value;
	return 0;
}

/* HOST:PORT, maybe with a path. */
static bool lacks_scheme(const char *word)
{
	static const char host[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
	size_t bytes = *word == '[' ? strcspn(word, "]") + 1 : strspn(word, host), digits;
	char *url;
	bool good;

	if (bytes > strlen(word) || !bytes || word[bytes] != ':')
		return false;
	digits = strspn(word + bytes + 1, "0123456789");
	if (!digits || !strchr("/?", word[bytes + 1 + digits]))
		return false;
	url = xasprintf("http://%s", word);
	good = http_url_check(url, NULL) == 0;
	free(url);
	return good;
}

/* A word that is neither URL nor file may be a URL without http://, or a command. */
static int check_target(struct options *o, struct err *err)
{
	struct stat st;
	size_t bytes = strlen(o->operand);

	o->operand_is_url = strstr(o->operand, "://") != NULL;
	if (o->operand_is_url)
		return http_url_check(o->operand, err);
	if (stat(o->operand, &st) && errno == ENOENT && lacks_scheme(o->operand))
		return err_set(err, "\"%.160s\" is neither a URL nor a file; did you mean http://%.160s?", o->operand, o->operand);
	if (!stat(o->operand, &st) || errno != ENOENT ||
	    (bytes > 5 && !strcmp(o->operand + bytes - 5, ".json")))
		return 0; /* reading it says what is wrong */
	if (like_a_command(o->operand, err))
		return -1;
	return err_set(err, "\"%.80s\" is neither a URL nor a file; a URL begins with http:// or https://",
		       o->operand);
}

static bool has_content_type(const struct options *o)
{
	static const char name[] = "content-type:";

	for (size_t i = 0; i < o->header_count; i++)
		if (!strncasecmp(o->header[i], name, sizeof name - 1))
			return true;
	return false;
}

static bool is_ramp(const struct options *o)
{
	return o->rate_from < o->rate_to || o->rate_from > o->rate_to;
}

int options_check_load(struct options *o, struct err *err)
{
	int64_t length_ns = 0;

	if (o->rate_to > 0 && o->concurrency > 0)
		return err_set(err, "--rate: not together with --concurrency; --max-in-flight bounds what runs at once");
	if (o->arrival == ARRIVAL_TRACE && o->concurrency > 0)
		return err_set(err, "--arrival trace: not together with --concurrency; the trace says when requests come");
	if (o->stage_count && o->concurrency > 0)
		return err_set(err, "--stage: not together with --concurrency; a stage says how many users there are");
	if (is_ramp(o)) {
		if (o->stage_count)
			return err_set(err, "--rate: a ramp A:B is not for --stage; expected --stage T:A-B");
		if (o->duration_ns < 0)
			return err_set(err, "--rate: a ramp A:B lasts as long as the run; expected -z DURATION with it");
		o->stage = xcalloc(1, sizeof *o->stage);
		o->stage[o->stage_count++] = (struct load_stage){
			.mode = MODE_OPEN, .from = o->rate_from, .to = o->rate_to, .length_ns = o->duration_ns};
	}
	for (int i = 0; i < o->stage_count; i++) {
		/* With --rate a bare number is a rate, too. */
		if (o->rate_to > 0)
			o->stage[i].mode = MODE_OPEN;
		length_ns += o->stage[i].length_ns;
	}
	if (o->stage_count && o->duration_ns < 0 && o->requests < 0)
		o->duration_ns = length_ns;
	return 0;
}

static int check_together(struct options *o, struct err *err)
{
	struct theme theme;

	if (options_check_sweep(o, err) || options_check_load(o, err))
		return -1;
	o->concurrency_given = o->concurrency;
	if (o->record && o->no_record)
		return err_set(err, "--record: not together with --no-record");
	if (o->baseline && o->no_record)
		return err_set(err, "--baseline: not together with --no-record; what is compared at the end is the recording");
	if (o->headless && o->ui != UI_AUTO && o->ui != UI_PLAIN)
		return err_set(err, "--headless: means --ui plain; not together with --ui %s",
			       o->ui == UI_NONE ? "none" : "dashboard");
	if (o->no_color && (o->color == COLOR_16 || o->color == COLOR_256))
		return err_set(err, "--no-color: not together with --color %s",
			       o->color == COLOR_16 ? "16" : "256");
	/* Also where nothing is drawn: a script shall not learn of it later. */
	if (o->theme && theme_load(o->theme, &theme, err))
		return err_prefix(err, "--theme");
	if (o->cacert && o->insecure)
		return err_set(err, "--cacert: not together with --insecure, which trusts anybody");
	if (o->cacert && tls_files_check_ca(o->cacert, err))
		return err_prefix(err, "--cacert");
	if (o->key && !o->cert)
		return err_set(err, "--key: needs --cert, the certificate that it belongs to");
	if (o->cert && tls_files_check_pair(o->cert, o->key, err))
		return -1;
	if (o->unix_socket && o->proxy)
		return err_set(err, "--unix-socket: not together with --proxy");
	if (!o->api && (o->model || o->stream != STREAM_AUTO) && o->command == CLI_RUN)
		return err_set(err, "--%s: needs --api; expected one of %s",
			       o->model ? "model" : "stream", api_names());
	if (o->api && o->method)
		return err_set(err, "--method: not together with --api, which posts");
	if (o->content_type && has_content_type(o))
		return err_set(err, "--content-type: --header gives a Content-Type already");
	if (o->command == CLI_RUN && !o->operand_is_url) {
		const char *flag = o->method ? "--method" : o->data ? "--data"
				 : o->content_type ? "--content-type" : o->api ? "--api" : NULL;

		if (flag)
			return err_set(err, "%s: needs a URL; %.120s says itself what is sent", flag,
				       o->operand);
	}
	return 0;
}

static int finish(struct options *o, struct err *err)
{
	if (!o->operand && o->from)
		return 0; /* the recorded run has one */
	if (!o->operand && o->command == CLI_COMPARE)
		return err_set(err, "both RUN files are missing; brunt compare --help shows how");
	if (!o->operand && o->command != CLI_REPLAY && o->command != CLI_HELP && o->command != CLI_CONFIG && operand_name(o->command))
		return err_set(err, "the %s is missing; brunt %s --help shows how", operand_name(o->command),
			       names[o->command]);
	if (o->command == CLI_COMPARE && !o->second)
		return err_set(err, "the second RUN file is missing; brunt compare --help shows how");
	if ((o->command == CLI_CHECK || o->command == CLI_BASELINE) && strstr(o->operand, "://"))
		return err_set(err, "\"%.160s\" is a URL; expected a SCENARIO.json (brunt URL sends to one without)", o->operand);
	if ((o->command == CLI_RUN && check_target(o, err)) || check_together(o, err))
		return -1;
	if (o->headless)
		o->ui = UI_PLAIN;
	if (o->no_color)
		o->color = COLOR_NEVER;
	if (o->type_header) {
		o->header = xreallocarray(o->header, o->header_count + 1, sizeof *o->header);
		o->header[o->header_count++] = o->type_header;
	}
	return 0;
}

/* Values are shown as they came; none may steer the terminal. */
static int printable(struct err *err)
{
	char text[sizeof err->text];

	if (err) {
		utf8_clean(err->text, strlen(err->text), text, sizeof text);
		memcpy(err->text, text, sizeof text);
	}
	return -1;
}

int options_parse(enum cli_command command, int argc, char **argv, struct options *out,
		  struct err *err)
{
	struct option_scan scan = {.command = command, .argc = argc, .argv = argv, .next = 1};
	int found;

	set_defaults(out, command);
	while ((found = option_scan(&scan, err)) > 0) {
		if (!scan.row) {
			if (take_operand(out, scan.value, err))
				return printable(err);
			continue;
		}
		if (read_option(out, scan.row, scan.value, err)) {
			err_prefix(err, "--%s", scan.row->name);
			return printable(err);
		}
		if (out->help || out->version)
			return 0;
	}
	return found < 0 || finish(out, err) ? printable(err) : 0;
}

void options_fini(struct options *o)
{
	free(o->header);
	free(o->type_header);
	free(o->body);
	free(o->metrics);
	free(o->connect_to);
	free(o->label);
	free(o->slo);
	free(o->stage);
	free(o->setting);
	*o = (struct options){.command = o->command};
}

int options_refuse(const struct err *err)
{
	fprintf(stderr, "brunt: %s\n", err->text);
	return OPTIONS_EXIT_USAGE;
}

int options_refuse_all(const struct faults *faults)
{
	faults_print(faults, stderr, "brunt: ");
	return OPTIONS_EXIT_USAGE;
}

/* What was not given is as the user prefers it. The theme's name stays until the end. */
static int prefer(struct options *o, struct err *err)
{
	static struct settings settings;
	char *path;
	int rc;

	if (o->command != CLI_RUN && o->command != CLI_DEMO && o->command != CLI_REPLAY)
		return 0;
	path = settings_path();
	rc = path ? settings_read(path, &settings, err) : 0;
	if (path && !rc) {
		if (!o->theme && *settings.theme)
			o->theme = settings.theme;
		if (o->color == COLOR_AUTO)
			o->color = (enum color_depth)settings.color;
		if (o->glyphs < 0)
			o->glyphs = settings.glyphs;
		o->step = settings.step;
		o->mouse = settings.mouse;
	}
	free(path);
	return rc;
}

int options_start(enum cli_command command, int argc, char **argv, struct options *out)
{
	struct err err;
	int code = -1;

	if (options_parse(command, argc, argv, out, &err))
		code = options_refuse(&err);
	else if (out->help)
		options_help(stdout, command), code = 0;
	else if (out->version)
		printf("brunt %s\n", BRUNT_VERSION), code = 0;
	else if (prefer(out, &err))
		code = options_refuse(&err);
	if (code >= 0)
		options_fini(out);
	return code;
}
