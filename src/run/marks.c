#include "marks.h"

#include "base/archive.h"
#include "base/utf8.h"

/* What a mark says of its moment may be anything: a run file has it. */
void marks_event(struct marks *m, const struct rec_event *e)
{
	int64_t t_us = e->value < 0 ? 0 : e->value > ARCHIVE_TIME_MAX ? ARCHIVE_TIME_MAX : e->value;
	char note[COURSE_NOTE];

	utf8_clean(e->text, e->text_bytes, note, sizeof note);
	m->count = course_mark_put(m->at, m->count, t_us, note);
	m->all++;
}

void marks_archive(struct marks *m, struct archive *a)
{
	int64_t before = 0;

	archive_count(a, &m->all);
	archive_int(a, &m->count, 0, COURSE_MARKS);
	for (int i = 0; i < m->count; i++) {
		archive_i64(a, &m->at[i].t_us, before, ARCHIVE_TIME_MAX);
		archive_text(a, m->at[i].note, sizeof m->at[i].note);
		before = m->at[i].t_us;
	}
	a->bad |= m->all < (uint64_t)m->count;
}
