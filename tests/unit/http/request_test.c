#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "http/request.h"

static void headers_are_checked(void **state)
{
	static const char *const good[] = {"A: b", "X-Request-ID:1", "A:", "a!#$%&'*+-.^_`|~9: \t\xc3\xa9"};
	static const char *const bad[] = {"", "A", ": b", "A b: c", "A : b", "A: b\r\nC: d",
					  "A: \x01", "A: \x7f", "\xc3\xa9: b", "A(: b"};
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_int_equal(http_header_check(good[i], &err), 0);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		err.text[0] = '\0';
		assert_int_equal(http_header_check(bad[i], &err), -1);
		assert_non_null(strstr(err.text, "header \""));
		assert_null(strpbrk(err.text, "\r\n\x01\x7f"));
	}
}

static void urls_are_checked(void **state)
{
	static const char *const good[] = {
		"http://localhost", "https://h/", "HTTP://h:80/a?b=c#d", "http://[::1]:8080/",
		"http://u:p@h/", "http://127.0.0.1:65535/../x", "ws://h/ws", "WSS://h:443/?a",
	};
	static const struct {
		const char *url, *says;
	} bad[] = {
		{"", "expected http://"},
		{"localhost:8080", "expected http://"},
		{"ftp://h/", "expected http://"},
		{"http://", "there is no host"},
		{"http:///path", "there is no host"},
		{"http://:80/", "there is no host"},
		{"http://h:99999/", "1 to 65535"},
		{"ws://h:0x/", "1 to 65535"},
		{"wss://", "there is no host"},
		{"wsx://h", "ws://HOST"},
		{"http://h:x/", "1 to 65535"},
		{"http://h/a b", "%XX"},
		{"http://h/a\nb", "%XX"},
		{"http://[::1/", "URL"},
	};
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_int_equal(http_url_check(good[i], &err), 0);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(http_url_check(bad[i].url, &err), -1);
		if (!strstr(err.text, bad[i].says))
			fail_msg("%s: %s", bad[i].url, err.text);
		assert_null(strchr(err.text, '\n'));
	}
}

static void urls_are_joined(void **state)
{
	static const char *const table[][3] = {
		{"http://h", "/a", "http://h/a"},   {"http://h/", "/a", "http://h/a"},
		{"http://h/", "a", "http://h/a"},   {"http://h", "a", "http://h/a"},
		{"http://h//", "//a", "http://h/a"}, {"http://h/v1", "/a?b", "http://h/v1/a?b"},
		{"http://h", "/", "http://h/"},     {"http://h/x", "", "http://h/x"},
		{"http://h", "https://o/a", "https://o/a"},
		{"ws://h", "/ws", "ws://h/ws"},     {"http://h", "wss://o/a", "wss://o/a"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		char *url = http_url_join(table[i][0], table[i][1]);

		assert_string_equal(url, table[i][2]);
		free(url);
	}
}

static void fini_frees_everything(void **state)
{
	struct http_request q = {.method = xstrdup("GET"), .url = xstrdup("http://h"),
				 .header = xcalloc(2, sizeof(char *)), .body = xstrdup("x"),
				 .body_bytes = 1};
	struct http_request empty = {0};

	(void)state;
	q.header[0] = xstrdup("A: b");
	http_request_fini(&q);
	assert_null(q.header);
	http_request_fini(&q);
	http_request_fini(&empty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_are_checked),
		cmocka_unit_test(urls_are_checked),
		cmocka_unit_test(urls_are_joined),
		cmocka_unit_test(fini_frees_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
