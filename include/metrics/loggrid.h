/* The fixed logarithmic grid on which histograms are shown: 16 bins an octave,
 * anchored at 1 s, so that 0.5, 0.71, 1.0, 1.41, 2.0 s are edges and bins never
 * move, whatever the data. Widgets merge 1, 2, 4, 8, 16 or 32 neighbours. */
#ifndef METRICS_LOGGRID_H
#define METRICS_LOGGRID_H

#include <stdint.h>

#define LOGGRID_PER_OCTAVE 16
#define LOGGRID_BINS 592       /* 1 us (2^-20 s) to 2^17 s */
#define LOGGRID_ANCHOR_BIN 320 /* the bin that starts at 1 s */

/* Bin of a value; clamps to the ends. */
int loggrid_bin(int64_t us);
/* Lower edge of a bin, microseconds (bin = LOGGRID_BINS gives the upper end). */
double loggrid_edge_us(int bin);

#endif
