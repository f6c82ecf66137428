/* All that is wrong with one input, to be told at once: in the input's order, the
 * first FAULTS_MAX, and how many there are beyond them. A value to be passed on;
 * {0} is none. No allocation. */
#ifndef BASE_FAULTS_H
#define BASE_FAULTS_H

#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

#define FAULTS_MAX 20

struct faults {
	uint64_t total; /* kept or not */
	int kept;
	struct fault {
		uint64_t place; /* in the input; only their order counts */
		struct err err;
	} fault[FAULTS_MAX];
};

/* Keeps the sentence unless FAULTS_MAX stand before its place. What is said already
 * of the same place is not said twice. Returns -1. */
int faults_add(struct faults *faults, uint64_t place, const struct err *err);
/* The first of them, for who tells one only. Returns -1. */
int faults_first(const struct faults *faults, struct err *err);
/* A line each, with `prefix` before it, and "and N more". */
void faults_print(const struct faults *faults, FILE *out, const char *prefix);

#endif
