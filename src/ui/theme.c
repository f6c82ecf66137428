#include "ui/theme.h"

#include <string.h>

#include "base/utf8.h"
#include "ui/theme_files.h"

/* A file is read into slots first, since what a key means can depend on others:
 * a gradient without _mid runs straight from _start to _end. */
#define ABSENT 0xfe000000u

enum part { PLAIN, START, MID, END, PARTS };
static const char *const suffix[PARTS] = {"", "_start", "_mid", "_end"};

struct slots {
	uint32_t background, selected_bg;
	uint32_t role[ROLE_COUNT][PARTS];
};

struct span {
	const char *at, *end;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static struct span trim(struct span s)
{
	while (s.at < s.end && is_blank(*s.at))
		s.at++;
	while (s.end > s.at && is_blank(s.end[-1]))
		s.end--;
	return s;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse_hex(struct span s, uint32_t *out)
{
	uint32_t value = 0;
	size_t digits = (size_t)(s.end - s.at);

	if (digits != 2 && digits != 6)
		return false;
	for (; s.at < s.end; s.at++) {
		if (hex(*s.at) < 0)
			return false;
		value = value << 4 | (uint32_t)hex(*s.at);
	}
	*out = digits == 2 ? value * 0x010101u : value;
	return true;
}

static bool parse_decimal(struct span s, uint32_t *out)
{
	uint32_t value = 0;

	for (int i = 0; i < 3; i++) {
		uint32_t part = 0;
		int digits = 0;

		s = trim(s);
		for (; s.at < s.end && *s.at >= '0' && *s.at <= '9' && digits < 4; digits++)
			part = part * 10 + (uint32_t)(*s.at++ - '0');
		if (digits == 0 || part > 255 || (i < 2 && s.at < s.end && !is_blank(*s.at)))
			return false;
		value = value << 8 | part;
	}
	*out = value;
	return s.at == s.end;
}

/* "#rrggbb", "#gg", "r g b" or "". */
static bool parse_color(struct span s, uint32_t *out)
{
	s = trim(s);
	if (s.at == s.end) {
		*out = THEME_NONE;
		return true;
	}
	if (*s.at == '#')
		return parse_hex((struct span){s.at + 1, s.end}, out);
	return parse_decimal(s, out);
}

static bool equals(struct span s, const char *a, const char *b)
{
	size_t n = (size_t)(s.end - s.at), an = strlen(a), bn = strlen(b);

	return n == an + bn && memcmp(s.at, a, an) == 0 && memcmp(s.at + an, b, bn) == 0;
}

static uint32_t *find_slot(struct slots *slots, struct span key)
{
	if (equals(key, "main_bg", ""))
		return &slots->background;
	if (equals(key, "selected_bg", ""))
		return &slots->selected_bg;
	for (int role = 0; role < ROLE_COUNT; role++)
		for (int part = 0; part < PARTS; part++)
			if (equals(key, role_info((enum role)role)->key, suffix[part]))
				return &slots->role[role][part];
	return NULL;
}

/* The value after '=': in quotes, or bare up to a comment. What follows a
 * closing quote does not matter, as in btop. */
static bool cut_value(struct span line, struct span *out)
{
	struct span s = trim(line);

	if (s.at < s.end && (*s.at == '"' || *s.at == '\'')) {
		const char *close = memchr(s.at + 1, *s.at, (size_t)(s.end - s.at - 1));

		*out = (struct span){s.at + 1, close};
		return close != NULL;
	}
	for (const char *p = s.at; p < s.end; p++)
		if (*p == '#' && p > s.at && is_blank(p[-1]))
			s.end = p;
	*out = trim(s);
	return true;
}

static int parse_line(struct slots *slots, struct span line, const char *file,
		      int number, struct err *err)
{
	static const char head[] = "theme[";
	const size_t head_bytes = sizeof head - 1;
	const char *close;
	struct span key, value;
	char shown[64], name[48];
	uint32_t *slot;

	line = trim(line);
	if (line.at == line.end || *line.at == '#')
		return 0;
	if ((size_t)(line.end - line.at) < head_bytes || memcmp(line.at, head, head_bytes) != 0)
		goto not_a_line;
	line.at += head_bytes;
	close = memchr(line.at, ']', (size_t)(line.end - line.at));
	if (!close)
		goto not_a_line;
	key = trim((struct span){line.at, close});
	line = trim((struct span){close + 1, line.end});
	if (line.at == line.end || *line.at != '=')
		goto not_a_line;
	line.at++;
	if (!cut_value(line, &value))
		return err_set(err, "%s:%d: the quote is not closed", file, number);
	slot = find_slot(slots, key);
	if (slot && !parse_color(value, slot)) {
		utf8_clean(key.at, (size_t)(key.end - key.at), name, sizeof name);
		utf8_clean(value.at, (size_t)(value.end - value.at), shown, sizeof shown);
		return err_set(err, "%s:%d: theme[%s]: \"%s\" is not a colour; expected "
			       "\"#rrggbb\", \"#gg\" (grey), \"r g b\" (0 to 255 each) or \"\"",
			       file, number, name, shown);
	}
	return 0;
not_a_line:
	return err_set(err, "%s:%d: expected theme[key]=\"value\" or a # comment", file, number);
}

static uint32_t blend(uint32_t from, uint32_t to, int at, int of)
{
	uint32_t out = 0;

	for (int shift = 16; shift >= 0; shift -= 8) {
		int a = (int)(from >> shift & 0xff), b = (int)(to >> shift & 0xff);

		/* Rounded to nearest; the sum is never negative. */
		out |= (uint32_t)((a * of + (b - a) * at + of / 2) / of) << shift;
	}
	return out;
}

static bool given(uint32_t value)
{
	return value != ABSENT && value != THEME_NONE;
}

static void gradient(const uint32_t part[PARTS], uint32_t out[THEME_STEPS])
{
	uint32_t start = part[START] == ABSENT ? part[PLAIN] : part[START];

	if (start == ABSENT)
		return;
	for (int i = 0; i < THEME_STEPS; i++) {
		const int last = THEME_STEPS - 1, half = last / 2;

		if (start == THEME_NONE || (!given(part[MID]) && !given(part[END])))
			out[i] = start;
		else if (!given(part[MID]))
			out[i] = blend(start, part[END], i, last);
		else if (!given(part[END]))
			out[i] = blend(start, part[MID], i, last);
		else if (i <= half)
			out[i] = blend(start, part[MID], i, half);
		else
			out[i] = blend(part[MID], part[END], i - half, half);
	}
}

static void plain(const uint32_t part[PARTS], uint32_t out[THEME_STEPS])
{
	uint32_t color = part[PLAIN];

	for (int i = END; i >= START && color == ABSENT; i--)
		if (given(part[i]))
			color = part[i];
	if (color == ABSENT)
		return;
	for (int i = 0; i < THEME_STEPS; i++)
		out[i] = color;
}

/* Puts what the slots hold over what is in `out`. */
static void resolve(const struct slots *slots, struct theme *out)
{
	if (slots->background != ABSENT)
		out->background = slots->background;
	if (slots->selected_bg != ABSENT)
		out->selected_bg = slots->selected_bg;
	for (int role = 0; role < ROLE_COUNT; role++) {
		if (role_is_gradient((enum role)role))
			gradient(slots->role[role], out->color[role]);
		else
			plain(slots->role[role], out->color[role]);
	}
	out->mono = out->background == THEME_NONE && out->selected_bg == THEME_NONE;
	for (int role = 0; role < ROLE_COUNT; role++)
		for (int i = 0; i < THEME_STEPS; i++)
			out->mono = out->mono && out->color[role][i] == THEME_NONE;
}

static int parse_onto(const char *text, size_t bytes, const char *file,
		      struct theme *out, struct err *err)
{
	struct span rest = {text, text + bytes};
	struct slots slots;

	slots.background = slots.selected_bg = ABSENT;
	for (int role = 0; role < ROLE_COUNT; role++)
		for (int part = 0; part < PARTS; part++)
			slots.role[role][part] = ABSENT;
	if (bytes >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		rest.at += 3;
	for (int number = 1; rest.at < rest.end; number++) {
		const char *end = memchr(rest.at, '\n', (size_t)(rest.end - rest.at));
		struct span line = {rest.at, end ? end : rest.end};

		if (parse_line(&slots, line, file, number, err) != 0)
			return -1;
		rest.at = end ? end + 1 : rest.end;
	}
	resolve(&slots, out);
	return 0;
}

static void set_name(struct theme *theme, const char *file)
{
	const char *slash = strrchr(file, '/');
	const char *base = slash ? slash + 1 : file;
	size_t bytes = strlen(base);

	if (bytes > 6 && strcmp(base + bytes - 6, ".theme") == 0)
		bytes -= 6;
	utf8_clean(base, bytes, theme->name, sizeof theme->name);
}

int theme_parse(const char *text, size_t bytes, const char *file,
		struct theme *out, struct err *err)
{
	const char *base = theme_builtin("default");
	struct theme theme = {.background = THEME_NONE, .selected_bg = THEME_NONE};

	for (int role = 0; role < ROLE_COUNT; role++)
		for (int i = 0; i < THEME_STEPS; i++)
			theme.color[role][i] = THEME_NONE;
	if (parse_onto(base, strlen(base), "default", &theme, err) != 0 ||
	    parse_onto(text, bytes, file, &theme, err) != 0)
		return -1;
	set_name(&theme, file);
	*out = theme;
	return 0;
}

int theme_color256(uint32_t rgb)
{
	static const int level[6] = {0, 95, 135, 175, 215, 255};
	const int want[3] = {(int)(rgb >> 16 & 0xff), (int)(rgb >> 8 & 0xff), (int)(rgb & 0xff)};
	int cube = 16, grey, cube_off = 0, grey_off = 0, value;

	for (int i = 0; i < 3; i++) {
		int best = 0;

		for (int k = 1; k < 6; k++)
			if ((level[k] - want[i]) * (level[k] - want[i]) <
			    (level[best] - want[i]) * (level[best] - want[i]))
				best = k;
		cube += best * (i == 0 ? 36 : i == 1 ? 6 : 1);
		cube_off += (level[best] - want[i]) * (level[best] - want[i]);
	}
	/* 24 greys: 8, 18, … 238; the nearest to the mean is the nearest of all. */
	grey = ((want[0] + want[1] + want[2]) / 3 - 3) / 10;
	grey = grey < 0 ? 0 : grey > 23 ? 23 : grey;
	value = 8 + 10 * grey;
	for (int i = 0; i < 3; i++)
		grey_off += (value - want[i]) * (value - want[i]);
	return grey_off < cube_off ? 232 + grey : cube;
}
