/* Texts of others: as they are shown, grouped, looked through for secrets, read for how long
 * to wait, and taken as a recorded command line or change of the mix. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/http/retry_after.h"
#include "../../src/run/message_key.h"
#include "base/secret.h"
#include "base/utf8.h"
#include "cli/from.h"
#include "load/mix.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void shown(const char *text, size_t bytes, size_t room)
{
	char *out = malloc(room);
	size_t n;

	utf8_clean(text, bytes, out, room);
	n = strlen(out);
	must(n < room && utf8_wrong_at(out, n) < 0 && !strpbrk(out, "\n\r\t\x1b\x7f") && utf8_cells(out) >= 0);
	n = utf8_clean_lines(text, bytes, out, room);
	must(n <= room && utf8_wrong_at(out, n) < 0); /* not terminated */
	for (size_t i = 0; i < n; i++)
		must(out[i] == '\n' || (unsigned char)out[i] >= 0x20);
	free(out);
}

static void grouped(const char *text, size_t bytes)
{
	char *key = malloc(bytes ? bytes : 1);

	must(message_key(text, bytes, key) <= bytes);
	free(key);
}

static void looked_through(const char *text, size_t bytes)
{
	static const char *(*const looks[])(const char *, size_t, const char *, size_t *) = {
		secret_in_json, secret_in_form, secret_in_body,
	};

	for (int i = 0; i < 3; i++) {
		const char *from = text, *s;
		size_t n;

		while ((s = looks[i](text, bytes, from, &n))) {
			must(s >= from && s + n <= text + bytes && s + n > text);
			from = s + n;
		}
	}
}

/* Terminated. */
static void as_words(const char *line)
{
	static char *const name[] = {(char *)"a", (char *)"a b", (char *)"task"};
	char *word = malloc(strlen(line) + 1), *copy;
	const char *at = line;
	struct mix mix;

	while (*at) {
		const char *next = from_word(at, word);

		must(next > at && next <= line + strlen(line));
		must(strlen(word) <= (size_t)(next - at));
		at = next;
	}
	free(word);
	mix_init(&mix, NULL, 3);
	mix_read(&mix, line, strlen(line), name);
	must(mix.solo >= -1 && mix.solo < 3);
	must(mix_sends(&mix, 0) || mix_sends(&mix, 1) || mix_sends(&mix, 2));
	copy = secret_url(line);
	/* What has been blanked once has no more to be. */
	word = secret_url(copy);
	must(!strcmp(word, copy));
	free(word);
	free(copy);
	free(secret_header(line));
	free(secret_body(line));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	char *text, *line;
	int64_t ns;

	if (bytes < 2)
		return 0;
	/* Not terminated. */
	text = malloc(bytes - 1);
	memcpy(text, data + 1, bytes - 1);
	line = strndup(text, bytes - 1);
	shown(text, bytes - 1, 1 + data[0]);
	grouped(text, bytes - 1);
	looked_through(text, bytes - 1);
	ns = retry_after_ns(text, bytes - 1, INT64_C(1795000000) * 1000000000);
	must(ns >= -1 && ns <= INT64_C(366) * 86400 * 1000000000);
	as_words(line);
	free(text);
	free(line);
	return 0;
}
