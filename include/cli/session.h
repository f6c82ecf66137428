/* A live run put together: load, collector, recorder, and the verbs with which
 * the dashboard and plain mode steer it. Main thread. */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "http/engine.h"
#include "load/arrivals.h"
#include "load/control.h"
#include "load/dealing.h"
#include "run/exemplars.h"
#include "run/meta.h"
#include "run/result.h"
#include "run/snapshot.h"
#include "scenario/scenario.h"

struct session_config {
	const struct scenario *scenario; /* outlives the session */
	struct engine_config engine;
	int threads;
	uint64_t seed;
	struct load_level level; /* at the start; in the warm-up, too */
	const struct load_stage *stage; /* from the end of the warm-up on */
	int stage_count;
	int64_t stage_lead_ns; /* or so much earlier; at most warmup_ns */
	struct arrival_plan arrivals; /* of the open loop */
	uint32_t max_in_flight;       /* open loop; 0: no bound */
	int64_t requests;    /* -1: no limit */
	int64_t duration_ns; /* -1: no limit */
	int64_t warmup_ns, think_ns;
	bool respect_retry_after;
	int64_t drain_ns;    /* how long running exchanges may take after the end */
	bool record;
	const char *record_path; /* NULL: the default place */
	const char *metrics;     /* URL of the server's, or NULL; outlives the session */
	const char *argv_text;   /* the command line, redacted */
	char *const *label;      /* "K=V", NULL at the end, or NULL */
	int64_t dns_us;          /* -1: nothing was looked up */
	const struct script_item *script; /* instead of the mix, as in load.h; or NULL */
	uint64_t script_count;
};

struct session;

/* What is known of the run beforehand; run_meta_fini(). */
void session_describe(const struct session_config *config, struct run_meta *out);

/* Makes everything, opens the run file; no load yet. */
int session_new(const struct session_config *config, struct session **out, struct err *err);
int session_start(struct session *session, struct err *err);

const struct run_meta *session_meta(const struct session *session);
struct snapbox *session_snapbox(struct session *session);
struct exemplars *session_exemplars(struct session *session);
/* The run file's path, or NULL; what keeps it from being written, or "". */
const char *session_record_path(const struct session *session);
const char *session_trouble(const struct session *session);

/* Steering. Each change becomes an operating point and an event. */
struct load_level session_level(const struct session *session); /* now, on a ramp too */
bool session_paused(const struct session *session);
int64_t session_now_us(const struct session *session); /* run time */
/* Of measured time, until the run ends by itself; -1: it does not. */
int64_t session_left_us(const struct session *session);
/* When the load ends by itself, of the run; 0: it does not, or not while it is paused. */
int64_t session_stop_us(const struct session *session);
/* Until when running requests may take, of the run; 0: as long as they like, or not
 * known yet. */
int64_t session_drain_until_us(const struct session *session);
void session_set_level(struct session *session, struct load_level level);
/* The same, by a sweep; of the level that there is already only the event. */
void session_sweep_level(struct session *session, struct load_level level);
/* What else a sweep has to say; `point_us`: of SWEEP_DISOWNED, when the point began. */
void session_sweep_event(struct session *session, enum sweep_event what, int64_t point_us, const char *text);
/* A step of a micro-experiment, or the load as it was before: a new point in any case, and
 * an event behind it; `value` as trial_value() has it. After the load's end only the event. */
void session_trial_step(struct session *session, struct load_level level, const struct alteration *alteration,
			int64_t value, const char *text);
void session_trial_event(struct session *session, int64_t value, const char *text);
/* A change by hand would take the place of what is planned: stages, a ramp. */
bool session_planned(const struct session *session);
/* Is the task sent, as keys have it? */
bool session_sends(const struct session *session, int task);
const struct scenario *session_scenario(const struct session *session);
const struct engine_config *session_engine(const struct session *session);
void session_pause(struct session *session, bool on);
/* Another mix of tasks, as a key asks for it; what became of it, or why nothing did, in
 * words for people. */
void session_set_mix(struct session *session, enum mix_kind kind, int task, double factor, char *words, size_t bytes);
void session_fresh_window(struct session *session);
/* Marks a moment of the run; cut to REC_TEXT_MAX bytes. */
void session_mark(struct session *session, int64_t t_us, const char *note);
/* A snapshot soon: the view query changed. */
void session_wake(struct session *session);

/* Ends the load: nothing starts any more, what runs has `drain_ns` left. May be
 * called again with less. */
void session_stop(struct session *session, int64_t drain_ns);
/* All exchanges have ended and are in the model. */
bool session_ended(const struct session *session);

/* After the end (or session_stop()): joins all threads but the recorder's, gives
 * the figures and the client's share of closing. */
void session_finish(struct session *session, struct result *result,
		    struct run_closing *closing);
/* Then: waits until the run file has all of it, to be read before it is closed. */
void session_flush(struct session *session);
/* Then: closes the run file. The session stays valid for its meta and path. */
int session_close(struct session *session, const struct run_closing *closing, struct err *err);
void session_free(struct session *session);

#endif
