/* A check as check_compile.c makes it and check.c evaluates it. */
#ifndef SCENARIO_CHECK_PRIVATE_H
#define SCENARIO_CHECK_PRIVATE_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <cjson/cJSON.h>
#include <pcre2.h>

#include "scenario/check.h"

#define CHECK_STATUSES 16
#define POINTER_STEP 256 /* bytes of one step of a pointer; longer ones are refused */

enum check_kind {
	CHECK_STATUS, CHECK_CONTAINS, CHECK_REGEX, CHECK_JSON, CHECK_HEADER, CHECK_LATENCY,
	CHECK_TOKENS, CHECK_NOT_EMPTY, CHECK_KINDS
};

enum check_type {
	TYPE_STRING, TYPE_NUMBER, TYPE_INTEGER, TYPE_BOOLEAN, TYPE_ARRAY, TYPE_OBJECT, TYPE_NULL,
	CHECK_TYPES
};

/* Conditions on a value; all that are given must hold. */
enum check_has {
	HAS_EXISTS = 1, HAS_EQUALS = 2, HAS_TYPE = 4, HAS_MIN = 8, HAS_MAX = 16, HAS_LENGTH = 32,
	HAS_CONTAINS = 64,
};

struct check {
	enum check_kind kind;
	double weight;
	bool required;
	char text[CHECK_TEXT];

	char *name;   /* json: the pointer; header: its name */
	char *needle; /* contains; header: equals or contains */
	size_t needle_bytes;
	pcre2_code *regex;
	int status[CHECK_STATUSES], statuses;
	int64_t latency_us;
	unsigned has; /* enum check_has */
	bool exists, not_empty;
	enum check_type type;
	cJSON *equals;
	double min, max;
	double least, most; /* length, tokens */
};

#endif
