/* `brunt report RUN`: the result of a run file in one of several formats. Those with a
 * row a request read the file once more and write as they read, so that memory does not
 * grow with the run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/asked.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/outfile.h"
#include "cli/recorded.h"
#include "record/runs.h"
#include "report/aiperf.h"
#include "report/csv.h"
#include "report/hlog.h"
#include "report/html.h"
#include "report/json.h"
#include "report/text.h"
#include "report/vllm.h"

/* What a format is written from and to. */
struct report {
	const struct recorded *run;
	const struct run_meta *meta;
	FILE *out;
	int columns; /* how wide text may be */
};

/* The next record; NULL at the end, on an error, and where nothing can be written any
 * more, which the stream knows. */
static const struct rec *next(const struct report *r, bool *failed, struct err *err)
{
	*failed = false;
	return ferror(r->out) ? NULL : reader_next(r->run->reader, failed, err);
}

static int put_text(const struct report *r, struct err *err)
{
	(void)err;
	result_text(r->out, &r->run->result, r->meta, &r->run->closing, r->columns, false);
	return 0;
}

static int put_json(const struct report *r, struct err *err)
{
	char *text = result_json(&r->run->result, r->meta, &r->run->closing);

	(void)err;
	fputs(text, r->out);
	free(text);
	return 0;
}

static int put_csv(const struct report *r, struct err *err)
{
	const struct rec *rec;
	struct csv *csv;
	bool failed;

	if (reader_rewind(r->run->reader, err))
		return -1;
	csv = csv_new(r->out, r->meta);
	while ((rec = next(r, &failed, err)) != NULL)
		csv_feed(csv, rec);
	csv_free(csv);
	return failed ? -1 : 0;
}

static int put_html(const struct report *r, struct err *err)
{
	const struct result *result = &r->run->result;
	struct timeline_reader *reader;
	struct timeline timeline;
	const struct rec *rec;
	bool failed;

	if (reader_rewind(r->run->reader, err))
		return -1;
	reader = timeline_new(&timeline, result->ended_us, result->succeeded + result->failed + result->censored);
	while ((rec = next(r, &failed, err)) != NULL)
		timeline_feed(reader, rec);
	timeline_free(reader);
	if (failed)
		return -1;
	html_report(r->out, result, r->meta, &r->run->closing, &timeline);
	return 0;
}

static int put_hlog(const struct report *r, struct err *err)
{
	const struct rec *rec;
	struct hlog *hlog;
	bool failed;

	if (reader_rewind(r->run->reader, err))
		return -1;
	hlog = hlog_new(r->out, r->meta);
	while ((rec = next(r, &failed, err)) != NULL)
		hlog_feed(hlog, rec);
	hlog_free(hlog);
	return failed ? -1 : 0;
}

static int put_vllm(const struct report *r, struct err *err)
{
	const struct rec *rec;
	struct asked asked;
	struct vllm *vllm;
	bool failed = false;
	int code = 0;

	asked_of(r->meta, &asked);
	vllm = vllm_new(r->out, &r->run->result, r->meta, asked.api, asked.model);
	for (int pass = 0; pass < VLLM_PASSES && !code && !failed; pass++) {
		code = reader_rewind(r->run->reader, err);
		vllm_pass(vllm, pass);
		while (!code && (rec = next(r, &failed, err)) != NULL)
			vllm_feed(vllm, rec);
	}
	vllm_free(vllm);
	asked_fini(&asked);
	return code || failed ? -1 : 0;
}

static int put_aiperf(const struct report *r, struct err *err)
{
	const struct rec *rec;
	struct aiperf *aiperf;
	bool failed;

	if (reader_rewind(r->run->reader, err))
		return -1;
	aiperf = aiperf_new(r->out, r->meta);
	while ((rec = next(r, &failed, err)) != NULL)
		aiperf_feed(aiperf, rec);
	aiperf_free(aiperf);
	return failed ? -1 : 0;
}

static int (*const put[])(const struct report *, struct err *) = {
	[REPORT_TEXT] = put_text, [REPORT_JSON] = put_json, [REPORT_CSV] = put_csv,
	[REPORT_HTML] = put_html, [REPORT_HLOG] = put_hlog, [REPORT_VLLM] = put_vllm,
	[REPORT_AIPERF] = put_aiperf,
};

static int report(const struct options *o, const struct recorded *run, struct outfile *file)
{
	struct report r = {.run = run, .meta = reader_meta(run->reader), .columns = outfile_columns(file->fd)};
	struct err err, lost;
	int code = 0;

	r.out = outfile_stream(file, &err);
	if (!r.out)
		return options_refuse(&err), outfile_failed(0);
	if (put[o->format](&r, &err))
		code = options_refuse(&err);
	if (outfile_finish(file, &lost))
		options_refuse(&lost), code = outfile_failed(code);
	else if (code)
		fprintf(stderr, "brunt: what was written is not all\n");
	return code;
}

int cmd_report(int argc, char **argv)
{
	struct options options;
	struct outfile file = {.fd = -1};
	struct recorded run = {0};
	char *path = NULL;
	struct err err;
	int code = options_start(CLI_REPORT, argc, argv, &options);

	if (code >= 0)
		goto out;
	if (outfile_open(&file, options.output ? options.output : "-", &err)) {
		err_prefix(&err, "--output");
		code = options_refuse(&err);
	} else if (runs_find(options.operand, &path, &err)) {
		code = options_refuse(&err);
	} else if (outfile_is(&file, path)) {
		err_set(&err, "--output: %.200s is the run file itself; expected another file", options.output);
		code = options_refuse(&err);
	} else if (recorded_load(path, &run, &err)) {
		code = options_refuse(&err);
	} else {
		/* The text says it itself. */
		if (options.format != REPORT_TEXT && *run.closing.incomplete)
			fprintf(stderr, "brunt: %s: %s\n", path, run.closing.incomplete);
		code = report(&options, &run, &file);
	}
out:
	free(path);
	outfile_abandon(&file);
	recorded_fini(&run);
	options_fini(&options);
	return code;
}
