/* Private to themes: the text compiled in. */
#ifndef UI_THEME_FILES_H
#define UI_THEME_FILES_H

/* The text of a theme that is compiled in ("default", "mono"), NULL for any
 * other name. */
const char *theme_builtin(const char *name);

#endif
