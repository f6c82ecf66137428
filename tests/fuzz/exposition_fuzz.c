/* Any bytes as an answer of /metrics: nothing is read beyond them, and what is pulled
 * out lies within them, in order. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http/exposition.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct exposition_sample s;
	struct exposition e;
	const char *behind;
	uint64_t samples = 0;
	char *text;

	if (!bytes)
		return 0;
	text = malloc(bytes);
	memcpy(text, data + 1, bytes - 1);
	behind = text;
	exposition_init(&e, text, bytes - 1, data[0] & 1);
	while (exposition_next(&e, &s)) {
		samples++;
		if (s.name < behind || !s.name_bytes || s.labels < s.name + s.name_bytes ||
		    s.labels + s.labels_bytes > text + bytes - 1)
			abort();
		behind = s.labels + s.labels_bytes;
	}
	if (samples != e.samples || (e.bad && e.line == 0))
		abort();
	free(text);
	return 0;
}
