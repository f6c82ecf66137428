#include "ui/view.h"

#include <stdio.h>
#include <string.h>

#define LABELS 10
#define LEFT 3
#define ABREAST 40 /* cells from which the labels stand beside the text */

/* Their names behind each other; the canvas cuts what is too much. */
static void task_names(const struct snapshot *s, const struct snap_error *e, char *out, size_t bytes)
{
	uint64_t tasks = e->tasks ? e->tasks : e->task >= 0 && e->task < SNAP_TASKS ? UINT64_C(1) << e->task : 0;
	size_t used = 0;

	*out = '\0';
	for (int t = 0; t < s->task_count && t < SNAP_TASKS && used < bytes; t++)
		if (tasks >> t & 1)
			used += (size_t)snprintf(out + used, bytes - used, "%s%s", used ? ", " : "",
						 s->task[t].name);
	if (!*out)
		snprintf(out, bytes, "several");
}

/* "answer    {"error": ..." over several rows; returns the first row after it. */
static int field_draw(const struct scene *scene, struct view body, int y, const char *label, struct pen pen, const char *text)
{
	int x = body.width < ABREAST ? 0 : LEFT, room = body.height - y;
	struct view rest = view_part(body, 0, y, body.width, room);

	if (room <= 0)
		return y;
	if (body.width >= ABREAST) {
		view_text(rest, x, 0, PEN(ROLE_DIM), label);
		x += LABELS;
	}
	return y + wrap_draw(rest, scene->g, x, pen, text, room);
}

void pane_error_detail(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;
	struct view body = view_part(view, 0, 1, view.width - 1, view.height - 1);
	int at = errors_cursor(scene), y = 0;
	const struct snap_error *e = at >= 0 ? &s->error[at] : NULL;
	char name[48] = "", text[2048], clean[256], from[FORMAT_BYTES], to[FORMAT_BYTES];

	if (e) {
		words_error(e, name, sizeof name);
		snprintf(text, sizeof text, "%s: %s", name,
			 (unsigned)e->error < ERROR_CLASS_COUNT ? error_class_help(e->error) : "unknown");
	}
	rule_draw(view, scene->g, scene_focused(scene, PANE_DETAIL), e ? text : "the error under the cursor", NULL);
	if (!e)
		return;
	words_clean(e->message, clean, sizeof clean);
	y = field_draw(scene, body, y, "message", PEN(ROLE_TEXT), *clean ? clean : name);
	if (e->alike > 1) {
		snprintf(text, sizeof text, "%u%s different messages; they differ in numbers and ids only", e->alike,
			 e->alike < SNAP_ALIKE ? "" : " or more");
		y = field_draw(scene, body, y, "alike", PEN(ROLE_DIM), text);
	}
	words_clean(e->excerpt, clean, sizeof clean);
	y = field_draw(scene, body, y, "answer", PEN(*clean ? ROLE_TEXT : ROLE_DIM),
		       *clean ? clean : "no bytes of it came");
	task_names(s, e, text, sizeof text);
	y = field_draw(scene, body, y, "tasks", PEN(ROLE_TEXT), text);
	format_elapsed(e->first_us, from);
	format_elapsed(e->last_us, to);
	snprintf(text, sizeof text, strcmp(from, to) ? "first at %s, last at %s" : "at %s", from, to);
	field_draw(scene, body, y, "when", PEN(ROLE_TEXT), text);
}
