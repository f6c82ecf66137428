/* States of the model, packed. Most of a state is as it was in the one before, so it is
 * packed against an earlier one, its base, which takes a third of the room; a base is
 * packed whole, so that no more than two have to be unpacked for any. One thread. */
#ifndef RECORD_PACKING_H
#define RECORD_PACKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct packer {
	char *base; /* unpacked; NULL: none yet */
	size_t base_bytes, base_packed;
	int64_t base_us;
	int since; /* states packed against it */
};

void packer_fini(struct packer *p);

/* Appends `state` to `out`. *base_us: the time of the state that it is packed against;
 * -1: of none. False: it cannot be packed, `out` is as it was. */
bool packer_pack(struct packer *p, int64_t t_us, const char *state, size_t bytes, struct buf *out, int64_t *base_us);

/* The same without a choice: against `base`, or (NULL) whole. */
bool packing_pack(const char *bytes, size_t count, const char *base, size_t base_bytes, struct buf *out);

/* Appends the one state of `bytes` that is in `packed`. False: that is not what is there, or
 * `base` (NULL: none) is not what it was packed against. */
bool packing_unpack(const void *packed, size_t packed_bytes, const char *base, size_t base_bytes,
		    size_t bytes, struct buf *out);

#endif
