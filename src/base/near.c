#include "base/near.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

static int lower(char c)
{
	return tolower((unsigned char)c);
}

/* Damerau and Levenshtein's, three rows of the table at a time. *begins: the least
 * distance to a beginning of b. */
static int changes(const char *a, size_t na, const char *b, size_t nb, int *begins)
{
	int rows[3][NEAR_WORD + 1], *before = rows[0], *above = rows[1], *row = rows[2];

	for (size_t j = 0; j <= nb; j++)
		above[j] = (int)j;
	for (size_t i = 1; i <= na; i++) {
		row[0] = (int)i;
		for (size_t j = 1; j <= nb; j++) {
			int best = above[j - 1] + (lower(a[i - 1]) != lower(b[j - 1]));

			if (above[j] + 1 < best)
				best = above[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]) && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			row[j] = best;
		}
		int *oldest = before;

		before = above;
		above = row;
		row = oldest;
	}
	*begins = above[0];
	for (size_t j = 1; j <= nb; j++)
		if (above[j] < *begins)
			*begins = above[j];
	return above[nb];
}

int near_distance(const char *a, size_t a_bytes, const char *b, size_t b_bytes)
{
	int begins;

	return a_bytes > NEAR_WORD || b_bytes > NEAR_WORD ? -1 : changes(a, a_bytes, b, b_bytes, &begins);
}

/* Changes up to which a word of that length is still recognised. */
static int most_changes(size_t bytes)
{
	return bytes < 4 ? 1 : bytes < 9 ? 2 : 3;
}

struct near near_to(const char *word, size_t bytes)
{
	return (struct near){.word = word, .bytes = bytes, .cost = 2 * most_changes(bytes) + 4};
}

/* timeout_seconds, of which timeout is a whole word. */
static bool goes_on(const struct near *near, const char *name, size_t bytes)
{
	return bytes >= 4 && near->bytes > bytes && !strncasecmp(near->word, name, bytes) &&
	       !isalnum((unsigned char)near->word[bytes]);
}

static void offer(struct near *near, const char *name, size_t bytes)
{
	int most = most_changes(near->bytes), cost, begins;

	if (near->bytes > NEAR_WORD || !bytes || bytes > NEAR_WORD)
		return;
	cost = changes(near->word, near->bytes, name, bytes, &begins);
	/* Something of the word must be left. */
	if (cost > most || (size_t)cost >= near->bytes) {
		if ((near->bytes >= 3 && begins == 0) || goes_on(near, name, bytes))
			cost = most;
		else if (near->bytes >= 4 && begins == 1 && lower(*near->word) == lower(*name))
			cost = most + 1;
		else
			return;
	}
	/* Who errs in the first letter errs seldom. */
	cost = 2 * cost + (lower(*near->word) != lower(*name));
	if (cost < near->cost) {
		near->cost = cost;
		near->best = name;
		near->best_bytes = bytes;
	}
}

void near_offer(struct near *near, const char *name)
{
	offer(near, name, strlen(name));
}

void near_offer_list(struct near *near, const char *list)
{
	static const char between[] = " ,|\"";

	while (*(list += strspn(list, between))) {
		size_t bytes = strcspn(list, between);

		if ((bytes != 2 || memcmp(list, "or", 2) != 0) && (bytes != 3 || memcmp(list, "and", 3) != 0))
			offer(near, list, bytes);
		list += bytes;
	}
}

const char *near_or(const struct near *near, char out[NEAR_SAID], const char *otherwise, ...)
{
	char name[NEAR_WORD + 1];
	va_list ap;

	va_start(ap, otherwise);
	if (near->best)
		snprintf(out, NEAR_SAID, "did you mean \"%s\"?",
			 utf8_clean(near->best, near->best_bytes, name, sizeof name));
	else
		vsnprintf(out, NEAR_SAID, otherwise, ap);
	va_end(ap);
	return out;
}
