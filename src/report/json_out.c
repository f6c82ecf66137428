#include "json_out.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"

cJSON *json_must(cJSON *item)
{
	if (!item)
		abort(); /* out of memory, as in base/mem.h */
	return item;
}

cJSON *json_object(cJSON *parent, const char *key)
{
	cJSON *item = json_must(cJSON_CreateObject());

	if (parent)
		cJSON_AddItemToObject(parent, key, item);
	return item;
}

cJSON *json_array(cJSON *parent, const char *key)
{
	cJSON *item = json_must(cJSON_CreateArray());

	cJSON_AddItemToObject(parent, key, item);
	return item;
}

void json_null(cJSON *parent, const char *key)
{
	cJSON_AddItemToObject(parent, key, json_must(cJSON_CreateNull()));
}

void json_boolean(cJSON *parent, const char *key, bool value)
{
	cJSON_AddItemToObject(parent, key, json_must(cJSON_CreateBool(value)));
}

void json_string(cJSON *parent, const char *key, const char *value)
{
	cJSON_AddItemToObject(parent, key,
			      json_must(value ? cJSON_CreateString(value) : cJSON_CreateNull()));
}

/* Digits as they are: cJSON keeps numbers as doubles, which are exact to 2^53
 * only. */
void json_whole(cJSON *parent, const char *key, uint64_t value)
{
	char digits[24];

	snprintf(digits, sizeof digits, "%" PRIu64, value);
	cJSON_AddItemToObject(parent, key, json_must(cJSON_CreateRaw(digits)));
}

/* Written by us, without the locale's decimal comma. */
cJSON *json_decimal_item(double value, int decimals)
{
	char digits[48];
	double whole_part, scale = pow(10, decimals);

	if (!isfinite(value) || fabs(value) > 1e15)
		return json_must(cJSON_CreateNull());
	double fraction = modf(round(fabs(value) * scale) / scale, &whole_part);
	int64_t f = llround(fraction * scale);

	snprintf(digits, sizeof digits, "%s%.0f.%0*" PRId64, value < 0 ? "-" : "", whole_part,
		 decimals, f);
	return json_must(cJSON_CreateRaw(digits));
}

void json_decimal(cJSON *parent, const char *key, double value, int decimals)
{
	cJSON_AddItemToObject(parent, key, json_decimal_item(value, decimals));
}

void json_seconds(cJSON *parent, const char *key, int64_t us)
{
	json_decimal(parent, key, (double)us / (double)US_PER_S, 6);
}

/* Users are whole; so are most rates. */
void json_level(cJSON *parent, const char *key, double value)
{
	if (value >= 0 && value < 1e15 && value <= floor(value))
		json_whole(parent, key, (uint64_t)value);
	else
		json_decimal(parent, key, value, 6);
}

void json_milliseconds(cJSON *parent, const char *key, double us)
{
	json_decimal(parent, key, us / (double)US_PER_MS, 3);
}
