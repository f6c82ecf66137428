#include "cli/side.h"

#include <stdlib.h>

#include "record/runs.h"

static struct spans *spans_of(struct reader *reader, const struct result *result, struct err *err)
{
	struct spans *spans = spans_new(reader_meta(reader)->task_count, result);
	const struct rec *rec;
	bool failed = false;

	while ((rec = reader_next(reader, &failed, err)) != NULL)
		spans_feed(spans, rec);
	if (!failed)
		return spans;
	spans_free(spans);
	return NULL;
}

int side_load(const char *word, struct side *s, struct err *err)
{
	*s = (struct side){0};
	return runs_find(word, &s->path, err) || recorded_load(s->path, &s->run, err) ? -1 : 0;
}

int side_cut(struct side *s, struct err *err)
{
	if (!reader_rewind(s->run.reader, err))
		s->spans = spans_of(s->run.reader, &s->run.result, err);
	return s->spans ? 0 : -1;
}

struct spans *side_spans(const char *path, const struct result *result, struct err *err)
{
	struct spans *spans;
	struct reader *reader;

	if (reader_open(path, &reader, err))
		return NULL;
	spans = spans_of(reader, result, err);
	reader_close(reader);
	return spans;
}

struct contrast_side side_contrast(const struct side *s, const char *name)
{
	return (struct contrast_side){
		.path = s->path, .meta = reader_meta(s->run.reader), .result = &s->run.result, .spans = s->spans, .name = name,
	};
}

void side_fini(struct side *s)
{
	spans_free(s->spans);
	recorded_fini(&s->run);
	free(s->path);
	*s = (struct side){0};
}
