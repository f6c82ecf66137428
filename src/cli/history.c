#include "cli/history.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/clock.h"
#include "base/mem.h"

#define ROOM (16U << 20) /* bytes: a picture takes some 5 to 30 KB, so minutes to an hour */
#define PICTURES 4096
#define PACK_LEVEL 1

struct history {
	struct picture {
		int64_t t_us;
		uint32_t at, bytes; /* in room; never across its end */
	} picture[PICTURES];        /* a ring: the oldest at `first` */
	uint32_t first, count, next_at;
	int64_t second; /* of the newest */
	char *room, *packed;
	size_t packed_room;
};

struct history *history_new(void)
{
	struct history *h = xcalloc(1, sizeof *h);

	h->second = -1;
	h->room = xmalloc(ROOM);
	h->packed_room = ZSTD_compressBound(sizeof(struct snapshot));
	h->packed = xmalloc(h->packed_room);
	return h;
}

void history_free(struct history *h)
{
	if (!h)
		return;
	free(h->room);
	free(h->packed);
	free(h);
}

static struct picture *picture(struct history *h, uint32_t i)
{
	return &h->picture[(h->first + i) % PICTURES];
}

static void forget_oldest(struct history *h)
{
	h->first = (h->first + 1) % PICTURES;
	h->count--;
}

/* Where so many bytes go; what lay there is gone. */
static uint32_t make_room(struct history *h, uint32_t bytes)
{
	uint32_t at = h->next_at + bytes <= ROOM ? h->next_at : 0;

	/* In order of their places from next_at on, the oldest come first. */
	while (h->count) {
		const struct picture *p = picture(h, 0);
		bool in_gap = at == 0 && h->next_at && p->at >= h->next_at;
		bool overlaps = p->at < at + bytes && at < p->at + p->bytes;

		if (h->count < PICTURES && !in_gap && !overlaps)
			break;
		forget_oldest(h);
	}
	h->next_at = at + bytes;
	return at;
}

void history_take(struct history *h, const struct snapshot *snapshot)
{
	int64_t second = snapshot->t_us / US_PER_S;
	size_t bytes;

	if (second <= h->second)
		return;
	bytes = ZSTD_compress(h->packed, h->packed_room, snapshot, sizeof *snapshot, PACK_LEVEL);
	if (ZSTD_isError(bytes) || bytes > ROOM)
		return;
	h->second = second;

	uint32_t at = make_room(h, (uint32_t)bytes);

	memcpy(h->room + at, h->packed, bytes);
	*picture(h, h->count++) = (struct picture){snapshot->t_us, at, (uint32_t)bytes};
}

int64_t history_since_us(const struct history *h)
{
	return h->count ? h->picture[h->first].t_us : -1;
}

bool history_at(struct history *h, int64_t t_us, struct snapshot *out)
{
	uint32_t low = 0, high = h->count; /* the one that is wanted is in [low, high) */

	if (!h->count)
		return false;
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (picture(h, middle)->t_us <= t_us)
			low = middle;
		else
			high = middle;
	}
	const struct picture *p = picture(h, low);

	return ZSTD_decompress(out, sizeof *out, h->room + p->at, p->bytes) == sizeof *out;
}
