/* What `brunt help TOPIC` says beside the commands' own help. */
#ifndef CLI_HELP_TOPICS_H
#define CLI_HELP_TOPICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* In the order of the list; NULL behind the last. */
const char *help_topic_name(size_t i);
/* One line; `i` is one of the list. */
const char *help_topic_says(size_t i);
/* False: there is no such topic, and nothing was written. */
bool help_topic(FILE *out, const char *name);

#endif
