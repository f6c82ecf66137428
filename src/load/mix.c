#include "load/mix.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void mix_init(struct mix *mix, const double *weight, int count)
{
	*mix = (struct mix){.count = count < SCENARIO_MAX_TASKS ? count : SCENARIO_MAX_TASKS, .solo = -1};
	for (int i = 0; i < mix->count; i++)
		mix->weight[i] = weight ? weight[i] : 1;
}

bool mix_sends(const struct mix *mix, int task)
{
	return mix->solo >= 0 ? task == mix->solo : !mix->muted[task] && mix->weight[task] > 0;
}

static bool sends_any(const struct mix *mix)
{
	for (int i = 0; i < mix->count; i++)
		if (mix_sends(mix, i))
			return true;
	return false;
}

/* Takes `next` where it leaves something to send. */
static bool take(struct mix *mix, const struct mix *next)
{
	if (!sends_any(next))
		return false;
	*mix = *next;
	return true;
}

bool mix_change(struct mix *mix, enum mix_kind kind, int task, double factor, char *const *name, char out[MIX_TEXT])
{
	struct mix next = *mix;

	if (task < 0 || task >= mix->count)
		return false;
	switch (kind) {
	case MIX_SOLO:
		next.solo = mix->solo == task ? -1 : task;
		snprintf(out, MIX_TEXT, "%s %s", next.solo < 0 ? "unsolo" : "solo", name[task]);
		break;
	case MIX_MUTE:
		next.muted[task] = !mix->muted[task];
		snprintf(out, MIX_TEXT, "%s %s", next.muted[task] ? "mute" : "unmute", name[task]);
		break;
	case MIX_WEIGHT:
		next.weight[task] = fmin(fmax(mix->weight[task] * factor, MIX_LEAST), MIX_MOST);
		snprintf(out, MIX_TEXT, "weight %s %.6g", name[task], next.weight[task]);
		break;
	}
	return take(mix, &next);
}

/* The task whose name the words begin with; *rest: what follows it. */
static int task_of(const struct mix *mix, char *const *name, const char *text, const char **rest)
{
	int at = -1;
	size_t longest = 0;

	for (int i = 0; i < mix->count; i++) {
		size_t n = strlen(name[i]);

		if (n < longest || strncmp(text, name[i], n) || (text[n] && text[n] != ' '))
			continue;
		at = i;
		longest = n;
	}
	*rest = text + longest;
	return at;
}

bool mix_read(struct mix *mix, const char *text, size_t bytes, char *const *name)
{
	static const char *const verb[] = {"solo ", "unsolo ", "mute ", "unmute ", "weight "};
	enum { SOLO, UNSOLO, MUTE, UNMUTE, WEIGHT, VERBS };
	struct mix next = *mix;
	char words[MIX_TEXT + 1];
	const char *rest;
	int v = 0, task;

	snprintf(words, sizeof words, "%.*s", (int)(bytes < MIX_TEXT ? bytes : MIX_TEXT), text);
	while (v < VERBS && strncmp(words, verb[v], strlen(verb[v])))
		v++;
	if (v == VERBS)
		return false;
	task = task_of(mix, name, words + strlen(verb[v]), &rest);
	if (task < 0 || (v != WEIGHT && *rest))
		return false;
	if (v == SOLO || v == UNSOLO) {
		next.solo = v == SOLO ? task : -1;
	} else if (v == MUTE || v == UNMUTE) {
		next.muted[task] = v == MUTE;
	} else {
		double weight = strtod(rest, NULL);

		if (!(weight >= MIX_LEAST && weight <= MIX_MOST))
			return false;
		next.weight[task] = weight;
	}
	return take(mix, &next);
}
