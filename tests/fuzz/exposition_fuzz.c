/* Any bytes as an answer of /metrics: nothing is read beyond them, and what is pulled
 * out lies within them, in order; the figures known in it are within their bounds. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/run/server_names.h"
#include "http/exposition.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* NAN is unknown. */
static void within(double value, double most)
{
	if (value < 0 || value > most)
		abort();
}

static void known(const char *text, size_t bytes, bool cut)
{
	struct rec_server server = {0};
	struct err err = {""};

	if (server_read(text, bytes, cut, &server, &err)) {
		if (!err.text[0])
			abort();
		return;
	}
	within(server.running, SERVER_FIGURE_MAX);
	within(server.waiting, SERVER_FIGURE_MAX);
	within(server.hits, SERVER_FIGURE_MAX);
	within(server.lookups, SERVER_FIGURE_MAX);
	within(server.kv_use, 1);
	within(server.hit_ratio, 1);
	if (server.kind >= SERVER_KIND_COUNT)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct exposition_sample s;
	struct exposition e;
	const char *behind;
	uint64_t samples = 0;
	char *text;

	if (!bytes)
		return 0;
	text = malloc(bytes);
	memcpy(text, data + 1, bytes - 1);
	behind = text;
	exposition_init(&e, text, bytes - 1, data[0] & 1);
	while (exposition_next(&e, &s)) {
		samples++;
		if (s.name < behind || !s.name_bytes || s.labels < s.name + s.name_bytes ||
		    s.labels + s.labels_bytes > text + bytes - 1)
			abort();
		behind = s.labels + s.labels_bytes;
	}
	if (samples != e.samples || (e.bad && e.line == 0))
		abort();
	known(text, bytes - 1, data[0] & 1);
	free(text);
	return 0;
}
