/* How a map lies in a plot: nothing is lost, and nothing moves without need. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"
#include "ui/widget.h"

static uint64_t all_of(const struct snap_heat *map)
{
	uint64_t n = 0;

	for (int i = 0; i < map->columns; i++)
		for (int r = 0; r < map->rows; r++)
			n += map->count[i][r];
	return n;
}

static void every_size_has_all_of_it(void **state)
{
	struct snapshot *s[] = {made_typical(), made_one_sample(), made_huge()};

	(void)state;
	for (int k = 0; k < 3; k++)
		for (int width = 1; width < 300; width += 1 + width / 20)
			for (int height = 1; height < 100; height += 1 + height / 20) {
				struct heat heat;
				uint64_t n = 0;

				heat_init(&heat, &s[k]->heat, width, height);
				assert_in_range(heat.slots * heat.slot_cells, 1, width);
				assert_in_range(heat.rows.rows * heat.row_cells, 1, height - heat.lane);
				for (int i = 0; i < heat.slots; i++)
					n += heat_slot_count(&heat, i);
				assert_int_equal(n, all_of(&s[k]->heat));
			}
	for (int k = 0; k < 3; k++)
		free(s[k]);
}

/* A run that goes on adds slots on the right; those that are there stay in their cells
 * until there is no room, then each pair becomes one. */
static void slots_stay_in_place(void **state)
{
	struct snapshot *s = made_typical();
	struct heat before, now;

	(void)state;
	heat_init(&before, &s->heat, 70, 20);
	for (s->heat.columns = 1; s->heat.columns <= SNAP_HEAT_COLUMNS; s->heat.columns++) {
		int64_t cell_us;

		heat_init(&now, &s->heat, 70, 20);
		cell_us = heat_slot_us(&now) / now.slot_cells;
		if (s->heat.columns > 1) {
			int64_t was_us = heat_slot_us(&before) / before.slot_cells;

			assert_true(cell_us == was_us || (cell_us == 2 * was_us && before.slots * before.slot_cells > 66));
		}
		assert_int_equal(heat_slot(&now, (s->heat.columns - 1) * s->heat.length_us), now.slots - 1);
		before = now;
	}
	free(s);
}

/* Where a few are far away the topmost row has them, and most rows have the rest. */
static void ends_may_be_open(void **state)
{
	struct snap_heat *map = calloc(1, sizeof *map);
	struct heat heat;

	(void)state;
	map->length_us = 500000;
	map->columns = 2;
	map->first = 64;
	map->merge = 8;
	map->rows = 60;
	for (int r = 10; r < 16; r++)
		map->count[0][r] = 1000;
	map->count[1][59] = 3;
	heat_init(&heat, map, 20, 6);
	assert_true(heat.rows.open_high);
	assert_int_equal(heat_count(&heat, 1, heat.rows.rows - 1), 3);
	assert_int_equal(heat_count(&heat, 0, 0), 1000);
	assert_int_equal(heat_slot_count(&heat, 0) + heat_slot_count(&heat, 1), 6003);
	/* As many as that are no exception. */
	map->count[1][59] = 300;
	heat_init(&heat, map, 20, 6);
	assert_false(heat.rows.open_high);
	free(map);
}

static void quantiles_are_in_their_row(void **state)
{
	struct snap_heat *map = calloc(1, sizeof *map);
	struct heat heat;

	(void)state;
	map->length_us = 500000;
	map->columns = 2;
	map->first = 320;
	map->merge = 2;
	map->rows = 3;
	map->count[0][0] = 50;
	map->count[0][1] = 45;
	map->count[0][2] = 5;
	heat_init(&heat, map, 20, 6);
	assert_int_equal(heat_quantile_row(&heat, 0, 0.5), 0);
	assert_int_equal(heat_quantile_row(&heat, 0, 0.51), 1);
	assert_int_equal(heat_quantile_row(&heat, 0, 0.95), 1);
	assert_int_equal(heat_quantile_row(&heat, 0, 0.951), 2);
	assert_int_equal(heat_quantile_row(&heat, 1, 0.5), -1);
	/* A row is two cells high, 1 s is the lowest row's edge. */
	assert_int_equal(heat.row_cells, 2);
	assert_int_equal(heat_y(&heat, 320), 4);
	assert_int_equal(heat_y(&heat, 325), 0);
	assert_int_equal(heat_y(&heat, 326), -1);
	assert_int_equal(heat_y(&heat, 319), -1);
	free(map);
}

/* A shade is a range of counts, the same in all of the map. */
static void shades_are_logarithmic(void **state)
{
	static const uint32_t count[] = {1, 2, 3, 8, 9, 26, 27, 80};
	static const uint32_t shade[] = {1, 1, 2, 2, 3, 3, 4, 4};
	const struct glyphs *g = glyphs_of(GLYPHS_BLOCK);
	struct snap_heat *map = calloc(1, sizeof *map);
	struct canvas canvas;
	struct heat heat;

	(void)state;
	map->length_us = 500000;
	map->columns = 9;
	map->first = 320;
	map->merge = 2;
	map->rows = 1;
	for (int i = 0; i < 8; i++)
		map->count[i][0] = count[i];
	map->failed[8] = 1;
	canvas_init(&canvas, 9, 5);
	heat_init(&heat, map, 9, 5);
	assert_int_equal(heat.base, 3);
	heat_draw(&heat, canvas_view(&canvas), g);
	for (int i = 0; i < 8; i++) {
		assert_int_equal(canvas.cell[4 * 9 + i].ch, g->shade[shade[i]]);
		assert_int_equal(canvas.cell[i].ch, ' ');
		if (i)
			assert_true(canvas.cell[4 * 9 + i].level >= canvas.cell[4 * 9 + i - 1].level);
	}
	assert_int_equal(canvas.cell[8].ch, '!');
	assert_int_equal(canvas.cell[4 * 9 + 8].ch, ' ');
	canvas_fini(&canvas);
	free(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_size_has_all_of_it),
		cmocka_unit_test(slots_stay_in_place),
		cmocka_unit_test(ends_may_be_open),
		cmocka_unit_test(quantiles_are_in_their_row),
		cmocka_unit_test(shades_are_logarithmic),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
