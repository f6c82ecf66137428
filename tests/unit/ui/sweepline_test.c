#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"
#include "golden.h"

static void how_it_looks(void **state)
{
	static const int sizes[][2] = {{80, 24}, {120, 40}};
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_typical();

	(void)state;
	for (int k = 0; k < 2; k++) {
		d.width = sizes[k][0];
		d.height = sizes[k][1];
		snprintf(d.sweep, sizeof d.sweep, "8 of up to 512 users: 113 req/s +-4 %% (n 326), 3 s; ends within 33 s");
		s->sweep.state = SNAP_SWEEPS;
		golden("sweep-going", &d, s, d.width, d.height);
		d.sweep[0] = '\0';
		s->sweep.state = SNAP_SWEPT;
		s->sweep.t_us = s->point[s->point_count - 1].t_us;
		snprintf(s->sweep.text, sizeof s->sweep.text,
			 "plateau: knee at 9.4 users (8.7 to 10.1), at most 109 req/s +-2 %% (n = 2959); SLOs met up to 64 "
			 "users, the most that was tried");
		golden("sweep-ended", &d, s, d.width, d.height);
	}
	free(s);
}

/* Of a recording the records say what there was. */
static void recorded(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_typical();
	char *text;

	(void)state;
	d.replay = true;
	s->sweep.state = SNAP_SWEEPS;
	text = made_dump(&d, s, 80, 24, 0);
	assert_non_null(strstr(text, " sweep  under way"));
	free(text);
	s->sweep.state = SNAP_SWEEP_HELD;
	text = made_dump(&d, s, 80, 24, 0);
	assert_non_null(strstr(text, " sweep  held by the operator"));
	free(text);
	s->sweep.state = SNAP_SWEPT;
	strcpy(s->sweep.text, "plateau: knee at 9.4 users");
	s->sweep.t_us = s->point[s->point_count - 1].t_us;
	text = made_dump(&d, s, 80, 24, 0);
	assert_non_null(strstr(text, " sweep  plateau"));
	free(text);
	/* Then somebody changed the load. */
	s->sweep.t_us--;
	text = made_dump(&d, s, 80, 24, 0);
	assert_null(strstr(text, " sweep  "));
	free(text);
	s->sweep.state = SNAP_NO_SWEEP;
	text = made_dump(&d, s, 80, 24, 0);
	assert_null(strstr(text, " sweep  "));
	free(text);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(how_it_looks),
		cmocka_unit_test(recorded),
	};

	return cmocka_run_group_tests_name("ui/sweepline", tests, NULL, NULL);
}
