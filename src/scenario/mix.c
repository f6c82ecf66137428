#include "mix.h"

#include <endian.h>
#include <string.h>

#include "base/rng.h"

/* Multiplies 64 by 64 bits and folds the product: as strong as it is quick. */
static uint64_t fold(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t load(const unsigned char *p, size_t count)
{
	uint64_t word = 0;

	memcpy(&word, p, count);
	return le64toh(word);
}

uint64_t mix_bytes(uint64_t before, const void *bytes, size_t count)
{
	const uint64_t k0 = 0xa0761d6478bd642full, k1 = 0xe7037ed1a0b428dbull;
	const unsigned char *p = bytes;
	uint64_t h = rng_mix(before ^ count);

	for (; count >= 16; p += 16, count -= 16)
		h = fold(load(p, 8) ^ k0 ^ h, load(p + 8, 8) ^ k1);
	if (count) {
		size_t first = count < 8 ? count : 8;

		h = fold(load(p, first) ^ k0 ^ h, load(p + first, count - first) ^ k1);
	}
	return rng_mix(h);
}

uint64_t mix_request(const char *method, const char *url, const void *body, size_t bytes)
{
	uint64_t h = mix_bytes(0, method, strlen(method));

	h = mix_bytes(mix_bytes(h, url, strlen(url)), body, bytes);
	return h ? h : 1;
}

uint64_t mix_turn(uint64_t request, uint64_t said)
{
	uint64_t h = (request & ~(uint64_t)UINT32_MAX) | (said & UINT32_MAX);

	return h ? h : 1;
}
