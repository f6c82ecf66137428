/* Prometheus' text format (0.0.4) and OpenMetrics, pulled sample by sample out of a
 * whole answer. As strict as a scrape is: a line that is neither a sample nor a comment
 * ends it. Comments, metadata, timestamps and exemplars are stepped over. Nothing is
 * allocated; any bytes; any thread. */
#ifndef HTTP_EXPOSITION_H
#define HTTP_EXPOSITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct exposition {
	const char *at, *end;
	uint64_t line;    /* of the last one read, from 1; 0: none */
	uint64_t samples; /* so far */
	bool bad;         /* `line` is none of the format's; there is no more */
};

/* Points into the answer. */
struct exposition_sample {
	const char *name; /* not terminated */
	size_t name_bytes;
	const char *labels; /* between the braces; checked, escapes as they came */
	size_t labels_bytes;
	double value; /* any, NAN and infinities among them */
};

/* `cut`: the answer went on, so what is behind its last line end is no line. */
void exposition_init(struct exposition *e, const char *bytes, size_t count, bool cut);
/* False: there is no more, or the line is `bad`. */
bool exposition_next(struct exposition *e, struct exposition_sample *out);

#endif
