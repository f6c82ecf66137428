/* The scheduling of the reference backend without sockets or clock: so many
 * slots, first come first served beyond them. What is served goes in steps,
 * such as prefill and each token; all advance at the pace the batch allows.
 * Times are nanoseconds on one clock of the caller's. One thread. */
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
	int64_t start_ns;
	int64_t due_ns;  /* when its step ended: set by serve_queue_due() */
	int64_t work_ns; /* of its first step, while it waits */
	int64_t due_v;   /* on the queue's own clock */
	uint64_t number; /* of the start: equal ends keep their order */
	struct serve_job *prev, *next;
	size_t at; /* in the heap */
};

/* A step's work is time alone on the machine. With b slots busy every step
 * advances by 1 / (1 + slowdown × (b - 1)) ns of work a nanosecond: one clock
 * of work, now_v, serves all of them. */
struct serve_queue {
	int slots;
	double slowdown;
	struct serve_job *first, *last; /* waiting */
	struct serve_job **heap;        /* served, the next step to end on top */
	size_t busy, allocated;
	size_t waiting;
	uint64_t started;
	int64_t now_ns, now_v;
};

/* slots > 0; slowdown >= 0. */
void serve_queue_init(struct serve_queue *queue, int slots, double slowdown);
/* Forgets the jobs in it. */
void serve_queue_fini(struct serve_queue *queue);

/* Serves the job, its first step of so much work, or puts it at the end of the
 * line. With a slowdown, take what is due by now_ns first, or it still counts
 * as busy. */
void serve_queue_arrive(struct serve_queue *queue, struct serve_job *job,
			int64_t now_ns, int64_t work_ns);
/* A job whose step ended by now_ns, in the order of their ends, or NULL. It
 * keeps its slot: give it a step or let it leave at its due_ns before the next
 * call, so that the capacity does not suffer when the caller looks late. */
struct serve_job *serve_queue_due(struct serve_queue *queue, int64_t now_ns);
/* The next step begins where the last one ended. */
void serve_queue_step(struct serve_queue *queue, struct serve_job *job, int64_t work_ns);
/* Takes a job out; it may be out already. Its slot goes to the next in line. */
void serve_queue_leave(struct serve_queue *queue, struct serve_job *job,
		       int64_t now_ns);
/* When the next step ends; INT64_MAX if none is under way. */
int64_t serve_queue_next_ns(const struct serve_queue *queue);
/* Work a nanosecond at present: 1 or less. */
double serve_queue_pace(const struct serve_queue *queue);

#endif
