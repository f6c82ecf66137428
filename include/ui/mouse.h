/* What a mouse did. Pure; main thread. */
#ifndef UI_MOUSE_H
#define UI_MOUSE_H

enum mouse_act {
	MOUSE_NOTHING,
	MOUSE_CLICK, /* the left button went down */
	MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN, MOUSE_WHEEL_LEFT, MOUSE_WHEEL_RIGHT,
};
struct mouse {
	enum mouse_act act;
	int x, y; /* the cell of the screen, from 0; it may lie beyond */
};

/* A terminal's report in SGR form, "ESC [ < button ; column ; row M", where 'm' in place of
 * 'M' is the end of a press. NOTHING for what has no meaning here: other buttons,
 * movements, ends, places that are none. */
struct mouse mouse_of_report(int button, int column, int row, int final);

#endif
