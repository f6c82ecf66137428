/* When a live run ends: after so much measured time (-z), or at once, and how long its
 * running exchanges may take then. Kept in `control`, where the workers read it. Times are
 * clock_ns() values. Main thread; has no clock of its own. */
#ifndef CLI_DEADLINE_H
#define CLI_DEADLINE_H

#include "load/control.h"

struct deadline {
	struct control *control;
	int64_t drain_ns; /* after the measured time */
	int64_t left_ns;  /* of the measured time, at the last change of load; INT64_MAX: no limit */
};

/* So much measured time from since_ns on; INT64_MAX: no limit. Measured time stands
 * still in a pause, and so does what is left of it: without an end of the pause in sight
 * the run has none. */
void deadline_set(struct deadline *deadline, int64_t since_ns, int64_t left_ns);
/* What is left; INT64_MAX: no limit. Ask before the load is changed, set it after. */
int64_t deadline_left_ns(const struct deadline *deadline, int64_t now_ns);
/* The end is now, unless it has been; running exchanges have drain_ns from now on. */
void deadline_now(struct deadline *deadline, int64_t now_ns, int64_t drain_ns);

#endif
