#include "scenario/data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"

static char dir[] = "/tmp/brunt-data-XXXXXX";
static char *path;
static struct data_set *set;

static void write_file(const char *name, const char *text, size_t bytes)
{
	FILE *f;

	free(path);
	path = xasprintf("%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, bytes, f), bytes);
	fclose(f);
}

static void load_bytes(const char *name, const char *text, size_t bytes)
{
	struct err err;

	write_file(name, text, bytes);
	if (data_load("d", path, DATA_SEQUENTIAL, 1, &set, &err))
		fail_msg("%s", err.text);
}

static void load(const char *name, const char *text)
{
	load_bytes(name, text, strlen(text));
}

static int clean(void **state)
{
	(void)state;
	data_free(set);
	set = NULL;
	if (path)
		unlink(path);
	free(path);
	path = NULL;
	return 0;
}

/* The file is refused with "FILE" and this after it. */
static void refuse(const char *name, const char *text, const char *message)
{
	struct data_set *out = NULL;
	struct err err;

	write_file(name, text, strlen(text));
	assert_int_equal(data_load("d", path, DATA_SEQUENTIAL, 1, &out, &err), -1);
	assert_null(out);
	assert_memory_equal(err.text, path, strlen(path));
	assert_string_equal(err.text + strlen(path), message);
	clean(NULL);
}

static const char *text_of(uint64_t row, const char *field, enum data_kind expected)
{
	enum data_kind kind;
	size_t bytes;
	int column = data_column(set, field);
	const char *text;

	assert_true(column >= 0);
	text = data_text(set, row, column, &bytes, &kind);
	assert_int_equal(kind, expected);
	if (text)
		assert_int_equal(strlen(text), bytes);
	return text;
}

static char *made_text(uint64_t row)
{
	int column = data_column(set, "text");
	size_t room = data_room(set, row, column);
	char *out = xmalloc(room + 1);
	size_t bytes = data_write(set, row, column, out);

	assert_true(bytes <= room);
	out[bytes] = '\0';
	return out;
}

/* ---- formats ---- */

static void json_lines(void **state)
{
	uint32_t line = 0;

	(void)state;
	load("a.jsonl", "\xef\xbb\xbf{\"prompt\":\"one\",\"n\": 1.0}\n\n \"two\" \r\n{\"text\":\"three\",\"o\":{\"a\": [1, 2]}}");
	assert_int_equal(data_rows(set), 3);
	assert_string_equal(data_name(set), "d");
	assert_string_equal(text_of(0, "prompt", DATA_STRING), "one");
	assert_string_equal(text_of(0, "text", DATA_STRING), "one");
	assert_string_equal(text_of(0, "n", DATA_JSON), "1.0");
	assert_string_equal(text_of(1, "text", DATA_STRING), "two");
	assert_string_equal(text_of(2, "text", DATA_STRING), "three");
	assert_string_equal(text_of(2, "o", DATA_JSON), "{\"a\":[1,2]}");
	assert_null(text_of(1, "n", DATA_NONE));
	assert_int_equal(data_column(set, "x"), -1);
	assert_string_equal(data_fields(set), "prompt, text, n, o");
	assert_int_equal(data_lacking(set, data_column(set, "text"), &line), -1);
	assert_int_equal(data_lacking(set, data_column(set, "n"), &line), 1);
	assert_int_equal(line, 3);
	assert_int_equal(data_timestamp_ms(set, 0), -1);
}

static void rows_without_a_field(void **state)
{
	enum data_kind kind;
	size_t bytes;

	(void)state;
	load("f.jsonl", "{}\n{}\n");
	assert_int_equal(data_rows(set), 2);
	assert_string_equal(data_fields(set), "");
	assert_null(data_text(set, 1, 0, &bytes, &kind));
	assert_int_equal(kind, DATA_NONE);
}

static void an_array_of_rows(void **state)
{
	(void)state;
	load("a.json", "\n[ {\"a\": \"x,]}\\\"[\", \"b\":[[],{}]},\n\"s\" ]\n");
	assert_int_equal(data_rows(set), 2);
	assert_string_equal(text_of(0, "a", DATA_STRING), "x,]}\"[");
	assert_string_equal(text_of(1, "text", DATA_STRING), "s");
}

static void csv(void **state)
{
	(void)state;
	load("a.CSV", "id,text,\"the \"\"topic\"\"\"\r\n1,\"a, \"\"b\"\"\r\nc\",\n\r\n2,,\"\"\n3,\xc3\xa9 x,last");
	assert_int_equal(data_rows(set), 3);
	assert_string_equal(data_fields(set), "id, text, the \"topic\"");
	assert_string_equal(text_of(0, "id", DATA_STRING), "1");
	assert_string_equal(text_of(0, "text", DATA_STRING), "a, \"b\"\r\nc");
	assert_string_equal(text_of(0, "the \"topic\"", DATA_STRING), "");
	assert_string_equal(text_of(1, "text", DATA_STRING), "");
	assert_string_equal(text_of(2, "text", DATA_STRING), "\xc3\xa9 x");
	assert_string_equal(text_of(2, "the \"topic\"", DATA_STRING), "last");
	clean(NULL);
	load("b.csv", "a\n\"x\"\n");
	assert_int_equal(data_rows(set), 1);
}

static void plain_lines(void **state)
{
	(void)state;
	load("a.txt", "{not json}\r\n\nsecond");
	assert_int_equal(data_rows(set), 2);
	assert_string_equal(text_of(0, "text", DATA_STRING), "{not json}");
	clean(NULL);
	load("prompts", "What is this?\nAnd this?\n");
	assert_string_equal(text_of(1, "text", DATA_STRING), "And this?");
	clean(NULL);
	load("rows", "{\"text\":\"x\"}");
	assert_string_equal(text_of(0, "text", DATA_STRING), "x");
}

static void sharegpt(void **state)
{
	(void)state;
	load("s.json", "[{\"id\":\"a\",\"conversations\":[{\"from\":\"system\",\"value\":\"S\"},{\"from\":\"human\",\"value\":\"Hi \\\"you\\\"\"},"
		       "{\"from\":\"gpt\",\"value\":\"Yes\"},{\"from\":\"human\",\"value\":\"More\"}]},\n"
		       "{\"id\":\"b\",\"conversations\":[{\"from\":\"gpt\",\"value\":\"alone\"}]},{\"id\":\"c\",\"conversations\":[]},"
		       "{\"id\":\"d\",\"conversations\":[{\"from\":\"user\",\"value\":\"Only\"}]}]");
	assert_int_equal(data_rows(set), 2);
	assert_string_equal(text_of(0, "text", DATA_STRING), "Hi \"you\"");
	assert_string_equal(text_of(0, "turns", DATA_JSON), "[\"Hi \\\"you\\\"\",\"More\"]");
	assert_string_equal(text_of(0, "id", DATA_STRING), "a");
	assert_string_equal(text_of(1, "text", DATA_STRING), "Only");
	assert_string_equal(text_of(1, "id", DATA_STRING), "d");
	assert_int_equal(data_column(set, "conversations"), -1);
}

static int words_of(const char *text)
{
	int words = 1;

	for (; *text; text++)
		words += *text == ' ';
	return words;
}

static void mooncake(void **state)
{
	char *first, *second, *third;

	(void)state;
	load("t.jsonl", "{\"timestamp\": 0, \"input_length\": 1000, \"output_length\": 52, \"hash_ids\": [46, 47]}\n"
			"{\"timestamp\": 3001, \"input_length\": 600, \"output_length\": 7, \"hash_ids\": [46, 48]}\n"
			"{\"timestamp\": 9, \"input_length\": 9999, \"output_length\": 7, \"hash_ids\": [9007199254740992]}\n");
	assert_string_equal(text_of(0, "output_length", DATA_JSON), "52");
	assert_int_equal(data_timestamp_ms(set, 1), 3001);
	assert_null(text_of(0, "text", DATA_MADE));
	first = made_text(0);
	second = made_text(1);
	third = made_text(2);
	assert_int_equal(words_of(first), 1000);
	assert_int_equal(words_of(second), 600);
	assert_int_equal(words_of(third), 512);
	/* A block is the same wherever its id stands, and differs from others. */
	assert_memory_equal(first, "46 ", 3);
	char *mark = strstr(first, " 47 ");
	assert_non_null(mark);
	size_t block = (size_t)(mark - first);
	assert_memory_equal(second, first, block);
	assert_memory_equal(second + block, " 48 ", 4);
	assert_true(strncmp(second + block + 4, first + block + 4, 20) != 0);
	assert_int_equal(strspn(first, "abcdefghijklmnopqrstuvwxyz0123456789 "), strlen(first));
	free(first);
	free(second);
	free(third);
}

/* ---- what is refused ---- */

static void bad_files(void **state)
{
	static const struct {
		const char *name, *text, *message;
	} rows[] = {
		{"a.jsonl", "{\"a\":1}\n{\"a\":}\n", ":2: /a: found \"}\"; expected a JSON value"},
		{"a.jsonl", "\"x\"\n{\"a\":1}{\n", ":2: /: found \"{\"; expected nothing after the end of the JSON value"},
		{"a.jsonl", "\"x\"\n\n7\n", ":3: /: is a number; expected an object of fields or a string"},
		{"a.jsonl", "{\"a\":1,\"a\":2}", ":1: /a: duplicate key, given before on line 1; expected it once"},
		{"a.jsonl", "", ": has no rows; expected at least one"},
		{"a.jsonl", "\n \n", ": has no rows; expected at least one"},
		{"a.jsonl", "plain", ":1: /: found \"p\"; expected a JSON value"},
		{"a.jsonl", "\"\xff\"", ":1: /: byte 0xff in a string; expected UTF-8 text"},
		{"a.jsonl", "{\"a\\u0000\":1}", ":1: /a: a field's name contains \\u0000; expected text"},
		{"a.json", "[]", ": has no rows; expected at least one"},
		{"a.json", "[\"a\",\n\"b\"", ":2: the file ends within the array; expected \"]\""},
		{"a.json", "[\"a\",\n]", ":2: /: found the end of the file; expected a JSON value"},
		{"a.json", "[\"a\"]\n\nx", ":3: text behind the array; expected the end of the file"},
		{"a.json", "[\"a\",\n{\"b\":\n\n x}]", ":4: /b: found \"x\"; expected a JSON value"},
		{"a.csv", "", ": has no rows; expected at least one"},
		{"a.csv", "a,b\n", ": has no rows; expected at least one"},
		{"a.csv", "a,a\n1,2", ":1: two columns of the same name; expected names that differ"},
		{"a.csv", "a,\n1,2", ":1: a column without a name; expected a header line such as id,text"},
		{"a.csv", "a,b\n1,\"x\ny\"\n3\n", ":4: has 1 field; expected 2 as the header line"},
		{"a.csv", "a,b\n1,2,3\n", ":2: has 3 fields; expected 2 as the header line"},
		{"a.csv", "a\n\"x\ny", ":2: a quoted field without its end; expected a closing '\"'"},
		{"a.csv", "a\n\"x\ny\"z\n", ":3: text behind a quoted field; expected \",\" or the line's end (a quote within is written \"\")"},
		{"a.csv", "a\nx\"y\"\n", ":2: a quote within a field; expected the whole field in quotes, with \"\" for a quote"},
		{"a.csv", "a\nx\n\xc3", ":3: byte 0xc3; expected UTF-8 text"},
		{"a.txt", "x\n\ny\xff", ":3: byte 0xff; expected UTF-8 text"},
		{"s.jsonl", "{\"conversations\":[{\"from\":\"human\"}]}", ":1: /conversations/0: is no turn of a conversation; expected {\"from\": \"human\", \"value\": \"\xe2\x80\xa6\"}"},
		{"t.jsonl", "{\"hash_ids\":[]}", ":1: /hash_ids: has 0 ids; expected 1 to 2048"},
		{"t.jsonl", "{\"hash_ids\":[1,-1]}", ":1: /hash_ids/1: is no id; expected a whole number from 0 to 2^53"},
		{"t.jsonl", "{\"hash_ids\":[1],\"input_length\":\"x\"}", ":1: /input_length: is no length; expected a whole number above 0"},
		{"t.jsonl", "{\"hash_ids\":[1],\"timestamp\":-5}", ":1: /timestamp: is no timestamp; expected milliseconds, 0 or more"},
	};
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		refuse(rows[i].name, rows[i].text, rows[i].message);
	assert_int_equal(data_load("d", "/nonexistent/x", DATA_RANDOM, 1, &set, &err), -1);
	assert_string_equal(err.text, "/nonexistent/x: No such file or directory");
	assert_int_equal(data_load("d", dir, DATA_RANDOM, 1, &set, &err), -1);
	assert_non_null(strstr(err.text, ": is not a file; expected rows of data"));
	assert_int_equal(data_load("d", "/dev/zero", DATA_RANDOM, 1, &set, &err), -1);
	assert_string_equal(err.text, "/dev/zero: is not a file; expected rows of data");
}

/* ---- orders ---- */

#define ROWS 1000

static void load_order(enum data_order order, uint64_t seed)
{
	static char text[ROWS * 8];
	struct err err;
	size_t used = 0;

	for (int i = 0; i < ROWS; i++)
		used += (size_t)sprintf(text + used, "%d\n", i);
	data_free(set);
	set = NULL;
	write_file("o.txt", text, used);
	assert_int_equal(data_load("d", path, order, seed, &set, &err), 0);
}

static void rows_in_order(void **state)
{
	(void)state;
	load_order(DATA_SEQUENTIAL, 1);
	assert_int_equal(data_row(set, 0), 0);
	assert_int_equal(data_row(set, ROWS - 1), ROWS - 1);
	assert_int_equal(data_row(set, ROWS), 0);
}

/* Every row once a round; rounds and seeds differ; nowhere near in order. */
static void rows_shuffled(void **state)
{
	static uint64_t round[3][ROWS];
	int same = 0, in_place = 0;

	(void)state;
	load_order(DATA_SHUFFLED, 1);
	for (int r = 0; r < 2; r++) {
		bool seen[ROWS] = {false};

		for (int i = 0; i < ROWS; i++) {
			uint64_t row = data_row(set, (uint64_t)(r * ROWS + i));

			assert_true(row < ROWS && !seen[row]);
			seen[row] = true;
			round[r][i] = row;
			same += r && round[0][i] == row;
			in_place += row == (uint64_t)i;
		}
	}
	/* A random permutation has one fixed point on average. */
	assert_in_range(same, 0, 9);
	assert_in_range(in_place, 0, 12);
	data_seed(set, 2);
	same = 0;
	for (int i = 0; i < ROWS; i++)
		same += data_row(set, (uint64_t)i) == round[0][i];
	assert_in_range(same, 0, 9);
	data_seed(set, 1);
	for (int i = 0; i < ROWS; i++)
		assert_int_equal(data_row(set, (uint64_t)i), round[0][i]);
}

static void sizes_of_a_shuffle(void **state)
{
	struct err err;

	(void)state;
	for (int rows = 1; rows < 70; rows++) {
		char text[256] = "";
		uint64_t seen[2] = {0};

		for (int i = 0; i < rows; i++)
			strcat(text, "x\n");
		write_file("o.txt", text, strlen(text));
		assert_int_equal(data_load("d", path, DATA_SHUFFLED, 7, &set, &err), 0);
		for (int i = 0; i < rows; i++) {
			uint64_t row = data_row(set, (uint64_t)i);

			assert_true(row < (uint64_t)rows);
			seen[row / 64] |= 1ull << row % 64;
		}
		assert_int_equal(__builtin_popcountll(seen[0]) + __builtin_popcountll(seen[1]), rows);
		clean(NULL);
	}
}

static void rows_at_random(void **state)
{
	int count[10] = {0};

	(void)state;
	load_order(DATA_RANDOM, 1);
	for (uint64_t i = 0; i < 10000; i++) {
		uint64_t row = data_row(set, i);

		assert_true(row < ROWS);
		assert_int_equal(row, data_row(set, i));
		count[row / 100]++;
	}
	/* 1,000 are expected in each tenth; the deviation is 30. */
	for (int i = 0; i < 10; i++)
		assert_in_range(count[i], 850, 1150);
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

int main(void)
{
#define test(f) cmocka_unit_test_teardown(f, clean)
	const struct CMUnitTest tests[] = {
		test(json_lines),
		test(rows_without_a_field), test(an_array_of_rows),
		test(csv),
		test(plain_lines),
		test(sharegpt),
		test(mooncake),
		test(bad_files),
		test(rows_in_order),
		test(rows_shuffled),
		test(sizes_of_a_shuffle),
		test(rows_at_random),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
