/* Where a value's counter is: HdrHistogram's layout for values from 1 on. With half =
 * 1024 (3 figures) or 128 (2 figures) the first 2 * half counters hold one value each;
 * every further group of `half` counters covers the next octave, each of its buckets
 * twice as wide as those before. So a bucket is never wider than 1/half of its values. */
#ifndef METRICS_HDR_LAYOUT_H
#define METRICS_HDR_LAYOUT_H

#include <stdint.h>

/* Of half. */
static inline int hdr_half_bits(int figures)
{
	return figures == 3 ? 10 : 7;
}

static inline unsigned hdr_index_of(int figures, int64_t us)
{
	int bits = hdr_half_bits(figures);
	uint64_t v = (uint64_t)us;
	/* Octaves above the first 2 * half values. */
	int shift = 63 - __builtin_clzll(v | ((2ULL << bits) - 1)) - bits;

	return ((unsigned)shift << bits) + (unsigned)(v >> shift);
}

/* The bucket's lowest value; it spans 2^shift of them. */
static inline int64_t hdr_low_of(int figures, unsigned index, int *shift)
{
	int bits = hdr_half_bits(figures);
	unsigned octave = index >> bits;

	*shift = octave ? (int)octave - 1 : 0;
	return (int64_t)(index - ((unsigned)*shift << bits)) << *shift;
}

#endif
