#include "metrics/alike.h"

#include <math.h>

#include "base/archive.h"

#define BLOCKS_LEAST 16
#define VALUES_LEAST 4
#define SIGNIFICANT 3 /* standard errors of r1 from which r2 / r1 says something */

void alike_add(struct alike *a, double value)
{
	double x, sum;

	if (!a->count)
		a->first = value;
	x = value - a->first;
	if (a->count == 1)
		a->second = x;
	a->lag1 += x * a->last;
	a->lag2 += x * a->before;
	a->before = a->last;
	a->last = x;
	a->count++;

	sum = x;
	for (int i = 0; i < ALIKE_LEVELS; i++) {
		struct alike_level *l = &a->level[i];

		l->count++;
		l->sum += sum;
		l->squares += sum * sum;
		l->waiting = !l->waiting;
		if (l->waiting) {
			l->half = sum;
			break;
		}
		sum += l->half;
	}
}

/* The sum of squares around the mean. */
static double deviation(const struct alike_level *l)
{
	return l->squares - l->sum * l->sum / (double)l->count;
}

static double of_blocks(const struct alike *a)
{
	double values = 1, largest = 1;
	double one = deviation(&a->level[0]) / (double)a->count;

	for (int i = 1; i < ALIKE_LEVELS && a->level[i].count >= BLOCKS_LEAST; i++) {
		values *= 2;
		largest = fmax(largest, deviation(&a->level[i]) / (double)(a->level[i].count - 1) / values / one);
	}
	return largest;
}

static double of_neighbours(const struct alike *a)
{
	double n = (double)a->count, mean = a->level[0].sum / n, around = deviation(&a->level[0]);
	double sum = a->level[0].sum, most = 1 - 1 / n, inflation;
	/* The first difference is 0 and leaves nothing out. */
	double r1 = (a->lag1 - mean * (2 * sum - a->last) + (n - 1) * mean * mean) / around;
	double r2 = (a->lag2 - mean * (2 * sum - a->second - a->last - a->before) + (n - 2) * mean * mean) / around;

	r1 = fmin(r1 + (1 + 4 * fmax(r1, 0)) / n, most);
	r2 += (1 + 4 * fmax(r2, 0)) / n;
	inflation = (1 + r1) / (1 - r1);
	if (r1 > SIGNIFICANT / sqrt(n))
		inflation = fmax(inflation, 1 + 2 * r1 / (1 - fmin(fmax(r2 / r1, r1), most)));
	return inflation;
}

double alike_inflation(const struct alike *a)
{
	double n = (double)a->count;

	if (a->count < VALUES_LEAST)
		return fmax(1, n);
	/* All the same, but for what rounding leaves. */
	if (!(deviation(&a->level[0]) > 1e-12 * a->level[0].squares))
		return 1;
	return fmin(fmax(of_blocks(a), of_neighbours(a)), n);
}

void alike_archive(struct alike *a, struct archive *archive)
{
	double *sums[] = {&a->first, &a->second, &a->last, &a->before, &a->lag1, &a->lag2};

	archive_count(archive, &a->count);
	for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
		archive_double(archive, sums[i]);
	for (int i = 0; i < ALIKE_LEVELS; i++) {
		struct alike_level *l = &a->level[i];

		archive_count(archive, &l->count);
		/* A level that nothing came to has nothing else. */
		if (!l->count)
			continue;
		archive_double(archive, &l->sum);
		archive_double(archive, &l->squares);
		archive_double(archive, &l->half);
		archive_bool(archive, &l->waiting);
	}
}
