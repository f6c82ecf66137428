/* Bytes that grow and stay: emptied (used = 0) and filled again, they allocate
 * only until they have seen their largest content. All zero at first. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

struct buf {
	char *at; /* NULL until something was added */
	size_t used, room;
};

/* Room for `more` bytes; returns where they go. `used` is the caller's to move. */
char *buf_reserve(struct buf *buf, size_t more);
void buf_add(struct buf *buf, const void *bytes, size_t count);
void buf_puts(struct buf *buf, const char *text);
void buf_printf(struct buf *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_number(struct buf *buf, uint64_t number);
/* As the inside of a JSON string; malformed UTF-8 becomes U+FFFD. */
void buf_json(struct buf *buf, const char *bytes, size_t count);
/* All but RFC 3986's unreserved characters as %XX. */
void buf_url(struct buf *buf, const char *bytes, size_t count);
/* As part of a header's value: control characters become spaces. */
void buf_header(struct buf *buf, const char *bytes, size_t count);
/* A NUL behind the content, not counted. */
void buf_terminate(struct buf *buf);
/* The content as a string of its own, terminated; the buffer is empty then. */
char *buf_take(struct buf *buf, size_t *bytes);
void buf_fini(struct buf *buf);

#endif
