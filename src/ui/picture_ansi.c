#include "ui/picture.h"

#include "base/utf8.h"
#include "picture_paint.h"

static void color(FILE *out, int kind, uint32_t rgb)
{
	fprintf(out, ";%d;2;%u;%u;%u", kind, rgb >> 16 & 255, rgb >> 8 & 255, rgb & 255);
}

static void style(FILE *out, const struct paint *p, uint32_t ground)
{
	fprintf(out, "\033[0%s%s%s", p->bold ? ";1" : "", p->dim ? ";2" : "", p->underline ? ";4" : "");
	color(out, 38, p->fg);
	/* The ground stays the terminal's, or a line would end in a patch. */
	if (p->bg != ground)
		color(out, 48, p->bg);
	fputc('m', out);
}

void picture_ansi(const struct canvas *canvas, const struct theme *theme, FILE *out)
{
	const uint32_t ground = paint_ground(theme);

	for (int y = 0; y < canvas->height; y++) {
		const struct cell *row = canvas->cell + (size_t)y * (size_t)canvas->width;
		struct paint last = {.fg = 0xffffffffu}, now;
		int end = canvas->width;

		while (end && row[end - 1].ch == ' ' && paint_of(theme, &row[end - 1]).bg == ground)
			end--;
		for (int x = 0; x < end; x++) {
			char text[4];

			now = paint_of(theme, &row[x]);
			if (!row[x].ch)
				continue;
			if (!paint_same(&now, &last))
				style(out, &now, ground);
			last = now;
			fwrite(text, 1, utf8_encode(row[x].ch, text), out);
		}
		fputs(end ? "\033[0m\n" : "\n", out);
	}
}
