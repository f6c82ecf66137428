#include "metrics/gaps.h"

#include <stddef.h>

#define BYTES_MAX 11 /* of a code */
#define MEAN 4       /* each gap is a quarter of the mean after it */
#define TWO 64       /* the first byte of a code of two bytes */
#define THREE 248
#define MORE 255
#define TWO_FROM UINT64_C(64) /* the lowest value of such a code */
#define THREE_FROM (TWO_FROM + (THREE - TWO) * UINT64_C(256))
#define MORE_FROM (THREE_FROM + (MORE - THREE) * UINT64_C(65536))

static int64_t next_mean(int64_t mean_us, int64_t us, bool any)
{
	return any ? mean_us + (us - mean_us) / MEAN : us;
}

/* --- writing ---------------------------------------------------------------- */

void gaps_init(struct gaps *gaps, uint8_t *bytes)
{
	*gaps = (struct gaps){.bytes = bytes};
}

static uint32_t write_code(uint64_t value, uint8_t code[BYTES_MAX])
{
	uint32_t n = 0;

	if (value < TWO_FROM) {
		code[n++] = (uint8_t)value;
	} else if (value < THREE_FROM) {
		code[n++] = (uint8_t)(TWO + ((value - TWO_FROM) >> 8));
		code[n++] = (uint8_t)(value - TWO_FROM);
	} else if (value < MORE_FROM) {
		code[n++] = (uint8_t)(THREE + ((value - THREE_FROM) >> 16));
		code[n++] = (uint8_t)((value - THREE_FROM) >> 8);
		code[n++] = (uint8_t)(value - THREE_FROM);
	} else {
		code[n++] = MORE;
		for (value -= MORE_FROM; value >= 0x80; value >>= 7)
			code[n++] = (uint8_t)(value | 0x80);
		code[n++] = (uint8_t)value;
	}
	return n;
}

void gaps_put(struct gaps *gaps, int64_t us)
{
	uint8_t code[BYTES_MAX];
	uint32_t n;

	if (gaps->cut)
		return;
	/* us and mean_us are not negative, so this does not overflow. */
	int64_t step = us - gaps->mean_us;

	n = write_code(((uint64_t)step << 1) ^ (uint64_t)(step >> 63), code);
	if (n > REC_GAPS_MAX - gaps->used) {
		gaps->cut = true;
		return;
	}
	for (uint32_t i = 0; i < n; i++)
		gaps->bytes[gaps->used++] = code[i];
	gaps->mean_us = next_mean(gaps->mean_us, us, gaps->count);
	gaps->count++;
}

/* --- reading ---------------------------------------------------------------- */

void gaps_read(struct gaps_reader *reader, const uint8_t *bytes, uint32_t count)
{
	*reader = (struct gaps_reader){.at = bytes, .end = count ? bytes + count : bytes};
}

void gaps_read_former(struct gaps_reader *reader, const uint8_t *bytes, uint32_t count)
{
	gaps_read(reader, bytes, count);
	reader->former = true;
}

/* Seven bits a byte. NULL: it does not end, or is too large. */
static const uint8_t *read_long(const uint8_t *at, const uint8_t *end, uint64_t *value)
{
	*value = 0;
	for (int shift = 0; at < end; shift += 7) {
		uint8_t byte = *at++;

		if (shift == 63 && byte > 1)
			return NULL;
		*value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return at;
	}
	return NULL;
}

/* Returns what follows it; NULL: it is cut off, or too large. */
static const uint8_t *read_code(const uint8_t *at, const uint8_t *end, uint64_t *value)
{
	uint8_t first = *at++;

	if (first < TWO) {
		*value = first;
		return at;
	}
	if (first < THREE) {
		if (end - at < 1)
			return NULL;
		*value = TWO_FROM + ((uint64_t)(first - TWO) << 8) + at[0];
		return at + 1;
	}
	if (first < MORE) {
		if (end - at < 2)
			return NULL;
		*value = THREE_FROM + ((uint64_t)(first - THREE) << 16) + ((uint64_t)at[0] << 8) + at[1];
		return at + 2;
	}
	at = read_long(at, end, value);
	return at && !__builtin_add_overflow(*value, MORE_FROM, value) ? at : NULL;
}

bool gaps_next(struct gaps_reader *reader, int64_t *us)
{
	const uint8_t *at = reader->at;
	uint64_t code;

	if (at < reader->end)
		at = reader->former ? read_long(at, reader->end, &code) : read_code(at, reader->end, &code);
	else
		at = NULL;
	if (at) {
		int64_t step = (int64_t)(code >> 1) ^ -(int64_t)(code & 1);

		if (!__builtin_add_overflow(reader->mean_us, step, us)) {
			if (*us < 0)
				*us = 0;
			reader->at = at;
			reader->mean_us = reader->former ? *us : next_mean(reader->mean_us, *us, reader->any);
			reader->any = true;
			return true;
		}
	}
	reader->at = reader->end;
	return false;
}

uint32_t gaps_fit(const uint8_t *bytes, uint32_t count, uint32_t most)
{
	const uint8_t *at = bytes, *next;
	uint64_t unused;

	if (count <= most)
		return count;
	while (at < bytes + most && (next = read_code(at, bytes + most, &unused)))
		at = next;
	return (uint32_t)(at - bytes);
}
