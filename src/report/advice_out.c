#include "advice_out.h"

#include <math.h>

#include "base/units.h"
#include "json_out.h"

#define PER_ROW 4 /* figures */
#define DECIMALS 6

static const char *ttl(int64_t ttl_us, char out[UNITS_BYTES])
{
	if (ttl_us == INT64_MAX)
		snprintf(out, UNITS_BYTES, "for ever");
	else if (ttl_us < 60000000)
		snprintf(out, UNITS_BYTES, "%lld s", (long long)(ttl_us / 1000000));
	else if (ttl_us < 3600000000)
		snprintf(out, UNITS_BYTES, "%lld min", (long long)(ttl_us / 60000000));
	else
		snprintf(out, UNITS_BYTES, "%lld h", (long long)(ttl_us / 3600000000));
	return out;
}

/* There is room for what a screen has none for. */
static const char *cost(double value, char out[UNITS_BYTES])
{
	if (!(value > 0 && value < 0.00095))
		return units_format_cost(value, out);
	snprintf(out, UNITS_BYTES, "%.3g", value);
	return out;
}

static void row(const struct table *t, const char *name, const char *size, const struct advice_figures *f)
{
	char text[PER_ROW][UNITS_BYTES];
	const char *cell[2 + PER_ROW] = {name, size};

	if (!isnan(f->hit_ratio)) {
		snprintf(text[0], UNITS_BYTES, "%.1f %%", f->hit_ratio * 100);
		cell[2] = text[0];
		cell[3] = units_format_duration((int64_t)llround(f->latency_us * 1000), text[1]);
	}
	if (!isnan(f->rps))
		cell[4] = units_format_rate(f->rps, text[2]);
	if (!isnan(f->cost))
		cell[5] = cost(f->cost, text[3]);
	text_table_row(t, cell);
}

static bool is_alike(const struct advice_figures *a, const struct advice_figures *b)
{
	return fabs(a->hit_ratio - b->hit_ratio) < 5e-4;
}

void advice_text(const struct text_out *out, const struct advice *a)
{
	const struct column column[] = {
		{"a cache of", 14, 0, true}, {"entries", 9, 1, false}, {"hits", 9, 1, false}, {"mean", 10, 2, false},
		{"req/s", 9, 3, false}, {"cost of 1000", isnan(a->now.cost) ? 0 : 14, 4, false},
	};
	char name[UNITS_BYTES], size[UNITS_BYTES + 8], hit[UNITS_BYTES], caveat[ADVICE_CAVEATS][ADVICE_TEXT];
	struct table t;

	if (!a->lookups)
		return;
	text_line(out, TEXT_PLAIN, "%s", "");
	text_table_init(&t, out, column, isnan(a->now.cost) ? 5 : 6);
	text_table_head(&t);
	row(&t, "as it was", a->hits + a->misses ? "its own" : "none", &a->now);
	for (int i = 0; i < ADVICE_TTLS; i++)
		for (int k = 0; k < ADVICE_SIZES; k++) {
			/* A larger one that has no more of them is no advice. */
			if (k && is_alike(&a->cell[i][k], &a->cell[i][k - 1]))
				continue;
			/* Nor is what the run was too short to try out. */
			if (i && i < ADVICE_TTLS - 1 && advice_ttl_us[i] > a->span_us)
				continue;
			snprintf(size, sizeof size, "%u", advice_size[k]);
			row(&t, ttl(advice_ttl_us[i], name), size, &a->cell[i][k]);
		}
	snprintf(size, sizeof size, "%llu prompt%s", (unsigned long long)a->lookups, a->lookups == 1 ? "" : "s");
	if (isnan(a->hit_us))
		text_line(out, TEXT_DIM, "LRU, of %s; no hit was seen: taken as free, so at best", size);
	else
		text_line(out, TEXT_DIM, "LRU, of %s; a hit takes what hits took: %s", size,
			  units_format_duration((int64_t)llround(a->hit_us * 1000), hit));
	for (int i = 0, n = advice_caveats(a, caveat); i < n; i++)
		text_line(out, TEXT_DIM, "%s", caveat[i]);
}

static void figures(cJSON *o, const struct advice_figures *f)
{
	json_decimal(o, "hit_ratio", f->hit_ratio, DECIMALS);
	json_milliseconds(o, "latency_mean_ms", f->latency_us);
	json_decimal(o, "throughput_rps", f->rps, 3);
	json_decimal(o, "cost_per_1k", f->cost, DECIMALS);
}

void advice_put(cJSON *o, const struct advice *a)
{
	cJSON *grid;

	json_whole(o, "prompts", a->lookups);
	json_whole(o, "later_turns", a->later);
	json_whole(o, "partly_cached", a->partly);
	json_milliseconds(o, "assumed_hit_ms", isnan(a->hit_us) ? 0 : a->hit_us);
	figures(json_object(o, "as_it_was"), &a->now);
	grid = json_array(o, "grid");
	for (int i = 0; i < ADVICE_TTLS; i++)
		for (int k = 0; k < ADVICE_SIZES; k++) {
			cJSON *cell = json_object(NULL, NULL);

			cJSON_AddItemToArray(grid, cell);
			if (advice_ttl_us[i] == INT64_MAX)
				json_null(cell, "ttl_s");
			else
				json_seconds(cell, "ttl_s", advice_ttl_us[i]);
			json_whole(cell, "entries", advice_size[k]);
			figures(cell, &a->cell[i][k]);
		}
}
