#include "swept.h"

#include <string.h>

#include "base/archive.h"
#include "base/utf8.h"

static void take(struct snap_sweep *s, const struct rec_event *e)
{
	memset(s->text, 0, sizeof s->text);
	/* A run file may hold anything. */
	utf8_clean(e->text, e->text_bytes, s->text, sizeof s->text);
	s->t_us = e->rec.t_us;
}

void swept_event(struct snap_sweep *s, const struct rec_event *e)
{
	switch (swept_what(e)) {
	case SWEEP_BEGAN:
		take(s, e);
		s->state = SNAP_SWEEPS;
		break;
	case SWEEP_HELD:
		s->state = SNAP_SWEEP_HELD;
		break;
	case SWEEP_GIVEN_BACK:
		s->state = SNAP_SWEEPS;
		break;
	case SWEEP_ENDED:
		take(s, e);
		s->state = SNAP_SWEPT;
		break;
	default:
		break;
	}
}

void swept_archive(struct snap_sweep *s, struct archive *a)
{
	uint8_t state = (uint8_t)s->state;

	archive_u8(a, &state, SNAP_SWEPT);
	s->state = state;
	archive_time(a, &s->t_us);
	archive_text(a, s->text, sizeof s->text);
}
