/* What is on the screen stays as it was drawn, whoever reads the box from now on: a
 * collector's buffers go round in turn() here, on one thread. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../ui/fixture.h"
#include "../ui/pty.h"
#include "cli/screen.h"

#define DRAWN_AWAY 5 /* frames */

struct trip {
	int report;
	struct snapbox *given, *elsewhere;
	bool away;
	uint64_t published, drawn, then; /* numbers of pictures; then: as it led away */
	int away_frames;
	bool same, asked_of_the_drawn;
};

static void publish(struct trip *t)
{
	struct snapshot *made = made_typical();
	uint32_t generation = snapbox_asked(t->given).generation;

	*snapbox_write(t->given) = *made;
	snapbox_write(t->given)->number = ++t->published;
	snapbox_write(t->given)->generation = generation;
	snapbox_publish(t->given);
	free(made);
}

/* As a live run: elsewhere, the box is its own to read. */
static void turn(void *arg, struct dashboard *d)
{
	struct trip *t = arg;

	(void)d;
	publish(t);
	if (t->away)
		snapbox_read(t->given, NULL);
	publish(t);
	publish(t);
}

static void refresh(void *arg, struct dashboard *d, const struct snapshot *snapshot)
{
	struct trip *t = arg;

	(void)d;
	if (!snapshot)
		return;
	t->drawn = snapshot->number;
	if (!t->away) {
		dprintf(t->report, "drawn ");
		return;
	}
	t->same &= snapshot->number == t->then;
	t->away_frames++;
}

static void order(void *arg, struct dashboard *d, const struct snapshot *snapshot, struct order o)
{
	struct trip *t = arg;

	(void)d;
	(void)o;
	t->asked_of_the_drawn = snapshot && snapshot->number == t->drawn;
	t->then = t->drawn;
	t->away = true;
}

static struct snapbox *box(void *arg)
{
	struct trip *t = arg;

	return t->away ? t->elsewhere : t->given;
}

static bool done(void *arg)
{
	return ((struct trip *)arg)->away_frames >= DRAWN_AWAY;
}

static void on_signal(void *arg, struct dashboard *d, bool hangup)
{
	(void)arg;
	(void)d;
	(void)hangup;
}

static int watch(int report)
{
	static const struct screen_ops ops = {
		.refresh = refresh, .turn = turn, .order = order, .signal = on_signal, .box = box, .done = done, .max_users = 100,
	};
	struct screen_config config = {.color = COLOR_AUTO, .glyphs = -1, .step = 1};
	struct trip t = {.report = report, .given = snapbox_new(), .elsewhere = snapbox_new(), .same = true};
	struct dashboard d = made_dashboard();
	struct err err;

	if (screen_run(&d, t.given, &config, &ops, &t, &err))
		return 2;
	dprintf(report, t.same ? "same" : "other");
	dprintf(report, t.asked_of_the_drawn ? " asked" : " not asked");
	snapbox_free(t.given);
	snapbox_free(t.elsewhere);
	return 0;
}

static void stays_where_it_leads_elsewhere(void **state)
{
	static struct pty p;

	(void)state;
	pty_start(&p, (struct pty_setup){.term = "xterm-256color", .width = 80, .height = 24}, watch);
	assert_true(pty_until(&p, pty_has_said, "drawn "));
	pty_key(&p, "+");
	/* Frames while nothing new comes are drawn for keys. */
	for (int i = 0; i < DRAWN_AWAY; i++)
		pty_key(&p, "2");
	pty_end(&p);
	assert_non_null(strstr(p.said, "same asked"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(stays_where_it_leads_elsewhere)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
