#include "http/fetch.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "curl_common.h"

/* A multi of one: the only way to end a wait from another thread at once. */
struct fetch {
	CURLM *multi;
	CURL *easy;
	struct curl_common common;
	struct curl_slist *header;
	char text[CURL_ERROR_SIZE];
	size_t most;
	struct buf body;
	bool cut;
	/* Released by fetch_cancel(), acquired by the thread that waits. */
	atomic_bool cancelled;
};

static size_t take(char *data, size_t size, size_t count, void *user)
{
	struct fetch *f = user;
	size_t bytes = size * count, room = f->most - f->body.used;

	f->cut = bytes > room;
	buf_add(&f->body, data, f->cut ? room : bytes);
	return f->cut ? 0 : bytes; /* 0 ends it: the rest may be without end */
}

static CURLcode set_up(struct fetch *f, const char *url)
{
	CURL *easy = f->easy;
	CURLcode code = curl_common_apply(&f->common, easy);

	CURL_SET(CURLOPT_URL, url);
	CURL_SET(CURLOPT_ERRORBUFFER, f->text);
	CURL_SET(CURLOPT_HTTPHEADER, f->header);
	CURL_SET(CURLOPT_ACCEPT_ENCODING, "identity");
	CURL_SET(CURLOPT_WRITEFUNCTION, take);
	CURL_SET(CURLOPT_WRITEDATA, f);
	return code;
}

struct fetch *fetch_new(const char *url, const char *accept, const struct engine_config *config,
			size_t most, struct err *err)
{
	struct engine_config way = {
		.proxy = config->proxy, .connect_to = config->connect_to, .resolve = config->resolve,
		.insecure = config->insecure, .ca_file = config->ca_file, .cert_file = config->cert_file,
		.key_file = config->key_file, .follow_redirects = config->follow_redirects,
		.user_agent = config->user_agent,
	};
	struct fetch *f = xcalloc(1, sizeof *f);
	char *line = xasprintf("Accept: %s", accept);

	f->most = most;
	if (!curl_common_init(&f->common, &way, err)) {
		f->header = curl_slist_append(NULL, line);
		f->multi = curl_multi_init();
		f->easy = curl_easy_init();
		if (!f->header || !f->multi || !f->easy || set_up(f, url)) {
			err_set(err, "out of memory");
			fetch_free(f);
			f = NULL;
		}
	} else {
		free(f);
		f = NULL;
	}
	free(line);
	return f;
}

void fetch_free(struct fetch *f)
{
	if (!f)
		return;
	curl_easy_cleanup(f->easy);
	if (f->multi)
		curl_multi_cleanup(f->multi);
	curl_slist_free_all(f->header);
	curl_common_fini(&f->common);
	buf_fini(&f->body);
	free(f);
}

static bool is_cancelled(const struct fetch *f)
{
	return atomic_load_explicit(&f->cancelled, memory_order_acquire);
}

/* Until the transfer is over, the time is, or somebody cancels: then -1. */
static CURLcode await(struct fetch *f, int64_t until_ns)
{
	int running = 1, left, ms;
	const CURLMsg *message;

	while (!curl_multi_perform(f->multi, &running) && running) {
		ms = (int)((until_ns - clock_ns() + NS_PER_MS - 1) / NS_PER_MS);
		if (is_cancelled(f) || ms <= 0)
			return CURLE_OPERATION_TIMEDOUT;
		curl_multi_poll(f->multi, NULL, 0, ms, NULL);
	}
	message = curl_multi_info_read(f->multi, &left);
	return message && message->msg == CURLMSG_DONE ? message->data.result : CURLE_OUT_OF_MEMORY;
}

static int explain(struct fetch *f, CURLcode code, struct err *err)
{
	enum error_class class = curl_common_class(code, f->body.used);
	long os_errno = 0;
	char said[200];

	if (class == ERROR_TIMEOUT)
		return err_set(err, "no answer in time");
	curl_easy_getinfo(f->easy, CURLINFO_OS_ERRNO, &os_errno);
	return err_set(err, "%s", curl_common_message(code, class, (int)os_errno, f->text, said, sizeof said));
}

int fetch_get(struct fetch *f, int64_t timeout_ns, struct fetch_answer *out, struct err *err)
{
	int64_t from_ns = clock_ns();
	long status = 0;
	CURLcode code;

	*out = (struct fetch_answer){0};
	f->body.used = 0;
	f->cut = false;
	f->text[0] = '\0';
	if (curl_multi_add_handle(f->multi, f->easy))
		return err_set(err, "out of memory");
	code = await(f, from_ns + timeout_ns);
	out->took_ns = clock_ns() - from_ns;
	out->cancelled = is_cancelled(f);
	if (!code || f->cut)
		curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
	if (!status)
		explain(f, code, err);
	curl_easy_getinfo(f->easy, CURLINFO_CONTENT_TYPE, &out->type);
	curl_easy_getinfo(f->easy, CURLINFO_REDIRECT_URL, &out->redirect);
	/* Where it is still running that closes its connection. */
	curl_multi_remove_handle(f->multi, f->easy);
	out->status = (int)status;
	out->cut = f->cut;
	out->body = f->body.at;
	out->body_bytes = f->body.used;
	return status ? 0 : -1;
}

void fetch_cancel(struct fetch *f)
{
	atomic_store_explicit(&f->cancelled, true, memory_order_release);
	curl_multi_wakeup(f->multi);
}
