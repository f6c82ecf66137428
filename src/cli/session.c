#include "cli/session.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/units.h"
#include "cli/deadline.h"
#include "load/load.h"
#include "record/writer.h"
#include "run/collector.h"
#include "run/scraper.h"
#include "base/secret.h"

#define CHANGES_BYTES (256u << 10)

struct session {
	struct session_config config;
	struct run_meta meta;
	struct control control;
	struct mix mix; /* as it is now */
	struct load_config load_config;
	struct load *load;
	struct ring *changes; /* to the collector; main is the producer */
	struct writer *writer;
	char *record_path; /* NULL: nothing is recorded */
	struct collector *collector;
	struct exemplars *exemplars;
	struct host *host;
	struct scraper *scraper; /* or NULL */
	struct deadline deadline;
	bool stopped;
};

/* --- what is known beforehand --------------------------------------------- */

void session_describe(const struct session_config *c, struct run_meta *m)
{
	char stamp[CLOCK_ISO_BYTES];
	struct rng rng;
	size_t labels = 0;

	clock_iso8601(clock_wall_ns(), stamp);
	rng_seed(&rng, c->seed, UINT64_MAX);
	while (c->label && c->label[labels])
		labels++;
	*m = (struct run_meta){
		.version = xstrdup(BRUNT_VERSION),
		.definitions = RUN_DEFINITIONS,
		.started_at = xstrdup(stamp),
		.target = secret_url(c->scenario->target),
		.scenario = xstrdup(c->scenario->name),
		.source = c->scenario->source ? xstrdup(c->scenario->source) : NULL,
		.argv = xstrdup(c->argv_text ? c->argv_text : ""),
		.label = xcalloc(labels + 1, sizeof(char *)),
		.seed = c->seed,
		.run_id = (uint32_t)rng_next(&rng),
		.mode = c->level.mode,
		.requests = c->requests,
		.duration_us = c->duration_ns < 0 ? -1 : c->duration_ns / NS_PER_US,
		.warmup_us = c->warmup_ns / NS_PER_US,
		.concurrency = c->level.mode == MODE_CLOSED ? (uint32_t)c->level.level : 0,
		.rate_rps = c->level.mode == MODE_OPEN ? c->level.level : 0,
		.arrival = c->level.mode == MODE_OPEN ? xstrdup(arrival_name(c->arrivals.kind)) : NULL,
		.dns_us = c->dns_us,
		.respect_retry_after = c->respect_retry_after,
		.worker_count = c->threads,
		.price_in = c->scenario->price_in,
		.price_out = c->scenario->price_out,
		.task_count = c->scenario->task_count,
		.task_name = xcalloc((size_t)c->scenario->task_count, sizeof(char *)),
		.task_weight = xcalloc((size_t)c->scenario->task_count, sizeof(double)),
		.slo = xcalloc((size_t)c->scenario->slo_count + 1, sizeof(char *)),
	};
	for (int i = 0; i < c->scenario->slo_count; i++) {
		char text[SLO_TEXT];

		slo_full_text(&c->scenario->slo[i], text);
		m->slo[i] = xstrdup(text);
	}
	for (size_t i = 0; i < labels; i++)
		m->label[i] = xstrdup(c->label[i]);
	for (int i = 0; i < m->task_count; i++) {
		m->task_name[i] = xstrdup(c->scenario->task[i].name);
		m->task_weight[i] = c->scenario->task[i].weight;
	}
}

static int open_record(struct session *s, struct err *err)
{
	char *path = NULL;
	int code;

	if (!s->config.record)
		return 0;
	if (!s->config.record_path) {
		path = writer_default_path(&s->meta, err);
		if (!path)
			return err_prefix(err, "the recording (--no-record does without)");
	}
	code = path ? writer_start_new(path, &s->meta, &s->writer, err)
		    : writer_start(s->config.record_path, &s->meta, &s->writer, err);
	if (code)
		err_prefix(err, "--record");
	else
		s->record_path = xstrdup(writer_path(s->writer));
	free(path);
	return code;
}

int session_new(const struct session_config *config, struct session **out, struct err *err)
{
	struct session *s = xcalloc(1, sizeof *s);

	s->config = *config;
	session_describe(config, &s->meta);
	mix_init(&s->mix, s->meta.task_weight, s->meta.task_count);
	control_init(&s->control, clock_ns(), config->level);
	s->deadline = (struct deadline){
		.control = &s->control, .drain_ns = config->drain_ns, .left_ns = INT64_MAX};
	s->load_config = (struct load_config){
		.scenario = config->scenario,
		.engine = config->engine,
		.threads = config->threads,
		.seed = config->seed,
		.run_id = s->meta.run_id,
		.think_ns = config->think_ns,
		.arrivals = config->arrivals,
		.max_in_flight = config->max_in_flight,
		.respect_retry_after = config->respect_retry_after,
		.script = config->script,
		.script_count = config->script_count,
	};
	s->changes = ring_new(CHANGES_BYTES);
	s->exemplars = exemplars_new();
	if (load_new(&s->load_config, &s->control, &s->load, err) || open_record(s, err)) {
		session_free(s);
		return -1;
	}
	*out = s;
	return 0;
}

/* --- steering ------------------------------------------------------------- */

/* `planned`: for its own time. */
static void announce(struct session *s, const struct load_change *change, int64_t asked_ns, bool planned)
{
	const struct stretch *stretch = &change->stretch;
	struct rec_point p = {
		.rec = {.bytes = sizeof p, .kind = REC_POINT},
		.asked_us = control_run_us(&s->control, asked_ns),
		.level = stretch->ramp_ns && !stretch->paused ? stretch->to : stretch_level(stretch, stretch->since_ns),
		.from = stretch_level(stretch, stretch->since_ns),
		.mode = (uint8_t)stretch->mode,
		.phase = stretch->paused ? PHASE_PAUSE : PHASE_LOAD,
		.ramp_us = stretch->paused ? 0 : stretch->ramp_ns / NS_PER_US,
	};

	if (planned)
		p.rec.t_us = control_run_us(&s->control, stretch->since_ns);
	ring_push(s->changes, &p.rec);
	ring_publish(s->changes);
}

/* The change and all that is planned to follow it. */
static void announce_all(struct session *s, const struct load_change *change, int64_t asked_ns)
{
	announce(s, change, asked_ns, false);
	for (change = change->then; change; change = change->then)
		announce(s, change, change->stretch.since_ns, true);
}

static void note(struct session *s, enum event_kind what, int64_t value, const char *text)
{
	uint32_t text_bytes = (uint32_t)strnlen(text, REC_TEXT_MAX);
	uint32_t bytes = rec_bytes(sizeof(struct rec_event), text_bytes);
	struct rec_event *e = ring_reserve(s->changes, bytes);

	if (!e)
		return;
	*e = (struct rec_event){
		.rec = {.bytes = bytes, .kind = REC_EVENT},
		.value = value,
		.what = (uint16_t)what,
		.text_bytes = (uint16_t)text_bytes,
	};
	memcpy(e->text, text, text_bytes);
	ring_commit(s->changes);
	ring_publish(s->changes);
}

static void changed(struct session *s, const struct load_change *change, int64_t asked_ns)
{
	load_wake(s->load);
	announce_all(s, change, asked_ns);
}

static void say(struct session *s, enum event_kind what, int64_t value, const char *text)
{
	note(s, what, value, text);
	collector_wake(s->collector);
}

static const struct stretch *present(const struct session *session)
{
	return &control_at(&session->control, clock_ns())->stretch;
}

struct load_level session_level(const struct session *session)
{
	const struct stretch *stretch = present(session);

	return (struct load_level){.mode = stretch->mode, .level = stretch_level(stretch, clock_ns())};
}

bool session_paused(const struct session *session)
{
	return present(session)->paused;
}

int64_t session_left_us(const struct session *s)
{
	int64_t left = deadline_left_ns(&s->deadline, clock_ns());

	return left == INT64_MAX ? -1 : left / NS_PER_US;
}

#define LEVEL_TEXT 64

static char *level_text(struct load_level level, char out[LEVEL_TEXT])
{
	char number[UNITS_BYTES];

	snprintf(out, LEVEL_TEXT, level.mode == MODE_OPEN ? "rate %s/s" : "users %s",
		 units_format_level(level.level, number));
	return out;
}

/* The change made; NULL: it is the level that there is, or the load has ended. */
static const struct load_change *set_level(struct session *s, struct load_level level)
{
	struct load_level now = session_level(s);
	int64_t now_ns = clock_ns(), left = deadline_left_ns(&s->deadline, now_ns);
	const struct load_change *change;

	if (s->stopped || (level.mode == now.mode && fabs(level.level - now.level) < 1e-9 * level.level))
		return NULL;
	change = control_set(&s->control, level, now_ns);
	deadline_set(&s->deadline, now_ns, left);
	changed(s, change, now_ns);
	return change;
}

void session_set_level(struct session *s, struct load_level level)
{
	const struct load_change *change = set_level(s, level);
	char text[LEVEL_TEXT];

	if (change)
		say(s, EVENT_KEY, change->generation, level_text(level, text));
}

void session_sweep_level(struct session *s, struct load_level level)
{
	char text[LEVEL_TEXT];

	set_level(s, level);
	session_sweep_event(s, SWEEP_SET_LEVEL, 0, level_text(level, text));
}

void session_trial_step(struct session *s, struct load_level level, const struct alteration *alteration,
			int64_t value, const char *text)
{
	int64_t now_ns = clock_ns(), left = deadline_left_ns(&s->deadline, now_ns);
	const struct load_change *change;

	if (!s->stopped && left > 0) { /* nor is it just ending */
		change = control_set_altered(&s->control, level, alteration, now_ns);
		deadline_set(&s->deadline, now_ns, left);
		changed(s, change, now_ns);
	}
	say(s, EVENT_TRIAL, value, text);
}

void session_trial_event(struct session *s, int64_t value, const char *text)
{
	say(s, EVENT_TRIAL, value, text);
}

bool session_planned(const struct session *s)
{
	const struct load_change *now = control_at(&s->control, clock_ns());

	return control_next(now) || clock_ns() < now->stretch.since_ns + now->stretch.ramp_ns;
}

bool session_sends(const struct session *s, int task)
{
	return mix_sends(&s->mix, task);
}

const struct engine_config *session_engine(const struct session *s)
{
	return &s->config.engine;
}

const struct scenario *session_scenario(const struct session *s)
{
	return s->config.scenario;
}

void session_sweep_event(struct session *s, enum sweep_event what, int64_t point_us, const char *text)
{
	say(s, EVENT_SWEEP, (int64_t)what | point_us << 8, text);
}

void session_pause(struct session *s, bool on)
{
	int64_t now_ns = clock_ns(), left = deadline_left_ns(&s->deadline, now_ns);
	const struct load_change *change;

	if (s->stopped || on == session_paused(s) || left <= 0) /* or it is just ending */
		return;
	change = on ? control_pause(&s->control, now_ns) : control_resume(&s->control, now_ns);
	deadline_set(&s->deadline, now_ns, left);
	changed(s, change, now_ns);
	say(s, EVENT_KEY, change->generation, on ? "pause" : "resume");
}

/* "interview-qa alone", "multi-turn: weight 4, 40 % of what is sent". */
static void mix_words(const struct session *s, enum mix_kind kind, int task, char *words, size_t bytes)
{
	const struct mix *mix = &s->mix;
	const char *name = s->meta.task_name[task];
	double all = 0;

	for (int i = 0; i < mix->count; i++)
		all += mix_sends(mix, i) ? mix->weight[i] : 0;
	if (kind == MIX_SOLO && mix->solo >= 0)
		snprintf(words, bytes, "%s alone; o again: all tasks that are not muted", name);
	else if (kind == MIX_SOLO)
		snprintf(words, bytes, "all tasks that are not muted");
	else if (kind == MIX_MUTE && mix->muted[task] && mix->solo == task)
		snprintf(words, bytes, "%s goes on alone: muted once o ends that", name);
	else if (kind == MIX_MUTE && mix->muted[task])
		snprintf(words, bytes, "%s muted; u again: back; sessions under way end first", name);
	else if (!mix_sends(mix, task) || !(all > 0))
		snprintf(words, bytes, "%s: weight %.3g, not sent now", name, mix->weight[task]);
	else
		snprintf(words, bytes, "%s: weight %.3g, %.0f %% of what is sent", name, mix->weight[task],
			 100 * mix->weight[task] / all);
}

void session_set_mix(struct session *s, enum mix_kind kind, int task, double factor, char *words, size_t bytes)
{
	int64_t now_ns = clock_ns(), left = deadline_left_ns(&s->deadline, now_ns);
	const struct load_change *change;
	char text[MIX_TEXT];

	if (s->stopped || s->config.script) {
		snprintf(words, bytes, s->stopped ? "the load is ending" : "this run goes through its cases, there is no mix");
	} else if (session_paused(s)) {
		snprintf(words, bytes, "the load is paused: P resumes it, then the mix can change");
	} else if (!mix_change(&s->mix, kind, task, factor, s->meta.task_name, text)) {
		snprintf(words, bytes, "some task has to be sent: u unmutes one");
	} else {
		change = control_set_mix(&s->control, &s->mix, now_ns);
		deadline_set(&s->deadline, now_ns, left);
		changed(s, change, now_ns);
		say(s, EVENT_KEY, change->generation, text);
		mix_words(s, kind, task, words, bytes);
	}
}

void session_fresh_window(struct session *s)
{
	note(s, EVENT_WINDOW, 0, "fresh window");
	collector_wake(s->collector);
}

void session_mark(struct session *s, int64_t t_us, const char *text)
{
	note(s, EVENT_MARK, t_us, text);
}

int64_t session_stop_us(const struct session *s)
{
	int64_t stop_ns = atomic_load(&s->control.stop_at_ns);

	return stop_ns > INT64_MAX / 8 ? 0 : control_run_us(&s->control, stop_ns);
}

int64_t session_drain_until_us(const struct session *s)
{
	int64_t until_ns = atomic_load(&s->control.drain_until_ns);

	/* Who is not to be cut off has centuries. */
	return until_ns > INT64_MAX / 8 ? 0 : control_run_us(&s->control, until_ns);
}

void session_wake(struct session *s)
{
	collector_wake(s->collector);
}

void session_stop(struct session *s, int64_t drain_ns)
{
	deadline_now(&s->deadline, clock_ns(), drain_ns);
	s->stopped = true;
	load_wake(s->load);
}

/* --- start and end -------------------------------------------------------- */

int session_start(struct session *s, struct err *err)
{
	int64_t start_ns = clock_ns();
	struct ring **ring;
	int code;

	control_fini(&s->control);
	control_init(&s->control, start_ns, s->config.level);
	s->control.warmup_until_ns = start_ns + s->config.warmup_ns;
	control_plan(&s->control, s->config.stage, s->config.stage_count,
		     s->control.warmup_until_ns - s->config.stage_lead_ns);
	if (s->config.requests >= 0)
		atomic_store(&s->control.tickets, s->config.requests);
	deadline_set(&s->deadline, start_ns, s->config.duration_ns >= 0 ? s->config.duration_ns : INT64_MAX);
	s->host = host_new(!s->config.engine.unix_socket);
	if (s->config.metrics && scraper_start(s->config.metrics, &s->config.engine, start_ns, &s->scraper, err))
		return -1;
	announce_all(s, s->control.first, start_ns);
	ring = xcalloc((size_t)s->config.threads, sizeof(struct ring *));
	for (int i = 0; i < s->config.threads; i++)
		ring[i] = load_ring(s->load, i);
	struct collector_config config = {
		.model = {
			.task_count = s->meta.task_count,
			.task_name = (const char *const *)s->meta.task_name,
			.task_weight = s->meta.task_weight,
			.slo = s->config.scenario->slo,
			.slo_count = s->config.scenario->slo_count,
			.price_in = s->meta.price_in,
			.price_out = s->meta.price_out,
			.respect_retry_after = s->meta.respect_retry_after,
		},
		.ring = ring,
		.ring_count = s->config.threads,
		.changes = s->changes,
		.server = s->scraper ? scraper_ring(s->scraper) : NULL,
		.record = s->writer ? writer_ring(s->writer) : NULL,
		.exemplars = s->exemplars,
		.host = s->host,
		.start_ns = start_ns,
		.stop_at_ns = &s->control.stop_at_ns,
		.warmup_until_ns = s->config.warmup_ns ? s->control.warmup_until_ns : 0,
		.stop_is_drain = true,
	};
	code = collector_start(&config, &s->collector, err);
	free(ring);
	return code ? code : load_start(s->load, err);
}

const struct run_meta *session_meta(const struct session *session)
{
	return &session->meta;
}

struct exemplars *session_exemplars(struct session *session)
{
	return session->exemplars;
}

struct snapbox *session_snapbox(struct session *session)
{
	return collector_snapbox(session->collector);
}

int64_t session_now_us(const struct session *s)
{
	return (clock_ns() - s->control.start_ns) / NS_PER_US;
}

const char *session_record_path(const struct session *session)
{
	return session->record_path;
}

const char *session_trouble(const struct session *session)
{
	return session->writer ? writer_trouble(session->writer) : "";
}

bool session_ended(const struct session *session)
{
	return collector_ended(session->collector);
}

void session_finish(struct session *s, struct result *result, struct run_closing *closing)
{
	load_join(s->load);
	if (s->scraper)
		scraper_stop(s->scraper);
	collector_join(s->collector, result);
	closing->known = true;
	closing->figures = result_figures(result);
	collector_client(s->collector, closing);
}

void session_flush(struct session *s)
{
	if (s->writer)
		writer_drain(s->writer);
}

int session_close(struct session *s, const struct run_closing *closing, struct err *err)
{
	int code = s->writer ? writer_stop(s->writer, closing, err) : 0;

	s->writer = NULL;
	return code;
}

void session_free(struct session *s)
{
	if (!s)
		return;
	collector_free(s->collector);
	scraper_free(s->scraper);
	exemplars_free(s->exemplars);
	host_free(s->host);
	load_free(s->load);
	control_fini(&s->control);
	ring_free(s->changes);
	run_meta_fini(&s->meta);
	free(s->record_path);
	free(s);
}
