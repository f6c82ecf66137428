#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "ui/tty_out.h"

#define MUCH (1u << 20) /* more than any pseudo-terminal takes */

static int master, slave;
static FILE *curses;

static int setup(void **state)
{
	struct termios modes;

	(void)state;
	master = posix_openpt(O_RDWR | O_NOCTTY);
	if (master < 0 || grantpt(master) || unlockpt(master))
		return -1;
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	if (slave < 0 || tcgetattr(slave, &modes))
		return -1;
	cfmakeraw(&modes);
	if (tcsetattr(slave, TCSANOW, &modes))
		return -1;
	curses = tty_out_open(slave);
	return curses ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	tty_out_close();
	close(slave);
	if (master >= 0)
		close(master);
	return 0;
}

/* What the terminal shows by now. */
static size_t take(char *text, size_t bytes)
{
	struct pollfd fd = {.fd = master, .events = POLLIN};
	ssize_t n = 0;

	if (poll(&fd, 1, 0) == 1)
		n = read(master, text, bytes);
	assert_true(n >= 0);
	return (size_t)n;
}

static void assert_shown(const char *expected)
{
	char text[256] = "";

	take(text, sizeof text - 1);
	assert_string_equal(text, expected);
}

static void as_curses(const char *text)
{
	assert_int_equal(write(fileno(curses), text, strlen(text)), strlen(text));
}

static void test_held_text_waits_until_drained(void **state)
{
	(void)state;
	as_curses("straight");
	assert_shown("straight");
	tty_out_hold();
	as_curses("a frame");
	as_curses(" and more");
	tty_out_release();
	assert_shown("");
	tty_out_add(", added", 7);
	assert_int_equal(tty_out_drain(0), 0);
	assert_shown("a frame and more, added");
	/* The next frame begins anew. */
	tty_out_hold();
	as_curses("next");
	tty_out_release();
	assert_int_equal(tty_out_drain(0), 0);
	assert_shown("next");
	as_curses("straight again");
	assert_shown("straight again");
}

static void test_dropped_text_is_never_shown(void **state)
{
	(void)state;
	tty_out_add("old", 3);
	tty_out_drop();
	tty_out_add("new", 3);
	assert_int_equal(tty_out_drain(-1), 0);
	assert_shown("new");
}

static void test_unread_terminal_blocks_nobody_and_loses_nothing(void **state)
{
	char *text = malloc(MUCH), *shown = malloc(MUCH);
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < MUCH; i++)
		text[i] = (char)('!' + i % 89);
	tty_out_hold();
	for (size_t at = 0; at < MUCH; at += 4096)
		assert_int_equal(write(fileno(curses), text + at, 4096), 4096);
	tty_out_release();
	assert_int_equal(tty_out_drain(0), 1);
	assert_int_equal(tty_out_drain(10), 1);
	while (n < MUCH) {
		int left = tty_out_drain(0);

		n += take(shown + n, MUCH - n);
		assert_true(left == 0 || left == 1);
	}
	assert_int_equal(tty_out_drain(0), 0);
	assert_memory_equal(shown, text, MUCH);
	free(text);
	free(shown);
}

static void test_terminal_that_hung_up_is_gone(void **state)
{
	(void)state;
	close(master);
	master = -1;
	assert_int_equal(tty_out_drain(0), 0);
	tty_out_add("text", 4);
	assert_int_equal(tty_out_drain(-1), -1);
}

static void test_closing_twice_is_safe(void **state)
{
	(void)state;
	tty_out_add("text", 4);
	tty_out_close();
	tty_out_close();
	assert_int_equal(tty_out_drain(0), 0);
	assert_shown("");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_held_text_waits_until_drained, setup, teardown),
		cmocka_unit_test_setup_teardown(test_dropped_text_is_never_shown, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unread_terminal_blocks_nobody_and_loses_nothing,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_terminal_that_hung_up_is_gone, setup, teardown),
		cmocka_unit_test_setup_teardown(test_closing_twice_is_safe, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
