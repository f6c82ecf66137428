/* What an exchange's files share: exchange.c (when), exchange_draw.c (what),
 * exchange_send.c (how it is sent). The loop's thread. */
#ifndef SERVE_EXCHANGE_PRIVATE_H
#define SERVE_EXCHANGE_PRIVATE_H

#include "base/rng.h"
#include "exchange.h"
#include "fault.h"
#include "shape.h"

enum phase {
	PHASE_WAITING,  /* for a slot */
	PHASE_LATE,     /* has one, a slow start */
	PHASE_SERVED,   /* prefill, then token by token or all at once */
	PHASE_ANSWERED, /* being sent */
};

struct exchange {
	struct serve_job job; /* first: a job of the queue is its exchange */
	struct serve *serve;
	struct serve_queue *queue;
	struct evhttp_request *request; /* NULL: over a WebSocket */
	struct evhttp_connection *connection;
	struct ws *ws;
	enum serve_path path;
	struct serve_ask ask;
	struct serve_fate fate;
	struct rng rng;
	enum phase phase;
	bool hit, cut;
	int tokens, done; /* of the answer */
	int turn;         /* a chat task's, else 0 */
	uint64_t kv_tokens, id;
	int64_t created_s, age_s;
	int64_t prefill_ns, left_ns; /* left: decoding not yet done, of a stream */
	size_t sent;                 /* bytes of the text */
	struct buf text, head;       /* stay with it when it is used again */
	struct exchange *next_free;
};

/* What is known of the answer. */
struct serve_answer exchange_answer(const struct exchange *exchange);
/* The answer and its time from the request's number, the cache's answer; keeps a
 * new one there. */
void exchange_draw(struct exchange *exchange, uint64_t number);
void exchange_recall(struct exchange *exchange, const struct serve_cached *cached);
void exchange_keep(struct exchange *exchange);

/* A stream's beginning, next token and end; an answer in one piece. The last two
 * end the exchange, at once or when it is sent. */
void exchange_send_head(struct exchange *exchange);
void exchange_send_token(struct exchange *exchange);
void exchange_send_end(struct exchange *exchange);
void exchange_send_whole(struct exchange *exchange);
/* The answer ends here, by its fate, and not well; so does the exchange. */
void exchange_break_off(struct exchange *exchange);
/* Without an exchange: the status its fate says. */
void exchange_refuse(struct serve *serve, enum serve_path path, struct serve_fate fate,
		     struct evhttp_request *request, struct ws *ws);
/* Back among the spare ones. */
void exchange_end(struct exchange *exchange);

/* The connection's callbacks while an exchange has it. */
struct bufferevent *exchange_events(const struct exchange *exchange);
void exchange_on_ahead(struct bufferevent *events, void *arg);
void exchange_on_gone(struct bufferevent *events, short what, void *arg);

#endif
