/* Job control: whose terminal it is, and stopping as Ctrl-Z does. Main thread. */
#ifndef UI_JOBS_H
#define UI_JOBS_H

#include <stdbool.h>

/* Is this process group the terminal's foreground? Without job control: always. */
bool jobs_in_front(void);

/* Stops the whole group, as the terminal would: `make` above us, too, or the shell would
 * wait for it for ever. With `go_on` this process is only stopped until the shell has
 * noticed and taken the terminal back; then it runs on in the background, as after `bg`,
 * and its threads with it. SIGTSTP must have its default action. */
void jobs_stop(bool go_on);

#endif
