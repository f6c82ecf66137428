#include "cli/recorded.h"

int recorded_load(const char *path, struct recorded *out, struct err *err)
{
	struct slo slo[SLO_MAX];
	struct model_config config;
	const struct rec *rec;
	bool failed = false;

	*out = (struct recorded){0};
	if (reader_open(path, &out->reader, err))
		return -1;
	config = model_config_of(reader_meta(out->reader), slo);
	out->model = model_new(&config);
	while ((rec = reader_next(out->reader, &failed, err)) != NULL)
		model_feed(out->model, rec);
	if (!failed) {
		model_result(out->model, &out->result);
		out->closing = *reader_closing(out->reader);
		if (!out->closing.known)
			model_client(out->model, &out->closing);
	}
	return failed ? -1 : 0;
}

void recorded_fini(struct recorded *recorded)
{
	model_free(recorded->model);
	result_fini(&recorded->result);
	reader_close(recorded->reader);
}
