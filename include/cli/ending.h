/* When and how a live run is ended from outside: signals and --max-errors.
 * The same for dashboard and plain mode. Main thread. */
#ifndef CLI_ENDING_H
#define CLI_ENDING_H

#include "cli/drive.h"

struct ending {
	struct session *session;
	const struct drive_config *config;
	struct drive_end *end;
	int interrupts_seen, termination_seen;
	bool stopped;
};

/* Looks at the signals: the first Ctrl-C drains briefly, the second ends at
 * once; TERM, HUP and QUIT drain shorter. `hangup`: the terminal is gone. */
void ending_signals(struct ending *ending, bool hangup);
/* --max-errors: ends the load. */
void ending_errors(struct ending *ending, const struct snapshot *snapshot);
/* --slo-abort: ends the load. */
void ending_slos(struct ending *ending, const struct snapshot *snapshot);
/* --max-errors once more, by the final figures: a short run may be over before
 * anybody has looked. */
void ending_judge(const struct drive_config *config, const struct result *result,
		  struct drive_end *end);
/* The exit code of a run that ended so, `figures` that which its result asks for: what
 * a signal cut short judges nothing; after that wrong books; then --max-errors. */
int ending_exit_code(const struct drive_end *end, int figures);
/* `q`: a normal end; again: at once. */
void ending_quit(struct ending *ending);

#endif
