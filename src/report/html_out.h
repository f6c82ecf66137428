/* HTML, written so that it is well-formed XML too: text from outside is escaped, whatever
 * bytes it has. One thread. */
#ifndef REPORT_HTML_OUT_H
#define REPORT_HTML_OUT_H

#include <stdint.h>
#include <stdio.h>

/* Text in an element or a quoted attribute. Control characters and those that turn the
 * direction of text become spaces, malformed bytes U+FFFD. */
void html_text(FILE *out, const char *text);
/* <name class="class">text</name>, class NULL: none; text NULL: a dash, for what is
 * unknown. */
void html_element(FILE *out, const char *name, const char *class, const char *text);

/* A table's head and rows: cells from left to right. What is text and no number stands on
 * the left. */
struct html_column {
	const char *name;
	int text;
};
void html_table_begin(FILE *out, const char *title, const struct html_column *column, int columns);
/* `class` of the row; NULL: none. */
void html_table_row(FILE *out, const char *class, const struct html_column *column, int columns,
		    const char *const *cell);
void html_table_end(FILE *out);

#endif
