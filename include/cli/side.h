/* A recorded run made ready to be held against another one. Main thread. */
#ifndef CLI_SIDE_H
#define CLI_SIDE_H

#include "cli/recorded.h"
#include "run/contrast.h"

struct side {
	char *path;
	struct recorded run;
	struct spans *spans; /* NULL before side_cut() */
};

/* `word`: a RUN of the command line (record/runs.h). side_fini() in either case. */
int side_load(const char *word, struct side *out, struct err *err);
/* Reads it once more, for how long it is has to be known before it can be cut into spans. */
int side_cut(struct side *side, struct err *err);
/* Spans of the run file at `path`, whose result that is; spans_free().
 * NULL: it cannot be read. It may still be being written, by this process. */
struct spans *side_spans(const char *path, const struct result *result, struct err *err);
/* `name`: what sentences call it. Points into `side`. */
struct contrast_side side_contrast(const struct side *side, const char *name);
void side_fini(struct side *side);

#endif
