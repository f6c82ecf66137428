/* Does brunt start requests late? In a closed loop nobody but brunt makes a
 * request wait, so time that is lost before it is sent is the client's limit,
 * also where no thread is at 100 %. In an open loop requests may have to wait for
 * those in flight, which is not brunt's doing. */
#ifndef RUN_LATE_H
#define RUN_LATE_H

#include <stdbool.h>
#include <stddef.h>

#include "metrics/hdr.h"

/* The distributions are of the same requests. True: `evidence` gets why, else it
 * stays. */
bool late_starts(const struct hdr *queue, const struct hdr *service, char *evidence, size_t bytes);

#endif
