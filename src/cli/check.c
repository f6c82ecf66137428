#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/units.h"
#include "base/utf8.h"
#include "cli/check_load.h"
#include "cli/check_send.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "base/secret.h"

static int cells(const char *text)
{
	size_t bytes = strlen(text), at = 0;
	int width = 0;

	while (at < bytes) {
		uint32_t cp;

		at += utf8_decode(text + at, bytes - at, &cp);
		width += utf8_width(cp) < 0 ? 1 : utf8_width(cp);
	}
	return width;
}

static void put_cell(const char *text, int width)
{
	printf("%s%*s  ", text, width - cells(text), "");
}

static void print_tasks(const struct scenario *s)
{
	char **url = xcalloc((size_t)s->task_count, sizeof *url);
	int name_width = 4, method_width = 6, url_width = 3;
	double sum = 0;

	for (int i = 0; i < s->task_count; i++) {
		const struct task *t = &s->task[i];

		url[i] = secret_url(t->request.url);
		sum += t->weight;
		name_width = cells(t->name) > name_width ? cells(t->name) : name_width;
		method_width = cells(t->request.method) > method_width ? cells(t->request.method)
								       : method_width;
		url_width = cells(url[i]) > url_width ? cells(url[i]) : url_width;
	}
	printf("  %-*s  %7s  %-*s  %-*s  %s\n", name_width, "task", "share", method_width, "method",
	       url_width, "url", "body");
	for (int i = 0; i < s->task_count; i++) {
		const struct task *t = &s->task[i];
		char body[UNITS_BYTES];

		printf("  ");
		put_cell(t->name, name_width);
		printf("%5.1f %%  ", 100 * t->weight / sum);
		put_cell(t->request.method, method_width);
		put_cell(url[i], url_width);
		printf("%s\n", t->request.body ? units_format_bytes(t->request.body_bytes, body) : "-");
		free(url[i]);
	}
	free(url);
}

/* A server may have methods of its own; a slip that happens to be near to none looks the same. */
static void warn_of_methods(const struct options *o, const struct scenario *s)
{
	for (int i = 0; i < s->task_count; i++)
		if (!scenario_method_usual(s->task[i].request.method))
			fprintf(stderr, "%s: warning: task %s: %s is no standard method of HTTP; the server must have it\n",
				o->operand, s->task[i].name, s->task[i].request.method);
}

int cmd_check(int argc, char **argv)
{
	struct options options;
	struct scenario *scenario;
	struct faults faults;
	struct err err;
	int code = options_start(CLI_CHECK, argc, argv, &options);

	if (code >= 0)
		return code;
	if (options_scenario(&options, &scenario, &faults)) {
		/* FILE:LINE: first, as editors read it. */
		faults_print(&faults, stderr, "");
		options_fini(&options);
		return OPTIONS_EXIT_USAGE;
	}
	if (options_apply_load(&options, &scenario->load, &err)) {
		fprintf(stderr, "%s: %s\n", options.operand, err.text);
		scenario_free(scenario);
		options_fini(&options);
		return OPTIONS_EXIT_USAGE;
	}
	printf("%s: ok: %d task%s\n", options.operand, scenario->task_count,
	       scenario->task_count == 1 ? "" : "s");
	print_tasks(scenario);
	check_load(stdout, &options, scenario);
	fflush(stdout);
	warn_of_methods(&options, scenario);
	code = 0;
	if (options.send) {
		fflush(stdout);
		scenario_seed(scenario, options.seed);
		code = check_send(stdout, &options, scenario, &err);
		if (code == OPTIONS_EXIT_USAGE)
			options_refuse(&err);
	}
	scenario_free(scenario);
	options_fini(&options);
	return code;
}
