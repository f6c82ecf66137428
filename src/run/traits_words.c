#include "traits_words.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"

static const struct {
	const char *name;    /* as in "task explains 12 %" */
	const char *follows; /* as in "the split follows the task" */
} words[TRAITS] = {
#define X(id, name, follows) [TRAIT_##id] = {name, follows},
	SNAP_TRAITS(X)
#undef X
};

static void length_words(const struct traits *t, int value, char *out, size_t bytes)
{
	uint64_t from = value ? UINT64_C(1) << (value - 1) : 0;
	const char *unit = t->by_tokens ? "tokens" : "bytes sent";

	if (value == TRAIT_LENGTHS - 1)
		snprintf(out, bytes, "%" PRIu64 " %s and more", from, unit);
	else if (value < 2)
		snprintf(out, bytes, "%" PRIu64 " %s", from, unit);
	else
		snprintf(out, bytes, "%" PRIu64 "-%" PRIu64 " %s", from, 2 * from - 1, unit);
}

void traits_value(const struct traits *t, enum trait trait, int value, char *const *task_name, char *out, size_t bytes)
{
	static const char *const connection[] = {"kept its connection", "made a connection"};
	static const char *const cache[] = {"says nothing", "hit", "miss"};

	switch (trait) {
	case TRAIT_CONNECTION:
		snprintf(out, bytes, "%s", connection[value]);
		break;
	case TRAIT_CACHE:
		snprintf(out, bytes, "%s", cache[value]);
		break;
	case TRAIT_STATUS:
		if (value < t->statuses && !t->status[value])
			snprintf(out, bytes, "cut off or timed out");
		else if (value < t->statuses)
			snprintf(out, bytes, "%u", t->status[value]);
		else
			snprintf(out, bytes, "other");
		break;
	case TRAIT_TASK:
		snprintf(out, bytes, "%s", task_name[value]);
		break;
	case TRAIT_TURN:
		snprintf(out, bytes, "turn %d%s", value + 1, value == TRAIT_TURNS - 1 ? " and later" : "");
		break;
	case TRAIT_LENGTH:
		length_words(t, value, out, bytes);
		break;
	case TRAIT_WORKER:
		snprintf(out, bytes, "worker %d%s", value, value == TRAIT_WORKERS - 1 ? " and later" : "");
		break;
	case TRAITS:
		break;
	}
}

/* "38.1 ms" */
static char *duration(double us, char out[UNITS_BYTES])
{
	char *micro;

	units_format_duration((int64_t)llround(us * 1000), out);
	micro = strstr(out, "\xc2\xb5");
	if (micro) {
		*micro = 'u';
		memmove(micro + 1, micro + 2, strlen(micro + 2) + 1);
	}
	return out;
}

/* Never 0 or 100 of what is less. */
static int percent(double share)
{
	int p = (int)lround(share * 100);

	return p < 1 && share > 0 ? 1 : p > 99 && share < 1 ? 99 : p;
}

static void why(const struct snap_modes *m, char *out, size_t bytes)
{
	char us[UNITS_BYTES];
	int best = -1;

	for (int i = 0; i < TRAITS; i++)
		if (m->explains[i] > 0 && (best < 0 || m->explains[i] > m->explains[best]))
			best = i;
	if (m->follows >= 0)
		snprintf(out, bytes, "the split follows %s (%s: %s, %d %%)", words[m->follows].follows,
			 duration(m->mode[m->typical_mode].us, us), m->typical, percent((double)m->typical_share));
	else if (best >= 0 && percent((double)m->explains[best]) > 1)
		snprintf(out, bytes, "no attribute explains it (%s: %d %%)", words[best].name,
			 percent((double)m->explains[best]));
	else
		snprintf(out, bytes, "no attribute explains it");
}

void traits_sentence(struct snap_modes *m)
{
	static const char *const number[] = {"", "one", "two", "three", "four"};
	size_t room = sizeof m->sentence;
	int used;

	m->sentence[0] = '\0';
	if (!m->count)
		return;
	used = snprintf(m->sentence, room, "%s mode%s (n = %" PRIu64 ")", number[m->count], m->count > 1 ? "s" : "", m->requests);
	if (m->count < 2)
		return;
	for (int i = 0; i < m->count; i++) {
		char us[UNITS_BYTES];

		used += snprintf(m->sentence + used, room - (size_t)used, "%s%s (%d %%)",
				 i && i == m->count - 1 ? " and " : ", ", duration(m->mode[i].us, us),
				 percent((double)m->mode[i].requests / (double)m->requests));
	}
	used += snprintf(m->sentence + used, room - (size_t)used, ": ");
	why(m, m->sentence + used, room - (size_t)used);
}
