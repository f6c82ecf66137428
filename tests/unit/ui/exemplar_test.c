/* From a cell, an error or a task to the requests behind it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"
#include "golden.h"

#include "metrics/gaps.h"

static union {
	struct rec_exemplar e;
	char room[REC_EXEMPLAR_MAX];
} made[3];
static struct exemplar_list list;

static char *add(char *at, const char *text, uint16_t *bytes)
{
	*bytes = (uint16_t)strlen(text);
	return mempcpy(at, text, *bytes);
}

/* A stream of 40 tokens with a stall, and a plain failure. */
static void make(int i, bool stream, int64_t latency_us)
{
	struct rec_exemplar *e = &made[i].e;
	struct rec_sample *s = (struct rec_sample *)(void *)e->tail;
	uint8_t bytes[REC_GAPS_MAX];
	struct gaps gaps;
	char *end;

	memset(&made[i], 0, sizeof made[i]);
	gaps_init(&gaps, bytes);
	for (int k = 0; k < 40 && stream; k++)
		gaps_put(&gaps, k == 25 ? 400000 : 20000 + k % 7 * 1000);
	*s = (struct rec_sample){
		.rec = {.kind = REC_SAMPLE, .t_us = 41000000}, .t0_us = 41000000 - latency_us,
		.ts_us = 41000000 - latency_us + 50000, .th_us = 41000000 - latency_us + 100000,
		.t1_us = stream ? 41000000 - latency_us + 300000 : -1, .to_us = -1, .tn_us = -1,
		.dns_us = 0, .connect_us = 900, .tls_us = 20000, .user = 17, .turn = 1, .status = stream ? 200 : 503,
		.flags = stream ? SAMPLE_NEW_CONNECTION | SAMPLE_STREAM : 0, .gap_bytes = gaps.used,
		.tokens_in = stream ? 812 : TOKENS_UNKNOWN, .tokens_out = stream ? 41 : TOKENS_UNKNOWN,
		.error = stream ? ERROR_NONE : ERROR_HTTP_5XX, .code = stream ? 0 : 503,
		.outcome = stream ? OUTCOME_SUCCEEDED : OUTCOME_FAILED, .quality = NAN,
	};
	end = s->text;
	if (!stream)
		end = add(end, "HTTP 503: no free slot", &s->text_bytes);
	memcpy(end, bytes, gaps.used);
	s->rec.bytes = rec_bytes(sizeof *s, s->text_bytes + gaps.used);
	e->sample_bytes = (uint16_t)s->rec.bytes;
	end = e->tail + s->rec.bytes;
	end = add(end, "POST http://localhost:8080/v1/chat\nX-Request-ID: 0badcafe-00000010\n"
		       "Authorization: [redacted]\n", &e->request_bytes);
	end = add(end, "{\"model\":\"coach\",\"messages\":[{\"role\":\"user\",\"content\":\"What is a good first line "
		       "of an application, and why is it so hard to write one?\"}],\"stream\":true,\"cut", &e->body_bytes);
	end = add(end, "Content-Type: text/event-stream\n", &e->header_bytes);
	end = add(end, "data: {\"choices\":[]}\n\ndata: [DONE]\n", &e->answer_bytes);
	end = add(end, stream ? "contains \"?\"\n" : "", &e->checks_bytes);
	e->body_total = 9000;
	e->answer_total = e->answer_bytes;
	e->rec = s->rec;
	e->rec.bytes = rec_bytes((uint64_t)(end - (char *)e), 0);
}

static void make_list(int count)
{
	list = (struct exemplar_list){.count = count, .fitting = count, .kept = 812};
	for (int i = 0; i < count; i++) {
		make(i, i != 1, 2500000 - i * 300000);
		list.rec[i] = &made[i].e;
	}
	list.slowest[0] = true;
}

static struct dashboard dashboard(int width, int height)
{
	struct dashboard d;

	dashboard_init(&d);
	d.name = "interview-coach";
	d.target = "http://localhost:8080";
	d.level = 24;
	d.width = width;
	d.height = height;
	return d;
}

static struct order press(struct dashboard *d, const struct snapshot *s, int code)
{
	return dashboard_key(d, s, code, 100);
}

/* As the program does. */
static void open_with(struct dashboard *d, const struct snapshot *s)
{
	assert_int_equal(press(d, s, '\r').command, COMMAND_EXEMPLARS);
	d->found = &list;
	dashboard_found(d);
}

static void it_shows_one_in_full(void **state)
{
	static const int sizes[][2] = {{80, 24}, {120, 40}, {200, 60}, {40, 10}, {60, 15}, {20, 4}, {80, 1}};
	struct snapshot *s = made_streaming();

	(void)state;
	make_list(3);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct dashboard d = dashboard(sizes[i][0], sizes[i][1]);

		open_with(&d, s);
		golden("exemplar", &d, s, d.width, d.height);
		press(&d, s, KEY_DOWN_);
		assert_int_equal(d.exemplar.cursor, 1);
		press(&d, s, KEY_PGDN_);
		golden("exemplar-failed", &d, s, d.width, d.height);
		press(&d, s, KEY_ESC_);
		assert_false(d.exemplar.open);
	}
	free(s);
}

/* Any part may be cut anywhere. */
static void any_size_and_any_cut_is_drawn(void **state)
{
	struct snapshot *s = made_streaming();
	struct canvas canvas;

	(void)state;
	make_list(2);
	canvas_init(&canvas, 0, 0);
	for (int cut = 0; cut < 200; cut++) {
		struct dashboard d = dashboard(1 + cut, 1 + cut / 4);

		made[0].e.body_bytes = (uint16_t)cut;
		canvas_resize(&canvas, d.width, d.height);
		open_with(&d, s);
		d.exemplar.top = cut;
		press(&d, s, KEY_PGDN_);
		press(&d, s, KEY_PGUP_);
		dashboard_draw(&d, s, &canvas);
	}
	canvas_fini(&canvas);
	free(s);
}

static void enter_asks_for_what_is_under_the_cursor(void **state)
{
	struct snapshot *s = made_streaming();
	struct dashboard d = dashboard(120, 40);
	const struct exemplar_query *q = &d.exemplar.query;

	(void)state;
	press(&d, s, '\r');
	assert_int_equal(q->task, -1);
	press(&d, s, KEY_DOWN_);
	press(&d, s, '\n');
	assert_int_equal(q->task, 0);
	assert_int_equal(q->until_us, s->t_us);
	/* The heatmap's cell. */
	d.view = VIEW_LATENCY;
	d.focus = PANE_HEATMAP;
	d.heat_t_us = 40000000;
	d.heat_bin = loggrid_bin(1500000);
	press(&d, s, '\r');
	assert_true(q->from_us <= 40000000 && q->to_us > 40000000 && q->to_us - q->from_us <= 4000000);
	assert_true(q->low_us <= 1500000 && q->high_us > 1500000 && q->high_us < 3100000);
	assert_true(q->timed_only);
	/* The histogram's, once it was focused by hand. */
	d.focus = PANE_HISTOGRAM;
	press(&d, s, '\r');
	assert_int_equal(q->high_us, INT64_MAX);
	d.focus = PANE_AUDIT;
	press(&d, s, '\t');
	assert_int_equal(d.focus, PANE_HISTOGRAM);
	press(&d, s, KEY_END_);
	press(&d, s, '\r');
	assert_true(q->low_us > s->now.latency.p95_us);
	press(&d, s, KEY_HOME_);
	press(&d, s, KEY_RIGHT_);
	press(&d, s, '\r');
	assert_true(q->high_us < s->now.latency.p50_us && q->low_us > 0 && q->low_us < q->high_us);
	/* An error. */
	press(&d, s, '7');
	d.error_cursor = 0;
	press(&d, s, '\r');
	assert_int_equal(q->error, s->error[0].error);
	assert_int_equal(q->code, s->error[0].code);
	assert_string_equal(q->message, s->error[0].message);
	free(s);
}

static void nothing_kept_is_said(void **state)
{
	struct snapshot *s = made_streaming();
	struct dashboard d = dashboard(80, 24);

	(void)state;
	list = (struct exemplar_list){.count = 0};
	open_with(&d, s);
	assert_false(d.exemplar.open);
	assert_string_equal(d.message, "no request is kept yet");
	make_list(1);
	list.nearest = true;
	open_with(&d, s);
	golden("exemplar-nearest", &d, s, 80, 24);
	free(s);
}

/* A row is chosen by a click, and the wheel scrolls what it is over. */
static void the_mouse_chooses_and_scrolls(void **state)
{
	struct snapshot *s = made_streaming();
	struct regions regions = {0};
	struct canvas canvas;

	(void)state;
	make_list(3);
	canvas_init(&canvas, 0, 0);
	for (int width = 80; width <= 200; width += 60) {
		struct dashboard d = dashboard(width, 24);
		struct region_hit row, text;
		int y = 0, top;

		d.regions = &regions;
		canvas_resize(&canvas, d.width, d.height);
		open_with(&d, s);
		dashboard_draw(&d, s, &canvas);
		do
			row = region_at(&regions, 10, y++, REGION_EXEMPLAR);
		while (!row.region && y < 24);
		assert_non_null(row.region);
		assert_int_equal(row.what, 0);
		dashboard_mouse(&d, s, (struct mouse){MOUSE_CLICK, 10, y}, 100);
		assert_int_equal(d.exemplar.cursor, 1);
		dashboard_draw(&d, s, &canvas);
		assert_int_equal(canvas.cell[y * width + 1].ch, glyphs_of(d.glyphs)->cursor);
		assert_int_equal(dashboard_mouse(&d, s, (struct mouse){MOUSE_WHEEL_UP, 10, y}, 100).command, COMMAND_REDRAW);
		assert_int_equal(d.exemplar.cursor, 0);
		text = region_at(&regions, width - 3, 18, REGION_DETAIL | REGION_EXEMPLAR);
		assert_int_equal(text.region->kind, REGION_DETAIL);
		dashboard_mouse(&d, s, (struct mouse){MOUSE_WHEEL_DOWN, width - 3, 18}, 100);
		assert_int_equal(d.exemplar.top, 3);
		for (int i = 0; i < 50; i++)
			dashboard_mouse(&d, s, (struct mouse){MOUSE_WHEEL_DOWN, width - 3, 18}, 100);
		top = d.exemplar.top;
		press(&d, s, KEY_PGDN_); /* there is no more */
		assert_int_equal(d.exemplar.top, top);
		for (int i = 0; i < 50; i++)
			dashboard_mouse(&d, s, (struct mouse){MOUSE_WHEEL_UP, width - 3, 18}, 100);
		assert_int_equal(d.exemplar.top, 0);
		assert_true(d.exemplar.open);
	}
	/* On every size to the very end and back, as PgDn does it. */
	for (int width = 20; width <= 160; width += 14)
		for (int height = 3; height <= 30; height += 3) {
			struct dashboard d = dashboard(width, height);
			int last;

			d.regions = &regions;
			canvas_resize(&canvas, width, height);
			open_with(&d, s);
			for (int i = 0; i < 60; i++)
				press(&d, s, KEY_PGDN_);
			last = d.exemplar.top;
			d.exemplar.top = 0;
			dashboard_draw(&d, s, &canvas);
			for (int i = 0; i < 60; i++)
				dashboard_mouse(&d, s, (struct mouse){MOUSE_WHEEL_DOWN, width - 1, height - 2}, 100);
			if (d.exemplar.top != last)
				fail_msg("%dx%d: %d of %d", width, height, d.exemplar.top, last);
		}
	canvas_fini(&canvas);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_shows_one_in_full),
		cmocka_unit_test(any_size_and_any_cut_is_drawn),
		cmocka_unit_test(enter_asks_for_what_is_under_the_cursor),
		cmocka_unit_test(nothing_kept_is_said),
		cmocka_unit_test(the_mouse_chooses_and_scrolls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
