/* WebSockets (RFC 6455) at /ws/chat: each text message is a request, its answer
 * the messages that follow, the last one "[DONE]". One answer at a time, further
 * requests wait. The loop's thread. */
#ifndef SERVE_WS_H
#define SERVE_WS_H

#include <event2/http.h>
#include <stdbool.h>
#include <stddef.h>

#include "state.h"

#define SERVE_WS_ACCEPT_BYTES 29 /* with the NUL */

/* What the handshake answers to Sec-WebSocket-Key; -1: that is no such key. */
int ws_accept_key(const char *key, char out[SERVE_WS_ACCEPT_BYTES]);

/* Takes the connection over, or refuses. */
void ws_upgrade(struct serve *serve, struct evhttp_request *request);
/* A text message. */
void ws_send(struct ws *ws, const char *text, size_t bytes);
/* An error and the end of an answer that has not begun. */
void ws_refuse(struct ws *ws, int status, const char *param, const char *message);
/* The answer is complete, its exchange gone. */
void ws_answered(struct ws *ws);
/* Ends the connection without a word, and frees it; not from its own messages. */
void ws_hang_up(struct ws *ws, bool reset);
/* The server stops: says goodbye where no answer is under way. */
void ws_stop(struct serve *serve);

#endif
