#include "sse.h"

#include <stdlib.h>
#include <string.h>

static const char bom[3] = "\xef\xbb\xbf";

void sse_init(struct sse *sse, size_t longest)
{
	*sse = (struct sse){.lines = {.cr_ends = true, .longest = longest + sizeof "data: " - 1}};
	sse_begin(sse);
}

void sse_fini(struct sse *sse)
{
	lines_fini(&sse->lines);
	buf_fini(&sse->data);
}

static void next_event(struct sse *sse)
{
	sse->has_data = sse->too_long = false;
	sse->view = NULL;
	sse->view_bytes = 0;
	sse->data.used = 0;
	sse->type_bytes = 0;
}

void sse_begin(struct sse *sse)
{
	lines_begin(&sse->lines);
	sse->skipped = 0;
	sse->id_bytes = 0;
	sse->retry_ms = -1;
	sse->bom = 0;
	next_event(sse);
}

void sse_feed(struct sse *sse, const char *piece, size_t bytes)
{
	uint8_t held = sse->bom;

	while (sse->bom < sizeof bom && bytes && *piece == bom[sse->bom]) {
		piece++;
		bytes--;
		sse->bom++;
	}
	if (sse->bom < sizeof bom && bytes) {
		/* It was none: what looked like its beginning is text. What this
		 * piece had of it is still there in front of `piece`. */
		piece -= sse->bom - held;
		bytes += (size_t)(sse->bom - held);
		buf_add(&sse->lines.part, bom, held);
		sse->bom = sizeof bom;
	}
	lines_feed(&sse->lines, piece, bytes);
}

/* The view into the piece will not be there any more. */
static void keep_view(struct sse *sse)
{
	if (!sse->view)
		return;
	buf_add(&sse->data, sse->view, sse->view_bytes);
	sse->view = NULL;
}

static void add_data(struct sse *sse, const struct line *line, const char *value, size_t bytes)
{
	size_t before = sse->view ? sse->view_bytes : sse->data.used;

	if (line->cut || before + bytes + sse->has_data > sse->lines.longest - (sizeof "data: " - 1))
		sse->too_long = true;
	if (sse->too_long)
		return;
	if (!sse->has_data && line->in_piece) {
		sse->view = value;
		sse->view_bytes = bytes;
	} else {
		keep_view(sse);
		if (sse->has_data)
			buf_add(&sse->data, "\n", 1);
		buf_add(&sse->data, value, bytes);
	}
	sse->has_data = true;
}

static void set_retry(struct sse *sse, const char *value, size_t bytes)
{
	int64_t ms = 0;

	if (!bytes)
		return;
	for (size_t i = 0; i < bytes; i++) {
		if (value[i] < '0' || value[i] > '9')
			return;
		if (ms < INT64_MAX / 10 - 9)
			ms = ms * 10 + (value[i] - '0');
	}
	sse->retry_ms = ms;
}

static size_t set_name(char *name, const char *value, size_t bytes)
{
	if (bytes > SSE_NAME)
		bytes = SSE_NAME;
	memcpy(name, value, bytes);
	return bytes;
}

static void field(struct sse *sse, const struct line *line)
{
	const char *colon = memchr(line->at, ':', line->bytes);
	size_t name = colon ? (size_t)(colon - line->at) : line->bytes;
	const char *value = colon ? colon + 1 : line->at + line->bytes;
	const char *end = line->at + line->bytes;

#define IS(word) (name == sizeof word - 1 && !memcmp(line->at, word, sizeof word - 1))
	if (value < end && *value == ' ')
		value++;
	size_t bytes = (size_t)(end - value);

	if (IS("data"))
		add_data(sse, line, value, bytes);
	else if (IS("event"))
		sse->type_bytes = set_name(sse->type, value, bytes);
	else if (IS("id") && !memchr(value, '\0', bytes))
		sse->id_bytes = set_name(sse->id, value, bytes);
	else if (IS("retry"))
		set_retry(sse, value, bytes);
#undef IS
}

/* At its blank line; false: there is none to hand out. */
static bool dispatch(struct sse *sse, struct sse_event *event)
{
	bool whole = sse->has_data && !sse->too_long;

	if (whole)
		*event = (struct sse_event){
			.data = sse->view ? sse->view : sse->data.used ? sse->data.at : "",
			.data_bytes = sse->view ? sse->view_bytes : sse->data.used,
			.type = sse->type,
			.type_bytes = sse->type_bytes,
		};
	sse->skipped += sse->too_long;
	next_event(sse); /* leaves the bytes where they are */
	return whole;
}

bool sse_next(struct sse *sse, struct sse_event *event)
{
	struct line line;

	while (lines_next(&sse->lines, &line)) {
		if (line.bytes)
			field(sse, &line);
		else if (dispatch(sse, event))
			return true;
	}
	keep_view(sse);
	return false;
}

bool sse_end(struct sse *sse, struct sse_event *event)
{
	struct line line;
	bool cut = lines_rest(&sse->lines, &line);

	if (cut)
		field(sse, &line);
	if (!dispatch(sse, event))
		return false;
	event->unfinished = true;
	event->cut = cut;
	return true;
}
