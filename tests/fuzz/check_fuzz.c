/* An answer of any bytes judged by checks of each kind; and a check of any bytes, which is
 * one or is refused in words. The first byte chooses: 0 a check, else how much of the rest
 * is body, the others its headers. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "scenario/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static const char *const checks[] = {
	"{\"status\": [200, 201]}", "{\"contains\": \"abc\"}", "{\"regex\": \"(a+)+b|^.{3}\\\\d+$\"}",
	"{\"json\": \"/a/0/b~1\", \"exists\": true}", "{\"json\": \"/a\", \"equals\": {\"x\": [1, \"y\"]}}",
	"{\"json\": \"/a\", \"type\": \"array\", \"length\": [1, 3]}", "{\"json\": \"/n\", \"min\": 1, \"max\": 9}",
	"{\"json\": \"\", \"length\": 3, \"weight\": 2, \"required\": false}",
	"{\"header\": \"X-A\", \"equals\": \"b\"}", "{\"header\": \"X-A\", \"contains\": \"b\"}",
	"{\"latency\": \"3s\"}", "{\"tokens\": [1, 9]}", "{\"not_empty\": true}",
};
#define CHECKS (sizeof checks / sizeof *checks)

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void judge(const struct check_list *list, const struct answer_report *report)
{
	struct check_scratch *scratch = check_scratch_new(&list, 1);
	struct check_subject subject = {200, 1000, true, report};
	struct check_verdict v;

	checks_evaluate(list, scratch, &subject, &v);
	must(v.failed >= 0 && v.failed <= list->count && v.failed_required < list->count);
	must(isnan(v.quality) || (v.quality >= 0 && v.quality <= 100));
	check_scratch_free(scratch);
}

static void compile(const char *json, size_t bytes)
{
	static const struct answer_report report = {.body = "{\"a\":[{\"b/\":1}]}", .body_bytes = 16, .body_total = 16};
	struct check_list list = {.check = calloc(1, sizeof(struct check *)), .count = 1};
	char member[32] = "";
	struct err err = {""};

	if (check_compile(json, bytes, &list.check[0], member, &err)) {
		must(err.text[0] && memchr(member, 0, sizeof member));
		list.count = 0;
	} else {
		must(strlen(check_text(list.check[0])) < CHECK_TEXT);
		judge(&list, &report);
	}
	check_list_fini(&list);
}

static const struct check_list *all(void)
{
	static struct check_list list;
	char member[32];

	if (!list.check)
		list.check = calloc(CHECKS, sizeof(struct check *));
	for (; list.count < (int)CHECKS; list.count++)
		must(!check_compile(checks[list.count], strlen(checks[list.count]), &list.check[list.count], member, NULL));
	return &list;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct answer_report report = {.tokens_out = 5};
	size_t body_bytes;
	char *body, *headers;

	if (bytes < 2)
		return 0;
	if (!data[0]) {
		compile((const char *)data + 1, bytes - 1);
		return 0;
	}
	body_bytes = (bytes - 1) * data[0] / 255;
	/* Not terminated, each alone in its memory. */
	body = malloc(body_bytes + 1);
	body = realloc(memcpy(body, data + 1, body_bytes), body_bytes ? body_bytes : 1);
	bytes -= 1 + body_bytes;
	headers = malloc(bytes + 1);
	memcpy(headers, data + 1 + body_bytes, bytes);
	headers[bytes] = '\n'; /* as they always end */
	report.body = body;
	report.body_bytes = report.body_total = body_bytes;
	report.headers = headers;
	report.header_bytes = bytes ? bytes + 1 : 0;
	judge(all(), &report);
	report.streamed = true;
	report.text = body;
	report.text_bytes = report.text_total = body_bytes;
	judge(all(), &report);
	free(body);
	free(headers);
	return 0;
}
