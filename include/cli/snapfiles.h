/* The screen saved as files: key S. Main thread. */
#ifndef CLI_SNAPFILES_H
#define CLI_SNAPFILES_H

#include <stddef.h>

#include "ui/canvas.h"
#include "ui/theme.h"

/* Writes brunt-DATE-TIME.svg, .ansi and .txt into the current folder, never over a
 * file that is there. `said` receives one line: what was written, or why nothing. */
void snapfiles_save(const struct canvas *canvas, const struct theme *theme, char *said, size_t bytes);

#endif
