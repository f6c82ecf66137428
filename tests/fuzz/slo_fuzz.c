/* Any text as an SLO: refused in one printable line, or one that reads the same again from
 * what a run file keeps of it, and can be shown. */
#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "metrics/slo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	char *text = malloc(bytes + 1), full[SLO_TEXT], shown[64];
	struct slo slo, again;
	struct err err = {""};

	memcpy(text, data, bytes);
	text[bytes] = '\0';
	if (slo_parse(text, &slo, &err)) {
		assert(err.text[0]);
	} else {
		assert(slo.metric < SLO_METRICS && isfinite(slo.threshold) && slo.threshold >= 0);
		slo_full_text(&slo, full);
		assert(!slo_parse(full, &again, &err));
		assert(again.metric == slo.metric && again.op == slo.op && again.threshold == slo.threshold &&
		       !strcmp(again.task, slo.task));
		assert(slo.metric >= SLO_TIMES || again.statistic == slo.statistic);
		slo_format(&slo, slo.threshold, shown, sizeof shown);
		assert(!slo_met(&slo, NAN));
	}
	free(text);
	return 0;
}
