/* An answer of any bytes, of any API, in any split, ends in a report that holds
 * together; how it was split changes nothing but the reads. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "http/answer.h"
#include "metrics/gaps.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

#define MUST(what)                                                             \
	do {                                                                   \
		if (!(what))                                                   \
			abort();                                               \
	} while (0)

struct input {
	struct answer_plan plan;
	int status;
	const char *type;
	const char *body;
	size_t bytes, most; /* most: of a piece */
};

static bool play(struct answer *a, const struct input *in, size_t most, struct answer_report *out)
{
	struct engine_result r = {.status = (uint16_t)in->status, .answered = true,
				  .message = "as the engine has it"};
	size_t n;
	bool ended = false;

	if (in->status >= 400)
		r.error = ERROR_HTTP_4XX;
	answer_begin(a, &in->plan, 0);
	answer_header(a, in->type, strlen(in->type));
	answer_status(a, in->status);
	for (size_t at = 0; at < in->bytes && !ended; at += n) {
		n = in->bytes - at < most ? in->bytes - at : most;
		char *piece = malloc(n);

		memcpy(piece, in->body + at, n);
		ended = answer_data(a, piece, n, 1000000);
		free(piece);
	}
	answer_end(a, &r, out);
	return ended;
}

static void holds_together(const struct answer_report *r)
{
	struct gaps_reader reader;
	int64_t us;
	uint32_t gaps = 0;
	char clean[REC_TEXT_MAX + 1];

	MUST(r->error < ERROR_CLASS_COUNT && !r->message == !r->error);
	if (r->message) {
		MUST(strlen(r->message) <= REC_TEXT_MAX);
		MUST(!strcmp(utf8_clean(r->message, strlen(r->message), clean, sizeof clean), r->message));
	}
	for (gaps_read(&reader, r->gaps, r->gap_bytes); gaps_next(&reader, &us); gaps++)
		MUST(us == 0);
	MUST(gaps == (r->events ? r->events - 1 : 0) || r->gaps_cut);
	MUST(r->reads <= r->events && !r->reads == !r->events);
	MUST((r->t1_us < 0) == (r->events == 0) && r->t1_us <= r->tn_us);
	MUST(r->to_us < 0 || (r->to_us >= r->t1_us && r->to_us <= r->tn_us));
	MUST(r->text_bytes <= r->text_total && r->text_bytes <= ANSWER_KEEP);
	MUST(r->body_bytes <= r->body_total && r->body_bytes <= ANSWER_KEEP);
	MUST((r->tokens_out == TOKENS_UNKNOWN) == (r->token_source == TOKENS_FROM_NOWHERE));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static const char *const types[] = {"Content-Type: text/event-stream",
					    "Content-Type: application/x-ndjson",
					    "Content-Type: application/json", "X-Cache: Hit"};
	static struct answer *a;
	struct answer_report r, whole;
	char *text;
	bool ended;
	size_t apis = 0;

	if (bytes < 3)
		return 0;
	if (!a)
		a = answer_new();
	while (api_table[apis].name)
		apis++;
	size_t api = data[0] % (apis + 1);
	struct input in = {
		.plan = {.api = api < apis ? &api_table[api] : NULL,
			 .stream = (enum stream_mode)(data[1] % STREAM_MODES),
			 .keep = data[1] & 0x80},
		.status = data[1] & 0x40 ? 429 : 200,
		.type = types[data[1] >> 4 & 3],
		.body = (const char *)data + 3,
		.bytes = bytes - 3,
		.most = data[2] % 64 + 1,
	};
	ended = play(a, &in, in.bytes ? in.bytes : 1, &whole);
	holds_together(&whole);
	text = malloc(whole.text_bytes + 1);
	if (whole.text_bytes)
		memcpy(text, whole.text, whole.text_bytes);
	/* A WebSocket's messages are not to be split. */
	if (in.plan.stream != STREAM_WS) {
		MUST(play(a, &in, in.most, &r) == ended);
		holds_together(&r);
		MUST(r.error == whole.error && r.events == whole.events &&
		     r.tokens_in == whole.tokens_in && r.tokens_out == whole.tokens_out &&
		     r.cached_tokens == whole.cached_tokens && r.cache == whole.cache &&
		     r.t1_us == whole.t1_us && r.to_us == whole.to_us && r.tn_us == whole.tn_us &&
		     r.text_total == whole.text_total && r.text_bytes == whole.text_bytes &&
		     r.streamed == whole.streamed);
		if (r.text_bytes)
			MUST(!memcmp(text, r.text, r.text_bytes));
	}
	free(text);
	return 0;
}
