#include "cli/check_send.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/units.h"
#include "base/utf8.h"
#include "cli/live.h"
#include "scenario/conversation.h"

#define SHOWN 2000u   /* bytes of a body */
#define LINE_SHOWN 400u
#define WAIT_NS (100 * NS_PER_MS)

struct sending {
	FILE *out;
	const struct scenario *scenario;
	struct engine *engine;
	struct engine_conn *conn;
	struct answer *answer;
	struct conversation *talk;
	struct check_scratch *checks;
	int64_t start_ns, t0_ns;
	uint64_t seq;
	bool done, failed;
	bool says_version; /* HTTP/2 was asked for */
	bool answered, http2; /* some answer came, and was */
	/* Of the running exchange. */
	const struct task *task;
	bool goes_on;
};

/* ---- text from outside, for a terminal ---- */

/* Lines, indented, without what steers a terminal. */
static void put_lines(FILE *out, const char *text, const char *end)
{
	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		const char *last = stop ? stop : end;

		while (text < last) {
			size_t n = (size_t)(last - text);
			char clean[LINE_SHOWN * 4];

			n = n > LINE_SHOWN ? LINE_SHOWN : n;
			utf8_clean(text, n, clean, sizeof clean);
			fprintf(out, "    %s\n", clean);
			text += n;
		}
		text = last + (stop != NULL);
	}
}

/* At most SHOWN bytes of it, secrets blanked. */
static void put_text(const struct sending *s, const char *text, size_t bytes, uint64_t total)
{
	char *copy = xmalloc(bytes + 1);
	size_t shown;

	memcpy(copy, text ? text : "", bytes);
	shown = scenario_redact(s->scenario, copy, bytes);
	put_lines(s->out, copy, copy + (shown < SHOWN ? shown : SHOWN));
	if (bytes > SHOWN || total > bytes)
		fprintf(s->out, "    … %llu bytes in all\n", (unsigned long long)total);
	free(copy);
}

static void put_header(const struct sending *s, const char *line, size_t bytes)
{
	const char *colon = memchr(line, ':', bytes);
	size_t name = colon ? (size_t)(colon - line) : bytes;
	char clean[LINE_SHOWN];

	if (colon && secret_name(line, name)) {
		fprintf(s->out, "    %s: %s\n", utf8_clean(line, name, clean, sizeof clean), SECRET_SHOWN);
		return;
	}
	put_text(s, line, bytes, bytes);
}

/* ---- the request ---- */

static void put_request(struct sending *s, const struct http_variant *v, int turn)
{
	const struct http_request *r = &s->task->request;
	const char *url = v && v->url ? v->url : r->url;
	const char *body = v && v->body ? v->body : r->body;
	size_t bytes = v && v->body ? v->body_bytes : r->body_bytes;
	char *shown = secret_url(url), clean[2048];

	fprintf(s->out, "\n%s", s->task->name);
	if (s->task->turn_count > 1)
		fprintf(s->out, ", turn %d of %d", turn + 1, s->task->turn_count);
	fprintf(s->out, "\n  > %s %s\n", r->method,
		utf8_clean(shown, strlen(shown), clean, sizeof clean));
	free(shown);
	for (const char *const *h = v && v->header ? v->header : (const char *const *)r->header; *h; h++)
		put_header(s, *h, strlen(*h));
	if (body)
		put_text(s, body, bytes, bytes);
}

/* ---- the answer ---- */

static void put_time(FILE *out, const char *name, int64_t us)
{
	char text[UNITS_BYTES];

	if (us >= 0)
		fprintf(out, "%s %s   ", name, units_format_duration(us * NS_PER_US, text));
}

static void put_times(struct sending *s, const struct engine_result *r, const struct answer_report *a)
{
	int64_t t0_us = (s->t0_ns - s->start_ns) / NS_PER_US;

	fputs("  ", s->out);
	put_time(s->out, "latency", (r->te_ns - s->t0_ns) / NS_PER_US);
	if (r->new_connection) {
		put_time(s->out, "connect", r->connect_us);
		put_time(s->out, "tls", r->tls ? (int64_t)r->tls_us : -1);
	}
	put_time(s->out, "ttfb", r->th_ns ? (r->th_ns - s->t0_ns) / NS_PER_US : -1);
	put_time(s->out, "ttft", a->t1_us >= 0 ? a->t1_us - t0_us : -1);
	if (a->tokens_out != TOKENS_UNKNOWN && a->tokens_out > 1 && a->tn_us > a->t1_us && a->t1_us >= 0)
		put_time(s->out, "tpot", (a->tn_us - a->t1_us) / (int64_t)(a->tokens_out - 1));
	fputc('\n', s->out);
}

static void put_count(FILE *out, const char *name, uint32_t n)
{
	if (n != TOKENS_UNKNOWN)
		fprintf(out, "%s %u   ", name, n);
}

static void put_tokens(FILE *out, const struct answer_report *a)
{
	static const char *const source[] = {"", " (by usage)", " (events counted)"};
	static const char *const cache[] = {"", "cache hit", "cache miss"};

	if (a->tokens_out == TOKENS_UNKNOWN && a->tokens_in == TOKENS_UNKNOWN &&
	    !a->streamed && a->cache == CACHE_UNKNOWN)
		return;
	fputs("  ", out);
	put_count(out, "tokens in", a->tokens_in);
	put_count(out, "cached", a->cached_tokens);
	if (a->tokens_out != TOKENS_UNKNOWN)
		fprintf(out, "tokens out %u%s   ", a->tokens_out, source[a->token_source]);
	if (a->streamed)
		fprintf(out, "events %u in %u reads   ", a->events, a->reads);
	fprintf(out, "%s\n", cache[a->cache]);
}

/* A message may quote the answer, and an answer what was sent. */
static void put_error(struct sending *s, enum error_class error, const char *message)
{
	char *copy = xstrdup(message ? message : ""), clean[REC_TEXT_MAX + 1];
	size_t bytes = scenario_redact(s->scenario, copy, strlen(copy));

	fprintf(s->out, "  ✗ %s: %s\n", error_class_name(error),
		utf8_clean(copy, bytes, clean, sizeof clean));
	free(copy);
}

static void put_answer(struct sending *s, const struct engine_result *r, const struct answer_report *a,
		       enum error_class error, const char *message)
{
	const char *line = a->headers, *end = line + a->header_bytes;

	if (r->status && s->says_version)
		fprintf(s->out, "  < HTTP/%s %d\n", r->http2 ? "2" : "1.1", r->status);
	else if (r->status)
		fprintf(s->out, "  < %d\n", r->status);
	s->http2 |= r->http2;
	s->answered |= r->answered;
	while (a->header_bytes && line < end) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));

		put_header(s, line, (size_t)((stop ? stop : end) - line));
		line = stop ? stop + 1 : end;
	}
	if (a->streamed)
		put_text(s, a->text, a->text_bytes, a->text_total);
	else
		put_text(s, a->body, a->body_bytes, a->body_total);
	put_times(s, r, a);
	put_tokens(s->out, a);
	if (error != ERROR_NONE)
		put_error(s, error, message);
	else
		fprintf(s->out, "  ✓ succeeded\n");
}

static void put_checks(struct sending *s, const struct check_verdict *v)
{
	const struct check_list *list = &s->task->checks;

	if (isnan(v->quality))
		return;
	for (int i = 0; i < list->count; i++)
		fprintf(s->out, "    %s %s\n", check_passed(s->checks, i) ? "✓" : "✗",
			check_text(list->check[i]));
	fprintf(s->out, "    quality %.1f of 100\n", (double)v->quality);
}

/* ---- callbacks ---- */

static void on_header(void *owner, const char *line, size_t bytes)
{
	answer_header(((struct sending *)owner)->answer, line, bytes);
}

static void on_headers(void *owner, int status, int64_t ns)
{
	(void)ns;
	answer_status(((struct sending *)owner)->answer, status);
}

static void on_data(void *owner, const char *bytes, size_t length, int64_t ns)
{
	struct sending *s = owner;

	if (answer_data(s->answer, bytes, length, ns))
		engine_complete(s->conn);
}

static void on_done(void *owner, const struct engine_result *r)
{
	struct sending *s = owner;
	struct answer_report report;
	struct check_verdict verdict;
	const char *message;
	enum error_class error;

	answer_end(s->answer, r, &report);
	error = report.error;
	message = report.message;
	struct check_subject subject = {
		.status = r->status,
		.latency_us = (r->te_ns - s->t0_ns) / NS_PER_US,
		.answered = r->answered,
		.report = &report,
	};
	checks_evaluate(&s->task->checks, s->checks, &subject, &verdict);
	if (error == ERROR_NONE && verdict.failed_required >= 0) {
		error = ERROR_CHECK;
		message = check_text(s->task->checks.check[verdict.failed_required]);
	}
	if (error == ERROR_NONE && conversation_heard(s->talk, &report, &message))
		error = ERROR_CHECK;
	put_answer(s, r, &report, error, message);
	put_checks(s, &verdict);
	s->failed |= error != ERROR_NONE;
	s->goes_on = error == ERROR_NONE && conversation_goes_on(s->talk);
	s->done = true;
}

/* ---- all tasks ---- */

static void send_once(struct sending *s, int64_t think_ns)
{
	const struct http_variant *variant = conversation_next(s->talk, s->seq);
	char id[40];

	if (think_ns > 0 && conversation_turn(s->talk) > 0)
		engine_run(s->engine, clock_ns() + think_ns);
	put_request(s, variant, conversation_turn(s->talk));
	fflush(s->out);
	/* It is what the user waits at a terminal for, one at a time. */
	answer_begin(s->answer, &s->task->plan, s->start_ns);
	snprintf(id, sizeof id, "check-%08llx", (unsigned long long)s->seq++);
	s->done = false;
	s->t0_ns = clock_ns();
	engine_start(s->conn, &s->task->request, variant, id);
	while (!s->done)
		engine_run(s->engine, clock_ns() + WAIT_NS);
}

static void send_all(struct sending *s, uint64_t seed)
{
	struct rng rng;

	for (int t = 0; t < s->scenario->task_count; t++) {
		s->task = &s->scenario->task[t];
		rng_seed(&rng, seed, (uint64_t)t);
		conversation_begin(s->talk, t, 0, 0, &rng);
		do {
			send_once(s, s->task->think_ns);
		} while (s->goes_on);
	}
}

static void close_sending(struct sending *s)
{
	engine_conn_close(s->conn);
	engine_close(s->engine);
	answer_free(s->answer);
	conversation_free(s->talk);
	check_scratch_free(s->checks);
}

int check_send(FILE *out, const struct options *options, const struct scenario *scenario,
	       struct err *err)
{
	static const struct engine_callbacks callbacks = {
		.on_header = on_header, .on_headers = on_headers, .on_data = on_data, .on_done = on_done,
	};
	const struct check_list *list[SCENARIO_MAX_TASKS];
	struct engine_config config = live_engine_config(options);
	struct sending s = {.out = out, .scenario = scenario, .start_ns = clock_ns(), .says_version = options->http2};

	for (int t = 0; t < scenario->task_count; t++)
		list[t] = &scenario->task[t].checks;
	if (engine_global_init(err) || engine_open(&config, &callbacks, &s.engine, err))
		return OPTIONS_EXIT_USAGE;
	s.conn = engine_conn_new(s.engine, &s);
	s.answer = answer_new();
	s.talk = conversation_new(scenario);
	s.checks = check_scratch_new(list, scenario->task_count);
	if (s.conn)
		send_all(&s, options->seed);
	close_sending(&s);
	if (options->http2 && s.answered && !s.http2)
		fprintf(stderr, "brunt: --http2 was asked for, and all answers were HTTP/1.1's\n");
	engine_global_fini();
	if (!s.conn)
		return err_set(err, "no resources for a connection"), OPTIONS_EXIT_USAGE;
	return s.failed ? 1 : 0;
}
