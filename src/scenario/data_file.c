/* Files of rows: which kind it is, and the kinds that are not JSON. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "data_private.h"

static int check_utf8(const struct data_set *set, const char *text, size_t bytes, struct err *err)
{
	int64_t at = utf8_wrong_at(text, bytes);
	uint32_t line = 1;

	if (at < 0)
		return 0;
	for (int64_t i = 0; i < at; i++)
		line += text[i] == '\n';
	return err_set(err, "%.200s:%u: byte 0x%02x; expected UTF-8 text", set->file, line,
		       (unsigned char)text[at]);
}

static int read_lines(struct data_set *set, const char *text, size_t bytes, struct err *err)
{
	const char *end = text + bytes, *p = text;

	if (check_utf8(set, text, bytes, err))
		return -1;
	for (uint32_t line = 1; p < end; line++) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((stop ? stop : end) - p);

		if (n && p[n - 1] == '\r')
			n--;
		if (n) {
			data_begin_row(set, line);
			data_add(set, data_take_column(set, "text", 4), DATA_STRING, p, n);
		}
		p = stop ? stop + 1 : end;
	}
	return 0;
}

/* ---- CSV ---- */

struct csv {
	const struct data_set *set;
	const char *p, *end;
	uint32_t line;
	struct buf field;
	bool last; /* the field just read ended its record */
	struct err *err;
};

static int csv_fail(const struct csv *csv, uint32_t line, const char *what)
{
	return err_set(csv->err, "%.200s:%u: %s", csv->set->file, line, what);
}

static int csv_quoted(struct csv *csv)
{
	uint32_t start = csv->line;

	for (csv->p++;; csv->p++) {
		if (csv->p == csv->end)
			return csv_fail(csv, start, "a quoted field without its end; expected a closing '\"'");
		if (*csv->p == '"') {
			if (csv->p + 1 == csv->end || csv->p[1] != '"')
				break;
			csv->p++;
		}
		csv->line += *csv->p == '\n';
		buf_add(&csv->field, csv->p, 1);
	}
	csv->p++;
	if (csv->p < csv->end && !memchr(",\r\n", *csv->p, 3))
		return csv_fail(csv, csv->line,
				"text behind a quoted field; expected \",\" or the line's end (a quote within is written \"\")");
	return 0;
}

static int csv_field(struct csv *csv)
{
	csv->field.used = 0;
	csv->last = false;
	if (csv->p < csv->end && *csv->p == '"') {
		if (csv_quoted(csv))
			return -1;
	} else {
		const char *start = csv->p;

		while (csv->p < csv->end && !memchr(",\n\"", *csv->p, 3) &&
		       (*csv->p != '\r' || (csv->p + 1 < csv->end && csv->p[1] != '\n')))
			csv->p++;
		if (csv->p < csv->end && *csv->p == '"')
			return csv_fail(csv, csv->line,
					"a quote within a field; expected the whole field in quotes, with \"\" for a quote");
		buf_add(&csv->field, start, (size_t)(csv->p - start));
	}
	buf_terminate(&csv->field);
	if (csv->p < csv->end && *csv->p == ',') {
		csv->p++;
		return 0;
	}
	csv->last = true;
	if (csv->p < csv->end && *csv->p == '\r')
		csv->p++;
	if (csv->p < csv->end && *csv->p == '\n') {
		csv->p++;
		csv->line++;
	}
	return 0;
}

static int csv_header(struct csv *csv, struct data_set *set)
{
	do {
		int before = set->columns;

		if (csv_field(csv))
			return -1;
		if (!csv->field.used || strlen(csv->field.at) != csv->field.used)
			return csv_fail(csv, 1, "a column without a name; expected a header line such as id,text");
		if (data_take_column(set, csv->field.at, csv->field.used) < 0)
			return err_set(csv->err, "%.200s:1: too many columns; expected at most %d", set->file,
				       DATA_MAX_COLUMNS);
		if (set->columns == before)
			return csv_fail(csv, 1, "two columns of the same name; expected names that differ");
	} while (!csv->last);
	return 0;
}

static int csv_record(struct csv *csv, struct data_set *set)
{
	uint32_t line = csv->line;
	int fields = 0;

	data_begin_row(set, line);
	do {
		if (csv_field(csv))
			return -1;
		if (fields < set->columns)
			data_add(set, fields, DATA_STRING, csv->field.at, csv->field.used);
		fields++;
	} while (!csv->last);
	if (fields != set->columns)
		return err_set(csv->err, "%.200s:%u: has %d field%s; expected %d as the header line", set->file,
			       line, fields, fields == 1 ? "" : "s", set->columns);
	return 0;
}

static int read_csv(struct data_set *set, const char *text, size_t bytes, struct err *err)
{
	struct csv csv = {.set = set, .p = text, .end = text + bytes, .line = 1, .err = err};
	int code;

	if (check_utf8(set, text, bytes, err))
		return -1;
	code = csv_header(&csv, set);
	while (!code && csv.p < csv.end) {
		if (*csv.p == '\n' || (*csv.p == '\r' && csv.p + 1 < csv.end && csv.p[1] == '\n')) {
			csv.p += *csv.p == '\r' ? 2 : 1;
			csv.line++;
			continue;
		}
		code = csv_record(&csv, set);
	}
	buf_fini(&csv.field);
	return code;
}

/* ---- files ---- */

static int read_file(int fd, const char *path, struct buf *out, struct err *err)
{
	for (;;) {
		ssize_t n = read(fd, buf_reserve(out, 256 << 10), 256 << 10);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(err, "%.200s: %s", path, strerror(errno));
		if (n == 0)
			return 0;
		out->used += (size_t)n;
		if (out->used > DATA_MAX_BYTES)
			return err_set(err, "%.200s: larger than %u MiB", path, DATA_MAX_BYTES >> 20);
	}
}

/* A file, or a pipe that ends; no device, which would not. */
static int open_file(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return err_set(err, "%.200s: %s", path, strerror(errno));
	if (fstat(fd, &st) || !(S_ISREG(st.st_mode) || S_ISFIFO(st.st_mode))) {
		close(fd);
		return err_set(err, "%.200s: is not a file; expected rows of data", path);
	}
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	return fd;
}

static bool ends_in(const char *path, const char *ending)
{
	size_t n = strlen(path), e = strlen(ending);

	return n >= e && !strcasecmp(path + n - e, ending);
}

static int read_rows(struct data_set *set, const char *text, size_t bytes, struct err *err)
{
	size_t first = 0;

	if (bytes >= 3 && !memcmp(text, "\xef\xbb\xbf", 3)) {
		text += 3;
		bytes -= 3;
	}
	if (ends_in(set->file, ".csv"))
		return bytes ? read_csv(set, text, bytes, err) : 0;
	while (first < bytes && strchr(" \t\r\n", text[first]) && text[first])
		first++;
	if (!ends_in(set->file, ".txt") &&
	    (ends_in(set->file, ".json") || ends_in(set->file, ".jsonl") ||
	     (first < bytes && memchr("{[\"", text[first], 3))))
		return data_read_json(set, text, bytes, err);
	return read_lines(set, text, bytes, err);
}

int data_load(const char *name, const char *path, enum data_order order, uint64_t seed,
	      struct data_set **out, struct err *err)
{
	struct buf text = {0};
	struct data_set *set;
	int fd = open_file(path, err), code;

	if (fd < 0)
		return -1;
	code = read_file(fd, path, &text, err);
	close(fd);
	if (code) {
		buf_fini(&text);
		return -1;
	}
	set = data_new(name, path, order, seed);
	code = read_rows(set, text.at, text.used, err) || data_finish(set, err) ? -1 : 0;
	buf_fini(&text);
	if (code)
		data_free(set);
	else
		*out = set;
	return code;
}
