/* --sweep: what it asks for, and what it refuses. */
#include "cli/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "run/sweep.h"

static struct options o;
static struct sweep_config c;
static struct err err;

static int parse(const char *a, const char *b, const char *d)
{
	char *argv[] = {(char *)"brunt", (char *)"http://h/", (char *)a, (char *)b, (char *)d, NULL};
	int argc = 2 + (a != NULL) + (b != NULL) + (d != NULL);

	options_fini(&o);
	return options_parse(CLI_RUN, argc, argv, &o, &err);
}

static void automatic(void **state)
{
	(void)state;
	assert_int_equal(parse("--sweep=auto", NULL, NULL), 0);
	options_sweep(&o, 512, &c);
	assert_int_equal(c.mode, MODE_CLOSED);
	assert_int_equal(c.count, 0);
	assert_int_equal((int)c.start, 1);
	assert_int_equal((int)c.cap, 512);
	/* -c is its cap, wherever it stands. */
	assert_int_equal(parse("--sweep=auto", "-c40", NULL), 0);
	options_sweep(&o, 512, &c);
	assert_int_equal((int)c.cap, 40);
	assert_int_equal(parse("-q64", "--sweep=auto", NULL), 0);
	options_sweep(&o, 512, &c);
	assert_int_equal(c.mode, MODE_OPEN);
	assert_int_equal((int)c.start, 2);
	assert_int_equal((int)c.cap, 64);
	assert_int_equal((int)options_sweep_highest(&c), 64);
	/* It begins with what can be measured, and below its cap. */
	assert_int_equal(parse("-q5", "--sweep=auto", NULL), 0);
	options_sweep(&o, 512, &c);
	assert_int_equal((int)(100 * c.start), 125);
	assert_int_equal(parse("-q20", "--sweep=auto", NULL), 0);
	options_sweep(&o, 512, &c);
	assert_int_equal((int)c.start, 2);
}

static void lists(void **state)
{
	(void)state;
	assert_int_equal(parse("--sweep=4,1,1k,2", NULL, NULL), 0);
	options_sweep(&o, 512, &c);
	assert_int_equal(c.count, 4);
	assert_int_equal((int)c.level[0], 4);
	assert_int_equal((int)c.level[2], 1000);
	assert_int_equal((int)options_sweep_highest(&c), 1000);
	/* Rates may have a unit. */
	assert_int_equal(parse("--sweep=0.5,120/m", "-q10", NULL), 0);
	options_sweep(&o, 512, &c);
	assert_int_equal(c.mode, MODE_OPEN);
	assert_true(c.level[0] > 0.49 && c.level[0] < 0.51 && c.level[1] > 1.99 && c.level[1] < 2.01);
}

static void refused(void **state)
{
	static const struct {
		const char *a, *b, *d, *why;
	} wrong[] = {
		{"--sweep=0,1", NULL, NULL, "--sweep: \"0\" is no number of users; expected "},
		{"--sweep=x", NULL, NULL, "--sweep: \"x\" is no number of users; expected "},
		{"--sweep=atuo", NULL, NULL, "--sweep: \"atuo\" is no number of users; did you mean \"auto\"?"},
		{"--sweep=1,", NULL, NULL, "--sweep: \"\" is no number of users; expected "},
		{"--sweep=", NULL, NULL, "--sweep: is empty; expected "},
		{"--sweep=1.5", NULL, NULL, "--sweep: \"1.5\" is no number of users; expected "},
		{"--sweep=-1", NULL, NULL, "--sweep: \"-1\" is no number of users; expected "},
		{"--sweep=1,x", "-q5", NULL, "--sweep: \"x\" is no rate; expected "},
		{"--sweep=auto", "--stage=5s:1", NULL, "--sweep: not together with --stage"},
		{"--sweep=auto", "-q1:5", "-z5s", "--sweep: not together with a ramp of --rate"},
		{"--sweep=auto", "--from=x", NULL, "--sweep: not together with --from"},
		{"--sweep=auto", "-n5", NULL, "--sweep: not together with --requests"},
		{"--sweep=1,2", "-c5", NULL, "--sweep: not together with --concurrency"},
		{"--sweep=auto", "--arrival=trace", NULL, "--sweep: not together with --arrival trace"},
		{"--sweep=auto", "--slo=p95<1s", "--slo-abort", "--sweep: not together with --slo-abort"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		assert_int_equal(parse(wrong[i].a, wrong[i].b, wrong[i].d), -1);
		if (strncmp(err.text, wrong[i].why, strlen(wrong[i].why)))
			fail_msg("%s: %s", wrong[i].a, err.text);
	}
	options_fini(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(automatic),
		cmocka_unit_test(lists),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests_name("cli/options_sweep", tests, NULL, NULL);
}
