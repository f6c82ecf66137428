#include "html_out.h"

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

#define DASH "\xe2\x80\x93"

static bool turns_text(uint32_t cp)
{
	return (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0x200e || cp == 0x200f;
}

static void put_character(FILE *out, uint32_t cp)
{
	char bytes[4];

	switch (cp) {
	case '&':
		fputs("&amp;", out);
		return;
	case '<':
		fputs("&lt;", out);
		return;
	case '>':
		fputs("&gt;", out);
		return;
	case '"':
		fputs("&quot;", out);
		return;
	case '\'':
		fputs("&#39;", out);
		return;
	default:
		break;
	}
	/* U+FFFE and U+FFFF are no characters of XML. */
	if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || turns_text(cp) || (cp & 0xfffe) == 0xfffe)
		cp = ' ';
	fwrite(bytes, 1, utf8_encode(cp, bytes), out);
}

void html_text(FILE *out, const char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		uint32_t cp;
		size_t n = utf8_decode(text, left, &cp);

		put_character(out, cp);
		text += n;
		left -= n;
	}
}

void html_element(FILE *out, const char *name, const char *class, const char *text)
{
	if (class)
		fprintf(out, "<%s class=\"%s\">", name, class);
	else
		fprintf(out, "<%s>", name);
	html_text(out, text ? text : DASH);
	fprintf(out, "</%s>", name);
}

void html_table_begin(FILE *out, const char *title, const struct html_column *column, int columns)
{
	fputs("<section>", out);
	html_element(out, "h2", NULL, title);
	fputs("<div class=\"wide\"><table><thead><tr>", out);
	for (int i = 0; i < columns; i++)
		html_element(out, "th", column[i].text ? "text" : NULL, column[i].name);
	fputs("</tr></thead><tbody>\n", out);
}

void html_table_row(FILE *out, const char *class, const struct html_column *column, int columns,
		    const char *const *cell)
{
	if (class)
		fprintf(out, "<tr class=\"%s\">", class);
	else
		fputs("<tr>", out);
	for (int i = 0; i < columns; i++)
		html_element(out, "td", column[i].text ? "text" : NULL, cell[i]);
	fputs("</tr>\n", out);
}

void html_table_end(FILE *out)
{
	fputs("</tbody></table></div></section>\n", out);
}
