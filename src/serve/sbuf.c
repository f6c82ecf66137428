#include "sbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void sbuf_clear(struct sbuf *buf)
{
	buf->bytes = 0;
	if (buf->data)
		buf->data[0] = '\0';
}

void sbuf_fini(struct sbuf *buf)
{
	free(buf->data);
	*buf = (struct sbuf){0};
}

/* Room for so many more and the NUL. */
static void reserve(struct sbuf *buf, size_t bytes)
{
	if (buf->room - buf->bytes > bytes)
		return;
	while (buf->room - buf->bytes <= bytes)
		buf->room = buf->room ? 2 * buf->room : 256;
	buf->data = xrealloc(buf->data, buf->room);
}

void sbuf_add(struct sbuf *buf, const void *data, size_t bytes)
{
	reserve(buf, bytes);
	if (bytes > 0)
		memcpy(buf->data + buf->bytes, data, bytes);
	buf->bytes += bytes;
	buf->data[buf->bytes] = '\0';
}

void sbuf_text(struct sbuf *buf, const char *text)
{
	sbuf_add(buf, text, strlen(text));
}

void sbuf_printf(struct sbuf *buf, const char *fmt, ...)
{
	va_list args;
	int length;

	va_start(args, fmt);
	length = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	reserve(buf, (size_t)length);
	va_start(args, fmt);
	vsnprintf(buf->data + buf->bytes, (size_t)length + 1, fmt, args);
	va_end(args);
	buf->bytes += (size_t)length;
}

void sbuf_json(struct sbuf *buf, const char *text, size_t bytes)
{
	size_t plain = 0;

	for (size_t i = 0; i < bytes; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c >= ' ' && c != '"' && c != '\\')
			continue;
		sbuf_add(buf, text + plain, i - plain);
		plain = i + 1;
		if (c == '"' || c == '\\')
			sbuf_add(buf, (char[]){'\\', (char)c}, 2);
		else if (c == '\n')
			sbuf_add(buf, "\\n", 2);
		else
			sbuf_printf(buf, "\\u%04x", c);
	}
	sbuf_add(buf, text + plain, bytes - plain);
}
