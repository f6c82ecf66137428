/* "data": {"resumes": "resumes.jsonl", "questions": {"file": …, "order": …}} */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data_private.h"
#include "parse.h"

static int take_set_name(struct parser *p, uint32_t at)
{
	static const char *const taken[] = {"env", "seq", "user", "uuid", "turn", "capture"};
	const char *name = json_key(&p->json, at);

	if (!is_word(name, p->json.value[at].key_bytes))
		return refuse(p, at, NULL,
			      "is no name of a data set; expected letters, digits, _ and -");
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
		if (!strcmp(name, taken[i]))
			return refuse(p, at, NULL,
				      "is a template's name; expected another for a data set");
	return 0;
}

static int take_order(struct parser *p, uint32_t at, enum data_order *out)
{
	static const char *const orders[] = {
		[DATA_SEQUENTIAL] = "sequential", [DATA_SHUFFLED] = "shuffled", [DATA_RANDOM] = "random"};

	static const char expected[] = "sequential, shuffled or random";

	if (expect_text(p, at, expected))
		return -1;
	for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
		if (!strcmp(json_text(&p->json, at), orders[i])) {
			*out = (enum data_order)i;
			return 0;
		}
	return refuse_word(p, at, "is no order", expected);
}

/* Relative to the scenario's folder. */
static char *path_of(const struct parser *p, uint32_t at)
{
	const char *path = json_text(&p->json, at), *slash = strrchr(p->json.file, '/');

	if (*path == '/' || !slash)
		return xstrdup(path);
	return xasprintf("%.*s%s", (int)(slash + 1 - p->json.file), p->json.file, path);
}

static int take_file(struct parser *p, const char *name, uint32_t at, enum data_order order,
		     struct data_set **out)
{
	struct err why;
	char *path;
	int code;

	if (expect_fixed(p, at, "the name of a file with rows of data"))
		return -1;
	if (!p->json.value[at].text_bytes)
		return refuse(p, at, NULL,
			      "is empty; expected the name of a file with rows of data");
	path = path_of(p, at);
	code = data_load(name, path, order, 0, out, &why);
	/* Within the file it is the file's line that helps, else this one. */
	if (code && !strncmp(why.text, path, strlen(path)) && why.text[strlen(path)] == ':' &&
	    why.text[strlen(path) + 1] != ' ')
		refuse_elsewhere(p, at, &why);
	else if (code)
		refuse_with(p, at, &why);
	free(path);
	return code;
}

static int take_rows(struct parser *p, const char *name, uint32_t at, enum data_order order,
		     struct data_set **out)
{
	struct data_set *set;
	struct err why;
	int code = 0;

	if (expect(p, at, JSON_ARRAY, "an array of rows"))
		return -1;
	set = data_new(name, p->json.file, order, 0);
	for (uint32_t c = p->json.value[at].child; c; c = p->json.value[c].next)
		if (data_add_json(set, &p->json, c, &why))
			code = refuse_elsewhere(p, c, &why);
	if (!code && data_finish(set, NULL))
		code = refuse(p, at, NULL, "has no rows; expected at least one");
	if (code)
		data_free(set);
	else
		*out = set;
	return code;
}

static int take_set(struct parser *p, uint32_t at, struct data_set **out)
{
	static const char *const keys[] = {"file", "rows", "order", NULL};
	const char *name = json_key(&p->json, at);
	enum json_kind kind = p->json.value[at].kind;
	enum data_order order = DATA_SEQUENTIAL;
	uint32_t file, rows, how;

	if (take_set_name(p, at))
		return -1;
	if (kind == JSON_STRING)
		return take_file(p, name, at, order, out);
	if (kind == JSON_ARRAY)
		return take_rows(p, name, at, order, out);
	if (expect(p, at, JSON_OBJECT, "a file's name, an array of rows, or {\"file\": \"rows.jsonl\", \"order\": \"shuffled\"}") ||
	    expect_keys(p, at, keys, "file or rows, and order"))
		return -1;
	file = json_get(&p->json, at, "file");
	rows = json_get(&p->json, at, "rows");
	how = json_get(&p->json, at, "order");
	if (!file == !rows)
		return refuse(p, at, NULL, "has %s; expected \"file\" or \"rows\"",
			      file ? "both \"file\" and \"rows\"" : "neither file nor rows");
	if (how && take_order(p, how, &order))
		return -1;
	return file ? take_file(p, name, file, order, out) : take_rows(p, name, rows, order, out);
}

void take_data(struct parser *p)
{
	uint32_t at = json_get(&p->json, 0, "data");
	struct scenario *s = p->scenario;

	if (!at || expect(p, at, JSON_OBJECT, "an object of data sets such as {\"questions\": \"questions.csv\"}"))
		return;
	if (p->json.value[at].count > SCENARIO_MAX_DATA) {
		refuse(p, at, NULL, "has %u data sets; expected at most %d", p->json.value[at].count,
		       SCENARIO_MAX_DATA);
		return;
	}
	s->data = xcalloc(p->json.value[at].count, sizeof *s->data);
	for (uint32_t c = p->json.value[at].child; c; c = p->json.value[c].next)
		if (!take_set(p, c, &s->data[s->data_count]))
			s->data_count++;
}
