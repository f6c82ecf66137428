/* Seeded pseudo-random numbers (xoshiro256**, seeded through splitmix64; after
 * Blackman and Vigna). One generator belongs to one thread. Streams derived
 * from one seed with different `stream` numbers are independent. */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stdint.h>

struct rng {
	uint64_t s[4];
};

void rng_seed(struct rng *rng, uint64_t seed, uint64_t stream);
uint64_t rng_next(struct rng *rng);
/* Uniform in [0, n) without bias; n > 0. */
uint64_t rng_below(struct rng *rng, uint64_t n);
/* Uniform in [0, 1), 53 bits. */
double rng_double(struct rng *rng);
/* Standard normal (Box-Muller). */
double rng_normal(struct rng *rng);
/* A bijection in which every bit depends on all: one step of splitmix64, and a
 * hash. */
uint64_t rng_mix(uint64_t x);

#endif
