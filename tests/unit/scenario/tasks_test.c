/* The parts of a scenario that say what is sent, checked and expected. */
#include "scenario/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"

static const char *refuse(const char *text)
{
	static struct faults faults;
	struct scenario *s = NULL;

	if (!scenario_parse(text, strlen(text), "a.json", NULL, &s, &faults))
		fail_msg("accepted: %s", text);
	assert_null(s);
	/* Nothing is told that follows from it. */
	if (faults.total != 1)
		fail_msg("%d faults, the second %s", (int)faults.total, faults.fault[1].err.text);
	return faults.fault[0].err.text;
}

static struct scenario *parse(const char *text)
{
	struct scenario *s = NULL;
	struct faults faults;

	if (scenario_parse(text, strlen(text), "a.json", NULL, &s, &faults))
		fail_msg("%s", faults.fault[0].err.text);
	return s;
}

struct row {
	const char *members, *message;
};

static char *around_file(const char *members)
{
	return xasprintf("{\"target\":\"http://h\",\"tasks\":[{\"name\":\"t\",\"request\":{}}],\n%s}", members);
}

static char *around_task(const char *members)
{
	return xasprintf("{\"target\":\"http://h\",\"data\":{\"d\":[{\"text\":\"a\",\"n\":1},\n{\"text\":\"b\"}]},\n"
			 "\"tasks\":[\n{\"name\":\"t\",%s}]}", members);
}

static void wrong_in_the_file(void **state)
{
	static const struct row rows[] = {
		{"\"data\":[]",
		 "a.json:2: /data: is an array; expected an object of data sets such as {\"questions\": \"questions.csv\"}"},
		{"\"data\":{\"a b\":\"x\"}",
		 "a.json:2: /data/a b: is no name of a data set; expected letters, digits, _ and -"},
		{"\"data\":{\"env\":\"x\"}",
		 "a.json:2: /data/env: is a template's name; expected another for a data set"},
		{"\"data\":{\"d\":7}",
		 "a.json:2: /data/d: is a number; expected a file's name, an array of rows, or {\"file\": \"rows.jsonl\", \"order\": \"shuffled\"}"},
		{"\"data\":{\"d\":\"missing.jsonl\"}",
		 "a.json:2: /data/d: missing.jsonl: No such file or directory"},
		{"\"data\":{\"d\":\"\"}",
		 "a.json:2: /data/d: is empty; expected the name of a file with rows of data"},
		{"\"data\":{\"d\":\"${seq}.csv\"}",
		 "a.json:2: /data/d: has a template, which has no place here; expected the name of a file with rows of data"},
		{"\"data\":{\"d\":{}}",
		 "a.json:2: /data/d: has neither file nor rows; expected \"file\" or \"rows\""},
		{"\"data\":{\"d\":{\"file\":\"x\",\"rows\":[]}}",
		 "a.json:2: /data/d: has both \"file\" and \"rows\"; expected \"file\" or \"rows\""},
		{"\"data\":{\"d\":{\"file\":\"x\",\"order\":\"up\"}}",
		 "a.json:2: /data/d/order: is no order; expected sequential, shuffled or random"},
		{"\"data\":{\"d\":{\"file\":\"x\",\"order\":\"shuffle\"}}", "a.json:2: /data/d/order: is no order; did you mean \"shuffled\"?"},
		{"\"data\":{\"d\":{\"file\":\"x\",\"order\":1}}",
		 "a.json:2: /data/d/order: is a number; expected sequential, shuffled or random"},
		{"\"data\":{\"d\":{\"file\":\"x\",\"path\":1}}",
		 "a.json:2: /data/d/path: unknown key \"path\"; expected file or rows, and order"},
		{"\"data\":{\"d\":{\"file\":7}}",
		 "a.json:2: /data/d/file: is a number; expected the name of a file with rows of data"},
		{"\"data\":{\"d\":[]}",
		 "a.json:2: /data/d: has no rows; expected at least one"},
		{"\"data\":{\"d\":{\"rows\":{}}}",
		 "a.json:2: /data/d/rows: is an object; expected an array of rows"},
		{"\"data\":{\"d\":[\"a\",7]}",
		 "a.json:2: /data/d/1: is a number; expected an object of fields or a string"},
		{"\"data\":{\"d\":[\"a\",{\"conversations\":[1]}]}",
		 "a.json:2: /data/d/1/conversations/0: is no turn of a conversation; expected {\"from\": \"human\", \"value\": \"\xe2\x80\xa6\"}"},
		{"\"slo\":\"p95<3s\"",
		 "a.json:2: /slo: is a string; expected an array of expressions such as [\"p95<3s\"]"},
		{"\"slo\":[7]",
		 "a.json:2: /slo/0: is a number; expected an expression such as \"p95<3s\""},
		{"\"slo\":[\"task:x.p95<3s\"]",
		 "a.json:2: /slo/0: no task is called \"x\"; expected one of t"},
		{"\"headers\":{\"A\":\"${usr}\"}", "a.json:2: /headers/A: unknown template ${usr}; did you mean \"user\"?"},
		{"\"headers\":{\"A\":\"${evn:KEY}\"}", "a.json:2: /headers/A: unknown template ${evn:KEY}; did you mean \"env\"?"},
		{"\"headers\":{\"A\":\"${x}\"}",
		 "a.json:2: /headers/A: unknown template ${x}; expected env:NAME, seq, user, uuid, turn[-1].text or capture.NAME (a literal \"${\" is written \"$${\")"},
		{"\"headers\":{\"A\":\"${seq\"}",
		 "a.json:2: /headers/A: \"${\" without its \"}\"; expected a template such as ${seq} (a literal \"${\" is written \"$${\")"},
		{"\"name\":\"${seq}\"",
		 "a.json:2: /name: has a template, which has no place here; expected a name of 1 to 64 bytes"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = around_file(rows[i].members);

		assert_string_equal(refuse(text), rows[i].message);
		free(text);
	}
}

static void wrong_in_a_task(void **state)
{
	static const struct row rows[] = {
		{"\"request\":{},\"api\":\"openapi\"", "a.json:4: /tasks/0/api: is no API known here; did you mean \"openai-chat\"?"},
		{"\"request\":{},\"api\":\"gemini\"",
		 "a.json:4: /tasks/0/api: is no API known here; expected openai-chat, openai-completions, openai-responses, anthropic-messages, ollama-chat, generic"},
		{"\"request\":{},\"api\":7",
		 "a.json:4: /tasks/0/api: is a number; expected openai-chat, openai-completions, openai-responses, anthropic-messages, ollama-chat, generic"},
		{"\"request\":{},\"stream\":\"nsjson\"", "a.json:4: /tasks/0/stream: is no way to stream; did you mean \"ndjson\"?"},
		{"\"request\":{},\"stream\":\"http\"",
		 "a.json:4: /tasks/0/stream: is no way to stream; expected auto, sse, ndjson, ws or off"},
		{"\"request\":{},\"stream\":\"sse\"",
		 "a.json:4: /tasks/0/stream: stands without an \"api\"; expected one that reads the events, such as \"generic\""},
		{"\"request\":{},\"stream\":true",
		 "a.json:4: /tasks/0/stream: is true; expected auto, sse, ndjson, ws or off"},
		{"\"request\":{},\"model\":\"m\"",
		 "a.json:4: /tasks/0/model: stands beside a \"request\", which says all that is sent; expected one or the other"},
		{"\"request\":{},\"turns\":[\"a\"]",
		 "a.json:4: /tasks/0/turns: stands beside a \"request\", which says all that is sent; expected one or the other"},
		{"\"request\":{},\"messages\":[]",
		 "a.json:4: /tasks/0/messages: stands beside a \"request\", which says all that is sent; expected one or the other"},
		{"\"request\":{},\"pointers\":{}",
		 "a.json:4: /tasks/0/pointers: stands without \"api\": \"generic\"; expected them together"},
		{"\"request\":{},\"api\":\"openai-chat\",\"pointers\":{\"text\":\"/a\"}",
		 "a.json:4: /tasks/0/pointers: stands without \"api\": \"generic\"; expected them together"},
		{"\"request\":{},\"api\":\"generic\",\"pointers\":{\"text\":\"a\"}",
		 "a.json:4: /tasks/0/pointers/text: is no JSON pointer; expected one such as \"/answer/text\""},
		{"\"request\":{},\"api\":\"generic\",\"pointers\":{\"text\":\"/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17\"}",
		 "a.json:4: /tasks/0/pointers/text: leads too deep; expected at most 16 steps"},
		{"\"request\":{},\"api\":\"generic\",\"pointers\":{\"txt\":\"/a\"}",
		 "a.json:4: /tasks/0/pointers/txt: unknown key \"txt\"; did you mean \"text\"?"},
		{"\"request\":{},\"api\":\"generic\",\"pointers\":{\"text\":7}",
		 "a.json:4: /tasks/0/pointers/text: is a number; expected a JSON pointer such as \"/answer/text\""},
		{"\"request\":{},\"timeout\":\"0\"",
		 "a.json:4: /tasks/0/timeout: is zero; expected a duration such as \"60s\""},
		{"\"request\":{},\"timeout\":60",
		 "a.json:4: /tasks/0/timeout: is a number; expected a duration in quotes such as \"60s\""},
		{"\"request\":{},\"think\":\"soon\"",
		 "a.json:4: /tasks/0/think: \"soon\" is not a duration; expected one such as 500us, 2s, 3m or 1h"},
		{"\"request\":{},\"slo\":[\"task:u.p95<1s\"]",
		 "a.json:4: /tasks/0/slo/0: names another task; expected one of this task, or its place in the scenario's \"slo\""},
		{"\"request\":{},\"headers\":[]",
		 "a.json:4: /tasks/0/headers: is an array; expected an object of strings such as {\"Accept\": \"text/plain\"}"},
		{"\"request\":{},\"checks\":{}",
		 "a.json:4: /tasks/0/checks: is an object; expected an array of checks such as [{\"status\": 200}]"},
		{"\"request\":{},\"checks\":[7]",
		 "a.json:4: /tasks/0/checks/0: is a number; expected an object such as {\"status\": 200}"},
		{"\"request\":{},\"capture\":[]",
		 "a.json:4: /tasks/0/capture: is an array; expected an object such as {\"id\": \"/conversation/id\"}"},
		{"\"request\":{},\"capture\":{\"a b\":\"/x\"}",
		 "a.json:4: /tasks/0/capture/a b: is no name for templates; expected letters, digits, _ and -"},
		{"\"request\":{},\"capture\":{\"a\":\"x\"}",
		 "a.json:4: /tasks/0/capture/a: is no JSON pointer; expected one such as \"/choices/0/message/content\""},
		{"\"request\":{},\"capture\":{\"a\":\"/~2\"}",
		 "a.json:4: /tasks/0/capture/a: is no JSON pointer; expected one such as \"/choices/0/message/content\""},
		{"\"request\":{},\"capture\":{\"a\":7}",
		 "a.json:4: /tasks/0/capture/a: is a number; expected a JSON pointer such as \"/choices/0/message/content\""},
		{"\"request\":{\"method\":\"${seq}\"}",
		 "a.json:4: /tasks/0/request/method: has a template, which has no place here; expected a string such as \"POST\""},
		{"\"request\":{\"path\":\"/${d.txt}\"}", "a.json:4: /tasks/0/request/path: ${d.txt}: no row has that field; did you mean \"text\"?"},
		{"\"request\":{\"path\":\"/${d.none}\"}",
		 "a.json:4: /tasks/0/request/path: ${d.none}: no row has that field; expected one of text, n"},
		{"\"request\":{\"path\":\"/${d.n}\"}",
		 "a.json:2: this row has no field for ${d.n}; expected it in every row, as a.json:4 uses it"},
		{"\"request\":{\"path\":\"/${e.n}\"}",
		 "a.json:4: /tasks/0/request/path: unknown template ${e.n}; expected d.FIELD, env:NAME, seq, user, uuid, turn[-1].text or capture.NAME (a literal \"${\" is written \"$${\")"},
		{"\"request\":{\"path\":\"/${seq\"}",
		 "a.json:4: /tasks/0/request/path: \"${\" without its \"}\"; expected a template such as ${seq} (a literal \"${\" is written \"$${\")"},
		{"\"request\":{\"path\":\"${d.text}\"}",
		 "a.json:4: /tasks/0/request/path: does not begin with \"/\"; expected a path such as \"/api/chat\", or a whole URL"},
		{"\"request\":{\"path\":\"http://${d.text}/x\"}",
		 "a.json:4: /tasks/0/request/path: has a template in its host; expected templates behind the host only"},
		{"\"request\":{\"path\":\"ws://h/x\"},\"api\":\"openai-chat\",\"stream\":\"sse\"",
		 "a.json:4: /tasks/0/request/path: is a WebSocket's URL; expected \"stream\": \"ws\" or \"auto\" with it"},
		{"\"request\":{\"json\":{\"a\":[\"${env:BRUNT_UNSET}\"]}}",
		 "a.json:4: /tasks/0/request/json/a/0: ${env:BRUNT_UNSET} is not set; expected this environment variable"},
		{"\"request\":{\"json\":{\"a\":[\"${env:}\"]}}",
		 "a.json:4: /tasks/0/request/json/a/0: ${env:} names no environment variable; expected letters, digits and _"},
		{"\"request\":{\"json\":{\"${oops}\":1}}",
		 "a.json:4: /tasks/0/request/json/${oops}: unknown template ${oops}; expected d.FIELD, env:NAME, seq, user, uuid, turn[-1].text or capture.NAME (a literal \"${\" is written \"$${\")"},
		{"\"request\":{\"json\":{\"a\":\"${turn[-1].text}\"}}",
		 "a.json:4: /tasks/0/request/json/a: ${turn[-1].text} stands outside of \"turns\"; expected it in the text of a turn"},
		{"\"request\":{\"json\":{\"a\":\"${turn[-1]}\"}}",
		 "a.json:4: /tasks/0/request/json/a: ${turn[-1]} is no answer; expected turn[N].text, such as turn[-1].text for the last"},
		{"\"request\":{\"json\":{\"a\":\"${capture.x}\"}}",
		 "a.json:4: /tasks/0/request/json/a: ${capture.x}: nothing is captured before a task's only request; expected it in a task with \"turns\""},
		{"\"request\":{\"json\":{\"a\":\"${capture.x}\"}},\"capture\":{\"x\":\"/id\"}",
		 "a.json:4: /tasks/0/request/json/a: ${capture.x}: nothing is captured before a task's only request; expected it in a task with \"turns\""},
		{"\"request\":{\"json\":{\"a\":\"${}\"}}",
		 "a.json:4: /tasks/0/request/json/a: unknown template ${}; expected d.FIELD, env:NAME, seq, user, uuid, turn[-1].text or capture.NAME (a literal \"${\" is written \"$${\")"},
		{"\"request\":{\"json\":{\"a\":\"${data.text}\"}}",
		 "a.json:4: /tasks/0/request/json/a: unknown template ${data.text}; expected d.FIELD, env:NAME, seq, user, uuid, turn[-1].text or capture.NAME (a literal \"${\" is written \"$${\")"},
		{"\"request\":{\"headers\":{\"A\":\"${uuid\"}}",
		 "a.json:4: /tasks/0/request/headers/A: \"${\" without its \"}\"; expected a template such as ${seq} (a literal \"${\" is written \"$${\")"},
		{"\"api\":\"generic\"",
		 "a.json:4: /tasks/0/api: has no place of its own for a prompt; expected a \"request\" that has it"},
		{"\"api\":\"generic\",\"prompt\":\"x\"",
		 "a.json:4: /tasks/0/api: has no place of its own for a prompt; expected a \"request\" that has it"},
		{"\"api\":\"openai-chat\"",
		 "a.json:4: /tasks/0/messages: is missing; expected \"messages\" (of chats), \"prompt\" or \"turns\""},
		{"\"api\":\"openai-completions\"",
		 "a.json:4: /tasks/0/prompt: is missing; expected \"messages\" (of chats), \"prompt\" or \"turns\""},
		{"\"api\":\"openai-chat\",\"messages\":[]",
		 "a.json:4: /tasks/0/messages: is empty; expected at least one message"},
		{"\"api\":\"openai-chat\",\"messages\":\"Hi\"",
		 "a.json:4: /tasks/0/messages: is a string; expected an array such as [{\"role\": \"user\", \"content\": \"Hello\"}]"},
		{"\"api\":\"openai-chat\",\"messages\":[{\"role\":\"user\"}]",
		 "a.json:4: /tasks/0/messages/0/content: is missing; expected the message's text"},
		{"\"api\":\"openai-chat\",\"messages\":[{\"content\":\"x\"}]",
		 "a.json:4: /tasks/0/messages/0/role: is missing; expected a string such as \"user\""},
		{"\"api\":\"openai-chat\",\"messages\":[{\"role\":1,\"content\":\"x\"}]",
		 "a.json:4: /tasks/0/messages/0/role: is a number; expected a string such as \"user\""},
		{"\"api\":\"openai-chat\",\"messages\":[\"x\"]",
		 "a.json:4: /tasks/0/messages/0: is a string; expected an object such as {\"role\": \"user\", \"content\": \"Hello\"}"},
		{"\"api\":\"openai-completions\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]",
		 "a.json:4: /tasks/0/messages: are for chats, and openai-completions takes one text; expected \"prompt\" or \"turns\""},
		{"\"api\":\"openai-chat\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"prompt\":\"x\"",
		 "a.json:4: /tasks/0/prompt: stands beside \"messages\"; expected one of them"},
		{"\"api\":\"openai-chat\",\"turns\":[\"a\"],\"prompt\":\"x\"",
		 "a.json:4: /tasks/0/prompt: stands beside \"turns\"; expected one of them"},
		{"\"api\":\"openai-chat\",\"prompt\":[\"x\"]",
		 "a.json:4: /tasks/0/prompt: is an array; expected a text, what the user says"},
		{"\"api\":\"openai-chat\",\"turns\":[]",
		 "a.json:4: /tasks/0/turns: has 0 turns; expected 1 to 1000"},
		{"\"api\":\"openai-chat\",\"turns\":[\"a\",7]",
		 "a.json:4: /tasks/0/turns/1: is a number; expected a text, what the user says"},
		{"\"api\":\"openai-chat\",\"turns\":[\"${turn[-1].text}\"]",
		 "a.json:4: /tasks/0/turns/0: ${turn[-1].text}: nothing is answered before the first turn; expected it in a later one"},
		{"\"api\":\"openai-chat\",\"turns\":[\"a\",\"${turn[1].text}\"]",
		 "a.json:4: /tasks/0/turns/1: ${turn[1].text} is not answered before this turn; expected turn[0] to turn[0], or turn[-1] to turn[-1]"},
		{"\"api\":\"openai-chat\",\"turns\":[\"a\",\"${turn[-2].text}\"]",
		 "a.json:4: /tasks/0/turns/1: ${turn[-2].text} is not answered before this turn; expected turn[0] to turn[0], or turn[-1] to turn[-1]"},
		{"\"api\":\"openai-chat\",\"turns\":[\"a\",\"${turn[x].text}\"]",
		 "a.json:4: /tasks/0/turns/1: ${turn[x].text} is no answer; expected turn[N].text, such as turn[-1].text for the last"},
		{"\"api\":\"openai-chat\",\"turns\":\"${d.text}\"",
		 "a.json:1: \"${d.text}\" is not 1 to 1000 turns; expected an array of strings"},
		{"\"api\":\"openai-chat\",\"turns\":\"hello\"",
		 "a.json:4: /tasks/0/turns: is no array and no field of data; expected [\"Hello\", \"Tell me more\"] or such as \"${chats.turns}\""},
		{"\"api\":\"openai-chat\",\"turns\":[\"a\",\"${turn[0].text}\"],\"params\":{\"x\":\"${turn[0].text}\"}",
		 "a.json:4: /tasks/0/params/x: ${turn[0].text} stands outside of \"turns\"; expected it in the text of a turn"},
		{"\"api\":\"openai-chat\",\"prompt\":\"x\",\"params\":[]",
		 "a.json:4: /tasks/0/params: is an array; expected an object such as {\"max_tokens\": 128}"},
		{"\"api\":\"openai-chat\",\"prompt\":\"x\",\"params\":{\"messages\":[]}",
		 "a.json:4: /tasks/0/params/messages: is given by the task already; expected it in one place"},
		{"\"api\":\"openai-chat\",\"prompt\":\"x\",\"model\":\"m\",\"params\":{\"model\":\"x\"}",
		 "a.json:4: /tasks/0/params/model: is given by the task already; expected it in one place"},
		{"\"api\":\"openai-chat\",\"prompt\":\"x\",\"model\":7",
		 "a.json:4: /tasks/0/model: is a number; expected a model's name"},
		{"\"api\":\"openai-chat\",\"prompt\":\"x\",\"params\":{\"a\":\"${b}\"}",
		 "a.json:4: /tasks/0/params/a: unknown template ${b}; expected d.FIELD, env:NAME, seq, user, uuid, turn[-1].text or capture.NAME (a literal \"${\" is written \"$${\")"},
		{"\"api\":\"openai-chat\",\"capture\":{\"x\":\"/id\"},\"turns\":[\"${capture.x}\",\"b\"]",
		 "a.json:4: /tasks/0/turns/0: ${capture.x}: nothing is captured before the first turn; expected it in a later one"},
		{"\"api\":\"openai-chat\",\"capture\":{\"x\":\"/id\"},\"prompt\":\"${capture.x}\"",
		 "a.json:4: /tasks/0/prompt: ${capture.x}: nothing is captured before a task's only request; expected it in a task with \"turns\""},
		{"\"api\":\"openai-chat\",\"capture\":{\"x\":\"/id\"},\"turns\":[\"a\",\"${capture.y}\"]",
		 "a.json:4: /tasks/0/turns/1: ${capture.y} is captured nowhere; expected a name in this task's \"capture\""},
		{"\"api\":\"openai-chat\",\"capture\":{\"name\":\"/id\"},\"turns\":[\"a\",\"${capture.nmae}\"]",
		 "a.json:4: /tasks/0/turns/1: ${capture.nmae} is captured nowhere; did you mean \"name\"?"},
		{"\"request\":{\"path\":\"/a b\"}",
		 "a.json:4: /tasks/0/request/path: URL \"http://h/a b\": spaces and control characters must be written as %XX"},
		{"\"request\":{\"path\":\"/${d.text} b\"}",
		 "a.json:4: /tasks/0/request/path: URL \"http://h/x b\": spaces and control characters must be written as %XX"},
		{"\"request\":{\"json\":{\"a\":\"${env:A B}\"}}",
		 "a.json:4: /tasks/0/request/json/a: ${env:A B} names no environment variable; expected letters, digits and _"},
	};

	(void)state;
	unsetenv("BRUNT_UNSET");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = around_task(rows[i].members);

		assert_string_equal(refuse(text), rows[i].message);
		free(text);
	}
}

/* Their words are their own modules'; the place is ours. */
static void the_place_of_a_wrong_check_or_slo(void **state)
{
	static const struct row rows[] = {
		{"\"request\":{},\"checks\":[{\"status\":200},\n{}]", "a.json:5: /tasks/0/checks/1: "},
		{"\"request\":{},\"checks\":[{\"status\":\"x\"}]", "a.json:4: /tasks/0/checks/0/status: "},
		{"\"request\":{},\"checks\":[{\"contains\":\"x\",\n\"weight\":-1}]", "a.json:5: /tasks/0/checks/0/weight: "},
		{"\"request\":{},\"checks\":[{\"regex\":\"(\"}]", "a.json:4: /tasks/0/checks/0/regex: "},
		{"\"request\":{},\"slo\":[\"p95<3s\",\n\"p95\"]", "a.json:5: /tasks/0/slo/1: "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = around_task(rows[i].members);

		assert_memory_equal(refuse(text), rows[i].message, strlen(rows[i].message));
		free(text);
	}
}

/* ---- what is understood ---- */

static void a_target_has_no_templates(void **state)
{
	(void)state;
	assert_string_equal(refuse("{\"target\":\"http://${env:H}\",\"tasks\":[{\"name\":\"a\",\"request\":{}}]}"),
			    "a.json:1: /target: has a template, which has no place here; expected a base URL such as \"http://127.0.0.1:8080\"");
}

static void what_a_task_says(void **state)
{
	struct scenario *s = parse("{\"target\":\"http://h\",\"slo\":[\"success>=99%\"],\"tasks\":[{\"name\":\"a\",\"request\":{},"
				   "\"timeout\":\"5s\",\"think\":\"500ms\",\"slo\":[\"p95<3s\",\"ttft.p99<500ms\"],"
				   "\"checks\":[{\"status\":200},{\"latency\":\"3s\"}]},"
				   "{\"name\":\"b\",\"request\":{},\"checks\":[{\"contains\":\"x\"}]},"
				   "{\"name\":\"c\",\"request\":{},\"capture\":{\"id\":\"/id\"}}]}");
	const struct task *t = s->task;

	(void)state;
	assert_int_equal(t[0].request.timeout_ns, 5 * NS_PER_S);
	assert_int_equal(t[1].request.timeout_ns, 0);
	assert_int_equal(t[0].think_ns, 500 * NS_PER_MS);
	assert_int_equal(t[1].think_ns, -1);
	assert_int_equal(t[0].checks.count, 2);
	assert_false(t[0].checks.needs_answer);
	assert_false(t[0].plan.keep);
	assert_true(t[1].plan.keep);
	assert_true(t[2].plan.keep);
	assert_int_equal(t[0].turn_count, 1);
	assert_int_equal(t[0].cases, 1);
	assert_null(t[0].plan.api);
	assert_int_equal(s->slo_count, 3);
	assert_string_equal(s->slo[0].task, "a");
	assert_string_equal(s->slo[1].task, "a");
	assert_string_equal(s->slo[2].task, "");
	scenario_free(s);
}

static void headers_from_the_inside_count_more(void **state)
{
	struct scenario *s = parse("{\"target\":\"http://h\",\"headers\":{\"A\":\"file\",\"B\":\"file\",\"C\":\"${seq}\"},\"tasks\":[{\"name\":\"t\","
				   "\"headers\":{\"b\":\"${uuid}\",\"D\":\"task\"},\"request\":{\"headers\":{\"d\":\"request\"}}}]}");
	struct task *t = s->task;

	(void)state;
	assert_string_equal(t->request.header[0], "A: file");
	assert_string_equal(t->request.header[1], "b: ${uuid}");
	assert_string_equal(t->request.header[2], "C: ${seq}");
	assert_string_equal(t->request.header[3], "d: request");
	assert_null(t->request.header[4]);
	assert_null(t->header[0]);
	assert_non_null(t->header[1]);
	assert_non_null(t->header[2]);
	assert_null(t->header[3]);
	/* A flag's header takes the place of a template. */
	scenario_set_headers(s, (const char *const[]){"B: flag", "E: flag"}, 2);
	assert_string_equal(t->request.header[1], "B: flag");
	assert_null(t->header[1]);
	assert_string_equal(t->request.header[4], "E: flag");
	assert_null(t->header[4]);
	assert_null(t->request.header[5]);
	scenario_free(s);
}

static void cases_are_the_rows_a_task_uses(void **state)
{
	struct scenario *s = parse("{\"target\":\"http://h\",\"data\":{\"two\":[\"a\",\"b\"],\"three\":[\"a\",\"b\",\"c\"],\"nine\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]},"
				   "\"tasks\":[{\"name\":\"a\",\"request\":{\"path\":\"/${two.text}\"}},"
				   "{\"name\":\"b\",\"request\":{\"json\":[\"${two.text}\",\"${three.text}\"]}},"
				   "{\"name\":\"c\",\"request\":{}}]}");

	(void)state;
	assert_int_equal(s->task[0].cases, 2);
	assert_int_equal(s->task[0].uses, 1);
	assert_int_equal(s->task[1].cases, 3);
	assert_int_equal(s->task[1].uses, 3);
	assert_int_equal(s->task[2].cases, 1);
	scenario_free(s);
}

static void slos_of_flags(void **state)
{
	struct scenario *s = parse("{\"target\":\"http://h\",\"tasks\":[{\"name\":\"chat\",\"request\":{}}]}");
	struct err err;

	(void)state;
	assert_int_equal(scenario_add_slo(s, "task:chat.p95<3s", &err), 0);
	assert_int_equal(s->slo_count, 1);
	assert_int_equal(scenario_add_slo(s, "task:b.p95<3s", &err), -1);
	assert_string_equal(err.text, "no task is called \"b\"; expected one of chat");
	assert_int_equal(scenario_add_slo(s, "task:caht.p95<3s", &err), -1);
	assert_string_equal(err.text, "no task is called \"caht\"; did you mean \"chat\"?");
	assert_int_equal(scenario_add_slo(s, "p95", &err), -1);
	for (int i = 1; i < SLO_MAX; i++)
		assert_int_equal(scenario_add_slo(s, "p95<3s", &err), 0);
	assert_int_equal(scenario_add_slo(s, "p95<3s", &err), -1);
	assert_string_equal(err.text, "too many SLOs; expected at most 32");
	scenario_free(s);
}

/* ---- secrets ---- */

static void the_source_keeps_names_not_values(void **state)
{
	static const char text[] =
		"{\"target\":\"http://h\",\"headers\":{\"Authorization\":\"Bearer ${env:BRUNT_T}\",\"x-api-key\":\"pre${env:BRUNT_T}\",\"X\":\"${env:BRUNT_T}\"},"
		"\"tasks\":[{\"name\":\"t\",\"request\":{\"path\":\"/a?key=${env:BRUNT_T}&b=1\",\"json\":{\"${env:BRUNT_T}\":1}}},"
		"{\"name\":\"u\",\"request\":{\"path\":\"/a?key=plain&x=${env:BRUNT_T}\"}}]}";
	struct scenario *s;

	(void)state;
	setenv("BRUNT_T", "top-secret", 1);
	s = parse(text);
	assert_string_equal(s->source,
			    "{\"target\":\"http://h\",\"headers\":{\"Authorization\":\"Bearer ${env:BRUNT_T}\",\"x-api-key\":\"[redacted]\",\"X\":\"${env:BRUNT_T}\"},"
			    "\"tasks\":[{\"name\":\"t\",\"request\":{\"path\":\"/a?key=${env:BRUNT_T}&b=1\",\"json\":{\"${env:BRUNT_T}\":1}}},"
			    "{\"name\":\"u\",\"request\":{\"path\":\"/a?key=[redacted]&x=${env:BRUNT_T}\"}}]}");
	assert_string_equal(s->task[0].request.body, "{\"top-secret\":1}");
	assert_string_equal(s->task[0].request.url, "http://h/a?key=top-secret&b=1");
	scenario_free(s);
	unsetenv("BRUNT_T");
}

static void redacts(const struct scenario *s, const char *in, const char *out)
{
	char text[200];

	strcpy(text, in);
	assert_int_equal(scenario_redact(s, text, strlen(text)), strlen(out));
	assert_memory_equal(text, out, strlen(out));
}

static void secrets_are_blanked_in_any_text(void **state)
{
	struct scenario *s;

	(void)state;
	setenv("BRUNT_T", "a/b \"long\" one", 1);
	setenv("BRUNT_U", "b \"long", 1);
	setenv("BRUNT_V", "abc", 1);
	s = parse("{\"target\":\"http://h\",\"headers\":{\"Authorization\":\"Bearer from-file\"},"
		  "\"tasks\":[{\"name\":\"t\",\"request\":{\"body\":\"${env:BRUNT_U}${env:BRUNT_T}${env:BRUNT_V}\"}}]}");
	scenario_set_headers(s, (const char *const[]){"Cookie: id=from-flag", "X: not-secret"}, 2);
	redacts(s, "", "");
	redacts(s, "nothing of it", "nothing of it");
	redacts(s, "a/b \"long\" one", "[redacted]");
	redacts(s, "<a/b \"long\" onea/b \\\"long\\\" one>a%2Fb%20%22long%22%20one", "<[redacted][redacted]>[redacted]");
	redacts(s, "b \"long b \"lo, b \"lon", "******* b \"lo, ******");
	redacts(s, "cut off: from-f", "cut off: ******");
	redacts(s, "too little to tell: fro", "too little to tell: fro");
	redacts(s, "abc", "abc");
	redacts(s, "Bearer from-file; id=from-flag; not-secret", "[redacted]; [redacted]; not-secret");
	redacts(s, "from-file", "*********");
	scenario_free(s);
	unsetenv("BRUNT_T");
	unsetenv("BRUNT_U");
	unsetenv("BRUNT_V");
}

static void secrets_of_urls_and_flags_too(void **state)
{
	static const char *const headers[] = {"Authorization: Bearer from-flag", "X: shown-all-right"};
	struct scenario *s = scenario_from_url("GET", "http://u:of-the-url@h/a?q=shown-too&api_key=in-the-query",
					       headers, 2, NULL, 0);

	(void)state;
	scenario_add_credentials(s, "Aladdin:open sesame");
	redacts(s, "no such page: /a?q=shown-too&api_key=in-the-query", "no such page: /a?q=shown-too&api_key=[redacted]");
	redacts(s, "of-the-url, shown-all-right, bad token from-flag!", "[redacted], shown-all-right, bad token *********!");
	redacts(s, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==, open sesame.", "Basic [redacted], [redacted].");
	scenario_free(s);
	s = parse("{\"target\":\"http://h\",\"tasks\":[{\"name\":\"t\",\"request\":{\"path\":\"/a?token=of-a-path\"}}]}");
	redacts(s, "/a?token=of-a-path", "/a?token=*********");
	scenario_free(s);
}

/* ---- files and flags ---- */

static char dir[] = "/tmp/brunt-tasks-XXXXXX";

static char *write_file(const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", dir, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	return path;
}

static void data_stands_beside_the_scenario(void **state)
{
	char *data = write_file("q.csv", "text,topic\na,b\n"), *path, *expected;
	struct scenario *s;
	struct faults faults;

	(void)state;
	path = write_file("s.json", "{\"target\":\"http://h\",\"data\":{\"q\":{\"file\":\"q.csv\",\"order\":\"random\"}},"
				    "\"tasks\":[{\"name\":\"t\",\"request\":{\"path\":\"/${q.topic}\"}}]}");
	if (scenario_load_file(path, NULL, &s, &faults))
		fail_msg("%s", faults.fault[0].err.text);
	assert_int_equal(s->data_count, 1);
	assert_string_equal(data_name(s->data[0]), "q");
	scenario_free(s);
	free(data);
	data = write_file("q.csv", "text,topic\na\n");
	assert_int_equal(scenario_load_file(path, NULL, &s, &faults), -1);
	expected = xasprintf("%s:2: has 1 field; expected 2 as the header line", data);
	assert_string_equal(faults.fault[0].err.text, expected);
	free(expected);
	unlink(data);
	assert_int_equal(scenario_load_file(path, NULL, &s, &faults), -1);
	expected = xasprintf("%s:1: /data/q/file: %s: No such file or directory", path, data);
	assert_string_equal(faults.fault[0].err.text, expected);
	free(expected);
	free(data);
	unlink(path);
	free(path);
}

static void a_prompt_from_flags(void **state)
{
	static const char *const headers[] = {"Authorization: Bearer k-12345"};
	struct scenario_prompt prompt = {.url = "http://h:1", .api = "openai-chat", .model = "m\"",
					 .text = "cost: ${5} \"x\"", .header = headers, .header_count = 1};
	struct scenario *s;
	struct err err;

	(void)state;
	assert_int_equal(scenario_from_prompt(&prompt, &s, &err), 0);
	assert_string_equal(s->task[0].name, "default");
	assert_string_equal(s->task[0].request.url, "http://h:1/v1/chat/completions");
	assert_string_equal(s->task[0].request.body,
			    "{\"model\":\"m\\\"\",\"messages\":[{\"role\":\"user\",\"content\":\"cost: ${5} \\\"x\\\"\"}],"
			    "\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
	assert_string_equal(s->task[0].request.header[2], headers[0]);
	assert_null(s->source);
	scenario_free(s);
	prompt = (struct scenario_prompt){.url = "http://h/p?q=1", .api = "openai-completions", .stream = STREAM_OFF};
	assert_int_equal(scenario_from_prompt(&prompt, &s, &err), 0);
	assert_string_equal(s->task[0].request.url, "http://h/p?q=1");
	assert_non_null(strstr(s->task[0].request.body, "{\"prompt\":\""));
	scenario_free(s);
	prompt.api = "none";
	assert_int_equal(scenario_from_prompt(&prompt, &s, &err), -1);
	assert_memory_equal(err.text, "\"none\" is no API known here; expected one of openai-chat", 56);
	prompt.api = "generic";
	assert_int_equal(scenario_from_prompt(&prompt, &s, &err), -1);
	assert_string_equal(err.text, "generic has no place of its own for a prompt; expected a scenario file whose task has a \"request\"");
	prompt = (struct scenario_prompt){.url = "h", .api = "openai-chat"};
	assert_int_equal(scenario_from_prompt(&prompt, &s, &err), -1);
	assert_memory_equal(err.text, "URL \"h\": ", 9);
}

static void prompts_from_a_file(void **state)
{
	char *path = write_file("p.jsonl", "{\"prompt\":\"one\"}\n{\"text\":\"two\"}\n"), *expected;
	struct scenario_prompt prompt = {.url = "http://h/", .api = "openai-chat", .data_file = path};
	struct scenario *s;
	struct err err;

	(void)state;
	if (scenario_from_prompt(&prompt, &s, &err))
		fail_msg("%s", err.text);
	assert_int_equal(s->task[0].cases, 2);
	assert_string_equal(s->task[0].request.url, "http://h/v1/chat/completions");
	scenario_free(s);
	free(write_file("p.jsonl", "{\"prompt\":\"one\"}\n{\"question\":\"two\"}\n"));
	assert_int_equal(scenario_from_prompt(&prompt, &s, &err), -1);
	expected = xasprintf("%s:2: this row has no field for ${data.text}; expected it in every row", path);
	assert_string_equal(err.text, expected);
	free(expected);
	free(write_file("p.jsonl", "{\"question\":\"two\"}\n"));
	assert_int_equal(scenario_from_prompt(&prompt, &s, &err), -1);
	expected = xasprintf("%s: no row has a field \"text\" or \"prompt\"; expected one of them in every row", path);
	assert_string_equal(err.text, expected);
	free(expected);
	free(write_file("p.jsonl", "{\"question\":}\n"));
	assert_int_equal(scenario_from_prompt(&prompt, &s, &err), -1);
	expected = xasprintf("%s:1: /question: found \"}\"; expected a JSON value", path);
	assert_string_equal(err.text, expected);
	free(expected);
	unlink(path);
	assert_int_equal(scenario_from_prompt(&prompt, &s, &err), -1);
	expected = xasprintf("-d: %s: No such file or directory", path);
	assert_string_equal(err.text, expected);
	free(expected);
	free(path);
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_in_the_file),
		cmocka_unit_test(wrong_in_a_task),
		cmocka_unit_test(the_place_of_a_wrong_check_or_slo),
		cmocka_unit_test(a_target_has_no_templates),
		cmocka_unit_test(what_a_task_says),
		cmocka_unit_test(headers_from_the_inside_count_more),
		cmocka_unit_test(cases_are_the_rows_a_task_uses),
		cmocka_unit_test(slos_of_flags),
		cmocka_unit_test(the_source_keeps_names_not_values),
		cmocka_unit_test(secrets_are_blanked_in_any_text),
		cmocka_unit_test(secrets_of_urls_and_flags_too),
		cmocka_unit_test(data_stands_beside_the_scenario),
		cmocka_unit_test(a_prompt_from_flags),
		cmocka_unit_test(prompts_from_a_file),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
