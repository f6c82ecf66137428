/* Three buffers and one atomic: who holds which. The writer's and the reader's
 * buffer are theirs alone; publishing and reading exchange them with the one in
 * the middle. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "run/snapshot.h"

#define BUFFERS 3
#define FRESH 4U /* the middle one was published and not yet read */

struct snapbox {
	struct snapshot *buffer[BUFFERS];
	/* Index of the middle buffer, with FRESH. Both sides exchange it with
	 * acquire and release: each hands its buffer over and gets the other's
	 * as it was left. */
	_Atomic unsigned middle;
	_Atomic uint64_t query; /* a struct view_query */
	unsigned back;          /* the writer's */
	unsigned front;         /* the reader's */
	bool any;               /* the reader has had one */
};

_Static_assert(sizeof(struct view_query) == sizeof(uint64_t), "one atomic word");

struct snapbox *snapbox_new(void)
{
	struct snapbox *box = xcalloc(1, sizeof *box);

	for (int i = 0; i < BUFFERS; i++)
		box->buffer[i] = xcalloc(1, sizeof *box->buffer[i]);
	atomic_init(&box->middle, 1);
	box->back = 0;
	box->front = 2;
	snapbox_ask(box, (struct view_query){.task = -1});
	return box;
}

void snapbox_free(struct snapbox *box)
{
	if (!box)
		return;
	for (int i = 0; i < BUFFERS; i++)
		free(box->buffer[i]);
	free(box);
}

struct snapshot *snapbox_write(struct snapbox *box)
{
	return box->buffer[box->back];
}

void snapbox_publish(struct snapbox *box)
{
	box->back = atomic_exchange_explicit(&box->middle, box->back | FRESH,
					     memory_order_acq_rel) & ~FRESH;
}

const struct snapshot *snapbox_read(struct snapbox *box, bool *fresh)
{
	/* Only the reader takes FRESH away, so it is still there below. */
	bool is_fresh = atomic_load_explicit(&box->middle, memory_order_relaxed) & FRESH;

	if (is_fresh) {
		box->front = atomic_exchange_explicit(&box->middle, box->front,
						      memory_order_acq_rel) & ~FRESH;
		box->any = true;
	}
	if (fresh)
		*fresh = is_fresh;
	return box->any ? box->buffer[box->front] : NULL;
}

void snapbox_ask(struct snapbox *box, struct view_query query)
{
	uint64_t word;

	memcpy(&word, &query, sizeof word);
	atomic_store_explicit(&box->query, word, memory_order_release);
}

struct view_query snapbox_asked(struct snapbox *box)
{
	uint64_t word = atomic_load_explicit(&box->query, memory_order_acquire);
	struct view_query query;

	memcpy(&query, &word, sizeof query);
	return query;
}
