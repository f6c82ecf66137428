/* How many prompts had been sent before, in bounded memory: a server that has
 * seen a prompt may answer it from a prefix cache.
 *
 * Up to PROMPTS_ROOM different hashes are all kept, so the share is exact.
 * Beyond that only those whose hash begins with so many zero bits are: whether
 * one of these came before is still known for certain, and it stands for as many
 * as were left out (after Gibbons, distinct sampling). */
#ifndef RUN_PROMPTS_H
#define RUN_PROMPTS_H

#include <stdbool.h>
#include <stdint.h>

#include "metrics/record.h"

#define PROMPTS_ROOM 12288

struct prompts {
	uint64_t *slot; /* open addressing; 0: free. NULL until the first prompt */
	uint32_t kept;
	int skip_bits; /* only hashes with so many zero bits on top are looked at */
	uint64_t count;
	uint64_t looked_at, repeated; /* each counts as the 2^skip_bits it stands for */
};

void prompts_init(struct prompts *p);
void prompts_fini(struct prompts *p);
void prompts_reset(struct prompts *p);
struct archive;
void prompts_archive(struct prompts *p, struct archive *a);
/* Takes samples that speak of tokens or are streams; a plain POST is no prompt. */
void prompts_take(struct prompts *p, const struct rec_sample *s);
/* 0-1; NAN: there was no prompt. */
double prompts_repeated(const struct prompts *p);
/* So many repeat that a cache rather than the server may be measured. */
bool prompts_warming(const struct prompts *p);

#endif
