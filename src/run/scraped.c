#include "scraped.h"

#include <math.h>
#include <string.h>

#include "base/archive.h"
#include "base/clock.h"
#include "base/utf8.h"

static void none(double value[SERVER_GAUGES])
{
	for (int g = 0; g < SERVER_GAUGES; g++)
		value[g] = NAN;
}

void scraped_restart(struct scraped *s)
{
	for (int g = 0; g < SERVER_GAUGES; g++)
		for (int i = 0; i < SNAP_SECONDS; i++)
			s->value[g][i] = NAN;
}

void scraped_reset(struct scraped *s)
{
	memset(s, 0, sizeof *s);
	s->hits = s->lookups = NAN;
	none(s->last);
	scraped_restart(s);
}

/* --- state ------------------------------------------------------------------ */

static void sum_archive(struct scraped_sum *sum, struct archive *a)
{
	archive_double(a, &sum->sum);
	archive_double(a, &sum->max);
	archive_count(a, &sum->n);
	a->bad |= isnan(sum->sum) || isnan(sum->max);
}

static void seconds_archive(struct scraped *s, int64_t next, struct archive *a)
{
	for (int64_t i = next > SNAP_SECONDS ? next - SNAP_SECONDS : 0; i < next; i++)
		for (int g = 0; g < SERVER_GAUGES; g++)
			archive_float(a, &s->value[g][i % SNAP_SECONDS]);
}

void scraped_archive(struct scraped *s, int64_t next, struct archive *a)
{
	if (archive_restoring(a))
		scraped_reset(s);
	archive_count(a, &s->scrapes);
	if (!s->scrapes)
		return;
	archive_count(a, &s->failed);
	archive_i64(a, &s->t_us, 0, ARCHIVE_TIME_MAX);
	archive_i64(a, &s->since_us, 0, ARCHIVE_TIME_MAX);
	archive_bool(a, &s->ok);
	archive_u8(a, &s->kind, SERVER_KIND_COUNT - 1);
	archive_u16(a, &s->series);
	archive_text(a, s->text, sizeof s->text);
	archive_double(a, &s->hits);
	archive_double(a, &s->lookups);
	archive_double(a, &s->run_hits);
	archive_double(a, &s->run_lookups);
	archive_count(a, &s->point_n);
	for (int g = 0; g < SERVER_GAUGES; g++) {
		archive_double(a, &s->last[g]);
		sum_archive(&s->run[g], a);
		sum_archive(&s->point[g], a);
	}
	seconds_archive(s, next, a);
}

/* --- scrapes ---------------------------------------------------------------- */

void scraped_sum_take(struct scraped_sum *sum, double value)
{
	if (isnan(value))
		return;
	sum->sum += value;
	sum->max = fmax(sum->max, value);
	sum->n++;
}

/* Of what was looked up since the scrape before, where the server counts that. Counters
 * that went back are of a server that was started anew and count from 0; of several label
 * sets nobody knows which one was, so nothing is taken of them. */
static double hit_ratio(struct scraped *s, const struct rec_server *rec, bool measured)
{
	bool anew = rec->hits < s->hits || rec->lookups < s->lookups;
	double hits = rec->hits - (anew ? 0 : s->hits), lookups = rec->lookups - (anew ? 0 : s->lookups);

	s->hits = rec->hits;
	s->lookups = rec->lookups;
	if (isnan(hits) || isnan(lookups))
		return rec->hit_ratio;
	if (!(lookups > 0) || (anew && rec->series > 1))
		return NAN;
	if (measured) {
		s->run_hits += hits;
		s->run_lookups += lookups;
	}
	return fmin(hits / lookups, 1);
}

static void take_figures(struct scraped *s, const struct rec_server *rec, bool measured)
{
	bool first = isnan(s->hits) || isnan(s->lookups);

	s->kind = rec->kind < SERVER_KIND_COUNT ? rec->kind : SERVER_UNKNOWN;
	s->series = rec->series;
	s->last[SERVER_RUNNING] = rec->running;
	s->last[SERVER_WAITING] = rec->waiting;
	s->last[SERVER_KV_USE] = rec->kv_use;
	if (first) {
		/* Nothing to count from yet. */
		s->hits = rec->hits;
		s->lookups = rec->lookups;
		s->last[SERVER_HIT_RATIO] = rec->hit_ratio;
	} else {
		s->last[SERVER_HIT_RATIO] = hit_ratio(s, rec, measured);
	}
	s->point_n += measured;
	for (int g = 0; g < SERVER_GAUGES && measured; g++) {
		scraped_sum_take(&s->run[g], s->last[g]);
		scraped_sum_take(&s->point[g], s->last[g]);
	}
}

void scraped_take(struct scraped *s, const struct rec_server *rec, int64_t t_us, bool measured)
{
	char text[SNAP_TEXT] = "";

	utf8_clean(rec->text, rec->text_bytes, text, sizeof text);
	if (!s->scrapes || s->ok != (bool)rec->ok)
		s->since_us = t_us;
	memcpy(s->text, text, sizeof s->text);
	s->scrapes = rec->scrapes;
	s->failed = rec->failed;
	s->t_us = t_us;
	s->ok = rec->ok;
	if (rec->ok)
		take_figures(s, rec, measured);
	else
		none(s->last);
}

void scraped_point(struct scraped *s)
{
	memset(s->point, 0, sizeof s->point);
	s->point_n = 0;
}

void scraped_second(struct scraped *s, int64_t second)
{
	int at = (int)(second % SNAP_SECONDS);
	bool stands = s->ok && (second + 1) * US_PER_S - s->t_us <= SCRAPED_STANDS_US;

	for (int g = 0; g < SERVER_GAUGES; g++)
		s->value[g][at] = stands ? (float)s->last[g] : NAN;
}

/* --- questions -------------------------------------------------------------- */

static double mean(const struct scraped_sum *sum)
{
	return sum->n ? sum->sum / (double)sum->n : NAN;
}

void scraped_figures(const struct scraped *s, struct server_figures *out)
{
	out->scrapes = s->scrapes;
	out->failed = s->failed;
	out->ok = s->ok;
	out->since_us = s->since_us;
	out->kind = s->kind;
	out->series = s->series;
	memcpy(out->text, s->text, sizeof out->text);
	out->point_n = s->point_n;
	for (int g = 0; g < SERVER_GAUGES; g++) {
		out->last[g] = s->last[g];
		out->mean[g] = mean(&s->run[g]);
		out->max[g] = s->run[g].n ? s->run[g].max : NAN;
		out->n[g] = s->run[g].n;
		out->point[g] = mean(&s->point[g]);
	}
	out->lookups = s->run_lookups;
	/* By what was looked up and not by seconds, where that is counted. */
	if (s->run_lookups > 0)
		out->mean[SERVER_HIT_RATIO] = fmin(s->run_hits / s->run_lookups, 1);
}

void scraped_snap(const struct scraped *s, struct snapshot *out)
{
	const struct snap_series *series = &out->series;

	scraped_figures(s, &out->server);
	for (int i = 0; i < series->count; i++)
		for (int g = 0; g < SERVER_GAUGES; g++) {
			bool open = series->open && i == series->count - 1;

			out->server_series[g][i] =
				open || !s->scrapes ? NAN : s->value[g][(series->first + i) % SNAP_SECONDS];
		}
}
