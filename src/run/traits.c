#include "traits.h"

#include <stdlib.h>
#include <string.h>

#include "base/archive.h"
#include "base/clock.h"
#include "base/mem.h"

#define GRID_PER_BIN (LOGGRID_PER_OCTAVE / MODES_PER_OCTAVE)
#define OCTAVE_BYTES (MODES_PER_OCTAVE * sizeof(struct trait_bin))

void traits_init(struct traits *t, int scopes)
{
	*t = (struct traits){.scopes = scopes};
	t->scope = xcalloc((size_t)scopes, sizeof *t->scope);
}

void traits_fini(struct traits *t)
{
	for (int s = 0; s < t->scopes; s++)
		for (int c = 0; c < TRAIT_CLOCKS; c++)
			for (int o = 0; o < TRAIT_OCTAVES; o++)
				free(t->scope[s].octave[c][o]);
	free(t->scope);
}

void traits_reset(struct traits *t)
{
	for (int s = 0; s < t->scopes; s++)
		for (int c = 0; c < TRAIT_CLOCKS; c++)
			for (int o = 0; o < TRAIT_OCTAVES; o++)
				if (t->scope[s].octave[c][o])
					memset(t->scope[s].octave[c][o], 0, OCTAVE_BYTES);
	t->statuses = 0;
	memset(t->status, 0, sizeof t->status);
	t->by_tokens = t->by_bytes = 0;
}

uint64_t traits_bytes(const struct traits *t)
{
	uint64_t bytes = (uint64_t)t->scopes * sizeof *t->scope;

	for (int s = 0; s < t->scopes; s++)
		for (int c = 0; c < TRAIT_CLOCKS; c++)
			for (int o = 0; o < TRAIT_OCTAVES; o++)
				bytes += t->scope[s].octave[c][o] ? OCTAVE_BYTES : 0;
	return bytes;
}

/* --- state ------------------------------------------------------------------ */

static void bin_archive(struct trait_bin *b, struct archive *a)
{
	archive_u32(a, &b->seconds);
	if (!b->seconds)
		return;
	archive_i64(a, &b->last_second, 0, ARCHIVE_TIME_MAX);
	archive_count(a, &b->requests);
	archive_count(a, &b->sum_us);
	for (int i = 0; i < TRAIT_CELLS; i++)
		archive_u32(a, &b->of[i]);
}

static bool has_some(const struct trait_bin *bins)
{
	for (int i = 0; bins && i < MODES_PER_OCTAVE; i++)
		if (bins[i].seconds)
			return true;
	return false;
}

static void octave_archive(struct trait_bin **octave, struct archive *a)
{
	bool some = has_some(*octave);

	archive_bool(a, &some);
	if (!some)
		return;
	if (!*octave)
		*octave = xcalloc(MODES_PER_OCTAVE, sizeof **octave);
	for (int i = 0; i < MODES_PER_OCTAVE; i++)
		bin_archive(&(*octave)[i], a);
}

void traits_archive(struct traits *t, struct archive *a)
{
	if (archive_restoring(a))
		traits_reset(t);
	archive_int(a, &t->statuses, 0, TRAIT_STATUSES - 1);
	for (int i = 0; i < t->statuses; i++)
		archive_u16(a, &t->status[i]);
	archive_count(a, &t->by_tokens);
	archive_count(a, &t->by_bytes);
	for (int s = 0; s < t->scopes && !a->bad; s++)
		for (int c = 0; c < TRAIT_CLOCKS; c++)
			for (int o = 0; o < TRAIT_OCTAVES; o++)
				octave_archive(&t->scope[s].octave[c][o], a);
}

/* --- counts ----------------------------------------------------------------- */

static int status_at(struct traits *t, const struct exchange *x)
{
	/* What was cut off has a status of its own, whatever was promised. */
	uint16_t status = x->outcome == OUTCOME_CENSORED ? 0 : x->sample->status;
	int i = 0;

	while (i < t->statuses && t->status[i] != status)
		i++;
	if (i == t->statuses && i < TRAIT_STATUSES - 1)
		t->status[t->statuses++] = status;
	return TRAIT_AT_STATUS + i;
}

/* 0: unknown; then an octave each. */
static int length_at(struct traits *t, const struct rec_sample *s)
{
	uint64_t length = s->bytes_out;
	int octave;

	if (s->tokens_in != TOKENS_UNKNOWN) {
		length = s->tokens_in;
		t->by_tokens++;
	} else {
		t->by_bytes++;
	}
	octave = length ? 64 - __builtin_clzll(length) : 0;
	return TRAIT_AT_LENGTH + (octave < TRAIT_LENGTHS ? octave : TRAIT_LENGTHS - 1);
}

static int at_most(int value, int values)
{
	return value < values ? value : values - 1;
}

static struct trait_bin *bin_of(struct traits *t, int scope, int clock, int bin)
{
	struct trait_bin **octave = &t->scope[scope].octave[clock][bin / MODES_PER_OCTAVE];

	if (!*octave)
		*octave = xcalloc(MODES_PER_OCTAVE, sizeof **octave);
	return &(*octave)[bin % MODES_PER_OCTAVE];
}

static void came(struct trait_bin *b, int64_t second)
{
	if (!b->seconds || b->last_second != second)
		b->seconds++;
	b->last_second = second;
}

void traits_exchange(struct traits *t, int scope, const struct exchange *x, int64_t t_us)
{
	const struct rec_sample *s = x->sample;
	const int at[] = {
		TRAIT_AT_CONNECTION + exchange_connected(x),
		TRAIT_AT_CACHE + at_most(s->cache, CACHE_MISS + 1),
		status_at(t, x),
		length_at(t, s),
		TRAIT_AT_TURN + at_most(s->turn, TRAIT_TURNS),
		TRAIT_AT_WORKER + at_most(s->rec.worker, TRAIT_WORKERS),
	};

	for (int c = 0; c < TRAIT_CLOCKS; c++) {
		int64_t us = exchange_by(x, (enum clock_kind)c);
		int bin = x->bin[c] / GRID_PER_BIN;
		struct trait_bin *b = bin_of(t, scope, c, bin);

		b->requests++;
		b->sum_us += (uint64_t)us;
		for (size_t i = 0; i < sizeof at / sizeof *at; i++)
			b->of[at[i]]++;
		came(b, t_us / US_PER_S);
		if (scope)
			came(bin_of(t, 0, c, bin), t_us / US_PER_S);
	}
}
