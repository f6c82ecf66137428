/* The mouse of a terminal: it is asked for, its reports arrive, and whatever happens it is
 * given back. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "pty.h"
#include "ui/keys.h"
#include "ui/term.h"

#define ON "\033[?1000h\033[?1006h"
#define OFF "\033[?1006l\033[?1000l"
#define XTERM ((struct pty_setup){.term = "xterm-256color", .width = 40, .height = 10})

static bool wanted = true;

static void open_and_show(void)
{
	struct canvas canvas;
	struct err err;

	term_use_mouse(wanted);
	if (term_open(COLOR_AUTO, &err) != 0)
		_exit(97);
	canvas_init(&canvas, 40, 10);
	view_text(canvas_view(&canvas), 2, 1, PEN(ROLE_ACCENT), "hello-on-screen");
	term_show(&canvas);
	canvas_fini(&canvas);
}

static int child_listens(int report)
{
	int key;

	open_and_show();
	dprintf(report, "ready\n");
	while ((key = term_key(20000, -1)) != 'q' && key >= 0) {
		struct mouse mouse = term_mouse();

		if (key == KEY_MOUSE_)
			dprintf(report, "%d at %d,%d ", mouse.act, mouse.x, mouse.y);
		else if (key)
			dprintf(report, key == '.' ? "end\n" : "key %d ", key);
	}
	term_close();
	return 0;
}

static int child_aborts(int report)
{
	(void)report;
	open_and_show();
	abort();
}

static int child_exits(int report)
{
	(void)report;
	open_and_show();
	exit(6);
}

/* Sends, and expects what the child says to it. */
static void sends(struct pty *p, const char *bytes, const char *says)
{
	char want[256];

	p->said_bytes = 0, p->said[0] = '\0';
	pty_key(p, bytes);
	pty_key(p, ".");
	snprintf(want, sizeof want, "%send\n", says);
	pty_until(p, pty_has_said, "end\n");
	if (strcmp(p->said, want) != 0)
		fail_msg("\"%s\": \"%s\" in place of \"%s\"", bytes + 1, p->said, want);
}

static void reports_arrive_and_nothing_else_acts(void **state)
{
	static struct pty p;

	(void)state;
	pty_start(&p, XTERM, child_listens);
	assert_true(pty_until(&p, pty_has_said, "ready"));
	assert_true(pty_until(&p, pty_has_out, ON));
	/* Behind what takes the screen over: some terminals forget it there. */
	assert_true(strstr(p.out, "\033[?1049h") < strstr(p.out, ON));
	assert_null(strstr(p.out, "\033[?1002h"));
	assert_null(strstr(p.out, "\033[?1003h"));

	sends(&p, "\033[<0;10;5M", "1 at 9,4 ");
	sends(&p, "\033[<0;10;5M\033[<0;10;5m\033[<64;1;1M", "1 at 9,4 2 at 0,0 ");
	sends(&p, "x\033[<65;300;100My\033[A", "key 120 3 at 299,99 key 121 key 1114112 ");
	/* Neither an old report nor a broken one leaves letters behind. */
	sends(&p, "\033[M P!", "");
	sends(&p, "\033[<0;1;1;P", "");
	sends(&p, "\033[<99999999999999999999999999999999999999999999999999999999;1;1M", "");
	sends(&p, "\033[<0;1\033[<0;3;4M", "1 at 2,3 ");
	sends(&p, "\033[<0;\033OA", "key 1114112 ");
	/* In two parts; cut at every other place in sequence_test.c. */
	pty_key(&p, "\033[<0;7");
	sends(&p, ";8M", "1 at 6,7 ");

	pty_key(&p, "q");
	assert_true(WIFEXITED(pty_end(&p)));
	assert_non_null(strstr(strstr(p.out, ON), OFF));
	assert_true(strstr(p.out, OFF) < strstr(p.out, "\033[?1049l"));
	pty_assert_modes(&p);
	pty_free(&p);
}

static void assert_given_back(int (*child)(int report))
{
	static struct pty p;

	pty_start(&p, XTERM, child);
	pty_end(&p);
	assert_true(pty_has_out(&p, ON));
	assert_non_null(strstr(strstr(p.out, ON), OFF));
	pty_assert_modes(&p);
	pty_free(&p);
}

static void it_is_given_back_however_it_ends(void **state)
{
	(void)state;
	assert_given_back(child_aborts);
	assert_given_back(child_exits);
}

static void without_it_nothing_is_asked(void **state)
{
	static const struct pty_setup none = {.term = "vt100", .width = 40, .height = 10};
	static struct pty p;

	(void)state;
	for (int i = 0; i < 2; i++) {
		wanted = i == 1;
		pty_start(&p, wanted ? none : XTERM, child_listens);
		assert_true(pty_until(&p, pty_has_said, "ready"));
		/* Reports that nobody asked for are no keys either. */
		sends(&p, "\033[<0;10;5M", "");
		pty_key(&p, "q");
		assert_true(WIFEXITED(pty_end(&p)));
		assert_null(strstr(p.out, "?1000"));
		assert_null(strstr(p.out, "?1006"));
		pty_free(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reports_arrive_and_nothing_else_acts),
		cmocka_unit_test(it_is_given_back_however_it_ends),
		cmocka_unit_test(without_it_nothing_is_asked),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
