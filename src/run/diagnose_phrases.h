/* What the verdict's sentences are made of: figures, loads, and the lines of evidence below
 * them. ASCII but for names; each returns its `out`, or a word that stays. Pure. */
#ifndef RUN_DIAGNOSE_PHRASES_H
#define RUN_DIAGNOSE_PHRASES_H

#include "base/units.h"
#include "diagnose_priv.h"

#define PHRASE_TASK 40 /* bytes of a task's name */
#define PHRASE_LOAD 48 /* and of a load */

const char *phrase_duration(double us, char out[UNITS_BYTES]); /* "1.41 s", "932 ms", "87 us" */
const char *phrase_rate(double per_s, char out[UNITS_BYTES]);
const char *phrase_times(double ratio, char out[UNITS_BYTES]); /* "x 2.4", "x 17" */
const char *phrase_percent(double share, char out[UNITS_BYTES]);
const char *phrase_load_of(uint8_t mode, double level, char out[PHRASE_LOAD]); /* "8 users", "12.5/s" */
const char *phrase_load(const struct evidence_point *p, char out[PHRASE_LOAD]);
/* Twice as much, as a number that is easily said. */
const char *phrase_twice(const struct evidence_point *p, char out[PHRASE_LOAD]);
const char *phrase_task(const struct diagnose_input *in, int task, char out[PHRASE_TASK]);
/* What is waited for: the first token, or the first byte. */
const char *phrase_wait(const struct comparison *c);
/* "http_5xx 34, reset 6": what failed, the most frequent first; `checks`: those that were
 * answered, too, but not as asked for, or were given up. */
const char *phrase_failures(const struct evidence_point *p, bool checks, char out[DIAGNOSIS_LINE]);

/* What is too long is cut, and never inside a code point. */
void phrase_write(char *out, size_t bytes, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* One more line of evidence, while there is room. */
void phrase_line(struct diagnosis *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void phrase_at_line(const struct evidence_point *p, struct diagnosis *out);
void phrase_failed_line(const struct evidence_point *p, struct diagnosis *out);
/* Both loads, and what grew between them by how much. */
void phrase_compared_lines(const struct comparison *c, struct diagnosis *out);

#define SAY(...) phrase_write(out->sentence, sizeof out->sentence, __VA_ARGS__)
/* What would change it; `now` while the load can be changed, `then` where it no longer can:
 * in a run that is over, and wherever a picture of the past is shown. */
#define ADVISE(now, then, ...)                                                                      \
	do {                                                                                        \
		phrase_write(out->next, sizeof out->next, in->over ? (then) : (now), __VA_ARGS__);    \
		phrase_write(out->past, sizeof out->past, then, __VA_ARGS__);                         \
	} while (0)
#define NEXT(...)                                                                                   \
	do {                                                                                        \
		phrase_write(out->next, sizeof out->next, __VA_ARGS__);                               \
		memcpy(out->past, out->next, sizeof out->past);                                     \
	} while (0)

#endif
