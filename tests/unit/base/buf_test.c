#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void holds(struct buf *buf, const char *wanted)
{
	assert_int_equal(buf->used, strlen(wanted));
	assert_memory_equal(buf->at, wanted, buf->used);
	buf->used = 0;
}

static void what_is_added_stands_in_order(void **state)
{
	struct buf buf = {0};

	(void)state;
	buf_add(&buf, NULL, 0);
	assert_null(buf.at);
	buf_puts(&buf, "a");
	buf_printf(&buf, "%s-%d", "b", 7);
	buf_number(&buf, 0);
	buf_number(&buf, UINT64_MAX);
	holds(&buf, "ab-7018446744073709551615");
	for (int i = 0; i < 1000; i++)
		buf_printf(&buf, "%03d", i);
	assert_int_equal(buf.used, 3000);
	assert_memory_equal(buf.at + 2997, "999", 3);
	buf_fini(&buf);
	assert_null(buf.at);
}

static void memory_stays_when_it_is_emptied(void **state)
{
	struct buf buf = {0};
	size_t room;
	char *at;

	(void)state;
	buf_reserve(&buf, 5000);
	at = buf.at;
	room = buf.room;
	for (int i = 0; i < 3; i++) {
		buf.used = 0;
		memset(buf_reserve(&buf, room), 'x', room);
		buf.used = room;
		assert_ptr_equal(buf.at, at);
		assert_int_equal(buf.room, room);
	}
	buf_fini(&buf);
}

static void json_at_every_place_of_eight_bytes(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{"\"", "\\\""},	 {"\\", "\\\\"},	    {"\n", "\\n"},
		{"\x1f", "\\u001f"}, {"\x7f", "\x7f"}, {"\xc3\xa9", "\xc3\xa9"},
		{"\xff", "\xef\xbf\xbd"}, {"\xef\xbf\xbd", "\xef\xbf\xbd"},
		{"\xc3", "\xef\xbf\xbd"},
	};
	static const char around[] = "abcdefghijklmnopqrstuvwxyz";
	struct buf buf = {0};

	(void)state;
	for (size_t row = 0; row < sizeof rows / sizeof *rows; row++)
		for (int before = 0; before < 20; before++) {
			char in[64], out[64];

			snprintf(in, sizeof in, "%.*s%s%s", before, around, rows[row].in, around);
			snprintf(out, sizeof out, "%.*s%s%s", before, around, rows[row].out, around);
			buf_json(&buf, in, strlen(in));
			holds(&buf, out);
		}
	buf_json(&buf, "a\0b", 3);
	holds(&buf, "a\\u0000b");
	buf_fini(&buf);
}

static void urls_and_headers(void **state)
{
	struct buf buf = {0};

	(void)state;
	buf_url(&buf, "aZ09-._~ /?&=%\xc3\xa9\0", 17);
	holds(&buf, "aZ09-._~%20%2F%3F%26%3D%25%C3%A9%00");
	buf_header(&buf, "a\r\nX: b\t\x7f\xc3\xa9", 11);
	holds(&buf, "a  X: b  \xc3\xa9");
	buf_fini(&buf);
}

static void taken_text_is_terminated_and_gone(void **state)
{
	struct buf buf = {0};
	size_t bytes;
	char *text;

	(void)state;
	buf_puts(&buf, "all of it");
	text = buf_take(&buf, &bytes);
	assert_string_equal(text, "all of it");
	assert_int_equal(bytes, 9);
	assert_null(buf.at);
	assert_int_equal(buf.used, 0);
	free(text);
	text = buf_take(&buf, &bytes);
	assert_string_equal(text, "");
	assert_int_equal(bytes, 0);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_added_stands_in_order),
		cmocka_unit_test(memory_stays_when_it_is_emptied),
		cmocka_unit_test(json_at_every_place_of_eight_bytes),
		cmocka_unit_test(urls_and_headers),
		cmocka_unit_test(taken_text_is_terminated_and_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
