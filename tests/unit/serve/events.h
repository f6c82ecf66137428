/* A whole answer with its head, chunks undone, cut into events: for tests of
 * streams. */
#ifndef SERVE_TEST_EVENTS_H
#define SERVE_TEST_EVENTS_H

#include <cJSON.h>

#include "client.h"

#define EVENTS_MAX 600

struct events {
	char *raw; /* head and all */
	size_t bytes, room;
	int status;
	char *body;    /* after the head, chunks undone, terminated */
	bool complete; /* as its framing says */
	bool reset;    /* the connection ended that way */
	int count;
	char *event[EVENTS_MAX]; /* "data: " and the blank line taken away */
};

static inline void events_fini(struct events *events)
{
	free(events->raw);
	free(events->body);
}

/* False at the end of the connection. */
static inline bool events_read(struct events *events, int fd)
{
	ssize_t got;

	if (events->room - events->bytes < 4096) {
		events->room += 65536;
		events->raw = realloc(events->raw, events->room);
	}
	got = recv(fd, events->raw + events->bytes, events->room - events->bytes - 1, 0);
	events->reset = got < 0 && errno == ECONNRESET;
	assert_true(got >= 0 || events->reset);
	if (got > 0)
		events->bytes += (size_t)got;
	events->raw[events->bytes] = '\0';
	return got > 0;
}

/* The chunks in order, each to the letter; false: more must come. */
static inline bool undo_chunks(struct events *events, const char *at)
{
	const char *end = events->raw + events->bytes;
	size_t bytes = 0;

	for (;;) {
		char *digits_end;
		size_t size = strtoul(at, &digits_end, 16);

		if (digits_end == at || end - digits_end < (ptrdiff_t)size + 4) {
			/* The last chunk is "0\r\n\r\n": the same four. */
			events->body[bytes] = '\0';
			return false;
		}
		assert_memory_equal(digits_end, "\r\n", 2);
		memcpy(events->body + bytes, digits_end + 2, size);
		bytes += size;
		assert_memory_equal(digits_end + 2 + size, "\r\n", 2);
		at = digits_end + 4 + size;
		if (size == 0)
			break;
	}
	events->body[bytes] = '\0';
	/* Nothing comes after an answer that nobody asked for. */
	assert_ptr_equal(at, end);
	return true;
}

static inline bool is_whole(struct events *events)
{
	char *end = strstr(events->raw, "\r\n\r\n");
	const char *length, *body;

	if (!end)
		return false;
	body = end + 4;
	events->body = realloc(events->body, events->room);
	length = header(events->raw, "\r\nContent-Length: ");
	if (length && length < end) {
		strcpy(events->body, body);
		return strlen(body) >= strtoul(length, NULL, 10);
	}
	if (header(events->raw, "\r\nTransfer-Encoding: chunked"))
		return undo_chunks(events, body);
	strcpy(events->body, body);
	return false;
}

static inline void cut_events(struct events *events)
{
	char *at = events->body, *end;

	while (*at && (end = strstr(at, "\n\n"))) {
		assert_memory_equal(at, "data: ", 6);
		assert_true(events->count < EVENTS_MAX);
		*end = '\0';
		events->event[events->count++] = at + 6;
		at = end + 2;
	}
	assert_string_equal(at, "");
}

/* Reads an answer to its end, or to that of the connection. */
static inline void events_take(struct events *events, struct client *client)
{
	memset(events, 0, sizeof *events);
	do {
		if (!events_read(events, client->fd))
			break;
		events->complete = is_whole(events);
	} while (!events->complete);
	if (!events->raw || sscanf(events->raw, "HTTP/1.%*d %d ", &events->status) != 1)
		events->status = 0;
	if (events->status == 200 && header(events->raw, "\r\nContent-Type: text/event-stream"))
		cut_events(events);
}

static inline void ask(struct events *events, struct client *client, const char *path,
		       const char *body)
{
	client_request(client, "POST", path, body);
	events_take(events, client);
}

static inline bool has_header(const struct events *events, const char *line)
{
	const char *at = header(events->raw, line);

	return at && at < strstr(events->raw, "\r\n\r\n") + 2;
}

static inline cJSON *json_of(const char *text)
{
	const char *end;
	cJSON *json = cJSON_ParseWithOpts(text, &end, 0);

	if (!json || strspn(end, "\n") != strlen(end))
		fail_msg("not JSON: %s", text);
	return json;
}

/* The value at a path such as "choices/0/delta". */
static inline const cJSON *at(const cJSON *json, const char *path)
{
	char key[64];

	while (json && *path) {
		size_t bytes = strcspn(path, "/");

		snprintf(key, sizeof key, "%.*s", (int)bytes, path);
		json = cJSON_IsArray(json) ? cJSON_GetArrayItem(json, atoi(key))
					   : cJSON_GetObjectItemCaseSensitive(json, key);
		path += bytes + (path[bytes] == '/');
	}
	return json;
}

static inline const char *text_at(const cJSON *json, const char *path)
{
	const cJSON *value = at(json, path);

	if (!cJSON_IsString(value))
		fail_msg("no string at %s", path);
	return value->valuestring;
}

static inline int number_at(const cJSON *json, const char *path)
{
	const cJSON *value = at(json, path);

	if (!cJSON_IsNumber(value))
		fail_msg("no number at %s", path);
	return value->valueint;
}

/* A counter of /metrics. */
static inline double metric(const char *name)
{
	struct client client;
	struct events events;
	char line[160];
	double value;

	client_open(&client);
	client_request(&client, "GET", "/metrics", "");
	events_take(&events, &client);
	assert_int_equal(events.status, 200);
	snprintf(line, sizeof line, "\nbrunt_serve_%s ", name);

	const char *found = strstr(events.body, line);

	value = found ? strtod(found + strlen(line), NULL) : 0;
	events_fini(&events);
	client_close(&client);
	return value;
}

#define COMPLETIONS "/v1/chat/completions"
#define HELLO "\"messages\":[{\"role\":\"user\",\"content\":\"Say hello\"}]"

#endif
