/* A gauge as a part of the model's state. */
#ifndef RUN_GAUGE_ARCHIVE_H
#define RUN_GAUGE_ARCHIVE_H

#include "base/archive.h"
#include "metrics/record.h"

void gauge_archive(struct rec_gauge *g, struct archive *a);

#endif
