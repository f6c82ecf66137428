/* Checks on an answer and the quality they add up to. Compiled when the
 * scenario is read; evaluated in the worker without allocation of ours. */
#ifndef SCENARIO_CHECK_H
#define SCENARIO_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "http/answer.h"

#define CHECKS_MAX 64
#define CHECK_TEXT 96 /* bytes of a check's name, with the NUL */

/* {"status": 200 | [200, 201]}            the status is (one of) these
 * {"contains": "text"}                    in the text, without an API in the body
 * {"regex": "pattern"}                    the same, PCRE2
 * {"json": "/pointer", + one or more of   in the body; in a streamed answer, in
 *    exists: true|false, equals: any,     its text
 *    type: "string", min, max: number,
 *    length: n | [min, max]}
 * {"header": "Name", + exists|equals|contains}
 * {"latency": "3s"}                       response time below
 * {"tokens": n | [min, max]}              of output
 * {"not_empty": true}                     some text
 * each with weight (default 1) and required (default true). */
struct check;

struct check_list {
	struct check **check;
	int count;
	bool needs_answer; /* some look at text, body or headers */
};

/* One finished exchange as checks see it. */
struct check_subject {
	int status;
	int64_t latency_us;
	bool answered; /* a complete answer came */
	const struct answer_report *report;
};

struct check_verdict {
	float quality; /* 0-100; NAN: there are no checks or no answer came */
	int failed_required; /* index of the first required check that failed, or -1 */
	int failed;          /* how many failed */
};

/* Makes one check from the text of its JSON object. `err` gets what is wrong in
 * words, and the member it is about in `member` (may be "" for the whole). */
int check_compile(const char *json, size_t bytes, struct check **out, char member[32],
		  struct err *err);
void check_free(struct check *check);
void check_list_fini(struct check_list *list);

/* Each worker needs its own: matching of regular expressions writes. */
struct check_scratch;
struct check_scratch *check_scratch_new(const struct check_list *const *lists, int count);
void check_scratch_free(struct check_scratch *scratch);

void checks_evaluate(const struct check_list *list, struct check_scratch *scratch,
		     const struct check_subject *subject, struct check_verdict *out);
/* Did check i pass in the last evaluation? For `brunt check --send`. */
bool check_passed(const struct check_scratch *scratch, int i);
/* "contains \"strengths\"", for messages: at most CHECK_TEXT. */
const char *check_text(const struct check *check);

#endif
