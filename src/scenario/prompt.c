/* `brunt URL --api NAME -d @prompts.jsonl`: written as the scenario file that the
 * user did not have to write, and read as one. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "scenario/scenario.h"

#define PROMPT_DEFAULT "Say hello in one short sentence."

/* A string in which "${" means nothing. */
static void put_literal(struct buf *out, const char *text)
{
	const char *p;

	buf_puts(out, "\"");
	while ((p = strstr(text, "${"))) {
		buf_json(out, text, (size_t)(p - text));
		buf_puts(out, "$${");
		text = p + 2;
	}
	buf_json(out, text, strlen(text));
	buf_puts(out, "\"");
}

static void put_member(struct buf *out, const char *key, const char *text)
{
	buf_puts(out, ",\"");
	buf_puts(out, key);
	buf_puts(out, "\":");
	put_literal(out, text);
}

/* A URL without a path gets the API's usual one. */
static bool has_path(const char *url)
{
	const char *host = strstr(url, "://");
	size_t bytes = strcspn(host + 3, "/?#");

	return host[3 + bytes] && strcmp(host + 3 + bytes, "/") != 0;
}

static char *write_scenario(const struct scenario_prompt *prompt, size_t *bytes)
{
	struct buf out = {0};

	buf_puts(&out, "{\"name\":\"default\"");
	if (prompt->data_file) {
		buf_puts(&out, ",\"data\":{\"data\":");
		put_literal(&out, prompt->data_file);
		buf_puts(&out, "}");
	}
	buf_puts(&out, ",\"tasks\":[{\"name\":\"default\"");
	put_member(&out, "api", prompt->api);
	put_member(&out, "stream", stream_mode_name(prompt->stream));
	if (prompt->model)
		put_member(&out, "model", prompt->model);
	if (has_path(prompt->url))
		put_member(&out, "path", prompt->url);
	if (prompt->data_file)
		buf_puts(&out, ",\"prompt\":\"${data.text}\"");
	else
		put_member(&out, "prompt", prompt->text ? prompt->text : PROMPT_DEFAULT);
	buf_puts(&out, "}]}");
	return buf_take(&out, bytes);
}

#define FILE_NAME "-d" /* what messages call the scenario that nobody sees */

/* Messages about that scenario's places become messages about the flag. */
static void reword(const struct scenario_prompt *prompt, struct err *err)
{
	static const char place[] = FILE_NAME ":1: /data/data: ", user[] = ", as " FILE_NAME ":1 uses it";
	size_t bytes = strlen(err->text), tail = strlen(user);
	struct err was = *err;

	if (!strncmp(was.text, place, strlen(place)))
		err_set(err, FILE_NAME ": %s", was.text + strlen(place));
	else if (prompt->data_file && !strncmp(was.text, FILE_NAME ":1: /tasks", strlen(FILE_NAME ":1: /tasks")) &&
		 strstr(was.text, "no row has"))
		err_set(err, "%.200s: no row has a field \"text\" or \"prompt\"; expected one of them in every row",
			prompt->data_file);
	else if (bytes > tail && !strcmp(was.text + bytes - tail, user))
		err->text[bytes - tail] = '\0';
}

int scenario_from_prompt(const struct scenario_prompt *prompt, struct scenario **out,
			 struct err *err)
{
	const struct api *api = api_by_name(prompt->api);
	struct faults faults;
	struct scenario *s;
	size_t bytes;
	char *text;
	int code;

	if (!api)
		return err_set(err, "\"%.60s\" is no API known here; expected one of %s", prompt->api,
			       api_names());
	if (!api->prompt_key)
		return err_set(err, "%s has no place of its own for a prompt; expected a scenario file whose task has a \"request\"",
			       api->name);
	if (http_url_check(prompt->url, err))
		return -1;
	text = write_scenario(prompt, &bytes);
	code = scenario_parse(text, bytes, FILE_NAME, prompt->url, &s, &faults);
	free(text);
	if (code) {
		faults_first(&faults, err);
		reword(prompt, err);
		return -1;
	}
	free(s->source);
	s->source = NULL;
	scenario_set_headers(s, prompt->header, prompt->header_count);
	*out = s;
	return 0;
}
