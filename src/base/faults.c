#include "base/faults.h"

#include <inttypes.h>
#include <string.h>

int faults_add(struct faults *f, uint64_t place, const struct err *err)
{
	int at = f->kept, last;

	while (at > 0 && f->fault[at - 1].place > place)
		at--;
	for (int i = at; i > 0 && f->fault[i - 1].place == place; i--)
		if (!strcmp(f->fault[i - 1].err.text, err->text))
			return -1;
	f->total++;
	if (at == FAULTS_MAX)
		return -1;
	last = f->kept < FAULTS_MAX ? f->kept++ : FAULTS_MAX - 1;
	memmove(&f->fault[at + 1], &f->fault[at], (size_t)(last - at) * sizeof *f->fault);
	f->fault[at].place = place;
	f->fault[at].err = *err;
	return -1;
}

int faults_first(const struct faults *f, struct err *err)
{
	return err_set(err, "%s", f->fault[0].err.text);
}

void faults_print(const struct faults *f, FILE *out, const char *prefix)
{
	for (int i = 0; i < f->kept; i++)
		fprintf(out, "%s%s\n", prefix, f->fault[i].err.text);
	if (f->total > (uint64_t)f->kept)
		fprintf(out, "%sand %" PRIu64 " more\n", prefix, f->total - (uint64_t)f->kept);
}
