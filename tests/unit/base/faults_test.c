#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/faults.h"

static void add(struct faults *f, uint64_t place, const char *text)
{
	struct err err;

	err_set(&err, "%s", text);
	assert_int_equal(faults_add(f, place, &err), -1);
}

static void are_told(const struct faults *f, const char *prefix, const char *expected)
{
	size_t bytes;
	char *text;
	FILE *out = open_memstream(&text, &bytes);

	faults_print(f, out, prefix);
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
}

static void stand_in_the_inputs_order(void **state)
{
	struct faults f = {0};
	struct err first;

	(void)state;
	are_told(&f, "", "");
	add(&f, 7, "seven");
	add(&f, 2, "two");
	add(&f, 7, "seven, too");
	add(&f, 9, "nine");
	add(&f, 2, "two");
	assert_int_equal(f.total, 4);
	are_told(&f, "x: ", "x: two\nx: seven\nx: seven, too\nx: nine\n");
	assert_int_equal(faults_first(&f, &first), -1);
	assert_string_equal(first.text, "two");
}

static void the_first_are_kept_and_the_rest_counted(void **state)
{
	struct faults f = {0};

	(void)state;
	for (int i = 100; i > 70; i--) {
		char text[8];

		snprintf(text, sizeof text, "%d", i);
		add(&f, (uint64_t)i, text);
	}
	add(&f, 99, "late");
	add(&f, 1, "early");
	assert_int_equal(f.total, 32);
	are_told(&f, "", "early\n71\n72\n73\n74\n75\n76\n77\n78\n79\n80\n81\n82\n83\n84\n85\n86\n87\n88\n89\n"
			 "and 12 more\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stand_in_the_inputs_order),
		cmocka_unit_test(the_first_are_kept_and_the_rest_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
