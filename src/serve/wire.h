/* Bytes to a client now and not at the loop's next turn: a token's time of
 * sending is its own. The loop's thread. */
#ifndef SERVE_WIRE_H
#define SERVE_WIRE_H

#include <event2/bufferevent.h>
#include <stddef.h>

/* What the socket does not take is sent by the loop, in order. Errors show when
 * the loop meets them. */
void wire_send(struct bufferevent *events, const void *data, size_t bytes);
/* The same for what waits already. */
void wire_flush(struct bufferevent *events);
/* The peer gets a reset and not an orderly end; the connection is to be freed
 * next. */
void wire_reset(struct bufferevent *events);

#endif
