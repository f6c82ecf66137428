/* Rows of a stack of panes: who gets how many. Pure. */
#ifndef UI_STACK_H
#define UI_STACK_H

#include <stdbool.h>

/* One row of a stack. In order of rank those whose least height fits get it,
 * then up to what they want, then the rest of the room by weight. */
struct section {
	int rank, least, want, grow;
	bool even; /* a graph with an even number of rows has a middle to label */
	int got;
};

/* Fills `got` of n sections, 0 where one has no room; `gap` rows between two. */
void stack_fit(struct section *s, int n, int height, int gap);

#endif
