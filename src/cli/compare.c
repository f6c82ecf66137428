/* `brunt compare A B`: two saved runs side by side. Exit 4 where B is worse. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/outfile.h"
#include "cli/recorded.h"
#include "record/runs.h"
#include "run/contrast.h"

#define EXIT_WORSE 4

struct side {
	const char *word; /* of the command line */
	char *path;
	struct recorded run;
	struct spans *spans;
};

/* Read twice: how long it is has to be known before it can be cut. */
static int load(struct side *s, struct err *err)
{
	const struct rec *rec;
	bool failed = false;

	if (runs_find(s->word, &s->path, err) || recorded_load(s->path, &s->run, err))
		return -1;
	s->spans = spans_new(reader_meta(s->run.reader)->task_count, s->run.result.duration_us);
	if (reader_rewind(s->run.reader, err))
		return -1;
	while ((rec = reader_next(s->run.reader, &failed, err)) != NULL)
		spans_feed(s->spans, rec);
	if (*s->run.closing.incomplete)
		fprintf(stderr, "brunt: %s: %s\n", s->path, s->run.closing.incomplete);
	return failed ? -1 : 0;
}

static struct contrast_side contrast_side(const struct side *s)
{
	return (struct contrast_side){s->path, reader_meta(s->run.reader), &s->run.result, s->spans};
}

static char *render(const struct contrast *c, const struct contrast_side *a, const struct contrast_side *b,
		    enum report_format format, int columns)
{
	char *text = NULL;
	size_t bytes;
	FILE *memory;

	if (format == REPORT_JSON)
		return contrast_json(c, a, b);
	memory = open_memstream(&text, &bytes);
	if (memory) {
		contrast_text(memory, c, a, b, columns, false);
		fclose(memory);
	}
	return text;
}

/* 0, or 4. */
static int compare(const struct side *a, const struct side *b, const struct options *o, struct outfile *file, struct err *err)
{
	struct contrast_side x = contrast_side(a), y = contrast_side(b);
	const char *why = contrast_refusal(&x, &y);
	struct contrast c;
	char *text;
	int code = 0;

	if (why)
		return err_set(err, "%.200s and %.200s: %s", a->path, b->path, why);
	contrast_make(&x, &y, &c);
	text = render(&c, &x, &y, o->format, outfile_columns(file->fd));
	if (outfile_write(file, text, strlen(text), err))
		code = outfile_failed(0), options_refuse(err);
	else if (c.of[CONTRAST_WORSE])
		code = EXIT_WORSE;
	free(text);
	contrast_fini(&c);
	return code;
}

int cmd_compare(int argc, char **argv)
{
	struct options options;
	struct outfile file = {.fd = -1};
	struct side a = {0}, b = {0};
	struct err err;
	int code = options_start(CLI_COMPARE, argc, argv, &options);

	if (code >= 0)
		goto out;
	a.word = options.operand;
	b.word = options.second;
	if (outfile_open(&file, options.output ? options.output : "-", &err)) {
		err_prefix(&err, "--output");
		code = options_refuse(&err);
	} else if (load(&a, &err) || load(&b, &err) || (code = compare(&a, &b, &options, &file, &err)) < 0) {
		code = options_refuse(&err);
	}
out:
	outfile_abandon(&file);
	spans_free(a.spans);
	spans_free(b.spans);
	recorded_fini(&a.run);
	recorded_fini(&b.run);
	free(a.path);
	free(b.path);
	options_fini(&options);
	return code;
}
