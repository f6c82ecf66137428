/* The micro-experiments of a live run: which are possible, one of them at a time, the load
 * given back as it was. Main thread. */
#ifndef CLI_TRYING_H
#define CLI_TRYING_H

#include "cli/session.h"
#include "run/trial.h"

#define TRYING_WORDS 96

struct trying {
	struct session *session;
	struct trial trial;
	uint32_t max_users;
	struct load_level before; /* the load when it began */
	uint32_t *limit;          /* of each task: the answer's tokens in its body; 0: none there */
	bool *prompt;             /* of each task: its body has a prompt that can be found */
};

void trying_init(struct trying *t, struct session *session, uint32_t max_users);
void trying_fini(struct trying *t);
/* With each snapshot of the run as it is now. */
void trying_look(struct trying *t, const struct snapshot *snapshot);

/* Can it be tried now? Its steps, or why not: in `words`, TRYING_WORDS bytes. */
bool trying_possible(const struct trying *t, enum trial_axis axis, const struct snapshot *snapshot, char *words);
/* Where it is possible; `message` says what is done or why it is not. */
void trying_begin(struct trying *t, enum trial_axis axis, const struct snapshot *snapshot, char *message, size_t bytes);
/* Gives the load back as it was; false: none was under way. */
bool trying_stop(struct trying *t, char *message, size_t bytes);
/* The load is about to end. */
void trying_leave(struct trying *t);

/* What goes on, for the screen; "" where nothing does. TRIAL_TEXT bytes. */
void trying_progress(const struct trying *t, char *out);

#endif
