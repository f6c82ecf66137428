#include "html_words.h"

#include <string.h>

#include "html_out.h"
#include "report/text.h"
#include "run/result.h"

#define LEFT 11 /* columns that the name of a section takes, or blanks below it */

static struct html_words *of(struct text_sink *sink)
{
	return (struct html_words *)(void *)sink;
}

static void close_table(struct html_words *w)
{
	if (w->in_table)
		fputs("</tbody></table></div>\n", w->out.file);
	w->in_table = false;
}

static void begin(struct html_words *w)
{
	if (w->title && !w->begun) {
		fputs("<section>", w->out.file);
		html_element(w->out.file, "h2", NULL, w->title);
	}
	w->begun = true;
	close_table(w);
}

/* Without the section's name, which is its heading here. */
static const char *words_of(const char *text)
{
	size_t name = strcspn(text, " ");

	if (name + 2 <= LEFT && strlen(text) > LEFT && name + strspn(text + name, " ") >= LEFT)
		return text + LEFT;
	return text;
}

/* What blanks keep apart in text is a dot's work here, where blanks are one. */
static void put_words(FILE *out, const char *text)
{
	char part[TEXT_LINE];

	for (const char *gap; (gap = strstr(text, "  ")) != NULL; text = gap + strspn(gap, " ")) {
		snprintf(part, sizeof part, "%.*s", (int)(gap - text), text);
		html_text(out, part);
		fputs(" \xc2\xb7 ", out);
	}
	html_text(out, text);
}

static void line(struct text_sink *sink, enum text_style style, const char *text)
{
	static const char *const class[] = {"words", "words", "plain", "words alarm"};
	struct html_words *w = of(sink);

	if (!*text)
		return;
	begin(w);
	fprintf(w->out.file, "<p class=\"%s\">", class[style]);
	put_words(w->out.file, words_of(text));
	fputs("</p>\n", w->out.file);
}

/* A column that only keeps others apart. */
static bool is_gap(const struct column *c)
{
	return !*c->head && c->width <= 2;
}

static void head(struct text_sink *sink, const struct column *column, int columns)
{
	struct html_words *w = of(sink);

	begin(w);
	fputs("<div class=\"wide\"><table><thead><tr>", w->out.file);
	for (int i = 0; i < columns; i++)
		if (!is_gap(&column[i]))
			html_element(w->out.file, "th", column[i].left ? "text" : NULL, column[i].head);
	fputs("</tr></thead><tbody>\n", w->out.file);
	w->in_table = true;
}

static void row(struct text_sink *sink, const struct column *column, int columns, const char *const *cell)
{
	struct html_words *w = of(sink);

	fputs("<tr>", w->out.file);
	for (int i = 0; i < columns; i++)
		if (!is_gap(&column[i]))
			html_element(w->out.file, "td", column[i].left ? "text" : NULL, cell[i]);
	fputs("</tr>\n", w->out.file);
}

void html_words_begin(struct html_words *w, FILE *out, const char *title)
{
	*w = (struct html_words){
		.sink = {line, head, row},
		.out = {.file = out, .columns = RESULT_TEXT_WHOLE},
		.title = title,
	};
	w->out.sink = &w->sink;
}

void html_words_end(struct html_words *w)
{
	close_table(w);
	if (w->title && w->begun)
		fputs("</section>\n", w->out.file);
}
