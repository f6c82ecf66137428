#include "cli/asked.h"

#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "cli/from.h"

/* What all tasks with such a key agree on; made printable, for it comes from a file. */
static char *of_tasks(const cJSON *scenario, const char *key)
{
	const cJSON *task, *tasks = cJSON_GetObjectItemCaseSensitive(scenario, "tasks");
	const char *found = NULL;
	char *out;

	cJSON_ArrayForEach(task, tasks) {
		const char *value = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(task, key));

		if (value && found && strcmp(value, found) != 0)
			return NULL;
		found = value ? value : found;
	}
	if (!found)
		return NULL;
	out = xmalloc(strlen(found) + 1);
	return utf8_clean(found, strlen(found), out, strlen(found) + 1);
}

/* `--name value`, `--name=value`: of several the last one counted. */
static char *of_command_line(const char *line, const char *name)
{
	char *word = xmalloc(strlen(line) + 1), *out = NULL;
	size_t bytes = strlen(name);
	bool next = false;

	while (*line) {
		bool value;

		line = from_word(line, word);
		value = !next && !strncmp(word, name, bytes) && word[bytes] == '=';
		if (next || value) {
			free(out);
			out = xstrdup(next ? word : word + bytes + 1);
		}
		next = !next && !strcmp(word, name);
	}
	free(word);
	return out;
}

void asked_of(const struct run_meta *meta, struct asked *out)
{
	cJSON *scenario = meta->source ? cJSON_Parse(meta->source) : NULL;

	*out = (struct asked){0};
	if (meta->source) {
		out->api = of_tasks(scenario, "api");
		out->model = of_tasks(scenario, "model");
	} else if (meta->argv) {
		out->api = of_command_line(meta->argv, "--api");
		out->model = of_command_line(meta->argv, "--model");
	}
	cJSON_Delete(scenario);
}

void asked_fini(struct asked *asked)
{
	free(asked->api);
	free(asked->model);
}
