#include "ui/theme.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "ui/canvas.h"
#include "ui/look.h"

static struct theme parse(const char *text)
{
	struct theme theme;
	struct err err = {""};

	if (theme_parse(text, strlen(text), "some/dir/t.theme", &theme, &err) != 0)
		fail_msg("%s", err.text);
	return theme;
}

static uint32_t accent(const char *line)
{
	return parse(line).color[ROLE_ACCENT][0];
}

static void values_are_read_as_btop_does(void **state)
{
	static const struct {
		const char *line;
		uint32_t want;
	} cases[] = {
		{"theme[hi_fg]=\"#12aBfF\"", 0x12abff},
		{"theme[hi_fg]=\"#7f\"", 0x7f7f7f},
		{"theme[hi_fg]=\"1 20 255\"", 0x0114ff},
		{"theme[hi_fg]=\"\"", THEME_NONE},
		{"theme[hi_fg]=", THEME_NONE},
		{"theme[hi_fg]=#123456", 0x123456},
		{"theme[hi_fg]='#123456'", 0x123456},
		{"theme[hi_fg]=#123456 # why", 0x123456},
		{"theme[hi_fg]=1 2 3   # why", 0x010203},
		{"theme[hi_fg]=\"#123456\" # why", 0x123456},
		{"theme[hi_fg]=\"#123456\"\r\n", 0x123456},
		{"\xef\xbb\xbf" "theme[hi_fg]=\"#123456\"", 0x123456},
		{"  theme[hi_fg] = \"#123456\"  ", 0x123456},
		{"# c\n\n\t\ntheme[hi_fg]=\"#111111\"\ntheme[hi_fg]=\"#123456\"", 0x123456},
		{"theme[nobody_knows]=\"no colour\"\ntheme[hi_fg]=\"#123456\"", 0x123456},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(accent(cases[i].line), cases[i].want);
}

static void mistakes_name_file_and_line(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"\ntheme[hi_fg]=\"#12345\"", "f.theme:2: theme[hi_fg]: \"#12345\" is not a colour; expected \"#rrggbb\""},
		{"theme[hi_fg]=\"#12345g\"", "f.theme:1: "},
		{"theme[hi_fg]=\"1 2\"", "f.theme:1: "},
		{"theme[hi_fg]=\"1 2 3 4\"", "f.theme:1: "},
		{"theme[hi_fg]=\"1 2 256\"", "f.theme:1: "},
		{"theme[hi_fg]=\"99999999999 2 3\"", "f.theme:1: "},
		{"theme[hi_fg]=\"1-2-3\"", "f.theme:1: "},
		{"theme[hi_fg]=\"red\"", "f.theme:1: theme[hi_fg]: \"red\""},
		{"theme[hi_fg]=\"#", "f.theme:1: the quote is not closed"},
		{"theme[cpu_mid]=\"#\x1b[2J\"", "f.theme:1: theme[cpu_mid]: \"# [2J\""},
		{"hi_fg=\"#123456\"", "f.theme:1: expected theme[key]=\"value\""},
		{"#\r\n#\r\ntheme[hi_fg", "f.theme:3: expected theme[key]"},
		{"theme[hi_fg] \"#123456\"", "f.theme:1: expected theme[key]"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct theme theme = {.name = "untouched"};
		struct err err = {""};

		assert_int_equal(theme_parse(cases[i].text, strlen(cases[i].text), "f.theme",
					     &theme, &err), -1);
		if (strncmp(err.text, cases[i].want, strlen(cases[i].want)) != 0)
			assert_string_equal(err.text, cases[i].want);
		assert_string_equal(theme.name, "untouched");
	}
}

static void gradients_have_101_steps(void **state)
{
	struct theme t = parse("theme[cpu_start]=\"#000000\"\ntheme[cpu_mid]=\"#646464\"\n"
			       "theme[cpu_end]=\"#c80064\"");

	(void)state;
	assert_int_equal(t.color[ROLE_BAR][0], 0x000000);
	assert_int_equal(t.color[ROLE_BAR][25], 0x323232);
	assert_int_equal(t.color[ROLE_BAR][50], 0x646464);
	assert_int_equal(t.color[ROLE_BAR][75], 0x963264);
	assert_int_equal(t.color[ROLE_BAR][100], 0xc80064);
	/* Without _mid straight to the end; an empty one counts as none. */
	t = parse("theme[cpu_start]=\"#000000\"\ntheme[cpu_mid]=\"\"\ntheme[cpu_end]=\"#640000\"");
	for (int i = 0; i < THEME_STEPS; i++)
		assert_int_equal(t.color[ROLE_BAR][i], i << 16);
	t = parse("theme[cpu_start]=\"#640000\"\ntheme[cpu_mid]=\"#000000\"");
	for (int i = 0; i < THEME_STEPS; i++)
		assert_int_equal(t.color[ROLE_BAR][i], (100 - i) << 16);
	t = parse("theme[cpu_start]=\"#abcdef\"");
	assert_int_equal(t.color[ROLE_BAR][0], 0xabcdef);
	assert_int_equal(t.color[ROLE_BAR][100], 0xabcdef);
	t = parse("theme[cpu_start]=\"\"\ntheme[cpu_end]=\"#ffffff\"");
	assert_int_equal(t.color[ROLE_BAR][100], THEME_NONE);
}

static void missing_keys_keep_the_default(void **state)
{
	struct theme normal = parse(""), t = parse("theme[cpu_mid]=\"#123456\"\ntheme[title]=\"#010203\"");

	(void)state;
	assert_memory_equal(t.color[ROLE_BAR], normal.color[ROLE_BAR], sizeof t.color[0]);
	assert_memory_equal(t.color[ROLE_BAD], normal.color[ROLE_BAD], sizeof t.color[0]);
	assert_int_equal(t.color[ROLE_TITLE][0], 0x010203);
	assert_int_equal(t.color[ROLE_TITLE][100], 0x010203);
	assert_string_equal(t.name, "t");
	assert_false(t.mono);
}

/* The shape of btop's own files: gradients where some of our roles are plain. */
static void a_theme_of_btop_loads(void **state)
{
	struct theme t = parse("#Bashtop theme\n"
			       "theme[main_bg]=\"#2E3440\"\ntheme[main_fg]=\"#d8dee9\"\n"
			       "theme[selected_bg]=\"#4C566A\"\ntheme[selected_fg]=\"#ECEFF4\"\n"
			       "theme[used_start]=\"#100000\"\ntheme[used_mid]=\"\"\ntheme[used_end]=\"#bf616a\"\n"
			       "theme[cached_start]=\"#88C0D0\"\ntheme[cached_mid]=\"\"\ntheme[cached_end]=\"\"\n"
			       "theme[process_mid]=\"\"\n");

	(void)state;
	assert_int_equal(t.background, 0x2e3440);
	assert_int_equal(t.selected_bg, 0x4c566a);
	assert_int_equal(t.color[ROLE_SELECTED][7], 0xeceff4);
	assert_int_equal(t.color[ROLE_P99][0], 0xbf616a);
	assert_int_equal(t.color[ROLE_P50][0], 0x88c0d0);
}

/* Against the palette itself, over a lattice of colours. */
static void colours_go_to_the_nearest_of_256(void **state)
{
	static const int level[6] = {0, 95, 135, 175, 215, 255};
	int palette[256][3];

	(void)state;
	for (int i = 16; i < 232; i++) {
		palette[i][0] = level[(i - 16) / 36];
		palette[i][1] = level[(i - 16) / 6 % 6];
		palette[i][2] = level[(i - 16) % 6];
	}
	for (int i = 232; i < 256; i++)
		palette[i][0] = palette[i][1] = palette[i][2] = 8 + 10 * (i - 232);
	for (int r = 0; r < 256; r += 15)
		for (int g = 0; g < 256; g += 17)
			for (int b = 0; b < 256; b += 5) {
				int got = theme_color256((uint32_t)(r << 16 | g << 8 | b));
				int best = 1 << 30, off = 0;

				for (int i = 16; i < 256; i++) {
					int d = 0;

					for (int k = 0; k < 3; k++) {
						int want = k == 0 ? r : k == 1 ? g : b;

						d += (palette[i][k] - want) * (palette[i][k] - want);
					}
					best = d < best ? d : best;
					off = i == got ? d : off;
				}
				assert_in_range(got, 16, 255);
				assert_int_equal(off, best);
			}
}

static char *make_home(void)
{
	char *dir = xstrdup("/tmp/brunt-theme-XXXXXX");
	char *path;

	assert_non_null(mkdtemp(dir));
	setenv("XDG_CONFIG_HOME", dir, 1);
	for (const char *const *p = (const char *const[]){"brunt", "brunt/themes", "btop", "btop/themes", NULL}; *p; p++) {
		path = xasprintf("%s/%s", dir, *p);
		assert_int_equal(mkdir(path, 0700), 0);
		free(path);
	}
	return dir;
}

static void put_file(const char *dir, const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", dir, name);
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	fputs(text, out);
	fclose(out);
	free(path);
}

static void remove_home(char *dir)
{
	char *command = xasprintf("rm -rf '%s'", dir);

	assert_int_equal(system(command), 0);
	unsetenv("XDG_CONFIG_HOME");
	free(command);
	free(dir);
}

static void names_are_searched_in_order(void **state)
{
	char *dir = make_home(), *path;
	struct theme t;
	struct err err;
	size_t count, seen = 0;

	(void)state;
	put_file(dir, "btop/themes/one.theme", "theme[hi_fg]=\"#000001\"");
	put_file(dir, "btop/themes/two.theme", "theme[hi_fg]=\"#000002\"");
	put_file(dir, "brunt/themes/one.theme", "theme[hi_fg]=\"#000003\"");
	put_file(dir, "brunt/themes/zzz.theme", "theme[hi_fg]=\"oops\"");
	put_file(dir, "brunt/themes/not-one.txt", "");
	assert_int_equal(theme_load("one", &t, &err), 0);
	assert_int_equal(t.color[ROLE_ACCENT][0], 3);
	assert_string_equal(t.name, "one");
	assert_int_equal(theme_load("two", &t, &err), 0);
	assert_int_equal(t.color[ROLE_ACCENT][0], 2);
	path = xasprintf("%s/btop/themes/one.theme", dir);
	assert_int_equal(theme_load(path, &t, &err), 0);
	assert_int_equal(t.color[ROLE_ACCENT][0], 1);
	free(path);
	assert_int_equal(theme_load("zzz", &t, &err), -1);
	assert_non_null(strstr(err.text, "zzz.theme:1: "));

	char **names = theme_names(&count);
	for (size_t i = 0; i < count; i++) {
		if (i)
			assert_true(strcmp(names[i - 1], names[i]) < 0);
		seen += strcmp(names[i], "one") == 0 || strcmp(names[i], "two") == 0 ||
			strcmp(names[i], "default") == 0 || strcmp(names[i], "mono") == 0;
		assert_string_not_equal(names[i], "not-one");
	}
	for (size_t i = 0; i < count; i++)
		free(names[i]);
	free(names);
	assert_int_equal(seen, 4);
	remove_home(dir);
}

static void what_is_not_there_is_said(void **state)
{
	char *dir = make_home(), *path = xasprintf("%s/brunt/themes/pipe.theme", dir);
	struct theme t;
	struct err err;

	(void)state;
	assert_int_equal(theme_load("no-such", &t, &err), -1);
	assert_non_null(strstr(err.text, "\"no-such\""));
	assert_non_null(strstr(err.text, "default"));
	assert_int_equal(theme_load("", &t, &err), -1);
	assert_int_equal(theme_load("/no/such.theme", &t, &err), -1);
	assert_string_equal(err.text, "/no/such.theme: no such file");
	assert_int_equal(theme_load("/tmp/", &t, &err), -1);
	assert_string_equal(err.text, "/tmp/: not a file");
	assert_int_equal(mkfifo(path, 0600), 0); /* must not hang */
	assert_int_equal(theme_load("pipe", &t, &err), -1);
	assert_non_null(strstr(err.text, "not a file"));
	assert_int_equal(theme_load("/dev/zero", &t, &err), -1);
	free(path);
	remove_home(dir);
}


static void nothing_but_bad_is_red_in_the_default(void **state)
{
	struct theme t = parse("");

	(void)state;
	for (int role = 0; role < ROLE_COUNT; role++)
		for (int i = 0; i < THEME_STEPS; i++) {
			int r = (int)(t.color[role][i] >> 16 & 0xff), g = (int)(t.color[role][i] >> 8 & 0xff),
			    b = (int)(t.color[role][i] & 0xff);
			bool red = t.color[role][i] != THEME_NONE && r > 2 * g && r > 2 * b;

			assert_int_equal(red, role == ROLE_BAD);
		}
}

static void the_built_in_ones_are_the_files(void **state)
{
	static const char *const names[] = {"default", "mono"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		char *path = xasprintf("themes/%s.theme", names[i]);
		char *dir = make_home(), cwd[4096];
		struct theme file, built_in;

		assert_non_null(getcwd(cwd, sizeof cwd));
		assert_int_equal(theme_load(path, &file, NULL), 0);
		assert_int_equal(chdir(dir), 0); /* away from ./themes */
		assert_int_equal(theme_load(names[i], &built_in, NULL), 0);
		assert_int_equal(chdir(cwd), 0);
		assert_string_equal(file.name, built_in.name);
		assert_memory_equal(file.color, built_in.color, sizeof file.color);
		assert_int_equal(file.mono, i == 1);
		assert_int_equal(built_in.mono, i == 1);
		free(path);
		remove_home(dir);
	}
}

static void looks_at_every_depth(void **state)
{
	struct theme t = parse("theme[main_bg]=\"#000000\"\ntheme[hi_fg]=\"#00ff00\"\ntheme[inactive_fg]=\"\"");
	struct theme mono = parse("");
	struct look look;

	(void)state;
	look = look_of(&t, ROLE_ACCENT, 0, LOOK_256);
	assert_int_equal(look.fg, 46);
	assert_int_equal(look.bg, 16);
	assert_int_equal(look_of(&t, ROLE_ACCENT, 0, LOOK_DIRECT).fg, 0x00ff00);
	assert_int_equal(look_of(&t, ROLE_DIM, 0, LOOK_256).fg, -1);
	assert_int_equal(look_of(&t, ROLE_ACCENT, 0, LOOK_16).fg, 6);
	assert_int_equal(look_of(&t, ROLE_ACCENT, 0, LOOK_16).bg, -1);
	look = look_of(&t, ROLE_DIM, 0, LOOK_8);
	assert_int_equal(look.fg, -1);
	assert_int_equal(look.attr, ATTR_DIM);
	look = look_of(&t, ROLE_BAD, 0, LOOK_MONO);
	assert_int_equal(look.fg, -1);
	assert_int_equal(look.attr, ATTR_BOLD);
	/* The row under the cursor can be seen with any theme and depth. */
	mono.mono = true;
	t.selected_bg = THEME_NONE;
	for (size_t i = 0; i < 5; i++) {
		static const int depths[] = {LOOK_MONO, LOOK_8, LOOK_16, LOOK_256, LOOK_DIRECT};

		assert_int_equal(look_of(&t, ROLE_SELECTED, 0, depths[i]).attr, ATTR_REVERSE);
		assert_int_equal(look_of(&mono, ROLE_SELECTED, 0, depths[i]).attr, ATTR_REVERSE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_read_as_btop_does),
		cmocka_unit_test(mistakes_name_file_and_line),
		cmocka_unit_test(gradients_have_101_steps),
		cmocka_unit_test(missing_keys_keep_the_default),
		cmocka_unit_test(a_theme_of_btop_loads),
		cmocka_unit_test(colours_go_to_the_nearest_of_256),
		cmocka_unit_test(names_are_searched_in_order),
		cmocka_unit_test(what_is_not_there_is_said),
		cmocka_unit_test(nothing_but_bad_is_red_in_the_default),
		cmocka_unit_test(the_built_in_ones_are_the_files),
		cmocka_unit_test(looks_at_every_depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
