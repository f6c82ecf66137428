#include <math.h>

#include "base/mem.h"
#include "contrast_put.h"
#include "json_out.h"
#include "report/json.h"
#include "run/contrast.h"

/* Times in milliseconds, shares from 0 to 1, as in the result of a run. */
static void value(cJSON *o, const char *key, const struct contrast_row *row, double x)
{
	if (row->unit == CONTRAST_TIME)
		json_milliseconds(o, key, x);
	else
		json_decimal(o, key, x, 6);
}

static void put_side(cJSON *root, const char *key, const struct contrast_side *side)
{
	cJSON *o = json_object(root, key);

	json_string(o, "file", side->path);
	json_string(o, "started_at", side->meta->started_at);
	json_string(o, "scenario", side->meta->scenario);
	json_string(o, "target", side->meta->target);
	json_whole(o, "requests", side->result->summary.requests);
	json_seconds(o, "duration_s", side->result->duration_us);
}

static void note(void *arg, const char *sentence)
{
	cJSON_AddItemToArray(arg, json_must(cJSON_CreateString(sentence)));
}

static void put_row(cJSON *rows, const struct contrast_row *row, const struct contrast_side *a,
		    const struct contrast_side *b)
{
	cJSON *o = json_must(cJSON_CreateObject()), *pair;
	uint64_t n[2];

	cJSON_AddItemToArray(rows, o);
	json_string(o, "task", row->task < 0 ? NULL : a->meta->task_name[row->task]);
	json_string(o, "metric", row->metric);
	contrast_requests(a, b, row->task, n);
	pair = json_array(o, "n");
	for (int i = 0; i < 2; i++)
		cJSON_AddItemToArray(pair, json_decimal_item((double)n[i], 0));
	value(o, row->unit == CONTRAST_TIME ? "a_ms" : "a", row, row->a);
	value(o, row->unit == CONTRAST_TIME ? "b_ms" : "b", row, row->b);
	json_decimal(o, "ratio", row->ratio, 6);
	if (isfinite(row->low)) {
		pair = json_array(o, "ci95");
		cJSON_AddItemToArray(pair, json_decimal_item(row->low, 6));
		cJSON_AddItemToArray(pair, json_decimal_item(row->high, 6));
	} else {
		json_null(o, "ci95");
	}
	json_string(o, "verdict", contrast_verdict_name(row->verdict));
}

void contrast_put(cJSON *root, const struct contrast *c, const struct contrast_side *a, const struct contrast_side *b)
{
	cJSON *rows;

	put_side(root, "a", a);
	put_side(root, "b", b);
	contrast_warnings(a, b, note, json_array(root, "notes"));
	rows = json_array(root, "rows");
	for (int i = 0; i < c->count; i++)
		put_row(rows, &c->row[i], a, b);
	json_boolean(root, "worse", c->of[CONTRAST_WORSE] > 0);
}

char *contrast_json(const struct contrast *c, const struct contrast_side *a, const struct contrast_side *b)
{
	cJSON *root = json_object(NULL, NULL);
	char *printed, *text;

	contrast_put(root, c, a, b);
	printed = cJSON_Print(root);
	text = xasprintf("%s\n", printed ? printed : "");
	cJSON_free(printed);
	cJSON_Delete(root);
	return text;
}
