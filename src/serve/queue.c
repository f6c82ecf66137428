#include "queue.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"

/* Keep absurd settings within the clock. */
#define WORK_MAX_NS (30 * 86400 * NS_PER_S)
#define AHEAD_MAX_NS (365 * 86400 * NS_PER_S)

void serve_queue_init(struct serve_queue *queue, int slots, double slowdown)
{
	assert(slots > 0 && slowdown >= 0);
	*queue = (struct serve_queue){.slots = slots, .slowdown = slowdown};
}

void serve_queue_fini(struct serve_queue *queue)
{
	free(queue->heap);
	*queue = (struct serve_queue){0};
}

static bool before(const struct serve_job *a, const struct serve_job *b)
{
	if (a->due_v != b->due_v)
		return a->due_v < b->due_v;
	return a->number < b->number;
}

static void heap_put(struct serve_queue *queue, size_t at, struct serve_job *job)
{
	queue->heap[at] = job;
	job->at = at;
}

/* Moves the job from the hole at `at` to where the heap wants it. */
static void heap_settle(struct serve_queue *queue, size_t at, struct serve_job *job)
{
	while (at > 0 && before(job, queue->heap[(at - 1) / 2])) {
		heap_put(queue, at, queue->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= queue->busy)
			break;
		if (child + 1 < queue->busy &&
		    before(queue->heap[child + 1], queue->heap[child]))
			child++;
		if (!before(queue->heap[child], job))
			break;
		heap_put(queue, at, queue->heap[child]);
		at = child;
	}
	heap_put(queue, at, job);
}

static void heap_remove(struct serve_queue *queue, struct serve_job *job)
{
	struct serve_job *last = queue->heap[--queue->busy];

	if (last != job)
		heap_settle(queue, job->at, last);
}

static void line_remove(struct serve_queue *queue, struct serve_job *job)
{
	*(job->prev ? &job->prev->next : &queue->first) = job->next;
	*(job->next ? &job->next->prev : &queue->last) = job->prev;
	job->prev = job->next = NULL;
	queue->waiting--;
}

double serve_queue_pace(const struct serve_queue *queue)
{
	return queue->busy > 1
		       ? 1 / (1 + queue->slowdown * (double)(queue->busy - 1))
		       : 1;
}

static void advance(struct serve_queue *queue, int64_t now_ns)
{
	int64_t gone_ns = now_ns - queue->now_ns;

	if (gone_ns <= 0)
		return;
	queue->now_ns = now_ns;
	/* Without a slowdown it stays exact to the nanosecond. */
	queue->now_v += queue->slowdown > 0
				? llrint((double)gone_ns * serve_queue_pace(queue))
				: gone_ns;
}

int64_t serve_queue_next_ns(const struct serve_queue *queue)
{
	int64_t left_v;
	double left_ns;

	if (queue->busy == 0)
		return INT64_MAX;
	left_v = queue->heap[0]->due_v - queue->now_v;
	if (left_v <= 0)
		return queue->now_ns;
	if (!(queue->slowdown > 0))
		return queue->now_ns + left_v;
	left_ns = ceil((double)left_v / serve_queue_pace(queue));
	return queue->now_ns + (int64_t)fmin(left_ns, (double)AHEAD_MAX_NS);
}

static int64_t bounded(int64_t work_ns)
{
	return work_ns < WORK_MAX_NS ? work_ns : WORK_MAX_NS;
}

/* From at_ns on, which may lie ahead of the clock while ends that come before it
 * have not been taken. */
static void start(struct serve_queue *queue, struct serve_job *job, int64_t at_ns)
{
	if (queue->busy == queue->allocated) {
		queue->allocated = queue->allocated ? 2 * queue->allocated : 16;
		queue->heap = xreallocarray(queue->heap, queue->allocated,
					    sizeof *queue->heap);
	}
	if (serve_queue_next_ns(queue) >= at_ns)
		advance(queue, at_ns);
	job->state = SERVE_JOB_SERVED;
	job->start_ns = at_ns;
	job->due_v = queue->now_v + (at_ns - queue->now_ns) + bounded(job->work_ns);
	job->number = queue->started++;
	queue->busy++;
	heap_settle(queue, queue->busy - 1, job);
}

/* Gives a slot that is free from free_ns on to the next in line. */
static void pass_on(struct serve_queue *queue, int64_t free_ns)
{
	struct serve_job *next = queue->first;

	if (!next)
		return;
	line_remove(queue, next);
	/* It may have come after that, before the caller looked. */
	start(queue, next, free_ns > next->arrive_ns ? free_ns : next->arrive_ns);
}

void serve_queue_arrive(struct serve_queue *queue, struct serve_job *job,
			int64_t now_ns, int64_t work_ns)
{
	assert(job->state == SERVE_JOB_OUT);
	job->arrive_ns = now_ns;
	job->work_ns = work_ns;
	if (queue->busy < (size_t)queue->slots) {
		start(queue, job, now_ns);
		return;
	}
	job->state = SERVE_JOB_WAITING;
	job->next = NULL;
	job->prev = queue->last;
	*(queue->last ? &queue->last->next : &queue->first) = job;
	queue->last = job;
	queue->waiting++;
}

struct serve_job *serve_queue_due(struct serve_queue *queue, int64_t now_ns)
{
	int64_t next_ns = serve_queue_next_ns(queue);

	if (next_ns > now_ns)
		return NULL;

	struct serve_job *job = queue->heap[0];

	job->due_ns = next_ns;
	queue->now_ns = next_ns;
	/* Not by advance(): a rounded end must be an end. */
	if (queue->now_v < job->due_v)
		queue->now_v = job->due_v;
	return job;
}

void serve_queue_step(struct serve_queue *queue, struct serve_job *job, int64_t work_ns)
{
	assert(job->state == SERVE_JOB_SERVED);
	job->due_v += bounded(work_ns);
	heap_settle(queue, job->at, job);
}

void serve_queue_leave(struct serve_queue *queue, struct serve_job *job,
		       int64_t now_ns)
{
	enum serve_job_state state = job->state;

	job->state = SERVE_JOB_OUT;
	if (state == SERVE_JOB_WAITING) {
		line_remove(queue, job);
	} else if (state == SERVE_JOB_SERVED) {
		/* The batch was larger until now. */
		if (serve_queue_next_ns(queue) >= now_ns)
			advance(queue, now_ns);
		heap_remove(queue, job);
		pass_on(queue, now_ns);
	}
}
