/* A scenario: what to send, in which mix, under which load. Read strictly from
 * a JSON file, or made from a URL and flags. Immutable once the run starts. */
#ifndef SCENARIO_SCENARIO_H
#define SCENARIO_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/faults.h"
#include "http/answer.h"
#include "http/request.h"
#include "metrics/slo.h"
#include "scenario/check.h"
#include "scenario/data.h"
#include "scenario/shape.h"

#define SCENARIO_MAX_TASKS 64
#define SCENARIO_MAX_DATA 32
#define SCENARIO_MAX_TURNS 1000
#define SCENARIO_MAX_CAPTURES 32
#define SCENARIO_NAME_MAX 64 /* bytes of a scenario's or task's name */
#define SCENARIO_MAX_USERS 1000000
#define SCENARIO_MAX_REQUESTS 1000000000000

struct template; /* template.h's: text with ${…} in it, compiled */

struct task {
	char *name;
	double weight; /* > 0 */
	/* Complete: target and common headers applied. Parts that have templates in
	 * them are here as written; conversation.h makes what is sent. */
	struct http_request request;
	struct template *body, *url; /* NULL: request's as it is */
	struct template **header;    /* one a header of request, NULL for one without; or NULL */
	struct template **turn;      /* user texts, one a turn; NULL: none are fixed */
	struct template *opening;    /* messages before the first turn; NULL: none */
	struct template *row_turns;  /* a piece of data: the row's turns; NULL: `turn` */
	int turn_count;              /* >= 1: exchanges of one session (of the longest row) */
	bool keeps_answers;          /* a turn uses the text of an earlier answer */
	int64_t think_ns;            /* between turns and after; -1: the run's */
	struct answer_plan plan;
	struct api *own_api; /* what plan.api points to where it is the task's own */
	struct check_list checks;
	struct capture {
		char *name, *pointer;
	} *capture;
	int capture_count;
	/* Rows of the data sets it uses (of the largest): a case is one of them. 1
	 * without any. */
	uint64_t cases;
	uint32_t uses; /* bit i: data set i */
	uint64_t hash; /* conversation_hash() of a request without templates */
};

/* Values of "load"; 0 or negative means: not given. Flags override them. One of
 * concurrency, rate, stages and the arrivals of a trace at most is given, but for a
 * rate that the stages follow. */
struct scenario_load {
	int64_t concurrency;
	double rate_from, rate_to; /* arrivals a second; differ: a ramp */
	int arrival;               /* enum arrival_kind; -1: not given */
	struct load_stage *stage;  /* ours */
	int stages;
	int64_t max_in_flight;
	int64_t requests;
	int64_t duration_ns, warmup_ns, think_ns; /* -1: not given */
};
#define SCENARIO_NO_LOAD {.arrival = -1, .duration_ns = -1, .warmup_ns = -1, .think_ns = -1}

struct scenario {
	char *name;
	char *target; /* base URL */
	struct task *task;
	int task_count; /* >= 1 */
	struct scenario_load load;
	double price_in, price_out; /* of a million tokens; both 0: not given */
	struct data_set **data;
	int data_count;
	struct slo slo[SLO_MAX]; /* the scenario's, then each task's on that task */
	int slo_count;
	char *source; /* the file's text, secrets redacted, for the recording; NULL
		       * for a URL */
	char **secret; /* values that scenario_redact() blanks, longest first */
	int secret_count;
};

/* Parses `text`; `file` is what messages call it. On failure the faults read
 * "FILE:LINE: /path/in/json: what is wrong; expected …", all that do not follow from
 * each other, and *out is untouched. `base_url` (may be NULL) stands in for a missing
 * or replaces the "target". Sets *faults in either case. */
int scenario_parse(const char *text, size_t bytes, const char *file,
		   const char *base_url, struct scenario **out, struct faults *faults);
int scenario_load_file(const char *path, const char *base_url,
		       struct scenario **out, struct faults *faults);

/* What `--api` and its company make of a URL: one task named "default" that
 * asks `api` with the prompts of a data set or one fixed prompt. */
struct scenario_prompt {
	const char *url; /* the API's usual path is added where it has none */
	const char *api, *model; /* model may be NULL */
	enum stream_mode stream;
	const char *data_file; /* JSONL, CSV, ShareGPT, trace; NULL: text */
	const char *text;      /* the prompt; NULL: a short one of ours */
	const char *const *header;
	size_t header_count;
};
int scenario_from_prompt(const struct scenario_prompt *prompt, struct scenario **out,
			 struct err *err);

/* 0 for "" and the name of one of its tasks; else -1 and "no task …; expected …". */
int scenario_has_task(const struct scenario *scenario, const char *name, struct err *err);
/* Adds a run's `--slo`; refuses one that names an unknown task. */
int scenario_add_slo(struct scenario *scenario, const char *text, struct err *err);

/* The run's seed, before it starts: for the order of data rows. */
void scenario_seed(struct scenario *scenario, uint64_t seed);

/* Replaces, in place, every secret of the scenario (values of ${env:…}, of headers
 * such as Authorization, of fields such as ?key=; also escaped as in JSON or a URL)
 * by SECRET_SHOWN, or by "*" where it is shorter than that; and what the end of the
 * text leaves of one, when it is SCENARIO_SECRET_MIN bytes at least: texts are cut. Returns the length left, at most `bytes`; no
 * terminator is needed or put. Secrets of less than SCENARIO_SECRET_MIN bytes are
 * in too many texts to be blanked. Any thread; no allocation. */
#define SCENARIO_SECRET_MIN 4
size_t scenario_redact(const struct scenario *scenario, char *text, size_t bytes);
/* While a scenario is made: a value; the secrets in a URL; a header's value, where
 * its name is a secret's; "USER:PASSWORD", as it is and as Basic authentication. */
void scenario_add_secret(struct scenario *scenario, const char *value);
void scenario_add_url_secrets(struct scenario *scenario, const char *url);
void scenario_add_header_secret(struct scenario *scenario, const char *line);
void scenario_add_credentials(struct scenario *scenario, const char *user_password);

/* One task named "default": method, url, headers ("Name: value", count),
 * body (may be NULL). Copies what it is given. */
struct scenario *scenario_from_url(const char *method, const char *url,
				   const char *const *headers, size_t header_count,
				   const char *body, size_t body_bytes);

/* Gives each task these headers ("Name: value"), in place of its own of the same
 * name: what flags say counts more than the file. */
void scenario_set_headers(struct scenario *scenario, const char *const *headers, size_t count);

/* 0, or -1 and "\"X\" is not an HTTP method; expected …", or whether another was meant. */
int scenario_method_check(const char *method, struct err *err);
/* One of the standards', and no server's own. */
bool scenario_method_usual(const char *method);

void scenario_free(struct scenario *scenario);

#endif
