/* A data file of any bytes, read in each of the ways files are: rows or a message,
 * and every field of every row is text that may go into a JSON body. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/utf8.h"
#include "scenario/data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void look(const struct data_set *set)
{
	int columns = 0;
	bool seen[4096] = {false};

	for (const char *p = data_fields(set); *p; p++)
		columns += *p == ',';
	for (uint64_t row = 0; row < data_rows(set); row++) {
		for (int c = 0; c <= columns && c < 256; c++) {
			enum data_kind kind;
			size_t n;
			const char *text = data_text(set, row, c, &n, &kind);

			if (kind == DATA_MADE) {
				size_t room = data_room(set, row, c);
				char *out = malloc(room);

				must(out && data_write(set, row, c, out) <= room);
				free(out);
			}
			must(!text == (kind == DATA_NONE || kind == DATA_MADE));
			if (!text)
				continue;
			must(text[n] == '\0');
			for (size_t i = 0; i < n;) {
				uint32_t cp;
				size_t used = utf8_decode(text + i, n - i, &cp);

				must(cp != 0xfffd || used > 1);
				i += used;
			}
		}
		uint64_t at = data_row(set, row);

		must(at < data_rows(set));
		must(at >= sizeof seen || !seen[at]);
		if (at < sizeof seen)
			seen[at] = true;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static const char *const names[] = {"f.csv", "f.jsonl", "f.json", "f.txt", "f"};
	static char dir[] = "/tmp/brunt-data-fuzz-XXXXXX";
	static bool made;
	char path[64];

	if (!made)
		must(mkdtemp(dir) != NULL);
	made = true;
	if (!bytes)
		return 0;
	snprintf(path, sizeof path, "%s/%s", dir, names[data[0] % 5]);
	FILE *f = fopen(path, "w");
	must(f != NULL);
	fwrite(data + 1, 1, bytes - 1, f);
	fclose(f);

	struct data_set *set = NULL;
	struct err err = {""};

	if (data_load("d", path, DATA_SHUFFLED, 1, &set, &err))
		must(!set && !strncmp(err.text, path, strlen(path)));
	else
		look(set);
	data_free(set);
	unlink(path);
	return 0;
}
