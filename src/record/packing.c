#include "packing.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/mem.h"

#define LEVEL 3
#define BASE_FOR 8 /* states; later ones have less and less in common with it */
/* Larger ones are packed whole: base and state have to lie in the window, of which a
 * reader allows 128 MB. */
#define BASE_BYTES_MAX ((size_t)16 << 20)
#define WINDOW_LOG_MIN 10

static int window_log(size_t bytes)
{
	int log = WINDOW_LOG_MIN;

	while ((size_t)1 << log < bytes)
		log++;
	return log;
}

bool packing_pack(const char *bytes, size_t count, const char *base, size_t base_bytes, struct buf *out)
{
	ZSTD_CCtx *context = ZSTD_createCCtx();
	size_t room = ZSTD_compressBound(count), n;

	if (!context)
		return false;
	ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, LEVEL);
	/* A base that is another's is found out. */
	ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
	if (base) {
		ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log(base_bytes + count));
		ZSTD_CCtx_refPrefix(context, base, base_bytes);
	}
	n = ZSTD_compress2(context, buf_reserve(out, room), room, bytes, count);
	ZSTD_freeCCtx(context);
	if (ZSTD_isError(n))
		return false;
	out->used += n;
	return true;
}

void packer_fini(struct packer *p)
{
	free(p->base);
	*p = (struct packer){0};
}

static void keep_base(struct packer *p, int64_t t_us, const char *state, size_t bytes, size_t packed)
{
	packer_fini(p);
	if (bytes > BASE_BYTES_MAX)
		return;
	p->base = xmalloc(bytes);
	memcpy(p->base, state, bytes);
	p->base_bytes = bytes;
	p->base_packed = packed;
	p->base_us = t_us;
}

bool packer_pack(struct packer *p, int64_t t_us, const char *state, size_t bytes, struct buf *out, int64_t *base_us)
{
	size_t before = out->used;

	if (p->base && p->since < BASE_FOR - 1 && bytes <= BASE_BYTES_MAX &&
	    packing_pack(state, bytes, p->base, p->base_bytes, out)) {
		if (out->used - before < p->base_packed / 2) {
			p->since++;
			*base_us = p->base_us;
			return true;
		}
		out->used = before;
	}
	*base_us = -1;
	if (!packing_pack(state, bytes, NULL, 0, out))
		return false;
	keep_base(p, t_us, state, bytes, out->used - before);
	return true;
}

bool packing_unpack(const void *packed, size_t packed_bytes, const char *base, size_t base_bytes,
		    size_t bytes, struct buf *out)
{
	ZSTD_DCtx *context = ZSTD_createDCtx();
	size_t n;

	if (!context)
		return false;
	if (base)
		ZSTD_DCtx_refPrefix(context, base, base_bytes);
	n = ZSTD_decompressDCtx(context, buf_reserve(out, bytes), bytes, packed, packed_bytes);
	ZSTD_freeDCtx(context);
	if (n != bytes)
		return false;
	out->used += n;
	return true;
}
