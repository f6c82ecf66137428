/* What one user says: the requests of one session after another, rendered from
 * the task's templates, its data rows and the answers so far. One a user, used
 * again and again; buffers grow and stay, so after warming up nothing is
 * allocated. Owned by the worker's thread; the scenario is shared and immutable.
 *
 * Templates: ${set.field} (the row of this session), ${env:NAME} (read with the
 * file), ${seq} (number of the exchange), ${user}, ${uuid}, ${turn[-1].text}
 * (an earlier answer of this session), ${capture.name}. In JSON bodies they are
 * put in with JSON escapes inside strings; a string that is one template alone
 * and whose value is a JSON number, array, object, true, false or null from a
 * data row stays that value. "$${" is a literal "${". */
#ifndef SCENARIO_CONVERSATION_H
#define SCENARIO_CONVERSATION_H

#include "base/rng.h"
#include "scenario/scenario.h"

struct conversation;
struct conversation *conversation_new(const struct scenario *scenario);
void conversation_free(struct conversation *talk);

/* Begins a session of `task` with the row `number` stands for (data_row(); where
 * a task uses several sets, of each). `rng` (the user's) is used for ${uuid}. */
void conversation_begin(struct conversation *talk, int task, uint64_t number, uint32_t user,
			struct rng *rng);
/* The next exchange. Valid until the next call; NULL: the task's request as it
 * is. */
const struct http_variant *conversation_next(struct conversation *talk, uint64_t seq);
/* 64 bits of the method, URL and body last rendered, of a later turn as rec_said() has it;
 * 0: it has no body. */
uint64_t conversation_hash(const struct conversation *talk);
/* Number of the exchange last rendered, from 0. */
int conversation_turn(const struct conversation *talk);
/* Takes in a successful answer: what it said, what is captured from it. -1 and
 * why (a static sentence) when a capture finds nothing: the session ends. */
int conversation_heard(struct conversation *talk, const struct answer_report *report,
		       const char **why);
/* Has the session another turn? */
bool conversation_goes_on(const struct conversation *talk);

#endif
