/* A part of the summary in text (text_table.h) as a section of the HTML report: the same
 * sentences, the same rows. The section begins with its first line, so that there is no
 * empty one. One thread. */
#ifndef REPORT_HTML_WORDS_H
#define REPORT_HTML_WORDS_H

#include "text_table.h"

struct html_words {
	struct text_sink sink; /* first: it is taken back to all this */
	struct text_out out;   /* to be written to */
	const char *title;
	bool begun, in_table;
};

/* `title` NULL: within a section that there is. */
void html_words_begin(struct html_words *words, FILE *out, const char *title);
void html_words_end(struct html_words *words);

#endif
