#include "ws_upgrade.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "token.h"
#include "wire.h"

/* RFC 6455, 4.2.2 */
#define KEY_GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

void ws_key_make(const uint8_t random[16], char key[WS_KEY_BYTES])
{
	EVP_EncodeBlock((unsigned char *)key, random, 16);
}

void ws_key_accept(const char *key, char accept[WS_ACCEPT_BYTES])
{
	char text[WS_KEY_BYTES + sizeof KEY_GUID];
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned bytes = 0;
	size_t n = strlen(key);

	assert(n < WS_KEY_BYTES);
	memcpy(text, key, n);
	memcpy(text + n, KEY_GUID, sizeof KEY_GUID - 1);
	n += sizeof KEY_GUID - 1;
	accept[0] = '\0';
	/* Only a library without SHA-1 fails; then no answer fits. */
	if (EVP_Digest(text, n, digest, &bytes, EVP_sha1(), NULL) == 1)
		EVP_EncodeBlock((unsigned char *)accept, digest, (int)bytes);
}

/* --- the request --- */

static void add_line(struct buf *t, const char *name, const char *value)
{
	buf_puts(t, name);
	buf_puts(t, value);
	buf_puts(t, "\r\n");
}

static void add_basic_auth(struct buf *t, const char *user_password)
{
	size_t n = strlen(user_password);
	char *coded = xmalloc(4 * (n / 3 + 1) + 1);

	EVP_EncodeBlock((unsigned char *)coded, (const unsigned char *)user_password, (int)n);
	add_line(t, "Authorization: Basic ", coded);
	free(coded);
}

/* The upgrade's own, and what belongs to a body, which there is none of. */
static bool is_ours(const char *header)
{
	static const char *const name[] = {
		"Connection", "Upgrade", "Sec-WebSocket-Key", "Sec-WebSocket-Version",
		"Sec-WebSocket-Extensions", "Content-Length", "Content-Type",
		"Transfer-Encoding", "Expect"};
	const char *const one[] = {header, NULL};

	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		if (wire_has_header(one, name[i]))
			return true;
	return false;
}

char *ws_request_text(const struct ws_request *q)
{
	struct buf t = {0};
	size_t bytes;

	buf_puts(&t, "GET ");
	if (*q->target != '/')
		buf_puts(&t, "/");
	add_line(&t, q->target, " HTTP/1.1");
	if (!wire_has_header(q->header, "Host"))
		add_line(&t, "Host: ", q->host);
	buf_puts(&t, "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n");
	add_line(&t, "Sec-WebSocket-Key: ", q->key);
	if (q->user_agent && !wire_has_header(q->header, "User-Agent"))
		add_line(&t, "User-Agent: ", q->user_agent);
	if (q->user_password && !wire_has_header(q->header, "Authorization"))
		add_basic_auth(&t, q->user_password);
	if (!wire_has_header(q->header, "X-Request-ID"))
		add_line(&t, q->request_id, "");
	for (const char *const *h = q->header; *h; h++)
		if (!is_ours(*h))
			add_line(&t, *h, "");
	buf_puts(&t, "\r\n");
	return buf_take(&t, &bytes);
}

/* --- the answer --- */

struct line {
	const char *bytes;
	size_t length;
};

const char *ws_answer_line(const char *bytes, size_t head_bytes, size_t *at,
			   size_t *line_bytes)
{
	const char *line = bytes + *at;
	const char *end = memchr(line, '\n', head_bytes - *at);

	if (!end)
		return NULL;
	*at = (size_t)(end + 1 - bytes);
	*line_bytes = (size_t)(end - line);
	if (*line_bytes && line[*line_bytes - 1] == '\r')
		--*line_bytes;
	return *line_bytes ? line : NULL;
}

/* "HTTP/1.1 101 …"; 0: it is no status line. */
static uint16_t status_of(const char *line, size_t n)
{
	const char *p = line + 9;

	if (n < 12 || memcmp(line, "HTTP/1.", 7) || line[7] < '0' || line[7] > '9' ||
	    line[8] != ' ' || *p < '1' || *p > '9' || p[1] < '0' || p[1] > '9' ||
	    p[2] < '0' || p[2] > '9' || (n > 12 && p[3] != ' '))
		return 0;
	return (uint16_t)((*p - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0'));
}

/* "Name: value" taken apart; false where it is none. */
static bool take_apart(const char *line, size_t n, struct line *name, struct line *value)
{
	size_t i = 0;

	while (i < n && http_is_token(line[i]))
		i++;
	if (!i || i == n || line[i] != ':' || memchr(line, '\0', n))
		return false;
	*name = (struct line){line, i};
	for (i++; i < n && (line[i] == ' ' || line[i] == '\t');)
		i++;
	while (n > i && (line[n - 1] == ' ' || line[n - 1] == '\t'))
		n--;
	*value = (struct line){line + i, n - i};
	return true;
}

static bool is(const struct line *l, const char *text, bool exactly)
{
	size_t n = strlen(text);

	return l->length == n && !(exactly ? memcmp(l->bytes, text, n) :
					     strncasecmp(l->bytes, text, n));
}

/* Whether the list "a, b" names `item`. */
static bool lists(struct line list, const struct line *item, bool exactly)
{
	while (list.length) {
		const char *comma = memchr(list.bytes, ',', list.length);
		size_t n = comma ? (size_t)(comma - list.bytes) : list.length;
		struct line one = {list.bytes, n};

		while (one.length && (*one.bytes == ' ' || *one.bytes == '\t'))
			one.bytes++, one.length--;
		while (one.length && strchr(" \t", one.bytes[one.length - 1]))
			one.length--;
		if (one.length == item->length &&
		    !(exactly ? memcmp(one.bytes, item->bytes, item->length) :
				strncasecmp(one.bytes, item->bytes, item->length)))
			return true;
		n += comma != NULL;
		list = (struct line){list.bytes + n, list.length - n};
	}
	return false;
}

/* Whether the user's headers ask for this subprotocol. */
static bool asked_for(const char *const *header, const struct line *protocol)
{
	for (; *header; header++) {
		struct line name, value;

		if (take_apart(*header, strlen(*header), &name, &value) &&
		    is(&name, "Sec-WebSocket-Protocol", false) && lists(value, protocol, true))
			return true;
	}
	return false;
}

static int64_t number_of(const struct line *value)
{
	int64_t n = 0;

	for (size_t i = 0; i < value->length; i++) {
		char c = value->bytes[i];

		if (c < '0' || c > '9' || n > INT64_MAX / 10 - 9)
			return -1;
		n = n * 10 + (c - '0');
	}
	return value->length ? n : -1;
}

/* The header lines of the final answer. */
static enum ws_answer_state read_lines(const char *bytes, const char *accept,
				       const char *const *header, struct ws_answer *a)
{
	static const struct line websocket = {"websocket", 9}, upgrade = {"upgrade", 7};
	bool upgrades = false, connection = false, chunked = false;
	const char *wrong = NULL, *line;
	int accepts = 0;
	size_t at = a->lines_at, n;

	while ((line = ws_answer_line(bytes, a->head_bytes, &at, &n))) {
		struct line name, value;

		if (!take_apart(line, n, &name, &value)) {
			a->problem = "the answer to the WebSocket upgrade has a broken header";
			return WS_ANSWER_BAD;
		}
		if (is(&name, "Upgrade", false))
			upgrades |= lists(value, &websocket, false);
		else if (is(&name, "Connection", false))
			connection |= lists(value, &upgrade, false);
		else if (is(&name, "Sec-WebSocket-Accept", false))
			accepts += *accept && is(&value, accept, true) ? 1 : 2;
		else if (is(&name, "Sec-WebSocket-Extensions", false))
			wrong = "the server answers with a WebSocket extension nobody asked for";
		else if (is(&name, "Sec-WebSocket-Protocol", false) && !asked_for(header, &value))
			wrong = "the server answers with a WebSocket subprotocol nobody asked for";
		else if (is(&name, "Content-Length", false))
			a->content_bytes = number_of(&value);
		else if (is(&name, "Transfer-Encoding", false))
			chunked = true;
	}
	if (chunked)
		a->content_bytes = -1;
	if (a->status != 101)
		a->problem = "the server does not change to WebSocket";
	else if (!upgrades || !connection)
		a->problem = "the answer to the WebSocket upgrade lacks Upgrade or Connection";
	else if (accepts != 1)
		a->problem = accepts ? "wrong Sec-WebSocket-Accept in the answer to the upgrade" :
				       "no Sec-WebSocket-Accept in the answer to the upgrade";
	else
		a->problem = wrong;
	return WS_ANSWER_HEAD;
}

/* Where the head that begins at `at` ends; 0: not yet. */
static size_t head_end(const char *bytes, size_t length, size_t at)
{
	while (at < length) {
		const char *end = memchr(bytes + at, '\n', length - at);

		if (!end)
			return 0;
		at = (size_t)(end + 1 - bytes);
		if (at < length && bytes[at] == '\n')
			return at + 1;
		if (at + 1 < length && bytes[at] == '\r' && bytes[at + 1] == '\n')
			return at + 2;
	}
	return 0;
}

enum ws_answer_state ws_answer_read(const char *bytes, size_t length, const char *accept,
				    const char *const *header, struct ws_answer *a)
{
	size_t start = 0;

	for (;;) {
		size_t at = start, n = 0;
		const char *line, *known = "HTTP/1.";

		*a = (struct ws_answer){.content_bytes = -1};
		/* Something else is told at once, not when a head has ended. */
		for (; n < 7 && start + n < length; n++)
			if (bytes[start + n] != known[n])
				goto not_http;
		a->head_bytes = head_end(bytes, length, start);
		if (!a->head_bytes) {
			if (length < WS_HEAD_MAX)
				return WS_ANSWER_MORE;
			a->problem = "the head of the answer to the WebSocket upgrade is too long";
			return WS_ANSWER_BAD;
		}
		line = ws_answer_line(bytes, a->head_bytes, &at, &n);
		a->status = line ? status_of(line, n) : 0;
		if (!a->status)
			goto not_http;
		a->lines_at = at;
		if (a->status >= 200 || a->status == 101)
			return read_lines(bytes, accept, header, a);
		start = a->head_bytes;
	}
not_http:
	a->status = 0;
	a->problem = "the answer is not HTTP";
	return WS_ANSWER_BAD;
}
