/* `brunt compare A B`: two saved runs side by side. Exit 4 where B is worse, 5 where
 * nothing could be told. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/outfile.h"
#include "cli/side.h"
#include "report/json.h"
#include "report/text.h"

static int load(const char *word, struct side *s, struct err *err)
{
	if (side_load(word, s, err) || side_cut(s, err))
		return -1;
	if (*s->run.closing.incomplete)
		fprintf(stderr, "brunt: %s: %s\n", s->path, s->run.closing.incomplete);
	return 0;
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

/* The exit code, or -1. */
static int compare(const struct side *a, const struct side *b, const struct options *o, struct outfile *file, struct err *err)
{
	struct contrast_side x = side_contrast(a, "A"), y = side_contrast(b, "B");
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
	else
		code = contrast_exit_code(&c);
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
	if (outfile_open(&file, options.output ? options.output : "-", &err)) {
		err_prefix(&err, "--output");
		code = options_refuse(&err);
	} else if (load(options.operand, &a, &err) || load(options.second, &b, &err) || (code = compare(&a, &b, &options, &file, &err)) < 0) {
		code = options_refuse(&err);
	}
out:
	outfile_abandon(&file);
	side_fini(&a);
	side_fini(&b);
	options_fini(&options);
	return code;
}
