#include "curl_common.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"

#define REDIRECTS_MAX 10L

static char *copy(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

static int copy_list(struct curl_slist **out, const char *const *strings)
{
	for (; strings && *strings; strings++) {
		struct curl_slist *longer = curl_slist_append(*out, *strings);

		if (!longer)
			return -1;
		*out = longer;
	}
	return 0;
}

int curl_common_init(struct curl_common *common, const struct engine_config *config,
		     struct err *err)
{
	memset(common, 0, sizeof *common);
	common->config = *config;
	common->config.user_password = copy(config->user_password);
	common->config.proxy = copy(config->proxy);
	common->config.unix_socket = copy(config->unix_socket);
	common->config.user_agent = copy(config->user_agent);
	common->config.ca_file = copy(config->ca_file);
	common->config.cert_file = copy(config->cert_file);
	common->config.key_file = copy(config->key_file);
	common->config.connect_to = NULL;
	common->config.resolve = NULL;
	if (copy_list(&common->resolve, config->resolve) ||
	    copy_list(&common->connect_to, config->connect_to)) {
		curl_common_fini(common);
		return err_set(err, "out of memory");
	}
	return 0;
}

void curl_common_fini(struct curl_common *common)
{
	free((char *)common->config.user_password);
	free((char *)common->config.proxy);
	free((char *)common->config.unix_socket);
	free((char *)common->config.user_agent);
	free((char *)common->config.ca_file);
	free((char *)common->config.cert_file);
	free((char *)common->config.key_file);
	curl_slist_free_all(common->resolve);
	curl_slist_free_all(common->connect_to);
	memset(common, 0, sizeof *common);
}

char *curl_common_http_url(const char *url)
{
	return http_is_websocket(url) ? xasprintf("http%s", url + 2) : xstrdup(url);
}

/* With a directory of certificates beside the bundle, curl does not keep the
 * loaded store, and each connection would load it anew: 20 ms. Where the bundle
 * is there, the directory says nothing more. */
static bool bundle_suffices(CURL *easy)
{
	char *bundle = NULL;

	return !curl_easy_getinfo(easy, CURLINFO_CAINFO, &bundle) && bundle &&
	       !access(bundle, R_OK);
}

CURLcode curl_common_apply(const struct curl_common *common, CURL *easy)
{
	const struct engine_config *c = &common->config;
	CURLcode code = CURLE_OK;

	CURL_SET(CURLOPT_NOSIGNAL, 1L);
	CURL_SET(CURLOPT_NOPROGRESS, 1L);
	CURL_SET(CURLOPT_TCP_NODELAY, 1L);
	/* Over TLS that means what ALPN comes to. */
	CURL_SET(CURLOPT_HTTP_VERSION,
		 c->http2 ? (long)CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE : (long)CURL_HTTP_VERSION_1_1);
	CURL_SET(CURLOPT_PROTOCOLS_STR, "http,https");
	CURL_SET(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	CURL_SET(CURLOPT_PATH_AS_IS, 1L);
	/* Do not wait for a resolver's thread when a handle is cancelled. */
	CURL_SET(CURLOPT_QUICK_EXIT, 1L);
	/* "" also ignores the environment's proxies. */
	CURL_SET(CURLOPT_PROXY, c->proxy ? c->proxy : "");
	CURL_SET(CURLOPT_NOPROXY, "");
	CURL_SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	if (c->unix_socket)
		CURL_SET(CURLOPT_UNIX_SOCKET_PATH, c->unix_socket);
	if (common->connect_to)
		CURL_SET(CURLOPT_CONNECT_TO, common->connect_to);
	if (common->resolve)
		CURL_SET(CURLOPT_RESOLVE, common->resolve);
	if (c->insecure) {
		CURL_SET(CURLOPT_SSL_VERIFYPEER, 0L);
		CURL_SET(CURLOPT_SSL_VERIFYHOST, 0L);
	}
	if (c->ca_file)
		CURL_SET(CURLOPT_CAINFO, c->ca_file);
	if (c->cert_file) {
		CURL_SET(CURLOPT_SSLCERT, c->cert_file);
		CURL_SET(CURLOPT_SSLKEY, c->key_file ? c->key_file : c->cert_file);
	}
	if (c->ca_file || bundle_suffices(easy)) {
		CURL_SET(CURLOPT_CAPATH, NULL);
		CURL_SET(CURLOPT_PROXY_CAPATH, NULL);
	}
	if (c->user_password) {
		CURL_SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		CURL_SET(CURLOPT_USERPWD, c->user_password);
	}
	if (c->follow_redirects) {
		CURL_SET(CURLOPT_FOLLOWLOCATION, 1L);
		CURL_SET(CURLOPT_MAXREDIRS, REDIRECTS_MAX);
	}
	if (c->user_agent)
		CURL_SET(CURLOPT_USERAGENT, c->user_agent);
	return code;
}

enum error_class curl_common_class(CURLcode code, bool any_byte)
{
	switch (code) {
	case CURLE_OK:
		return ERROR_NONE;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		return ERROR_DNS;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_ENGINE_NOTFOUND:
	case CURLE_SSL_ENGINE_SETFAILED:
	case CURLE_SSL_ENGINE_INITFAILED:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CRL_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
	case CURLE_SSL_INVALIDCERTSTATUS:
	case CURLE_SSL_CLIENTCERT:
	case CURLE_USE_SSL_FAILED:
		return ERROR_TLS;
	case CURLE_OPERATION_TIMEDOUT:
		return ERROR_TIMEOUT;
	case CURLE_PARTIAL_FILE:
	case CURLE_GOT_NOTHING:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_SSL_SHUTDOWN_FAILED:
		return any_byte ? ERROR_TRUNCATED : ERROR_RESET;
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_TOO_MANY_REDIRECTS:
		return ERROR_PROTOCOL;
	default:
		return any_byte ? ERROR_PROTOCOL : ERROR_CONNECT;
	}
}

char *curl_common_strerror(int os_errno, char *out, size_t out_bytes)
{
	const char *known;

	switch (os_errno) {
	case ENOENT:
		known = "no such socket";
		break;
	case EAGAIN: /* of a socket of this machine */
		known = "the server's queue of new connections is full";
		break;
	case EADDRNOTAVAIL:
		known = "no local port is free";
		break;
	case ETIMEDOUT:
		known = "connection timed out";
		break;
	default:
		known = strerrordesc_np(os_errno);
		break;
	}
	if (known)
		snprintf(out, out_bytes, "%s", known);
	else
		snprintf(out, out_bytes, "error %d", os_errno);
	/* "TLS …" and the like keep their capitals. */
	if (out_bytes > 1 && islower((unsigned char)out[1]))
		out[0] = (char)tolower((unsigned char)out[0]);
	return out;
}

char *curl_common_message(CURLcode code, enum error_class class, int os_errno,
			  const char *detail, char *out, size_t out_bytes)
{
	const char *text;

	switch (class) {
	case ERROR_CONNECT:
		if (os_errno)
			return curl_common_strerror(os_errno, out, out_bytes);
		/* curl's own text would name the milliseconds. */
		text = *detail && code != CURLE_COULDNT_CONNECT ? detail :
								  curl_easy_strerror(code);
		break;
	case ERROR_RESET:
		text = os_errno == ECONNRESET || os_errno == EPIPE ?
			       "connection reset by the server before it answered" :
			       "connection closed by the server before it answered";
		break;
	case ERROR_TRUNCATED:
		text = "the connection ended before the answer was complete";
		break;
	case ERROR_PROTOCOL:
		switch (code) {
		case CURLE_UNSUPPORTED_PROTOCOL:
			text = "the answer is not HTTP";
			break;
		case CURLE_TOO_MANY_REDIRECTS:
			text = "more than 10 redirects";
			break;
		case CURLE_OUT_OF_MEMORY:
			/* What curl calls a header beyond its bound. */
			text = "a header is too long to be read, or memory ran out";
			break;
		default:
			text = *detail ? detail : curl_easy_strerror(code);
			break;
		}
		break;
	default:
		text = *detail ? detail : curl_easy_strerror(code);
		break;
	}
	return utf8_clean(text, strlen(text), out, out_bytes);
}
