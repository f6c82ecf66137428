/* A request's body of any bytes is an ask or a refusal; the canonical text of
 * what was read is its own canonical text; tokens put together are the text. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cJSON.h>

#include "base/utf8.h"

#include "../../src/serve/ask.h"
#include "../../src/serve/canon.h"
#include "../../src/serve/tokens.h"
#include "../../src/serve/ws.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void read_as(enum serve_ask_kind kind, const char *text, size_t bytes)
{
	struct serve_refusal why = {0};
	struct serve_ask ask;

	if (serve_ask_read(&ask, kind, "/p", text, bytes, &why) < 0) {
		if (!why.text[0] || strpbrk(why.text, "\"\\\n"))
			abort();
		return;
	}
	if (ask.tokens_in < 1 || ask.turn < 1 || ask.max_tokens == 0 || ask.min_tokens < 0 ||
	    ask.max_tokens > SERVE_TOKENS_MAX || ask.min_tokens > SERVE_TOKENS_MAX)
		abort();
}

static void canonical_twice(const char *text, size_t bytes)
{
	cJSON *body = cJSON_ParseWithLength(text, bytes), *again;
	struct buf once = {0}, twice = {0};

	/* Deeper ones and other bytes are refused before. */
	if (body && bytes < 2000 && utf8_wrong_at(text, bytes) < 0) {
		serve_canon_text(body, &once);
		again = cJSON_ParseWithLength(once.at, once.used);
		if (!again)
			abort();
		serve_canon_text(again, &twice);
		if (once.used != twice.used || memcmp(once.at, twice.at, once.used) != 0)
			abort();
		cJSON_Delete(again);
	}
	buf_fini(&once);
	buf_fini(&twice);
	cJSON_Delete(body);
}

static void cut(const char *text, size_t bytes)
{
	int count = serve_token_count(text, bytes);

	while (bytes > 0) {
		size_t one = serve_token_bytes(text, bytes);

		if (one < 1 || one > bytes)
			abort();
		text += one;
		bytes -= one;
		count--;
	}
	if (count != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	/* Exactly so many bytes, without a NUL behind them. */
	char *text = malloc(bytes + 1), *key, accept[SERVE_WS_ACCEPT_BYTES];

	memcpy(text, data, bytes);
	text = realloc(text, bytes ? bytes : 1);
	read_as(SERVE_ASK_TASK, text, bytes);
	read_as(SERVE_ASK_CHAT, text, bytes);
	read_as(SERVE_ASK_SPOKEN, text, bytes);
	canonical_twice(text, bytes);
	cut(text, bytes);
	key = strndup(text, bytes);
	ws_accept_key(key, accept);
	free(key);
	free(text);
	return 0;
}
