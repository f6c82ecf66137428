/* The frame of a chart: where values lie, axes with nice numbers and units. Private to the
 * HTML report. */
#ifndef REPORT_HTML_FRAME_H
#define REPORT_HTML_FRAME_H

#include <stdint.h>
#include <stdio.h>

#include "base/units.h"
#include "html_chart.h"

/* The drawing's own coordinates; it is as wide as the page has room. */
#define FRAME_WIDTH 560
#define FRAME_HEIGHT 224
#define FRAME_LEFT 60
#define FRAME_RIGHT 546
#define FRAME_TOP 24
#define FRAME_BOTTOM 198

/* Both axes begin at 0. */
struct frame {
	double x_end, y_end, y_step;
};

/* An upper end and steps for values up to `most`. */
void frame_scale(struct frame *f, enum chart_unit unit, double most);
double frame_x(const struct frame *f, double value);
double frame_y(const struct frame *f, double value);
/* "1.41 s", "12.8", "8" and "2.49", "40.2 %" */
char *frame_words(enum chart_unit unit, double value, char out[UNITS_BYTES]);
/* The same for an axis: without decimals that say nothing. */
char *frame_tick(enum chart_unit unit, double value, char out[UNITS_BYTES]);
/* "01:23" or, where a step is shorter than a second, "3.5 s". */
char *frame_moment(int64_t t_us, int64_t step_us, char out[UNITS_BYTES]);

void frame_begin(FILE *out, const char *title);
/* Of another height than FRAME_HEIGHT. */
void frame_begin_of(FILE *out, const char *title, int height);
void frame_y_axis(FILE *out, const struct frame *f, enum chart_unit unit);
void frame_time_axis(FILE *out, const struct frame *f, int64_t end_us);
void frame_level_axis(FILE *out, const struct frame *f, const char *unit);
/* A label below the lower axis, in its middle. */
void frame_below(FILE *out, double x, const char *text);

#endif
