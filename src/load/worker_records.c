#include "worker_priv.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/utf8.h"

static struct rec head(const struct worker *w, enum rec_kind kind, size_t bytes, int64_t t_us)
{
	return (struct rec){
		.bytes = (uint32_t)bytes,
		.kind = (uint16_t)kind,
		.worker = (uint16_t)w->number,
		.t_us = t_us,
	};
}

/* Of what waits, what waits for room among those in flight, or did: who is first waits
 * longest, and who comes behind him waits for him. */
static uint32_t held(struct worker *w)
{
	int64_t first_ns = w->ready.count ? w->ready.first->t0_ns : INT64_MAX;

	if (!worker_open(w))
		return 0;
	if (w->backlog && worker_backlog_due_ns(w) < first_ns)
		first_ns = worker_backlog_due_ns(w);
	if (w->in_flight < w->max_in_flight && first_ns > w->full_ns)
		return 0;
	return w->waiting < GAUGE_UNKNOWN ? (uint32_t)w->waiting : GAUGE_UNKNOWN - 1;
}

int worker_push_gauge(struct worker *w, int64_t now_ns)
{
	worker_integrate(w, now_ns);

	struct rec_gauge g = {
		.rec = head(w, REC_GAUGE, sizeof g, run_us(w, now_ns)),
		.users_target = worker_open(w) ? w->active : w->mine,
		.users_active = w->active,
		.in_flight = w->in_flight,
		.connections = engine_connections(w->engine),
		.in_flight_limit = worker_open(w) ? w->max_in_flight : 0,
		.held = held(w),
		.planned = w->planned,
		.started = w->started,
		.waiting = w->waiting,
		.worker_cpu_us = (uint64_t)(clock_thread_cpu_ns() / NS_PER_US),
		.process_cpu_us = (uint64_t)(clock_process_cpu_ns() / NS_PER_US),
		.ring_dropped = w->dropped,
		.in_flight_us = w->in_flight_ns / NS_PER_US,
	};

	g.busiest_cpu_us = g.worker_cpu_us;
	pulse_tell(&w->pulse, &g);
	if (ring_push(w->ring, &g.rec))
		return -1;
	pulse_told(&w->pulse);
	return 0;
}

void worker_push_drops(struct worker *w, int64_t now_ns)
{
	for (int task = 0; task < w->config->scenario->task_count; task++) {
		uint32_t *n = w->drops[task];
		struct rec_drops d = {
			.rec = head(w, REC_DROPS, sizeof d, run_us(w, now_ns)),
			.task = (uint32_t)task,
		};

		if (!(n[0] | n[1] | n[2]))
			continue;
		memcpy(d.count, n, sizeof d.count);
		if (ring_push(w->ring, &d.rec))
			return; /* still full; drops_pending stays */
		memset(n, 0, sizeof d.count);
	}
	w->drops_pending = false;
}

void worker_push_event(struct worker *w, enum event_kind what, int64_t value,
		       const char *text, int64_t now_ns)
{
	size_t text_bytes = strlen(text);

	if (text_bytes > REC_TEXT_MAX)
		text_bytes = REC_TEXT_MAX;
	uint32_t bytes = rec_bytes(sizeof(struct rec_event), text_bytes);
	struct rec_event *e = ring_reserve(w->ring, bytes);

	if (!e)
		return;
	*e = (struct rec_event){
		.rec = head(w, REC_EVENT, bytes, run_us(w, now_ns)),
		.value = value,
		.what = (uint16_t)what,
		.text_bytes = (uint16_t)text_bytes,
	};
	memcpy(e->text, text, text_bytes);
	ring_commit(w->ring);
}

static enum outcome outcome_of(enum error_class error)
{
	if (error == ERROR_NONE)
		return OUTCOME_SUCCEEDED;
	if (error == ERROR_TIMEOUT || error == ERROR_ABORTED)
		return OUTCOME_CENSORED;
	return OUTCOME_FAILED;
}

static uint32_t least(size_t bytes, uint32_t max)
{
	return bytes < max ? (uint32_t)bytes : max;
}

/* Text from outside as it may be kept: without the scenario's secrets, printable,
 * cut. More than is kept is looked at, for a secret across the cut. */
static uint32_t presentable(const struct worker *w, const char *text, size_t bytes, char *out,
			    uint32_t max)
{
	char room[4 * REC_TEXT_MAX];
	size_t n = least(bytes, sizeof room);

	if (!text || !n)
		return 0;
	memcpy(room, text, n);
	n = scenario_redact(w->config->scenario, room, n);
	utf8_clean(room, n, out, max + 1);
	return (uint32_t)strlen(out);
}

void worker_push_sample(struct worker *w, const struct user *u, const struct engine_result *r,
			const struct outcome_of_exchange *x)
{
	const struct answer_report *a = &x->report;
	enum outcome outcome = outcome_of(x->error);
	bool bad = x->error != ERROR_NONE;
	char message[REC_TEXT_MAX + 1], excerpt[REC_EXCERPT_MAX + 1];
	uint32_t text_bytes = !bad || !x->message ? 0
			      : presentable(w, x->message, strlen(x->message), message, REC_TEXT_MAX);
	uint32_t excerpt_bytes = bad ? presentable(w, a->body, a->body_bytes, excerpt, REC_EXCERPT_MAX) : 0;
	uint32_t bytes = rec_bytes(sizeof(struct rec_sample),
				   text_bytes + excerpt_bytes + a->gap_bytes);
	struct rec_sample *s = ring_reserve(w->ring, bytes);

	if (!s) {
		w->drops[u->task][outcome]++;
		w->dropped++;
		w->drops_pending = true;
		return;
	}
	*s = (struct rec_sample){
		.rec = head(w, REC_SAMPLE, bytes, run_us(w, r->te_ns)),
		.t0_us = run_us(w, u->t0_ns),
		.ts_us = run_us(w, r->ts_ns),
		.th_us = r->th_ns ? run_us(w, r->th_ns) : -1,
		.t1_us = a->t1_us,
		.to_us = a->to_us,
		.tn_us = a->tn_us,
		.prompt_hash = x->prompt_hash,
		.bytes_in = r->bytes_in,
		.bytes_out = r->bytes_out,
		.seq = u->seq,
		.dns_us = r->dns_us,
		.connect_us = r->connect_us,
		.tls_us = r->tls_us,
		.user = u->id,
		.code = r->code,
		.tokens_in = a->tokens_in,
		.tokens_out = a->tokens_out,
		.cached_tokens = a->cached_tokens,
		.events = a->events,
		.reads = a->reads,
		.gap_bytes = a->gap_bytes,
		.quality = x->quality,
		.task = u->task,
		.turn = (uint16_t)x->turn,
		.status = r->status,
		.text_bytes = (uint16_t)text_bytes,
		.excerpt_bytes = (uint16_t)excerpt_bytes,
		.error = (uint8_t)x->error,
		.outcome = (uint8_t)outcome,
		.flags = (uint8_t)((r->new_connection ? SAMPLE_NEW_CONNECTION : 0) |
				   (r->tls ? SAMPLE_TLS : 0) |
				   (r->answered ? SAMPLE_ANSWERED : 0) |
				   (a->streamed ? SAMPLE_STREAM : 0) |
				   (a->gaps_cut ? SAMPLE_GAPS_CUT : 0) |
				   (r->http2 ? SAMPLE_HTTP2 : 0) |
				   (u->held ? SAMPLE_HELD : 0)),
		.cache = (uint8_t)a->cache,
		.token_source = (uint8_t)a->token_source,
	};
	memcpy(s->text, message, text_bytes);
	memcpy(s->text + text_bytes, excerpt, excerpt_bytes);
	if (a->gap_bytes)
		memcpy(s->text + text_bytes + excerpt_bytes, a->gaps, a->gap_bytes);
	ring_commit(w->ring);
	worker_push_exemplar(w, u, s, x);
}

/* Everything must get into the ring now; the collector makes room. */
void worker_push_last(struct worker *w)
{
	const struct timespec nap = {.tv_nsec = NS_PER_MS};
	int64_t now_ns = clock_ns();
	struct rec end;

	while (w->drops_pending) {
		worker_push_drops(w, now_ns);
		ring_publish(w->ring);
		if (w->drops_pending)
			nanosleep(&nap, NULL);
	}
	while (worker_push_gauge(w, now_ns)) {
		ring_publish(w->ring);
		nanosleep(&nap, NULL);
	}
	end = head(w, REC_END, sizeof end, run_us(w, now_ns));
	while (ring_push(w->ring, &end)) {
		ring_publish(w->ring);
		nanosleep(&nap, NULL);
	}
	ring_publish(w->ring);
	ring_set_through(w->ring, INT64_MAX);
}
