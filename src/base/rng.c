#include "base/rng.h"

#include <math.h>

#define GOLDEN 0x9e3779b97f4a7c15ULL

uint64_t rng_mix(uint64_t x)
{
	x += GOLDEN;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

static uint64_t splitmix64(uint64_t *state)
{
	uint64_t x = rng_mix(*state);

	*state += GOLDEN;
	return x;
}

static uint64_t rotl(uint64_t x, int k)
{
	return (x << k) | (x >> (64 - k));
}

void rng_seed(struct rng *rng, uint64_t seed, uint64_t stream)
{
	uint64_t state = stream;
	/* Hashing the stream first keeps neighbouring (seed, stream) pairs apart. */
	uint64_t mixed = seed ^ splitmix64(&state);

	for (int i = 0; i < 4; i++)
		rng->s[i] = splitmix64(&mixed);
}

uint64_t rng_next(struct rng *rng)
{
	uint64_t *s = rng->s;
	uint64_t result = rotl(s[1] * 5, 7) * 9;
	uint64_t t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotl(s[3], 45);
	return result;
}

uint64_t rng_below(struct rng *rng, uint64_t n)
{
	/* Reject the uneven remainder at the bottom of the range. */
	uint64_t floor = (0 - n) % n;
	uint64_t x;

	do
		x = rng_next(rng);
	while (x < floor);
	return x % n;
}

double rng_double(struct rng *rng)
{
	return (double)(rng_next(rng) >> 11) * 0x1.0p-53;
}

double rng_normal(struct rng *rng)
{
	double u = 1.0 - rng_double(rng);
	double v = rng_double(rng);

	return sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v);
}
