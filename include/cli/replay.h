/* A recording in the dashboard. Main thread; signals are installed. */
#ifndef CLI_REPLAY_H
#define CLI_REPLAY_H

#include "base/err.h"
#include "cli/options.h"
#include "cli/themes.h"
#include "record/reader.h"

/* A list from which runs are opened; it has the terminal open. Themes and glyphs that
 * are chosen on the way are taken back to it. */
struct replay_list {
	struct themes *themes;
	int glyphs;
};

/* Until somebody leaves it, in a terminal of its own or, with `list`, in that one's.
 * Takes the reader over. The exit code, -1: it could not be shown. */
int replay_show(const struct options *options, struct reader *reader, struct replay_list *list,
		struct err *err);

#endif
