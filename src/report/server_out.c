#include "server_out.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "json_out.h"

#define LEFT "           "
#define MOST 320
#define PART 96

static const char *number(enum server_gauge g, double value, char out[UNITS_BYTES])
{
	if (g == SERVER_RUNNING || g == SERVER_WAITING)
		return units_format_rate(value, out);
	snprintf(out, UNITS_BYTES, "%.1f %%", value * 100);
	return out;
}

/* "kv cache 41.0 %, at most 66.0 %": means of measured time; of what is no ratio of counters
 * the most as well. */
static void mean_of(const struct server_figures *s, enum server_gauge g, char out[PART])
{
	static const char *const name[SERVER_GAUGES] = {"running", "waiting", "kv cache", "cache hits"};
	char mean[UNITS_BYTES], max[UNITS_BYTES];

	if (g == SERVER_HIT_RATIO)
		snprintf(out, PART, "%s %s", name[g], number(g, s->mean[g], mean));
	else
		snprintf(out, PART, "%s %s, at most %s", name[g], number(g, s->mean[g], mean), number(g, s->max[g], max));
}

/* On a second line what has no room on the first. */
static void means(const struct text_out *out, const struct server_figures *s)
{
	char line[MOST] = LEFT, part[PART];
	bool any = false;

	for (int g = 0; g < SERVER_GAUGES; g++) {
		if (isnan(s->mean[g]))
			continue;
		mean_of(s, (enum server_gauge)g, part);
		if (any && !out->sink && strlen(line) + 3 + strlen(part) > (size_t)out->columns) {
			text_line(out, TEXT_PLAIN, "%s", line);
			snprintf(line, sizeof line, LEFT);
			any = false;
		}
		snprintf(line + strlen(line), sizeof line - strlen(line), "%s%s", any ? "   " : "", part);
		any = true;
	}
	if (any)
		text_line(out, TEXT_PLAIN, "%s", line);
}

void server_text(const struct text_out *out, const struct server_figures *s)
{
	char since[UNITS_BYTES], sums[64] = "";

	if (!s->scrapes)
		return;
	if (s->series > 1)
		snprintf(sums, sizeof sums, "   sums and means of %u label sets", s->series);
	text_line(out, TEXT_PLAIN, "%s", "");
	text_line(out, TEXT_PLAIN, "server     %s%s   %llu scrape%s of its metrics, %llu failed",
		  s->failed < s->scrapes ? server_kind_name(s->kind) : "no figures", sums,
		  (unsigned long long)s->scrapes, s->scrapes == 1 ? "" : "s", (unsigned long long)s->failed);
	means(out, s);
	if (!s->ok)
		text_line(out, TEXT_ALARM, LEFT "failing since %s: %s", units_format_elapsed(s->since_us * 1000, since), s->text);
	else if (*s->text)
		text_line(out, TEXT_PLAIN, LEFT "%s", s->text);
}

static void gauge(cJSON *parent, const char *key, const struct server_figures *s, enum server_gauge g)
{
	cJSON *o;

	if (isnan(s->mean[g]) && isnan(s->last[g])) {
		json_null(parent, key);
		return;
	}
	o = json_object(parent, key);
	json_decimal(o, "last", s->last[g], 6);
	json_decimal(o, "mean", s->mean[g], 6);
	json_decimal(o, "max", s->max[g], 6);
	json_whole(o, "n", s->n[g]);
}

void server_put(cJSON *o, const struct server_figures *s)
{
	json_string(o, "kind", s->failed < s->scrapes ? server_kind_name(s->kind) : NULL);
	json_whole(o, "scrapes", s->scrapes);
	json_whole(o, "failed", s->failed);
	json_string(o, "error", s->ok ? NULL : s->text);
	json_whole(o, "label_sets", s->series);
	gauge(o, "running", s, SERVER_RUNNING);
	gauge(o, "waiting", s, SERVER_WAITING);
	gauge(o, "kv_cache_usage", s, SERVER_KV_USE);
	json_decimal(o, "cache_hit_ratio", s->mean[SERVER_HIT_RATIO], 6);
	json_decimal(o, "cache_lookups", s->lookups > 0 ? s->lookups : NAN, 0);
}
