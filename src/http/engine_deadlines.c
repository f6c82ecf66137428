/* The timeouts of exchanges. They are ours, whoever carries one: curl's are in
 * milliseconds, its idle timeout in seconds, and each costs it a node in a tree per
 * exchange. There are few different ones, so a queue for each, in order of start or
 * last byte, is sorted by deadline. */
#include <stdio.h>

#include "base/mem.h"
#include "base/units.h"
#include "engine_private.h"

struct deadline *engine_deadline_new(struct engine *engine, int64_t span_ns,
				     const char *whose)
{
	struct deadline *d = xcalloc(1, sizeof *d);
	char span[UNITS_BYTES];

	d->span_ns = span_ns;
	list_init(&d->queue);
	snprintf(d->text, sizeof d->text, "no complete answer within %s (%s)",
		 units_format_duration(span_ns, span), whose);
	engine->deadline = xreallocarray(engine->deadline, engine->deadlines + 1,
					 sizeof(struct deadline *));
	engine->deadline[engine->deadlines++] = d;
	return d;
}

/* The queue for a request's time; NULL: it has all the time. */
struct deadline *engine_deadline_for(struct engine *engine, const struct http_request *q)
{
	int64_t span_ns = q->timeout_ns ? q->timeout_ns : engine->common.config.timeout_ns;

	if (!span_ns)
		return NULL;
	for (size_t i = 0; i < engine->deadlines; i++)
		if (engine->deadline[i]->span_ns == span_ns &&
		    engine->deadline[i] != engine->grace)
			return engine->deadline[i];
	return engine_deadline_new(engine, span_ns,
			    q->timeout_ns ? "the task's timeout" : "--timeout");
}

/* Of a line's stream only the answer's bytes are noted as they come. Whether some went the
 * other way since its idle time last ran out. */
static bool uploads(struct engine_conn *conn, int64_t now_ns)
{
	curl_off_t bytes = 0;

	if (!conn->line)
		return false;
	curl_easy_getinfo(conn->easy, CURLINFO_SIZE_UPLOAD_T, &bytes);
	if (bytes <= conn->uploaded)
		return false;
	conn->uploaded = bytes;
	engine_byte(conn, now_ns);
	return true;
}

void engine_run_timeouts(struct engine *engine, int64_t now_ns)
{
	const struct engine_config *c = &engine->common.config;
	struct engine_conn *conn;

	for (size_t i = 0; i < engine->deadlines; i++) {
		struct deadline *d = engine->deadline[i];

		while (!list_empty(&d->queue)) {
			conn = list_entry(d->queue.next, struct engine_conn, deadline_link);
			if (now_ns - conn->since_ns < d->span_ns)
				break;
			engine_finish(conn, CURLE_OK, d->text);
		}
	}
	while (!list_empty(&engine->connecting)) {
		conn = list_entry(engine->connecting.next, struct engine_conn, connecting);
		if (now_ns - conn->ts_ns < c->connect_timeout_ns)
			break;
		engine_finish(conn, CURLE_OK, engine->connect_text);
	}
	while (!list_empty(&engine->by_byte)) {
		conn = list_entry(engine->by_byte.next, struct engine_conn, by_byte);
		if (now_ns - conn->last_byte_ns < c->idle_timeout_ns)
			break;
		if (uploads(conn, now_ns))
			continue;
		engine_finish(conn, CURLE_OK, engine->idle_text);
	}
}

int64_t engine_next_deadline(const struct engine *engine)
{
	const struct engine_config *c = &engine->common.config;
	int64_t due = engine->due_ns < engine->lines_due_ns ? engine->due_ns : engine->lines_due_ns;

#define HEAD(queue, member) list_entry((queue).next, struct engine_conn, member)
#define EARLIER(queue, member, field, span)                                    \
	if (!list_empty(&(queue)) && HEAD(queue, member)->field + (span) < due) \
		due = HEAD(queue, member)->field + (span)
	for (size_t i = 0; i < engine->deadlines; i++)
		EARLIER(engine->deadline[i]->queue, deadline_link, since_ns,
			engine->deadline[i]->span_ns);
	EARLIER(engine->connecting, connecting, ts_ns, c->connect_timeout_ns);
	EARLIER(engine->by_byte, by_byte, last_byte_ns, c->idle_timeout_ns);
#undef EARLIER
#undef HEAD
	return due;
}
