#include "ui/mouse.h"

/* Bits of a button's number. */
#define HELD 28   /* Shift, Meta and Ctrl: with them it is the same button */
#define WHEEL 64

struct mouse mouse_of_report(int button, int column, int row, int final)
{
	static const enum mouse_act wheel[] = {
		MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN, MOUSE_WHEEL_LEFT, MOUSE_WHEEL_RIGHT,
	};
	const int plain = button & ~HELD;
	struct mouse out = {.x = column - 1, .y = row - 1};

	if (final != 'M' || button < 0 || column < 1 || row < 1)
		return (struct mouse){.act = MOUSE_NOTHING};
	if (plain == 0)
		out.act = MOUSE_CLICK;
	else if (plain >= WHEEL && plain < WHEEL + 4)
		out.act = wheel[plain - WHEEL];
	return out.act == MOUSE_NOTHING ? (struct mouse){.act = MOUSE_NOTHING} : out;
}
