#include "ui/picture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct theme theme_of(const char *text)
{
	struct theme theme;
	struct err err = {""};

	if (theme_parse(text, strlen(text), "t.theme", &theme, &err))
		fail_msg("%s", err.text);
	return theme;
}

static const char dark[] = "theme[main_bg]=\"\"\ntheme[main_fg]=\"#c0c0c0\"\ntheme[bad]=\"#ff0000\"\n"
			   "theme[selected_fg]=\"#ffffff\"\ntheme[selected_bg]=\"#004000\"\n";

static char *drawn(void (*draw)(const struct canvas *, const struct theme *, FILE *), const struct canvas *c,
		   const char *theme_text)
{
	struct theme theme = theme_of(theme_text);
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	draw(c, &theme, out);
	fclose(out);
	return text;
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no %s in:\n%s", part, text);
}

static void assert_lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("%s is in:\n%s", part, text);
}

static void text_stands_in_its_cells(void **state)
{
	struct canvas c;

	(void)state;
	canvas_init(&c, 12, 2);
	view_text(canvas_view(&c), 1, 0, PEN(ROLE_TEXT), "p95 <3 s");
	view_text(canvas_view(&c), 2, 1, PEN(ROLE_BAD), "a&b");
	char *svg = drawn(picture_svg, &c, dark);

	assert_has(svg, "width=\"120\" height=\"56\"");
	assert_has(svg, "<text x=\"20\" y=\"24\" textLength=\"64\" fill=\"#c0c0c0\">p95 &lt;3 s</text>");
	assert_has(svg, "<text x=\"28\" y=\"40\" textLength=\"24\" fill=\"#ff0000\">a&amp;b</text>");
	free(svg);
	canvas_fini(&c);
}

/* A blank at the end of a text would be dropped by a viewer and the rest stretched. */
static void no_text_ends_in_a_blank(void **state)
{
	struct canvas c;
	int x;

	(void)state;
	canvas_init(&c, 20, 1);
	x = view_text(canvas_view(&c), 0, 0, PEN(ROLE_TEXT), "users ");
	view_text(canvas_view(&c), x, 0, PEN(ROLE_BAD), "24  far");
	char *svg = drawn(picture_svg, &c, dark);

	assert_has(svg, ">users</text>");
	assert_has(svg, ">24</text>");
	assert_has(svg, "<text x=\"92\" y=\"24\" textLength=\"24\" fill=\"#ff0000\">far</text>");
	assert_lacks(svg, " </text>");
	free(svg);
	canvas_fini(&c);
}

static void what_is_drawn_needs_no_font(void **state)
{
	static const uint32_t all[] = {0x2588, 0x258c, 0x2584, 0x2591, 0x2801, 0x28ff, 0x2500, 0x253c};
	struct canvas c;

	(void)state;
	canvas_init(&c, 8, 1);
	for (int i = 0; i < 8; i++)
		view_put(canvas_view(&c), i, 0, all[i], PEN(ROLE_TEXT));
	char *svg = drawn(picture_svg, &c, dark);

	assert_lacks(svg, "<text");
	assert_has(svg, "M12 12h8v16h-8z");   /* full */
	assert_has(svg, "M20 12h4v16h-4z");   /* left half */
	assert_has(svg, "M28 20h8v8h-8z");    /* lower half */
	assert_has(svg, "fill-opacity=\"0.25\" d=\"M36 12h8v16h-8z\"");
	assert_has(svg, "M44.75 12.75h2.5v2.5h-2.5z"); /* one dot */
	assert_has(svg, "M60 19.5h8v1h-8z");  /* a rule */
	free(svg);
	canvas_fini(&c);
}

static void the_cursor_has_its_ground(void **state)
{
	struct canvas c;

	(void)state;
	canvas_init(&c, 6, 1);
	view_text(canvas_view(&c), 1, 0, PEN(ROLE_SELECTED), "ab c");
	char *svg = drawn(picture_svg, &c, dark);

	assert_has(svg, "<path fill=\"#004000\" d=\"M20 12h32v16h-32z\"/>");
	assert_has(svg, "fill=\"#ffffff\">ab c</text>");
	free(svg);
	canvas_fini(&c);
}

static void the_ground_suits_the_text(void **state)
{
	struct canvas c;
	char *svg;

	(void)state;
	canvas_init(&c, 1, 1);
	svg = drawn(picture_svg, &c, "theme[main_bg]=\"\"\ntheme[main_fg]=\"#101010\"\n");
	assert_has(svg, "rx=\"6\" fill=\"#ffffff\"");
	free(svg);
	svg = drawn(picture_svg, &c, "theme[main_bg]=\"#123456\"\n");
	assert_has(svg, "rx=\"6\" fill=\"#123456\"");
	free(svg);
	canvas_fini(&c);
}

static void ansi_is_a_line_a_row(void **state)
{
	struct canvas c;

	(void)state;
	canvas_init(&c, 8, 3);
	view_text(canvas_view(&c), 0, 0, PEN(ROLE_BAD), "x ");
	view_text(canvas_view(&c), 0, 2, PEN(ROLE_SELECTED), "y");
	char *text = drawn(picture_ansi, &c, dark);

	assert_string_equal(text, "\033[0;38;2;255;0;0mx\033[0m\n\n\033[0;38;2;255;255;255;48;2;0;64;0my\033[0m\n");
	free(text);
	canvas_fini(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_stands_in_its_cells),
		cmocka_unit_test(no_text_ends_in_a_blank),
		cmocka_unit_test(what_is_drawn_needs_no_font),
		cmocka_unit_test(the_cursor_has_its_ground),
		cmocka_unit_test(the_ground_suits_the_text),
		cmocka_unit_test(ansi_is_a_line_a_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
