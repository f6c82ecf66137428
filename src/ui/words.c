#include "ui/view.h"

#include "base/utf8.h"
#include "metrics/error_code.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define ENOUGH 20 /* requests before a point is compared */

static bool is_load(const struct snap_point *p)
{
	return p->phase == PHASE_LOAD;
}

static bool same_level(const struct snap_point *a, const struct snap_point *b)
{
	return fabs(a->level - b->level) < 1e-9;
}

static const char *kind(const struct snap_point *p)
{
	return p->mode == MODE_OPEN ? "arrivals/s" : p->level < 1.5 ? "user" : "users";
}

/* What the present point still lacks, or how the last two differ. */
void words_compare(const struct scene *scene, char *out, size_t bytes)
{
	const struct snapshot *s = scene->s;
	const struct snap_point *now = NULL, *before = NULL, *thin = NULL;
	char rate[FORMAT_BYTES], slow[FORMAT_BYTES], a[FORMAT_BYTES], b[FORMAT_BYTES];
	char from[FORMAT_BYTES], to[FORMAT_BYTES];
	char errors[3 * FORMAT_BYTES] = "";
	bool others = false;
	int64_t left;

	for (int i = s->point_count - 1; i >= 0 && !before; i--) {
		const struct snap_point *p = &s->point[i];

		if (!is_load(p))
			continue;
		if (!now)
			now = p;
		else if (p->mode != now->mode)
			others = true;
		else if (same_level(p, now) || p->ramp_us)
			continue;
		else if (p->requests >= ENOUGH)
			before = p;
		else if (!thin && p->requests)
			thin = p;
	}
	*out = '\0';
	if (!now)
		return;
	left = s->settling_until_us - s->t_us;
	if (now == &s->point[s->point_count - 1] && left > 0) {
		snprintf(out, bytes, "%s %s: settling, %lld s more", format_level(now->level, b), kind(now),
			 (long long)((left + 999999) / 1000000));
		return;
	}
	if (now->requests < ENOUGH) {
		snprintf(out, bytes, "%s %s: %llu of the %d requests needed to compare", format_level(now->level, b), kind(now),
			 (unsigned long long)now->requests, ENOUGH);
		return;
	}
	if (!before && thin) {
		snprintf(out, bytes, "%s %s had %llu request%s; %d are needed to compare", format_level(thin->level, b), kind(thin),
			 (unsigned long long)thin->requests, thin->requests == 1 ? "" : "s", ENOUGH);
		return;
	}
	if (!before) {
		snprintf(out, bytes, "%s so far, %s %s%s", others ? "the only load of this loop" : "one load",
			 format_level(now->level, b), kind(now),
			 dashboard_recorded(scene->d) || s->ended ? "" : "; + or > shows what more does");
		return;
	}
	/* Errors come quickly and must not read as a gain. */
	if (now->failed || before->failed)
		snprintf(errors, sizeof errors, ", errors %s %% %s %s %%",
			 format_percent((double)before->failed / (double)before->requests, scene->g, a),
			 format_arrow(scene->g),
			 format_percent((double)now->failed / (double)now->requests, scene->g, b));
	snprintf(out, bytes, "%s %s %s %s: %s %s, %sp95 %s%s (n = %s, %s)", format_level(before->level, from),
		 format_arrow(scene->g), format_level(now->level, to), kind(now), *errors ? "succeeded" : "throughput",
		 format_change(before->ok_rps > 0 ? now->ok_rps / before->ok_rps : -1, scene->g, rate),
		 s->query.clock == CLOCK_SERVICE ? "service " : s->query.clock == CLOCK_QUEUE ? "queue " : "",
		 format_change(before->timed && now->timed && before->p95_us > 0
				       ? (double)now->p95_us / (double)before->p95_us : -1, scene->g, slow),
		 errors, format_count(before->requests, a), format_count(now->requests, b));
}

char *words_awaited(const struct scene *scene, char out[WORDS_AWAITED])
{
	uint32_t n = scene->s->gauge.in_flight;

	if (scene->s->t_us <= 0)
		snprintf(out, WORDS_AWAITED, "nothing measured yet");
	else if (scene->s->failed + scene->s->censored)
		snprintf(out, WORDS_AWAITED, "no successful answers yet");
	else if (n && !scene->s->ended)
		snprintf(out, WORDS_AWAITED, "no answers yet: %u %s under way", n, n == 1 ? "request is" : "requests are");
	else
		snprintf(out, WORDS_AWAITED, "no answers yet");
	return out;
}

void words_error(const struct snap_error *e, char *out, size_t bytes)
{
	const char *name = (unsigned)e->error < ERROR_CLASS_COUNT ? error_class_name(e->error) : "?";

	/* The name of an errno is as long as its message, which is beside it. */
	if (e->code && error_code_is_status(e->error))
		snprintf(out, bytes, "%s %d", name, e->code);
	else
		snprintf(out, bytes, "%s", name);
}

char *words_clean(const char *text, char *out, size_t bytes)
{
	return utf8_clean(text, strlen(text), out, bytes);
}
