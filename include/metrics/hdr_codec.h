/* A histogram as HdrHistogram's V2 compressed encoding, which every port of it reads:
 * a big-endian head, counters as zigzag LEB128-64b9B in which a negative number is a run
 * of empty ones, deflated. The layout of counters is the same here and there. */
#ifndef METRICS_HDR_CODEC_H
#define METRICS_HDR_CODEC_H

#include <stddef.h>

#include "base/buf.h"
#include "metrics/hdr.h"

/* Appends the encoding to `out`. */
void hdr_encode(const struct hdr *h, struct buf *out);
/* Adds what is encoded to `h`, of any range and figures: each bucket's values count as its
 * highest one, also in sum, minimum and maximum, which are not in the encoding. -1: it is
 * no such encoding, or is damaged; `h` may have taken in a part. */
int hdr_decode(const void *bytes, size_t length, struct hdr *h);

#endif
