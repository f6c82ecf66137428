/* Text that grows; its memory stays with it. Zeroed before first use. */
#ifndef SERVE_SBUF_H
#define SERVE_SBUF_H

#include <stddef.h>

struct sbuf {
	char *data; /* terminated once anything was added */
	size_t bytes, room;
};

void sbuf_clear(struct sbuf *buf);
void sbuf_fini(struct sbuf *buf);
void sbuf_add(struct sbuf *buf, const void *data, size_t bytes);
void sbuf_text(struct sbuf *buf, const char *text);
void sbuf_printf(struct sbuf *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The inside of a JSON string: UTF-8 as it is, the rest escaped. */
void sbuf_json(struct sbuf *buf, const char *text, size_t bytes);

#endif
