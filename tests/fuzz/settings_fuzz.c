/* Any bytes as the file of settings: settings that can be shown, or a line that names the
 * file's; and `brunt config KEY=VALUE` leaves a file that reads the same, but for that key. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "cli/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static char dir[] = "/tmp/brunt-settings-XXXXXX", file[64];

static void clean_up(void)
{
	unlink(file);
	rmdir(dir);
}

static void set_up(void)
{
	if (file[0])
		return;
	if (!mkdtemp(dir))
		abort();
	snprintf(file, sizeof file, "%s/config", dir);
	atexit(clean_up);
}

static void put(const uint8_t *data, size_t bytes)
{
	FILE *f = fopen(file, "w");

	if (!f || fwrite(data, 1, bytes, f) != bytes || fclose(f))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static const char *const step[] = {"step=50"};
	struct settings was, now;
	struct err err = {""};

	set_up();
	put(data, bytes);
	if (settings_read(file, &was, &err)) {
		assert(!strncmp(err.text, file, strlen(file)) && !strpbrk(err.text, "\n\r\x1b"));
		return 0;
	}
	assert(memchr(was.theme, 0, sizeof was.theme) && utf8_wrong_at(was.theme, strlen(was.theme)) < 0);
	assert(was.step >= 1 && was.step <= 100 && was.glyphs >= -1 && was.color >= 0);
	/* A file that has grown too large is refused. */
	if (settings_set(file, step, 1, &err) || settings_read(file, &now, &err))
		return 0;
	assert(now.step == 50 && !strcmp(now.theme, was.theme));
	assert(now.color == was.color && now.glyphs == was.glyphs && now.mouse == was.mouse);
	return 0;
}
