#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "ui/widget.h"

/* Each name by itself; what follows them is of the one that stands alone. */
static void note_names(struct regions *regions, struct view view, const struct piece *piece,
		       int (*code_of)(const char *name))
{
	const char *text = piece->span[0].text;
	bool alone = !strchr(text, ' ');
	int x = piece->x;

	while (*text) {
		size_t bytes = strcspn(text, " ");
		char name[LINE_TEXT];
		int cells, code;

		snprintf(name, sizeof name, "%.*s", (int)bytes, text);
		cells = utf8_cells(name);
		code = code_of(name);
		if (code)
			region_note(regions, REGION_KEY, code, view, x, 0, alone ? piece->cells : cells, 1);
		x += cells + 1;
		text += bytes + (text[bytes] == ' ');
	}
}

/* With the gap to what is of the same key. */
static int key_cells(const struct line *line, int i)
{
	const struct piece *piece = &line->piece[i];

	return i + 1 < line->count && piece[1].key == piece->key ? piece[1].x - piece->x : piece->cells;
}

void hints_note(struct regions *regions, struct view view, const struct line *line, int (*code_of)(const char *name))
{
	for (int i = 0; i < line->count; i++) {
		const struct piece *piece = &line->piece[i];

		if (piece->key)
			region_note(regions, REGION_KEY, piece->key, view, piece->x, 0, key_cells(line, i), 1);
		else if (piece->spans)
			note_names(regions, view, piece, code_of);
	}
}
