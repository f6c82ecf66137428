/* What the body of a request asks for. Any thread. */
#ifndef SERVE_ASK_H
#define SERVE_ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SERVE_MODEL_BYTES 128
#define SERVE_TOKENS_MAX 16384 /* of one answer */
#define SERVE_KEY_BYTES 32

struct serve_ask {
	bool chat;   /* has "messages": is answered in chat-completions' shape */
	bool stream, include_usage;
	bool ignore_eos; /* does not end before max_tokens */
	int turn;        /* of its conversation, from 1 */
	int max_tokens, min_tokens;
	uint64_t tokens_in; /* of the prompt: bytes / 4, rounded up; at least 1 */
	char model[SERVE_MODEL_BYTES]; /* as the client calls it */
	unsigned char key[SERVE_KEY_BYTES]; /* of the prompt cache */
};

/* Why not. */
struct serve_refusal {
	const char *param; /* the member it is about, or NULL */
	char text[160];    /* needs no JSON escapes */
};

enum serve_ask_kind {
	SERVE_ASK_TASK,  /* any JSON */
	SERVE_ASK_CHAT,  /* must have messages */
	SERVE_ASK_SPOKEN /* the same; text that is no JSON object is a prompt, and
			  * streaming is the default: WebSocket */
};

/* `path` separates the keys of one path from those of another. */
int serve_ask_read(struct serve_ask *ask, enum serve_ask_kind kind, const char *path,
		   const char *text, size_t bytes, struct serve_refusal *why);

#endif
