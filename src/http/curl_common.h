/* What the engine and the preflight share of curl: options from the
 * configuration, and what curl's failures mean. The one place that includes
 * curl. */
#ifndef HTTP_CURL_COMMON_H
#define HTTP_CURL_COMMON_H

#include <curl/curl.h>

#include "http/engine.h"

/* The configuration, copied, in the form curl wants; its strings and lists
 * must outlive the handles they are applied to. */
struct curl_common {
	struct engine_config config;
	struct curl_slist *resolve, *connect_to;
};

int curl_common_init(struct curl_common *common, const struct engine_config *config,
		     struct err *err);
void curl_common_fini(struct curl_common *common);

/* Where there are `easy` and `code`: sets an option; what fails first stays in
 * `code`. */
#define CURL_SET(option, value)                                                \
	do {                                                                   \
		CURLcode set_ = curl_easy_setopt(easy, option, value);         \
		if (!code)                                                     \
			code = set_;                                           \
	} while (0)

/* What curl has to connect to for a URL: ws and wss are http and https to it.
 * free() it. */
char *curl_common_http_url(const char *url);

/* Options that hold for all requests of a handle. CURLE_OK or what failed. */
CURLcode curl_common_apply(const struct curl_common *common, CURL *easy);

/* The class of a failed transfer; `any_byte` says whether any of the answer
 * came. */
enum error_class curl_common_class(CURLcode code, bool any_byte);

/* One stable sentence for a failure (no times, counts or ports in it, so that
 * equal failures have equal texts): written to `out`. `os_errno` may be 0,
 * `detail` is curl's own text or "". Returns out. */
char *curl_common_message(CURLcode code, enum error_class class, int os_errno,
			  const char *detail, char *out, size_t out_bytes);

/* strerror(), in lower case as within a sentence. Returns out. */
char *curl_common_strerror(int os_errno, char *out, size_t out_bytes);

#endif
