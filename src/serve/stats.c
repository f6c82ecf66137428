#include "stats.h"

#include <inttypes.h>

const char *const serve_path_names[SERVE_PATHS] = {
	[SERVE_PATH_RESUME] = "/api/resume/analyze",
	[SERVE_PATH_INTERVIEW] = "/api/interview/answer",
	[SERVE_PATH_CHAT] = "/api/chat",
	[SERVE_PATH_COMPLETIONS] = "/v1/chat/completions",
	[SERVE_PATH_WS] = "/ws/chat",
	[SERVE_PATH_HEALTH] = "/health",
	[SERVE_PATH_HEALTHZ] = "/healthz",
	[SERVE_PATH_METRICS] = "/metrics",
	[SERVE_PATH_OTHER] = "other",
};

static const int statuses[SERVE_STATUSES] = {101, 200, 400, 404, 405, 426, 429, 500, 503};

void stats_request(struct serve_stats *stats, enum serve_path path, int status)
{
	for (int i = 0; i < SERVE_STATUSES; i++)
		if (statuses[i] == status)
			stats->requests[path][i]++;
}

static void about(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP brunt_serve_%s %s\n# TYPE brunt_serve_%s %s\n", name, help,
		   name, type);
}

static void one(struct buf *out, const char *name, const char *type, const char *help,
		uint64_t value)
{
	about(out, name, type, help);
	buf_printf(out, "brunt_serve_%s %" PRIu64 "\n", name, value);
}

static void requests(struct buf *out, const struct serve_stats *stats)
{
	about(out, "requests_total", "counter", "Answers by path and status.");
	for (int path = 0; path < SERVE_PATHS; path++)
		for (int i = 0; i < SERVE_STATUSES; i++)
			if (stats->requests[path][i])
				buf_printf(out,
					   "brunt_serve_requests_total{path=\"%s\",status=\"%d\"} "
					   "%" PRIu64 "\n",
					   serve_path_names[path], statuses[i],
					   stats->requests[path][i]);
}

static void faults(struct buf *out, const struct serve_stats *stats)
{
	about(out, "faults_total", "counter", "Faults made on purpose, by kind.");
	for (int i = SERVE_FAULT_NONE + 1; i < SERVE_FAULTS; i++)
		buf_printf(out, "brunt_serve_faults_total{kind=\"%s\"} %" PRIu64 "\n",
			   serve_fault_names[i], stats->faults[i]);
}

void stats_text(struct buf *out, const struct serve_stats *stats,
		const struct serve_queue *queue, const struct serve_cache *cache)
{
	double share = (double)stats->kv_tokens / queue->slots / SERVE_KV_TOKENS_A_SLOT;

	requests(out, stats);
	one(out, "requests_running", "gauge", "Requests being served.", queue->busy);
	one(out, "requests_waiting", "gauge", "Requests waiting for a slot.", queue->waiting);
	one(out, "slots", "gauge", "Requests served at once at most.", (uint64_t)queue->slots);
	about(out, "kv_cache_usage_ratio", "gauge",
	      "Share of the model's memory that the requests being served take.");
	buf_printf(out, "brunt_serve_kv_cache_usage_ratio %.6g\n", share < 1 ? share : 1);
	one(out, "prompt_tokens_total", "counter", "Tokens of prompts.", stats->tokens_in);
	one(out, "generation_tokens_total", "counter", "Tokens generated.", stats->tokens_out);
	one(out, "cache_hits_total", "counter", "Answers from the prompt cache.", cache->hits);
	one(out, "cache_misses_total", "counter", "Prompts not found in the prompt cache.",
	    cache->misses);
	one(out, "cache_evictions_total", "counter",
	    "Answers that left the prompt cache for others.", cache->evicted);
	one(out, "cache_entries", "gauge", "Answers in the prompt cache.", cache->count);
	faults(out, stats);
}
