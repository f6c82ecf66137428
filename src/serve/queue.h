/* The scheduling of the reference backend without sockets or clock: so many
 * slots, first come first served beyond them. Times are nanoseconds on one
 * clock of the caller's. One thread. */
#ifndef SERVE_QUEUE_H
#define SERVE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum serve_job_state {
	SERVE_JOB_OUT, /* not in the queue */
	SERVE_JOB_WAITING,
	SERVE_JOB_SERVED,
};

/* Lives in the caller's structure; zeroed before its first arrival. */
struct serve_job {
	enum serve_job_state state;
	int64_t arrive_ns;
	int64_t service_ns; /* on its own; slowed down once it is served */
	int64_t start_ns;
	int64_t finish_ns;
	uint64_t number; /* of the start: equal finishes keep their order */
	struct serve_job *prev, *next;
	size_t at; /* in the heap */
};

struct serve_queue {
	int slots;
	double slowdown;
	struct serve_job *first, *last; /* waiting */
	struct serve_job **heap;        /* served, the next to finish on top */
	size_t busy, allocated;
	size_t waiting;
	uint64_t started;
};

/* slots > 0; slowdown >= 0: each other busy slot makes service longer by it. */
void serve_queue_init(struct serve_queue *queue, int slots, double slowdown);
/* Forgets the jobs in it. */
void serve_queue_fini(struct serve_queue *queue);

/* Serves the job or puts it at the end of the line. With a slowdown, take what
 * is due by now_ns first, or it still counts as busy. */
void serve_queue_arrive(struct serve_queue *queue, struct serve_job *job,
			int64_t now_ns, int64_t service_ns);
/* Takes out a job whose service ended by now_ns, in the order of their ends, or
 * NULL. The slot goes to the next in line from that end on, so the capacity
 * does not suffer when the caller looks late. */
struct serve_job *serve_queue_finished(struct serve_queue *queue, int64_t now_ns);
/* Takes out a job that nobody waits for any more; it may be out already. */
void serve_queue_leave(struct serve_queue *queue, struct serve_job *job,
		       int64_t now_ns);
/* When the next service ends; INT64_MAX if none is under way. */
int64_t serve_queue_next_ns(const struct serve_queue *queue);

#endif
