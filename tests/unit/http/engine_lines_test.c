/* HTTP/2 connections that users share: how many are opened and by whom, streams that
 * overlap, the server's limit of them, connections that end under way, what waits for one
 * that never opens; and that nothing is lost or sent twice meanwhile. */
#include "../../../src/http/engine_private.h"
#include "engine_user.h"
#include "h2_server.h"

enum { USERS_MAX = 8 };

/* A server, an engine and its users, the first request of each asked for. */
struct scene {
	struct h2_server s;
	struct engine *engine;
	struct http_request q;
	struct seen *u[USERS_MAX];
	int users;
};

static struct engine_config http2(void)
{
	struct engine_config c = defaults;

	c.http2 = true;
	return c;
}

static void all_start(struct scene *x)
{
	for (int i = 0; i < x->users; i++) {
		x->u[i]->done = 0;
		start(x->u[i], &x->q);
	}
}

static void begin_with(struct scene *x, const struct engine_config *c, int users, int max_streams,
		       bool (*answer)(struct h2_connection *c, uint32_t stream))
{
	*x = (struct scene){.users = users};
	h2_server_start(&x->s, answer);
	x->s.max_streams = max_streams;
	x->engine = engine_with(c);
	x->q = get(x->s.url, "x");
	for (int i = 0; i < users; i++)
		x->u[i] = user_of(x->engine);
	all_start(x);
}

static void begin(struct scene *x, int users, int max_streams, bool (*answer)(struct h2_connection *c, uint32_t stream))
{
	struct engine_config c = http2();

	begin_with(x, &c, users, max_streams, answer);
}

/* How many of them answered well, once each, and how many of these opened a connection. */
static void end_all(struct scene *x, int *well, int *opened)
{
	*well = *opened = 0;
	for (int i = 0; i < x->users; i++) {
		run_until(x->engine, &x->u[i]->done, 1);
		*well += x->u[i]->r.error == ERROR_NONE && x->u[i]->r.answered;
		*opened += x->u[i]->r.new_connection;
	}
}

static void finish(struct scene *x)
{
	for (int i = 0; i < x->users; i++)
		user_free(x->u[i]);
	assert_int_equal(engine_connections(x->engine), 0);
	engine_close(x->engine);
	free(x->q.url);
	h2_server_stop(&x->s);
}

/* --- what servers do --- */

static void say(struct h2_connection *c, uint32_t stream, int last)
{
	char text[16];

	h2_send(c->fd, H2_DATA, last ? H2_END_STREAM : 0, stream, text,
		(size_t)snprintf(text, sizeof text, "%u;", stream));
}

static bool well(struct h2_connection *c, uint32_t stream)
{
	h2_head(c->fd, stream, "200", NULL, 0);
	say(c, stream, 1);
	return true;
}

static void hold(struct h2_connection *c, uint32_t stream)
{
	assert(c->held < 8);
	c->stream[c->held++] = stream;
}

/* Answers three together, the last that came first, and in turns. */
static bool in_turns(struct h2_connection *c, uint32_t stream)
{
	hold(c, stream);
	if (c->held < 3)
		return true;
	for (int i = 2; i >= 0; i--)
		h2_head(c->fd, c->stream[i], "200", NULL, 0);
	for (int round = 0; round < 3; round++)
		for (int i = 2; i >= 0; i--)
			say(c, c->stream[i], round == 2);
	c->held = 0;
	return true;
}

/* Answers when all users' requests are there, on whatever connection; more than its
 * limit at once on one are refused. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t all;
	int there, enough, over;
} gate = {.lock = PTHREAD_MUTEX_INITIALIZER, .all = PTHREAD_COND_INITIALIZER};

static bool together(struct h2_connection *c, uint32_t stream)
{
	bool all;

	hold(c, stream);
	pthread_mutex_lock(&gate.lock);
	gate.there++;
	gate.over += c->held > c->server->max_streams;
	pthread_cond_broadcast(&gate.all);
	/* The last of them on this connection waits for the others. */
	while (gate.there < gate.enough && c->held == c->server->max_streams)
		pthread_cond_wait(&gate.all, &gate.lock);
	all = gate.there >= gate.enough;
	pthread_mutex_unlock(&gate.lock);
	if (!all)
		return true;
	for (int i = 0; i < c->held; i++)
		well(c, c->stream[i]);
	c->held = 0;
	return true;
}

/* The third on the first connection makes it go: it will answer no more than the first
 * two, of which the second comes after the leave. */
static bool leaves_amid(struct h2_connection *c, uint32_t stream)
{
	hold(c, stream);
	if (c->number)
		return well(c, stream);
	if (c->held < 3)
		return true;
	well(c, c->stream[0]);
	h2_code(c->fd, H2_GOAWAY, c->stream[1], 0);
	well(c, c->stream[1]);
	return h2_end(c);
}

/* Says nothing before two requests are there. */
static bool late(struct h2_connection *c, uint32_t stream)
{
	hold(c, stream);
	if (c->held < 2)
		return true;
	h2_send(c->fd, H2_SETTINGS, 0, 0, "", 0);
	return well(c, c->stream[0]) && well(c, c->stream[1]);
}

/* The third on the first connection makes it go, and is not answered for now. */
static bool leaves_in_time(struct h2_connection *c, uint32_t stream)
{
	hold(c, stream);
	if (c->number)
		return well(c, stream);
	if (c->held < 3)
		return true;
	h2_code(c->fd, H2_GOAWAY, stream, 0);
	return well(c, c->stream[0]) && well(c, c->stream[1]);
}

static bool first_never(struct h2_connection *c, uint32_t stream)
{
	return c->number || stream > 1 ? well(c, stream) : true;
}

static bool first_connection_never(struct h2_connection *c, uint32_t stream)
{
	return c->number ? well(c, stream) : true;
}

static bool hangs_up_at_three(struct h2_connection *c, uint32_t stream)
{
	hold(c, stream);
	if (c->number)
		return well(c, stream);
	return c->held < 3 || h2_end(c);
}

/* Three answers begin, and something ends them all. */
static bool all_begin(struct h2_connection *c, uint32_t stream)
{
	hold(c, stream);
	if (c->held < 3)
		return false;
	for (int i = 0; i < 3; i++) {
		h2_head(c->fd, c->stream[i], "200", NULL, 0);
		say(c, c->stream[i], 0);
	}
	return true;
}

static bool hangs_up_amid(struct h2_connection *c, uint32_t stream)
{
	return !all_begin(c, stream) || h2_end(c);
}

static bool breaks_rules_amid(struct h2_connection *c, uint32_t stream)
{
	if (all_begin(c, stream))
		say(c, 0, 0); /* no stream has this number */
	return true;
}

static bool leaves_in_error_amid(struct h2_connection *c, uint32_t stream)
{
	if (!all_begin(c, stream))
		return true;
	h2_code(c->fd, H2_GOAWAY, 0, H2_INTERNAL_ERROR);
	return h2_end(c);
}

static bool resets_amid(struct h2_connection *c, uint32_t stream)
{
	if (all_begin(c, stream))
		for (int i = 0; i < 3; i++)
			h2_code(c->fd, H2_RST_STREAM, c->stream[i], H2_INTERNAL_ERROR);
	return true;
}

enum { LARGE = 80000, FRAME = 16000, HELD = 6 };

/* The first ones are never answered; all others are, at length. */
static bool large(struct h2_connection *c, uint32_t stream)
{
	static const char frame[FRAME];

	if (c->held < HELD) {
		hold(c, stream);
		return true;
	}
	h2_head(c->fd, stream, "200", NULL, 0);
	h2_together(c->fd, 1);
	for (int at = 0; at < LARGE; at += FRAME)
		h2_send(c->fd, H2_DATA, 0, stream, frame, FRAME);
	h2_send(c->fd, H2_DATA, H2_END_STREAM, stream, "", 0);
	h2_together(c->fd, 0);
	return true;
}

/* --- tests --- */

static void one_connection_for_all(void **state)
{
	enum { ROUNDS = 6, USERS = 5 };
	char body[] = "a body";
	struct scene x;
	int good, opened;

	(void)state;
	begin(&x, USERS, 0, well);
	for (int round = 0; round < ROUNDS; round++) {
		/* Another request and its body go the same way. */
		if (round == ROUNDS / 2) {
			x.q.method = (char *)"POST";
			x.q.body = body;
			x.q.body_bytes = sizeof body - 1;
		}
		if (round)
			all_start(&x);
		end_all(&x, &good, &opened);
		assert_int_equal(good, USERS);
		assert_int_equal(opened, round == 0);
		for (int i = 0; i < USERS; i++) {
			assert_true(x.u[i]->r.http2);
			assert_true(x.u[i]->r.new_connection || !x.u[i]->r.connect_us);
			assert_true(x.u[i]->r.ts_ns <= x.u[i]->r.th_ns && x.u[i]->r.th_ns <= x.u[i]->r.te_ns);
		}
		assert_int_equal(engine_connections(x.engine), 1);
	}
	assert_int_equal(x.s.accepted, 1);
	assert_int_equal(x.s.requests, USERS * ROUNDS);
	finish(&x);
}

/* Who comes while it is being opened waits for that, and has the wait as queue time. */
static void waiting_for_it_is_no_service(void **state)
{
	struct scene x;
	int good, opened;

	(void)state;
	begin(&x, 2, 0, well);
	end_all(&x, &good, &opened);
	assert_int_equal(good, 2);
	assert_true(x.u[0]->r.new_connection && !x.u[1]->r.new_connection);
	assert_true(x.u[1]->r.ts_ns >= x.u[0]->r.ts_ns + (int64_t)x.u[0]->r.connect_us * NS_PER_US);
	finish(&x);
}

/* Settings that do not come are not waited for for ever. */
static void a_server_whose_settings_are_late(void **state)
{
	struct scene x;
	int good, opened;

	(void)state;
	begin(&x, 0, 0, late);
	x.s.late = true;
	for (x.users = 0; x.users < 2; x.users++)
		x.u[x.users] = user_of(x.engine);
	all_start(&x);
	end_all(&x, &good, &opened);
	assert_int_equal(good, 2);
	assert_int_equal(x.s.accepted, 1);
	finish(&x);
}

static void streams_that_overlap(void **state)
{
	struct scene x;
	int good, opened;

	(void)state;
	begin(&x, 3, 0, in_turns);
	end_all(&x, &good, &opened);
	assert_int_equal(good, 3);
	for (int i = 0; i < 3; i++) {
		char body[16];

		snprintf(body, sizeof body, "%d;%d;%d;", 2 * i + 1, 2 * i + 1, 2 * i + 1);
		assert_string_equal(x.u[i]->body, body);
		/* What counts as its idle time is its own. */
		assert_true(x.u[i]->conn->last_byte_ns >= x.u[i]->r.th_ns && x.u[i]->r.th_ns > x.u[i]->r.ts_ns);
	}
	assert_int_equal(x.s.accepted, 1);
	finish(&x);
}

/* More than is read at once, while others are read in vain: none of it stays with curl. */
static void large_answers(void **state)
{
	struct scene x;

	(void)state;
	begin(&x, HELD, 0, large);
	while (x.s.requests < HELD)
		engine_run(x.engine, clock_ns() + NS_PER_MS);
	x.u[x.users++] = user_of(x.engine);
	for (int round = 0; round < 20; round++) {
		x.u[HELD]->done = 0;
		start(x.u[HELD], &x.q);
		run_until(x.engine, &x.u[HELD]->done, 1);
		assert_int_equal(x.u[HELD]->r.error, ERROR_NONE);
		assert_int_equal(x.u[HELD]->body_bytes, LARGE);
	}
	for (int i = 0; i < HELD; i++)
		engine_cancel(x.u[i]->conn);
	finish(&x);
}

static void the_servers_limit_of_streams(void **state)
{
	struct scene x;
	int good, opened;

	(void)state;
	gate.there = gate.over = 0;
	gate.enough = 6;
	begin(&x, 6, 2, together);
	end_all(&x, &good, &opened);
	assert_int_equal(good, 6);
	assert_int_equal(opened, 3);
	assert_int_equal(x.s.accepted, 3);
	assert_int_equal(x.s.requests, 6);
	assert_int_equal(gate.over, 0);
	/* They stay, and are enough. */
	gate.there = 0;
	all_start(&x);
	end_all(&x, &good, &opened);
	assert_int_equal(good, 6);
	assert_int_equal(x.s.accepted, 3);
	assert_int_equal(gate.over, 0);
	finish(&x);
}

/* What it has taken is answered, what it has not is an error and not sent again; who comes
 * later goes elsewhere. */
static void a_connection_that_takes_leave(void **state)
{
	struct scene x;
	int good, opened;

	(void)state;
	begin(&x, 3, 0, leaves_amid);
	end_all(&x, &good, &opened);
	assert_int_equal(good, 2);
	assert_int_equal(x.u[2]->r.error, ERROR_RESET);
	assert_int_equal(x.s.requests, 3);
	all_start(&x);
	end_all(&x, &good, &opened);
	assert_int_equal(good, 3);
	assert_int_equal(x.s.requests, 6);
	assert_int_equal(x.s.accepted, 2);
	finish(&x);
}

/* That it takes no more is not its limit of streams: one other is enough for the rest. */
static void a_connection_that_goes_on_to_its_end(void **state)
{
	struct scene x;

	(void)state;
	begin(&x, 3, 0, leaves_in_time);
	for (int round = 0; round < 3; round++)
		for (int i = 0; i < 2; i++) {
			run_until(x.engine, &x.u[i]->done, 1);
			assert_int_equal(x.u[i]->r.error, ERROR_NONE);
			x.u[i]->done = 0;
			if (i == 1 && round < 2) {
				start(x.u[0], &x.q);
				start(x.u[1], &x.q);
			}
		}
	assert_int_equal(x.u[2]->done, 0);
	assert_int_equal(x.s.accepted, 2);
	assert_int_equal(x.s.requests, 7);
	assert_int_equal(engine_connections(x.engine), 2);
	engine_cancel(x.u[2]->conn);
	finish(&x);
}

static void a_connection_that_is_lost(void **state)
{
	struct scene x;
	int good, opened;

	(void)state;
	begin(&x, 3, 0, hangs_up_at_three);
	end_all(&x, &good, &opened);
	assert_int_equal(good, 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(x.u[i]->r.error, ERROR_RESET);
	all_start(&x);
	end_all(&x, &good, &opened);
	assert_int_equal(good, 3);
	assert_int_equal(x.s.requests, 6);
	assert_int_equal(x.s.accepted, 2);
	finish(&x);
}

/* No end of an answer is taken for its whole. */
static void answers_that_end_together(void **state)
{
	static bool (*const way[])(struct h2_connection *, uint32_t) = {hangs_up_amid, breaks_rules_amid,
									leaves_in_error_amid, resets_amid};

	(void)state;
	for (size_t i = 0; i < sizeof way / sizeof *way; i++) {
		struct scene x;
		int good, opened;

		begin(&x, 3, 0, way[i]);
		end_all(&x, &good, &opened);
		assert_int_equal(good, 0);
		for (int u = 0; u < 3; u++)
			assert_true(x.u[u]->r.error != ERROR_NONE && !x.u[u]->r.answered);
		assert_int_equal(x.s.requests, 3);
		finish(&x);
	}
}

static void a_stream_that_is_cancelled_leaves_the_others(void **state)
{
	struct scene x;
	int good, opened;

	(void)state;
	begin(&x, 3, 0, first_never);
	for (int i = 1; i < 3; i++)
		run_until(x.engine, &x.u[i]->done, 1);
	engine_cancel(x.u[0]->conn);
	assert_int_equal(x.u[0]->done, 0);
	assert_int_equal(engine_connections(x.engine), 1);
	all_start(&x);
	end_all(&x, &good, &opened);
	assert_int_equal(good, 3);
	assert_int_equal(x.s.accepted, 1);
	assert_int_equal(x.s.requests, 6);
	finish(&x);
}

/* Who opens it leaves before it is open: the next one does then. */
static void an_opener_that_is_cancelled(void **state)
{
	struct scene x;

	(void)state;
	begin(&x, 3, 0, well);
	while (!engine_connections(x.engine))
		engine_run(x.engine, clock_ns() + NS_PER_MS);
	engine_cancel(x.u[0]->conn);
	engine_cancel(x.u[2]->conn); /* waits, or has not even been told to */
	run_until(x.engine, &x.u[1]->done, 1);
	assert_int_equal(x.u[1]->r.error, ERROR_NONE);
	assert_int_equal(x.u[0]->done + x.u[2]->done, 0);
	finish(&x);
}

/* A connection without a word until the time was out takes no more. */
static void a_connection_that_is_silent(void **state)
{
	struct engine_config c = http2();
	struct scene x;
	int good, opened;

	(void)state;
	c.timeout_ns = 200 * NS_PER_MS;
	begin_with(&x, &c, 2, 0, first_connection_never);
	end_all(&x, &good, &opened);
	assert_int_equal(good, 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(x.u[i]->r.error, ERROR_TIMEOUT);
	assert_false(x.u[0]->r.http2); /* nothing was spoken yet */
	all_start(&x);
	end_all(&x, &good, &opened);
	assert_int_equal(good, 2);
	assert_int_equal(x.s.accepted, 2);
	finish(&x);
}

/* Time without a byte is a stream's own. */
static void idle_beside_others(void **state)
{
	struct engine_config c = http2();
	struct scene x;
	int rounds = 0;

	(void)state;
	c.idle_timeout_ns = 200 * NS_PER_MS;
	begin_with(&x, &c, 2, 0, first_never);
	while (!x.u[0]->done) {
		run_until(x.engine, &x.u[1]->done, 1);
		assert_int_equal(x.u[1]->r.error, ERROR_NONE);
		x.u[1]->done = 0;
		start(x.u[1], &x.q);
		rounds++;
	}
	assert_int_equal(x.u[0]->r.error, ERROR_TIMEOUT);
	assert_true(rounds > 1);
	run_until(x.engine, &x.u[1]->done, 1);
	assert_int_equal(x.s.accepted, 1);
	finish(&x);
}

static void nobody_listens(void **state)
{
	struct engine_config c = http2();
	struct engine *engine = engine_with(&c);
	char *url = xasprintf("http://127.0.0.1:%d", bad_closed_port());
	struct http_request q = get(url, "/");
	struct seen *u[3];

	(void)state;
	for (int i = 0; i < 3; i++) {
		u[i] = user_of(engine);
		start(u[i], &q);
	}
	for (int i = 0; i < 3; i++) {
		run_until(engine, &u[i]->done, 1);
		assert_int_equal(u[i]->r.error, ERROR_CONNECT);
		assert_string_equal(u[i]->message, "connection refused");
		assert_false(u[i]->r.new_connection);
	}
	for (int i = 0; i < 3; i++) {
		assert_int_equal(u[i]->done, 1);
		user_free(u[i]);
	}
	engine_close(engine);
	free(q.url);
	free(url);
}

/* Who waits for a connection that is not opened in time does not begin to open it then. */
static void nobody_shakes_hands(void **state)
{
	struct engine_config c = http2();
	struct bad_server s;
	struct engine *engine;
	struct http_request q;
	struct seen *u[3];
	char url[64];

	(void)state;
	c.connect_timeout_ns = 200 * NS_PER_MS;
	engine = engine_with(&c);
	bad_server_start(&s, 0);
	snprintf(url, sizeof url, "https://127.0.0.1:%d", s.port);
	q = get(url, "/");
	for (int i = 0; i < 3; i++) {
		u[i] = user_of(engine);
		start(u[i], &q);
	}
	for (int i = 0; i < 3; i++) {
		run_until(engine, &u[i]->done, 1);
		assert_int_equal(u[i]->r.error, ERROR_TIMEOUT);
		assert_string_equal(u[i]->message, i ? "the connection it was to share was not open in time"
						     : "no connection within 200 ms (--connect-timeout)");
		assert_true(u[i]->r.te_ns - u[i]->r.ts_ns >= c.connect_timeout_ns / 2);
	}
	assert_int_equal(s.accepted, 1);
	for (int i = 0; i < 3; i++)
		user_free(u[i]);
	engine_close(engine);
	free(q.url);
	bad_server_stop(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_connection_for_all),
		cmocka_unit_test(waiting_for_it_is_no_service),
		cmocka_unit_test(a_server_whose_settings_are_late),
		cmocka_unit_test(streams_that_overlap),
		cmocka_unit_test(large_answers),
		cmocka_unit_test(the_servers_limit_of_streams),
		cmocka_unit_test(a_connection_that_takes_leave),
		cmocka_unit_test(a_connection_that_goes_on_to_its_end),
		cmocka_unit_test(a_connection_that_is_lost),
		cmocka_unit_test(answers_that_end_together),
		cmocka_unit_test(a_stream_that_is_cancelled_leaves_the_others),
		cmocka_unit_test(an_opener_that_is_cancelled),
		cmocka_unit_test(a_connection_that_is_silent),
		cmocka_unit_test(idle_beside_others),
		cmocka_unit_test(nobody_listens),
		cmocka_unit_test(nobody_shakes_hands),
	};

	return cmocka_run_group_tests(tests, global_init, global_fini);
}
