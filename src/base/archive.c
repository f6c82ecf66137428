#include "base/archive.h"

#include <math.h>
#include <string.h>

#include "base/utf8.h"

#define LARGEST 1e18

struct archive archive_save(struct buf *out)
{
	return (struct archive){.out = out};
}

struct archive archive_restore(const void *bytes, size_t count)
{
	return (struct archive){.at = bytes, .end = (const unsigned char *)bytes + count};
}

bool archive_whole(const struct archive *a)
{
	return !a->bad && a->at == a->end;
}

static void put(struct archive *a, uint64_t value)
{
	char *to = buf_reserve(a->out, 10);
	size_t n = 0;

	for (; value >= 0x80; value >>= 7)
		to[n++] = (char)(value | 0x80);
	to[n++] = (char)value;
	a->out->used += n;
}

static uint64_t get(struct archive *a)
{
	uint64_t value = 0;

	for (int shift = 0; !a->bad && shift < 64 && a->at < a->end; shift += 7) {
		unsigned char byte = *a->at++;

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
	a->bad = true;
	return 0;
}

void archive_u64(struct archive *a, uint64_t *value, uint64_t max)
{
	if (a->out) {
		put(a, *value);
		return;
	}
	*value = get(a);
	if (*value > max) {
		a->bad = true;
		*value = 0;
	}
}

void archive_mark(struct archive *a, uint64_t value)
{
	uint64_t found = value;

	archive_u64(a, &found, UINT64_MAX);
	a->bad |= found != value;
}

void archive_i64(struct archive *a, int64_t *value, int64_t min, int64_t max)
{
	/* Zigzag: small ones either way are short. */
	uint64_t coded = (uint64_t)*value << 1 ^ (*value < 0 ? UINT64_MAX : 0);

	archive_u64(a, &coded, UINT64_MAX);
	if (a->out)
		return;
	*value = (int64_t)(coded >> 1 ^ (coded & 1 ? UINT64_MAX : 0));
	if (a->bad || *value < min || *value > max) {
		a->bad = true;
		*value = min;
	}
}

void archive_count(struct archive *a, uint64_t *value)
{
	archive_u64(a, value, ARCHIVE_COUNT_MAX);
}

void archive_time(struct archive *a, int64_t *value)
{
	archive_i64(a, value, -ARCHIVE_TIME_MAX, ARCHIVE_TIME_MAX);
}

void archive_u32(struct archive *a, uint32_t *value)
{
	uint64_t wide = *value;

	archive_u64(a, &wide, UINT32_MAX);
	*value = (uint32_t)wide;
}

void archive_u16(struct archive *a, uint16_t *value)
{
	uint64_t wide = *value;

	archive_u64(a, &wide, UINT16_MAX);
	*value = (uint16_t)wide;
}

void archive_u8(struct archive *a, uint8_t *value, uint8_t max)
{
	uint64_t wide = *value;

	archive_u64(a, &wide, max);
	*value = (uint8_t)wide;
}

void archive_int(struct archive *a, int *value, int min, int max)
{
	int64_t wide = *value;

	archive_i64(a, &wide, min, max);
	*value = (int)wide;
}

void archive_bool(struct archive *a, bool *value)
{
	uint64_t wide = a->out ? *value : 0;

	archive_u64(a, &wide, 1);
	*value = wide;
}

void archive_bytes(struct archive *a, void *bytes, size_t count)
{
	if (a->out) {
		buf_add(a->out, bytes, count);
	} else if (a->bad || (size_t)(a->end - a->at) < count) {
		a->bad = true;
		memset(bytes, 0, count);
	} else {
		memcpy(bytes, a->at, count);
		a->at += count;
	}
}

/* `count` bytes of `bits`, the lowest first. */
static uint64_t fixed(struct archive *a, uint64_t bits, size_t count)
{
	unsigned char byte[8];

	for (size_t i = 0; i < count; i++)
		byte[i] = (unsigned char)(bits >> 8 * i);
	archive_bytes(a, byte, count);
	bits = 0;
	for (size_t i = 0; i < count; i++)
		bits |= (uint64_t)byte[i] << 8 * i;
	return bits;
}

static bool in_range(double value)
{
	return isnan(value) || fabs(value) <= LARGEST;
}

void archive_double(struct archive *a, double *value)
{
	uint64_t bits;

	memcpy(&bits, value, sizeof bits);
	bits = fixed(a, bits, sizeof bits);
	if (a->out)
		return;
	memcpy(value, &bits, sizeof bits);
	if (!in_range(*value)) {
		a->bad = true;
		*value = 0;
	}
}

void archive_float(struct archive *a, float *value)
{
	uint32_t bits;

	memcpy(&bits, value, sizeof bits);
	bits = (uint32_t)fixed(a, bits, sizeof bits);
	if (a->out)
		return;
	memcpy(value, &bits, sizeof bits);
	if (!in_range((double)*value)) {
		a->bad = true;
		*value = 0;
	}
}

void archive_text(struct archive *a, char *text, size_t room)
{
	uint64_t bytes = a->out ? strlen(text) : 0;

	archive_u64(a, &bytes, room - 1);
	if (a->out) {
		buf_add(a->out, text, bytes);
	} else if (a->bad || (uint64_t)(a->end - a->at) < bytes) {
		a->bad = true;
		*text = '\0';
	} else {
		utf8_clean((const char *)a->at, bytes, text, room);
		a->at += bytes;
	}
}
