#include "cli/snapfiles.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ui/picture.h"

/* Pictures of the same second are told apart by a number. */
#define SAME_SECOND 100

static void text(const struct canvas *canvas, const struct theme *theme, FILE *out)
{
	(void)theme;
	canvas_dump(canvas, out, 0);
}

static const struct {
	const char *suffix;
	void (*write)(const struct canvas *canvas, const struct theme *theme, FILE *out);
} kinds[] = {{"svg", picture_svg}, {"ansi", picture_ansi}, {"txt", text}};
#define KINDS (sizeof kinds / sizeof *kinds)

/* 0, or errno. */
static int write_one(int fd, size_t kind, const struct canvas *canvas, const struct theme *theme)
{
	FILE *out = fdopen(fd, "w");
	int failed;

	if (!out) {
		failed = errno;
		close(fd);
		return failed;
	}
	errno = 0;
	kinds[kind].write(canvas, theme, out);
	failed = ferror(out) ? errno : 0;
	if (fclose(out) && !failed)
		failed = errno;
	return failed;
}

void snapfiles_save(const struct canvas *canvas, const struct theme *theme, char *said, size_t bytes)
{
	char stem[64], path[80], when[32] = "";
	time_t now = time(NULL);
	struct tm tm;
	int fd = -1, failed = 0, used;

	if (localtime_r(&now, &tm))
		strftime(when, sizeof when, "%Y%m%d-%H%M%S", &tm);
	/* The first file keeps the name for the others. */
	for (int i = 0; i < SAME_SECOND && fd < 0; i++) {
		snprintf(stem, sizeof stem, i ? "brunt-%s-%d" : "brunt-%s", when, i + 1);
		snprintf(path, sizeof path, "%s.%s", stem, kinds[0].suffix);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	for (size_t k = 0; k < KINDS && !failed; k++) {
		if (k) {
			snprintf(path, sizeof path, "%s.%s", stem, kinds[k].suffix);
			fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		}
		failed = fd < 0 ? errno : write_one(fd, k, canvas, theme);
	}
	if (failed) {
		snprintf(said, bytes, "the screen was not saved: %s: %s", path, strerror(failed));
		return;
	}
	used = snprintf(said, bytes, "saved %s.", stem);
	for (size_t k = 0; k < KINDS && used > 0 && (size_t)used < bytes; k++)
		used += snprintf(said + used, bytes - (size_t)used, "%s%s", k ? " ." : "", kinds[k].suffix);
}
