#include "load/user.h"

#include <stdlib.h>

#include "base/mem.h"

struct user *user_at(const struct user_set *set, uint32_t index)
{
	return &set->chunk[index / USER_CHUNK][index % USER_CHUNK];
}

void user_set_grow(struct user_set *set, uint32_t count)
{
	uint32_t have = (set->count + USER_CHUNK - 1) / USER_CHUNK;
	uint32_t want = (count + USER_CHUNK - 1) / USER_CHUNK;

	if (count <= set->count)
		return;
	if (want > have) {
		set->chunk = xreallocarray(set->chunk, want, sizeof *set->chunk);
		for (uint32_t i = have; i < want; i++)
			set->chunk[i] = xcalloc(USER_CHUNK, sizeof **set->chunk);
	}
	set->count = count;
}

void user_set_fini(struct user_set *set)
{
	for (uint32_t i = 0; i < (set->count + USER_CHUNK - 1) / USER_CHUNK; i++)
		free(set->chunk[i]);
	free(set->chunk);
	*set = (struct user_set){0};
}

void user_queue_add(struct user_queue *queue, struct user *user)
{
	user->next = NULL;
	if (queue->last)
		queue->last->next = user;
	else
		queue->first = user;
	queue->last = user;
	queue->count++;
}

struct user *user_queue_take(struct user_queue *queue)
{
	struct user *user = queue->first;

	if (user) {
		queue->first = user->next;
		if (!queue->first)
			queue->last = NULL;
		queue->count--;
	}
	return user;
}

static void place(struct user_heap *heap, uint32_t at, struct user *user)
{
	heap->slot[at] = user;
	user->heap_index = at;
}

static void sift_up(struct user_heap *heap, uint32_t at, struct user *user)
{
	while (at > 0) {
		uint32_t parent = (at - 1) / 2;

		if (heap->slot[parent]->t0_ns <= user->t0_ns)
			break;
		place(heap, at, heap->slot[parent]);
		at = parent;
	}
	place(heap, at, user);
}

static void sift_down(struct user_heap *heap, uint32_t at, struct user *user)
{
	for (;;) {
		uint32_t child = 2 * at + 1;

		if (child >= heap->count)
			break;
		if (child + 1 < heap->count &&
		    heap->slot[child + 1]->t0_ns < heap->slot[child]->t0_ns)
			child++;
		if (user->t0_ns <= heap->slot[child]->t0_ns)
			break;
		place(heap, at, heap->slot[child]);
		at = child;
	}
	place(heap, at, user);
}

void user_heap_reserve(struct user_heap *heap, uint32_t room)
{
	if (room > heap->room) {
		heap->slot = xreallocarray(heap->slot, room, sizeof *heap->slot);
		heap->room = room;
	}
}

void user_heap_add(struct user_heap *heap, struct user *user)
{
	sift_up(heap, heap->count++, user);
}

void user_heap_remove(struct user_heap *heap, struct user *user)
{
	uint32_t at = user->heap_index;
	struct user *last = heap->slot[--heap->count];

	if (last == user)
		return;
	if (at > 0 && heap->slot[(at - 1) / 2]->t0_ns > last->t0_ns)
		sift_up(heap, at, last);
	else
		sift_down(heap, at, last);
}

struct user *user_heap_first(const struct user_heap *heap)
{
	return heap->count ? heap->slot[0] : NULL;
}

void user_heap_fini(struct user_heap *heap)
{
	free(heap->slot);
	*heap = (struct user_heap){0};
}
