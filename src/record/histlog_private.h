/* Inside the log's source: histlog_parse.c reads lines, histlog.c makes records of them. */
#ifndef RECORD_HISTLOG_PRIVATE_H
#define RECORD_HISTLOG_PRIVATE_H

#include "histlog.h"
#include "metrics/hdr.h"

/* Values of one bucket, and all below them in this interval. */
struct histlog_bucket {
	int64_t us;
	uint64_t upto;
};

struct histlog_line {
	int64_t start_us, length_us; /* run time */
	uint64_t count;
	struct histlog_bucket *bucket;
	uint32_t buckets;
	uint16_t task;
};

struct histlog_lines {
	struct histlog_line *line; /* in order of start */
	size_t count, room;
	int64_t first_us; /* of the first of them; before it nothing was measured */
	uint64_t values;
	bool cut;
};

int histlog_parse(const char *path, const char *text, size_t bytes, struct histlog_lines *out,
		  struct run_meta *meta, struct err *err);
void histlog_lines_fini(struct histlog_lines *lines);

#endif
