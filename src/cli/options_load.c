#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/options.h"
#include "record/runs.h"

#define DATA_MAX (64 << 20)

static int read_body(struct options *o, int fd, const char *name, struct err *err)
{
	size_t room = 64 << 10, used = 0;
	char *body = xmalloc(room + 1);

	for (;;) {
		ssize_t n = read(fd, body + used, room - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || used + (size_t)n > DATA_MAX) {
			free(body);
			return n < 0 ? err_set(err, "--data: %.200s: %s", name, strerror(errno))
				     : err_set(err, "--data: %.200s: larger than %d MiB", name,
					       DATA_MAX >> 20);
		}
		if (n == 0)
			break;
		used += (size_t)n;
		if (used == room)
			body = xrealloc(body, (room *= 2) + 1);
	}
	body[used] = '\0';
	free(o->body);
	o->body = body;
	o->body_bytes = used;
	return 0;
}

int options_load_data(struct options *o, struct err *err)
{
	int fd, code;

	if (!o->data || (o->api && o->data[0] == '@' && strcmp(o->data, "@-") != 0))
		return 0;
	if (o->data[0] != '@') {
		free(o->body);
		o->body = xstrdup(o->data);
		o->body_bytes = strlen(o->data);
		return 0;
	}
	if (!strcmp(o->data, "@-"))
		return read_body(o, STDIN_FILENO, "standard input", err);
	fd = open(o->data + 1, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(err, "--data: %.200s: %s", o->data[1] ? o->data + 1 : "@",
			       strerror(errno));
	code = read_body(o, fd, o->data + 1, err);
	close(fd);
	return code;
}

static int from_prompt(const struct options *o, struct scenario **out, struct err *err)
{
	bool file = o->data && o->data[0] == '@' && strcmp(o->data, "@-") != 0;
	struct scenario_prompt prompt = {
		.url = o->operand,
		.api = o->api,
		.model = o->model,
		.stream = (enum stream_mode)o->stream,
		.data_file = file ? o->data + 1 : NULL,
		.text = o->body,
		.header = o->header,
		.header_count = o->header_count,
	};

	return scenario_from_prompt(&prompt, out, err);
}

/* No file of tasks is needed for it. */
static int from_url(const struct options *o, struct scenario **out, struct err *err)
{
	if (o->api)
		return from_prompt(o, out, err);
	if (o->operand_is_url) {
		*out = scenario_from_url(o->method ? o->method : o->data ? "POST" : "GET", o->operand,
					 o->header, o->header_count, o->body, o->body_bytes);
		return 0;
	}
	if (runs_is_recording(o->operand))
		return err_set(err, "%.300s: is a recording; expected a SCENARIO.json (brunt report shows what is in a recording, "
				    "brunt --from RUN drives its load again)", o->operand);
	*out = NULL;
	return 0;
}

int options_add_slos(const struct options *o, struct scenario *scenario, struct err *err)
{
	for (char **slo = o->slo; slo && *slo; slo++)
		if (scenario_add_slo(scenario, *slo, err))
			return err_prefix(err, "--slo");
	return 0;
}

static int check_http2(const struct options *o, const struct scenario *scenario, struct err *err)
{
	bool none = true;

	for (int i = 0; o->http2 && i < scenario->task_count; i++) {
		const char *url = scenario->task[i].request.url;

		if (http_is_websocket(url))
			continue;
		none = false;
		/* libcurl before 8.0 cannot follow there on a kept connection. */
		if (o->location && !strncasecmp(url, "http:", 5))
			return err_set(err, "--http2: not together with --location where a target is http://; expected https://");
	}
	if (o->http2 && none)
		return err_set(err, "--http2: there are WebSockets only, which begin with HTTP/1.1; expected a task that is none");
	return 0;
}

int options_scenario(const struct options *o, struct scenario **out, struct faults *faults)
{
	struct err err;

	*faults = (struct faults){0};
	if (from_url(o, out, &err))
		return faults_add(faults, 0, &err);
	if (!*out) {
		if (scenario_load_file(o->operand, NULL, out, faults))
			return -1;
		scenario_set_headers(*out, o->header, o->header_count);
	}
	if (o->user_password)
		scenario_add_credentials(*out, o->user_password);
	return check_http2(o, *out, &err) || options_add_slos(o, *out, &err) ? faults_add(faults, 0, &err) : 0;
}

/* The shape of the load belongs together, as the limits do: a flag for any of it is
 * for all of it. */
static int apply_shape(struct options *o, const struct scenario_load *load, struct err *err)
{
	bool shaped = o->sweep || o->concurrency >= 0 || o->rate_to > 0 || o->stage_count || o->arrival == ARRIVAL_TRACE;

	if (o->arrival < 0 && (!shaped || load->arrival != ARRIVAL_TRACE))
		o->arrival = load->arrival;
	if (o->max_in_flight < 0 && load->max_in_flight > 0)
		o->max_in_flight = load->max_in_flight;
	if (shaped)
		return 0;
	if (load->concurrency > 0)
		o->concurrency = load->concurrency;
	o->rate_from = load->rate_from;
	o->rate_to = load->rate_to;
	if (load->stages) {
		o->stage = xcalloc((size_t)load->stages, sizeof *o->stage);
		memcpy(o->stage, load->stage, (size_t)load->stages * sizeof *o->stage);
		o->stage_count = load->stages;
	}
	return options_check_load(o, err) ? err_prefix(err, "the scenario's load") : 0;
}

int options_apply_load(struct options *o, const struct scenario_load *load, struct err *err)
{
	/* -n alone is not to be cut short by a "duration" the flags' user did not
	 * ask for, nor the other way round. */
	bool limited = o->sweep || o->requests >= 0 || o->duration_ns >= 0;

	if (!limited && load->requests > 0)
		o->requests = load->requests;
	if (!limited && load->duration_ns >= 0)
		o->duration_ns = load->duration_ns;
	if (apply_shape(o, load, err))
		return -1;
	if (o->concurrency < 0)
		o->concurrency = OPTIONS_USERS;
	if (o->arrival < 0)
		o->arrival = ARRIVAL_CONSTANT;
	if (o->warmup_ns < 0)
		o->warmup_ns = load->warmup_ns < 0 ? 0 : load->warmup_ns;
	if (o->think_ns < 0)
		o->think_ns = load->think_ns < 0 ? 0 : load->think_ns;
	return 0;
}
