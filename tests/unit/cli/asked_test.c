/* What a recording says of the API and the model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/asked.h"

static void expect(const char *source, const char *argv, const char *api, const char *model)
{
	const struct run_meta meta = {.source = (char *)source, .argv = (char *)argv};
	struct asked asked;

	asked_of(&meta, &asked);
	if (api)
		assert_string_equal(asked.api, api);
	else
		assert_null(asked.api);
	if (model)
		assert_string_equal(asked.model, model);
	else
		assert_null(asked.model);
	asked_fini(&asked);
}

static void of_a_scenario(void **state)
{
	(void)state;
	expect("{\"tasks\": [{\"api\": \"ollama-chat\", \"model\": \"a\"}, {\"request\": {}}]}", "brunt --model x",
	       "ollama-chat", "a");
	expect("{\"tasks\": [{\"api\": \"ollama-chat\", \"model\": \"a\"}, {\"api\": \"ollama-chat\", \"model\": \"b\"}]}", "",
	       "ollama-chat", NULL);
	expect("{\"tasks\": [{\"model\": 7}, {\"model\": \"x\\u001b[2J\"}]}", "", NULL, "x [2J");
	expect("{\"tasks\": 1}", "", NULL, NULL);
	expect("no JSON", "", NULL, NULL);
}

static void of_a_command_line(void **state)
{
	(void)state;
	expect(NULL, "brunt http://x --api openai-chat --model 'my model' -d hi", "openai-chat", "my model");
	expect(NULL, "brunt http://x --model=a --model=b", NULL, "b");
	expect(NULL, "brunt http://x --model", NULL, NULL);
	expect(NULL, NULL, NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_a_scenario),
		cmocka_unit_test(of_a_command_line),
	};

	return cmocka_run_group_tests_name("asked", tests, NULL, NULL);
}
