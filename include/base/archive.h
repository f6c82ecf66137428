/* One walk over a state that either saves or restores it: the same calls in the same
 * order write its parts to a buffer or read them back, so the two cannot drift apart.
 * Numbers are LEB128, doubles their bits from the lowest byte on: any machine reads it.
 *
 * What is restored may be damaged or hostile: every number is checked against the range
 * its call gives, and the first one beyond it, like the end of the bytes, makes the
 * archive `bad`; everything read after that is the least allowed. Who restores looks at
 * archive_whole() at the end and throws away what is not. One thread. */
#ifndef BASE_ARCHIVE_H
#define BASE_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Counts and times beyond these are nobody's; below them sums of many do not overflow. */
#define ARCHIVE_COUNT_MAX (UINT64_C(1) << 54)
#define ARCHIVE_TIME_MAX (INT64_C(1) << 50)

struct archive {
	struct buf *out; /* saving; NULL: restoring */
	const unsigned char *at, *end;
	bool bad;
};

/* Appends to `out`. */
struct archive archive_save(struct buf *out);
struct archive archive_restore(const void *bytes, size_t count);
static inline bool archive_restoring(const struct archive *a)
{
	return !a->out;
}
/* All was there, in range, and nothing is left. */
bool archive_whole(const struct archive *a);

/* Both sides must say the same: a mark of what follows, and of how it looks. */
void archive_mark(struct archive *a, uint64_t value);
void archive_u64(struct archive *a, uint64_t *value, uint64_t max);
void archive_i64(struct archive *a, int64_t *value, int64_t min, int64_t max);
void archive_count(struct archive *a, uint64_t *value); /* to ARCHIVE_COUNT_MAX */
void archive_time(struct archive *a, int64_t *value);   /* either way to ARCHIVE_TIME_MAX */
void archive_u32(struct archive *a, uint32_t *value);
void archive_u16(struct archive *a, uint16_t *value);
void archive_u8(struct archive *a, uint8_t *value, uint8_t max);
void archive_int(struct archive *a, int *value, int min, int max);
void archive_bool(struct archive *a, bool *value);
/* NAN, or a finite number of at most 1e18 either way. */
void archive_double(struct archive *a, double *value);
void archive_float(struct archive *a, float *value);
/* Any bytes. */
void archive_bytes(struct archive *a, void *bytes, size_t count);
/* A terminated text of one line; printable after restoring. */
void archive_text(struct archive *a, char *text, size_t room);

#endif
