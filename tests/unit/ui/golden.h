/* Screens compared with the files in tests/golden. After cmocka.h. */
#ifndef TESTS_UI_GOLDEN_H
#define TESTS_UI_GOLDEN_H

#include "fixture.h"

#define GOLDEN_DIR "tests/golden"

static inline char *slurp(const char *path)
{
	FILE *in = fopen(path, "r");
	char *text = calloc(1, 1 << 20);

	if (in) {
		size_t n = fread(text, 1, (1 << 20) - 1, in);

		text[n] = '\0';
		fclose(in);
	}
	return text;
}

/* GOLDEN_UPDATE=1 rewrites the files; look at the diff before committing. Frees `now`. */
static inline void golden_text(const char *name, int width, int height, char *now)
{
	char path[256], *before;

	snprintf(path, sizeof path, GOLDEN_DIR "/%s-%dx%d.txt", name, width, height);
	if (getenv("GOLDEN_UPDATE")) {
		FILE *out = fopen(path, "w");

		assert_non_null(out);
		fputs(now, out);
		fclose(out);
	}
	before = slurp(path);
	if (strcmp(before, now))
		fail_msg("%s differs; it is now:\n%s", path, now);
	free(before);
	free(now);
}

static inline void golden(const char *name, const struct dashboard *d, const struct snapshot *s, int width, int height)
{
	golden_text(name, width, height, made_dump(d, s, width, height, 1));
}

#endif
