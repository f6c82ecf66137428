/* Intrusive doubly linked lists, for queues that allocate nothing. A link that
 * is in no list points to itself. */
#ifndef HTTP_LIST_H
#define HTTP_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct link {
	struct link *prev, *next;
};

#define list_entry(link, type, member) \
	((type *)(void *)((char *)(link) - offsetof(type, member)))

static inline void list_init(struct link *l)
{
	l->prev = l->next = l;
}

static inline bool list_empty(const struct link *l)
{
	return l->next == l;
}

/* Harmless where the link is in no list. */
static inline void list_remove(struct link *l)
{
	l->prev->next = l->next;
	l->next->prev = l->prev;
	list_init(l);
}

/* Puts `l` last, taking it out of where it was. */
static inline void list_append(struct link *head, struct link *l)
{
	list_remove(l);
	l->prev = head->prev;
	l->next = head;
	head->prev->next = l;
	head->prev = l;
}

/* Moves all of `from` to the empty list `to`. */
static inline void list_take(struct link *from, struct link *to)
{
	list_init(to);
	if (list_empty(from))
		return;
	*to = *from;
	to->prev->next = to->next->prev = to;
	list_init(from);
}

#endif
