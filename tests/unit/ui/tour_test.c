/* The newcomer's tour: every step is left by what it asks for, and by nothing else. */
#include "ui/tour.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"

/* A run that has just begun, with two users. */
static struct snapshot *begun(struct dashboard *d)
{
	struct snapshot *s = made_typical();

	*d = made_dashboard();
	s->point_count = 1;
	s->point[0].level = 2;
	s->scaling.scale.knee.low = NAN;
	d->level = 2;
	tour_start(d);
	return s;
}

static void drawn(const struct dashboard *d, const struct snapshot *s, const char *what)
{
	char *text = made_dump(d, s, 80, 24, 0);

	if (!strstr(text, what))
		fail_msg("no \"%s\" in\n%s", what, text);
	free(text);
}

static void shows(struct dashboard *d, struct snapshot *s, const char *what)
{
	tour_follow(d, s);
	drawn(d, s, what);
}

/* One request is kept. */
static struct {
	struct rec_exemplar e;
	struct rec_sample sample;
} kept = {.e = {.sample_bytes = sizeof(struct rec_sample)}};
static struct exemplar_list list = {.count = 1, .fitting = 1, .kept = 1, .rec = {&kept.e}};

static void press(struct dashboard *d, struct snapshot *s, const char *keys)
{
	for (; *keys; keys++) {
		struct order o = dashboard_key(d, s, *keys, 1000);

		if (o.command == COMMAND_LEVEL)
			d->level = o.level;
		if (o.command == COMMAND_EXEMPLARS) {
			d->found = &list;
			dashboard_found(d);
		}
		tour_follow(d, s);
	}
}

static void each_step_is_left_by_what_it_asks_for(void **state)
{
	struct dashboard d;
	struct snapshot *s = begun(&d);

	(void)state;
	shows(&d, s, "tour 1/6  press > twice");
	press(&d, s, ">");
	shows(&d, s, "tour 1/6");
	press(&d, s, ">");
	shows(&d, s, "tour 2/6  press 6:");
	press(&d, s, "6");
	shows(&d, s, "tour 3/6  hold, > again");
	s->scaling.scale.knee.low = 4.6;
	shows(&d, s, "tour 4/6  press 3:");
	press(&d, s, "3");
	shows(&d, s, "tour 5/6  press ↓");
	press(&d, s, "j\r");
	shows(&d, s, "tour 6/6");
	press(&d, s, "\033");
	assert_false(d.tour);
	assert_non_null(strstr(d.message, "tour done: the knee is near 4.6 users"));
	free(s);
}

/* Who knows the way is not told it. */
static void what_was_seen_before_is_left_out(void **state)
{
	struct dashboard d;
	struct snapshot *s = begun(&d);

	(void)state;
	press(&d, s, "631");
	shows(&d, s, "tour 1/6");
	press(&d, s, ">>");
	shows(&d, s, "tour 3/6");
	/* A sweep finds it, too; then it is not known yet where. */
	snprintf(d.sweep, sizeof d.sweep, "4 of up to 512 users");
	shows(&d, s, "tour 5/6");
	press(&d, s, "3j\r\033");
	assert_false(d.tour);
	assert_non_null(strstr(d.message, "tour done: ? tells"));
	free(s);
}

static void esc_ends_it_where_it_leaves_nothing_else(void **state)
{
	struct dashboard d;
	struct snapshot *s = begun(&d);
	char *text;

	(void)state;
	press(&d, s, "z\033");
	assert_true(d.tour && !d.zoomed);
	press(&d, s, "?\033");
	assert_true(d.tour && !d.help);
	press(&d, s, "\033");
	assert_false(d.tour);
	text = made_dump(&d, s, 80, 24, 0);
	assert_null(strstr(text, "tour 1/6"));
	assert_non_null(strstr(text, "end of the tour"));
	free(text);
	free(s);
}

/* Nothing is cut at 80 columns; wider screens say how to end it. */
static void its_words_fit(void **state)
{
	static const char *const end[] = {"only p95?", "load so far", "sweeps up to it", "to each other?", "slowest requests", "Esc goes back"};
	struct dashboard d;
	struct snapshot *s = begun(&d);
	char *text;

	(void)state;
	for (unsigned step = 0; step < 6; step++) {
		d.toured = (1U << step) - 1;
		text = made_dump(&d, s, 80, 24, 0);
		assert_non_null(strstr(text, end[step]));
		free(text);
	}
	text = made_dump(&d, s, 100, 30, 0);
	assert_non_null(strstr(text, "Esc ends the tour"));
	free(text);
	free(s);
}

/* The README tells the same steps in the same order. */
static void the_readme_tells_the_same(void **state)
{
	static const struct {
		const char *key, *said;
	} row[] = {
		{"`>`", "tour 1/6  press > twice"}, {"`6`", "tour 2/6  press 6:"}, {"`s`", "tour 3/6  hold, > again"},
		{"`3`", "tour 4/6  press 3:"}, {"`Enter`", "tour 5/6  press ↓ to the slow task, then Enter"}, {"`Esc`", "tour 6/6  ↑ ↓ pick one"},
	};
	FILE *readme = fopen("README.md", "r");
	char line[1024], begins[8];
	struct dashboard d;
	struct snapshot *s = begun(&d);
	unsigned step = 0;

	(void)state;
	assert_non_null(readme);
	while (step < 6 && fgets(line, sizeof line, readme)) {
		snprintf(begins, sizeof begins, "| %u | ", step + 1);
		if (strncmp(line, begins, strlen(begins)) != 0)
			continue;
		/* The cell that says what to press. */
		line[strlen(begins) + strcspn(line + strlen(begins), "|")] = '\0';
		if (!strstr(line, row[step].key))
			fail_msg("%s does not ask for %s", line, row[step].key);
		d.toured = (1U << step) - 1;
		drawn(&d, s, row[step].said);
		step++;
	}
	assert_int_equal(step, 6);
	fclose(readme);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_step_is_left_by_what_it_asks_for),
		cmocka_unit_test(what_was_seen_before_is_left_out),
		cmocka_unit_test(esc_ends_it_where_it_leaves_nothing_else),
		cmocka_unit_test(its_words_fit),
		cmocka_unit_test(the_readme_tells_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
