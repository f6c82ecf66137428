/* Any bytes: a theme or an error, and whatever comes out can be shown. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/look.h"
#include "ui/theme.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct theme theme;
	struct err err = {""};

	if (theme_parse((const char *)data, size, "fuzz.theme", &theme, &err) != 0) {
		assert(err.text[0]);
		return 0;
	}
	for (int role = 0; role < ROLE_COUNT; role++)
		for (int level = 0; level < THEME_STEPS; level++) {
			struct look look = look_of(&theme, (enum role)role, level, LOOK_256);

			assert(look.fg >= -1 && look.fg < 256 && look.bg >= -1 && look.bg < 256);
			assert(theme.color[role][level] == THEME_NONE ||
			       theme.color[role][level] <= 0xffffff);
		}
	return 0;
}
