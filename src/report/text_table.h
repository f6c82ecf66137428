/* Lines and tables of plain text that never exceed a width: what does not fit
 * is left out by rank, what is too long is cut with an ellipsis. Or they are handed on as
 * they are, to who writes them in another way. */
#ifndef REPORT_TEXT_TABLE_H
#define REPORT_TEXT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define TEXT_LINE 1024
#define TABLE_COLUMNS 12

enum text_style { TEXT_PLAIN, TEXT_BOLD, TEXT_DIM, TEXT_ALARM };

struct column {
	const char *head;
	int width; /* with the space before it */
	int rank;  /* 0 stays longest */
	bool left; /* left-aligned */
};

/* Takes lines and rows whole, in order. A head begins a table, a line ends it; of a cell
 * NULL is a dash. */
struct text_sink {
	void (*line)(struct text_sink *sink, enum text_style style, const char *text);
	void (*head)(struct text_sink *sink, const struct column *column, int columns);
	void (*row)(struct text_sink *sink, const struct column *column, int columns, const char *const *cell);
};

struct text_out {
	FILE *file;
	int columns;
	bool color;
	struct text_sink *sink; /* in place of the file; NULL: there is none */
};

/* One line, cut to the width. */
void text_line(const struct text_out *out, enum text_style style, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* As many lines as it needs, broken at blanks; those after the first begin at column
 * `indent`. */
void text_wrap(const struct text_out *out, int indent, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

struct table {
	const struct text_out *out;
	const struct column *column;
	int count;
	bool shown[TABLE_COLUMNS];
};

void text_table_init(struct table *t, const struct text_out *out, const struct column *column,
		int count);
void text_table_head(const struct table *t);
/* `cell` has one text a column; NULL is a dash. */
void text_table_row(const struct table *t, const char *const *cell);
void text_table_styled(const struct table *t, enum text_style style, const char *const *cell);

#endif
