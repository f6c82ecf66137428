/* What the backend counts, and /metrics. The loop's thread. */
#ifndef SERVE_STATS_H
#define SERVE_STATS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "cache.h"
#include "fault.h"
#include "queue.h"

enum serve_path {
	SERVE_PATH_RESUME,
	SERVE_PATH_INTERVIEW,
	SERVE_PATH_CHAT,
	SERVE_PATH_COMPLETIONS,
	SERVE_PATH_WS,
	SERVE_PATH_HEALTH, /* as vLLM and SGLang have it */
	SERVE_PATH_HEALTHZ,
	SERVE_PATH_METRICS,
	SERVE_PATH_OTHER,
	SERVE_PATHS,
};

extern const char *const serve_path_names[SERVE_PATHS]; /* "/api/chat", …, "other" */

#define SERVE_STATUSES 9 /* we answer with */
/* So many tokens a slot are taken as the model's memory. */
#define SERVE_KV_TOKENS_A_SLOT 4096

struct serve_stats {
	uint64_t requests[SERVE_PATHS][SERVE_STATUSES];
	uint64_t faults[SERVE_FAULTS];
	uint64_t tokens_in, tokens_out;
	uint64_t kv_tokens; /* prompts and answers of what is being served */
};

/* status: one of ours. */
void stats_request(struct serve_stats *stats, enum serve_path path, int status);
/* Prometheus' text format, 0.0.4. */
void stats_text(struct buf *out, const struct serve_stats *stats,
		const struct serve_queue *queue, const struct serve_cache *cache);

#endif
