#include "run/scraper.h"

#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/utf8.h"
#include "http/fetch.h"
#include "server_names.h"

#define RING_BYTES (64u << 10)
#define EVERY_NS NS_PER_S
#define TIMEOUT_NS (900 * NS_PER_MS) /* the next one is not to wait for it */
#define MOST_BYTES (4u << 20)
#define TYPE_MOST 40 /* bytes of a media type that are said */
#define ACCEPT "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"

struct scraper {
	struct ring *ring;
	struct fetch *fetch;
	int64_t start_ns;
	pthread_t thread;
	bool joined;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool stop; /* under lock */
	uint64_t scrapes, failed; /* the thread's */
};

int scraper_url(const char *given, char **out, struct err *err)
{
	const char *host = strstr(given, "://"), *rest;

	if (http_url_check(given, err))
		return -1;
	if (http_is_websocket(given) || !host)
		return err_set(err, "expected http:// or https://");
	rest = host + 3 + strcspn(host + 3, "/?#");
	if (!*rest || !strcmp(rest, "/"))
		*out = xasprintf("%.*s/metrics", (int)(rest - given), given);
	else
		*out = xstrdup(given);
	return 0;
}

/* --- a scrape --------------------------------------------------------------- */

union message {
	struct rec_server server;
	char room[sizeof(struct rec_server) + REC_TEXT_MAX + 1 + REC_ALIGN];
};

static void say(union message *m, const char *text)
{
	struct rec_server *s = &m->server;

	utf8_clean(text, strlen(text), s->text, REC_TEXT_MAX + 1);
	s->text_bytes = (uint16_t)strlen(s->text);
	s->rec.bytes = rec_bytes(sizeof *s, s->text_bytes);
}

/* Where it sends us, without secrets: a redirect is followed when -L says so. */
static void say_status(union message *m, const struct fetch_answer *answer)
{
	char *to = answer->redirect ? secret_url(answer->redirect) : NULL;
	char text[REC_TEXT_MAX + 1];

	snprintf(text, sizeof text, "HTTP %d%s%.160s", answer->status, to ? " to " : "", to ? to : "");
	say(m, text);
	free(to);
}

/* What it is instead, as its header says: HTML, say. */
static void say_other(union message *m, const struct fetch_answer *answer, const struct err *err)
{
	static const char *const right[] = {"text/plain", "application/openmetrics-text"};
	const char *type = answer->type ? answer->type : "";
	int n = (int)strcspn(type, "; \t");
	bool known = !n;
	char text[REC_TEXT_MAX + 1];

	for (size_t i = 0; i < sizeof right / sizeof *right; i++)
		known |= (size_t)n == strlen(right[i]) && !strncasecmp(type, right[i], (size_t)n);
	snprintf(text, sizeof text, "%.*s%s%.180s", known ? 0 : n < TYPE_MOST ? n : TYPE_MOST, type, known ? "" : ", ",
		 err->text);
	say(m, text);
}

static void read_answer(union message *m, const struct fetch_answer *answer)
{
	struct rec_server *s = &m->server;
	struct err err = {""};

	s->status = (uint16_t)answer->status;
	if (answer->status != 200) {
		say_status(m, answer);
		return;
	}
	s->ok = !server_read(answer->body, answer->body_bytes, answer->cut, s, &err);
	if (!s->ok)
		say_other(m, answer, &err);
	else if (answer->cut)
		say(m, "only its first 4 MiB");
}

/* False: it was cut short because nobody wants it any more. */
static bool scrape(struct scraper *s)
{
	union message m = {.server = {
		.rec = {.bytes = sizeof m.server, .kind = REC_SERVER},
		.running = NAN, .waiting = NAN, .kv_use = NAN, .hits = NAN, .lookups = NAN, .hit_ratio = NAN,
	}};
	struct fetch_answer answer;
	struct err err = {""};
	struct rec *copy;

	if (fetch_get(s->fetch, TIMEOUT_NS, &answer, &err))
		say(&m, err.text);
	else
		read_answer(&m, &answer);
	if (answer.cancelled)
		return false;
	m.server.scrapes = ++s->scrapes;
	m.server.failed = s->failed += !m.server.ok;
	m.server.took_us = (uint32_t)(answer.took_ns / NS_PER_US);
	m.server.rec.t_us = (clock_ns() - s->start_ns) / NS_PER_US;
	copy = ring_reserve(s->ring, m.server.rec.bytes);
	if (copy) {
		memcpy(copy, &m, m.server.rec.bytes);
		ring_commit(s->ring);
		ring_publish(s->ring);
	}
	return true;
}

/* --- the thread ------------------------------------------------------------- */

/* True: stop. */
static bool wait_until(struct scraper *s, int64_t until_ns)
{
	struct timespec ts = {.tv_sec = until_ns / NS_PER_S, .tv_nsec = until_ns % NS_PER_S};
	bool stop;

	pthread_mutex_lock(&s->lock);
	while (!s->stop && clock_ns() < until_ns)
		pthread_cond_timedwait(&s->changed, &s->lock, &ts);
	stop = s->stop;
	pthread_mutex_unlock(&s->lock);
	return stop;
}

/* At once, then in the middle of each second, so that jitter gives no second two and none
 * to the next. */
static void *run(void *arg)
{
	struct scraper *s = arg;
	int64_t next_ns = s->start_ns - EVERY_NS / 2;

	while (scrape(s)) {
		do
			next_ns += EVERY_NS;
		while (next_ns <= clock_ns());
		if (wait_until(s, next_ns))
			break;
	}
	return NULL;
}

int scraper_start(const char *url, const struct engine_config *way, int64_t start_ns, struct scraper **out,
		  struct err *err)
{
	struct scraper *s = xcalloc(1, sizeof *s);
	pthread_condattr_t monotonic;
	sigset_t all, old;
	int code;

	s->joined = true;
	s->start_ns = start_ns;
	s->ring = ring_new(RING_BYTES);
	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&s->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	s->fetch = fetch_new(url, ACCEPT, way, MOST_BYTES, err);
	if (!s->fetch) {
		scraper_free(s);
		return -1;
	}
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	code = pthread_create(&s->thread, NULL, run, s);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (code) {
		scraper_free(s);
		return err_set(err, "cannot start the scraper's thread: %s", strerror(code));
	}
	pthread_setname_np(s->thread, "scraper");
	s->joined = false;
	*out = s;
	return 0;
}

struct ring *scraper_ring(struct scraper *s)
{
	return s->ring;
}

void scraper_stop(struct scraper *s)
{
	if (s->joined)
		return;
	pthread_mutex_lock(&s->lock);
	s->stop = true;
	pthread_cond_signal(&s->changed);
	pthread_mutex_unlock(&s->lock);
	fetch_cancel(s->fetch);
	pthread_join(s->thread, NULL);
	s->joined = true;
}

void scraper_free(struct scraper *s)
{
	if (!s)
		return;
	scraper_stop(s);
	fetch_free(s->fetch);
	ring_free(s->ring);
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
	free(s);
}
