/* The scraper's thread against servers that are well, ill, slow and gone. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../http/bad_server.h"
#include "base/clock.h"
#include "run/scraper.h"

/* What the server says next; both threads. */
static atomic_int mode;
enum { WELL, REFUSES, SAYS_HTML, HANGS, ENDLESS, PACKED, ELSEWHERE };

static bool answer(struct bad_connection *c, const char *request, size_t bytes)
{
	static const char well[] = "HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\ntgi_queue_size{} 12.5\n";
	static const char refuses[] = "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n";
	static const char html[] =
		"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=x\r\nContent-Length: 7\r\n\r\n<html>\n";
	static const char elsewhere[] = "HTTP/1.1 307 There\r\nLocation: /metrics/?token=hunter2\r\nContent-Length: 0\r\n\r\n";
	static const char packed[] = /* "tgi_queue_size 8\n" */
		"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 37\r\n\r\n"
		"\037\213\010\000\000\000\000\000\002\003\053\111\317\214\057\054\115\055\115\215\057\316\254\112\125\260\340\002\000\250\072\104\255\021\000\000\000";
	static char lines[17 << 12];

	(void)bytes;
	switch (atomic_load(&mode)) {
	case WELL:
		bad_say(c->fd, well);
		return true;
	case REFUSES:
		bad_say(c->fd, refuses);
		return true;
	case SAYS_HTML:
		bad_say(c->fd, html);
		return true;
	case PACKED:
		bad_send(c->fd, packed, sizeof packed - 1);
		return true;
	case ELSEWHERE:
		bad_say(c->fd, strstr(request, "GET /metrics/?") ? well : elsewhere);
		return true;
	case ENDLESS:
		bad_say(c->fd, "HTTP/1.1 200 OK\r\n\r\n");
		for (size_t i = 0; i < sizeof lines; i++)
			lines[i] = "tgi_queue_size 1\n"[i % 17];
		for (size_t sent = 0; sent < 5 << 20; sent += sizeof lines)
			bad_send(c->fd, lines, sizeof lines);
		return false;
	default:
		for (char byte; recv(c->fd, &byte, 1, 0) > 0;)
			;
		return false;
	}
}

/* Waits for the next record; a minute is for a machine that is busy. */
static const struct rec_server *next(struct ring *ring)
{
	int64_t until_ns = clock_ns() + 60 * NS_PER_S;
	const struct rec *rec;

	ring_release(ring);
	while (!(rec = ring_front(ring)) && clock_ns() < until_ns)
		bad_pause_ms(5);
	assert_non_null(rec);
	assert_int_equal(rec->kind, REC_SERVER);
	ring_pop(ring);
	return (const struct rec_server *)rec;
}

/* The next one that is as the server is now: one may have been under way. */
static const struct rec_server *next_as(struct ring *ring, const char *text)
{
	const struct rec_server *s;

	do
		s = next(ring);
	while (s->text_bytes != strlen(text) || memcmp(s->text, text, s->text_bytes) != 0);
	return s;
}

static struct scraper *start_with(const char *url, bool follow)
{
	struct engine_config way = {.user_agent = "test", .follow_redirects = follow};
	struct scraper *s;
	struct err err;

	if (scraper_start(url, &way, clock_ns(), &s, &err))
		fail_msg("%s", err.text);
	return s;
}

static struct scraper *start(const char *url)
{
	return start_with(url, false);
}

static void well_and_ill(void **state)
{
	const struct rec_server *r;
	struct bad_server server;
	struct scraper *s;
	uint64_t failed;

	(void)state;
	atomic_store(&mode, WELL);
	bad_server_start(&server, 0);
	server.answer = answer;
	s = start(server.url);
	r = next(scraper_ring(s));
	assert_true(r->ok && r->waiting == 12.5 && isnan(r->running));
	assert_int_equal(r->kind, SERVER_TGI);
	assert_int_equal(r->status, 200);
	assert_int_equal(r->scrapes, 1);
	assert_int_equal(r->failed, 0);
	atomic_store(&mode, REFUSES);
	r = next_as(scraper_ring(s), "HTTP 503");
	assert_true(!r->ok && isnan(r->waiting) && r->failed == 1);
	failed = r->failed;
	atomic_store(&mode, SAYS_HTML);
	r = next_as(scraper_ring(s), "text/html, line 1 is no Prometheus text");
	assert_true(!r->ok && r->failed > failed);
	atomic_store(&mode, ENDLESS);
	r = next_as(scraper_ring(s), "only its first 4 MiB");
	assert_true(r->ok && r->waiting == 1 && r->series == 1);
	atomic_store(&mode, WELL);
	r = next_as(scraper_ring(s), "");
	assert_true(r->ok && r->waiting == 12.5);
	scraper_free(s);
	bad_server_stop(&server);
}

/* What nobody asked to be packed is unpacked. */
static void compressed(void **state)
{
	const struct rec_server *r;
	struct bad_server server;
	struct scraper *s;

	(void)state;
	atomic_store(&mode, PACKED);
	bad_server_start(&server, 0);
	server.answer = answer;
	s = start(server.url);
	r = next(scraper_ring(s));
	assert_true(r->ok && r->waiting == 8);
	scraper_free(s);
	bad_server_stop(&server);
}

/* As the load does: followed with -L only; else where to is said, without secrets. */
static void redirects(void **state)
{
	const struct rec_server *r;
	struct bad_server server;
	char wanted[120], url[80];
	struct scraper *s;

	(void)state;
	atomic_store(&mode, ELSEWHERE);
	bad_server_start(&server, 0);
	server.answer = answer;
	snprintf(url, sizeof url, "%s/metrics", server.url);
	s = start_with(url, false);
	snprintf(wanted, sizeof wanted, "HTTP 307 to %s/metrics/?token=[redacted]", server.url);
	assert_int_equal(next_as(scraper_ring(s), wanted)->status, 307);
	scraper_free(s);
	s = start_with(url, true);
	r = next(scraper_ring(s));
	assert_true(r->ok && r->waiting == 12.5);
	scraper_free(s);
	bad_server_stop(&server);
}

/* It costs the scraper its own time only, and does not keep it from ending. */
static void a_server_that_hangs(void **state)
{
	struct bad_server server;
	struct scraper *s;

	(void)state;
	atomic_store(&mode, HANGS);
	bad_server_start(&server, 0);
	server.answer = answer;
	s = start(server.url);
	assert_int_equal(next_as(scraper_ring(s), "no answer in time")->status, 0);
	while (atomic_load(&server.requests) < 2)
		bad_pause_ms(5);
	scraper_stop(s); /* in the middle of the second one */
	ring_release(scraper_ring(s));
	assert_null(ring_front(scraper_ring(s)));
	scraper_free(s);
	bad_server_stop(&server);
}

static void nobody_there(void **state)
{
	struct scraper *s;
	char url[64];

	(void)state;
	snprintf(url, sizeof url, "http://127.0.0.1:%d/metrics", bad_closed_port());
	s = start(url);
	next_as(scraper_ring(s), "connection refused");
	scraper_stop(s);
	scraper_stop(s);
	scraper_free(s);
}

static void urls(void **state)
{
	static const char *const pair[][2] = {
		{"http://a", "http://a/metrics"},
		{"http://a:9/", "http://a:9/metrics"},
		{"https://a/x", "https://a/x"},
		{"http://a:9/metrics?x=1", "http://a:9/metrics?x=1"},
	};
	static const char *const wrong[] = {"ws://a", "a:9", "ftp://a", "http://", "", "http://a b"};
	struct err err;
	char *url;

	(void)state;
	for (size_t i = 0; i < sizeof pair / sizeof *pair; i++) {
		assert_int_equal(scraper_url(pair[i][0], &url, &err), 0);
		assert_string_equal(url, pair[i][1]);
		free(url);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(scraper_url(wrong[i], &url, &err), -1);
}

static int begin(void **state)
{
	(void)state;
	return engine_global_init(NULL);
}

static int end(void **state)
{
	(void)state;
	engine_global_fini();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(well_and_ill),
		cmocka_unit_test(compressed),
		cmocka_unit_test(redirects),
		cmocka_unit_test(a_server_that_hangs),
		cmocka_unit_test(nobody_there),
		cmocka_unit_test(urls),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
