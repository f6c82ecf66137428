/* A packed state and the base it names, from unknown hands: what comes out is of the length
 * that was said, or nothing does. What we pack comes out as it was, against its base alone.
 *
 * Input: two bytes for where the base ends, one for where what is packed is changed. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/record/packing.h"
#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* Bytes of nobody's, maybe. */
static void unpack(const void *packed, size_t packed_bytes, const char *base, size_t base_bytes, size_t bytes)
{
	struct buf out = {0};

	if (packing_unpack(packed, packed_bytes, base, base_bytes, bytes, &out))
		must(out.used == bytes);
	else
		must(out.used == 0);
	buf_fini(&out);
}

static void there_and_back(const char *state, size_t bytes, const char *base, size_t base_bytes, uint8_t where)
{
	struct buf packed = {0}, out = {0};

	must(packing_pack(state, bytes, base, base_bytes, &packed));
	must(packing_unpack(packed.at, packed.used, base, base_bytes, bytes, &out));
	must(out.used == bytes && !memcmp(out.at, state, bytes));
	out.used = 0;
	must(!packing_unpack(packed.at, packed.used, base, base_bytes, bytes + 1, &out));
	unpack(packed.at, packed.used, NULL, 0, bytes);
	unpack(packed.at, packed.used, base, base_bytes, bytes > 1 ? bytes - 1 : 7);
	/* Its own bytes changed; itself for a base. */
	packed.at[where % packed.used] ^= (char)(where | 1);
	unpack(packed.at, packed.used, base, base_bytes, bytes);
	unpack(packed.at, packed.used, packed.at, packed.used, bytes);
	buf_fini(&packed);
	buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	size_t base_bytes;
	char *base, *state;

	if (bytes < 5)
		return 0;
	base_bytes = 1 + (size_t)(data[0] << 8 | data[1]) % (bytes - 4);
	/* Each alone in its memory. */
	base = malloc(base_bytes);
	memcpy(base, data + 3, base_bytes);
	bytes -= 3 + base_bytes; /* one at least */
	state = malloc(bytes);
	memcpy(state, data + 3 + base_bytes, bytes);
	there_and_back(state, bytes, base, base_bytes, data[2]);
	unpack(state, bytes, base, base_bytes, 100 + data[2]);
	unpack(state, bytes, NULL, 0, 100 + data[2]);
	free(base);
	free(state);
	return 0;
}
