/* The last seconds: one slice of histograms (2 figures) a second and scope for
 * the last 60 seconds, and the sums of the closed ones of the last 10 and 60
 * seconds, kept by adding and subtracting.
 *
 * A window of K seconds covers the newest K seconds in which the load was on at
 * least in part; the last of them is open and not yet in the sums. So it covers
 * K - 1 to K seconds while the load is on, and stands still while it is paused:
 * what comes then is put to the second before. Its time is that with load, as in
 * the summary. Scopes as in model_priv.h. */
#ifndef RUN_WINDOWS_H
#define RUN_WINDOWS_H

#include "exchange.h"
#include "metrics/hdr.h"
#include "phase_sums.h"
#include "run/snapshot.h"

#define WINDOW_SHORT_S 10
#define WINDOW_LONG_S 60

enum { SUM_SHORT, SUM_LONG, SUMS };

struct slice {
	struct counts n;
	struct hdr time[TIMINGS];
	struct phase_sums phases;
};

void slice_init(struct slice *s, struct hdr_pool *pool);
void slice_fini(struct slice *s);
void slice_reset(struct slice *s);
struct archive;
void slice_archive(struct slice *s, struct archive *a);

struct windows {
	int scopes;
	unsigned wanted;  /* bit t: TIMING_TTFB and those after it are kept too */
	int64_t second;   /* the open one */
	int64_t place;    /* of it: grows by one with each second that had load */
	int64_t empty_to; /* places before this one were emptied by a fresh window */
	int64_t since_us; /* windows start no earlier (a fresh window); 0: none */
	int64_t load_us[WINDOW_LONG_S]; /* time with load, by place modulo */
	int64_t from_us[WINDOW_LONG_S]; /* when that second began */
	struct slice *slot;      /* WINDOW_LONG_S * scopes, by place modulo */
	struct slice *sum[SUMS]; /* scopes each; closed seconds */
	/* What came in the open second before a fresh window began: not in the
	 * windows any more, but part of that second in the series. */
	struct slice *before;
};

void windows_init(struct windows *w, int scopes, unsigned wanted, struct hdr_pool *pool);
void windows_fini(struct windows *w);
/* Everything forgotten; `second` is open. */
void windows_restart(struct windows *w, int64_t second);

/* All but the seconds that will not change any more. Those of them that are still in
 * reach have to be restored after it, in order. */
void windows_archive(struct windows *w, struct archive *a);
/* Such a second: the oldest that is in reach and began after second `after`; -1: none. */
int64_t windows_final(const struct windows *w, int64_t after);
/* It, by that name. */
void windows_second_archive(struct windows *w, int64_t second, struct archive *a);
/* All seconds in reach are there again. */
void windows_restored(struct windows *w);

struct slice *windows_open(const struct windows *w, int scope);
/* `load`: it came while the load was on, so it counts for rates. */
void windows_exchange(struct windows *w, int scope, const struct exchange *x, bool load);
void windows_drops(struct windows *w, int scope, const struct rec_drops *drops, bool load);
/* Time went on by us within the open second, with load. */
void windows_pass(struct windows *w, int64_t us);
/* Closes the open second and opens the next. */
void windows_next(struct windows *w);
/* From here on the windows start over. */
void windows_fresh(struct windows *w, int64_t t_us);

/* Where a window starts. */
int64_t windows_since(const struct windows *w, enum window_kind kind);
/* Time with load in it. */
int64_t windows_load_us(const struct windows *w, enum window_kind kind);
/* A fresh window has begun, and this one reaches back to it. */
bool windows_fresh_in(const struct windows *w, enum window_kind kind);
struct counts windows_counts(const struct windows *w, int scope, enum window_kind kind);
/* A distribution in a window, into *out (2 figures, emptied first). Minimum and
 * maximum are exact. */
void windows_histogram(const struct windows *w, int scope, enum window_kind kind,
		       enum timing timing, struct hdr *out);
/* The phases in a window, into *out (emptied first). */
void windows_phases(const struct windows *w, int scope, enum window_kind kind, struct phase_sums *out);
/* The whole open second, into *out. */
void windows_second(const struct windows *w, int scope, struct slice *out);

#endif
