#include "http/request.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "curl_common.h"
#include "token.h"

void http_request_fini(struct http_request *request)
{
	for (char **h = request->header; h && *h; h++)
		free(*h);
	free(request->header);
	free(request->method);
	free(request->url);
	free(request->body);
	memset(request, 0, sizeof *request);
}

int http_header_check(const char *line, struct err *err)
{
	char shown[80];
	const char *p = line;

	utf8_clean(line, strlen(line), shown, sizeof shown);
	while (http_is_token(*p))
		p++;
	if (p == line || *p != ':')
		return err_set(err, "header \"%s\": expected \"Name: value\"", shown);
	for (p++; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return err_set(err, "header \"%s\": control characters are not allowed in a value",
				       shown);
	}
	return 0;
}

bool http_is_websocket(const char *url)
{
	return !strncasecmp(url, "ws://", 5) || !strncasecmp(url, "wss://", 6);
}

static bool has_scheme(const char *url)
{
	return !strncasecmp(url, "http://", 7) || !strncasecmp(url, "https://", 8) ||
	       http_is_websocket(url);
}

int http_url_check(const char *url, struct err *err)
{
	CURLU *parsed;
	CURLUcode code;
	char *http_url;
	char shown[160];
	const char *host;

	utf8_clean(url, strlen(url), shown, sizeof shown);
	for (const char *p = url; *p; p++)
		if ((unsigned char)*p <= 0x20 || *p == 0x7f)
			return err_set(err, "URL \"%s\": spaces and control characters must be written as %%XX",
				       shown);
	if (!has_scheme(url))
		return err_set(err, "URL \"%s\": expected http://HOST…, https://HOST…, ws://HOST… or wss://HOST…", shown);
	host = strchr(url, ':') + 3;
	if (!*host || strchr("/?#:", *host))
		return err_set(err, "URL \"%s\": there is no host", shown);
	parsed = curl_url();
	if (!parsed)
		return err_set(err, "out of memory");
	http_url = curl_common_http_url(url);
	code = curl_url_set(parsed, CURLUPART_URL, http_url, 0);
	free(http_url);
	curl_url_cleanup(parsed);
	if (code == CURLUE_BAD_PORT_NUMBER)
		return err_set(err, "URL \"%s\": the port must be a number of 1 to 65535", shown);
	if (code)
		return err_set(err, "URL \"%s\": %s", shown, curl_url_strerror(code));
	return 0;
}

char *http_url_join(const char *base, const char *path)
{
	size_t n = strlen(base);

	if (has_scheme(path))
		return xstrdup(path);
	if (!*path)
		return xstrdup(base);
	while (n && base[n - 1] == '/')
		n--;
	while (*path == '/')
		path++;
	return xasprintf("%.*s/%s", (int)n, base, path);
}
