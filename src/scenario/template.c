#include "template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/near.h"
#include "base/utf8.h"

/* The text of one ${…}, for messages and comparisons. */
struct name {
	const char *text;
	size_t bytes;
	char shown[48];
};

static bool begins(const struct name *n, const char *with)
{
	return n->bytes >= strlen(with) && !memcmp(n->text, with, strlen(with));
}

static bool is(const struct name *n, const char *word)
{
	return n->bytes == strlen(word) && begins(n, word);
}

static bool member_of(const struct parser *p, uint32_t object, const char *key, size_t bytes)
{
	for (uint32_t c = p->json.value[object].child; c; c = p->json.value[c].next)
		if (p->json.value[c].key_bytes == bytes && !memcmp(json_key(&p->json, c), key, bytes))
			return true;
	return false;
}

static int take_env(struct template_builder *b, uint32_t at, const struct name *n, enum form form)
{
	struct parser *p = b->parser;
	char *name = xstrndup(n->text + 4, n->bytes - 4);
	bool word = is_word(name, strlen(name));
	const char *value = word ? getenv(name) : NULL;

	if (!value) {
		free(name);
		return refuse(p, at, NULL,
			      word ? "${%s} is not set; expected this environment variable"
			      : "${%s} names no environment variable; expected letters, digits and _",
			      n->shown);
	}
	template_put(&b->literal, form, value, strlen(value));
	scenario_add_secret(p->scenario, value);
	free(name);
	return 0;
}

static int take_turn(struct template_builder *b, uint32_t at, const struct name *n, struct piece *out)
{
	struct parser *p = b->parser;
	char text[48], *end;
	long index;

	snprintf(text, sizeof text, "%.*s", (int)n->bytes, n->text);
	index = strtol(text + 5, &end, 10);
	if (end == text + 5 || strcmp(end, "].text") != 0)
		return refuse(p, at, NULL,
			      "${%s} is no answer; expected turn[N].text, such as turn[-1].text for the last",
			      n->shown);
	if (b->turn < 0)
		return refuse(p, at, NULL,
			      "${%s} stands outside of \"turns\"; expected it in the text of a turn", n->shown);
	if (index < 0)
		index += b->turn;
	if (b->turn == 0)
		return refuse(p, at, NULL,
			      "${%s}: nothing is answered before the first turn; expected it in a later one",
			      n->shown);
	if (index < 0 || index >= b->turn)
		return refuse(p, at, NULL,
			      "${%s} is not answered before this turn; expected turn[0] to turn[%d], or turn[-1] to turn[-%d]",
			      n->shown, b->turn - 1, b->turn);
	*out = (struct piece){.kind = PIECE_TURN, .index = (int32_t)index};
	b->task->keeps_answers = true;
	return 0;
}

static bool capture_refused(const struct parser *p, const struct name *n)
{
	uint32_t captures = json_get(&p->json, p->task, "capture");

	if (!captures)
		return misspelt(p, p->task, "capture");
	return p->refused[captures] || member_of(p, captures, n->text + 8, n->bytes - 8);
}

static int take_captured(struct template_builder *b, uint32_t at, const struct name *n,
			 struct piece *out)
{
	struct parser *p = b->parser;
	struct near near = near_to(n->text + 8, n->bytes - 8);
	char said[NEAR_SAID];

	/* What follows from another mistake is not told. */
	if (!p->turns && misspelt(p, p->task, "turns"))
		return -1;
	if (!p->turns || b->turn == 0)
		return refuse(p, at, NULL,
			      "${%s}: nothing is captured before %s; expected it in %s", n->shown,
			      p->turns ? "the first turn" : "a task's only request",
			      p->turns ? "a later one" : "a task with \"turns\"");
	for (int i = 0; i < b->task->capture_count; i++) {
		const char *name = b->task->capture[i].name;

		if (strlen(name) == n->bytes - 8 && !memcmp(n->text + 8, name, n->bytes - 8)) {
			*out = (struct piece){.kind = PIECE_CAPTURE, .index = i};
			return 0;
		}
		near_offer(&near, name);
	}
	if (capture_refused(p, n))
		return -1;
	return refuse(p, at, NULL, "${%s} is captured nowhere; %s", n->shown,
		      near_or(&near, said, "expected a name in this task's \"capture\""));
}

static int lacking(struct template_builder *b, uint32_t at, const struct data_set *set,
		   const struct name *n, uint32_t line)
{
	struct parser *p = b->parser;
	char file[120], own[120];
	struct err why;

	utf8_clean(data_file(set), strlen(data_file(set)), file, sizeof file);
	utf8_clean(p->json.file, strlen(p->json.file), own, sizeof own);
	err_set(&why, "%s:%u: this row has no field for ${%s}; expected it in every row, as %s:%u uses it", file,
		line, n->shown, own, p->json.value[at].line);
	return refuse_elsewhere(p, at, &why);
}

static int take_field(struct template_builder *b, uint32_t at, const struct name *n, int set,
		      const char *field, struct piece *out)
{
	struct parser *p = b->parser;
	const struct data_set *data = p->scenario->data[set];
	char *name = xstrndup(field, n->bytes - (size_t)(field - n->text)), fields[160];
	int column = data_column(data, name);
	struct near near = near_to(field, strlen(name));
	char said[NEAR_SAID];
	uint32_t line;

	free(name);
	if (column < 0) {
		data_offer_fields(data, &near);
		utf8_clean(data_fields(data), strlen(data_fields(data)), fields, sizeof fields);
		return refuse(p, at, NULL, "${%s}: no row has that field; %s", n->shown,
			      near_or(&near, said, "expected one of %s", fields));
	}
	if (data_lacking(data, column, &line) >= 0)
		return lacking(b, at, data, n, line);
	*out = (struct piece){.kind = PIECE_DATA, .set = (uint16_t)set, .index = column};
	b->task->uses |= 1u << set;
	if (data_rows(data) > b->task->cases)
		b->task->cases = data_rows(data);
	return 0;
}

/* What stands before a place in it: the set's name of set.field. */
static size_t first_word(const struct name *n)
{
	size_t bytes = 0;

	while (bytes < n->bytes && !strchr(".:[", n->text[bytes]))
		bytes++;
	return bytes;
}

/* The set is there, and something is wrong with it. */
static bool set_refused(const struct parser *p, const struct name *n)
{
	uint32_t data = json_get(&p->json, 0, "data");

	if (!data)
		return misspelt(p, 0, "data");
	return p->refused[data] || member_of(p, data, n->text, first_word(n));
}

static int unknown(struct template_builder *b, uint32_t at, const struct name *n)
{
	const struct scenario *s = b->parser->scenario;
	struct near near = near_to(n->text, first_word(n));
	char said[NEAR_SAID];
	struct buf sets = {0};
	int code;

	if (set_refused(b->parser, n))
		return -1;
	near_offer_list(&near, "seq, user, uuid, env, turn, capture");
	for (int i = 0; i < s->data_count; i++) {
		near_offer(&near, data_name(s->data[i]));
		if (sets.used < 120)
			buf_printf(&sets, "%s.FIELD, ", data_name(s->data[i]));
	}
	buf_terminate(&sets);
	near_or(&near, said, "expected %senv:NAME, seq, user, uuid, turn[-1].text or capture.NAME (a literal \"${\" is written \"$${\")",
		sets.at);
	code = refuse(b->parser, at, NULL, "unknown template ${%s}; %s", n->shown, said);
	buf_fini(&sets);
	return code;
}

/* What ${n} is. *fixed: it was put into the literal. */
static int take_template(struct template_builder *b, uint32_t at, const struct name *n,
			 enum form form, bool *fixed, struct piece *out)
{
	const struct scenario *s = b->parser->scenario;
	const char *dot = memchr(n->text, '.', n->bytes);

	*fixed = begins(n, "env:");
	if (*fixed)
		return take_env(b, at, n, form);
	*out = (struct piece){.kind = PIECE_SEQ};
	if (is(n, "seq"))
		return 0;
	out->kind = PIECE_USER;
	if (is(n, "user"))
		return 0;
	out->kind = PIECE_UUID;
	if (is(n, "uuid"))
		return 0;
	if (begins(n, "turn["))
		return take_turn(b, at, n, out);
	if (begins(n, "capture."))
		return take_captured(b, at, n, out);
	for (int i = 0; dot && i < s->data_count; i++) {
		const char *set = data_name(s->data[i]);

		if (strlen(set) == (size_t)(dot - n->text) && begins(n, set))
			return take_field(b, at, n, i, dot + 1, out);
	}
	return unknown(b, at, n);
}

/* ---- strings ---- */

static const char *find(const char *from, const char *end)
{
	for (const char *p = from; p + 1 < end; p++)
		if (p[0] == '$' && p[1] == '{')
			return p;
	return NULL;
}

bool template_there(const struct parser *p, uint32_t at)
{
	const char *text = json_text(&p->json, at);

	return find(text, text + p->json.value[at].text_bytes) != NULL;
}

static void put_own(struct template_builder *b, enum form form, const char *from, const char *to)
{
	if (form == FORM_JSON)
		buf_json(&b->literal, from, (size_t)(to - from));
	else
		buf_add(&b->literal, from, (size_t)(to - from));
}

int template_text(struct template_builder *b, uint32_t at, const char *text, size_t bytes,
		  enum form form)
{
	const char *end = text + bytes, *from = text, *p;

	while ((p = find(from, end))) {
		const char *stop = memchr(p, '}', (size_t)(end - p));
		struct name name = {.text = p + 2};
		struct piece piece;
		bool fixed;

		if (p > from && p[-1] == '$') { /* "$${": the dollar goes, the rest stays */
			put_own(b, form, from, p - 1);
			put_own(b, form, p, p + 2);
			from = p + 2;
			continue;
		}
		put_own(b, form, from, p);
		if (!stop)
			return refuse(b->parser, at, NULL,
				      "\"${\" without its \"}\"; expected a template such as ${seq} (a literal \"${\" is written \"$${\")");
		name.bytes = (size_t)(stop - name.text);
		utf8_clean(name.text, name.bytes, name.shown, sizeof name.shown);
		if (take_template(b, at, &name, form, &fixed, &piece))
			return -1;
		if (!fixed) {
			piece.form = (uint8_t)form;
			template_piece(b, piece);
		}
		from = stop + 1;
	}
	put_own(b, form, from, end);
	return 0;
}

int template_string(struct template_builder *b, uint32_t at, enum form form)
{
	return template_text(b, at, json_text(&b->parser->json, at),
			     b->parser->json.value[at].text_bytes, form);
}

/* ---- JSON ---- */

static int take_quoted(struct template_builder *b, uint32_t at, const char *text, size_t bytes)
{
	template_literal(b, "\"", 1);
	if (template_text(b, at, text, bytes, FORM_JSON))
		return -1;
	template_literal(b, "\"", 1);
	return 0;
}

int template_key(struct template_builder *b, uint32_t at)
{
	return take_quoted(b, at, json_key(&b->parser->json, at), b->parser->json.value[at].key_bytes);
}

/* A string that is one template of a data row or a capture takes over the kind
 * of its value, too. */
static int take_json_string(struct template_builder *b, uint32_t at)
{
	const struct json *json = &b->parser->json;
	const char *text = json_text(json, at);
	size_t bytes = json->value[at].text_bytes;
	const char *stop = memchr(text, '}', bytes);

	if (!template_there(b->parser, at)) {
		template_literal(b, json->text + json->value[at].start,
				 json->value[at].end - json->value[at].start);
		return 0;
	}
	if (find(text, text + bytes) == text && stop == text + bytes - 1 && memchr(text, '.', bytes) &&
	    memcmp(text, "${turn", 6) != 0 && memcmp(text, "${env:", 6) != 0)
		return template_text(b, at, text, bytes, FORM_VALUE);
	return take_quoted(b, at, text, bytes);
}

int template_json(struct template_builder *b, uint32_t at)
{
	const struct json *json = &b->parser->json;
	const struct json_value *v = &json->value[at];
	bool object = v->kind == JSON_OBJECT;
	int code = 0;

	if (v->kind == JSON_STRING)
		return take_json_string(b, at);
	if (!object && v->kind != JSON_ARRAY) {
		template_literal(b, json->text + v->start, v->end - v->start);
		return 0;
	}
	template_literal(b, object ? "{" : "[", 1);
	for (uint32_t c = v->child; c; c = json->value[c].next) {
		if (c != v->child)
			template_literal(b, ",", 1);
		if (object) {
			code |= template_key(b, c);
			template_literal(b, ":", 1);
		}
		code |= template_json(b, c);
	}
	template_literal(b, object ? "}" : "]", 1);
	return code;
}
