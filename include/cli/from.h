/* `--from RUN`: a recorded run driven again. Main thread. */
#ifndef CLI_FROM_H
#define CLI_FROM_H

#include "base/err.h"
#include "cli/options.h"

/* The recorded command line's words, which options point into. */
struct from;

/* In: the options of this command line, with --from. Out: those of the recorded one
 * with these over them; the load as the run made it, by hand or by plan, as stages,
 * unless this command line says what the load is; and the recorded scenario, or NULL
 * where options say what is sent. from_free() after options_fini(). */
int from_run(int argc, char **argv, struct options *options, struct from **from,
	     struct scenario **scenario, struct err *err);
void from_free(struct from *from);

/* One word of a command line as options_command_line() writes it, to `out`, which has
 * room for all of `s`; returns where the next one begins. */
const char *from_word(const char *s, char *out);

#endif
