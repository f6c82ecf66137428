/* Figures that could be taken for better than they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"

static bool says(const struct dashboard *d, const struct snapshot *s, int width, int height,
		 const char *what)
{
	char *text = made_dump(d, s, width, height, 0);
	bool found = strstr(text, what);

	free(text);
	return found;
}

/* The span that the figures really cover, at every width that has room for any. */
static void the_window_is_named(void **state)
{
	static const int sizes[][2] = {{80, 24}, {80, 40}, {120, 40}, {100, 30}};
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_typical();

	(void)state;
	for (int i = 0; i < 4; i++) {
		s->together.window.seconds = 59.4;
		assert_true(says(&d, s, sizes[i][0], sizes[i][1], "last 59.4 s"));
		s->together.window.seconds = 59.97;
		assert_true(says(&d, s, sizes[i][0], sizes[i][1], "last 60 s"));
		s->window_fresh = true;
		assert_true(says(&d, s, sizes[i][0], sizes[i][1], "since 00:23"));
		s->window_fresh = false;
		s->window = WINDOW_ALL;
		assert_true(says(&d, s, sizes[i][0], sizes[i][1], "whole run"));
		s->window = WINDOW_60S;
	}
	/* In the head, not only in a graph's title. */
	d.help = true;
	assert_true(says(&d, s, 80, 24, "last 60 s"));
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_window_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
