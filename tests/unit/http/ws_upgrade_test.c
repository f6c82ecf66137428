#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../../src/http/ws_upgrade.h"

static const char *const none[] = {NULL};
static const char *const chat[] = {"Sec-WebSocket-Protocol: soap, chat", NULL};

#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
#define GOOD "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"

/* The example of RFC 6455, section 1.3. */
static void keys(void **state)
{
	char key[WS_KEY_BYTES], accept[WS_ACCEPT_BYTES];
	const uint8_t random[16] = "the sample nonce";

	(void)state;
	ws_key_make(random, key);
	assert_string_equal(key, "dGhlIHNhbXBsZSBub25jZQ==");
	ws_key_accept(key, accept);
	assert_string_equal(accept, ACCEPT);
}

static void requests(void **state)
{
	static const char *const own[] = {
		"Host: other", "connection: close", "Content-Type: application/json",
		"Sec-WebSocket-Protocol: chat", "Sec-WebSocket-Extensions: permessage-deflate",
		"authorization: Bearer t", "x-request-id: mine", "X-Empty:", NULL};
	struct ws_request q = {
		.target = "/ws?a=1", .host = "h:81", .key = "KEY", .user_agent = "brunt/1",
		.user_password = "aladdin:open sesame", .request_id = "X-Request-ID: r1",
		.header = none};
	char *text = ws_request_text(&q);

	(void)state;
	assert_string_equal(text,
			    "GET /ws?a=1 HTTP/1.1\r\nHost: h:81\r\nUpgrade: websocket\r\n"
			    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
			    "Sec-WebSocket-Key: KEY\r\nUser-Agent: brunt/1\r\n"
			    "Authorization: Basic YWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"
			    "X-Request-ID: r1\r\n\r\n");
	free(text);
	q.header = own;
	q.target = "";
	text = ws_request_text(&q);
	assert_string_equal(text,
			    "GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
			    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: KEY\r\n"
			    "User-Agent: brunt/1\r\nHost: other\r\n"
			    "Sec-WebSocket-Protocol: chat\r\nauthorization: Bearer t\r\n"
			    "x-request-id: mine\r\nX-Empty:\r\n\r\n");
	free(text);
}

static void answers(void **state)
{
	static const struct {
		const char *text;
		const char *const *header;
		enum ws_answer_state state;
		int status;
		const char *problem;
	} table[] = {
		{GOOD "Sec-WebSocket-Accept: " ACCEPT "\r\n\r\n", none, WS_ANSWER_HEAD, 101, NULL},
		{"HTTP/1.1 101\nUPGRADE:WebSocket\nConnection: keep-alive , upgrade\n"
		 "sec-websocket-accept:  " ACCEPT " \n\n", none, WS_ANSWER_HEAD, 101, NULL},
		{"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" GOOD "Sec-WebSocket-Accept: " ACCEPT
		 "\r\n\r\n", none, WS_ANSWER_HEAD, 101, NULL},
		{GOOD "Sec-WebSocket-Accept: " ACCEPT "\r\nSec-WebSocket-Protocol: chat\r\n\r\n",
		 chat, WS_ANSWER_HEAD, 101, NULL},
		{GOOD "Sec-WebSocket-Accept: " ACCEPT "\r\nSec-WebSocket-Protocol: Chat\r\n\r\n",
		 chat, WS_ANSWER_HEAD, 101, "subprotocol"},
		{GOOD "Sec-WebSocket-Accept: " ACCEPT "\r\nSec-WebSocket-Protocol: chat\r\n\r\n",
		 none, WS_ANSWER_HEAD, 101, "subprotocol"},
		{GOOD "Sec-WebSocket-Accept: " ACCEPT
		 "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
		 none, WS_ANSWER_HEAD, 101, "extension"},
		{GOOD "Sec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n", none,
		 WS_ANSWER_HEAD, 101, "wrong Sec-WebSocket-Accept"},
		{GOOD "Sec-WebSocket-Accept: " ACCEPT "\r\nSec-WebSocket-Accept: " ACCEPT
		 "\r\n\r\n", none, WS_ANSWER_HEAD, 101, "wrong Sec-WebSocket-Accept"},
		{GOOD "\r\n", none, WS_ANSWER_HEAD, 101, "no Sec-WebSocket-Accept"},
		{"HTTP/1.1 101 S\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " ACCEPT "\r\n\r\n",
		 none, WS_ANSWER_HEAD, 101, "lacks"},
		{"HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: upgrades\r\n"
		 "Sec-WebSocket-Accept: " ACCEPT "\r\n\r\n", none, WS_ANSWER_HEAD, 101, "lacks"},
		{"HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nno!", none, WS_ANSWER_HEAD, 404,
		 "does not change"},
		{"HTTP/1.0 200\r\n\r\n", none, WS_ANSWER_HEAD, 200, "does not change"},
		{"HTTP/1.1 101 S\r\nUpgrade websocket\r\n\r\n", none, WS_ANSWER_BAD, 101, "broken"},
		{"HTTP/1.1 101 S\r\nUpgrade : websocket\r\n\r\n", none, WS_ANSWER_BAD, 101, "broken"},
		{"HTTP/1.1 101 S\r\nA: b\r\n folded\r\n\r\n", none, WS_ANSWER_BAD, 101, "broken"},
		{"HTTP/1.1 1000 S\r\n\r\n", none, WS_ANSWER_BAD, 0, "not HTTP"},
		{"HTTP/1.1 099 S\r\n\r\n", none, WS_ANSWER_BAD, 0, "not HTTP"},
		{"HTTP/1.1  101\r\n\r\n", none, WS_ANSWER_BAD, 0, "not HTTP"},
		{"HTTP/2 101 S\r\n\r\n", none, WS_ANSWER_BAD, 0, "not HTTP"},
		{"\r\n\r\n", none, WS_ANSWER_BAD, 0, "not HTTP"},
		{"SSH-2.0", none, WS_ANSWER_BAD, 0, "not HTTP"},
		{"", none, WS_ANSWER_MORE, 0, NULL},
		{"HTTP/1.1 100 C\r\n\r\n", none, WS_ANSWER_MORE, 0, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		size_t n = strlen(table[i].text);
		struct ws_answer a = {0};
		enum ws_answer_state got =
			ws_answer_read(table[i].text, n, ACCEPT, table[i].header, &a);

		if (got != table[i].state || a.status != table[i].status ||
		    !a.problem != !table[i].problem ||
		    (a.problem && !strstr(a.problem, table[i].problem)))
			fail_msg("row %zu: %d, status %u, %s", i, (int)got, a.status,
				 a.problem ? a.problem : "no problem");
		/* Before the head is all there it is no answer, or at once a bad one. */
		for (size_t cut = 0; got == WS_ANSWER_HEAD && cut < a.head_bytes; cut++) {
			char *part = malloc(cut + 1); /* so that reading too far is seen */
			struct ws_answer b;

			memcpy(part, table[i].text, cut);
			assert_int_equal(ws_answer_read(part, cut, ACCEPT, table[i].header, &b),
					 WS_ANSWER_MORE);
			free(part);
		}
	}
}

static void lines_and_length(void **state)
{
	static const char text[] = "HTTP/1.1 100 C\r\nX: 1\r\n\r\nHTTP/1.1 404 No\r\nA: b\r\n"
				   "Content-Length: 12\n\r\nnot a: line\r\n";
	struct ws_answer a;
	const char *line;
	size_t at, n;

	(void)state;
	assert_int_equal(ws_answer_read(text, sizeof text - 1, "", none, &a), WS_ANSWER_HEAD);
	assert_int_equal(a.content_bytes, 12);
	assert_string_equal(text + a.head_bytes, "not a: line\r\n");
	at = a.lines_at;
	line = ws_answer_line(text, a.head_bytes, &at, &n);
	assert_true(n == 4 && !memcmp(line, "A: b", n));
	line = ws_answer_line(text, a.head_bytes, &at, &n);
	assert_true(n == 18 && !memcmp(line, "Content-Length: 12", n));
	assert_null(ws_answer_line(text, a.head_bytes, &at, &n));
}

static void a_head_without_end(void **state)
{
	char *text = malloc(WS_HEAD_MAX);
	struct ws_answer a;

	(void)state;
	memset(text, 'x', WS_HEAD_MAX);
	memcpy(text, "HTTP/1.1 101 S\r\n", 16);
	assert_int_equal(ws_answer_read(text, WS_HEAD_MAX - 1, "", none, &a), WS_ANSWER_MORE);
	assert_int_equal(ws_answer_read(text, WS_HEAD_MAX, "", none, &a), WS_ANSWER_BAD);
	assert_non_null(strstr(a.problem, "too long"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys),
		cmocka_unit_test(requests),
		cmocka_unit_test(answers),
		cmocka_unit_test(lines_and_length),
		cmocka_unit_test(a_head_without_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
