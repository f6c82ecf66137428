/* A request's body of any bytes, changed for a micro-experiment: nothing but the limit and
 * the prompt's beginning is different, and JSON stays JSON. The first byte chooses what is
 * changed. */
#include <cjson/cJSON.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "load/alter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static bool is_json(const char *text, size_t bytes)
{
	cJSON *json = cJSON_ParseWithLength(text, bytes);

	cJSON_Delete(json);
	return json != NULL;
}

static void change(const struct alteration *a, const char *body, size_t bytes)
{
	static struct buf out;
	size_t limit = 0, digits = 0, prompt = 0, kept;
	bool limits = alter_finds_limit(body, bytes, &limit, &digits);
	bool prompts = alter_finds_prompt(body, bytes, &prompt);

	must(!limits || (digits && limit + digits <= bytes));
	must(!prompts || (prompt && prompt <= bytes && body[prompt - 1] == '"'));
	alter_body(a, UINT64_MAX - 1, body, bytes, &out);
	must(out.at[out.used] == '\0');
	limits = limits && a->max_tokens;
	prompts = prompts && a->unique;
	/* What stands before both and behind both stays. */
	kept = limits && (!prompts || limit < prompt) ? limit : prompts ? prompt : bytes;
	must(out.used >= kept && !memcmp(out.at, body, kept));
	kept = bytes - (prompts && (!limits || prompt > limit) ? prompt : limits ? limit + digits : bytes);
	must(out.used >= kept && !memcmp(out.at + out.used - kept, body + bytes - kept, kept));
	must(limits || prompts || out.used == bytes);
	if (is_json(body, bytes))
		must(is_json(out.at, out.used));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	/* Exactly so many bytes, without a NUL behind them. */
	char *body;

	if (bytes < 2)
		return 0;
	body = malloc(bytes - 1);
	memcpy(body, data + 1, bytes - 1);
	change(&(struct alteration){
		.max_tokens = data[0] & 1 ? 100 : 0, .unique = data[0] & 2, .padding = data[0] >> 2,
	}, body, bytes - 1);
	free(body);
	return 0;
}
