/* Texts that have to go anywhere are ASCII; where there are better signs these stand in
 * for them: "->" for an arrow, "x" before a blank and a factor ("x 2.4") for the times sign,
 * "+-" for plus or minus. Pure. */
#ifndef BASE_SIGNS_H
#define BASE_SIGNS_H

#include <stddef.h>

struct signs {
	const char *arrow, *times, *plus_minus;
};
extern const struct signs signs_unicode; /* of a report in UTF-8 */

/* At most `bytes` with the NUL, never cut inside a sign. Returns out. */
char *signs_set(const char *text, const struct signs *signs, char *out, size_t bytes);

#endif
