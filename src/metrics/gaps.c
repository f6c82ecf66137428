#include "metrics/gaps.h"

#define BYTES_MAX 10 /* of 64 bits, seven at a time */

void gaps_init(struct gaps *gaps, uint8_t *bytes)
{
	*gaps = (struct gaps){.bytes = bytes};
}

void gaps_put(struct gaps *gaps, int64_t us)
{
	uint8_t code[BYTES_MAX];
	uint32_t n = 0;

	if (gaps->cut)
		return;
	/* us and last_us are not negative, so this does not overflow. */
	int64_t step = us - gaps->last_us;
	uint64_t left = ((uint64_t)step << 1) ^ (uint64_t)(step >> 63);

	for (; left >= 0x80; left >>= 7)
		code[n++] = (uint8_t)(left | 0x80);
	code[n++] = (uint8_t)left;
	if (n > REC_GAPS_MAX - gaps->used) {
		gaps->cut = true;
		return;
	}
	for (uint32_t i = 0; i < n; i++)
		gaps->bytes[gaps->used++] = code[i];
	gaps->last_us = us;
	gaps->count++;
}

void gaps_read(struct gaps_reader *reader, const uint8_t *bytes, uint32_t count)
{
	*reader = (struct gaps_reader){.at = bytes, .end = count ? bytes + count : bytes};
}

bool gaps_next(struct gaps_reader *reader, int64_t *us)
{
	uint64_t code = 0;
	const uint8_t *at = reader->at;

	for (int shift = 0; at < reader->end; shift += 7) {
		uint8_t byte = *at++;

		if (shift == 63 && byte > 1)
			break;
		code |= (uint64_t)(byte & 0x7f) << shift;
		if (byte & 0x80)
			continue;
		int64_t step = (int64_t)(code >> 1) ^ -(int64_t)(code & 1);

		if (__builtin_add_overflow(reader->last_us, step, &reader->last_us))
			break;
		if (reader->last_us < 0)
			reader->last_us = 0;
		reader->at = at;
		*us = reader->last_us;
		return true;
	}
	reader->at = reader->end;
	return false;
}
