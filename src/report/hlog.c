#include "report/hlog.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "run/exchange.h"
#include "metrics/hdr_codec.h"
#include "run/wall.h"

struct hlog {
	FILE *out;
	const struct run_meta *meta;
	struct hdr_pool *pool;
	struct hdr *second; /* one a task, of the present second */
	int64_t now;        /* that second of the run */
	bool counting;      /* the warm-up is over */
	struct buf encoded, base64;
};

/* 0: unknown. */
static double epoch_of(const char *iso)
{
	int64_t ns = wall_ns(iso);

	return ns < 0 ? 0 : (double)ns / (double)NS_PER_S;
}

struct hlog *hlog_new(FILE *out, const struct run_meta *meta)
{
	struct hlog *h = xcalloc(1, sizeof *h);

	h->out = out;
	h->meta = meta;
	h->pool = hdr_pool_new();
	h->second = xcalloc((size_t)meta->task_count + 1, sizeof *h->second);
	for (int i = 0; i < meta->task_count; i++)
		hdr_init(&h->second[i], h->pool, 3);
	/* Some readers take no longer lines of a head than 128 bytes. */
	fprintf(out, "#[brunt %.40s, response times in microseconds]\n#[Histogram log format version 1.3]\n"
		     "#[StartTime: %.3f (seconds since epoch), %.40s]\n"
		     "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n",
		meta->version, epoch_of(meta->started_at), meta->started_at);
	return h;
}

/* What separates fields cannot be in a tag. */
static void put_tag(FILE *out, const char *name)
{
	fputs("Tag=", out);
	for (; *name; name++)
		fputc(strchr(", \t\r\n", *name) ? '_' : *name, out);
}

static void put_line(struct hlog *h, const char *name, struct hdr *times)
{
	h->encoded.used = h->base64.used = 0;
	hdr_encode(times, &h->encoded);
	buf_reserve(&h->base64, h->encoded.used / 3 * 4 + 8);
	EVP_EncodeBlock((unsigned char *)h->base64.at, (const unsigned char *)h->encoded.at, (int)h->encoded.used);
	put_tag(h->out, name);
	fprintf(h->out, ",%" PRId64 ".000,1.000,%" PRId64 ".0,%s\n", h->now, times->max_us, h->base64.at);
	hdr_reset(times);
}

static void end_second(struct hlog *h)
{
	for (int i = 0; i < h->meta->task_count; i++)
		if (h->second[i].count)
			put_line(h, h->meta->task_name[i], &h->second[i]);
}

void hlog_feed(struct hlog *h, const struct rec *rec)
{
	const struct rec_sample *s = (const struct rec_sample *)rec;
	struct exchange x;

	if (rec->kind == REC_POINT)
		h->counting |= ((const struct rec_point *)rec)->phase == PHASE_LOAD;
	if (rec->kind != REC_SAMPLE || !h->counting || s->task >= h->meta->task_count)
		return;
	if (rec->t_us / US_PER_S > h->now) {
		end_second(h);
		h->now = rec->t_us / US_PER_S;
	}
	exchange_of(&x, s);
	if (x.outcome != OUTCOME_FAILED)
		hdr_record(&h->second[s->task], x.latency_us);
}

void hlog_free(struct hlog *h)
{
	end_second(h);
	for (int i = 0; i < h->meta->task_count; i++)
		hdr_fini(&h->second[i]);
	hdr_pool_free(h->pool);
	buf_fini(&h->encoded);
	buf_fini(&h->base64);
	free(h->second);
	free(h);
}
