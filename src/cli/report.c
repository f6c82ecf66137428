#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/outfile.h"
#include "cli/recorded.h"
#include "record/runs.h"
#include "run/hlog.h"

/* Read once more: the result has no seconds. */
static int put_hlog(FILE *out, const struct recorded *run, struct err *err)
{
	const struct rec *rec;
	struct hlog *hlog;
	bool failed = false;

	if (reader_rewind(run->reader, err))
		return -1;
	hlog = hlog_new(out, reader_meta(run->reader));
	while ((rec = reader_next(run->reader, &failed, err)) != NULL)
		hlog_feed(hlog, rec);
	hlog_free(hlog);
	return failed ? -1 : 0;
}

static int render(const struct recorded *run, enum report_format format, int columns, char **out, struct err *err)
{
	const struct run_meta *meta = reader_meta(run->reader);
	size_t bytes;
	FILE *memory;
	int code = 0;

	if (format == REPORT_JSON) {
		*out = result_json(&run->result, meta, &run->closing);
		return 0;
	}
	memory = open_memstream(out, &bytes);
	if (!memory)
		return err_set(err, "out of memory");
	if (format == REPORT_HLOG)
		code = put_hlog(memory, run, err);
	else
		result_text(memory, &run->result, meta, &run->closing, columns, false);
	fclose(memory);
	return code;
}

int cmd_report(int argc, char **argv)
{
	struct options options;
	struct outfile file = {.fd = -1};
	struct recorded run = {0};
	char *text = NULL, *path = NULL;
	struct err err;
	int code = options_start(CLI_REPORT, argc, argv, &options);

	if (code >= 0)
		goto out;
	code = 0;
	if (outfile_open(&file, options.output ? options.output : "-", &err)) {
		err_prefix(&err, "--output");
		code = options_refuse(&err);
	} else if (runs_find(options.operand, &path, &err) || recorded_load(path, &run, &err)) {
		code = options_refuse(&err);
	} else {
		/* The text says it itself. */
		if (options.format != REPORT_TEXT && *run.closing.incomplete)
			fprintf(stderr, "brunt: %s: %s\n", path, run.closing.incomplete);
		if (render(&run, options.format, outfile_columns(file.fd), &text, &err))
			code = options_refuse(&err);
		else if (outfile_write(&file, text, strlen(text), &err))
			code = outfile_failed(0), options_refuse(&err);
	}
out:
	free(text);
	free(path);
	outfile_abandon(&file);
	recorded_fini(&run);
	options_fini(&options);
	return code;
}
