/* A line that somebody types. Pure; main thread. */
#ifndef UI_PROMPT_H
#define UI_PROMPT_H

#include <stddef.h>

#include "ui/canvas.h"

#define PROMPT_BYTES 512

struct prompt {
	char text[PROMPT_BYTES];
	size_t at;   /* the cursor: a byte of `text`, at the beginning of a character */
	size_t most; /* bytes, less than PROMPT_BYTES */
};

/* `text` with the cursor behind it. */
void prompt_start(struct prompt *prompt, const char *text, size_t most);

enum prompt_event { PROMPT_NOTHING, PROMPT_CHANGED, PROMPT_ACCEPTED, PROMPT_CANCELLED };
/* Printable characters, Backspace, Ctrl-D, Ctrl-U, Ctrl-W, Left, Right, Home, End
 * (Ctrl-A, Ctrl-E), Enter, Esc. Codes as term_key() gives them. */
enum prompt_event prompt_key(struct prompt *prompt, int code);

/* "label text" into row 0; of a long text the part around the cursor. */
void prompt_draw(const struct prompt *prompt, struct view view, const char *label);

#endif
