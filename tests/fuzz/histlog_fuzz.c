/* Fuzz target: a histogram log from unknown hands, and its histograms by themselves. Each
 * record must keep the bounds that everything behind a reader relies on, and a second pass
 * must give the same.
 *
 * Input that begins with "#" is a log. Of any other the bytes are counters: in an encoding
 * around them, which is decoded as it is and as a line of a log; so no corpus is needed to
 * get past the compression. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <zlib.h>

#include "../../src/record/histlog.h"
#include "base/buf.h"
#include "metrics/hdr_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* A log may be short and its counts large. */
#define RECORDS_MAX 2000

static uint64_t read_some(struct histlog *log, int tasks)
{
	const struct rec *rec;
	int64_t last_us = 0;
	uint64_t sum = 0;

	for (int i = 0; i < RECORDS_MAX && (rec = histlog_next(log)); i++) {
		const struct rec_sample *s = (const struct rec_sample *)rec;

		assert(rec->t_us >= last_us && rec->t_us <= histlog_end_us(log) && rec->bytes % REC_ALIGN == 0);
		last_us = rec->t_us;
		if (rec->kind == REC_SAMPLE)
			assert(s->task < tasks && s->t0_us <= s->ts_us && s->ts_us <= rec->t_us);
		sum = sum * 31 + (uint64_t)rec->t_us + (rec->kind == REC_SAMPLE ? (uint64_t)s->t0_us : 0);
	}
	return sum;
}

static void read_log(const char *text, size_t bytes)
{
	struct run_meta meta;
	struct histlog *log;
	struct err err;

	if (histlog_read("x.hlog", text, bytes, &meta, &log, &err) == 0) {
		uint64_t sum = read_some(log, meta.task_count);

		histlog_rewind(log);
		if (read_some(log, meta.task_count) != sum)
			abort();
		histlog_free(log);
	}
	run_meta_fini(&meta);
}

static void put_big(uint8_t *at, uint64_t n, int bytes)
{
	for (int i = bytes; i--; n >>= 8)
		at[i] = (uint8_t)n;
}

/* Deflated, with the two heads; the first byte says how many figures. */
static void encode(const uint8_t *data, size_t bytes, struct buf *out)
{
	size_t plain_bytes = 40 + bytes;
	uLongf packed_bytes = compressBound(plain_bytes);
	uint8_t *plain = calloc(1, plain_bytes), *head = (uint8_t *)buf_reserve(out, packed_bytes + 8);

	put_big(plain, 0x1c849313, 4);
	put_big(plain + 4, bytes, 4);
	put_big(plain + 12, bytes ? data[0] % 7 : 2, 4);
	put_big(plain + 16, bytes > 1 ? data[1] : 1, 8);
	memcpy(plain + 40, data, bytes);
	if (compress2(head + 8, &packed_bytes, plain, plain_bytes, 1) != Z_OK)
		abort();
	put_big(head, 0x1c849314, 4);
	put_big(head + 4, packed_bytes, 4);
	out->used = packed_bytes + 8;
	free(plain);
}

/* What was taken in must come out again the same. */
static void check_decoding(const struct buf *encoded)
{
	struct hdr_pool *pool = hdr_pool_new();
	struct buf again = {0};
	struct hdr a, b;

	hdr_init(&a, pool, 3);
	hdr_init(&b, pool, 3);
	if (hdr_decode(encoded->at, encoded->used, &a) == 0 && a.count < UINT64_C(1) << 53) {
		hdr_encode(&a, &again);
		if (hdr_decode(again.at, again.used, &b) != 0 || a.count != b.count)
			abort();
	}
	buf_fini(&again);
	hdr_fini(&a);
	hdr_fini(&b);
	hdr_pool_free(pool);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct buf encoded = {0}, line = {0};

	if (bytes && *data == '#') {
		read_log((const char *)data, bytes);
		return 0;
	}
	encode(data, bytes, &encoded);
	check_decoding(&encoded);
	buf_puts(&line, "Tag=a,0.5,1.0,2.0,");
	buf_reserve(&line, encoded.used / 3 * 4 + 8);
	line.used += (size_t)EVP_EncodeBlock((unsigned char *)line.at + line.used,
					     (const unsigned char *)encoded.at, (int)encoded.used);
	buf_puts(&line, "\n");
	read_log(line.at, line.used);
	buf_fini(&encoded);
	buf_fini(&line);
	return 0;
}
