#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "options_table.h"
#include "base/secret.h"

struct line {
	char *text;
	size_t used, room;
};

static void put(struct line *l, const char *s, size_t bytes)
{
	if (l->used + bytes + 1 > l->room) {
		l->room = 2 * (l->used + bytes + 1);
		l->text = xrealloc(l->text, l->room);
	}
	memcpy(l->text + l->used, s, bytes);
	l->used += bytes;
	l->text[l->used] = '\0';
}

/* Bytes that only $'…' can carry through a line of UTF-8 text. */
static bool awkward(const char *s, size_t *bytes)
{
	uint32_t cp;

	*bytes = utf8_decode(s, strlen(s), &cp);
	return (cp == 0xfffd && *bytes == 1) || utf8_width(cp) < 0;
}

static bool is_plain(const char *s)
{
	return *s && !s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789_@%+=:,./-")];
}

static void put_quoted(struct line *l, const char *s)
{
	bool ansi = false;
	size_t n;

	if (is_plain(s)) {
		put(l, s, strlen(s));
		return;
	}
	for (const char *p = s; *p; p += n)
		ansi = awkward(p, &n) || ansi;
	put(l, "$'", 2);
	if (!ansi) {
		l->used -= 2;
		put(l, "'", 1);
	}
	for (; *s; s += n) {
		if (awkward(s, &n)) {
			for (size_t i = 0; i < n; i++) {
				char escape[5];

				snprintf(escape, sizeof escape, "\\%03o", (unsigned char)s[i]);
				put(l, escape, 4);
			}
		} else if (ansi && (*s == '\'' || *s == '\\')) {
			put(l, "\\", 1);
			put(l, s, n);
		} else if (*s == '\'') {
			put(l, "'\\''", 4);
		} else {
			put(l, s, n);
		}
	}
	put(l, "'", 1);
}

static char *without_secret(enum option_secret kind, const char *value)
{
	const char *colon = strchr(value, ':');

	switch (kind) {
	case SECRET_USER:
		return colon ? xasprintf("%.*s:" SECRET_SHOWN, (int)(colon - value), value)
			     : xstrdup(SECRET_SHOWN);
	case SECRET_HEADER_LINE:
		return secret_header(value);
	case SECRET_URL:
		return secret_url(value);
	case SECRET_BODY:
		return secret_body(value);
	case SECRET_NONE:
		break;
	}
	return xstrdup(value);
}

char *options_command_line(enum cli_command command, int argc, char **argv)
{
	struct option_scan scan = {.command = command, .argc = argc, .argv = argv, .next = 1};
	char **shown = xcalloc((size_t)argc + 1, sizeof *shown);
	struct line line = {.text = NULL};

	while (option_scan(&scan, NULL) > 0) {
		enum option_secret kind = scan.row ? scan.row->secret : SECRET_URL;
		const char *arg = argv[scan.at];
		char *value;

		if (!scan.value || kind == SECRET_NONE)
			continue;
		value = without_secret(kind, scan.value);
		free(shown[scan.at]);
		/* What stands before the value in its argument: --name= or -u. */
		shown[scan.at] = xasprintf("%.*s%s", (int)(scan.value - arg), arg, value);
		free(value);
	}
	put(&line, "brunt ", 6);
	put(&line, options_command_name(command), strlen(options_command_name(command)));
	for (int i = 1; i < argc; i++) {
		put(&line, " ", 1);
		put_quoted(&line, shown[i] ? shown[i] : argv[i]);
		free(shown[i]);
	}
	free(shown);
	return line.text;
}
