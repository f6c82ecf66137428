/* The gaps between an answer's content events as a compact text of bytes: each gap in
 * whole microseconds, written as the difference to the mean so far (the first: to 0), zigzag
 * (0, -1, 1, -2, … -> 0, 1, 2, 3, …). The mean is the first gap, then mean += (gap - mean) /
 * 4, towards 0. The first byte b says how long a code is:
 *     0 to 63     b
 *     64 to 247   64 + (b - 64) * 2^8 + the next byte
 *     248 to 254  47168 + (b - 248) * 2^16 + the next two bytes, the higher first
 *     255         505920 + the next bytes, seven bits each, lowest first, the eighth bit
 *                 says that more follow
 * So what a model server's tokens take, give or take 23 ms, costs two bytes. The run
 * file's `gaps` column holds the same bytes; up to schema 4 it was another text. */
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
	int64_t mean_us;
	bool cut;       /* one did not fit; nothing was written since */
};

void gaps_init(struct gaps *gaps, uint8_t *bytes);
/* us >= 0. */
void gaps_put(struct gaps *gaps, int64_t us);

/* Reader. Damaged bytes end it early; a negative gap reads as 0. */
struct gaps_reader {
	const uint8_t *at, *end;
	int64_t mean_us; /* of a former text: the last one */
	bool any;        /* one was read */
	bool former;
};

/* `most` bytes at most, without the part of a gap. */
uint32_t gaps_fit(const uint8_t *bytes, uint32_t count, uint32_t most);

/* `bytes` may be NULL where count is 0. */
void gaps_read(struct gaps_reader *reader, const uint8_t *bytes, uint32_t count);
/* The text of schema 4 and before: each the difference to the gap before, zigzag, seven bits
 * a byte. */
void gaps_read_former(struct gaps_reader *reader, const uint8_t *bytes, uint32_t count);
/* False at the end. */
bool gaps_next(struct gaps_reader *reader, int64_t *us);

#endif
