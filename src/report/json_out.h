/* Values into a tree of JSON, as all results have them: numbers with a fixed number of
 * decimals and never in the locale's manner, what is unknown as null. Running out of
 * memory ends the program, as in base/mem.h. */
#ifndef REPORT_JSON_OUT_H
#define REPORT_JSON_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

cJSON *json_must(cJSON *item);
/* Without a parent: a root. */
cJSON *json_object(cJSON *parent, const char *key);
cJSON *json_array(cJSON *parent, const char *key);
void json_null(cJSON *parent, const char *key);
void json_boolean(cJSON *parent, const char *key, bool value);
void json_string(cJSON *parent, const char *key, const char *value); /* NULL: null */
void json_whole(cJSON *parent, const char *key, uint64_t value);
cJSON *json_decimal_item(double value, int decimals);
void json_decimal(cJSON *parent, const char *key, double value, int decimals);
void json_seconds(cJSON *parent, const char *key, int64_t us);
void json_level(cJSON *parent, const char *key, double value);
void json_milliseconds(cJSON *parent, const char *key, double us);

#endif
