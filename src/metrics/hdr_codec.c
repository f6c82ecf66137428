#include "metrics/hdr_codec.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/mem.h"
#include "hdr_layout.h"

#define COOKIE_COMPRESSED 0x1c849314u
#define COOKIE 0x1c849313u
#define HEAD_BYTES 40
#define RATIO_OF_ONE 0x3ff0000000000000u /* the bits of 1.0 */
#define COUNTER_BYTES 9                  /* at most, of one number */
#define INFLATED_MAX (64u << 20)
#define FIGURES_MAX 5
#define COUNT_MAX (INT64_C(1) << 53) /* of one counter that is believed */

/* --- numbers ------------------------------------------------------------------- */

static void put_big(struct buf *out, uint64_t n, int bytes)
{
	for (int i = bytes; i--;)
		buf_add(out, &(char){(char)(n >> (8 * i))}, 1);
}

static uint64_t get_big(const uint8_t *at, int bytes)
{
	uint64_t n = 0;

	for (int i = 0; i < bytes; i++)
		n = n << 8 | at[i];
	return n;
}

/* Seven bits a byte, the lowest first; a ninth byte holds eight. */
static void put_signed(struct buf *out, int64_t value)
{
	uint64_t n = (uint64_t)value << 1 ^ (uint64_t)(value >> 63);

	for (int i = 1; i < COUNTER_BYTES && n >= 128; i++) {
		buf_add(out, &(char){(char)(n | 128)}, 1);
		n >>= 7;
	}
	buf_add(out, &(char){(char)n}, 1);
}

/* Bytes read; 0: there is no whole number. */
static size_t get_signed(const uint8_t *at, size_t length, int64_t *out)
{
	uint64_t n = 0;

	for (size_t i = 0; i < length && i < COUNTER_BYTES; i++) {
		bool last = i == COUNTER_BYTES - 1;

		n |= (uint64_t)(last ? at[i] : at[i] & 127) << (7 * i);
		if (last || at[i] < 128) {
			*out = (int64_t)(n >> 1 ^ -(n & 1));
			return i + 1;
		}
	}
	return 0;
}

/* --- out -------------------------------------------------------------------------- */

struct counters {
	struct buf *out;
	int figures;
	unsigned next; /* index */
};

static void put_counter(void *arg, int64_t low_us, int64_t high_us, uint64_t n)
{
	struct counters *c = arg;
	/* The first counter has 0, too. */
	unsigned index = hdr_index_of(c->figures, low_us < 1 ? 1 : low_us);

	(void)high_us;
	if (index > c->next)
		put_signed(c->out, -(int64_t)(index - c->next));
	put_signed(c->out, n < INT64_MAX ? (int64_t)n : INT64_MAX);
	c->next = index + 1;
}

void hdr_encode(const struct hdr *h, struct buf *out)
{
	struct buf counters = {0}, plain = {0};
	struct counters c = {.out = &counters, .figures = h->figures};
	uLongf bytes;

	hdr_each(h, put_counter, &c);
	put_big(&plain, COOKIE, 4);
	put_big(&plain, counters.used, 4);
	put_big(&plain, 0, 4); /* normalizing index offset */
	put_big(&plain, (uint64_t)h->figures, 4);
	put_big(&plain, 1, 8);
	put_big(&plain, HDR_MAX_US, 8);
	put_big(&plain, RATIO_OF_ONE, 8);
	if (counters.used)
		buf_add(&plain, counters.at, counters.used);
	bytes = compressBound(plain.used);
	buf_reserve(out, bytes + 8);
	if (compress2((Bytef *)out->at + out->used + 8, &bytes, (const Bytef *)plain.at, plain.used,
		      Z_DEFAULT_COMPRESSION) != Z_OK)
		abort(); /* out of memory, as in base/mem.h */
	put_big(out, COOKIE_COMPRESSED, 4);
	put_big(out, bytes, 4);
	out->used += bytes;
	buf_fini(&counters);
	buf_fini(&plain);
}

/* --- in --------------------------------------------------------------------------- */

/* The inflated text, at most INFLATED_MAX; free(). */
static uint8_t *inflate_all(const uint8_t *bytes, size_t length, size_t *out_bytes)
{
	z_stream z = {.next_in = (Bytef *)bytes, .avail_in = (uInt)length};
	size_t room = 4096;
	uint8_t *out = xmalloc(room);
	int code = Z_OK;

	if (inflateInit(&z) != Z_OK) {
		free(out);
		return NULL;
	}
	while (code == Z_OK && z.total_out < INFLATED_MAX) {
		if (z.total_out == room)
			out = xrealloc(out, room *= 2);
		z.next_out = out + z.total_out;
		z.avail_out = (uInt)(room - z.total_out);
		code = inflate(&z, Z_NO_FLUSH);
		if (code == Z_BUF_ERROR && z.total_out == room)
			code = Z_OK;
	}
	*out_bytes = z.total_out;
	inflateEnd(&z);
	if (code == Z_STREAM_END)
		return out;
	free(out);
	return NULL;
}

/* Whose counters these are: HdrHistogram's layout for any range and figures. */
struct layout {
	int bits, unit; /* of half the values with a counter each; of the lowest value */
};

static int64_t highest_of(const struct layout *l, uint64_t index)
{
	uint64_t octave = index >> l->bits, shift = octave ? octave - 1 : 0;
	uint64_t low = index - (shift << l->bits);

	shift += (uint64_t)l->unit;
	/* Beyond the range of a time. */
	if (shift > 40 || low > (uint64_t)INT64_MAX >> (shift + 1))
		return INT64_MAX;
	return (int64_t)((low << shift) + ((uint64_t)1 << shift) - 1);
}

static int bits_of(uint64_t figures)
{
	uint64_t single = 2;
	int bits = 0;

	for (uint64_t i = 0; i < figures; i++)
		single *= 10;
	while ((UINT64_C(1) << bits) < single)
		bits++;
	return bits ? bits - 1 : 0;
}

static int add_counters(const uint8_t *at, size_t length, const struct layout *l, struct hdr *h)
{
	uint64_t index = 0;

	while (length) {
		int64_t n;
		size_t bytes = get_signed(at, length, &n);

		if (!bytes || n > COUNT_MAX || index > UINT32_MAX)
			return -1;
		if (n < 0) {
			if (n < -(int64_t)UINT32_MAX)
				return -1;
			index += (uint64_t)-n;
		} else {
			hdr_record_n(h, highest_of(l, index), (uint64_t)n);
			index++;
		}
		at += bytes;
		length -= bytes;
	}
	return 0;
}

static int decode(const uint8_t *plain, size_t bytes, struct hdr *h)
{
	struct layout layout;
	uint64_t counters, figures, lowest;

	if (bytes < HEAD_BYTES || get_big(plain, 4) != COOKIE)
		return -1;
	counters = get_big(plain + 4, 4);
	figures = get_big(plain + 12, 4);
	lowest = get_big(plain + 16, 8);
	/* A shifted histogram is none of ours. */
	if (get_big(plain + 8, 4) || figures > FIGURES_MAX || !lowest || lowest > INT64_MAX ||
	    counters > bytes - HEAD_BYTES)
		return -1;
	layout.bits = bits_of(figures);
	layout.unit = 63 - __builtin_clzll(lowest);
	return add_counters(plain + HEAD_BYTES, counters, &layout, h);
}

int hdr_decode(const void *bytes, size_t length, struct hdr *h)
{
	const uint8_t *at = bytes;
	uint8_t *plain;
	size_t plain_bytes;
	int code;

	if (length < 8 || get_big(at, 4) != COOKIE_COMPRESSED || get_big(at + 4, 4) > length - 8)
		return -1;
	plain = inflate_all(at + 8, get_big(at + 4, 4), &plain_bytes);
	if (!plain)
		return -1;
	code = decode(plain, plain_bytes, h);
	free(plain);
	return code;
}
