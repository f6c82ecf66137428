/* A first walk through a live dashboard, on a line of its own: one step at a time, until all
 * are done or Esc is pressed. A step is done when the screen shows what it leads to, by
 * whatever key, so that nobody who finds the way alone is told what they know. Main thread. */
#ifndef UI_TOUR_H
#define UI_TOUR_H

#include "ui/dashboard.h"

void tour_start(struct dashboard *d);
/* Before each frame: what `snapshot` (NULL: nothing yet) and the dashboard show has been seen. */
void tour_follow(struct dashboard *d, const struct snapshot *snapshot);

#endif
