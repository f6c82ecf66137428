#include "head.h"

#include <string.h>
#include <strings.h>

#include "token.h"

#define MAGIC "HTTP/1."
#define MAGIC_BYTES (sizeof MAGIC - 1)

static void begin_answer(struct head *head)
{
	head->status = 0;
	head->content_bytes = -1;
	head->old = head->chunked = head->coded = head->closes = head->keeps = false;
	head->frames = head->any_line = false;
}

void head_begin(struct head *head)
{
	head->lines.longest = HEAD_LINE_MAX;
	lines_begin(&head->lines);
	head->bytes = 0;
	head->begun = 0;
	head->problem = NULL;
	begin_answer(head);
}

void head_fini(struct head *head)
{
	lines_fini(&head->lines);
}

void head_feed(struct head *head, const char *piece, size_t bytes)
{
	lines_feed(&head->lines, piece, bytes);
}

const char *head_rest(const struct head *head, size_t *bytes)
{
	*bytes = (size_t)(head->lines.end - head->lines.at);
	return head->lines.at;
}

static enum head_step bad(struct head *head, const char *problem)
{
	head->problem = problem;
	return HEAD_BAD;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Something else is told by its first bytes, not when a line of it has ended. */
static bool may_be_http(const char *bytes, size_t n)
{
	return !memcmp(bytes, MAGIC, n < MAGIC_BYTES ? n : MAGIC_BYTES);
}

/* "HTTP/1.1 200 OK"; the reason may be missing, and the space before it. */
static enum head_step status_line(struct head *head, const char *line, size_t n)
{
	const char *code = line + MAGIC_BYTES + 2;

	if (n < MAGIC_BYTES || !may_be_http(line, n))
		return bad(head, "the answer is not HTTP");
	if (n < MAGIC_BYTES + 5 || !is_digit(line[MAGIC_BYTES]) || code[-1] != ' ' ||
	    code[0] < '1' || !is_digit(code[0]) || !is_digit(code[1]) || !is_digit(code[2]) ||
	    (n > MAGIC_BYTES + 5 && code[3] != ' '))
		return bad(head, "the answer has no HTTP status");
	head->status = (uint16_t)((code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0'));
	head->old = line[MAGIC_BYTES] == '0';
	return HEAD_MORE;
}

/* --- what frames the body --- */

static bool is(const char *text, size_t n, const char *word)
{
	return n == strlen(word) && !strncasecmp(text, word, n);
}

/* The next member of a list "a, b", blanks around it taken off. */
static bool member(const char **at, const char *end, const char **text, size_t *n)
{
	const char *from = *at, *comma;

	if (from >= end)
		return false;
	comma = memchr(from, ',', (size_t)(end - from));
	*at = comma ? comma + 1 : end;
	if (comma)
		end = comma;
	while (from < end && (*from == ' ' || *from == '\t'))
		from++;
	while (end > from && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	*text = from;
	*n = (size_t)(end - from);
	return true;
}

static int64_t number(const char *text, size_t n)
{
	int64_t number = 0;

	for (size_t i = 0; i < n; i++) {
		if (!is_digit(text[i]) || number > INT64_MAX / 10 - 9)
			return -1;
		number = number * 10 + (text[i] - '0');
	}
	return n ? number : -1;
}

/* The same length said twice is one length. */
const char *head_content_length(const char *at, const char *end, int64_t *content_bytes)
{
	static const char none[] = "the answer's Content-Length is no number";
	const char *text;
	size_t n;
	bool any = false;

	while (member(&at, end, &text, &n)) {
		int64_t bytes = number(text, n);

		if (bytes < 0)
			return none;
		if (*content_bytes >= 0 && *content_bytes != bytes)
			return "the answer has two Content-Lengths that differ";
		*content_bytes = bytes;
		any = true;
	}
	return any ? NULL : none;
}

static bool content_length(struct head *head, const char *at, const char *end)
{
	const char *problem = head_content_length(at, end, &head->content_bytes);

	if (problem)
		bad(head, problem);
	return !problem;
}

static void transfer_encoding(struct head *head, const char *at, const char *end)
{
	const char *text;
	size_t n;

	while (member(&at, end, &text, &n)) {
		if (is(text, n, "chunked") && !head->chunked)
			head->chunked = true;
		else if (n && !is(text, n, "identity"))
			head->coded = true;
	}
}

static void connection(struct head *head, const char *at, const char *end)
{
	const char *text;
	size_t n;

	while (member(&at, end, &text, &n)) {
		head->closes |= is(text, n, "close");
		head->keeps |= is(text, n, "keep-alive");
	}
}

/* Most names are of another length than these. */
static bool note_value(struct head *head, const char *name, size_t n, const char *at,
		       const char *end)
{
	head->frames = true;
	if (n == 14 && is(name, n, "Content-Length"))
		return content_length(head, at, end);
	if (n == 17 && is(name, n, "Transfer-Encoding"))
		transfer_encoding(head, at, end);
	else if (n == 10 && is(name, n, "Connection"))
		connection(head, at, end);
	else
		head->frames = false;
	return true;
}

static enum head_step header_line(struct head *head, const char *line, size_t n)
{
	size_t name = 0;

	/* NUL and a CR on its own are read differently by different readers. */
	if (memchr(line, '\0', n) || memchr(line, '\r', n))
		return bad(head, "the answer has a broken header line");
	if (*line == ' ' || *line == '\t') {
		/* It would change what has been understood. */
		if (head->frames || !head->any_line)
			return bad(head, "the answer has a broken header line");
		return HEAD_LINE;
	}
	while (name < n && http_is_token(line[name]))
		name++;
	if (!name || name == n || line[name] != ':')
		return bad(head, "the answer has a broken header line");
	head->any_line = true;
	return note_value(head, line, name, line + name + 1, line + n) ? HEAD_LINE : HEAD_BAD;
}

static bool is_interim(const struct head *head)
{
	return head->status < 200 && head->status != 101;
}

/* No whole line is left in the piece. */
static enum head_step part(struct head *head)
{
	const struct buf *part = &head->lines.part;

	if (head->lines.cut || head->bytes + part->used > HEAD_MAX)
		return bad(head, "a header is too long to be read");
	if (!head->status && part->used && !may_be_http(part->at, part->used))
		return bad(head, "the answer is not HTTP");
	return HEAD_MORE;
}

enum head_step head_next(struct head *head, struct line *line)
{
	for (;;) {
		bool begins = !head->status && !head->lines.part.used;
		enum head_step step;

		if (begins && head->lines.at < head->lines.end)
			head->begun++;
		if (!lines_next(&head->lines, line))
			return part(head);
		head->bytes += line->bytes + 1;
		if (line->cut || head->bytes > HEAD_MAX)
			return bad(head, "a header is too long to be read");
		if (line->bytes && line->at[line->bytes - 1] == '\r')
			line->bytes--;
		if (!head->status) {
			step = status_line(head, line->at, line->bytes);
		} else if (line->bytes) {
			step = header_line(head, line->at, line->bytes);
			if (step == HEAD_LINE && is_interim(head))
				continue;
		} else if (is_interim(head)) {
			begin_answer(head);
			continue;
		} else {
			step = HEAD_END;
		}
		if (step != HEAD_MORE)
			return step;
	}
}
