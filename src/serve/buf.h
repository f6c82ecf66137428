/* Text that grows; its memory stays with it. Zeroed before first use. */
#ifndef SERVE_BUF_H
#define SERVE_BUF_H

#include <stddef.h>

struct buf {
	char *data; /* terminated once anything was added */
	size_t bytes, room;
};

void buf_clear(struct buf *buf);
void buf_fini(struct buf *buf);
void buf_add(struct buf *buf, const void *data, size_t bytes);
void buf_text(struct buf *buf, const char *text);
void buf_printf(struct buf *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The inside of a JSON string: UTF-8 as it is, the rest escaped. */
void buf_json(struct buf *buf, const char *text, size_t bytes);

#endif
