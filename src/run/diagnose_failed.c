/* Failures: whether they are the limit, and whose they are. */
#include <math.h>

#include "diagnose_priv.h"

enum {
	TOLD_LEAST = 20, /* requests, for a share of failures */
	HITS_LEAST = 5,
};
#define SHARE_SURE 0.01 /* of failures */
#define ERRORS 2.5      /* standard errors of a share */
#define REFUSED 0.2     /* of all requests, by a status */

/* Enough for a share. */
bool diagnose_told(const struct evidence_point *p)
{
	return p->requests >= TOLD_LEAST && p->seconds >= DIAGNOSE_SECONDS_LEAST && p->batches >= DIAGNOSE_ENDED_LEAST;
}

static bool share_sure(const struct evidence_mean *share, uint64_t requests)
{
	return share->mean * (double)requests >= HITS_LEAST && share->mean - ERRORS * share->error > SHARE_SURE;
}

static bool share_grew(const struct evidence_mean *lo, const struct evidence_mean *hi)
{
	return hi->mean > 2 * lo->mean && hi->mean - lo->mean > ERRORS * hypot(lo->error, hi->error);
}

uint64_t diagnose_successes(const struct evidence_point *p)
{
	uint64_t bad = 0;

	for (int c = ERROR_NONE + 1; c < ERROR_CLASS_COUNT; c++)
		bad += c != ERROR_CHECK && c != ERROR_ABORTED ? p->error_of[c] : 0;
	return p->requests > bad ? p->requests - bad : 0;
}

/* The least share of which so many hits leave no doubt (Wilson's interval). */
static double share_least(uint64_t hits, uint64_t n)
{
	double share = n ? (double)hits / (double)n : 0, z = ERRORS * ERRORS / (n ? (double)n : 1);

	return n ? (share + z / 2 - sqrt(z * share * (1 - share) + z * z / 4)) / (1 + z) : 0;
}

static uint64_t failures(const struct evidence_point *p)
{
	return p->requests - diagnose_successes(p);
}

uint64_t diagnose_limited(const struct evidence_point *p)
{
	return p->requests ? (uint64_t)llround(p->limited.mean * (double)p->requests) : 0;
}

bool diagnose_mostly_failed(const struct evidence_point *p)
{
	return share_least(failures(p), p->requests) > 0.5;
}

/* The highest load with enough requests, or the newest where more fails there. */
static const struct evidence_point *where_failed(const struct diagnose_input *in, const struct evidence_point **lowest)
{
	const struct evidence_point *hi = NULL, *newest = NULL;

	*lowest = NULL;
	for (int i = 0; i < in->count; i++) {
		const struct evidence_point *p = in->point[i];

		if (!diagnose_told(p))
			continue;
		newest = p;
		if (!hi || hi->mode != p->mode || p->level >= hi->level)
			hi = p;
	}
	for (int i = 0; i < in->count; i++) {
		const struct evidence_point *p = in->point[i];

		if (diagnose_told(p) && p->mode == hi->mode && (!*lowest || p->level <= (*lowest)->level))
			*lowest = p;
	}
	/* Where nearly all of the newest fails that needs no time to be sure of. */
	if (in->count && diagnose_mostly_failed(in->point[in->count - 1]) && !diagnose_told(in->point[in->count - 1])) {
		newest = in->point[in->count - 1];
		if (!*lowest || (*lowest)->mode != newest->mode)
			*lowest = newest;
		return newest;
	}
	if (hi && newest->limited.mean + newest->upstream.mean + newest->unconnected.mean >
			  hi->limited.mean + hi->upstream.mean + hi->unconnected.mean)
		return newest;
	return hi;
}

static bool timed_out(const struct evidence_point *p, uint64_t of)
{
	return p->error_of[ERROR_TIMEOUT] * 2 > of;
}

/* Who waits too long gives up: in a line, or because nobody answers. As many at a lower load
 * are not a line's. */
static enum finding failed_or_waited(const struct found *f, uint64_t upstream)
{
	const struct evidence_point *p = f->at, *lo = f->lowest;
	bool lower = lo->mode == p->mode && lo->level * DIAGNOSE_LOAD_LEAST <= p->level;

	return timed_out(p, upstream) && (!lower || share_grew(&lo->upstream, &p->upstream)) ? FOUND_TIMED_OUT : FOUND_FAILED;
}

/* Most of `at` failed: by what most of them did. */
static bool look_at_most(struct found *f, bool waited)
{
	const struct evidence_point *p = f->at;
	uint64_t unconnected = p->error_of[ERROR_DNS] + p->error_of[ERROR_CONNECT] + p->error_of[ERROR_TLS];
	uint64_t limited = diagnose_limited(p), refused = p->error_of[ERROR_HTTP_4XX] - limited;
	uint64_t upstream = failures(p) - unconnected - limited - refused;

	if (limited >= fmax(fmax((double)refused, (double)upstream), (double)unconnected)) {
		f->what = FOUND_LIMITED;
	} else if (unconnected >= fmax((double)refused, (double)upstream)) {
		f->what = FOUND_UNCONNECTED;
	} else if (refused >= upstream) {
		f->what = FOUND_REFUSED;
	} else {
		if (waited && timed_out(p, upstream))
			return false;
		f->what = failed_or_waited(f, upstream);
	}
	return true;
}

/* One load, one that brings no more, or one that time has changed, of which a part failed for
 * certain, in part of its time: the batches do not say how large the share is, and more load
 * is no answer. */
bool diagnose_look_at_outage(struct found *f)
{
	const struct evidence_point *p = f->at;

	if (failures(p) < HITS_LEAST || share_least(failures(p), p->requests) <= SHARE_SURE)
		return false;
	/* Who waits for nothing holds the load back for another reason. */
	if (f->what == FOUND_HELD && timed_out(p, failures(p)))
		return false;
	if (f->what != FOUND_ONE && f->what != FOUND_HELD && f->what != FOUND_DRIFT && f->what != FOUND_CREEP)
		return false;
	f->what = FOUND_OUTAGE;
	return true;
}

/* So many are refused by a status of their own that nothing brunt lacks can be the reason. */
bool diagnose_look_at_statuses(const struct diagnose_input *in, struct found *f)
{
	const struct evidence_point *p = where_failed(in, &f->lowest);
	uint64_t refused = p ? p->error_of[ERROR_HTTP_5XX] : 0;

	if (!p || (share_least(diagnose_limited(p), p->requests) < REFUSED && share_least(refused, p->requests) < REFUSED))
		return false;
	f->at = p;
	f->what = diagnose_limited(p) >= refused ? FOUND_LIMITED : FOUND_FAILED;
	return true;
}

/* Failures that are so many, or so many more under load, that they are the limit. */
bool diagnose_look_at_failures(const struct diagnose_input *in, struct found *f)
{
	const struct evidence_point *p = where_failed(in, &f->lowest);
	bool waited = f->what == FOUND_PART && f->part != PART_CONNECT;
	const struct evidence_mean *worst;

	if (!p)
		return false;
	f->at = p;
	if (diagnose_mostly_failed(p))
		return look_at_most(f, waited);
	worst = p->limited.mean >= p->upstream.mean && p->limited.mean >= p->unconnected.mean ? &p->limited
		: p->upstream.mean >= p->unconnected.mean				      ? &p->upstream
											      : &p->unconnected;
	if (share_sure(worst, p->requests)) {
		if (worst == &p->limited) {
			f->what = FOUND_LIMITED;
			return true;
		}
		if (worst == &p->unconnected) {
			f->what = FOUND_UNCONNECTED;
			return true;
		}
		if (waited && timed_out(p, (uint64_t)(p->upstream.mean * (double)p->requests)))
			return false;
		if (p->upstream.mean >= 0.2 || (p != f->lowest && share_grew(&f->lowest->upstream, &p->upstream)) ||
		    f->what != FOUND_PART) {
			enum finding what = failed_or_waited(f, (uint64_t)(p->upstream.mean * (double)p->requests));

			/* Who is in flight for nothing is named there. */
			if (what == FOUND_TIMED_OUT && f->what == FOUND_HELD)
				return false;
			f->what = what;
			return true;
		}
	}
	if (diagnose_successes(p) * 2 < p->requests) {
		f->what = FOUND_REFUSED;
		return true;
	}
	if (f->what == FOUND_FLAT && worst->mean > SHARE_SURE && worst->mean * (double)p->requests > 2)
		f->what = FOUND_FAILING;
	return false;
}
