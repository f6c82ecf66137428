/* One exchange of a user from its request to its sample's figures: what is
 * asked, what the answer said, what the checks say of it. worker.c decides
 * when. */
#ifndef LOAD_EXCHANGE_H
#define LOAD_EXCHANGE_H

#include "base/clock.h"
#include "load/user.h"
#include "scenario/conversation.h"

struct worker;

/* What an exchange came to. Strings live until the user's next exchange. */
struct outcome_of_exchange {
	struct answer_report report;
	enum error_class error; /* the engine's, the answer's, or a check's */
	const char *message;
	float quality; /* NAN: not checked */
	int turn;
	uint64_t prompt_hash;
	bool goes_on; /* the session has another turn */
};

/* Room for the user's answers and conversation; once a user. */
void exchange_user_init(struct worker *w, struct user *u);
void exchange_user_fini(struct user *u);

/* Makes the user's next request, beginning a session where none is under way.
 * False: there are no more cases. */
bool exchange_prepare(struct worker *w, struct user *u);
/* The engine's callbacks; `owner` is the user. */
void exchange_on_header(void *owner, const char *line, size_t bytes);
void exchange_on_headers(void *owner, int status, int64_t ns);
void exchange_on_data(void *owner, const char *bytes, size_t length, int64_t ns);
void exchange_conclude(struct worker *w, struct user *u, const struct engine_result *r,
		       struct outcome_of_exchange *out);
/* How long the server asks the user to stay away (429 or 503 with Retry-After), at
 * most EXCHANGE_STAY_AWAY_NS; 0 where it does not, or where --respect-retry-after
 * was not given. */
#define EXCHANGE_STAY_AWAY_NS (60 * NS_PER_S)
int64_t exchange_stay_away_ns(const struct worker *w, const struct engine_result *r,
			      const struct outcome_of_exchange *x);
/* The session is over, whatever it had left. */
void exchange_leave(struct user *u);

#endif
