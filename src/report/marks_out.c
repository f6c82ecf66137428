#include "marks_out.h"

#include "base/clock.h"
#include "base/units.h"
#include "json_out.h"

#define ELLIPSIS "\xe2\x80\xa6"
#define MOST_MARKS 24
#define LEFT 11 /* where a section's words begin */

void marks_text(const struct text_out *out, const struct result *r)
{
	int skip = r->mark_count > MOST_MARKS ? r->mark_count - MOST_MARKS : 0;
	uint64_t earlier = (uint64_t)skip + r->marks_left_out;
	const char *title = "marks";
	char at[UNITS_BYTES];

	if (!r->mark_count)
		return;
	text_line(out, TEXT_PLAIN, "%s", "");
	if (earlier) {
		text_line(out, TEXT_DIM, "%-*s" ELLIPSIS " %llu earlier", LEFT, title, (unsigned long long)earlier);
		title = "";
	}
	for (int i = skip; i < r->mark_count; i++, title = "")
		text_line(out, TEXT_PLAIN, "%-*s%s%s%s", LEFT, title, units_format_elapsed(r->mark[i].t_us * NS_PER_US, at),
			  *r->mark[i].note ? "  " : "", r->mark[i].note);
}

void marks_put(cJSON *root, const struct result *r)
{
	cJSON *all = json_array(root, "marks");

	for (int i = 0; i < r->mark_count; i++) {
		cJSON *o = json_object(NULL, NULL);

		cJSON_AddItemToArray(all, o);
		json_seconds(o, "t_s", r->mark[i].t_us);
		json_string(o, "name", *r->mark[i].note ? r->mark[i].note : NULL);
	}
	if (r->marks_left_out)
		json_whole(root, "marks_left_out", r->marks_left_out);
}
