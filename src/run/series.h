/* Derived figures, one value a second, for the graphs: the last hour, in total
 * and per task. Only closed seconds are in here. Scopes as in model_priv.h. */
#ifndef RUN_SERIES_H
#define RUN_SERIES_H

#include "windows.h"

#define SERIES_SECONDS 3600

struct series_lane;

struct series {
	int scopes;
	int64_t next; /* the first second that is not closed */
	struct series_lane *lane; /* one a scope */
	uint32_t *users;
	uint8_t *incomplete;
};

void series_init(struct series *s, int scopes);
void series_fini(struct series *s);
struct archive;
/* The newest SNAP_SECONDS; a restored one knows no earlier ones. */
void series_archive(struct series *s, struct archive *a);
void series_restart(struct series *s, int64_t next);

/* A second's values of one scope; before series_close(). */
void series_put(struct series *s, int scope, const struct slice *second);
void series_close(struct series *s, uint32_t users, bool incomplete);

/* The newest SNAP_SECONDS closed seconds; when `open` is not NULL its values
 * so far come last. */
void series_copy(const struct series *s, int scope, enum clock_kind clock,
		 const struct slice *open, uint32_t users, bool incomplete,
		 struct snap_series *out);

#endif
