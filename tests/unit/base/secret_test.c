#include "base/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void names_that_carry_secrets(void **state)
{
	static const struct {
		const char *name;
		bool secret;
	} rows[] = {
		{"Authorization", true},  {"authorization", true}, {"Proxy-Authorization", true},
		{"Cookie", true},	  {"X-API-Key", true},	   {"x-goog-api-key", true},
		{"X-Auth-Token", true},	  {"access_token", true},  {"key", true},
		{"Content-Type", false},  {"Accept", false},	   {"X-Trace", false},
		{"monkey", false},	  {"", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (secret_name(rows[i].name, strlen(rows[i].name)) != rows[i].secret)
			fail_msg("%s", rows[i].name);
}

static void urls_lose_passwords_and_keys(void **state)
{
	static const struct {
		const char *url, *shown;
	} rows[] = {
		{"http://h:8080/a?b=c", "http://h:8080/a?b=c"},
		{"http://u:p@h/", "http://u:[redacted]@h/"},
		{"http://u:p@q@h/a@b", "http://u:[redacted]@h/a@b"},
		{"http://token@h", "http://[redacted]@h"},
		{"u:p@proxy:3128", "u:[redacted]@proxy:3128"},
		{"proxy:3128", "proxy:3128"},
		{"https://h/v1?key=k&q=1&access_token=t#top",
		 "https://h/v1?key=[redacted]&q=1&access_token=[redacted]#top"},
		{"/a?key=k&u=http://x@y", "/a?key=[redacted]&u=http://x@y"},
		{"https://u:p@h?token=a=b&", "https://u:[redacted]@h?token=[redacted]&"},
		{"http://h/?token", "http://h/?token"},
		{"http://u:@h/?key=&token=&b", "http://u:[redacted]@h/?key=[redacted]&token=[redacted]&b"},
		{"http://h/#?key=k", "http://h/#?key=k"},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *shown = secret_url(rows[i].url);

		assert_string_equal(shown, rows[i].shown);
		free(shown);
	}
}

static void headers_lose_their_value(void **state)
{
	static const struct {
		const char *line, *shown;
	} rows[] = {
		{"Authorization: Bearer x", "Authorization: [redacted]"},
		{"cookie:a=b", "cookie: [redacted]"},
		{"X-Trace: Authorization: x", "X-Trace: Authorization: x"},
		{"no colon", "no colon"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *shown = secret_header(rows[i].line);

		assert_string_equal(shown, rows[i].shown);
		free(shown);
	}
}

static void json_loses_the_text_behind_such_names(void **state)
{
	static const struct {
		const char *json, *shown;
	} rows[] = {
		{"{\"password\": \"p\", \"a\": 1}", "{\"password\": \"[redacted]\", \"a\": 1}"},
		{"{\"a\":{\"API_Key\" :\n\"k\\\"k\\\\\"},\"token\":\"t\"}",
		 "{\"a\":{\"API_Key\" :\n\"[redacted]\"},\"token\":\"[redacted]\"}"},
		{"{\"max_tokens\": 128, \"secret\": null}", "{\"max_tokens\": 128, \"secret\": null}"},
		{"{\"text\": \"my password is: x\"}", "{\"text\": \"my password is: x\"}"},
		{"{\"text\": \"say {\\\"password\\\": \\\"p\\\"} now\", \"b\": \"c\"}",
		 "{\"text\": \"say {\\\"password\\\": \\\"[redacted]\\\"} now\", \"b\": \"c\"}"},
		/* Cut off in the middle; not JSON; nothing. */
		{"{\"token\": \"abc", "{\"token\": \"[redacted]"},
		{"{\"token\": \"abc\\", "{\"token\": \"[redacted]"},
		{"{\"token\":", "{\"token\":"},
		{"{\"token", "{\"token"},
		{"\"\"\"::\"", "\"\"\"::\""},
		{"{\"password\": \"\"}", "{\"password\": \"[redacted]\"}"},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *json = rows[i].json, *from, *s;
		char shown[512] = "";
		size_t n;

		/* Its end is no terminator. */
		char *copy = malloc(strlen(json) ? strlen(json) : 1);

		memcpy(copy, json, strlen(json));
		from = copy;
		while ((s = secret_in_json(copy, strlen(json), from, &n))) {
			strncat(shown, from, (size_t)(s - from));
			strcat(shown, SECRET_SHOWN);
			from = s + n;
		}
		strncat(shown, from, (size_t)(copy + strlen(json) - from));
		assert_string_equal(shown, rows[i].shown);
		free(copy);
	}
}

static void bodies_lose_the_fields_of_forms_too(void **state)
{
	static const struct {
		const char *body, *shown;
	} rows[] = {
		{"user=u&password=p4ss&x=1", "user=u&password=[redacted]&x=1"},
		{"api_key=k1&token=k2", "api_key=[redacted]&token=[redacted]"},
		{"max_token_count=&a=b", "max_token_count=&a=b"},
		{"{\"url\": \"/x?a=b&token=abc\", \"password\": \"p\"}",
		 "{\"url\": \"/x?a=b&token=[redacted]\", \"password\": \"[redacted]\"}"},
		{"let my token = 5 be", "let my token = 5 be"},
		{"a=b", "a=b"}, {"=", "="}, {"token=", "token="}, {"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *copy = strdup(rows[i].body), *shown = secret_body(copy);

		assert_string_equal(shown, rows[i].shown);
		free(shown);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_loses_the_text_behind_such_names),
		cmocka_unit_test(bodies_lose_the_fields_of_forms_too),
		cmocka_unit_test(names_that_carry_secrets),
		cmocka_unit_test(urls_lose_passwords_and_keys),
		cmocka_unit_test(headers_lose_their_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
