#include "ui/stack.h"

#include <stddef.h>

static int smaller(int a, int b)
{
	return a < b ? a : b;
}

static struct section *ranked(struct section *s, int n, int rank)
{
	for (int i = 0; i < n; i++)
		if (s[i].rank == rank)
			return &s[i];
	return NULL;
}

void stack_fit(struct section *s, int n, int height, int gap)
{
	int left = height, placed = 0, weights = 0, extra;

	for (int i = 0; i < n; i++)
		s[i].got = 0;
	for (int rank = 0; rank < n; rank++) {
		struct section *one = ranked(s, n, rank);
		int need = one ? one->least + (placed ? gap : 0) : 0;

		if (!one || need > left)
			continue;
		one->got = one->least;
		left -= need;
		placed++;
	}
	for (int rank = 0; rank < n; rank++) {
		struct section *one = ranked(s, n, rank);

		if (!one || !one->got || one->want <= one->got)
			continue;
		extra = smaller(one->want - one->got, left);
		one->got += extra;
		left -= extra;
	}
	for (int i = 0; i < n; i++)
		weights += s[i].got ? s[i].grow : 0;
	extra = left;
	for (int i = 0; i < n && weights; i++) {
		if (!s[i].got || !s[i].grow)
			continue;
		int share = extra * s[i].grow / weights;

		s[i].got += share;
		left -= share;
	}
	for (int i = 0; i < n; i++)
		if (s[i].even && s[i].got > 4 && s[i].got % 2) {
			s[i].got--;
			left++;
		}
	for (int rank = 0; rank < n && weights; rank++) {
		struct section *one = ranked(s, n, rank);

		if (one && one->got && one->grow && !one->even) {
			one->got += left;
			break;
		}
	}
}
