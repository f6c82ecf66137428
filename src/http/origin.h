/* Where the plain engine connects to for an http:// URL: addresses that are known
 * beforehand, since looking a name up would block. A URL whose host is neither an
 * address nor in the configuration's `resolve` has none, and is curl's. One thread. */
#ifndef HTTP_ORIGIN_H
#define HTTP_ORIGIN_H

#include <sys/socket.h>

#include "curl_common.h"

#define ORIGIN_ADDRESSES 16

struct origin_address {
	struct sockaddr_storage addr;
	socklen_t bytes;
};

struct origin {
	char *prefix; /* "http://host:port" and what else URLs of it begin with */
	size_t prefix_bytes;
	char *host;          /* as the Host header says it */
	char *user_password; /* "USER:PASS" of the URL, or NULL */
	struct origin_address *address; /* to be tried in turn */
	int addresses;
};

struct origins;
/* `common` must outlive it. */
struct origins *origins_new(const struct curl_common *common);
void origins_free(struct origins *origins);

/* The same for all URLs that begin alike; NULL: not ours. Lives as long as
 * `origins`. */
const struct origin *origin_of(struct origins *origins, const char *url);

/* What to ask `origin` for: path and query of `url`, without a fragment, may have
 * no slash in front; NULL where the URL is of another origin, or has bytes that
 * would have to be escaped. */
const char *origin_target(const struct origin *origin, const char *url, size_t *bytes);

#endif
