#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/secret.h"
#include "scenario/scenario.h"

#define SECRETS_MAX 256 /* each costs a pass over every text that is looked at */

static void add_once(struct scenario *s, char *value)
{
	size_t bytes = strlen(value);
	int at = 0;

	for (int i = 0; i < s->secret_count; i++)
		if (!strcmp(s->secret[i], value))
			bytes = 0;
	if (bytes < SCENARIO_SECRET_MIN || s->secret_count == SECRETS_MAX) {
		free(value);
		return;
	}
	/* One secret may be a part of another. */
	while (at < s->secret_count && strlen(s->secret[at]) >= bytes)
		at++;
	s->secret = xreallocarray(s->secret, (size_t)s->secret_count + 1, sizeof *s->secret);
	memmove(s->secret + at + 1, s->secret + at, (size_t)(s->secret_count - at) * sizeof *s->secret);
	s->secret[at] = value;
	s->secret_count++;
}

void scenario_add_secret(struct scenario *scenario, const char *value)
{
	struct buf json = {0}, url = {0};
	size_t bytes = strlen(value);

	buf_json(&json, value, bytes);
	buf_url(&url, value, bytes);
	add_once(scenario, buf_take(&json, &bytes));
	add_once(scenario, buf_take(&url, &bytes));
	add_once(scenario, xstrdup(value));
}

void scenario_add_url_secrets(struct scenario *scenario, const char *url)
{
	size_t bytes;

	for (const char *s = url; (s = secret_in_url(url, s, &bytes)); s += bytes + 1) {
		char *value = xstrndup(s, bytes);

		scenario_add_secret(scenario, value);
		free(value);
	}
}

void scenario_add_header_secret(struct scenario *scenario, const char *line)
{
	const char *value = strchr(line, ':'), *word;

	if (!value || !secret_name(line, (size_t)(value - line)))
		return;
	value += 1 + strspn(value + 1, " \t");
	word = strchr(value, ' ');
	scenario_add_secret(scenario, value);
	if (word) /* behind "Bearer" */
		scenario_add_secret(scenario, word + 1);
}

void scenario_add_credentials(struct scenario *scenario, const char *user_password)
{
	const char *colon = strchr(user_password, ':');
	size_t bytes = strlen(user_password);
	char *coded = xmalloc(4 * (bytes / 3 + 1) + 1);

	EVP_EncodeBlock((unsigned char *)coded, (const unsigned char *)user_password, (int)bytes);
	scenario_add_secret(scenario, coded);
	free(coded);
	if (colon)
		scenario_add_secret(scenario, colon + 1);
}

static size_t blank(const char *secret, char *text, size_t bytes)
{
	size_t length = strlen(secret), shown = strlen(SECRET_SHOWN), out = 0, i = 0;
	const char *p;

	while (i < bytes && (p = memmem(text + i, bytes - i, secret, length))) {
		size_t before = (size_t)(p - text) - i;

		memmove(text + out, text + i, before);
		out += before;
		i += before + length;
		if (length >= shown) {
			memcpy(text + out, SECRET_SHOWN, shown);
			out += shown;
		} else {
			memset(text + out, '*', length);
			out += length;
		}
	}
	if (i < bytes)
		memmove(text + out, text + i, bytes - i);
	return out + bytes - i;
}

/* Bytes at the text's end that a secret begins with. */
static size_t begun(const char *secret, const char *text, size_t bytes)
{
	size_t n = strlen(secret) - 1;

	for (n = n < bytes ? n : bytes; n >= SCENARIO_SECRET_MIN; n--)
		if (text[bytes - n] == *secret && !memcmp(text + bytes - n, secret, n))
			return n;
	return 0;
}

size_t scenario_redact(const struct scenario *scenario, char *text, size_t bytes)
{
	size_t most = 0;

	for (int i = 0; i < scenario->secret_count; i++)
		bytes = blank(scenario->secret[i], text, bytes);
	for (int i = 0; i < scenario->secret_count; i++) {
		size_t n = begun(scenario->secret[i], text, bytes);

		most = n > most ? n : most;
	}
	memset(text + bytes - most, '*', most);
	return bytes;
}
