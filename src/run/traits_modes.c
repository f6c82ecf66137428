/* From counts to modes and what they follow. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "traits.h"
#include "traits_words.h"

#define BINS (TRAIT_OCTAVES * MODES_PER_OCTAVE)
#define GRID_PER_BIN (LOGGRID_PER_OCTAVE / MODES_PER_OCTAVE)
#define FOLLOWS 0.5 /* of the split: most of it */
#define AS_GOOD 0.03 /* what explains nearly as much and is simpler comes first */
#define TICKS_US 32  /* below it a bin is a few of the clock's ticks wide */

static const struct {
	int at, values;
} where[TRAITS] = {
	[TRAIT_CONNECTION] = {TRAIT_AT_CONNECTION, 2}, [TRAIT_CACHE] = {TRAIT_AT_CACHE, 3},
	[TRAIT_STATUS] = {TRAIT_AT_STATUS, TRAIT_STATUSES}, [TRAIT_TASK] = {-1, 0},
	[TRAIT_TURN] = {TRAIT_AT_TURN, TRAIT_TURNS}, [TRAIT_LENGTH] = {TRAIT_AT_LENGTH, TRAIT_LENGTHS},
	[TRAIT_WORKER] = {TRAIT_AT_WORKER, TRAIT_WORKERS},
};

#define VALUES_MAX SNAP_TASKS

struct bins {
	uint64_t requests[BINS], sum_us[BINS];
	uint32_t seconds[BINS];
};

/* Which scopes a scope is made of. */
static int first_of(const struct traits *t, int scope, int *end)
{
	*end = scope || t->scopes == 1 ? scope + 1 : t->scopes;
	return scope;
}

static const struct trait_bin *bin_at(const struct traits *t, int scope, int clock, int bin)
{
	const struct trait_bin *octave = t->scope[scope].octave[clock][bin / MODES_PER_OCTAVE];

	return octave ? &octave[bin % MODES_PER_OCTAVE] : NULL;
}

static void collect(const struct traits *t, int scope, int clock, struct bins *out)
{
	int end, from = first_of(t, scope, &end);

	memset(out, 0, sizeof *out);
	for (int s = from; s < end; s++)
		for (int i = 0; i < BINS; i++) {
			const struct trait_bin *b = bin_at(t, s, clock, i);

			if (!b)
				continue;
			out->requests[i] += b->requests;
			out->sum_us[i] += b->sum_us;
			if (s == scope)
				out->seconds[i] = b->seconds;
		}
}

/* The mean of the bin that has the median. */
static double middle_us(const struct bins *bins, int from, int to, uint64_t requests)
{
	uint64_t rank = (requests + 1) / 2;

	for (int i = from; i < to; i++) {
		if (rank <= bins->requests[i])
			return (double)bins->sum_us[i] / (double)bins->requests[i];
		rank -= bins->requests[i];
	}
	return 0;
}

static void describe(const struct bins *bins, const struct modes *modes, struct snap_modes *out)
{
	for (int i = 0; i < BINS; i++)
		out->requests += bins->requests[i];
	out->count = modes->count;
	for (int m = 0; m < modes->count; m++) {
		int from = m ? modes->end[m - 1] : 0;

		for (int i = from; i < modes->end[m]; i++)
			out->mode[m].requests += bins->requests[i];
		out->mode[m].us = middle_us(bins, from, modes->end[m], out->mode[m].requests);
		out->mode[m].below_us = loggrid_edge_us(modes->end[m] * GRID_PER_BIN);
	}
}

/* --- attributes ------------------------------------------------------------- */

/* How many of each mode have each value. */
struct split {
	int modes, values;
	double n[MODES_MAX][VALUES_MAX];
};

static void split_by(const struct traits *t, int scope, int clock, const struct modes *modes, enum trait trait,
		     struct split *out)
{
	int end, from = first_of(t, scope, &end);

	memset(out, 0, sizeof *out);
	out->modes = modes->count;
	out->values = trait == TRAIT_TASK ? (end - 1 < VALUES_MAX ? end - 1 : VALUES_MAX) : where[trait].values;
	for (int s = from; s < end; s++)
		for (int m = 0, i = 0; m < modes->count; m++)
			for (; i < modes->end[m]; i++) {
				const struct trait_bin *b = bin_at(t, s, clock, i);

				if (b && trait == TRAIT_TASK && s > 0 && s <= VALUES_MAX)
					out->n[m][s - 1] += (double)b->requests;
				for (int v = 0; b && trait != TRAIT_TASK && v < out->values; v++)
					out->n[m][v] += (double)b->of[where[trait].at + v];
			}
}

static double plogp(double n, double all)
{
	return n > 0 ? -n / all * log(n / all) : 0;
}

/* 0 to 1; NAN where all have the same value, or nothing is known of it. */
static double explains(const struct split *s)
{
	double all = 0, of_mode[MODES_MAX] = {0}, of_value[VALUES_MAX] = {0}, modes = 0, values = 0, both = 0, chance;
	int seen_modes = 0, seen_values = 0;

	for (int m = 0; m < s->modes; m++)
		for (int v = 0; v < s->values; v++) {
			of_mode[m] += s->n[m][v];
			of_value[v] += s->n[m][v];
			all += s->n[m][v];
		}
	for (int m = 0; m < s->modes; m++) {
		modes += plogp(of_mode[m], all);
		seen_modes += of_mode[m] > 0;
		for (int v = 0; v < s->values; v++)
			both += plogp(s->n[m][v], all);
	}
	for (int v = 0; v < s->values; v++) {
		values += plogp(of_value[v], all);
		seen_values += of_value[v] > 0;
	}
	if (seen_values < 2 || seen_modes < 2)
		return NAN;
	chance = (seen_modes - 1) * (seen_values - 1) / (2 * all);
	return fmin(fmax((modes + values - both - chance) / modes, 0), 1);
}

static int rarest(const struct snap_modes *modes)
{
	int at = 0;

	for (int m = 1; m < modes->count; m++)
		if (modes->mode[m].requests < modes->mode[at].requests)
			at = m;
	return at;
}

/* The value that most of a mode has and that is most of all found there. */
static int typical(const struct split *s, int mode)
{
	double best = -1, n = 0;
	int at = 0;

	for (int v = 0; v < s->values; v++)
		n += s->n[mode][v];
	for (int v = 0; v < s->values; v++) {
		double all = 0, score;

		for (int m = 0; m < s->modes; m++)
			all += s->n[m][v];
		score = all > 0 ? s->n[mode][v] / n * (s->n[mode][v] / all) : 0;
		if (score > best) {
			best = score;
			at = v;
		}
	}
	return at;
}

static void typify(const struct traits *t, const struct split *s, char *const *task_name, struct snap_modes *out)
{
	int mode = rarest(out), value = typical(s, mode);
	double n = 0;

	for (int v = 0; v < s->values; v++)
		n += s->n[mode][v];
	out->typical_mode = mode;
	out->typical_share = (float)(s->n[mode][value] / n);
	traits_value(t, (enum trait)out->follows, value, task_name, out->typical, sizeof out->typical);
}

static bool comparable(const struct traits *t, enum trait trait)
{
	return trait != TRAIT_LENGTH || !t->by_tokens || !t->by_bytes;
}

void traits_modes(const struct traits *t, int scope, enum clock_kind clock, char *const *task_name,
		  struct snap_modes *out)
{
	struct bins bins;
	struct modes modes;
	struct split split;
	double best = FOLLOWS;

	memset(out, 0, sizeof *out);
	out->follows = -1;
	for (int i = 0; i < TRAITS; i++)
		out->explains[i] = NAN;
	if (clock >= TRAIT_CLOCKS) {
		traits_sentence(out);
		return;
	}
	collect(t, scope, clock, &bins);
	modes_find(bins.requests, bins.seconds, BINS, loggrid_bin(TICKS_US) / GRID_PER_BIN, &modes);
	describe(&bins, &modes, out);
	for (int i = 0; i < TRAITS && modes.count > 1; i++) {
		if (!comparable(t, (enum trait)i))
			continue;
		split_by(t, scope, clock, &modes, (enum trait)i, &split);
		out->explains[i] = (float)explains(&split);
		if (!((double)out->explains[i] >= best + (out->follows < 0 ? 0 : AS_GOOD)))
			continue;
		best = (double)out->explains[i];
		out->follows = i;
		typify(t, &split, task_name, out);
	}
	traits_sentence(out);
}
