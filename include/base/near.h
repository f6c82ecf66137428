/* The nearest of some words to one that was refused: "did you mean". A word is
 * near by few changes (insert, delete, replace, swap neighbours; case makes no
 * difference), or when one of the two is the other's beginning: conc for
 * concurrency, timeout_seconds for timeout. Words of more than NEAR_WORD bytes
 * are near to nothing. No allocation; any thread. */
#ifndef BASE_NEAR_H
#define BASE_NEAR_H

#include <stddef.h>

#define NEAR_WORD 64
#define NEAR_SAID 320 /* room for what near_or() says */

struct near {
	const char *word; /* the refused one: the caller's, not terminated */
	size_t bytes;
	const char *best; /* the nearest so far, as it was offered, not terminated; NULL: none is near */
	size_t best_bytes;
	int cost; /* of `best`; private */
};

struct near near_to(const char *word, size_t bytes);
/* Of equally near ones one that begins as the word does, else the first, stays. `name` must live as long as *near. */
void near_offer(struct near *near, const char *name);
/* The words of a list as people read it: a|b|c, or a, b and c, in quotes or not. */
void near_offer_list(struct near *near, const char *list);
/* `did you mean "NAME"?`, printable; where none is near, the other sentence. Returns out. */
const char *near_or(const struct near *near, char out[NEAR_SAID], const char *otherwise, ...)
	__attribute__((format(printf, 3, 4)));

/* Changes from one word to the other; -1: one of them is too long. */
int near_distance(const char *a, size_t a_bytes, const char *b, size_t b_bytes);

#endif
