/* What the files that read a scenario share. `at` is a value's index in
 * parser.json. Who finds something wrong says so with refuse(), gets -1, and goes on
 * with what does not depend on it: all that is wrong is told at once. So -1 from any
 * function here means that it has been said; what was half made is dropped with the
 * scenario. */
#ifndef SCENARIO_PARSE_H
#define SCENARIO_PARSE_H

#include <stdbool.h>

#include "base/faults.h"
#include "json.h"
#include "scenario/scenario.h"

/* A secret in the text, replaced in what is recorded of it. */
struct span {
	uint32_t start, end;
	char *instead;
};

struct parser {
	struct json json;
	struct scenario *scenario;
	const char *base; /* target */
	uint32_t task;    /* the one that is being read */
	bool turns;       /* it has "turns" */
	bool nameless;    /* a task's name was refused: nobody knows which there are */
	struct span *span;
	size_t span_count;
	bool *refused;    /* of each value */
	struct faults *faults;
};

/* ---- parse_refuse.c: what is wrong ---- */

/* "FILE:LINE: /path: …"; `missing` (may be NULL) is a member of `at` that is not there.
 * -1. Of a value that was refused already nothing more is said. */
int refuse(struct parser *p, uint32_t at, const char *missing, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* refuse() with a sentence that says what is wrong and what was expected. */
int refuse_with(struct parser *p, uint32_t at, const struct err *why);
/* With one that names its place itself, which is in another file. */
int refuse_elsewhere(struct parser *p, uint32_t at, const struct err *why);
/* Refuses a text that is none of a few words. `list` is these, as near_offer_list() reads
 * them; `what` is wrong with the text, as in "is no order". */
int refuse_word(struct parser *p, uint32_t at, const char *what, const char *list);
/* Is there a key of the object that was refused and is near to this one? Then this
 * one is not missing. */
bool misspelt(const struct parser *p, uint32_t object, const char *key);

/* ---- parse_value.c: what a value must be ---- */

int expect(struct parser *p, uint32_t at, enum json_kind kind, const char *expected);
/* A string without NUL bytes, so that it may be used as a C string. */
int expect_text(struct parser *p, uint32_t at, const char *expected);
int expect_keys(struct parser *p, uint32_t object, const char *const *keys, const char *expected);
int require(struct parser *p, uint32_t object, const char *key, const char *expected,
	    uint32_t *out);
/* A fixed string: one in which "${" has no place. */
int expect_fixed(struct parser *p, uint32_t at, const char *expected);
int take_name(struct parser *p, uint32_t at, char **out);
/* These leave *out alone where the object has no such key. */
int take_count(struct parser *p, uint32_t object, const char *key, double max, int64_t *out);
int take_duration(struct parser *p, uint32_t object, const char *key, bool above_zero,
		  int64_t *out_ns);
/* A name that templates use: letters, digits, "_" and "-". */
bool is_word(const char *text, size_t bytes);

/* ---- parse_source.c: the text as it is recorded ---- */

void hide_url(struct parser *p, uint32_t at);
void hide_header(struct parser *p, uint32_t at, const char *name);
/* The texts in a body whose names say that they are secret; they are remembered. */
void hide_body(struct parser *p, uint32_t at);
/* The same in a body that is one text: a form, or JSON. */
void hide_text(struct parser *p, uint32_t at);
char *source_without_secrets(struct parser *p, const char *text, size_t bytes);
void source_fini(struct parser *p);

/* ---- the file's parts ---- */

void take_data(struct parser *p);   /* "data" */
void take_load(struct parser *p);   /* "load" */
void take_tasks(struct parser *p);  /* "tasks" */
void take_prices(struct parser *p); /* "prices" */
/* `task` "": of one whose name was refused. NULL: the scenario's. */
void take_slos(struct parser *p, uint32_t at, const char *task);

/* ---- parse_headers.c ---- */

/* "headers" of an object, if it has any. */
void check_headers(struct parser *p, uint32_t object);
/* Those of the three objects in order, later ones in place of earlier ones of the same
 * name; 0: there is none. Then `task`'s headers are complete but for what it adds itself. */
void take_headers(struct parser *p, const uint32_t object[3], struct task *task);
/* Adds "Name: value" where the task has none of that name. */
void add_header(struct task *task, const char *line);
/* In place of one of the same name; the value of a secret one is remembered. */
void scenario_set_header(struct scenario *scenario, struct task *task, const char *line);

/* ---- parse_request.c, parse_api.c, parse_form.c ---- */

int take_path(struct parser *p, uint32_t object, const char *usual, struct task *task);
void take_request(struct parser *p, uint32_t task_at, uint32_t at, struct task *task);
int take_api(struct parser *p, uint32_t task_at, struct task *task);
/* task->hash, once its request is complete and has no templates. */
void task_hash(struct task *task);
void take_api_form(struct parser *p, uint32_t task_at, struct task *task);

#endif
