#include "lines.h"

#include <string.h>

void lines_begin(struct lines *lines)
{
	lines->part.used = 0;
	lines->cut = lines->after_cr = false;
	lines->at = lines->end = lines->cr = NULL;
}

void lines_fini(struct lines *lines)
{
	buf_fini(&lines->part);
}

static const char *find_cr(const struct lines *lines, const char *from)
{
	const char *cr = NULL;

	if (lines->cr_ends && from < lines->end)
		cr = memchr(from, '\r', (size_t)(lines->end - from));
	return cr ? cr : lines->end;
}

void lines_feed(struct lines *lines, const char *piece, size_t bytes)
{
	lines->at = piece;
	lines->end = piece + bytes;
	if (lines->after_cr && bytes) {
		lines->after_cr = false;
		lines->at += *piece == '\n';
	}
	lines->cr = find_cr(lines, lines->at);
}

/* The end of the line at `at`: where its CR or LF is, or the piece's end. */
static const char *line_end(struct lines *lines)
{
	const char *lf;

	if (lines->cr < lines->at)
		lines->cr = find_cr(lines, lines->at);
	lf = memchr(lines->at, '\n', (size_t)(lines->cr - lines->at));
	return lf ? lf : lines->cr;
}

static void add_part(struct lines *lines, const char *end)
{
	size_t bytes = (size_t)(end - lines->at);

	if (bytes > lines->longest - lines->part.used) {
		bytes = lines->longest - lines->part.used;
		lines->cut = true;
	}
	buf_add(&lines->part, lines->at, bytes);
}

static void take_part(struct lines *lines, struct line *line)
{
	*line = (struct line){.at = lines->part.at, .bytes = lines->part.used, .cut = lines->cut};
	lines->part.used = 0;
	lines->cut = false;
}

bool lines_next(struct lines *lines, struct line *line)
{
	if (lines->at == lines->end)
		return false;
	const char *end = line_end(lines);

	if (end == lines->end) {
		add_part(lines, end);
		lines->at = end;
		return false;
	}
	if (lines->part.used || lines->cut) {
		add_part(lines, end);
		take_part(lines, line);
	} else {
		size_t bytes = (size_t)(end - lines->at);

		*line = (struct line){
			.at = lines->at,
			.bytes = bytes < lines->longest ? bytes : lines->longest,
			.in_piece = true,
			.cut = bytes > lines->longest,
		};
	}
	lines->at = end + 1;
	if (*end == '\r') {
		if (lines->at == lines->end)
			lines->after_cr = true;
		else
			lines->at += *lines->at == '\n';
	}
	return true;
}

bool lines_rest(struct lines *lines, struct line *line)
{
	if (!lines->part.used)
		return false;
	take_part(lines, line);
	return true;
}
