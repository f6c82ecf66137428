/* The decoder alone, on one core: a stream of chat events as a server sends
 * them, through the framing and the JSON reader, and through the whole of
 * answer_data(). One line a figure: name, value, unit; and what it allocated. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/http/program.h"
#include "../../src/http/sse.h"
#include "base/clock.h"
#include "http/answer.h"

enum { EVENTS = 400, READ = 16384, ROUNDS = 7 };
#define ROUND_NS (120 * NS_PER_MS)

/* Counts what everything here allocates. */
static uint64_t allocations;
void *__real_malloc(size_t bytes);
void *__real_realloc(void *old, size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__wrap_realloc(void *old, size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);

void *__wrap_malloc(size_t bytes)
{
	allocations++;
	return __real_malloc(bytes);
}

void *__wrap_realloc(void *old, size_t bytes)
{
	allocations++;
	return __real_realloc(old, bytes);
}

void *__wrap_calloc(size_t count, size_t bytes)
{
	allocations++;
	return __real_calloc(count, bytes);
}

static char stream[EVENTS * 400];
static size_t stream_bytes;

static void make_stream(void)
{
	static const char *const words[] = {" the", " performance", ",", " of", " \\u201cmodels\\u201d", " is"};

	for (int i = 0; i < EVENTS; i++)
		stream_bytes += (size_t)snprintf(
			stream + stream_bytes, sizeof stream - stream_bytes,
			"data: {\"id\":\"chatcmpl-8f3b6a1c9d2e4f70a5b1c3d7e9f02468\","
			"\"object\":\"chat.completion.chunk\",\"created\":1763980000,"
			"\"model\":\"meta-llama/Llama-3.1-8B-Instruct\",\"choices\":[{\"index\":0,"
			"\"delta\":{\"content\":\"%s\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n",
			words[i % 6]);
}

/* Each returns the events it read of the stream. */
typedef uint64_t decoder(void *state, size_t read);

struct framing {
	struct sse sse;
	const struct program *program;
};

static uint64_t frame_and_pluck(void *state, size_t read)
{
	struct framing *f = state;
	struct sse_event e;
	uint64_t found = 0;

	sse_begin(&f->sse);
	for (size_t at = 0; at < stream_bytes; at += read) {
		size_t n = stream_bytes - at < read ? stream_bytes - at : read;

		for (sse_feed(&f->sse, stream + at, n); sse_next(&f->sse, &e);) {
			struct pluck_hits hits;
			uint32_t from = 0;

			if (!pluck_scan(f->program->pluck, e.data, e.data_bytes, &hits))
				found += program_hit(&f->program->place[PART_TEXT][0], &hits, &from) != NULL;
		}
	}
	return found;
}

struct whole {
	struct answer *answer;
	struct answer_plan plan;
};

static uint64_t whole_answer(void *state, size_t read)
{
	static const char type[] = "Content-Type: text/event-stream";
	struct whole *w = state;
	struct engine_result r = {.status = 200};
	struct answer_report report;

	answer_begin(w->answer, &w->plan, 0);
	answer_header(w->answer, type, sizeof type - 1);
	answer_status(w->answer, 200);
	for (size_t at = 0; at < stream_bytes; at += read)
		answer_data(w->answer, stream + at, stream_bytes - at < read ? stream_bytes - at : read,
			    (int64_t)at * 1000);
	answer_end(w->answer, &r, &report);
	return report.events;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int measure(const char *name, decoder *decode, void *state, size_t read)
{
	double mb_s[ROUNDS];
	uint64_t before;

	decode(state, read);
	before = allocations;
	for (int i = 0; i < ROUNDS; i++) {
		int64_t start = clock_thread_cpu_ns(), used;
		uint64_t streams = 0;

		do {
			if (decode(state, read) != EVENTS) {
				fprintf(stderr, "%s: not every event was found\n", name);
				return 1;
			}
			streams++;
			used = clock_thread_cpu_ns() - start;
		} while (used < ROUND_NS);
		mb_s[i] = (double)(streams * stream_bytes) * 1e3 / (double)used;
	}
	qsort(mb_s, ROUNDS, sizeof *mb_s, by_value);
	printf("%s %.0f MB/s %.0f ns an event\n", name, mb_s[ROUNDS / 2],
	       (double)stream_bytes / EVENTS * 1e3 / mb_s[ROUNDS / 2]);
	if (allocations != before)
		printf("%s_allocations %llu\n", name, (unsigned long long)(allocations - before));
	return allocations != before;
}

/* What an answer without an API costs beside its transport. */
static void measure_plain(struct answer *answer)
{
	static const char *const header[] = {
		"Server: nginx/1.24.0", "Date: Tue, 24 Nov 2026 11:00:00 GMT", "Content-Type: text/plain",
		"Content-Length: 64", "Last-Modified: Tue, 24 Nov 2026 10:00:00 GMT",
		"Connection: keep-alive", "ETag: \"6923f1a0-40\"", "Accept-Ranges: bytes",
	};
	enum { COUNT = 200000 };
	const struct answer_plan plan = {.stream = STREAM_AUTO};
	struct engine_result r = {.status = 200, .answered = true};
	struct answer_report report;
	int64_t start = clock_thread_cpu_ns();

	for (int i = 0; i < COUNT; i++) {
		answer_begin(answer, &plan, i);
		for (size_t h = 0; h < sizeof header / sizeof *header; h++)
			answer_header(answer, header[h], strlen(header[h]));
		answer_status(answer, 200);
		answer_data(answer, stream, 64, i);
		answer_end(answer, &r, &report);
	}
	printf("plain_answer %.0f ns\n", (double)(clock_thread_cpu_ns() - start) / COUNT);
}

int main(void)
{
	static struct framing framing;
	const struct api *api = api_by_name("openai-chat");
	struct whole whole = {.answer = answer_new(), .plan = {.api = api}};
	int bad = 0;

	make_stream();
	sse_init(&framing.sse, ANSWER_EVENT);
	framing.program = program_of(&api->answer);
	/* Whole events, then a read an event (as a stream trickles), then reads that
	 * end within events. */
	size_t event = stream_bytes / EVENTS;

	printf("event_bytes %zu\n", event);
	bad |= measure("decoder", frame_and_pluck, &framing, READ);
	bad |= measure("decoder_in_small_reads", frame_and_pluck, &framing, event);
	bad |= measure("answer", whole_answer, &whole, READ);
	bad |= measure("answer_in_small_reads", whole_answer, &whole, event);
	whole.plan.keep = true;
	bad |= measure("answer_kept", whole_answer, &whole, READ);
	measure_plain(whole.answer);
	if (!bad)
		printf("allocations 0\n");
	answer_free(whole.answer);
	sse_fini(&framing.sse);
	return bad;
}
