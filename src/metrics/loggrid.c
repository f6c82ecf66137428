#include "metrics/loggrid.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define FIRST_OCTAVE (-LOGGRID_ANCHOR_BIN / LOGGRID_PER_OCTAVE)

/* The edges of the octave from 1 s to 2 s, in microseconds: 1e6 * 2^(k/16). All
 * others follow by powers of two, which a double multiplies exactly; therefore
 * bin and edge can never disagree, on any libm. */
static const double octave_us[LOGGRID_PER_OCTAVE] = {
	1000000,            1044273.7824274139, 1090507.7326652578,
	1138788.6347566918, 1189207.1150027211, 1241857.8120734841,
	1296839.5546510096, 1354255.5469368927, 1414213.5623730950,
	1476826.1459394994, 1542210.8254079409, 1610490.3319492543,
	1681792.8305074291, 1756252.1603732994, 1834008.0864093425,
	1915206.5613971474,
};

#define END_US (1e6 * (1 << (LOGGRID_BINS / LOGGRID_PER_OCTAVE + FIRST_OCTAVE)))

/* 2^n, -1000 < n < 1000: ldexp() takes longer than all the rest, and several bins are
 * looked up for each sample. */
static double power_of_two(int n)
{
	uint64_t bits = (uint64_t)(1023 + n) << 52;
	double power;

	memcpy(&power, &bits, sizeof power);
	return power;
}

int loggrid_bin(int64_t us)
{
	if (us < 1)
		return 0;
	if ((double)us >= END_US)
		return LOGGRID_BINS - 1;

	/* us = x * 2^octave with x between 1 s and 2 s, first one octave off
	 * where the mantissa is below that of 1 s. */
	int octave = 63 - __builtin_clzll((unsigned long long)us) - 19, k = 0;
	double x = (double)us * power_of_two(-octave);

	if (x < octave_us[0]) {
		octave--;
		x *= 2;
	}
	for (int half = LOGGRID_PER_OCTAVE / 2; half; half /= 2)
		k += x >= octave_us[k + half] ? half : 0;
	return (octave - FIRST_OCTAVE) * LOGGRID_PER_OCTAVE + k;
}

double loggrid_edge_us(int bin)
{
	assert(bin >= 0 && bin <= LOGGRID_BINS);
	return ldexp(octave_us[bin % LOGGRID_PER_OCTAVE],
		     bin / LOGGRID_PER_OCTAVE + FIRST_OCTAVE);
}
