#include "ui/filter.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/near.h"

#define TASK_WORD "task:"
#define ERROR_WORD "err:"
#define WORD 80

/* --- names -------------------------------------------------------------------- */

/* All that a word may be: tasks, classes of errors, outcomes. */
enum kind { TASK, ERROR, OUTCOME, KINDS };

static const char *const outcome_name[] = {[FILTER_ALL] = "", [FILTER_OK] = "ok", [FILTER_FAILED] = "failed"};

static int count_of(enum kind kind, const struct snapshot *s)
{
	return kind == TASK ? s->task_count : kind == ERROR ? ERROR_CLASS_COUNT : FILTER_FAILED + 1;
}

static const char *name_of(enum kind kind, const struct snapshot *s, int i)
{
	return kind == TASK ? s->task[i].name : kind == ERROR ? error_class_name((enum error_class)i) : outcome_name[i];
}

/* The first of each kind is no name: no error, any outcome. */
static int first_of(enum kind kind)
{
	return kind != TASK;
}

enum { NO_MATCH = -1, SEVERAL = -2 };

/* Exactly, else the only one that begins so, else the only one that has it. */
static int match(enum kind kind, const struct snapshot *s, const char *word)
{
	int begins = NO_MATCH, has = NO_MATCH;

	for (int i = first_of(kind); i < count_of(kind, s); i++) {
		const char *name = name_of(kind, s, i);

		if (!strcasecmp(name, word))
			return i;
		if (!strncasecmp(name, word, strlen(word)))
			begins = begins == NO_MATCH ? i : SEVERAL;
		else if (strcasestr(name, word))
			has = has == NO_MATCH ? i : SEVERAL;
	}
	return begins != NO_MATCH ? begins : has;
}

/* --- words to a filter ----------------------------------------------------------- */

/* The next word, without its quotes; NULL: there is none. */
static const char *next_word(const char *text, char out[WORD])
{
	size_t n = 0;
	bool quoted = false;

	text += strspn(text, " ");
	if (!*text)
		return NULL;
	for (; *text && (quoted || *text != ' '); text++) {
		if (*text == '"')
			quoted = !quoted;
		else if (n < WORD - 1)
			out[n++] = *text;
	}
	out[n] = '\0';
	return text;
}

static size_t common(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] && strncasecmp(a + n, b + n, 1) == 0)
		n++;
	return n;
}

static int refuse(enum kind of, const struct snapshot *s, const char *word, bool several, char *why, size_t bytes)
{
	struct near near = near_to(word, strlen(word));
	char said[NEAR_SAID];

	for (int kind = 0; kind < KINDS; kind++)
		for (int i = first_of((enum kind)kind); i < count_of((enum kind)kind, s); i++)
			if (of == KINDS || of == (enum kind)kind)
				near_offer(&near, name_of((enum kind)kind, s, i));
	if (several)
		snprintf(why, bytes, "several begin with %.30s", word);
	else if (near.best)
		snprintf(why, bytes, "no \"%.30s\"; %s", word, near_or(&near, said, "%s", ""));
	else
		snprintf(why, bytes, "no \"%.30s\": a task, ok, failed, err:CLASS", word);
	return -1;
}

/* `of`: what the word may be besides. */
static int take_error(const char *word, enum kind of, const struct snapshot *s, struct filter *out, char *why, size_t bytes)
{
	int i = *word ? match(ERROR, s, word) : ERROR_NONE;

	if (i < 0)
		return refuse(of, s, word, i == SEVERAL, why, bytes);
	out->outcome = FILTER_FAILED;
	out->error = (enum error_class)i;
	return 0;
}

static int take_task(const char *word, enum kind of, const struct snapshot *s, struct filter *out, int *task, char *why,
		     size_t bytes)
{
	int i = match(TASK, s, word);

	if (i < 0)
		return refuse(of, s, word, i == SEVERAL, why, bytes);
	out->by_task = true;
	*task = i;
	return 0;
}

static int take_word(const char *word, const struct snapshot *s, struct filter *out, int *task, char *why, size_t bytes)
{
	int outcome = FILTER_OK, i;

	if (!strncasecmp(word, TASK_WORD, strlen(TASK_WORD)))
		return take_task(word + strlen(TASK_WORD), TASK, s, out, task, why, bytes);
	if (!strncasecmp(word, ERROR_WORD, strlen(ERROR_WORD)))
		return take_error(word + strlen(ERROR_WORD), ERROR, s, out, why, bytes);
	while (outcome <= FILTER_FAILED && strcasecmp(word, outcome_name[outcome]) != 0)
		outcome++;
	if (outcome <= FILTER_FAILED) {
		out->outcome = (enum filter_outcome)outcome;
		out->error = ERROR_NONE;
		return 0;
	}
	/* A task is meant where both begin so. */
	i = match(TASK, s, word);
	if (i == NO_MATCH && match(ERROR, s, word) >= 0)
		return take_error(word, KINDS, s, out, why, bytes);
	return take_task(word, KINDS, s, out, task, why, bytes);
}

int filter_parse(const char *text, const struct snapshot *s, struct filter *out, int *task, char *why, size_t bytes)
{
	char word[WORD];

	*out = (struct filter){.error = ERROR_NONE};
	*task = -1;
	if (bytes)
		*why = '\0';
	while ((text = next_word(text, word)))
		if (take_word(word, s, out, task, why, bytes))
			return -1;
	return 0;
}

char *filter_text(const struct filter *f, const struct snapshot *s, int task, char *out, size_t bytes)
{
	const char *name = f->by_task && task >= 0 && task < s->task_count ? s->task[task].name : "";
	const char *quote = strchr(name, ' ') ? "\"" : "";

	snprintf(out, bytes, "%s%.64s%s%s%s", quote, name, quote, *name && f->outcome != FILTER_ALL ? " " : "",
		 f->error != ERROR_NONE ? error_class_name(f->error) : outcome_name[f->outcome]);
	return out;
}

/* --- completion -------------------------------------------------------------------- */

bool filter_complete(const char *text, size_t from, const struct snapshot *s, char *out, size_t bytes)
{
	const char *word = text + from, *before = "", *first = NULL;
	int low = TASK, high = OUTCOME;
	size_t same = 0;

	if (!strncasecmp(word, TASK_WORD, strlen(TASK_WORD)))
		before = TASK_WORD, low = high = TASK;
	else if (!strncasecmp(word, ERROR_WORD, strlen(ERROR_WORD)))
		before = ERROR_WORD, low = high = ERROR;
	word += strlen(before);
	word += *word == '"';
	for (int kind = low; kind <= high; kind++)
		for (int i = first_of((enum kind)kind); i < count_of((enum kind)kind, s); i++) {
			const char *name = name_of((enum kind)kind, s, i);

			if (strncasecmp(name, word, strlen(word)) != 0)
				continue;
			same = first ? common(first, name) < same ? common(first, name) : same : strlen(name);
			first = first ? first : name;
		}
	if (!first || same <= strlen(word))
		return false;
	/* The closing quote belongs to a whole name. */
	snprintf(out, bytes, "%s%s%.*s%s", before, strchr(first, ' ') ? "\"" : "", (int)same, first,
		 strchr(first, ' ') && !first[same] ? "\"" : "");
	return true;
}

/* --- what is left of a snapshot ------------------------------------------------------ */

static void keep_errors(const struct filter *f, int task, struct snapshot *s)
{
	int n = 0;

	for (int i = 0; i < s->error_count; i++) {
		const struct snap_error *e = &s->error[i];
		bool of_task = e->task == task || (task >= 0 && task < SNAP_TASKS && e->tasks >> task & 1);

		if (f->outcome == FILTER_OK || (f->error != ERROR_NONE && e->error != f->error) ||
		    (f->by_task && task >= 0 && !of_task))
			continue;
		if (n != i)
			s->error[n] = *e;
		n++;
	}
	s->error_count = s->error_kinds = n;
}

static void keep_series(const struct filter *f, struct snap_series *s)
{
	for (int i = 0; i < s->count && i < SNAP_SECONDS; i++) {
		if (f->outcome == FILTER_OK)
			s->errors[i] = 0;
		else
			s->ok[i] = 0;
		if (f->error != ERROR_NONE)
			s->errors[i] = (float)s->errors_of[f->error][i];
	}
	for (int c = 0; c < ERROR_CLASS_COUNT; c++)
		if (f->outcome == FILTER_OK || (f->error != ERROR_NONE && c != (int)f->error))
			memset(s->errors_of[c], 0, sizeof s->errors_of[c]);
}

/* The middle of the bin that has the value of that rank. */
static int64_t bin_quantile(const uint64_t *bins, uint64_t count, double q)
{
	uint64_t rank = (uint64_t)ceil(q * (double)count), sum = 0;

	for (int i = 0; i < LOGGRID_BINS; i++) {
		sum += bins[i];
		if (sum >= rank && sum)
			return (int64_t)sqrt(loggrid_edge_us(i) * loggrid_edge_us(i + 1));
	}
	return 0;
}

/* Times of successes alone are in the bins only. */
static struct dist dist_of_bins(const uint64_t *bins)
{
	struct dist d = {0};

	for (int i = 0; i < LOGGRID_BINS; i++)
		d.count += bins[i];
	if (!d.count)
		return d;
	d.min_us = bin_quantile(bins, d.count, 0);
	d.p50_us = bin_quantile(bins, d.count, 0.5);
	d.p75_us = bin_quantile(bins, d.count, 0.75);
	d.p90_us = bin_quantile(bins, d.count, 0.9);
	d.p95_us = bin_quantile(bins, d.count, 0.95);
	d.p99_us = bin_quantile(bins, d.count, 0.99);
	d.p999_us = bin_quantile(bins, d.count, 0.999);
	d.max_us = bin_quantile(bins, d.count, 1);
	d.mean_us = d.stddev_us = NAN;
	return d;
}

static void keep_bins(const struct filter *f, struct snapshot *s)
{
	bool cut = s->now.censored_age.count;

	for (int i = 0; i < LOGGRID_BINS; i++) {
		uint64_t censored = s->censored_bins[i] < s->ok_bins[i] ? s->censored_bins[i] : s->ok_bins[i];

		s->failed_bins[i] = f->outcome == FILTER_OK ? 0 : s->failed_bins[i] + censored;
		s->ok_bins[i] = f->outcome == FILTER_OK ? s->ok_bins[i] - censored : 0;
	}
	if (f->outcome == FILTER_FAILED) {
		s->now.latency = (struct dist){0};
		return;
	}
	s->now.failed_latency = s->now.censored_age = (struct dist){0};
	s->now.failed = s->now.censored = 0;
	if (cut)
		s->now.latency = dist_of_bins(s->ok_bins);
}

const struct snapshot *filter_apply(const struct filter *f, int task, const struct snapshot *in, struct snapshot *room)
{
	if (!in || !filter_is_on(f))
		return in;
	memcpy(room, in, sizeof *room);
	keep_errors(f, task, room);
	if (f->outcome == FILTER_ALL)
		return room;
	keep_series(f, &room->series);
	if (filter_in_histograms(f))
		keep_bins(f, room);
	if (f->outcome == FILTER_FAILED)
		room->now.ok_rps = 0;
	return room;
}
