/* The ways to watch a live run: dashboard, a line a second, or nothing. All
 * return when the run has ended, with what made it end. Main thread. */
#ifndef CLI_DRIVE_H
#define CLI_DRIVE_H

#include <stdio.h>

#include "cli/screen.h"
#include "cli/session.h"
#include "run/sweep.h"

struct drive_config {
	struct screen_config screen;
	int64_t interrupt_drain_ns; /* after Ctrl-C or q */
	int64_t terminate_drain_ns; /* after TERM, HUP, QUIT */
	int64_t max_errors;       /* stop beyond so many; -1: no limit */
	bool slo_abort;           /* stop when an SLO is missed for certain */
	double max_error_share;   /* 0-1, from 100 requests on; < 0: no limit */
	uint32_t max_users;
	const struct sweep_config *sweep; /* --sweep, or NULL */
	bool slos;                /* there are some */
	int64_t drain_ns;         /* when a sweep ends the run */
	FILE *out;                /* plain lines */
	const struct ghost *baseline; /* beside the run, on the dashboard; or NULL */
	bool expects_http2;       /* of all answers; said where they are not, on the dashboard */
	bool tour;                /* for a newcomer, on the dashboard */
	bool progress;            /* without lines: a counter on standard error */
};

struct drive_end {
	int signal;         /* INT, TERM, HUP or QUIT when one ended it, else 0 */
	bool too_many_errors; /* --max-errors */
	enum sweep_stop sweep; /* of --sweep, unless the operator had a hand in it */
	double capacity;       /* then: as in run/sweep.h */
	char reason[160];   /* why it ended early, for people; "" */
};

int drive_dashboard(struct session *session, const struct drive_config *config,
		    struct drive_end *end, struct err *err);
/* `lines` false: --ui none. */
int drive_plain(struct session *session, const struct drive_config *config, bool lines,
		struct drive_end *end);

#endif
