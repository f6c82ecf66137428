/* From {"json": "/score", "min": 0, "weight": 2} to struct check. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/near.h"
#include "base/pointer.h"
#include "base/units.h"
#include "base/utf8.h"
#include "check_private.h"

#define WEIGHT_MAX 1e6

static const char *const type_names[CHECK_TYPES] = {
	"string", "number", "integer", "boolean", "array", "object", "null",
};
#define TYPES_EXPECTED "string, number, integer, boolean, array, object or null"

/* What is being made, and where messages point. */
struct making {
	struct check *check;
	char *member;
	struct err *err;
};

static int wrong(struct making *m, const cJSON *at, const char *what)
{
	/* The key came from a scenario that was read strictly; long ones are cut. */
	utf8_clean(at->string, strlen(at->string), m->member, 32);
	return err_set(m->err, "%s", what);
}

static bool whole(const cJSON *at, double least, double most)
{
	return cJSON_IsNumber(at) && at->valuedouble >= least && at->valuedouble <= most &&
	       at->valuedouble == floor(at->valuedouble);
}

static int take_text(struct making *m, const cJSON *at, char **out, size_t *bytes)
{
	if (!cJSON_IsString(at) || !at->valuestring[0])
		return wrong(m, at, "expected a text that is not empty");
	free(*out); /* "equals" and "contains" of a header share one place */
	*out = xstrdup(at->valuestring);
	if (bytes)
		*bytes = strlen(*out);
	return 0;
}

static int take_bool(struct making *m, const cJSON *at, bool *out)
{
	if (!cJSON_IsBool(at))
		return wrong(m, at, "expected true or false");
	*out = cJSON_IsTrue(at);
	return 0;
}

/* A number, or [least, most]. */
static int take_range(struct making *m, const cJSON *at)
{
	const cJSON *least = at, *most = at;

	if (cJSON_IsArray(at) && cJSON_GetArraySize(at) == 2) {
		least = cJSON_GetArrayItem(at, 0);
		most = cJSON_GetArrayItem(at, 1);
	}
	if (!whole(least, 0, 1e15) || !whole(most, 0, 1e15) ||
	    least->valuedouble > most->valuedouble)
		return wrong(m, at, "expected a whole number, or [least, most]");
	m->check->least = least->valuedouble;
	m->check->most = most->valuedouble;
	return 0;
}

/* ---- the kinds, by the member that names them ---- */

static int take_status(struct making *m, const cJSON *at)
{
	static const char expected[] = "expected a status such as 200, or an array of 1 to 16 such";
	int count = cJSON_IsArray(at) ? cJSON_GetArraySize(at) : 1;

	if (count < 1 || count > CHECK_STATUSES)
		return wrong(m, at, expected);
	for (int i = 0; i < count; i++) {
		const cJSON *one = cJSON_IsArray(at) ? cJSON_GetArrayItem(at, i) : at;

		if (!whole(one, 100, 599))
			return wrong(m, at, expected);
		m->check->status[m->check->statuses++] = one->valueint;
	}
	return 0;
}

static int take_contains(struct making *m, const cJSON *at)
{
	return take_text(m, at, &m->check->needle, &m->check->needle_bytes);
}

static int take_regex(struct making *m, const cJSON *at)
{
	char why[120] = "";
	PCRE2_SIZE offset;
	int code;

	if (take_text(m, at, &m->check->needle, NULL))
		return -1;
	m->check->regex = pcre2_compile((PCRE2_SPTR)at->valuestring, PCRE2_ZERO_TERMINATED,
					PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF, &code,
					&offset, NULL);
	if (!m->check->regex) {
		pcre2_get_error_message(code, (PCRE2_UCHAR *)why, sizeof why);
		wrong(m, at, "");
		return err_set(m->err, "%s, at character %zu of the pattern; expected a regular "
				       "expression as PCRE2 has them", why, (size_t)offset);
	}
	/* Without it matching is slower; with it, as good as always, faster. */
	pcre2_jit_compile(m->check->regex, PCRE2_JIT_COMPLETE);
	return 0;
}

/* Evaluating it needs room for a step. */
static bool is_pointer(const char *text)
{
	size_t longest;

	pointer_steps(text, &longest);
	return pointer_ok(text) && longest < POINTER_STEP;
}

static int take_json(struct making *m, const cJSON *at)
{
	if (!cJSON_IsString(at) || !is_pointer(at->valuestring))
		return wrong(m, at, "expected a JSON Pointer such as \"/score\" or \"/items/0/name\"");
	m->check->name = xstrdup(at->valuestring);
	return 0;
}

static int take_header(struct making *m, const cJSON *at)
{
	if (take_text(m, at, &m->check->name, NULL))
		return -1;
	if (strpbrk(at->valuestring, ": \t\r\n"))
		return wrong(m, at, "expected a header's name such as \"X-Cache\"");
	return 0;
}

static int take_latency(struct making *m, const cJSON *at)
{
	int64_t ns;
	struct err why;

	if (!cJSON_IsString(at))
		return wrong(m, at, "expected a duration in quotes such as \"3s\"");
	if (units_parse_duration(at->valuestring, &ns, &why)) {
		wrong(m, at, "");
		return err_set(m->err, "%s", why.text);
	}
	m->check->latency_us = ns / NS_PER_US;
	return 0;
}

static int take_not_empty(struct making *m, const cJSON *at)
{
	return take_bool(m, at, &m->check->not_empty);
}

static const struct {
	const char *name;
	int (*take)(struct making *m, const cJSON *at);
	unsigned may; /* conditions it can have */
	unsigned otherwise; /* the one it has when none is given; 0: one is needed */
	const char *conditions; /* for messages */
} kinds[CHECK_KINDS] = {
	[CHECK_STATUS] = {"status", take_status, 0, 0, "weight or required"},
	[CHECK_CONTAINS] = {"contains", take_contains, 0, 0, "weight or required"},
	[CHECK_REGEX] = {"regex", take_regex, 0, 0, "weight or required"},
	[CHECK_JSON] = {"json", take_json,
			HAS_EXISTS | HAS_EQUALS | HAS_TYPE | HAS_MIN | HAS_MAX | HAS_LENGTH, HAS_EXISTS,
			"exists, equals, type, min, max, length, weight or required"},
	[CHECK_HEADER] = {"header", take_header, HAS_EXISTS | HAS_EQUALS | HAS_CONTAINS, HAS_EXISTS,
			  "exists, equals, contains, weight or required"},
	[CHECK_LATENCY] = {"latency", take_latency, 0, 0, "weight or required"},
	[CHECK_TOKENS] = {"tokens", take_range, 0, 0, "weight or required"},
	[CHECK_NOT_EMPTY] = {"not_empty", take_not_empty, 0, 0, "weight or required"},
};

/* ---- conditions ---- */

static int take_exists(struct making *m, const cJSON *at)
{
	return take_bool(m, at, &m->check->exists);
}

static int take_equals(struct making *m, const cJSON *at)
{
	if (m->check->kind == CHECK_HEADER)
		return take_text(m, at, &m->check->needle, &m->check->needle_bytes);
	m->check->equals = cJSON_Duplicate(at, true);
	return m->check->equals ? 0 : wrong(m, at, "too large; expected a JSON value");
}

static int take_type(struct making *m, const cJSON *at)
{
	struct near near;
	char said[NEAR_SAID];

	for (int i = 0; cJSON_IsString(at) && i < CHECK_TYPES; i++)
		if (!strcmp(at->valuestring, type_names[i])) {
			m->check->type = (enum check_type)i;
			return 0;
		}
	wrong(m, at, "");
	near = near_to(at->valuestring ? at->valuestring : "", at->valuestring ? strlen(at->valuestring) : 0);
	near_offer_list(&near, TYPES_EXPECTED);
	return err_set(m->err, "%s", near_or(&near, said, "expected " TYPES_EXPECTED));
}

static int take_number(struct making *m, const cJSON *at, double *out)
{
	if (!cJSON_IsNumber(at) || !isfinite(at->valuedouble))
		return wrong(m, at, "expected a number");
	*out = at->valuedouble;
	return 0;
}

static int take_min(struct making *m, const cJSON *at)
{
	return take_number(m, at, &m->check->min);
}

static int take_max(struct making *m, const cJSON *at)
{
	return take_number(m, at, &m->check->max);
}

static int take_needle(struct making *m, const cJSON *at)
{
	return take_text(m, at, &m->check->needle, &m->check->needle_bytes);
}

static const struct {
	const char *name;
	unsigned has;
	int (*take)(struct making *m, const cJSON *at);
} conditions[] = {
	{"exists", HAS_EXISTS, take_exists}, {"equals", HAS_EQUALS, take_equals},
	{"type", HAS_TYPE, take_type},       {"min", HAS_MIN, take_min},
	{"max", HAS_MAX, take_max},          {"length", HAS_LENGTH, take_range},
	{"contains", HAS_CONTAINS, take_needle},
};
#define CONDITIONS (sizeof conditions / sizeof conditions[0])

static int take_weight(struct making *m, const cJSON *at)
{
	if (!cJSON_IsNumber(at) || !(at->valuedouble >= 0 && at->valuedouble <= WEIGHT_MAX))
		return wrong(m, at, "expected a number from 0 to 1000000");
	m->check->weight = at->valuedouble;
	return 0;
}

/* Any member but the one that names the kind. */
static int take_member(struct making *m, const cJSON *at)
{
	unsigned may = kinds[m->check->kind].may;
	struct near near = near_to(at->string, strlen(at->string));
	char said[NEAR_SAID];

	if (!strcmp(at->string, "weight"))
		return take_weight(m, at);
	if (!strcmp(at->string, "required"))
		return take_bool(m, at, &m->check->required);
	for (size_t i = 0; i < CONDITIONS; i++)
		if ((may & conditions[i].has) && !strcmp(at->string, conditions[i].name)) {
			m->check->has |= conditions[i].has;
			return conditions[i].take(m, at);
		}
	wrong(m, at, "");
	near_offer_list(&near, kinds[m->check->kind].conditions);
	return err_set(m->err, "unknown key \"%s\"; %s", m->member,
		       near_or(&near, said, "expected %s", kinds[m->check->kind].conditions));
}

/* ---- the whole ---- */

static const cJSON *named_kind(const cJSON *object, enum check_kind *out)
{
	/* A header's condition may be called "contains", too: it comes later. */
	static const enum check_kind order[CHECK_KINDS] = {
		CHECK_HEADER, CHECK_JSON, CHECK_STATUS, CHECK_CONTAINS, CHECK_REGEX,
		CHECK_LATENCY, CHECK_TOKENS, CHECK_NOT_EMPTY,
	};

	for (int i = 0; i < CHECK_KINDS; i++) {
		const cJSON *at = cJSON_GetObjectItemCaseSensitive(object, kinds[order[i]].name);

		if (at) {
			*out = order[i];
			return at;
		}
	}
	return NULL;
}

struct naming {
	char text[1024];
	size_t used;
};

static void name_member(struct naming *n, const cJSON *at)
{
	char value[160] = "";

	if (!cJSON_PrintPreallocated((cJSON *)at, value, sizeof value, false))
		memcpy(value, "…", sizeof "…");
	n->used += (size_t)snprintf(n->text + n->used, sizeof n->text - n->used, "%s%s %s",
				    n->used ? " " : "", at->string, value);
	if (n->used >= sizeof n->text)
		n->used = sizeof n->text - 1;
}

/* The check as written, without weight and required: `json "/score" min 0`. */
static void name_it(struct check *c, const cJSON *object, const cJSON *first)
{
	struct naming n = {.used = 0};

	name_member(&n, first);
	for (const cJSON *at = object->child; at; at = at->next)
		if (at != first && strcmp(at->string, "weight") != 0 &&
		    strcmp(at->string, "required") != 0)
			name_member(&n, at);
	utf8_clean(n.text, n.used, c->text, sizeof c->text);
}

static int no_kind(struct making *m, const cJSON *object)
{
	struct near near = near_to("", 0);
	char said[NEAR_SAID];

	for (const cJSON *at = object->child; at && !near.best; at = at->next) {
		near = near_to(at->string, strlen(at->string));
		for (int i = 0; i < CHECK_KINDS; i++)
			near_offer(&near, kinds[i].name);
	}
	return err_set(m->err, "no check is named; %s",
		       near_or(&near, said, "expected one of status, contains, regex, json, header, latency, "
					    "tokens or not_empty"));
}

static int make(struct making *m, const cJSON *object)
{
	struct check *c = m->check;
	const cJSON *first;

	if (!cJSON_IsObject(object))
		return err_set(m->err, "expected an object such as {\"status\": 200}");
	first = named_kind(object, &c->kind);
	if (!first)
		return no_kind(m, object);
	if (kinds[c->kind].take(m, first))
		return -1;
	for (const cJSON *at = object->child; at; at = at->next)
		if (at != first && take_member(m, at))
			return -1;
	if (!c->has) {
		c->has = kinds[c->kind].otherwise;
		c->exists = true;
	}
	if ((c->has & (HAS_EQUALS | HAS_CONTAINS)) == (HAS_EQUALS | HAS_CONTAINS))
		return err_set(m->err, "both \"equals\" and \"contains\" are given; expected one of them");
	if ((c->has & (HAS_MIN | HAS_MAX)) == (HAS_MIN | HAS_MAX) && c->min > c->max)
		return wrong(m, cJSON_GetObjectItemCaseSensitive(object, "max"),
			     "less than \"min\"; expected at least as much");
	name_it(c, object, first);
	return 0;
}

int check_compile(const char *json, size_t bytes, struct check **out, char member[32],
		  struct err *err)
{
	struct making m = {.member = member, .err = err};
	cJSON *object = cJSON_ParseWithLength(json, bytes);
	int code;

	member[0] = '\0';
	m.check = xcalloc(1, sizeof *m.check);
	m.check->weight = 1;
	m.check->required = true;
	code = make(&m, object);
	cJSON_Delete(object);
	if (code)
		check_free(m.check);
	else
		*out = m.check;
	return code;
}

void check_free(struct check *check)
{
	if (!check)
		return;
	free(check->name);
	free(check->needle);
	pcre2_code_free(check->regex);
	cJSON_Delete(check->equals);
	free(check);
}
