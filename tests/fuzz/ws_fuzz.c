/* What a WebSocket server may send: the answer to the upgrade and the frames
 * behind it. The first byte chooses, the second is where the input is cut in two;
 * cut or whole, the same must come of it. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/http/ws_frames.h"
#include "../../src/http/ws_upgrade.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

struct line {
	const uint8_t *in;
	size_t at, upto, bytes;
	uint64_t hash; /* of all messages */
	size_t messages;
};

static ssize_t on_read(void *user, uint8_t *bytes, size_t room)
{
	struct line *l = user;
	size_t n = l->upto - l->at;

	if (!n)
		return l->at == l->bytes ? -1 : 0;
	if (n > room)
		n = room;
	memcpy(bytes, l->in + l->at, n);
	l->at += n;
	return (ssize_t)n;
}

static ssize_t on_write(void *user, const uint8_t *bytes, size_t length)
{
	(void)user;
	(void)bytes;
	return (ssize_t)length;
}

static void on_random(void *user, uint8_t *bytes, size_t length)
{
	(void)user;
	memset(bytes, 0x5a, length);
}

static void on_begin(void *user)
{
	(void)user;
}

static void on_message(void *user, const char *bytes, size_t length)
{
	struct line *l = user;

	if (length > WS_MESSAGE_MAX)
		abort();
	l->messages++;
	for (size_t i = 0; i < length; i++)
		l->hash = (l->hash ^ (uint8_t)bytes[i]) * 0x100000001b3;
	l->hash = (l->hash ^ 0x100) * 0x100000001b3;
}

static enum ws_verdict frames(const uint8_t *data, size_t bytes, size_t cut, struct line *l,
			      struct ws_end *end)
{
	static const struct ws_frames_io io = {on_read, on_write, on_random, on_begin,
					       on_message};
	struct ws_frames *f = ws_frames_new(&io, l);
	enum ws_verdict verdict;

	memset(end, 0, sizeof *end);
	*l = (struct line){.in = data, .bytes = bytes, .upto = cut};
	if (ws_frames_send(f, "ask", 3))
		abort();
	verdict = ws_frames_run(f, end);
	if (verdict == WS_OPEN) {
		if (cut == bytes)
			abort(); /* the input ends there */
		l->upto = bytes;
		verdict = ws_frames_run(f, end);
	}
	if (verdict == WS_OPEN || (verdict == WS_BROKEN && !end->what) ||
	    (verdict == WS_CLOSED && !end->code) || !memchr(end->reason, 0, sizeof end->reason))
		abort();
	ws_frames_free(f);
	return verdict;
}

static void fuzz_frames(const uint8_t *data, size_t bytes, size_t cut)
{
	struct line whole, parts;
	struct ws_end a, b;
	enum ws_verdict at_once = frames(data, bytes, bytes, &whole, &a);
	enum ws_verdict in_two = frames(data, bytes, cut, &parts, &b);

	if (whole.hash != parts.hash || whole.messages != parts.messages)
		abort();
	/* Where the reason of a close comes in two, wslay does not look at the
	 * second half's first bytes when it checks for UTF-8. */
	if (at_once != in_two && at_once != WS_BROKEN && in_two != WS_BROKEN)
		abort();
	if (at_once == in_two && (a.code != b.code || strcmp(a.reason, b.reason)))
		abort();
}

static void fuzz_answer(const char *text, size_t bytes, size_t cut)
{
	static const char *const header[] = {"Sec-WebSocket-Protocol: chat", NULL};
	struct ws_answer a, b;
	enum ws_answer_state whole = ws_answer_read(text, bytes, ACCEPT, header, &a);
	enum ws_answer_state part = ws_answer_read(text, cut, ACCEPT, header, &b);
	const char *line;
	size_t at, n;

	/* What has been decided stays so. */
	if (part != WS_ANSWER_MORE && (part != whole || a.status != b.status))
		abort();
	if (whole == WS_ANSWER_BAD && !a.problem)
		abort();
	if (whole != WS_ANSWER_HEAD)
		return;
	if (a.head_bytes > bytes || a.status < 101 || (a.status != 101 && !a.problem))
		abort();
	if (part == WS_ANSWER_MORE && cut >= a.head_bytes)
		abort();
	for (at = a.lines_at; (line = ws_answer_line(text, a.head_bytes, &at, &n));)
		if (line < text || line + n > text + a.head_bytes || memchr(line, '\n', n))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	uint8_t *copy;
	size_t cut;

	if (bytes < 3)
		return 0;
	/* A copy of its own, so that reading before it is seen, too. */
	copy = malloc(bytes - 2);
	if (!copy)
		abort();
	memcpy(copy, data + 2, bytes - 2);
	cut = data[1] % (bytes - 1);
	if (data[0] & 1)
		fuzz_answer((const char *)copy, bytes - 2, cut);
	else
		fuzz_frames(copy, bytes - 2, cut);
	free(copy);
	return 0;
}
