/* What limits the service, and why it is said (run/diagnosis.h). Its room does not depend
 * on what there is to say. */
#include "ui/view.h"

#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

#define LEFT 3
#define TEXT_BYTES (2 * DIAGNOSIS_TEXT)

static char *set(const struct scene *scene, const char *text, char out[TEXT_BYTES])
{
	return scene_signs(scene, text, out, TEXT_BYTES);
}

/* The load of a picture of the past cannot be changed. */
static const char *next_of(const struct scene *scene)
{
	return dashboard_recorded(scene->d) ? scene->s->diagnosis.past : scene->s->diagnosis.next;
}

static enum role role_of(enum diagnosis_cause cause)
{
	switch (cause) {
	case CAUSE_NOT_ENOUGH:
		return ROLE_DIM;
	case CAUSE_NOTHING:
		return ROLE_OK;
	case CAUSE_CLIENT:
		return ROLE_BAD;
	default:
		return ROLE_WARN;
	}
}

/* Of the recording, or of what is not known yet: there is no cause to name. */
static bool other_words(const struct scene *scene, char out[TEXT_BYTES], struct pen *pen)
{
	*pen = PEN(scene->d->trouble ? ROLE_BAD : ROLE_TEXT);
	if (scene->d->trouble)
		snprintf(out, TEXT_BYTES, "%s", scene->d->trouble);
	else if (!*scene->s->diagnosis.sentence)
		words_compare(scene, out, TEXT_BYTES);
	else
		return false;
	return true;
}

/* The cause, which begins the sentence, in its colour; where it is not broken over rows. */
static void cause_draw(struct view body, int x, enum diagnosis_cause cause)
{
	const char *words = diagnosis_words(cause);

	if (x + (int)strlen(words) < body.width)
		view_text(body, x, 0, PEN(role_of(cause)), words);
}

/* Without a title, where there is a row or two. */
static void in_brief(const struct scene *scene, struct view view)
{
	const struct diagnosis *d = &scene->s->diagnosis;
	enum diagnosis_cause cause = (enum diagnosis_cause)d->cause;
	struct view body = view_part(view, 0, 0, view.width - 1, view.height);
	char text[TEXT_BYTES], whole[3 * DIAGNOSIS_TEXT];
	const char *next = next_of(scene);
	struct pen pen;

	if (other_words(scene, text, &pen)) {
		wrap_draw(body, scene->g, 1, pen, text, body.height);
		return;
	}
	snprintf(whole, sizeof whole, "%s: %s%s%s", diagnosis_words(cause), d->sentence, *next ? "; " : "", next);
	wrap_draw(body, scene->g, 1, PEN(ROLE_TEXT), set(scene, whole, text), body.height);
	cause_draw(body, 1, cause);
}

/* Each begins a line; what has no room any more is left out. */
static void evidence_draw(const struct scene *scene, struct view body, int y)
{
	const struct diagnosis *d = &scene->s->diagnosis;
	char text[TEXT_BYTES];

	for (int i = 0; i < d->lines && i < DIAGNOSIS_LINES && y < body.height; i++)
		y += wrap_draw(view_part(body, 0, y, body.width, body.height - y), scene->g, LEFT + 2, PEN(ROLE_TEXT),
			       set(scene, d->line[i], text), body.height - y);
}

void pane_verdict(const struct scene *scene, struct view view)
{
	const struct diagnosis *d = &scene->s->diagnosis;
	enum diagnosis_cause cause = (enum diagnosis_cause)d->cause;
	struct view body = view_part(view, 0, 1, view.width - 1, view.height - 1);
	char text[TEXT_BYTES], whole[TEXT_BYTES];
	const char *next = next_of(scene);
	struct pen pen;
	int y;

	if (view.height <= 2) {
		in_brief(scene, view);
		return;
	}
	rule_draw(view, scene->g, scene_focused(scene, PANE_VERDICT), "verdict", NULL);
	if (other_words(scene, text, &pen)) {
		wrap_draw(body, scene->g, LEFT, pen, text, body.height);
		return;
	}
	snprintf(whole, sizeof whole, "%s: %s", diagnosis_words(cause), d->sentence);
	/* Two rows are one text where a row is not enough for the first half. */
	if (body.height == 2 && *next && LEFT + utf8_cells(set(scene, whole, text)) > body.width) {
		snprintf(whole + strlen(whole), sizeof whole - strlen(whole), "; %s", next);
		next = "";
	}
	y = wrap_draw(body, scene->g, LEFT, PEN(ROLE_TEXT), set(scene, whole, text),
		      body.height > 1 && *next ? body.height - 1 : body.height);
	cause_draw(body, LEFT, cause);
	if (*next && y < body.height)
		y += wrap_draw(view_part(body, 0, y, body.width, body.height - y), scene->g, LEFT, PEN(ROLE_DIM),
			       set(scene, next, text), body.height - y);
	if (scene->d->zoomed)
		evidence_draw(scene, body, y + 1);
}
