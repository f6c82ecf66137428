/* Control sequences that a terminal sends, a character at a time: what begins with ESC [ or
 * ESC O is a key, a report of the mouse, or of no meaning here. It is taken whole, however
 * it is cut and whatever is in it: its letters must never act as keys, 'P' would pause the
 * load. Pure; main thread. */
#ifndef UI_SEQUENCE_H
#define UI_SEQUENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/mouse.h"

#define SEQUENCE_NUMBERS 3

/* Zeroed: none has begun. */
struct sequence {
	int intro;    /* '[' or 'O'; 0: none */
	bool began;   /* something came after it */
	bool mouse;   /* it is a report: '<' came first */
	bool other;   /* there was more in it than numbers */
	int number[SEQUENCE_NUMBERS];
	int numbers;  /* begun; more than there is room for are counted only */
	int left;     /* of an old report: bytes that are still to come */
};

enum sequence_end {
	SEQUENCE_MORE,    /* it goes on */
	SEQUENCE_NOTHING, /* it has ended, and means nothing */
	SEQUENCE_KEY, SEQUENCE_MOUSE,
};

/* `intro`: '[' or 'O', what came after ESC. */
void sequence_begin(struct sequence *s, int intro);
/* The next character of one that has begun; not ESC, which begins another. At its end *key
 * (enum key) or *mouse is what it was, and none has begun any more. */
enum sequence_end sequence_take(struct sequence *s, uint32_t ch, int *key, struct mouse *mouse);

#endif
