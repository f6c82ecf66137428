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

struct found {
	int row; /* -1: none */
	double sum;
	uint32_t series;
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

static void take(struct found found[FIGURES], const struct exposition_sample *s)
{
	int row = 0;
	struct found *f;

	if (!(s->value >= 0 && s->value <= SERVER_FIGURE_MAX))
		return;
	while (row < ROWS && !is_called(s, rows[row].name))
		row++;
	if (row == ROWS)
		return;
	f = &found[rows[row].figure];
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

int server_read(const char *body, size_t bytes, bool cut, struct rec_server *out, struct err *err)
{
	struct found found[FIGURES];
	struct exposition_sample s;
	struct exposition e;

	for (int i = 0; i < FIGURES; i++)
		found[i] = (struct found){.row = -1};
	exposition_init(&e, body, bytes, cut);
	while (exposition_next(&e, &s))
		take(found, &s);
	if (e.bad)
		return err_set(err, "no Prometheus text: line %" PRIu64 " is none of it", e.line);
	if (!e.samples)
		return err_set(err, "no Prometheus text: there is no sample in it");
	if (!fill(found, out))
		return err_set(err, "none of its %" PRIu64 " samples is known here", e.samples);
	return 0;
}
