#include "server_names.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "http/exposition.h"

enum figure { RUNNING, WAITING, KV_USE, HIT_RATIO, HITS, MISSES, LOOKUPS, FIGURES };

/* Of two rows for one figure the first counts: the second is what it was called before. A
 * counter's "_total" is left out, which former client libraries did not write, and ':' may
 * be '_', as relabelling makes it. */
static const struct row {
	enum server_kind kind;
	enum figure figure;
	const char *name;
} rows[] = {
	{SERVER_BRUNT, RUNNING, "brunt_serve_requests_running"},
	{SERVER_BRUNT, WAITING, "brunt_serve_requests_waiting"},
	{SERVER_BRUNT, KV_USE, "brunt_serve_kv_cache_usage_ratio"},
	{SERVER_BRUNT, HITS, "brunt_serve_cache_hits"},
	{SERVER_BRUNT, MISSES, "brunt_serve_cache_misses"},

	{SERVER_VLLM, RUNNING, "vllm:num_requests_running"},
	{SERVER_VLLM, WAITING, "vllm:num_requests_waiting"},
	{SERVER_VLLM, KV_USE, "vllm:kv_cache_usage_perc"}, /* 0-1 in spite of its name */
	{SERVER_VLLM, KV_USE, "vllm:gpu_cache_usage_perc"},
	{SERVER_VLLM, HITS, "vllm:prefix_cache_hits"},
	{SERVER_VLLM, HITS, "vllm:gpu_prefix_cache_hits"},
	{SERVER_VLLM, LOOKUPS, "vllm:prefix_cache_queries"},
	{SERVER_VLLM, LOOKUPS, "vllm:gpu_prefix_cache_queries"},
	{SERVER_VLLM, HIT_RATIO, "vllm:gpu_prefix_cache_hit_rate"},

	{SERVER_SGLANG, RUNNING, "sglang:num_running_reqs"},
	{SERVER_SGLANG, WAITING, "sglang:num_queue_reqs"},
	{SERVER_SGLANG, KV_USE, "sglang:token_usage"},
	{SERVER_SGLANG, HIT_RATIO, "sglang:cache_hit_rate"},

	{SERVER_LLAMA_CPP, RUNNING, "llamacpp:requests_processing"},
	{SERVER_LLAMA_CPP, WAITING, "llamacpp:requests_deferred"},
	{SERVER_LLAMA_CPP, KV_USE, "llamacpp:kv_cache_usage_ratio"},

	{SERVER_TGI, RUNNING, "tgi_batch_current_size"},
	{SERVER_TGI, WAITING, "tgi_queue_size"},

	{SERVER_TRITON, WAITING, "nv_inference_pending_request_count"},
	{SERVER_TRITON, HITS, "nv_cache_num_hits_per_model"},
	{SERVER_TRITON, MISSES, "nv_cache_num_misses_per_model"},
};
#define ROWS ((int)(sizeof rows / sizeof *rows))

/* A share is never more; a percentage would be, and is none. Room for rounding. */
#define SHARE_MOST 1.01
/* Label sets that are told apart; of more all are added up. */
#define SEEN_SLOTS 2048
#define SEEN_MOST (SEEN_SLOTS * 3 / 4)

struct found {
	int row; /* -1: none */
	double sum;
	uint32_t series;
};

struct reading {
	struct found found[FIGURES];
	uint64_t useless; /* known ones whose value says nothing */
	int seen_count;
	uint64_t seen[SEEN_SLOTS]; /* hashes of names and label sets; 0: free */
};

static char alike(char c)
{
	return c == ':' ? '_' : c;
}

static bool is_called(const struct exposition_sample *s, const char *name)
{
	static const char total[] = "_total";
	size_t n = strlen(name), tail = sizeof total - 1;

	if (s->name_bytes != n && (s->name_bytes != n + tail || memcmp(s->name + n, total, tail) != 0))
		return false;
	for (size_t i = 0; i < n; i++)
		if (alike(s->name[i]) != alike(name[i]))
			return false;
	return true;
}

static uint64_t hash_of(int row, const struct exposition_sample *s)
{
	uint64_t hash = (14695981039346656037u ^ (uint64_t)row) * 1099511628211u; /* FNV-1a */

	for (size_t i = 0; i < s->labels_bytes; i++)
		hash = (hash ^ (unsigned char)s->labels[i]) * 1099511628211u;
	return hash ? hash : 1;
}

/* The same series again: as in Prometheus the first one counts. */
static bool is_again(struct reading *r, int row, const struct exposition_sample *s)
{
	uint64_t hash = hash_of(row, s);
	size_t at = hash % SEEN_SLOTS;

	for (; r->seen[at]; at = (at + 1) % SEEN_SLOTS)
		if (r->seen[at] == hash)
			return true;
	if (r->seen_count < SEEN_MOST) {
		r->seen[at] = hash;
		r->seen_count++;
	}
	return false;
}

static void take(struct reading *r, const struct exposition_sample *s)
{
	enum figure figure;
	struct found *f;
	int row = 0;

	while (row < ROWS && !is_called(s, rows[row].name))
		row++;
	if (row == ROWS)
		return;
	figure = rows[row].figure;
	if (!(s->value >= 0 && s->value <= (figure == KV_USE || figure == HIT_RATIO ? SHARE_MOST : SERVER_FIGURE_MAX))) {
		r->useless++;
		return;
	}
	if (is_again(r, row, s))
		return;
	f = &r->found[figure];
	if (f->row >= 0 && f->row < row)
		return;
	if (f->row != row)
		*f = (struct found){.row = row};
	f->sum += s->value;
	f->series++;
}

/* NAN stays what it is. */
static double at_most(double most, double value)
{
	return value > most ? most : value;
}

static double sum_of(const struct found *f)
{
	return f->row >= 0 ? at_most(SERVER_FIGURE_MAX, f->sum) : NAN;
}

static double share_of(const struct found *f)
{
	return f->row >= 0 ? at_most(1, f->sum / f->series) : NAN;
}

static bool fill(const struct found found[FIGURES], struct rec_server *out)
{
	bool any = false;

	for (int i = FIGURES - 1; i >= 0; i--) {
		if (found[i].row < 0)
			continue;
		any = true;
		out->kind = (uint8_t)rows[found[i].row].kind;
		if (found[i].series > out->series)
			out->series = (uint16_t)(found[i].series < UINT16_MAX ? found[i].series : UINT16_MAX);
	}
	out->running = sum_of(&found[RUNNING]);
	out->waiting = sum_of(&found[WAITING]);
	out->kv_use = share_of(&found[KV_USE]);
	out->hit_ratio = share_of(&found[HIT_RATIO]);
	out->hits = sum_of(&found[HITS]);
	out->lookups = found[LOOKUPS].row >= 0 ? sum_of(&found[LOOKUPS])
					       : at_most(SERVER_FIGURE_MAX, out->hits + sum_of(&found[MISSES]));
	return any;
}

/* Why there is nothing in it. */
static int explain(const struct exposition *e, const struct reading *r, bool cut, struct err *err)
{
	const char *where = cut ? "its beginning" : "it";

	if (e->bad)
		return err_set(err, "line %" PRIu64 " is no Prometheus text", e->line);
	if (!e->samples)
		return err_set(err, "no Prometheus text: there is no sample in %s", where);
	if (r->useless)
		return err_set(err, "its samples that are known here have no usable value");
	return err_set(err, "none of the %" PRIu64 " samples in %s is known here", e->samples, where);
}

int server_read(const char *body, size_t bytes, bool cut, struct rec_server *out, struct err *err)
{
	struct reading r = {.seen_count = 0};
	struct exposition_sample s;
	struct exposition e;

	for (int i = 0; i < FIGURES; i++)
		r.found[i] = (struct found){.row = -1};
	exposition_init(&e, body, bytes, cut);
	while (exposition_next(&e, &s))
		take(&r, &s);
	if (e.bad || !fill(r.found, out))
		return explain(&e, &r, cut, err);
	return 0;
}
