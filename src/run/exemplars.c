#include "run/exemplars.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "exemplars_priv.h"
#include "message_key.h"

#define STRETCH_US (US_PER_S / 2)
#define STRETCH_MAX_US (INT64_C(1) << 50)
#define CELL_BINS 4    /* of the log grid that are one likeness */
#define ALIKE_MAX 2    /* of one likeness in a stretch */
#define APART 4        /* parts of a stretch that lie between two of them at least */
#define FIRST_FAILURES 4
/* Room that is made at once, in parts of all. */
#define MADE_PART 4

/* --- likeness ------------------------------------------------------------- */

uint64_t exemplar_message_hash(const char *text, size_t bytes)
{
	char key[SNAP_TEXT - 1];
	uint64_t hash = 14695981039346656037u; /* FNV-1a */
	size_t n = message_key(text, bytes < sizeof key ? bytes : sizeof key, key);

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ (unsigned char)key[i]) * 1099511628211u;
	return hash;
}

static uint64_t key_of(const struct exemplars *k, const struct rec_exemplar *e, uint64_t message)
{
	const struct rec_sample *s = rec_exemplar_sample(e);
	uint64_t stretch = (uint64_t)(e->rec.t_us / k->stretch_us), what;

	if (s->error == ERROR_NONE)
		what = (uint64_t)(loggrid_bin(exemplar_latency_us(s, CLOCK_RESPONSE)) / CELL_BINS);
	else
		what = message ^ rng_mix((uint64_t)s->error << 32 | (uint32_t)s->code);
	return rng_mix(what ^ rng_mix(stretch << 16 | s->task));
}

static int chain_of(uint64_t key)
{
	return (int)(key % EXEMPLARS_CHAINS);
}

/* How many there are, and the newest of them. */
static int alike(const struct exemplars *k, uint64_t key, int *newest)
{
	int n = 0;

	*newest = -1;
	for (int i = k->chain[chain_of(key)]; i >= 0; i = k->entry[i].next) {
		if (k->entry[i].key != key)
			continue;
		n++;
		if (*newest < 0 || k->entry[i].rec->rec.t_us >= k->entry[*newest].rec->rec.t_us)
			*newest = i;
	}
	return n;
}

/* --- adding and taking away ------------------------------------------------ */

static bool must_stay(const struct exemplars *k, int i)
{
	const struct rec_sample *s = rec_exemplar_sample(k->entry[i].rec);

	return k->entry[i].first || k->slowest[s->task % SNAP_TASKS] == i;
}

static void link_in(struct exemplars *k, int i, uint64_t key)
{
	int *chain = &k->chain[chain_of(key)];

	k->entry[i].key = key;
	k->entry[i].next = *chain;
	*chain = i;
}

static void unlink_from(struct exemplars *k, int i)
{
	int *at = &k->chain[chain_of(k->entry[i].key)];

	while (*at != i)
		at = &k->entry[*at].next;
	*at = k->entry[i].next;
}

static void drop(struct exemplars *k, int i)
{
	k->bytes -= k->entry[i].rec->rec.bytes;
	k->count--;
	free(k->entry[i].rec);
	k->entry[i].rec = NULL;
}

static bool full(const struct exemplars *k, int part)
{
	int most = EXEMPLARS_MAX - EXEMPLARS_MAX / part;

	return k->count > most || k->bytes > EXEMPLARS_BYTES - EXEMPLARS_BYTES / (size_t)part;
}

static int by_time(const void *a, const void *b, void *kept)
{
	const struct exemplars *k = kept;
	int64_t x = k->entry[*(const int *)a].rec->rec.t_us, y = k->entry[*(const int *)b].rec->rec.t_us;

	return x < y ? -1 : x > y;
}

/* Stretches twice as long: of those that are alike then only some stay, the first and one
 * a while later. */
static void thin(struct exemplars *k)
{
	int order[EXEMPLARS_MAX], n = 0, newest;

	for (int i = 0; i < EXEMPLARS_MAX; i++)
		if (k->entry[i].rec)
			order[n++] = i;
	qsort_r(order, (size_t)n, sizeof *order, by_time, k);
	memset(k->chain, -1, sizeof k->chain);
	for (int o = 0; o < n; o++) {
		int i = order[o];
		int64_t t_us = k->entry[i].rec->rec.t_us;
		uint64_t key = key_of(k, k->entry[i].rec, k->entry[i].message);
		int others = alike(k, key, &newest);

		if (!must_stay(k, i) && others &&
		    (others >= ALIKE_MAX || t_us - k->entry[newest].rec->rec.t_us < k->stretch_us / APART))
			drop(k, i);
		else
			link_in(k, i, key);
	}
}

/* Nothing but different ones: every second of those that may go. */
static void halve(struct exemplars *k)
{
	bool stays = false;

	for (int i = 0; i < EXEMPLARS_MAX; i++)
		if (k->entry[i].rec && !must_stay(k, i) && (stays = !stays))
			drop(k, i);
	thin(k);
}

static void make_room(struct exemplars *k)
{
	while (full(k, MADE_PART) && k->stretch_us < STRETCH_MAX_US) {
		k->stretch_us *= 2;
		thin(k);
	}
	while (full(k, MADE_PART))
		halve(k);
}

static int free_place(struct exemplars *k)
{
	for (int n = 0; n < EXEMPLARS_MAX; n++) {
		int i = k->next;

		k->next = (k->next + 1) % EXEMPLARS_MAX;
		if (!k->entry[i].rec)
			return i;
	}
	return -1;
}

static bool slower_than_all(const struct exemplars *k, const struct rec_sample *s)
{
	int i = k->slowest[s->task % SNAP_TASKS];

	return s->error == ERROR_NONE || s->outcome == OUTCOME_CENSORED
		       ? i < 0 || exemplar_latency_us(s, CLOCK_RESPONSE) >
					  exemplar_latency_us(rec_exemplar_sample(k->entry[i].rec), CLOCK_RESPONSE)
		       : false;
}

static int add(struct exemplars *k, const struct rec_exemplar *e)
{
	const struct rec_sample *s = rec_exemplar_sample(e);
	bool first = s->error != ERROR_NONE && s->error < ERROR_CLASS_COUNT && k->first[s->error] < FIRST_FAILURES;
	bool slowest = slower_than_all(k, s);
	uint64_t message = exemplar_message_hash(s->text, s->text_bytes);
	int newest, others = alike(k, key_of(k, e, message), &newest), i;
	struct entry *entry;

	/* Of many that are alike the last one makes room for a later one. */
	if (!first && !slowest && others >= ALIKE_MAX) {
		if (must_stay(k, newest) || e->rec.t_us - k->entry[newest].rec->rec.t_us < k->stretch_us / APART)
			return -1;
		unlink_from(k, newest);
		drop(k, newest);
	}
	if (k->count == EXEMPLARS_MAX || k->bytes + e->rec.bytes > EXEMPLARS_BYTES)
		make_room(k);
	i = free_place(k);
	entry = &k->entry[i];
	*entry = (struct entry){.rec = xmalloc(e->rec.bytes), .message = message, .first = first};
	memcpy(entry->rec, e, e->rec.bytes);
	entry->rec->id = (uint32_t)i;
	link_in(k, i, key_of(k, e, message));
	k->count++;
	k->bytes += e->rec.bytes;
	k->first[s->error % ERROR_CLASS_COUNT] = (uint8_t)(k->first[s->error % ERROR_CLASS_COUNT] + first);
	if (slowest)
		k->slowest[s->task % SNAP_TASKS] = i;
	return i;
}

int exemplars_add(struct exemplars *k, const struct rec_exemplar *e)
{
	int i;

	pthread_mutex_lock(&k->lock);
	i = add(k, e);
	pthread_mutex_unlock(&k->lock);
	return i;
}

/* --- life ----------------------------------------------------------------- */

struct exemplars *exemplars_new(void)
{
	struct exemplars *k = xcalloc(1, sizeof *k);

	pthread_mutex_init(&k->lock, NULL);
	k->stretch_us = STRETCH_US;
	memset(k->chain, -1, sizeof k->chain);
	memset(k->slowest, -1, sizeof k->slowest);
	return k;
}

void exemplars_free(struct exemplars *k)
{
	if (!k)
		return;
	for (int i = 0; i < EXEMPLARS_MAX; i++)
		free(k->entry[i].rec);
	pthread_mutex_destroy(&k->lock);
	free(k);
}

struct exemplars_size exemplars_size(struct exemplars *k)
{
	struct exemplars_size size;

	pthread_mutex_lock(&k->lock);
	size = (struct exemplars_size){.count = k->count, .bytes = k->bytes};
	pthread_mutex_unlock(&k->lock);
	return size;
}
