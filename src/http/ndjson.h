/* One JSON value a line, in any split of bytes. Lines of white space alone are
 * none. A line longer than `longest` is skipped and counted. */
#ifndef HTTP_NDJSON_H
#define HTTP_NDJSON_H

#include <stdint.h>

#include "lines.h"

struct ndjson {
	struct lines lines;
	uint64_t skipped;
};

void ndjson_init(struct ndjson *ndjson, size_t longest);
void ndjson_fini(struct ndjson *ndjson);
void ndjson_begin(struct ndjson *ndjson);
void ndjson_feed(struct ndjson *ndjson, const char *piece, size_t bytes);
/* The line is valid until the next call. */
bool ndjson_next(struct ndjson *ndjson, struct line *line);
/* The last line where its line end did not come. */
bool ndjson_end(struct ndjson *ndjson, struct line *line);

#endif
