/* Errors by class, code and what their messages have in common (message_key.h;
 * checks have their own text, which is one), in a bounded table. The first message
 * stands for the others. What does not fit any more is counted under its class as
 * "other messages". */
#ifndef RUN_ERRORS_TABLE_H
#define RUN_ERRORS_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "metrics/record.h"
#include "run/snapshot.h"

#define ERRORS_KINDS 256
#define ERRORS_ROOM (ERRORS_KINDS + ERROR_CLASS_COUNT) /* with the folded ones */
#define ERRORS_ALIKE SNAP_ALIKE
#define ERRORS_OTHER "other messages"

struct error_span {
	uint64_t count;
	int64_t first_us, last_us; /* valid where count > 0 */
};

struct error_kind {
	enum error_class error;
	int32_t code;
	int task; /* -1: several */
	uint64_t tasks; /* bit t: seen in task t */
	struct error_span all;      /* warm-up included */
	struct error_span measured; /* what the summary counts */
	uint16_t key_bytes;
	char key[REC_TEXT_MAX];
	/* Different messages, by their hashes: so many, ERRORS_ALIKE or more. */
	uint32_t alike, hash[ERRORS_ALIKE];
	char message[REC_TEXT_MAX + 1]; /* printable */
	char excerpt[REC_EXCERPT_MAX + 1]; /* of the first such answer that has one; printable */
};

struct errors_table;
struct errors_table *errors_table_new(void);
void errors_table_free(struct errors_table *table);
void errors_table_reset(struct errors_table *table);

struct archive;
void errors_table_archive(struct errors_table *table, struct archive *a);

void errors_table_count(struct errors_table *table, const struct rec_sample *sample,
			int64_t t_us, bool measured);

int errors_table_kinds(const struct errors_table *table);
/* The kinds, most frequent first (`measured`: only those with measured ones, by
 * those); equal ones in order of appearance. Returns how many. */
int errors_table_sorted(const struct errors_table *table, bool measured,
			const struct error_kind *out[ERRORS_ROOM]);

#endif
