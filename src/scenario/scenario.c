#include "scenario/scenario.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/near.h"
#include "json.h"
#include "mix.h"
#include "parse.h"
#include "template.h"

void scenario_set_headers(struct scenario *scenario, const char *const *headers, size_t count)
{
	for (int t = 0; t < scenario->task_count; t++)
		for (size_t i = 0; i < count; i++)
			scenario_set_header(scenario, &scenario->task[t], headers[i]);
}

void scenario_seed(struct scenario *scenario, uint64_t seed)
{
	for (int i = 0; i < scenario->data_count; i++)
		data_seed(scenario->data[i], seed);
}

int scenario_has_task(const struct scenario *scenario, const char *name, struct err *err)
{
	struct near near = near_to(name, strlen(name));
	char said[NEAR_SAID];
	struct buf names = {0};

	for (int i = 0; *name && i < scenario->task_count; i++)
		if (!strcmp(scenario->task[i].name, name))
			return 0;
	if (!*name)
		return 0;
	for (int i = 0; i < scenario->task_count; i++) {
		near_offer(&near, scenario->task[i].name);
		if (names.used < 200)
			buf_printf(&names, "%s%s", i ? ", " : "", scenario->task[i].name);
	}
	buf_terminate(&names);
	err_set(err, "no task is called \"%s\"; %s", name, near_or(&near, said, "expected one of %s", names.at));
	buf_fini(&names);
	return -1;
}

int scenario_add_slo(struct scenario *scenario, const char *text, struct err *err)
{
	struct slo slo;

	if (scenario->slo_count == SLO_MAX)
		return err_set(err, "too many SLOs; expected at most %d", SLO_MAX);
	if (slo_parse(text, &slo, err) || scenario_has_task(scenario, slo.task, err))
		return -1;
	scenario->slo[scenario->slo_count++] = slo;
	return 0;
}

void task_hash(struct task *task)
{
	const struct http_request *r = &task->request;

	task->hash = r->body ? mix_request(r->method, r->url, r->body, r->body_bytes) : 0;
}

struct scenario *scenario_from_url(const char *method, const char *url,
				   const char *const *headers, size_t count,
				   const char *body, size_t body_bytes)
{
	struct scenario *s = xcalloc(1, sizeof *s);
	struct http_request *r;

	s->name = xstrdup("default");
	s->target = xstrdup(url);
	s->task = xcalloc(1, sizeof *s->task);
	s->task_count = 1;
	s->task->name = xstrdup("default");
	s->task->weight = 1;
	s->load = (struct scenario_load)SCENARIO_NO_LOAD;
	r = &s->task->request;
	r->method = xstrdup(method);
	r->url = xstrdup(url);
	/* As given: who repeats -H wants two headers. */
	r->header = xcalloc(count + 1, sizeof *r->header);
	for (size_t i = 0; i < count; i++)
		r->header[i] = xstrdup(headers[i]);
	for (size_t i = 0; i < count; i++)
		scenario_add_header_secret(s, headers[i]);
	scenario_add_url_secrets(s, url);
	if (body) {
		r->body = xmalloc(body_bytes + 1);
		memcpy(r->body, body, body_bytes);
		r->body[body_bytes] = '\0';
		r->body_bytes = body_bytes;
	}
	/* Said here: only the exchange that opens the connection would tell. */
	if (http_is_websocket(url))
		s->task->plan.stream = STREAM_WS;
	s->task->turn_count = 1;
	s->task->think_ns = -1;
	s->task->cases = 1;
	task_hash(s->task);
	return s;
}

static void task_fini(struct task *task)
{
	for (size_t i = 0; task->header && task->request.header[i]; i++)
		template_free(task->header[i]);
	free(task->header);
	for (int i = 0; task->turn && i < task->turn_count; i++)
		template_free(task->turn[i]);
	free(task->turn);
	template_free(task->row_turns);
	template_free(task->opening);
	template_free(task->body);
	template_free(task->url);
	for (int i = 0; i < task->capture_count; i++) {
		free(task->capture[i].name);
		free(task->capture[i].pointer);
	}
	free(task->capture);
	check_list_fini(&task->checks);
	free(task->own_api);
	free(task->name);
	http_request_fini(&task->request);
}

void scenario_free(struct scenario *scenario)
{
	if (!scenario)
		return;
	for (int i = 0; i < scenario->task_count; i++)
		task_fini(&scenario->task[i]);
	for (int i = 0; i < scenario->data_count; i++)
		data_free(scenario->data[i]);
	for (int i = 0; i < scenario->secret_count; i++)
		free(scenario->secret[i]);
	free(scenario->secret);
	free(scenario->data);
	free(scenario->task);
	free(scenario->name);
	free(scenario->target);
	free(scenario->load.stage);
	free(scenario->source);
	free(scenario);
}

/* Also of a pipe, whose size is not known beforehand. */
static int read_all(int fd, const char *path, char **out, size_t *bytes, struct err *err)
{
	size_t room = 64 << 10, used = 0;
	char *text = xmalloc(room);

	for (;;) {
		ssize_t n = read(fd, text + used, room - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err_set(err, "%s: %s", path, strerror(errno));
			break;
		}
		used += (size_t)n;
		if (used > JSON_MAX_BYTES) {
			err_set(err, "%s: larger than %d MiB; expected a scenario file", path,
				JSON_MAX_BYTES >> 20);
			break;
		}
		if (n == 0) {
			*out = text;
			*bytes = used;
			return 0;
		}
		if (used == room)
			text = xrealloc(text, room *= 2);
	}
	free(text);
	return -1;
}

static int read_file(const char *path, char **text, size_t *bytes, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), code;
	struct stat st;

	if (fd < 0)
		return err_set(err, "%.200s: %s", path, strerror(errno));
	if (!fstat(fd, &st) && S_ISDIR(st.st_mode))
		code = err_set(err, "%.200s: is a directory; expected a scenario file", path);
	else
		code = read_all(fd, path, text, bytes, err);
	close(fd);
	return code;
}

int scenario_load_file(const char *path, const char *base_url, struct scenario **out,
		       struct faults *faults)
{
	size_t bytes = 0;
	char *text = NULL;
	struct err err;
	int code;

	*faults = (struct faults){0};
	if (read_file(path, &text, &bytes, &err))
		return faults_add(faults, 0, &err);
	code = scenario_parse(text, bytes, path, base_url, out, faults);
	free(text);
	return code;
}
