#include "scenario/scenario.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "json.h"

#define METHOD_MAX 32

int scenario_method_check(const char *method, struct err *err)
{
	size_t letters = strspn(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-");

	if (!letters || letters > METHOD_MAX || method[letters])
		return err_set(err, "not an HTTP method; expected one such as GET, POST or PUT");
	if (!strcmp(method, "CONNECT"))
		return err_set(err, "CONNECT opens tunnels; expected one such as GET, POST or PUT");
	return 0;
}

static size_t name_bytes(const char *line)
{
	return strcspn(line, ":");
}

static size_t header_count(char *const *header)
{
	size_t n = 0;

	while (header[n])
		n++;
	return n;
}

/* In place of one of the same name, else at the end. */
static void set_header(struct http_request *request, const char *line)
{
	size_t bytes = name_bytes(line), n = header_count(request->header);

	for (size_t i = 0; i < n; i++) {
		char **h = &request->header[i];

		if (name_bytes(*h) == bytes && !strncasecmp(*h, line, bytes)) {
			free(*h);
			*h = xstrdup(line);
			return;
		}
	}
	request->header = xreallocarray(request->header, n + 2, sizeof *request->header);
	request->header[n] = xstrdup(line);
	request->header[n + 1] = NULL;
}

void scenario_set_headers(struct scenario *scenario, const char *const *headers, size_t count)
{
	for (int t = 0; t < scenario->task_count; t++)
		for (size_t i = 0; i < count; i++)
			set_header(&scenario->task[t].request, headers[i]);
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
	s->load = (struct scenario_load){.duration_ns = -1, .warmup_ns = -1, .think_ns = -1};
	r = &s->task->request;
	r->method = xstrdup(method);
	r->url = xstrdup(url);
	/* As given: who repeats -H wants two headers. */
	r->header = xcalloc(count + 1, sizeof *r->header);
	for (size_t i = 0; i < count; i++)
		r->header[i] = xstrdup(headers[i]);
	if (body) {
		r->body = xmalloc(body_bytes + 1);
		memcpy(r->body, body, body_bytes);
		r->body[body_bytes] = '\0';
		r->body_bytes = body_bytes;
	}
	return s;
}

void scenario_free(struct scenario *scenario)
{
	if (!scenario)
		return;
	for (int i = 0; i < scenario->task_count; i++) {
		free(scenario->task[i].name);
		http_request_fini(&scenario->task[i].request);
	}
	free(scenario->task);
	free(scenario->name);
	free(scenario->target);
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

int scenario_load_file(const char *path, const char *base_url, struct scenario **out,
		       struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), code;
	struct stat st;
	size_t bytes = 0;
	char *text = NULL;

	if (fd < 0)
		return err_set(err, "%.200s: %s", path, strerror(errno));
	if (!fstat(fd, &st) && S_ISDIR(st.st_mode))
		code = err_set(err, "%.200s: is a directory; expected a scenario file", path);
	else
		code = read_all(fd, path, &text, &bytes, err);
	close(fd);
	if (!code)
		code = scenario_parse(text, bytes, path, base_url, out, err);
	free(text);
	return code;
}
