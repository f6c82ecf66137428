/* Hashes that are the same on every machine: order of data rows, prompt_hash. */
#ifndef SCENARIO_MIX_H
#define SCENARIO_MIX_H

#include <stddef.h>
#include <stdint.h>

/* 64 bits of the bytes and of `before`, the hash of what stood before them.
 * Not for enemies. */
uint64_t mix_bytes(uint64_t before, const void *bytes, size_t count);
/* prompt_hash of a request with a body; never 0. */
uint64_t mix_request(const char *method, const char *url, const void *body, size_t bytes);
/* Of a later turn of a conversation: `request` is what is sent, `said` a hash of what was said
 * up to it, whatever was answered; its low 32 bits stay (metrics/record.h). Never 0. */
uint64_t mix_turn(uint64_t request, uint64_t said);

#endif
