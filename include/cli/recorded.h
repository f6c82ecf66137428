/* A run file read to its end: the same model a live run had, without threads.
 * `report`, and `replay` where there is no terminal. Main thread. */
#ifndef CLI_RECORDED_H
#define CLI_RECORDED_H

#include "record/reader.h"
#include "run/model.h"
#include "run/result.h"

struct recorded {
	struct reader *reader;
	struct model *model; /* at the run's end */
	struct result result;
	struct run_closing closing; /* the file's; of a killed run what can be told */
};

int recorded_load(const char *path, struct recorded *out, struct err *err);
void recorded_fini(struct recorded *recorded);

#endif
