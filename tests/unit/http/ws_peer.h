/* Frames as a WebSocket server writes and reads them, by hand. */
#ifndef TESTS_WS_PEER_H
#define TESTS_WS_PEER_H

#include <assert.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { PEER_CONT, PEER_TEXT, PEER_BINARY, PEER_CLOSE = 8, PEER_PING, PEER_PONG };

/* Appends a frame to `out`; returns its bytes. */
static inline size_t peer_frame(uint8_t *out, bool fin, int opcode, const void *payload,
				size_t n)
{
	size_t head = 2;

	out[0] = (uint8_t)((fin ? 0x80 : 0) | opcode);
	if (n < 126) {
		out[1] = (uint8_t)n;
	} else if (n < 65536) {
		out[1] = 126;
		out[2] = (uint8_t)(n >> 8);
		out[3] = (uint8_t)n;
		head = 4;
	} else {
		out[1] = 127;
		for (int i = 0; i < 8; i++)
			out[2 + i] = (uint8_t)(n >> (56 - 8 * i));
		head = 10;
	}
	if (n)
		memcpy(out + head, payload, n);
	return head + n;
}

/* A client's frame at `in`: unmasked in place. Returns its bytes, 0 when it is
 * not all there. */
static inline size_t peer_parse(uint8_t *in, size_t have, int *opcode, uint8_t **payload,
				size_t *n)
{
	size_t head = 2;

	if (have < 2)
		return 0;
	assert(in[0] & 0x80); /* ours are whole */
	assert(in[1] & 0x80); /* and masked */
	*opcode = in[0] & 15;
	*n = in[1] & 127;
	if (*n == 126) {
		if (have < 4)
			return 0;
		*n = (size_t)in[2] << 8 | in[3];
		head = 4;
	} else if (*n == 127) {
		if (have < 10)
			return 0;
		*n = 0;
		for (int i = 0; i < 8; i++)
			*n = *n << 8 | in[2 + i];
		head = 10;
	}
	if (have < head + 4 + *n)
		return 0;
	*payload = in + head + 4;
	for (size_t i = 0; i < *n; i++)
		(*payload)[i] ^= in[head + i % 4];
	return head + 4 + *n;
}

/* The Accept of the upgrade `request`. */
static inline void peer_accept(const char *request, char out[32])
{
	const char *key = strstr(request, "\r\nSec-WebSocket-Key: ");
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned bytes;
	char text[128];

	assert(key);
	snprintf(text, sizeof text, "%.24s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key + 21);
	EVP_Digest(text, strlen(text), digest, &bytes, EVP_sha1(), NULL);
	EVP_EncodeBlock((unsigned char *)out, digest, (int)bytes);
}

#endif
