#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "../../../src/http/program.h"
#include "http/api.h"
#include "http/request.h"

static void names(void **state)
{
	char all[512] = "";

	(void)state;
	for (const struct api *api = api_table; api->name; api++) {
		snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", *all ? ", " : "", api->name);
		assert_ptr_equal(api_by_name(api->name), api);
	}
	assert_string_equal(api_names(), all);
	assert_string_equal(all, "openai-chat, openai-completions, openai-responses, "
				 "anthropic-messages, ollama-chat, generic");
	assert_null(api_by_name(""));
	assert_null(api_by_name("openai"));
}

static void modes(void **state)
{
	(void)state;
	for (int i = 0; i < STREAM_MODES; i++)
		assert_int_equal(stream_mode_by_name(stream_mode_name((enum stream_mode)i)), i);
	assert_int_equal(stream_mode_by_name("SSE"), -1);
	assert_int_equal(stream_mode_by_name(""), -1);
}

static void members_are_json(void **state)
{
	(void)state;
	for (const struct api *api = api_table; api->name; api++) {
		const char *const parts[] = {api->stream_body, api->plain_body, api->needs};

		for (int i = 0; i < 3; i++) {
			char object[256];

			snprintf(object, sizeof object, "{%s}", parts[i]);
			cJSON *parsed = cJSON_ParseWithOpts(object, NULL, 1);

			assert_true(cJSON_IsObject(parsed));
			cJSON_Delete(parsed);
		}
		assert_true(!api->path || api->path[0] == '/');
		assert_true(api->stream == STREAM_SSE || api->stream == STREAM_NDJSON);
		for (const char *const *h = api->header; h && *h; h++)
			assert_int_equal(http_header_check(*h, NULL), 0);
	}
}

static int listed(const struct api_place *list)
{
	int n = 0;

	while (n < API_PLACES && list[n].pointer)
		n++;
	return n;
}

/* Every place of every row is a pointer that can be looked for. */
static void places_are_pointers(void **state)
{
	(void)state;
	for (const struct api *api = api_table; api->name; api++) {
		const struct api_answer *a = &api->answer;
		const struct program *p = program_of(a);

		assert_int_equal(p->places[PART_TEXT], listed(a->text));
		assert_int_equal(p->places[PART_REASONING], listed(a->reasoning));
		assert_int_equal(p->places[PART_TOOL], listed(a->tool));
		assert_int_equal(p->places[PART_WHOLE], listed(a->whole));
		assert_int_equal(p->places[PART_INSTEAD], listed(a->instead));
		assert_int_equal(p->places[PART_TOKENS_IN], listed(a->tokens_in));
		assert_int_equal(p->places[PART_TOKENS_OUT], listed(a->tokens_out));
		assert_int_equal(p->places[PART_CACHED], listed(a->cached));
		assert_int_equal(p->places[PART_UNCOUNTED], listed(a->uncounted));
		assert_int_equal(p->places[PART_ERROR], listed(a->error));
		assert_int_equal(p->places[PART_END], listed(a->end));
		assert_true(listed(a->text) && listed(a->whole) && listed(a->error));
		assert_true(!a->end_required || a->end_data || listed(a->end));
	}
}

static void equal_tables_share_a_program(void **state)
{
	struct api_answer copy = api_by_name("openai-chat")->answer;

	(void)state;
	assert_ptr_equal(program_of(&copy), program_of(&api_by_name("openai-chat")->answer));
	copy.end_required = false;
	assert_ptr_not_equal(program_of(&copy), program_of(&api_by_name("openai-chat")->answer));
	copy.end_required = true;
	copy.text[1].pointer = NULL;
	assert_ptr_not_equal(program_of(&copy), program_of(&api_by_name("openai-chat")->answer));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(modes),
		cmocka_unit_test(members_are_json),
		cmocka_unit_test(places_are_pointers),
		cmocka_unit_test(equal_tables_share_a_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
