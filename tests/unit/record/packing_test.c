/* States are packed against an earlier one, and come back only with it. */
#include "../../../src/record/packing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"

enum { BYTES = 200000, STATES = 40 };

/* Bytes that no packing makes smaller, of which few change from one state to the next. */
static void change(char *state, struct rng *rng, int bytes)
{
	for (int i = 0; i < bytes; i++)
		state[rng_below(rng, BYTES)] = (char)rng_below(rng, 256);
}

struct kept {
	char state[BYTES];
	struct buf packed;
	int64_t base_us;
};

static struct kept *pack_all(struct packer *packer, int changed)
{
	struct kept *kept = calloc(STATES, sizeof *kept);
	char *now = calloc(1, BYTES);
	struct rng rng;

	rng_seed(&rng, 7, 0);
	change(now, &rng, 20 * BYTES);
	for (int i = 0; i < STATES; i++) {
		change(now, &rng, changed);
		memcpy(kept[i].state, now, BYTES);
		assert_true(packer_pack(packer, i, now, BYTES, &kept[i].packed, &kept[i].base_us));
	}
	free(now);
	return kept;
}

static void free_all(struct kept *kept)
{
	for (int i = 0; i < STATES; i++)
		buf_fini(&kept[i].packed);
	free(kept);
}

static void what_is_packed_comes_back(void **state)
{
	struct packer packer = {0};
	struct kept *kept = pack_all(&packer, 50);
	struct buf out = {0};
	int whole = 0;

	(void)state;
	for (int i = 0; i < STATES; i++) {
		struct kept *k = &kept[i], *base = k->base_us < 0 ? NULL : &kept[k->base_us];

		whole += !base;
		if (base) {
			assert_int_equal(base->base_us, -1);
			assert_true(k->packed.used < BYTES / 20);
		}
		out.used = 0;
		assert_true(packing_unpack(k->packed.at, k->packed.used, base ? base->state : NULL, BYTES, BYTES, &out));
		assert_memory_equal(out.at, k->state, BYTES);
	}
	assert_int_equal(whole, STATES / 8);
	buf_fini(&out);
	packer_fini(&packer);
	free_all(kept);
}

/* Half a state that has nothing in common with the base is no gain. */
static void what_has_changed_too_much_is_packed_whole(void **state)
{
	struct packer packer = {0};
	struct kept *kept = pack_all(&packer, 3 * BYTES);

	(void)state;
	for (int i = 0; i < STATES; i++)
		assert_int_equal(kept[i].base_us, -1);
	packer_fini(&packer);
	free_all(kept);
}

static void another_base_is_found_out(void **state)
{
	struct packer packer = {0};
	struct kept *kept = pack_all(&packer, 50);
	struct kept *k = &kept[3];
	struct buf out = {0};

	(void)state;
	assert_int_equal(k->base_us, 0);
	assert_false(packing_unpack(k->packed.at, k->packed.used, NULL, 0, BYTES, &out));
	assert_false(packing_unpack(k->packed.at, k->packed.used, kept[20].state, BYTES, BYTES, &out));
	assert_false(packing_unpack(k->packed.at, k->packed.used, kept[0].state, BYTES, BYTES - 1, &out));
	assert_false(packing_unpack(k->packed.at, k->packed.used / 2, kept[0].state, BYTES, BYTES, &out));
	assert_int_equal(out.used, 0);
	buf_fini(&out);
	packer_fini(&packer);
	free_all(kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_packed_comes_back),
		cmocka_unit_test(what_has_changed_too_much_is_packed_whole),
		cmocka_unit_test(another_base_is_found_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
