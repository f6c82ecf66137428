#include "cli/live.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/drive.h"
#include "cli/ending.h"
#include "cli/outfile.h"
#include "cli/session.h"
#include "cli/signals.h"
#include "cli/sweeping.h"
#include "cli/trace.h"
#include "cli/versus.h"
#include "http/preflight.h"
#include "load/control.h"
#include "record/writer.h"
#include "report/json.h"
#include "report/text.h"
#include "ui/term.h"

#define EXIT_FAILED 1
#define EXIT_SLO 3
#define EXIT_BOOKS 70
#define EXIT_INCONCLUSIVE 5
#define INTERRUPT_DRAIN_NS (5 * NS_PER_S)
#define TERMINATE_DRAIN_NS (2 * NS_PER_S)
#define FOREVER_NS (INT64_MAX / 4)
#define SETTLE_MS 1000 /* after a signal nobody waits for a terminal that is not read */
#define LEAST_IN_FLIGHT 1000 /* by default */
#define USER_BYTES (40 << 10)
#define SPARE_DESCRIPTORS 64 /* files, epolls, the probe, the terminal */

struct live {
	const struct options *options;
	const struct scenario *scenario;
	const struct live_script *script; /* or NULL */
	struct engine_config engine;
	char **resolve; /* for the engine; NULL at the end */
	int64_t dns_us;
	uint32_t max_users;
	uint32_t max_in_flight;
	struct arrival_plan arrivals;
	struct sweep_config sweep; /* --sweep */
	double *place; /* of arrivals, for a trace: its own rate, how long it lasts */
	double trace_rps;
	int64_t trace_ns;
	enum ui_mode ui;
	struct outfile json;
	struct session *session;
	struct versus *versus; /* --baseline, or NULL */
	enum error_class unreachable; /* why the load was not started */
	bool misfit; /* the target is there, but not for these flags */
};

long live_raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return 1024;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_cur > 1 << 20 ? 1 << 20 : (long)limit.rlim_cur;
}

/* --- before the first request --------------------------------------------- */

/* At the start: what --rate says (of stages: in the warm-up before them), else the
 * first stage, else a trace's own rate, else users. */
static struct load_level first_level(const struct live *live)
{
	const struct options *o = live->options;

	if (o->sweep)
		return (struct load_level){.mode = live->sweep.mode,
					   .level = live->sweep.count ? live->sweep.level[0] : live->sweep.start};
	if (o->rate_to > 0 && (!o->stage_count || o->warmup_ns > 0))
		return (struct load_level){.mode = MODE_OPEN, .level = o->rate_from};
	if (live->trace_rps > 0 && !o->stage_count)
		return (struct load_level){.mode = MODE_OPEN, .level = live->trace_rps};
	if (o->stage_count)
		return (struct load_level){.mode = o->stage[0].mode, .level = o->stage[0].from};
	return users_level((uint32_t)o->concurrency);
}

static double highest_rate(const struct live *live)
{
	const struct options *o = live->options;
	double rate = fmax(fmax(o->rate_from, o->rate_to), live->trace_rps);

	if (o->sweep && live->sweep.mode == MODE_OPEN)
		rate = options_sweep_highest(&live->sweep);
	for (int i = 0; i < o->stage_count; i++)
		if (o->stage[i].mode == MODE_OPEN)
			rate = fmax(rate, fmax(o->stage[i].from, o->stage[i].to));
	return rate;
}

static int plan_arrivals(struct live *live, struct err *err)
{
	const struct options *o = live->options;

	live->arrivals.kind = o->arrival < 0 ? ARRIVAL_CONSTANT : (enum arrival_kind)o->arrival;
	if (live->arrivals.kind != ARRIVAL_TRACE)
		return 0;
	if (trace_arrivals(live->scenario, &live->arrivals, &live->place, &live->trace_rps, &live->trace_ns, err))
		return err_prefix(err, "--arrival trace");
	return 0;
}

/* Without another end a trace is the run. */
static int64_t duration_ns(const struct live *live)
{
	const struct options *o = live->options;
	double rate = first_level(live).level;

	if (o->duration_ns >= 0 || o->requests >= 0 || !live->place)
		return o->duration_ns;
	/* The last arrival is in it. */
	return (int64_t)((double)live->trace_ns * live->trace_rps / rate) + NS_PER_MS;
}

static int choose_ui(struct live *live, struct err *err)
{
	struct err why;
	const struct options *o = live->options;
	bool terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);

	if (live->script) {
		live->ui = UI_NONE;
		return 0;
	}
	live->ui = o->ui;
	if (live->ui == UI_AUTO)
		live->ui = terminal ? UI_DASHBOARD : UI_PLAIN;
	if (live->ui == UI_DASHBOARD) {
		if (!terminal)
			return err_set(err, "--ui dashboard: standard input and output are not a terminal; "
					    "--headless prints a line a second instead");
		if (term_check(&why))
			return err_set(err, "%s; --headless prints a line a second instead", why.text);
		if (o->json && !strcmp(o->json, "-"))
			return err_set(err, "--json -: the dashboard is on standard output; "
					    "expected a file, or --headless");
	} else if (!o->sweep && o->requests < 0 && duration_ns(live) < 0) {
		return err_set(err, "without a dashboard the run needs an end: "
				    "expected -n REQUESTS or -z DURATION");
	}
	return 0;
}

static int too_few_files(const char *flag, long long users, long files, uint32_t most, struct err *err)
{
	if (!most)
		return err_set(err, "%s: %lld user%s more than the %ld open files allowed here; raise ulimit -n", flag, users,
			       users == 1 ? " needs" : "s need", files);
	return err_set(err, "%s: %lld user%s more than the %ld open files allowed here (ulimit -n); at most %u", flag, users,
		       users == 1 ? " needs" : "s need", files, most);
}

static int bound_sweep(struct live *live, long files, struct err *err)
{
	double highest;

	if (!live->options->sweep)
		return 0;
	options_sweep(live->options, fmin(SWEEPING_CAP, live->max_users), &live->sweep);
	highest = options_sweep_highest(&live->sweep);
	if (live->sweep.mode == MODE_CLOSED && highest > live->max_users)
		return too_few_files("--sweep", (long long)highest, files, live->max_users, err);
	return 0;
}

static int bound_users(struct live *live, int descriptors_per_user, struct err *err)
{
	long files = live_raise_file_limit();
	long users = (files - SPARE_DESCRIPTORS) / descriptors_per_user;
	long memory = sysconf(_SC_PHYS_PAGES) / 2 * sysconf(_SC_PAGESIZE) / USER_BYTES;

	if (users > memory)
		users = memory;
	if (users < 0)
		users = 0;
	live->max_users = users > CONTROL_MAX_USERS ? CONTROL_MAX_USERS : (uint32_t)users;
	if (live->options->concurrency > live->max_users)
		return too_few_files("--concurrency", live->options->concurrency, files, live->max_users, err);
	return bound_sweep(live, files, err);
}

/* As many as the rate could ever have under way, and room for a step up. */
static int bound_in_flight(struct live *live, struct err *err)
{
	const struct options *o = live->options;
	double usual = highest_rate(live) * (double)o->timeout_ns / NS_PER_S;

	if (o->max_in_flight > live->max_users)
		return err_set(err, "--max-in-flight: %lld need more open files or memory than there is here; at most %u",
			       (long long)o->max_in_flight, live->max_users);
	if (o->max_in_flight > 0)
		live->max_in_flight = (uint32_t)o->max_in_flight;
	else
		live->max_in_flight = (uint32_t)fmin(live->max_users, fmax(LEAST_IN_FLIGHT, usual));
	return 0;
}

struct engine_config live_engine_config(const struct options *o)
{
	return (struct engine_config){
		.timeout_ns = o->timeout_ns,
		.connect_timeout_ns = o->connect_timeout_ns,
		.idle_timeout_ns = o->idle_timeout_ns,
		.follow_redirects = o->location,
		.insecure = o->insecure,
		.ca_file = o->cacert,
		.cert_file = o->cert,
		.key_file = o->key,
		.disable_keepalive = o->disable_keepalive,
		.curl_only = o->engine == ENGINE_CURL,
		.http2 = o->http2,
		.user_password = o->user_password,
		.proxy = o->proxy,
		.unix_socket = o->unix_socket,
		.connect_to = o->connect_to,
		.user_agent = "brunt/" BRUNT_VERSION,
	};
}

static int interrupted(void)
{
	return signals_interrupts() || signals_termination();
}

static bool same_origin(const char *a, const char *b)
{
	const char *path_a = strchr(strstr(a, "://") + 3, '/');
	const char *path_b = strchr(strstr(b, "://") + 3, '/');
	size_t n = path_a ? (size_t)(path_a - a) : strlen(a);

	return n == (path_b ? (size_t)(path_b - b) : strlen(b)) && !strncasecmp(a, b, n);
}

static bool seen_before(const struct scenario *scenario, int task)
{
	for (int i = 0; i < task; i++)
		if (same_origin(scenario->task[i].request.url, scenario->task[task].request.url))
			return true;
	return false;
}

/* A task's URL for somebody who has no values: up to the folder in which its first
 * template is. */
static char *without_templates(const char *url)
{
	const char *template = strstr(url, "${"), *root = strchr(strstr(url, "://") + 3, '/');
	char *out = xstrdup(url);

	if (template && root && template > root) {
		out[template - url] = '\0';
		out[strcspn(out, "?")] = '\0';
		strrchr(out, '/')[1] = '\0';
	}
	return out;
}

static int wait_until_ready(const struct live *live, const char *task_url, struct err *err)
{
	char *url = without_templates(task_url);
	int code = preflight_wait_ready(url, &live->engine, live->options->wait_ready_ns, interrupted, err);

	free(url);
	return code ? err_prefix(err, "--wait-ready") : 0;
}

/* Every host once: resolved, and asked whether anybody is there. */
static int look_at_targets(struct live *live, struct err *err)
{
	const struct scenario *scenario = live->scenario;
	int found = 0;

	live->resolve = xcalloc((size_t)scenario->task_count + 1, sizeof(char *));
	live->dns_us = -1;
	for (int i = 0; i < scenario->task_count; i++) {
		const char *url = scenario->task[i].request.url;
		enum preflight_verdict verdict;
		char *resolve = NULL;
		int64_t dns_ns = 0;

		if (seen_before(scenario, i))
			continue;
		if (live->options->wait_ready_ns > 0 && wait_until_ready(live, url, err))
			return -1;
		verdict = preflight(url, &live->engine, &resolve, &dns_ns, err);
		if (verdict != PREFLIGHT_OK && verdict != PREFLIGHT_UNDECIDED) {
			live->unreachable = verdict == PREFLIGHT_DNS   ? ERROR_DNS
					    : verdict == PREFLIGHT_TLS ? ERROR_TLS
					    : verdict == PREFLIGHT_HTTP2 ? ERROR_PROTOCOL
									 : ERROR_CONNECT;
			live->misfit = verdict == PREFLIGHT_HTTP2;
			return -1;
		}
		if (resolve) {
			live->resolve[found++] = resolve;
			live->dns_us = dns_ns / NS_PER_US;
		}
	}
	live->engine.resolve = (const char *const *)live->resolve;
	return 0;
}

static int64_t drain_ns(const struct options *o)
{
	if (o->drain_ns >= 0)
		return o->drain_ns;
	return o->timeout_ns > 0 ? o->timeout_ns : FOREVER_NS;
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static struct session_config session_of(const struct live *live, const char *command_line, bool record)
{
	const struct options *o = live->options;

	return (struct session_config){
		.scenario = live->scenario,
		.engine = live->engine,
		.threads = (int)o->threads,
		.seed = o->seed,
		.level = first_level(live),
		.stage = o->stage,
		.stage_count = o->stage_count,
		.stage_lead_ns = o->stage_lead_ns,
		.arrivals = live->arrivals,
		.max_in_flight = live->max_in_flight,
		.requests = o->requests,
		.duration_ns = duration_ns(live),
		.warmup_ns = o->warmup_ns > 0 ? o->warmup_ns : 0,
		.think_ns = o->think_ns > 0 ? o->think_ns : 0,
		.respect_retry_after = o->respect_retry_after,
		.drain_ns = drain_ns(o),
		.record = record,
		.record_path = o->record,
		.metrics = o->metrics,
		.argv_text = command_line,
		.label = o->label,
		.dns_us = live->dns_us,
		.script = live->script ? live->script->item : NULL,
		.script_count = live->script ? live->script->count : 0,
	};
}

static int open_session(struct live *live, const char *command_line, bool record, struct err *err)
{
	struct session_config config = session_of(live, command_line, record);

	return session_new(&config, &live->session, err);
}

/* --baseline: before anything is sent. */
static int read_baseline(struct live *live, struct err *err)
{
	struct session_config config = session_of(live, "", false);
	struct run_meta meta;
	int code;

	if (!live->options->baseline)
		return 0;
	session_describe(&config, &meta);
	code = versus_new(live->options->baseline, &meta, true, &live->versus, err);
	run_meta_fini(&meta);
	if (!code && config.record_path && outfile_same(config.record_path, versus_path(live->versus)))
		return err_set(err, "--record: %s is the baseline; expected another file", config.record_path);
	return code;
}

/* --- the run -------------------------------------------------------------- */

static bool wants_color(const struct options *o)
{
	const char *no_color = getenv("NO_COLOR");

	/* As on the screen: what a flag asks for counts more than NO_COLOR. */
	if (!isatty(STDOUT_FILENO) || o->color == COLOR_NEVER)
		return false;
	return o->color != COLOR_AUTO || !(no_color && *no_color);
}

static int write_results(struct live *live, const struct result *result,
			 const struct run_closing *closing, const struct drive_end *end,
			 const char *trouble, FILE *out, struct err *err)
{
	const struct run_meta *meta = session_meta(live->session);
	struct result_baseline beside = {NULL, NULL, NULL};
	int columns = outfile_columns(fileno(out)), code;
	bool color = out == stdout && wants_color(live->options);
	char *json;

	if (live->versus)
		beside = versus_result(live->versus);
	json = result_json_beside(result, meta, closing, live->versus ? &beside : NULL);
	code = outfile_write(&live->json, json, strlen(json), err);
	free(json);
	if (live->script) {
		live->script->print(out, live->scenario, meta, result, closing->partial);
	} else {
		if (live->ui == UI_NONE ||
		    (live->ui == UI_DASHBOARD && !term_settle(end->signal ? SETTLE_MS : -1)))
			return code;
		if (live->ui == UI_PLAIN)
			fputc('\n', out);
		result_text(out, result, meta, closing, columns, color);
		if (live->versus)
			versus_text(live->versus, out, columns, color);
	}
	if (end->reason[0])
		fprintf(out, "%s: %s\n", end->too_many_errors ? "failed" : "ended early", end->reason);
	if (session_record_path(live->session) && *trouble)
		fprintf(out, "recorded, incomplete: %s\n", trouble);
	else if (session_record_path(live->session))
		fprintf(out, "recorded: %s\n", session_record_path(live->session));
	fflush(out);
	return code;
}

/* Nobody there: who asked for a JSON file gets one, without a request in it. */
static void write_unreachable(struct live *live, const char *command_line, int exit_code,
			      const struct err *why)
{
	struct run_closing closing = {.known = true, .exit_code = exit_code,
				      .cpu_pct = NAN, .worker_cpu_pct = NAN};
	struct result_error error = {.error = live->unreachable, .count = 1};
	struct result result = {.balanced = true, .littles_law_ratio = NAN,
				.throttled_pct = NAN, .steal_pct = NAN};
	struct err err;
	char *json;

	if (!live->json.path || open_session(live, command_line, false, &err))
		return;
	closing.partial = live->unreachable == ERROR_NONE;
	snprintf(error.message, sizeof error.message, "%.*s", (int)sizeof error.message - 1, why->text);
	result.error = &error;
	result.error_count = live->unreachable != ERROR_NONE;
	result.task_count = live->scenario->task_count;
	result.task = xcalloc((size_t)result.task_count, sizeof *result.task);
	json = result_json(&result, session_meta(live->session), &closing);
	if (outfile_write(&live->json, json, strlen(json), &err))
		fprintf(stderr, "brunt: %s\n", err.text);
	free(json);
	free(result.task);
}

/* A sweep goes beyond what the SLOs allow on purpose: it is asked for the level that meets
 * them, and for an answer. */
static int exit_code_of_sweep(const struct drive_end *end, bool asked)
{
	if (asked && end->sweep == SWEEP_SLO && isnan(end->capacity))
		return EXIT_SLO;
	if (end->sweep == SWEEP_TIME || end->sweep == SWEEP_STOPPED || end->sweep == SWEEP_CLIENT)
		return EXIT_INCONCLUSIVE;
	return asked && isnan(end->capacity) ? EXIT_INCONCLUSIVE : 0;
}

/* A few cases, each once, certify nothing: a baseline shows what there is. Nor has
 * anybody asked for the SLOs that the demo brings. */
static int exit_code_of(const struct live *live, const struct result *result, const struct drive_end *end)
{
	int code = result_exit_code(result);

	bool asked = !live->script && (live->options->command != CLI_DEMO || live->options->slo);

	if (end->sweep && code != EXIT_FAILED && code != EXIT_BOOKS && !(asked && result->client_bound))
		code = exit_code_of_sweep(end, asked && result->slo_count);
	if (code == EXIT_INCONCLUSIVE && !asked && !result->client_bound)
		code = 0;
	return live->versus ? versus_exit_code(live->versus, result, code) : code;
}

/* From the run file: the same figures that brunt compare has of it. */
static void hold_against_baseline(struct live *live, const struct result *result)
{
	if (!live->versus)
		return;
	session_flush(live->session);
	versus_compare(live->versus, session_record_path(live->session), session_meta(live->session), result);
}

static bool expects_http2(const struct live *live)
{
	for (int i = 0; i < live->scenario->task_count; i++)
		if (http_is_websocket(live->scenario->task[i].request.url))
			return false;
	return live->options->http2;
}

static int drive(struct live *live, struct err *err)
{
	const struct options *o = live->options;
	FILE *out = o->json && !strcmp(o->json, "-") ? stderr : stdout;
	struct drive_config config = {
		.screen = {.theme = o->theme, .color = o->color, .glyphs = o->glyphs, .step = o->step, .mouse = o->mouse, .frames = o->frames},
		.interrupt_drain_ns = least(drain_ns(o), INTERRUPT_DRAIN_NS),
		.terminate_drain_ns = least(drain_ns(o), TERMINATE_DRAIN_NS),
		.slo_abort = o->slo_abort,
		.max_errors = o->max_errors,
		.max_error_share = o->max_error_share,
		.max_users = live->max_users,
		.sweep = o->sweep ? &live->sweep : NULL,
		.slos = live->scenario->slo_count > 0,
		.expects_http2 = expects_http2(live),
		.tour = o->command == CLI_DEMO,
		.drain_ns = drain_ns(o),
		.out = out,
		.progress = live->script && isatty(STDERR_FILENO),
		.baseline = versus_ghost(live->versus),
	};
	struct drive_end end = {0};
	struct run_closing closing = {0};
	struct result result;
	struct err lost = {""};
	int code;

	if (session_start(live->session, err))
		return EXIT_FAILED;
	code = live->ui == UI_DASHBOARD ? drive_dashboard(live->session, &config, &end, err)
					: drive_plain(live->session, &config, live->ui == UI_PLAIN, &end);
	if (code)
		session_stop(live->session, 0); /* no screen, no load */
	session_finish(live->session, &result, &closing);
	ending_judge(&config, &result, &end);
	hold_against_baseline(live, &result);
	closing.partial = end.signal != 0;
	closing.exit_code = code ? OPTIONS_EXIT_USAGE : ending_exit_code(&end, exit_code_of(live, &result, &end));
	if (session_close(live->session, &closing, &lost)) {
		fprintf(stderr, "brunt: the recording is incomplete: %s\n", lost.text);
		closing.exit_code = outfile_failed(closing.exit_code);
	}
	if (!code && write_results(live, &result, &closing, &end, lost.text, out, err)) {
		fprintf(stderr, "brunt: %s\n", err->text);
		closing.exit_code = outfile_failed(closing.exit_code);
	}
	if (!code && o->http2 && result.http1_answers && !result.http2_answers)
		fprintf(stderr, "brunt: --http2 was asked for, and all answers were HTTP/1.1's\n");
	result_fini(&result);
	if (code)
		fprintf(stderr, "brunt: %s\n", err->text);
	return closing.exit_code;
}

static void release(struct live *live)
{
	session_free(live->session);
	versus_free(live->versus);
	outfile_abandon(&live->json);
	for (size_t i = 0; live->resolve && live->resolve[i]; i++)
		free(live->resolve[i]);
	free(live->resolve);
	free(live->place);
}

int live_run(const struct options *options, const struct scenario *scenario,
	     const char *command_line, int descriptors_per_user, const struct live_script *script)
{
	struct live live = {.options = options, .scenario = scenario, .script = script,
			    .json = {.fd = -1}};
	struct err err = {""};
	int code = OPTIONS_EXIT_USAGE;

	live.engine = live_engine_config(options);
	if (plan_arrivals(&live, &err) || choose_ui(&live, &err) || bound_users(&live, descriptors_per_user, &err) || bound_in_flight(&live, &err) ||
	    read_baseline(&live, &err))
		goto refuse;
	if (outfile_open(&live.json, options->json, &err)) {
		err_prefix(&err, "--json");
		goto refuse;
	}
	if (!options->no_record && options->record && writer_check(options->record, &err)) {
		err_prefix(&err, "--record");
		goto refuse;
	}
	if (engine_global_init(&err))
		goto refuse;
	code = EXIT_FAILED;
	if (look_at_targets(&live, &err)) {
		if (interrupted())
			code = signals_termination() ? 128 + signals_termination() : 128 + SIGINT;
		else if (live.misfit)
			code = OPTIONS_EXIT_USAGE;
		write_unreachable(&live, command_line, code, &err);
		goto refuse;
	}
	code = OPTIONS_EXIT_USAGE;
	if (open_session(&live, command_line, !options->no_record, &err))
		goto refuse;
	code = drive(&live, &err);
	release(&live);
	engine_global_fini();
	return code;
refuse:
	fprintf(stderr, "brunt: %s\n", err.text);
	release(&live);
	return code;
}
