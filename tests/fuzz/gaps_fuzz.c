/* Any bytes read as gaps; what was read, written again, reads the same. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "metrics/gaps.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static uint8_t room[REC_GAPS_MAX];
	struct gaps gaps;
	struct gaps_reader reader, again;
	int64_t us, same;

	if (bytes > 4096)
		return 0;
	gaps_init(&gaps, room);
	for (gaps_read(&reader, data, (uint32_t)bytes); gaps_next(&reader, &us);) {
		if (us < 0)
			abort();
		gaps_put(&gaps, us);
	}
	if (gaps.cut)
		abort();
	gaps_read(&reader, data, (uint32_t)bytes);
	gaps_read(&again, room, gaps.used);
	while (gaps_next(&reader, &us))
		if (!gaps_next(&again, &same) || same != us)
			abort();
	if (gaps_next(&again, &same))
		abort();
	return 0;
}
