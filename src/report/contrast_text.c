#include <math.h>

#include "base/units.h"
#include "report/text.h"
#include "run/contrast.h"
#include "text_table.h"

#define DOT " \xc2\xb7 "
#define DASH "\xe2\x80\x93"
#define DEFAULT_COLUMNS 80
#define CELL 64

static const char *value(const struct contrast_row *row, double x, char out[CELL])
{
	char number[UNITS_BYTES];

	if (isnan(x))
		return NULL;
	switch (row->unit) {
	case CONTRAST_PER_SECOND:
		snprintf(out, CELL, "%s/s", units_format_rate(x, number));
		break;
	case CONTRAST_SHARE:
		/* Rounded down: what is not all is not 100 %. */
		snprintf(out, CELL, x < 1 ? "%.2f %%" : "100 %%", floor(x * 1e4) / 1e2);
		break;
	case CONTRAST_POINTS:
		snprintf(out, CELL, "%.1f", x);
		break;
	default:
		snprintf(out, CELL, "%s", units_format_duration(llround(x * 1e3), number));
		break;
	}
	return out;
}

/* Close to 1 every figure counts. */
static const char *ratio_text(double x, char out[CELL])
{
	if (!isfinite(x))
		return NULL;
	snprintf(out, CELL, x > 0.9 && x < 1.1 ? "%.3f" : x < 10 ? "%.2f" : "%.1f", x);
	return out;
}

static void side(const struct text_out *out, char name, const struct contrast_side *s)
{
	const struct run_meta *m = s->meta;
	char load[RESULT_LEVEL] = DASH, length[UNITS_BYTES];

	if (s->result->point_count)
		result_level(&s->result->point[0], load);
	text_line(out, TEXT_BOLD, "%c  %s", name, s->path);
	text_line(out, TEXT_PLAIN, "   %s" DOT "%s" DOT "%s" DOT "%s measured" DOT "%llu request%s" DOT "%s", m->scenario,
		  m->target, load, units_format_duration(s->result->duration_us * 1000, length),
		  (unsigned long long)s->result->summary.requests, s->result->summary.requests == 1 ? "" : "s", m->started_at);
}

static void warn(void *arg, const char *sentence)
{
	text_line(arg, TEXT_ALARM, "note: %s", sentence);
}

/* The two values, and their ratio. */
struct heads {
	const char *a, *b, *ratio;
};

static bool is_different(const struct contrast_row *row)
{
	return row->verdict == CONTRAST_BETTER || row->verdict == CONTRAST_WORSE;
}

static void rows(const struct text_out *out, const struct contrast *c, int task, const struct heads *heads,
		 bool different_only)
{
	const struct column column[] = {
		{"", 14, 0, true}, {heads->a, 12, 0, false}, {heads->b, 12, 0, false}, {heads->ratio, 9, 0, false},
		{"95 % sure", 18, 1, false}, {"  verdict", 12, 0, true},
	};
	static const enum text_style style[] = {TEXT_PLAIN, TEXT_PLAIN, TEXT_PLAIN, TEXT_ALARM};
	struct table t;

	text_table_init(&t, out, column, sizeof column / sizeof *column);
	if (task < 0)
		text_table_head(&t);
	for (int i = 0; i < c->count; i++) {
		const struct contrast_row *row = &c->row[i];
		char a[CELL], b[CELL], ratio[CELL], low[CELL], high[CELL], span[2 * CELL + 8], verdict[CELL], name[CELL];

		if (row->task != task || (different_only && !is_different(row)))
			continue;
		snprintf(name, sizeof name, "%s%s", task < 0 ? "" : "  ", row->metric);
		snprintf(verdict, sizeof verdict, "  %s", contrast_verdict_name(row->verdict));
		if (ratio_text(row->low, low) && ratio_text(row->high, high))
			snprintf(span, sizeof span, "%s to %s", low, high);
		else
			snprintf(span, sizeof span, DASH);
		const char *cell[] = {name, value(row, row->a, a), value(row, row->b, b), ratio_text(row->ratio, ratio), span,
				      verdict};
		text_table_styled(&t, style[row->verdict], cell);
	}
}

static void verdict(const struct text_out *out, const struct contrast *c)
{
	text_line(out, TEXT_PLAIN, "%s", "");
	text_line(out, c->of[CONTRAST_WORSE] ? TEXT_ALARM : TEXT_BOLD,
		  "B: %d better, %d worse, %d the same, %d undecided", c->of[CONTRAST_BETTER], c->of[CONTRAST_WORSE],
		  c->of[CONTRAST_SAME], c->of[CONTRAST_UNDECIDED]);
	if (c->of[CONTRAST_UNDECIDED])
		text_line(out, TEXT_DIM, "Longer runs decide more; so do runs that differ in one thing only.");
}

/* "chat   n = 638, 674": its requests in both. */
static void task_line(const struct text_out *out, const struct contrast_side *a, const struct contrast_side *b, int task)
{
	uint64_t n[2];

	contrast_requests(a, b, task, n);
	text_line(out, TEXT_DIM, "%s   n = %llu, %llu", a->meta->task_name[task], (unsigned long long)n[0],
		  (unsigned long long)n[1]);
}

/* Total, then the tasks that have a row to show. */
static void table(const struct text_out *out, const struct contrast *c, const struct contrast_side *a,
		  const struct contrast_side *b, const struct heads *heads, bool different_only)
{
	rows(out, c, -1, heads, different_only);
	for (int i = 0; i < a->meta->task_count; i++) {
		bool any = false;

		for (int k = 0; k < c->count; k++)
			any |= c->row[k].task == i && (!different_only || is_different(&c->row[k]));
		if (!any)
			continue;
		task_line(out, a, b, i);
		rows(out, c, i, heads, different_only);
	}
}

void contrast_text(FILE *file, const struct contrast *c, const struct contrast_side *a, const struct contrast_side *b,
		   int columns, bool color)
{
	struct text_out out = {file, columns > 0 ? columns : DEFAULT_COLUMNS, color, NULL};

	side(&out, 'A', a);
	side(&out, 'B', b);
	contrast_warnings(a, b, warn, &out);
	text_line(&out, TEXT_PLAIN, "%s", "");
	table(&out, c, a, b, &(struct heads){"A", "B", "B / A"}, false);
	verdict(&out, c);
}

static void sum_up(const struct text_out *out, const struct contrast *c)
{
	const int *of = c->of;

	if (of[CONTRAST_WORSE])
		text_line(out, TEXT_ALARM, "WORSE than the baseline: %d of %d figures, %d better, %d the same, %d undecided",
			  of[CONTRAST_WORSE], c->count, of[CONTRAST_BETTER], of[CONTRAST_SAME], of[CONTRAST_UNDECIDED]);
	else if (!contrast_enough(c))
		text_line(out, TEXT_ALARM, "UNDECIDED: too few requests to hold against the baseline");
	else if (of[CONTRAST_BETTER])
		text_line(out, TEXT_BOLD, "BETTER than the baseline: %d of %d figures, none worse, %d the same, %d undecided",
			  of[CONTRAST_BETTER], c->count, of[CONTRAST_SAME], of[CONTRAST_UNDECIDED]);
	else if (!of[CONTRAST_SAME])
		text_line(out, TEXT_BOLD, "no certain difference from the baseline: %d figures undecided; longer runs tell more",
			  c->count);
	else
		text_line(out, TEXT_BOLD, "not worse than the baseline: %d of %d figures the same, %d undecided",
			  of[CONTRAST_SAME], c->count, of[CONTRAST_UNDECIDED]);
}

void contrast_summary(FILE *file, const struct contrast *c, const struct contrast_side *a, const struct contrast_side *b,
		      int columns, bool color)
{
	struct text_out out = {file, columns > 0 ? columns : DEFAULT_COLUMNS, color, NULL};
	uint64_t n[2];

	contrast_requests(a, b, -1, n);
	text_line(&out, TEXT_BOLD, "baseline  %s" DOT "%s", a->path, a->meta->started_at);
	text_line(&out, TEXT_PLAIN, "          n = %llu, here %llu", (unsigned long long)n[0], (unsigned long long)n[1]);
	contrast_warnings(a, b, warn, &out);
	if (c->of[CONTRAST_WORSE] + c->of[CONTRAST_BETTER])
		table(&out, c, a, b, &(struct heads){"baseline", "this run", "ratio"}, true);
	sum_up(&out, c);
	text_line(&out, TEXT_PLAIN, "%s", "");
}
