/* Evaluating checks. A JSON check parses the answer with cJSON, once an answer,
 * which allocates: such tasks are answered by models, not at wire speed. */
#include "scenario/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/pointer.h"
#include "check_private.h"

#define MATCH_LIMIT 1000000u /* steps: a bad pattern may not stop a worker */

struct check_scratch {
	pcre2_match_data *match; /* NULL: no check has a regular expression */
	pcre2_match_context *context;
	bool passed[CHECKS_MAX];
};

/* What the checks of one answer share. */
struct reading {
	const struct check_subject *subject;
	struct check_scratch *scratch;
	const char *text; /* what the model said, or else the body */
	size_t text_bytes;
	cJSON *json; /* of the body, or a stream's text; parsed when first asked for */
	bool parsed;
};

struct check_scratch *check_scratch_new(const struct check_list *const *lists, int count)
{
	struct check_scratch *scratch = xcalloc(1, sizeof *scratch);
	bool regex = false;

	for (int l = 0; l < count; l++)
		for (int i = 0; i < lists[l]->count; i++)
			regex |= lists[l]->check[i]->regex != NULL;
	if (regex) {
		scratch->match = pcre2_match_data_create(1, NULL);
		scratch->context = pcre2_match_context_create(NULL);
		if (scratch->context)
			pcre2_set_match_limit(scratch->context, MATCH_LIMIT);
	}
	return scratch;
}

void check_scratch_free(struct check_scratch *scratch)
{
	if (!scratch)
		return;
	pcre2_match_data_free(scratch->match);
	pcre2_match_context_free(scratch->context);
	free(scratch);
}

/* ---- values ---- */

static bool within(double value, double least, double most)
{
	return value >= least && value <= most;
}

static size_t characters(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += (*text & 0xc0) != 0x80;
	return n;
}

static double length_of(const cJSON *value)
{
	if (cJSON_IsString(value))
		return (double)characters(value->valuestring);
	if (cJSON_IsArray(value) || cJSON_IsObject(value))
		return cJSON_GetArraySize(value);
	return NAN;
}

static bool has_type(const cJSON *value, enum check_type type)
{
	switch (type) {
	case TYPE_STRING:
		return cJSON_IsString(value);
	case TYPE_NUMBER:
		return cJSON_IsNumber(value);
	case TYPE_INTEGER:
		return cJSON_IsNumber(value) && value->valuedouble == floor(value->valuedouble);
	case TYPE_BOOLEAN:
		return cJSON_IsBool(value);
	case TYPE_ARRAY:
		return cJSON_IsArray(value);
	case TYPE_OBJECT:
		return cJSON_IsObject(value);
	default:
		return cJSON_IsNull(value);
	}
}

static bool value_meets(const struct check *c, const cJSON *value)
{
	if ((c->has & HAS_EXISTS) && c->exists != (value != NULL))
		return false;
	if (!value)
		return c->has == HAS_EXISTS; /* and it was not to exist */
	if ((c->has & HAS_EQUALS) && !cJSON_Compare(value, c->equals, true))
		return false;
	if ((c->has & HAS_TYPE) && !has_type(value, c->type))
		return false;
	if ((c->has & HAS_MIN) && !(cJSON_IsNumber(value) && value->valuedouble >= c->min))
		return false;
	if ((c->has & HAS_MAX) && !(cJSON_IsNumber(value) && value->valuedouble <= c->max))
		return false;
	return !(c->has & HAS_LENGTH) || within(length_of(value), c->least, c->most);
}

/* ---- the kinds ---- */

static bool status_meets(const struct check *c, int status)
{
	for (int i = 0; i < c->statuses; i++)
		if (c->status[i] == status)
			return true;
	return false;
}

static bool text_matches(const struct check *c, const struct reading *r)
{
	return r->scratch->match &&
	       pcre2_match(c->regex, (PCRE2_SPTR)r->text, r->text_bytes, 0, 0, r->scratch->match,
			   r->scratch->context) >= 0;
}

/* Debian's cJSON comes without its pointers. */
static const cJSON *at_pointer(const cJSON *value, const char *pointer)
{
	while (value && *pointer) {
		size_t bytes = strcspn(++pointer, "/");
		char step[POINTER_STEP];
		int64_t index;

		step[pointer_step(pointer, bytes, step)] = '\0';
		index = pointer_index(step, strlen(step));
		if (cJSON_IsObject(value))
			value = cJSON_GetObjectItemCaseSensitive(value, step);
		else if (cJSON_IsArray(value) && index >= 0)
			value = cJSON_GetArrayItem(value, (int)index);
		else
			value = NULL;
		pointer += bytes;
	}
	return value;
}

static bool json_meets(const struct check *c, struct reading *r)
{
	const struct answer_report *a = r->subject->report;

	if (!r->parsed) {
		const char *text = a->streamed ? a->text : a->body;
		size_t bytes = a->streamed ? a->text_bytes : a->body_bytes;

		r->json = bytes ? cJSON_ParseWithLength(text, bytes) : NULL;
		r->parsed = true;
	}
	/* What is no JSON has no values, not even missing ones. */
	return r->json && value_meets(c, at_pointer(r->json, c->name));
}

/* The value of header `name` in lines that end in \n, or NULL. */
static const char *header_value(const struct answer_report *a, const char *name, size_t *bytes)
{
	const char *line = a->headers, *end = line + a->header_bytes;
	size_t n = strlen(name);

	while (line < end) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		const char *last = stop ? stop : end;

		if ((size_t)(last - line) > n && line[n] == ':' && !strncasecmp(line, name, n)) {
			for (line += n + 1; line < last && (*line == ' ' || *line == '\t');)
				line++;
			*bytes = (size_t)(last - line);
			return line;
		}
		line = last + 1;
	}
	return NULL;
}

static bool header_meets(const struct check *c, const struct answer_report *a)
{
	size_t bytes = 0;
	const char *value = a->header_bytes ? header_value(a, c->name, &bytes) : NULL;

	if ((c->has & HAS_EXISTS) && c->exists != (value != NULL))
		return false;
	if ((c->has & HAS_EQUALS) &&
	    !(value && bytes == c->needle_bytes && !memcmp(value, c->needle, bytes)))
		return false;
	return !(c->has & HAS_CONTAINS) ||
	       (value && memmem(value, bytes, c->needle, c->needle_bytes) != NULL);
}

static bool meets(const struct check *c, struct reading *r)
{
	const struct check_subject *s = r->subject;

	switch (c->kind) {
	case CHECK_STATUS:
		return status_meets(c, s->status);
	case CHECK_CONTAINS:
		return r->text_bytes && memmem(r->text, r->text_bytes, c->needle, c->needle_bytes);
	case CHECK_REGEX:
		return r->text_bytes && text_matches(c, r);
	case CHECK_JSON:
		return json_meets(c, r);
	case CHECK_HEADER:
		return header_meets(c, s->report);
	case CHECK_LATENCY:
		return s->latency_us < c->latency_us;
	case CHECK_TOKENS:
		return s->report->tokens_out != TOKENS_UNKNOWN &&
		       within(s->report->tokens_out, c->least, c->most);
	default:
		return (r->text_bytes > 0) == c->not_empty;
	}
}

void checks_evaluate(const struct check_list *list, struct check_scratch *scratch,
		     const struct check_subject *subject, struct check_verdict *out)
{
	const struct answer_report *a = subject->report;
	bool said = a->text_bytes > 0 || a->streamed;
	struct reading reading = {
		.subject = subject,
		.scratch = scratch,
		.text = said ? a->text : a->body,
		.text_bytes = said ? a->text_bytes : a->body_bytes,
	};
	double all = 0, passed = 0;

	*out = (struct check_verdict){.quality = NAN, .failed_required = -1};
	if (!subject->answered || list->count == 0)
		return;
	for (int i = 0; i < list->count; i++) {
		const struct check *c = list->check[i];

		scratch->passed[i] = meets(c, &reading);
		all += c->weight;
		if (scratch->passed[i]) {
			passed += c->weight;
			continue;
		}
		out->failed++;
		if (c->required && out->failed_required < 0)
			out->failed_required = i;
	}
	cJSON_Delete(reading.json);
	/* Weights may all be 0: then only `required` speaks. */
	out->quality = (float)(all > 0 ? 100 * passed / all : out->failed ? 0 : 100);
}

bool check_passed(const struct check_scratch *scratch, int i)
{
	return scratch->passed[i];
}

const char *check_text(const struct check *check)
{
	return check->text;
}

void check_list_fini(struct check_list *list)
{
	for (int i = 0; i < list->count; i++)
		check_free(list->check[i]);
	free(list->check);
	*list = (struct check_list){0};
}
