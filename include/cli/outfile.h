/* A file to write a result to at the end, opened at the start so that a bad
 * path is said before the first request. "-" is standard output. */
#ifndef CLI_OUTFILE_H
#define CLI_OUTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

struct outfile {
	const char *path; /* NULL: none wanted */
	int fd;
	bool created;
	FILE *stream; /* while it is written piece by piece */
};

/* What is in the file stays there until outfile_write(). A recording is refused. */
int outfile_open(struct outfile *file, const char *path, struct err *err);
/* Replaces the content, closes. */
int outfile_write(struct outfile *file, const char *text, size_t bytes, struct err *err);
/* The same piece by piece, for what may be long: what was in the file goes, the rest
 * comes through the stream. */
FILE *outfile_stream(struct outfile *file, struct err *err);
/* Closes it. On an error what is there is not all. */
int outfile_finish(struct outfile *file, struct err *err);
/* Is it the file at `path`, which is to be read? */
bool outfile_is(const struct outfile *file, const char *path);
/* Are the two one file, under whatever names? False where one is not there. */
bool outfile_same(const char *a, const char *b);
/* Nothing will be written: closes, removes what outfile_open() created. */
void outfile_abandon(struct outfile *file);

/* How wide text on this descriptor may be: a terminal's columns; elsewhere
 * nothing is cut. */
int outfile_columns(int fd);
/* Where a result could not be written: 1, unless what the run itself came to
 * counts more. */
int outfile_failed(int exit_code);
/* At the end of the program: the exit code, with what was printed and did not
 * get through to standard output taken into account (and said). */
int outfile_end_stdout(int exit_code);

#endif
