#include "prompts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/archive.h"
#include "base/mem.h"
#include "base/rng.h"

#define SLOTS 16384 /* a power of two above PROMPTS_ROOM */
#define WARMING_SHARE 0.5
#define WARMING_LEAST 50

void prompts_init(struct prompts *p)
{
	*p = (struct prompts){0};
}

void prompts_fini(struct prompts *p)
{
	free(p->slot);
}

void prompts_reset(struct prompts *p)
{
	uint64_t *slot = p->slot;

	if (slot)
		memset(slot, 0, SLOTS * sizeof *slot);
	*p = (struct prompts){.slot = slot};
}

/* Who made the hash may not have spread its bits. 0 is a free slot. */
static uint64_t spread(uint64_t hash)
{
	hash = rng_mix(hash);
	return hash ? hash : 1;
}

static bool passes(const struct prompts *p, uint64_t hash)
{
	return !p->skip_bits || hash >> (64 - p->skip_bits) == 0;
}

/* False: it was there. */
static bool put(uint64_t *slot, uint64_t hash)
{
	uint32_t at = (uint32_t)hash % SLOTS;

	for (; slot[at]; at = (at + 1) % SLOTS)
		if (slot[at] == hash)
			return false;
	slot[at] = hash;
	return true;
}

/* Looks at half as many from now on, and forgets the others. */
static void thin_out(struct prompts *p)
{
	uint64_t *slot = xcalloc(SLOTS, sizeof *slot);

	p->skip_bits++;
	p->kept = 0;
	for (uint32_t i = 0; i < SLOTS; i++)
		if (p->slot[i] && passes(p, p->slot[i])) {
			put(slot, p->slot[i]);
			p->kept++;
		}
	free(p->slot);
	p->slot = slot;
}

void prompts_take(struct prompts *p, const struct rec_sample *s)
{
	uint64_t hash;

	if (!s->prompt_hash || (!(s->flags & SAMPLE_STREAM) && s->tokens_in == TOKENS_UNKNOWN &&
				s->tokens_out == TOKENS_UNKNOWN))
		return;
	p->count++;
	hash = spread(s->prompt_hash);
	if (!passes(p, hash))
		return;
	if (!p->slot)
		p->slot = xcalloc(SLOTS, sizeof *p->slot);
	uint64_t stands_for = UINT64_C(1) << p->skip_bits;

	p->looked_at += stands_for;
	if (!put(p->slot, hash))
		p->repeated += stands_for;
	else if (++p->kept == PROMPTS_ROOM)
		thin_out(p);
}

static void hashes_archive(struct prompts *p, struct archive *a)
{
	uint32_t kept = p->kept;

	for (uint32_t i = 0; i < SLOTS && kept && !archive_restoring(a); i++)
		if (p->slot[i])
			archive_bytes(a, &p->slot[i], sizeof p->slot[i]);
	if (!archive_restoring(a))
		return;
	if (kept && !p->slot)
		p->slot = xcalloc(SLOTS, sizeof *p->slot);
	for (; kept && !a->bad; kept--) {
		uint64_t hash;

		archive_bytes(a, &hash, sizeof hash);
		a->bad |= !hash || !put(p->slot, hash);
	}
}

void prompts_archive(struct prompts *p, struct archive *a)
{
	uint32_t kept = p->kept;

	if (archive_restoring(a))
		prompts_reset(p);
	archive_u32(a, &kept);
	a->bad |= kept >= PROMPTS_ROOM;
	p->kept = a->bad ? 0 : kept;
	archive_int(a, &p->skip_bits, 0, 48);
	archive_count(a, &p->count);
	archive_count(a, &p->looked_at);
	archive_count(a, &p->repeated);
	hashes_archive(p, a);
}

double prompts_repeated(const struct prompts *p)
{
	return p->looked_at ? (double)p->repeated / (double)p->looked_at : NAN;
}

bool prompts_warming(const struct prompts *p)
{
	return p->count >= WARMING_LEAST && prompts_repeated(p) > WARMING_SHARE;
}
