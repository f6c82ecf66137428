/* WebSockets, frame by frame, by hand. */
#include "events.h"

#include "../../../src/serve/ws.h"

#define UPGRADE_HEAD                                                                      \
	"GET /ws/chat HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\n"         \
	"Upgrade: WebSocket\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define UPGRADE UPGRADE_HEAD KEY "Sec-WebSocket-Version: 13\r\n\r\n"

enum { TEXT = 1, BINARY = 2, CONTINUED = 0, CLOSE = 8, PING = 9, PONG = 10, FINAL = 0x80 };

static struct client client;
static unsigned char input[1 << 20];
static size_t input_bytes;

struct frame {
	int opcode;
	bool final;
	char text[65536];
	size_t bytes;
};

static struct frame frame;

static void send_bytes(const void *data, size_t bytes)
{
	const char *from = data;

	while (bytes > 0) {
		ssize_t sent = send(client.fd, from, bytes, MSG_NOSIGNAL);

		assert_true(sent > 0);
		from += sent;
		bytes -= (size_t)sent;
	}
}

/* As a client has to: masked. */
static size_t make_frame(unsigned char *out, int first, const void *data, size_t bytes)
{
	static const unsigned char mask[4] = {0x12, 0xfe, 0x00, 0x77};
	size_t n = 0;

	out[n++] = (unsigned char)first;
	if (bytes < 126) {
		out[n++] = (unsigned char)(0x80 | bytes);
	} else if (bytes < 65536) {
		out[n++] = 0x80 | 126;
		out[n++] = (unsigned char)(bytes >> 8);
		out[n++] = (unsigned char)bytes;
	} else {
		out[n++] = 0x80 | 127;
		for (int shift = 56; shift >= 0; shift -= 8)
			out[n++] = (unsigned char)((uint64_t)bytes >> shift);
	}
	memcpy(out + n, mask, 4);
	n += 4;
	for (size_t i = 0; i < bytes; i++)
		out[n + i] = ((const unsigned char *)data)[i] ^ mask[i % 4];
	return n + bytes;
}

static void send_frame(int first, const void *data, size_t bytes)
{
	unsigned char *out = malloc(bytes + 16);

	send_bytes(out, make_frame(out, first, data, bytes));
	free(out);
}

static void say(const char *text)
{
	send_frame(FINAL | TEXT, text, strlen(text));
}

static bool fill(void)
{
	ssize_t got = recv(client.fd, input + input_bytes, sizeof input - input_bytes, 0);

	if (got < 0 && errno == ECONNRESET)
		return false;
	assert_true(got >= 0);
	input_bytes += (size_t)got;
	return got > 0;
}

/* False at the end of the connection. */
static bool next_frame(void)
{
	size_t head = 2, bytes;

	for (;;) {
		if (input_bytes >= 2) {
			assert_int_equal(input[1] & 0x80, 0); /* a server does not mask */
			bytes = input[1];
			if (bytes == 126)
				head = 4;
			assert_true(bytes != 127);
			if (input_bytes >= head) {
				if (head == 4)
					bytes = (size_t)(input[2] << 8 | input[3]);
				if (input_bytes >= head + bytes)
					break;
			}
		}
		if (!fill())
			return false;
	}
	frame.opcode = input[0] & 0x0f;
	frame.final = input[0] & 0x80;
	assert_int_equal(input[0] & 0x70, 0);
	frame.bytes = bytes;
	assert_true(bytes < sizeof frame.text);
	memcpy(frame.text, input + head, bytes);
	frame.text[bytes] = '\0';
	input_bytes -= head + bytes;
	memmove(input, input + head + bytes, input_bytes);
	return true;
}

static void expect(int opcode)
{
	assert_true(next_frame());
	assert_int_equal(frame.opcode, opcode);
	assert_true(frame.final);
}

/* 0: without a code. */
static void expect_close(int code)
{
	expect(CLOSE);
	if (code == 0) {
		assert_int_equal(frame.bytes, 0);
		return;
	}
	assert_true(frame.bytes >= 2);
	assert_int_equal((unsigned char)frame.text[0] << 8 | (unsigned char)frame.text[1], code);
}

static void shake_hands(const char *with)
{
	char *end;

	client_open(&client);
	input_bytes = 0;
	client_send(&client, with);
	do {
		assert_true(fill());
		input[input_bytes] = '\0';
		end = strstr((char *)input, "\r\n\r\n");
	} while (!end);
	assert_memory_equal(input, "HTTP/1.1 101 ", 13);
	/* RFC 6455, 1.3 */
	assert_non_null(strstr((char *)input,
			       "\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
	assert_non_null(strstr((char *)input, "\r\nUpgrade: websocket\r\n"));
	assert_non_null(strstr((char *)input, "\r\nConnection: Upgrade\r\n"));

	size_t head = (size_t)(end + 4 - (char *)input);

	input_bytes -= head;
	memmove(input, input + head, input_bytes);
}

static void open_socket(double speed)
{
	begin(8, speed);
	shake_hands(UPGRADE);
}

static int close_all(void **state)
{
	client_close(&client);
	return teardown(state);
}

/* Messages up to [DONE]; how many before it. */
static int take_answer(void)
{
	int messages = 0;

	for (;;) {
		expect(TEXT);
		if (strcmp(frame.text, "[DONE]") == 0)
			return messages;
		messages++;
	}
}

#define ASK "{" HELLO ",\"max_tokens\":4,\"ignore_eos\":true}"

static void the_key_is_answered_as_the_rfc_says(void **state)
{
	static const char *const bad[] = {
		"", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ===",
		"dGhlIHNhbXBsZSBub25jZQAA", "dGhlIHNhbXBsZSBub25j*Q==", "========================"};
	char out[SERVE_WS_ACCEPT_BYTES];

	(void)state;
	assert_int_equal(ws_accept_key("dGhlIHNhbXBsZSBub25jZQ==", out), 0);
	assert_string_equal(out, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(ws_accept_key(bad[i], out), -1);
}

static void answers_come_event_by_event(void **state)
{
	char text[512] = "";
	cJSON *json;

	(void)state;
	open_socket(1000);
	say("{" HELLO ",\"model\":\"m\",\"max_tokens\":4,\"ignore_eos\":true,"
	    "\"stream_options\":{\"include_usage\":true}}");
	for (int i = 0; i < 7; i++) {
		expect(TEXT);
		json = json_of(frame.text);
		assert_string_equal(text_at(json, "object"), "chat.completion.chunk");
		if (i == 0)
			assert_string_equal(text_at(json, "choices/0/delta/role"), "assistant");
		else if (i <= 4)
			strcat(text, text_at(json, "choices/0/delta/content"));
		else if (i == 5)
			assert_string_equal(text_at(json, "choices/0/finish_reason"), "length");
		else
			assert_int_equal(number_at(json, "usage/completion_tokens"), 4);
		cJSON_Delete(json);
	}
	expect(TEXT);
	assert_string_equal(frame.text, "[DONE]");
	assert_true(strlen(text) > 4);
	/* And again, and in one piece. */
	say(ASK);
	assert_int_equal(take_answer(), 6);
	say("{\"stream\":false," HELLO "}");
	expect(TEXT);
	json = json_of(frame.text);
	assert_string_equal(text_at(json, "object"), "chat.completion");
	cJSON_Delete(json);
	assert_int_equal(take_answer(), 0);
	/* What is no object is a prompt. */
	say("Tell me more");
	assert_true(take_answer() > 8);
	assert_true(metric("requests_total{path=\"/ws/chat\",status=\"101\"}") == 1);
	assert_true(metric("requests_total{path=\"/ws/chat\",status=\"200\"}") == 4);
}

static void what_cannot_be_answered_is_a_message_too(void **state)
{
	cJSON *json;

	(void)state;
	open_socket(1000);
	say("{\"messages\":[]}");
	expect(TEXT);
	json = json_of(frame.text);
	assert_string_equal(text_at(json, "error/param"), "messages");
	cJSON_Delete(json);
	assert_int_equal(take_answer(), 0);
	say(ASK);
	assert_int_equal(take_answer(), 6);
}

static void a_message_in_fragments_with_a_ping_between(void **state)
{
	static const char text[] = ASK;
	size_t half = sizeof text / 2;

	(void)state;
	open_socket(1000);
	send_frame(TEXT, text, half);
	send_frame(FINAL | PING, "are you there", 13);
	expect(PONG);
	assert_string_equal(frame.text, "are you there");
	send_frame(CONTINUED, "", 0);
	send_frame(FINAL | CONTINUED, text + half, sizeof text - 1 - half);
	assert_int_equal(take_answer(), 6);
	send_frame(FINAL | PONG, "unasked", 7);
	send_frame(FINAL | PING, "", 0);
	expect(PONG);
}

static void frames_may_come_byte_by_byte_or_with_the_request(void **state)
{
	unsigned char bytes[1024];
	size_t head = strlen(UPGRADE), n;

	(void)state;
	begin(8, 1000);
	/* All in one write: the first frame is read along with the request. */
	memcpy(bytes, UPGRADE, head);
	n = make_frame(bytes + head, FINAL | TEXT, ASK, strlen(ASK));
	client_open(&client);
	input_bytes = 0;
	send_bytes(bytes, head + n);
	while (!memmem(input, input_bytes, "\r\n\r\n", 4))
		assert_true(fill());
	head = (size_t)((unsigned char *)memmem(input, input_bytes, "\r\n\r\n", 4) + 4 - input);
	input_bytes -= head;
	memmove(input, input + head, input_bytes);
	assert_int_equal(take_answer(), 6);

	n = make_frame(bytes, FINAL | TEXT, ASK, strlen(ASK));
	for (size_t i = 0; i < n; i++)
		send_bytes(bytes + i, 1);
	assert_int_equal(take_answer(), 6);
}

/* Three requests at once are answered one after the other. */
static void requests_wait_for_each_other(void **state)
{
	(void)state;
	open_socket(1000);
	say(ASK);
	say("{\"messages\":7}");
	say("{" HELLO ",\"max_tokens\":2,\"ignore_eos\":true}");
	assert_int_equal(take_answer(), 6);
	assert_int_equal(take_answer(), 1);
	assert_int_equal(take_answer(), 4);
}

static void too_many_requests_at_once_end_it(void **state)
{
	(void)state;
	open_socket(NEVER);
	for (int i = 0; i < 10; i++)
		say(ASK);
	expect(TEXT); /* the role of the first one */
	expect_close(1008);
	assert_false(next_frame());
}

static void a_close_is_answered_with_its_code(void **state)
{
	(void)state;
	open_socket(1000);
	send_frame(FINAL | CLOSE, "\x03\xe8good bye", 10);
	expect_close(1000);
	assert_false(next_frame());
}

static void what_breaks_the_rules_is_closed_with_the_reason(void **state)
{
	static const struct {
		int first;
		const char *data;
		size_t bytes;
		int code;
	} cases[] = {
		{FINAL | BINARY, "\1\2", 2, 1003},
		{FINAL | TEXT, "\xff\xfe", 2, 1007},
		{FINAL | CONTINUED, "x", 1, 1002},
		{FINAL | 0x40 | TEXT, "x", 1, 1002},
		{FINAL | 3, "x", 1, 1002},
		{PING, "x", 1, 0}, /* control frames are whole */
	};

	(void)state;
	begin(8, 1000);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		shake_hands(UPGRADE);
		send_frame(cases[i].first, cases[i].data, cases[i].bytes);
		expect_close(cases[i].code);
		/* It waits for us to close; nothing else comes. */
		shutdown(client.fd, SHUT_WR);
		assert_false(next_frame());
		client_close(&client);
	}
	shake_hands(UPGRADE);
	send_bytes("\x81\x01x", 3); /* not masked */
	expect_close(1002);
}

static void a_message_over_one_mebibyte_is_refused(void **state)
{
	enum { MIB = 1024 * 1024 };
	char *text = malloc(MIB + 1);

	(void)state;
	open_socket(1000);
	memset(text, 'x', MIB + 1);
	send_frame(FINAL | TEXT, text, MIB);
	assert_true(take_answer() > 2);
	send_frame(FINAL | TEXT, text, MIB + 1);
	expect_close(1009);
	free(text);
}

static void what_is_no_upgrade_is_refused(void **state)
{
	static const struct {
		const char *request;
		int status;
		const char *header;
	} cases[] = {
		{"GET /ws/chat HTTP/1.1\r\n\r\n", 426, "\r\nUpgrade: websocket\r\n"},
		{"GET /ws/chat HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", 426,
		 "\r\nUpgrade: websocket\r\n"},
		{UPGRADE_HEAD KEY "Sec-WebSocket-Version: 8\r\n\r\n", 426,
		 "\r\nSec-WebSocket-Version: 13\r\n"},
		{UPGRADE_HEAD "Sec-WebSocket-Version: 13\r\n\r\n", 400, "400"},
		{UPGRADE_HEAD "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n", 400,
		 "400"},
		{"POST /ws/chat HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", 405, "\r\nAllow: GET\r\n"},
	};

	(void)state;
	begin(8, 1000);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct events events;

		client_open(&client);
		client_send(&client, cases[i].request);
		events_take(&events, &client);
		assert_int_equal(events.status, cases[i].status);
		assert_true(has_header(&events, cases[i].header));
		events_fini(&events);
		if (i + 1 < sizeof cases / sizeof *cases)
			client_close(&client);
	}
}

static void clients_that_leave_free_their_slots(void **state)
{
	(void)state;
	begin(1, NEVER);
	shake_hands(UPGRADE);
	say(ASK);
	wait_health("\"busy\":1");
	client_close(&client);
	wait_health("\"busy\":0");
	shake_hands(UPGRADE);
	say(ASK);
	say(ASK);
	expect(TEXT);
	send_frame(FINAL | CLOSE, "\x03\xe9", 2);
	expect_close(1001);
	assert_false(next_frame());
	client_close(&client);
	wait_health("\"busy\":0,\"waiting\":0");
	shake_hands(UPGRADE); /* for close_all() */
}

static void stopping_says_goodbye(void **state)
{
	(void)state;
	open_socket(20);
	say(ASK);
	expect(TEXT);
	serve_stop(serve);
	/* What is under way is finished first. */
	assert_int_equal(take_answer(), 5);
	expect_close(1001);
	client_close(&client);
	teardown(NULL);

	open_socket(1000);
	say(ASK);
	take_answer();
	serve_stop(serve);
	expect_close(1001);
	assert_false(next_frame());
}

static void faults_show_here_as_well(void **state)
{
	static const struct serve_faults faults[] = {
		{.reject = 1}, {.inband_error = 1}, {.truncate = 1}, {.reset = 1}};

	(void)state;
	for (int i = 0; i < 4; i++) {
		begin_with((struct serve_config){
			.slots = 8, .speed = 1000, .seed = 1, .faults = faults[i]});
		shake_hands(UPGRADE);
		say(ASK);
		if (i == 0) {
			expect(TEXT);
			assert_non_null(strstr(frame.text, "\"code\":429"));
			assert_int_equal(take_answer(), 0);
		} else if (i == 1) {
			assert_int_equal(take_answer(), 1 + 2 + 1);
		} else {
			/* Without a close frame. */
			while (next_frame())
				assert_int_equal(frame.opcode, TEXT);
			assert_string_not_equal(frame.text, "[DONE]");
		}
		if (i < 3) {
			client_close(&client);
			teardown(NULL);
		}
	}
}

#define WS_TEST(name) cmocka_unit_test_teardown(name, close_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_key_is_answered_as_the_rfc_says),
		WS_TEST(answers_come_event_by_event),
		WS_TEST(what_cannot_be_answered_is_a_message_too),
		WS_TEST(a_message_in_fragments_with_a_ping_between),
		WS_TEST(frames_may_come_byte_by_byte_or_with_the_request),
		WS_TEST(requests_wait_for_each_other),
		WS_TEST(too_many_requests_at_once_end_it),
		WS_TEST(a_close_is_answered_with_its_code),
		WS_TEST(what_breaks_the_rules_is_closed_with_the_reason),
		WS_TEST(a_message_over_one_mebibyte_is_refused),
		WS_TEST(what_is_no_upgrade_is_refused),
		WS_TEST(clients_that_leave_free_their_slots),
		WS_TEST(stopping_says_goodbye),
		WS_TEST(faults_show_here_as_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
