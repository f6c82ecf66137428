/* Numbers as the dashboard writes them: never wider than promised, never a
 * guess. What is not known (NAN, negative, no samples) is a dash. Pure. */
#ifndef UI_FORMAT_H
#define UI_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/glyphs.h"

#define FORMAT_BYTES 32

/* A unit shared by all times of a table or a screen. */
struct unit {
	double us;        /* microseconds in one */
	const char *name; /* "s", "ms", "µs" */
};
/* For times whose largest is `now_us`; `run_us` is the largest of the whole
 * run and keeps seconds from turning into milliseconds and back at every
 * frame. Unknown ones count as 0; all unknown gives seconds. */
struct unit format_unit(double now_us, double run_us, const struct glyphs *glyphs);

/* All return out. Cells at most: value 5, rate 5, percent 5, count 5. */
char *format_value(double us, struct unit unit, const struct glyphs *glyphs, char out[FORMAT_BYTES]);
char *format_rate(double per_second, const struct glyphs *glyphs, char out[FORMAT_BYTES]);
/* Of a share 0 to 1, without the sign. Only a full 1 is "100", only 0 is "0.0". */
char *format_percent(double share, const struct glyphs *glyphs, char out[FORMAT_BYTES]);
/* "×1.12", "×12.3", "×123", always 5 cells wide but for the dash of what is not known. */
char *format_ratio(double ratio, const struct glyphs *glyphs, char out[FORMAT_BYTES]);
/* Of users or arrivals per second: "24", "0.7", "1250". */
char *format_level(double level, char out[FORMAT_BYTES]);
char *format_count(uint64_t n, char out[FORMAT_BYTES]);
/* With a unit of its own: "1.41 s", "87.0 ms"; at most 8 cells. */
char *format_duration(double us, const struct glyphs *glyphs, char out[FORMAT_BYTES]);
/* "01:23", "1:02:03". */
char *format_elapsed(int64_t us, char out[FORMAT_BYTES]);
/* A label of an axis, at most 5 cells: "0.5", "20", "2500", "10k". */
char *format_axis(double value, char out[FORMAT_BYTES]);
/* A factor such as "1.9", "0.85", "24". */
char *format_factor(double factor, const struct glyphs *glyphs, char out[FORMAT_BYTES]);
/* The same with its sign: "× 1.9"; below 0.1 "÷ 2400". */
char *format_change(double factor, const struct glyphs *glyphs, char out[FORMAT_BYTES]);

/* The smallest of 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten that is not below v; 1 where v
 * is not a positive number. */
double format_nice_max(double v);

/* Whether n samples are enough for quantile q to be more than a maximum. */
bool format_enough(uint64_t n, double q);

/* Text cut to `cells`, with an ellipsis where it was cut. */
char *format_fit(const char *text, int cells, const struct glyphs *glyphs, char *out, size_t bytes);

/* A glyph as text. */
#define GLYPH_BYTES 5
char *format_glyph(uint32_t glyph, char out[GLYPH_BYTES]);
/* "→" or "->". */
const char *format_arrow(const struct glyphs *glyphs);

#endif
