#include "ndjson.h"

void ndjson_init(struct ndjson *ndjson, size_t longest)
{
	*ndjson = (struct ndjson){.lines = {.longest = longest}};
	ndjson_begin(ndjson);
}

void ndjson_fini(struct ndjson *ndjson)
{
	lines_fini(&ndjson->lines);
}

void ndjson_begin(struct ndjson *ndjson)
{
	lines_begin(&ndjson->lines);
	ndjson->skipped = 0;
}

void ndjson_feed(struct ndjson *ndjson, const char *piece, size_t bytes)
{
	lines_feed(&ndjson->lines, piece, bytes);
}

static bool blank(const struct line *line)
{
	for (size_t i = 0; i < line->bytes; i++)
		if (line->at[i] != ' ' && line->at[i] != '\t' && line->at[i] != '\r')
			return false;
	return true;
}

static bool takes(struct ndjson *ndjson, const struct line *line)
{
	ndjson->skipped += line->cut;
	return !line->cut && !blank(line);
}

bool ndjson_next(struct ndjson *ndjson, struct line *line)
{
	while (lines_next(&ndjson->lines, line))
		if (takes(ndjson, line))
			return true;
	return false;
}

bool ndjson_end(struct ndjson *ndjson, struct line *line)
{
	return lines_rest(&ndjson->lines, line) && takes(ndjson, line);
}
