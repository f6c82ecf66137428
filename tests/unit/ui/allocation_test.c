/* A frame takes nothing from the heap once the screen has its size and the longest frame
 * was drawn. The heap's own functions are counted on the way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "fixture.h"
#include "ui/sgr.h"
#include "ui/theme.h"

#define WARMUP (COUNTED ? 50 : 1)
#define FRAMES (COUNTED ? 50 : 4) /* where nothing is counted they are only drawn */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__GLIBC__)
/* The sanitizers' heap is theirs. */
#define COUNTED false
static int allocations;
#else
#define COUNTED true
static int allocations;

void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *old, size_t bytes);

void *malloc(size_t bytes)
{
	allocations++;
	return __libc_malloc(bytes);
}

void *calloc(size_t count, size_t bytes)
{
	allocations++;
	return __libc_calloc(count, bytes);
}

void *realloc(void *old, size_t bytes)
{
	allocations++;
	return __libc_realloc(old, bytes);
}
#endif

/* The next second of the run: other figures everywhere. */
static void goes_on(struct snapshot *s, int frame)
{
	s->number++;
	s->t_us += 50000;
	s->now.rps = 20 + frame % 7;
	s->now.requests += 3;
	s->now.latency.p95_us += frame % 2 ? 17000 : -16000;
	s->all.requests += 3;
	s->series.rps[frame % (s->series.count ? s->series.count : 1)] += 1;
	for (int i = 0; i < s->task_count; i++)
		s->task[i].window.requests += (uint64_t)i;
}

static void what_is_taken_is_counted(void **state)
{
	int before = allocations;
	void *volatile p;

	(void)state;
	if (!COUNTED)
		skip();
	p = malloc(10);
	free(p);
	assert_int_equal(allocations, before + 1);
}

static void frames_take_nothing(void **state)
{
	static const int sizes[][2] = {{200, 60}, {120, 40}, {80, 24}, {40, 10}};
	struct snapshot *(*const make[])(void) = {made_typical, made_streaming, made_scraped, made_huge, made_all_errors};
	struct theme theme;
	struct err err;
	struct sgr *sgr;
	size_t drawn = 0;

	(void)state;
	sgr = malloc(sizeof *sgr);
	assert_int_equal(theme_parse("", 0, "none", &theme, &err), 0);
	sgr_theme(sgr, &theme);
	for (size_t which = 0; which < sizeof make / sizeof *make; which++)
		for (size_t size = 0; size < 4; size++)
			for (int view = 0; view < 2 * VIEW_COUNT; view++) {
				const int width = sizes[size][0], height = sizes[size][1];
				struct snapshot *s = make[which]();
				struct dashboard d = made_dashboard();
				struct regions regions;
				struct canvas now, shown;
				struct buf out = {0};
				int before = 0;

				d.view = (enum view_kind)(view % VIEW_COUNT);
				d.help = view >= VIEW_COUNT;
				d.regions = &regions;
				canvas_init(&now, width, height);
				canvas_init(&shown, width, height);
				for (int i = 0; i < WARMUP + FRAMES; i++) {
					if (i == WARMUP)
						before = allocations;
					goes_on(s, i);
					out.used = 0;
					dashboard_draw(&d, s, &now);
					/* The first is the longest: all of it. */
					sgr_frame(sgr, &now, &shown, width, height, i == 0, &out);
					if (i)
						drawn += out.used;
				}
				if (allocations != before)
					fail_msg("snapshot %zu, view %d, %dx%d: %d allocations in %d frames", which,
						 view % VIEW_COUNT + 1, width, height, allocations - before, FRAMES);
				buf_fini(&out);
				canvas_fini(&now);
				canvas_fini(&shown);
				free(s);
			}
	assert_true(drawn > 0); /* or nothing of it changed */
	free(sgr);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_taken_is_counted),
		cmocka_unit_test(frames_take_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
