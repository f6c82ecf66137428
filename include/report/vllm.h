/* A run as the flat JSON of `vllm bench serve --save-detailed`, which dashboards take in:
 * its figures, then an array a figure of the single requests, in seconds. What is unknown
 * is null. brunt(1) says where the definitions differ.
 *
 * The arrays stand one behind the other, so the records are fed VLLM_PASSES times and no
 * memory grows with their number. One thread. */
#ifndef REPORT_VLLM_H
#define REPORT_VLLM_H

#include <stdio.h>

#include "metrics/record.h"
#include "run/meta.h"
#include "run/result.h"

#define VLLM_PASSES 8

struct vllm;

/* `api` and `model`: what the run asked for; NULL: unknown. All outlive it. */
struct vllm *vllm_new(FILE *out, const struct result *result, const struct run_meta *meta, const char *api,
		      const char *model);
/* Pass 0 to VLLM_PASSES - 1 begins: all of the run's records come, in order. */
void vllm_pass(struct vllm *vllm, int pass);
void vllm_feed(struct vllm *vllm, const struct rec *rec);
/* Ends the text. */
void vllm_free(struct vllm *vllm);

#endif
