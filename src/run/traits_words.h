/* Modes in words, in ASCII. */
#ifndef RUN_TRAITS_WORDS_H
#define RUN_TRAITS_WORDS_H

#include "traits.h"

/* A value of an attribute: "hit", "worker 3", "512-1023 tokens". */
void traits_value(const struct traits *t, enum trait trait, int value, char *const *task_name, char *out, size_t bytes);
/* Fills `sentence` from all the rest. */
void traits_sentence(struct snap_modes *modes);

#endif
