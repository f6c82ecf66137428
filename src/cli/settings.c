#include "cli/settings.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/near.h"
#include "base/utf8.h"
#include "ui/glyphs.h"
#include "ui/term.h"
#include "ui/theme.h"

#define FILE_MAX_BYTES (64 * 1024)
#define KEYS_EXPECTED "theme, color, glyphs, step or mouse"

/* ---- one value ---- */

static int take_word(const char *value, const char *const *words, int first, int *out, const char *expected, struct err *err)
{
	struct near near = near_to(value, strlen(value));
	char said[NEAR_SAID];

	for (int i = 0; words[i]; i++)
		if (!strcmp(value, words[i])) {
			*out = first + i;
			return 0;
		}
	near_offer_list(&near, expected);
	return err_set(err, "\"%.40s\" is unknown; %s", value, near_or(&near, said, "expected %s", expected));
}

static int take_theme(const char *value, struct settings *s, struct err *err)
{
	struct theme theme;

	if (strlen(value) >= sizeof s->theme)
		return err_set(err, "too long a name");
	if (theme_load(value, &theme, err))
		return -1;
	strcpy(s->theme, value);
	return 0;
}

static int take_color(const char *value, struct settings *s, struct err *err)
{
	static const char *const words[] = {"auto", "never", "16", "256", NULL};

	return take_word(value, words, COLOR_AUTO, &s->color, "auto, never, 16 or 256", err);
}

static int take_glyphs(const char *value, struct settings *s, struct err *err)
{
	static const char *const words[] = {"auto", "braille", "block", "ascii", NULL};

	return take_word(value, words, -1, &s->glyphs, "auto, braille, block or ascii", err);
}

static int take_step(const char *value, struct settings *s, struct err *err)
{
	static const char *const words[] = {"1", "5", "10", "50", "100", NULL};
	static const int steps[] = {1, 5, 10, 50, 100};
	int which = 0;

	if (take_word(value, words, 0, &which, "1, 5, 10, 50 or 100", err))
		return -1;
	s->step = steps[which];
	return 0;
}

static int take_mouse(const char *value, struct settings *s, struct err *err)
{
	static const char *const words[] = {"off", "on", NULL};
	int which = 0;

	if (take_word(value, words, 0, &which, "on or off", err))
		return -1;
	s->mouse = which;
	return 0;
}

static const struct {
	const char *name;
	int (*take)(const char *value, struct settings *s, struct err *err);
} keys[] = {{"theme", take_theme}, {"color", take_color}, {"glyphs", take_glyphs}, {"step", take_step}, {"mouse", take_mouse}};
#define KEYS (sizeof keys / sizeof *keys)

/* ---- lines ---- */

/* A line's key and value, trimmed; false: a comment or blank. */
static bool split(const char *line, size_t bytes, char *key, char *value, size_t room)
{
	const char *equals = memchr(line, '=', bytes), *end = line + bytes;
	const char *from, *to;

	while (line < end && isspace((unsigned char)*line))
		line++;
	if (line == end || *line == '#')
		return false;
	to = equals ? equals : end;
	while (to > line && isspace((unsigned char)to[-1]))
		to--;
	utf8_clean(line, (size_t)(to - line), key, room);
	from = equals ? equals + 1 : end;
	while (from < end && isspace((unsigned char)*from))
		from++;
	while (end > from && isspace((unsigned char)end[-1]))
		end--;
	utf8_clean(from, (size_t)(end - from), value, room);
	return true;
}

static int refuse_key(const char *key, struct err *err)
{
	struct near near = near_to(key, strlen(key));
	char said[NEAR_SAID];

	near_offer_list(&near, KEYS_EXPECTED);
	return err_set(err, "unknown key \"%.40s\"; %s", key, near_or(&near, said, "expected " KEYS_EXPECTED));
}

static int take(const char *key, const char *value, struct settings *s, struct err *err)
{
	for (size_t i = 0; i < KEYS; i++)
		if (!strcmp(key, keys[i].name))
			return keys[i].take(value, s, err) ? err_prefix(err, "%s", key) : 0;
	return refuse_key(key, err);
}

/* 0; a file that is not there is empty. */
static int read_file(const char *path, struct buf *out, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	int rc = 0;

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : err_set(err, "%s: %s", path, strerror(errno));
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		rc = err_set(err, "%s: not a file", path);
	while (!rc) {
		ssize_t n = read(fd, buf_reserve(out, 4096), 4096);

		if (n <= 0) {
			rc = n ? err_set(err, "%s: %s", path, strerror(errno)) : 0;
			break;
		}
		out->used += (size_t)n;
		if (out->used > FILE_MAX_BYTES)
			rc = err_set(err, "%s: larger than 64 KiB, so no settings", path);
	}
	close(fd);
	return rc;
}

static void defaults(struct settings *out)
{
	*out = (struct settings){.color = COLOR_AUTO, .glyphs = -1, .step = 1, .mouse = true};
}

int settings_read(const char *path, struct settings *out, struct err *err)
{
	struct buf text = {0};
	int rc = read_file(path, &text, err), number = 0;

	defaults(out);
	for (size_t at = 0, bytes; !rc && at < text.used; at += bytes + 1) {
		const char *line = text.at + at, *end = memchr(line, '\n', text.used - at);
		char key[256], value[256];

		bytes = end ? (size_t)(end - line) : text.used - at;
		number++;
		if (!split(line, bytes, key, value, sizeof key))
			continue;
		if (!memchr(line, '=', bytes))
			rc = err_set(err, "\"%.60s\" is no setting; expected KEY = VALUE", key);
		else
			rc = take(key, value, out, err);
		if (rc)
			err_prefix(err, "%s:%d", path, number);
	}
	buf_fini(&text);
	return rc;
}

/* ---- writing ---- */

/* Without the lines that set `key`. */
static void drop_lines(struct buf *text, const char *key)
{
	size_t kept = 0;

	for (size_t at = 0, bytes; at < text->used; at += bytes) {
		const char *line = text->at + at, *end = memchr(line, '\n', text->used - at);
		char name[256], value[256];

		bytes = end ? (size_t)(end - line) + 1 : text->used - at;
		if (split(line, bytes - !!end, name, value, sizeof name) && !strcmp(name, key))
			continue;
		memmove(text->at + kept, line, bytes);
		kept += bytes;
	}
	text->used = kept;
}

/* $HOME/.config may not be there yet. */
static int make_folders(const char *path, struct err *err)
{
	char *part = xstrdup(path);
	int rc = 0;

	for (char *slash = strchr(part + 1, '/'); slash && !rc; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(part, 0777) && errno != EEXIST)
			rc = err_set(err, "%s: %s", part, strerror(errno));
		*slash = '/';
	}
	free(part);
	return rc;
}

static int replace_file(const char *path, const struct buf *text, struct err *err)
{
	char *part = xasprintf("%s.part-%ld", path, (long)getpid());
	int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	bool good = fd >= 0;
	size_t at = 0;

	while (good && at < text->used) {
		ssize_t n = write(fd, text->at + at, text->used - at);

		good = n > 0;
		at += n > 0 ? (size_t)n : 0;
	}
	good = good && !fsync(fd);
	int said = errno;

	if (fd >= 0 && close(fd) && good) {
		good = false;
		said = errno;
	}
	if (good && rename(part, path)) {
		good = false;
		said = errno;
	}
	if (!good && fd >= 0)
		unlink(part);
	free(part);
	return good ? 0 : err_set(err, "%s: %s", path, strerror(said));
}

int settings_set(const char *path, const char *const *assignment, int count, struct err *err)
{
	struct buf text = {0};
	struct settings now;
	int rc = read_file(path, &text, err);

	defaults(&now);
	for (int i = 0; i < count && !rc; i++) {
		char key[256], value[256];
		const char *equals = strchr(assignment[i], '=');

		if (!equals) {
			rc = err_set(err, "\"%.60s\" is no setting; expected KEY=VALUE", assignment[i]);
			break;
		}
		if (!split(assignment[i], strlen(assignment[i]), key, value, sizeof key))
			*key = *value = '\0';
		/* What is taken away needs a name only. */
		rc = *value ? take(key, value, &now, err) : 0;
		for (size_t k = 0; !rc && !*value; k++) {
			if (k == KEYS)
				rc = refuse_key(key, err);
			else if (!strcmp(keys[k].name, key))
				break;
		}
		if (rc)
			break;
		drop_lines(&text, key);
		if (text.used && text.at[text.used - 1] != '\n')
			buf_puts(&text, "\n");
		if (*value)
			buf_printf(&text, "%s = %s\n", key, value);
	}
	if (!rc)
		rc = make_folders(path, err) ? -1 : replace_file(path, &text, err);
	buf_fini(&text);
	return rc;
}

char *settings_path(void)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (xdg && xdg[0] == '/')
		return xasprintf("%s/brunt/config", xdg);
	if (home && home[0] == '/')
		return xasprintf("%s/.config/brunt/config", home);
	return NULL;
}

void settings_print(const struct settings *s, FILE *out)
{
	static const char *const color[] = {"auto", "never", "16", "256"};

	fprintf(out, "theme = %s\n", *s->theme ? s->theme : "default");
	fprintf(out, "color = %s\n", color[s->color]);
	fprintf(out, "glyphs = %s\n", s->glyphs < 0 ? "auto" : glyph_set_name((enum glyph_set)s->glyphs));
	fprintf(out, "step = %d\n", s->step);
	fprintf(out, "mouse = %s\n", s->mouse ? "on" : "off");
}
