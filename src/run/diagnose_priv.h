/* Inside the diagnosis: what diagnose.c finds and diagnose_words.c says
 * (diagnose_phrases.h: what of). */
#ifndef RUN_DIAGNOSE_PRIV_H
#define RUN_DIAGNOSE_PRIV_H

#include <stdbool.h>

#include "diagnose.h"

#define DIAGNOSE_ENDED_LEAST 5     /* batches in which something ended */
#define DIAGNOSE_SECONDS_LEAST 1.0
#define DIAGNOSE_LOAD_LEAST 1.2    /* apart, to be compared */

/* A mean at the lower and at the higher load. */
struct growth {
	double lo, hi, by, error;
};

/* Two points side by side. */
struct comparison {
	const struct evidence_point *lo, *hi;
	const struct evidence_point *before; /* hi: the next lower one; else lo */
	double sure;   /* standard errors from which on a growth is one */
	double load;   /* hi's level over lo's */
	double rate;   /* the same of successes a second */
	double gain;   /* of the last step: log rate over log load; 1: all comes through */
	bool at_end;   /* more load brings no more */
	struct growth service; /* of all */
	/* Of those that tell most: the streams, else all. */
	bool streams;
	bool hidden; /* tokens come unseen in most of them */
	bool mixed;  /* the tasks have other shares than before */
	uint64_t n[2], gaps[2];
	struct growth whole, part[PARTS], gap;
	double spread; /* log growth of the waits' spread over that of their mean; NAN: unknown */
	double varied; /* the waits' deviation over their mean at the lower load; NAN: unknown */
	bool bunched;  /* streams, and yet their tokens come unseen */
	bool small;    /* an answer at the higher load goes into a few packets */
};

enum finding {
	FOUND_NOTHING,     /* no load yet */
	FOUND_RAMPS,       /* none that was held */
	FOUND_THIN,        /* a load, and too little of it */
	FOUND_ONE,         /* one level, or none that can be compared */
	FOUND_REFUSED,     /* hardly anything succeeded */
	FOUND_OUTAGE,      /* one load, and failures in part of its time */
	FOUND_UNSURE,      /* a growth that may be chance */
	FOUND_FAILING,     /* no growth, and failures that may be chance */
	FOUND_HELD,        /* no growth, and yet throughput does not follow */
	FOUND_STUCK,       /* the same, and `stuck` in flight get no answer */
	FOUND_BLURRED,     /* a growth, and by chance another part may have it */
	FOUND_TORN,        /* two parts grow */
	FOUND_UNSEEN,      /* `part` may be a line or slow making */
	FOUND_DRIFT,       /* the same load, another time */
	FOUND_CREEP,       /* at one load, `creeping`, it changed with time as much */
	FOUND_TIMED_OUT,   /* most failures of `at` are waits that were given up, of a line or for nothing */
	FOUND_TWICE,       /* the same load, surely another rate or time */
	FOUND_QUICKER,     /* less time under more load */
	FOUND_FLAT,        /* nothing grows */
	FOUND_ONE_TASK,    /* nothing grows of all, and `slow_task` alone does */
	FOUND_LONGER,      /* after the first token, and no slower than before */
	FOUND_FLAT_BELOW,  /* below a load that is not known yet */
	FOUND_PART,        /* `part` grows */
	FOUND_CLIENT, FOUND_CLIENT_THEN, /* now; in the point looked at */
	FOUND_LIMITED, FOUND_FAILED, FOUND_UNCONNECTED, /* shares of the requests of `at` */
	FOUND_CONNECTING,  /* setting up takes most of the time of `at` */
	FOUND_NEIGHBOUR,   /* `task` suffers from `other` */
};

/* Why of several levels with enough for a mean no two are compared. */
enum apart { APART_CLOSE, APART_MIX, APART_LOOP };

struct found {
	enum finding what;
	const struct evidence_point *at, *lowest; /* the lowest load with requests; may be `at` */
	int loads, known; /* levels tried; of these with enough for a mean */
	int bound, failed, brief; /* of the others: brunt was the limit; most failed; too little */
	enum apart apart; /* FOUND_ONE: what keeps the known ones from being compared */
	bool compared;
	struct comparison c;
	enum evidence_part part, second; /* that grows most, and next */
	double stuck; /* requests */
	int slow_task;
	const struct evidence_point *creeping;
	double creep; /* share of its mean that came on top each second */
	struct { /* of FOUND_NEIGHBOUR, FOUND_DRIFT: the same level twice */
		const struct evidence_point *before, *after;
		int task, other;
		double share[2]; /* `other`s, of what was in flight */
	} twice;
	const struct scaling_change *change; /* a level that was another one at its second visit; NULL */
	const struct evidence_point *above; /* FOUND_FLAT_BELOW: that load */
	/* Where more is needed: of which point, and how long; 0: unknown. */
	const struct evidence_point *thin;
	double more_s;
};

/* Standard errors beyond which a difference is no chance. */
double diagnose_sure(const struct evidence_point *a, const struct evidence_point *b);
bool diagnose_same_mix(const struct diagnose_input *in, const struct evidence_point *a, const struct evidence_point *b);
/* Leaves the points since the server changed; NULL: it did not, that is known. */
const struct scaling_change *diagnose_since_change(struct diagnose_input *in);
/* What of the findings a change leaves standing. */
void diagnose_look_twice(const struct scaling_change *change, struct found *f);
/* 429s; a class of errors has them among others. */
uint64_t diagnose_limited(const struct evidence_point *p);
/* So many of its requests failed that no chance makes it less than half of them, be they few. */
bool diagnose_mostly_failed(const struct evidence_point *p);
/* Requests that were answered as asked for, checks aside. */
uint64_t diagnose_successes(const struct evidence_point *p);
/* Enough for a share of its requests. */
bool diagnose_told(const struct evidence_point *p);
/* Each changes what was found where failures are it. So many are refused by a status of
 * their own that nothing brunt lacks can be the reason. */
bool diagnose_look_at_statuses(const struct diagnose_input *in, struct found *f);
/* So many, or so many more under load, that they are the limit. */
bool diagnose_look_at_failures(const struct diagnose_input *in, struct found *f);
/* Some for certain, in part of the time of `at`. */
bool diagnose_look_at_outage(struct found *f);
void diagnose_say(const struct diagnose_input *in, const struct found *f, struct diagnosis *out);

#endif
