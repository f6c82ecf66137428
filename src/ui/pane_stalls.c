#include "ui/view.h"

#include <stdio.h>

#define LEFT 3

/* "31.2 s", then "02:11". */
static const char *moment(int64_t us, char out[FORMAT_BYTES])
{
	if (us >= 0 && us < 99950000)
		snprintf(out, FORMAT_BYTES, "%.1f s", (double)us / 1e6);
	else
		format_elapsed(us, out);
	return out;
}

static struct pen summary(const struct scene *scene, char *out, size_t bytes)
{
	const struct snapshot *s = scene->s;
	char count[FORMAT_BYTES], threshold[FORMAT_BYTES], longest[FORMAT_BYTES];

	if (s->stall_threshold_us <= 0) {
		snprintf(out, bytes, "not yet known: 100 gaps are needed for a median");
		return PEN(ROLE_DIM);
	}
	format_duration((double)s->stall_threshold_us, scene->g, threshold);
	if (!s->stall_gaps) {
		snprintf(out, bytes, "none: no gap beyond %s (5 %s the median)", threshold, scene->g->times);
		return PEN(ROLE_OK);
	}
	snprintf(out, bytes, "%s %s beyond %s (5 %s the median), the longest %s",
		 format_count(s->stall_gaps, count), s->stall_gaps == 1 ? "gap" : "gaps", threshold, scene->g->times,
		 format_duration((double)s->stall_longest_us, scene->g, longest));
	return PEN(ROLE_TEXT);
}

/* "47 of 48 streams paused 820 ms at 31.2 s"; most of them together is what a
 * server does, not a stream. */
static struct pen sentence(const struct scene *scene, const struct snap_stall *stall, char *out, size_t bytes)
{
	char length[FORMAT_BYTES], when[FORMAT_BYTES];

	snprintf(out, bytes, "%u of %u streams paused %s at %s", stall->streams, stall->open,
		 format_duration((double)stall->length_us, scene->g, length), moment(stall->t_us, when));
	return PEN(stall->streams >= stall->open / 2 + 1 ? ROLE_WARN : ROLE_TEXT);
}

/* Where there is one row for all. */
static int most_common(const struct snapshot *s)
{
	int most = 0;

	for (int i = 1; i < s->stall_count; i++)
		if (s->stall[i].streams > s->stall[most].streams)
			most = i;
	return most;
}

void pane_stalls(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;
	double per_read = scene_events_per_read(&s->now);
	struct view body = view_part(view, 0, 1, view.width - 1, view.height - 1);
	char text[192], cut[192], number[FORMAT_BYTES];
	int y = 0, left = view.width < 40 ? 0 : LEFT, rows, shown;
	struct line right;
	struct piece *piece;
	struct pen pen;

	line_init(&right);
	piece = line_piece(&right, 0, 0);
	line_span(piece, PEN(per_read > SCENE_BUFFERED ? ROLE_WARN : ROLE_TEXT), "%s",
		  scene_per_read(scene, per_read, number));
	line_span(piece, PEN(ROLE_DIM), " events per read");
	rule_draw(view, scene->g, scene_focused(scene, PANE_STALLS),
		  view.width < 50 ? "stalls" : "stalls, whole run", &right);
	if (per_read > SCENE_BUFFERED)
		view_text(body, left, y++, PEN(ROLE_WARN),
			  format_fit("several events a read: a proxy may be buffering", body.width - left, scene->g,
				     cut, sizeof cut));
	pen = summary(scene, text, sizeof text);
	if (y < body.height)
		view_text(body, left, y++, pen, format_fit(text, body.width - left, scene->g, cut, sizeof cut));
	rows = body.height - y;
	shown = s->stall_count <= rows ? s->stall_count : rows > 1 ? rows - 1 : rows;
	for (int i = 0; i < shown; i++) {
		pen = sentence(scene, &s->stall[rows == 1 ? most_common(s) : i], text, sizeof text);
		view_text(body, left, y++, pen, format_fit(text, body.width - left, scene->g, cut, sizeof cut));
	}
	if (rows > 1 && s->stall_count > rows)
		view_printf(body, left, y, PEN(ROLE_DIM), "and %d earlier", s->stall_count - shown);
}
