#include "preflight_http2.h"

#include <poll.h>
#include <string.h>

#include "base/clock.h"

#define FRAME_HEAD 9 /* bytes; of a SETTINGS frame, which is how a server begins */
#define SETTINGS 4

static bool has(const char *text, size_t bytes, const char *word)
{
	return memmem(text, bytes, word, strlen(word)) != NULL;
}

/* curl tells of ALPN in its log alone: "ALPN: server accepted h2", or "ALPN: server did not
 * agree on a protocol". Of a proxy's handshake first, where it has one. */
static int on_debug(CURL *easy, curl_infotype type, char *text, size_t bytes, void *user)
{
	enum speaks *out = user;

	(void)easy;
	if (type != CURLINFO_TEXT || !has(text, bytes, "ALPN"))
		return 0;
	if (has(text, bytes, "server accepted"))
		*out = has(text, bytes, " h2") ? SPEAKS_HTTP2 : SPEAKS_OTHER;
	else if (has(text, bytes, "did not agree"))
		*out = SPEAKS_OTHER;
	return 0;
}

void preflight_http2_watch(CURL *easy, enum speaks *out)
{
	*out = SPEAKS_UNKNOWN;
	curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug);
	curl_easy_setopt(easy, CURLOPT_DEBUGDATA, out);
	curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
}

enum speaks preflight_http2_ask(CURL *easy, int64_t until_ns)
{
	/* The preface, and SETTINGS without any; its last byte is the one that ends the string. */
	static const char begin[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0";
	struct pollfd ready = {.events = POLLIN};
	curl_socket_t fd = CURL_SOCKET_BAD;
	char head[FRAME_HEAD];
	size_t have = 0, n = 0;

	curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &fd);
	/* So few bytes fit into any new connection's buffer. */
	if (fd == CURL_SOCKET_BAD || curl_easy_send(easy, begin, sizeof begin, &n) || n < sizeof begin)
		return SPEAKS_UNKNOWN;
	ready.fd = fd;
	while (have < sizeof head) {
		int64_t left_ns = until_ns - clock_ns();
		CURLcode code = curl_easy_recv(easy, head + have, sizeof head - have, &n);

		if (code == CURLE_AGAIN && left_ns > 0)
			poll(&ready, 1, (int)(left_ns / NS_PER_MS) + 1);
		else if (code == CURLE_AGAIN)
			return SPEAKS_UNKNOWN;
		else if (code || !n)
			return SPEAKS_OTHER; /* hung up at once, or before it had said more */
		else
			have += n;
	}
	/* Its stream is number 0, and of no request yet. */
	return head[3] == SETTINGS && !memcmp(head + 5, "\0\0\0\0", 4) ? SPEAKS_HTTP2 : SPEAKS_OTHER;
}
