/* A file to write a result to at the end, opened at the start so that a bad
 * path is said before the first request. "-" is standard output. */
#ifndef CLI_OUTFILE_H
#define CLI_OUTFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct outfile {
	const char *path; /* NULL: none wanted */
	int fd;
	bool created;
};

/* What is in the file stays there until outfile_write(). */
int outfile_open(struct outfile *file, const char *path, struct err *err);
/* Replaces the content, closes. */
int outfile_write(struct outfile *file, const char *text, size_t bytes, struct err *err);
/* Nothing will be written: closes, removes what outfile_open() created. */
void outfile_abandon(struct outfile *file);

#endif
