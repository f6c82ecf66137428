/* The gaps between an answer's content events as a compact text of bytes: each
 * gap in whole microseconds, written as the difference to the gap before it
 * (the first: to 0), zigzag (0, -1, 1, -2, … -> 0, 1, 2, 3, …), seven bits a
 * byte, lowest first, the eighth bit says that more follow. A steady stream
 * costs 1 to 2 bytes a gap. The run file's `gaps` column holds the same bytes. */
#ifndef METRICS_GAPS_H
#define METRICS_GAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "metrics/record.h"

/* Writer. The caller owns `bytes`, REC_GAPS_MAX of them. */
struct gaps {
	uint8_t *bytes;
	uint32_t used;
	uint32_t count; /* gaps written */
	int64_t last_us;
	bool cut;       /* one did not fit; nothing was written since */
};

void gaps_init(struct gaps *gaps, uint8_t *bytes);
/* us >= 0. */
void gaps_put(struct gaps *gaps, int64_t us);

/* Reader. Damaged bytes end it early; a negative gap reads as 0. */
struct gaps_reader {
	const uint8_t *at, *end;
	int64_t last_us;
};

/* `bytes` may be NULL where count is 0. */
void gaps_read(struct gaps_reader *reader, const uint8_t *bytes, uint32_t count);
/* False at the end. */
bool gaps_next(struct gaps_reader *reader, int64_t *us);

#endif
