#include "cli/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "ui/glyphs.h"
#include "ui/term.h"

static char *dir, *path;

static int set_up(void **state)
{
	(void)state;
	dir = xstrdup("/tmp/brunt-settings-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	path = xasprintf("%s/new/brunt/config", dir);
	return 0;
}

static int tear_down(void **state)
{
	char *command = xasprintf("rm -rf '%s'", dir);
	int rc = system(command);

	(void)state;
	free(command);
	free(path);
	free(dir);
	return rc;
}

static void put(const char *text)
{
	const char *none[] = {"step="};
	struct err err;
	FILE *out;

	assert_int_equal(settings_set(path, none, 1, &err), 0); /* makes the folders */
	out = fopen(path, "w");
	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

static char *content(void)
{
	char *text = xcalloc(1, 4096);
	FILE *in = fopen(path, "r");

	assert_non_null(in);
	text[fread(text, 1, 4095, in)] = '\0';
	fclose(in);
	return text;
}

static void without_a_file_all_is_default(void **state)
{
	struct settings s;
	struct err err;

	(void)state;
	assert_int_equal(settings_read(path, &s, &err), 0);
	assert_string_equal(s.theme, "");
	assert_int_equal(s.color, COLOR_AUTO);
	assert_int_equal(s.glyphs, -1);
	assert_int_equal(s.step, 1);
	assert_true(s.mouse);
}

static void lines_are_read(void **state)
{
	struct settings s;
	struct err err;

	(void)state;
	put("# mine\n\n  theme=mono  \ncolor = 256\r\nglyphs\t=\tascii\nmouse = off\nstep = 50");
	assert_int_equal(settings_read(path, &s, &err), 0);
	assert_string_equal(s.theme, "mono");
	assert_int_equal(s.color, COLOR_256);
	assert_int_equal(s.glyphs, GLYPHS_ASCII);
	assert_int_equal(s.step, 50);
	assert_false(s.mouse);
}

static void what_is_wrong_has_its_line(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{"step = 5\nstep = 7\n", ":2: step: \"7\" is unknown; expected 1, 5, 10, 50 or 100"},
		{"\n\ncolour = 16\n", ":3: unknown key \"colour\"; did you mean \"color\"?"},
		{"shell = 1\n", ":1: unknown key \"shell\"; expected theme, color, glyphs, step or mouse"},
		{"glyphs = brail\n", ":1: glyphs: \"brail\" is unknown; did you mean \"braille\"?"},
		{"theme\n", ":1: \"theme\" is no setting; expected KEY = VALUE"},
		{"mouse = yes\n", ":1: mouse: \"yes\" is unknown; expected on or off"},
		{"theme = \n", ":1: theme: there is no theme \"\""},
		{"glyphs = \033[2J\n", ":1: glyphs: \"[2J\" is unknown"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct settings s;
		struct err err = {""};

		put(rows[i].text);
		assert_int_equal(settings_read(path, &s, &err), -1);
		if (!strstr(err.text, rows[i].says) || strncmp(err.text, path, strlen(path)))
			fail_msg("%s", err.text);
	}
}

static void setting_keeps_what_else_is_there(void **state)
{
	const char *both[] = {"theme=light", "step=10"}, *less[] = {"theme="};
	struct err err;
	char *text;

	(void)state;
	put("# mine\ntheme = mono\n# glyphs = block\nglyphs = ascii");
	assert_int_equal(settings_set(path, both, 2, &err), 0);
	text = content();
	assert_string_equal(text, "# mine\n# glyphs = block\nglyphs = ascii\ntheme = light\nstep = 10\n");
	free(text);
	assert_int_equal(settings_set(path, less, 1, &err), 0);
	text = content();
	assert_string_equal(text, "# mine\n# glyphs = block\nglyphs = ascii\nstep = 10\n");
	free(text);
}

static void what_cannot_be_set_leaves_the_file(void **state)
{
	const char *wrong[] = {"theme=light", "step=7"}, *unknown[] = {"rodent="}, *no[] = {"theme"};
	struct err err;
	char *text;

	(void)state;
	put("step = 5\n");
	assert_int_equal(settings_set(path, wrong, 2, &err), -1);
	assert_int_equal(settings_set(path, unknown, 1, &err), -1);
	assert_non_null(strstr(err.text, "\"rodent\""));
	assert_int_equal(settings_set(path, no, 1, &err), -1);
	text = content();
	assert_string_equal(text, "step = 5\n");
	free(text);
	/* Something else than a file is not replaced. */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(settings_set(path, (const char *[]){"step=5"}, 1, &err), -1);
	assert_non_null(strstr(err.text, "not a file"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(without_a_file_all_is_default, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lines_are_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_wrong_has_its_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(setting_keeps_what_else_is_there, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_cannot_be_set_leaves_the_file, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
