#include "wire.h"

#include <event2/buffer.h>
#include <sys/socket.h>

void wire_send(struct bufferevent *events, const void *data, size_t bytes)
{
	struct evbuffer *out = bufferevent_get_output(events);
	ssize_t sent = 0;

	if (bytes == 0)
		return;
	if (evbuffer_get_length(out) == 0)
		sent = send(bufferevent_getfd(events), data, bytes,
			    MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent < 0)
		sent = 0;
	if ((size_t)sent < bytes)
		evbuffer_add(out, (const char *)data + sent, bytes - (size_t)sent);
}

void wire_flush(struct bufferevent *events)
{
	struct evbuffer *out = bufferevent_get_output(events);

	/* A bufferevent keeps its front to itself. */
	evbuffer_unfreeze(out, 1);
	evbuffer_write(out, bufferevent_getfd(events));
	evbuffer_freeze(out, 1);
}

void wire_reset(struct bufferevent *events)
{
	struct sockaddr nowhere = {.sa_family = AF_UNSPEC};

	/* Linux: undoes a connection by a reset, even one with nothing unread. */
	connect(bufferevent_getfd(events), &nowhere, sizeof nowhere);
}
