#include "http/preflight.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/secret.h"
#include "curl_common.h"
#include "preflight_http2.h"

#define LOOK_NS NS_PER_S         /* the look-up and the connection together */
#define TRY_NS (5 * NS_PER_S)    /* one request of preflight_wait_ready() */
#define PAUSE_NS (200 * NS_PER_MS)
#define ADDRESSES_MAX 16

/* --- the look-up, in a thread of its own because it cannot be cut short --- */

struct lookup {
	pthread_mutex_t lock;
	pthread_cond_t ready;
	char host[256];
	bool done;
	bool abandoned; /* who comes last frees */
	int code;       /* getaddrinfo()'s */
	int os_errno;
	struct addrinfo *list;
};

static void lookup_free(struct lookup *l)
{
	if (l->list)
		freeaddrinfo(l->list);
	pthread_mutex_destroy(&l->lock);
	pthread_cond_destroy(&l->ready);
	free(l);
}

static void *lookup_main(void *user)
{
	struct lookup *l = user;
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	struct addrinfo *list = NULL;
	bool abandoned;
	int code = getaddrinfo(l->host, NULL, &hints, &list);
	int os_errno = code == EAI_SYSTEM ? errno : 0;

	pthread_mutex_lock(&l->lock);
	l->code = code;
	l->os_errno = os_errno;
	l->list = code ? NULL : list;
	l->done = true;
	abandoned = l->abandoned;
	pthread_cond_signal(&l->ready);
	pthread_mutex_unlock(&l->lock);
	if (abandoned)
		lookup_free(l);
	return NULL;
}

static struct lookup *lookup_new(const char *host)
{
	struct lookup *l = xcalloc(1, sizeof *l);
	pthread_condattr_t monotonic;

	snprintf(l->host, sizeof l->host, "%s", host);
	pthread_mutex_init(&l->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&l->ready, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return l;
}

static int lookup_start(struct lookup *l)
{
	pthread_attr_t detached;
	pthread_t thread;
	sigset_t all, old;
	int code;

	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	/* Signals belong to the main thread. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	code = pthread_create(&thread, &detached, lookup_main, l);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&detached);
	return code;
}

/* 1: done, the caller frees; 0: no answer in time, `l` is gone. */
static int lookup_wait(struct lookup *l, int64_t until_ns)
{
	struct timespec until = {.tv_sec = until_ns / NS_PER_S,
				 .tv_nsec = until_ns % NS_PER_S};
	bool done;

	pthread_mutex_lock(&l->lock);
	while (!l->done)
		if (pthread_cond_timedwait(&l->ready, &l->lock, &until))
			break;
	done = l->done;
	l->abandoned = !done;
	pthread_mutex_unlock(&l->lock);
	return done;
}

/* "HOST:PORT:ADDR,ADDR", the address `first` (may be NULL) before the others;
 * NULL where there is none. */
static char *resolve_entry(const char *host, const char *port,
			   const struct addrinfo *list, const char *first)
{
	char *entry = NULL, *before = NULL, *after = xstrdup("");
	int addresses = 0;

	for (const struct addrinfo *a = list; a && addresses < ADDRESSES_MAX; a = a->ai_next) {
		bool v6 = a->ai_family == AF_INET6;
		char text[INET6_ADDRSTRLEN + IF_NAMESIZE + 1];
		char *one;

		if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof text, NULL, 0,
				NI_NUMERICHOST) ||
		    strchr(text, '%')) /* curl takes no zone here */
			continue;
		addresses++;
		one = xasprintf("%s%s%s", v6 ? "[" : "", text, v6 ? "]" : "");
		if (first && !before && !strcmp(first, text)) {
			before = one;
			continue;
		}
		entry = xasprintf("%s,%s", after, one);
		free(one);
		free(after);
		after = entry;
	}
	/* `after` starts with a comma. */
	if (before)
		entry = xasprintf("%s:%s:%s%s", host, port, before, after);
	else
		entry = addresses ? xasprintf("%s:%s:%s", host, port, after + 1) : NULL;
	free(before);
	free(after);
	return entry;
}

/* --- whom to look up --- */

/* The next field of "HOST:PORT:HOST:PORT", "[…]" around an IPv6 address taken
 * off; false where it does not fit. */
static bool field(const char **entry, char *out, size_t out_bytes)
{
	const char *p = *entry, *end;

	if (*p == '[') {
		p++;
		end = strchr(p, ']');
		*entry = end ? end + 1 : NULL;
	} else {
		end = p + strcspn(p, ":");
		*entry = end;
	}
	if (!end || (size_t)(end - p) >= out_bytes)
		return false;
	memcpy(out, p, (size_t)(end - p));
	out[end - p] = '\0';
	if (**entry == ':')
		++*entry;
	return true;
}

/* Applies --connect-to to host and port, as curl does: the first entry that
 * fits counts, an empty field fits or keeps all. */
static void connect_to(const struct engine_config *config, char host[256], char port[8])
{
	const char *const *entry = config->connect_to;

	for (; entry && *entry; entry++) {
		const char *p = *entry;
		char from[256], from_port[8], to[256], to_port[8];

		if (!field(&p, from, sizeof from) ||
		    !field(&p, from_port, sizeof from_port) ||
		    !field(&p, to, sizeof to) || !field(&p, to_port, sizeof to_port))
			continue;
		if ((*from && strcasecmp(from, host)) ||
		    (*from_port && strcmp(from_port, port)))
			continue;
		if (*to)
			snprintf(host, 256, "%s", to);
		if (*to_port)
			snprintf(port, 8, "%s", to_port);
		return;
	}
}

static bool is_address(const char *host)
{
	unsigned char ignored[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, host, ignored) == 1 || strchr(host, ':');
}

static bool given(const struct engine_config *config, const char *host, const char *port)
{
	char *prefix = xasprintf("%s:%s:", host, port);
	bool found = false;

	for (const char *const *r = config->resolve; r && *r && !found; r++)
		found = !strncasecmp(*r, prefix, strlen(prefix));
	free(prefix);
	return found;
}

/* Host and port that will be looked up for `url`; false where none will. */
static bool name_to_resolve(const char *url, const struct engine_config *config,
			    char host[256], char port[8])
{
	CURLU *parsed = curl_url();
	char *h = NULL, *p = NULL, *http_url = curl_common_http_url(url);
	bool ok = parsed && !curl_url_set(parsed, CURLUPART_URL, http_url, 0) &&
		  !curl_url_get(parsed, CURLUPART_HOST, &h, CURLU_URLDECODE) &&
		  !curl_url_get(parsed, CURLUPART_PORT, &p, CURLU_DEFAULT_PORT) &&
		  strlen(h) < 256 && strlen(p) < 8;

	if (ok) {
		size_t n = strlen(h);

		/* An IPv6 address comes in brackets. */
		if (*h == '[' && h[n - 1] == ']')
			snprintf(host, 256, "%.*s", (int)n - 2, h + 1);
		else
			snprintf(host, 256, "%s", h);
		snprintf(port, 8, "%s", p);
		connect_to(config, host, port);
		ok = !config->proxy && !config->unix_socket && !is_address(host) &&
		     !given(config, host, port);
	}
	curl_free(h);
	curl_free(p);
	curl_url_cleanup(parsed);
	free(http_url);
	return ok;
}

/* --- the connection --- */

static size_t discard(char *data, size_t size, size_t count, void *user)
{
	(void)data;
	(void)user;
	return size * count;
}

static void about(const char *url, struct err *err)
{
	char *shown = secret_url(url);

	err_prefix(err, "%s", shown);
	free(shown);
}

static CURL *probe_new(const char *url, const struct curl_common *common, char *text)
{
	CURL *easy = curl_easy_init();
	char *http_url = curl_common_http_url(url);

	text[0] = '\0';
	if (easy && (curl_common_apply(common, easy) ||
		     curl_easy_setopt(easy, CURLOPT_URL, http_url) ||
		     curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, text) ||
		     curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard))) {
		curl_easy_cleanup(easy);
		easy = NULL;
	}
	free(http_url);
	return easy;
}

/* What may help after a handshake that failed. */
static const char *tls_hint(const char *url, CURLcode code, const char *text, bool insecure)
{
	/* How OpenSSL, GnuTLS and others say that what came was not TLS. */
	static const char *const plain[] = {
		"wrong version number", "http request", "packet length too long",
		"unexpected TLS packet",
	};

	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		if (strcasestr(text, plain[i]))
			return strncasecmp(url, "wss:", 4)
				       ? " (does the server speak plain HTTP on this port? try http://)"
				       : " (does the server speak no TLS on this port? try ws://)";
	return code == CURLE_PEER_FAILED_VERIFICATION && !insecure
		       ? " (--cacert names authorities to trust, -k skips the check)" : "";
}

/* Why a probe failed, for a person; `class` receives what it was. */
static void explain(CURL *easy, const char *url, const struct engine_config *config,
		    CURLcode code, const char *text, const char *hint,
		    enum error_class *class, struct err *err)
{
	const char *question = "";
	long os_errno = 0;
	char said[256];

	*class = curl_common_class(code, false);
	curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &os_errno);
	curl_common_message(code, *class, (int)os_errno, text, said, sizeof said);
	if (*class == ERROR_CONNECT)
		question = config->proxy ? ": is the proxy running there?" :
					   ": is the server running there?";
	else if (*class == ERROR_TLS)
		hint = tls_hint(url, code, text, config->insecure);
	else
		hint = "";
	if (config->unix_socket)
		err_set(err, "through %s: %s%s%s", config->unix_socket, said, question, hint);
	else if (config->proxy)
		err_set(err, "through the proxy: %s%s", said, question);
	else
		err_set(err, "%s%s%s", said, question, hint);
	about(url, err);
}

/* Where it is asked for, and the connection can tell: HTTP/2 by prior knowledge is no proxy's. */
static bool asks_http2(const char *url, const struct engine_config *config)
{
	return config->http2 && !http_is_websocket(url) && (!config->proxy || !strncasecmp(url, "https:", 6));
}

/* Connects once, with the TLS handshake where there is one. `address` receives
 * whom it reached. */
static enum preflight_verdict connect_once(const char *url, const struct engine_config *config,
					   int64_t until_ns, char address[64],
					   struct err *err)
{
	int64_t left_ms = (until_ns - clock_ns()) / NS_PER_MS;
	enum preflight_verdict verdict = PREFLIGHT_UNDECIDED;
	struct curl_common common;
	char text[CURL_ERROR_SIZE];
	enum error_class class;
	bool tls = !strncasecmp(url, "https:", 6), http2 = asks_http2(url, config);
	enum speaks speaks = SPEAKS_UNKNOWN;
	char *reached = NULL;
	CURL *easy;
	CURLcode code;

	if (curl_common_init(&common, config, err))
		return verdict;
	easy = probe_new(url, &common, text);
	if (!easy)
		goto out;
	curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(left_ms > 1 ? left_ms : 1));
	if (http2 && tls)
		preflight_http2_watch(easy, &speaks);
	else if (http2) /* curl itself is not to begin with HTTP/2 */
		curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	code = curl_easy_perform(easy);
	if (!code) {
		if (http2 && !tls)
			speaks = preflight_http2_ask(easy, until_ns);
		if (!curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &reached) && reached)
			snprintf(address, 64, "%s", reached);
		verdict = PREFLIGHT_OK;
		if (speaks == SPEAKS_OTHER) {
			verdict = PREFLIGHT_HTTP2;
			err_set(err, "--http2: %s; expected one that does, or no --http2 for HTTP/1.1",
				tls ? "the server did not choose HTTP/2 in the TLS handshake (ALPN)"
				    : "the server does not speak HTTP/2 without TLS (prior knowledge)");
			about(url, err);
		}
		goto out;
	}
	explain(easy, url, config, code, text, " (--wait-ready 30s waits for it)", &class, err);
	if (class == ERROR_DNS)
		verdict = PREFLIGHT_DNS;
	else if (class == ERROR_TLS)
		verdict = PREFLIGHT_TLS;
	else if (class != ERROR_TIMEOUT)
		verdict = PREFLIGHT_CONNECT;
out:
	curl_easy_cleanup(easy);
	curl_common_fini(&common);
	return verdict;
}

/* OK: *found; otherwise err. */
static enum preflight_verdict look_up(const char *url, const char *host, int64_t until_ns,
				      struct lookup **found, struct err *err)
{
	struct lookup *l = lookup_new(host);

	if (lookup_start(l)) {
		lookup_free(l);
		return PREFLIGHT_UNDECIDED;
	}
	if (!lookup_wait(l, until_ns)) {
		err_set(err, "no answer yet about the name \"%s\"", host);
		about(url, err);
		return PREFLIGHT_UNDECIDED;
	}
	if (!l->code) {
		*found = l;
		return PREFLIGHT_OK;
	}
	if (l->code == EAI_NONAME)
		err_set(err, "there is no host \"%s\"", host);
	else
		err_set(err, "the name \"%s\" does not resolve: %s", host,
			l->code == EAI_SYSTEM ? strerror(l->os_errno) :
						gai_strerror(l->code));
	about(url, err);
	lookup_free(l);
	return PREFLIGHT_DNS;
}

enum preflight_verdict preflight(const char *url, const struct engine_config *config,
				 char **resolve, int64_t *dns_ns, struct err *err)
{
	int64_t from = clock_ns(), until = from + LOOK_NS;
	struct engine_config with = *config;
	enum preflight_verdict verdict;
	char host[256], port[8], address[64] = "";
	struct lookup *found = NULL;
	char *entry = NULL;

	*resolve = NULL;
	*dns_ns = 0;
	if (name_to_resolve(url, config, host, port)) {
		const char *given_list[2] = {NULL, NULL};

		verdict = look_up(url, host, until, &found, err);
		*dns_ns = clock_ns() - from;
		if (verdict != PREFLIGHT_OK)
			return verdict;
		entry = resolve_entry(host, port, found->list, NULL);
		given_list[0] = entry;
		/* What the user gave is for other names. */
		with.resolve = given_list;
		verdict = connect_once(url, &with, until, address, err);
	} else {
		verdict = connect_once(url, &with, until, address, err);
	}
	if (verdict == PREFLIGHT_OK || verdict == PREFLIGHT_UNDECIDED) {
		/* Who answered first: a port that is closed on one family
		 * would cost each new connection a try. */
		if (found)
			*resolve = resolve_entry(host, port, found->list,
						 *address ? address : NULL);
	}
	free(entry);
	if (found)
		lookup_free(found);
	return verdict;
}

/* --- waiting for a server --- */

struct wait {
	int (*stop)(void);
	bool answered;
};

static size_t first_line(char *line, size_t size, size_t count, void *user)
{
	struct wait *wait = user;

	(void)line;
	wait->answered = true;
	/* Enough: the rest may be a long stream. */
	return size && count ? 0 : 1;
}

static int keep_going(void *user, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	struct wait *wait = user;

	(void)a;
	(void)b;
	(void)c;
	(void)d;
	return wait->stop && wait->stop();
}

/* 0 when an answer came. */
static int try_once(const char *url, const struct curl_common *common,
		    const struct engine_config *config, int64_t left_ns,
		    struct wait *wait, struct err *err)
{
	int64_t try_ns = left_ns < TRY_NS ? left_ns : TRY_NS;
	char text[CURL_ERROR_SIZE];
	enum error_class class;
	CURL *easy = probe_new(url, common, text);
	CURLcode code;

	if (!easy)
		return err_set(err, "out of memory");
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(try_ns / NS_PER_MS) + 1);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, first_line);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, wait);
	curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, keep_going);
	curl_easy_setopt(easy, CURLOPT_XFERINFODATA, wait);
	code = curl_easy_perform(easy);
	if (!wait->answered)
		explain(easy, url, config, code, text, "", &class, err);
	curl_easy_cleanup(easy);
	return wait->answered ? 0 : -1;
}

int preflight_wait_ready(const char *url, const struct engine_config *config,
			 int64_t wait_ns, int (*stop)(void), struct err *err)
{
	const struct timespec pause = {.tv_nsec = PAUSE_NS};
	int64_t until = clock_ns() + wait_ns;
	struct wait wait = {.stop = stop};
	struct curl_common common;
	int code = -1;

	if (curl_common_init(&common, config, err))
		return -1;
	for (;;) {
		int64_t left = until - clock_ns();

		if (stop && stop()) {
			err_set(err, "stopped while waiting for it");
			about(url, err);
			break;
		}
		code = try_once(url, &common, config, left > 0 ? left : 0, &wait, err);
		if (!code || until - clock_ns() <= PAUSE_NS)
			break;
		nanosleep(&pause, NULL);
	}
	curl_common_fini(&common);
	return code;
}
