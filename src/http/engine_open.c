/* Making engines and handles, and what a process needs beforehand. */
#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/units.h"
#include "engine_plain.h"

/* After engine_complete() the end of the body may still be on its way: "[DONE]"
 * and the last chunk are often two writes. It is worth the connection. */
#define GRACE_NS (20 * NS_PER_MS)

int engine_global_init(struct err *err)
{
	struct rlimit files;
	struct sigaction action;

	/* A connection needs a descriptor; the soft limit is for select(). */
	if (!getrlimit(RLIMIT_NOFILE, &files) && files.rlim_cur < files.rlim_max) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	/* TLS writes with write(2): a closed connection would end us. */
	if (!sigaction(SIGPIPE, NULL, &action) && action.sa_handler == SIG_DFL) {
		action.sa_handler = SIG_IGN;
		sigaction(SIGPIPE, &action, NULL);
	}
	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		return err_set(err, "libcurl does not start");
	return 0;
}

void engine_global_fini(void)
{
	curl_global_cleanup();
}

int engine_open(const struct engine_config *config,
		const struct engine_callbacks *callbacks, struct engine **out,
		struct err *err)
{
	struct engine *engine = xcalloc(1, sizeof *engine);
	char span[UNITS_BYTES];

	engine->on = *callbacks;
	engine->due_ns = ENGINE_NEVER;
	list_init(&engine->by_byte);
	list_init(&engine->connecting);
	list_init(&engine->starts);
	list_init(&engine->drops);
	list_init(&engine->pools);
	snprintf(engine->connect_text, sizeof engine->connect_text,
		 "no connection within %s (--connect-timeout)",
		 units_format_duration(config->connect_timeout_ns, span));
	snprintf(engine->idle_text, sizeof engine->idle_text,
		 "no byte for %s (--idle-timeout)",
		 units_format_duration(config->idle_timeout_ns, span));
	if (curl_common_init(&engine->common, config, err)) {
		free(engine);
		return -1;
	}
	if (loop_open(&engine->loop, err)) {
		curl_common_fini(&engine->common);
		free(engine);
		return -1;
	}
	engine->shares = engine_lines_wanted(config);
	engine->lines_due_ns = ENGINE_NEVER;
	engine->careful = config->http2 && engine_http2_careful();
	engine->grace = engine_deadline_new(engine, GRACE_NS, "");
	engine->wires = wire_cache_new(config->disable_keepalive);
	engine_plain_open(engine);
	*out = engine;
	return 0;
}

void engine_close(struct engine *engine)
{
	if (!engine)
		return;
	engine_run_drops(engine);
	assert(!engine->conns);
	engine_plain_close(engine);
	engine_curl_close(engine);
	for (size_t i = 0; i < engine->deadlines; i++)
		free(engine->deadline[i]);
	free(engine->deadline);
	wire_cache_free(engine->wires);
	loop_close(&engine->loop);
	curl_common_fini(&engine->common);
	free(engine);
}

struct engine_conn *engine_conn_new(struct engine *engine, void *owner)
{
	struct engine_conn *conn = xcalloc(1, sizeof *conn);

	conn->engine = engine;
	conn->owner = owner;
	list_init(&conn->deadline_link);
	list_init(&conn->by_byte);
	list_init(&conn->connecting);
	list_init(&conn->queue);
	engine->conns++;
	return conn;
}
