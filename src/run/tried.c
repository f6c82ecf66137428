#include "tried.h"

#include <string.h>

#include "base/archive.h"
#include "base/utf8.h"

static enum trial_event what_of(const struct rec_event *e)
{
	return (enum trial_event)(e->value & 0xff);
}

bool tried_alters(const struct rec_event *e)
{
	return what_of(e) == TRIAL_SET && e->value >> 16 & 1;
}

static void take(struct snap_trial *s, const struct rec_event *e)
{
	memset(s, 0, sizeof *s);
	/* A run file may hold anything. */
	utf8_clean(e->text, e->text_bytes, s->text, sizeof s->text);
	s->t_us = e->rec.t_us;
	s->axis = (uint8_t)(e->value >> 8 & 0xff);
}

void tried_event(struct tried *t, const struct rec_event *e)
{
	if ((e->value >> 8 & 0xff) >= TRIAL_AXES)
		return;
	switch (what_of(e)) {
	case TRIAL_BEGAN:
		take(&t->now, e);
		t->now.state = SNAP_TRIES;
		break;
	case TRIAL_ENDED:
		take(&t->now, e);
		t->now.state = SNAP_TRIED;
		t->ended[t->now.axis] = t->now;
		break;
	default:
		break;
	}
}

static void one_archive(struct snap_trial *s, struct archive *a)
{
	uint8_t state = (uint8_t)s->state;

	archive_u8(a, &state, SNAP_TRIED);
	s->state = state;
	archive_u8(a, &s->axis, TRIAL_AXES - 1);
	archive_time(a, &s->t_us);
	archive_text(a, s->text, sizeof s->text);
}

void tried_archive(struct tried *t, struct archive *a)
{
	one_archive(&t->now, a);
	for (int i = 0; i < TRIAL_AXES; i++)
		one_archive(&t->ended[i], a);
}
