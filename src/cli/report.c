#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/outfile.h"
#include "cli/recorded.h"

static char *render(const struct recorded *run, enum report_format format, int columns)
{
	const struct run_meta *meta = reader_meta(run->reader);
	char *text = NULL;
	size_t bytes;
	FILE *memory;

	if (format == REPORT_JSON)
		return result_json(&run->result, meta, &run->closing);
	memory = open_memstream(&text, &bytes);
	if (memory) {
		result_text(memory, &run->result, meta, &run->closing, columns, false);
		fclose(memory);
	}
	return text;
}

int cmd_report(int argc, char **argv)
{
	struct options options;
	struct outfile file = {.fd = -1};
	struct recorded run = {0};
	char *text = NULL;
	struct err err;
	int code = options_start(CLI_REPORT, argc, argv, &options);

	if (code >= 0)
		goto out;
	code = 0;
	if (outfile_open(&file, options.output ? options.output : "-", &err)) {
		err_prefix(&err, "--output");
		code = options_refuse(&err);
	} else if (recorded_load(options.operand, &run, &err)) {
		code = options_refuse(&err);
	} else {
		/* The text says it itself. */
		if (options.format != REPORT_TEXT && *run.closing.incomplete)
			fprintf(stderr, "brunt: %s: %s\n", options.operand, run.closing.incomplete);
		text = render(&run, options.format, outfile_columns(file.fd));
		if (outfile_write(&file, text, strlen(text), &err))
			code = outfile_failed(0), options_refuse(&err);
	}
out:
	free(text);
	outfile_abandon(&file);
	recorded_fini(&run);
	options_fini(&options);
	return code;
}
