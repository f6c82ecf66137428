#include "base/buf.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

char *buf_reserve(struct buf *buf, size_t more)
{
	if (buf->room - buf->used < more) {
		size_t room = buf->room ? buf->room : 256;

		while (room - buf->used < more)
			room *= 2;
		buf->at = xrealloc(buf->at, room);
		buf->room = room;
	}
	return buf->at + buf->used;
}

void buf_add(struct buf *buf, const void *bytes, size_t count)
{
	if (count)
		memcpy(buf_reserve(buf, count), bytes, count);
	buf->used += count;
}

void buf_puts(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void buf_printf(struct buf *buf, const char *fmt, ...)
{
	va_list args;
	int length;

	va_start(args, fmt);
	length = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (length < 0)
		return;
	buf_reserve(buf, (size_t)length + 1);
	va_start(args, fmt);
	vsnprintf(buf->at + buf->used, (size_t)length + 1, fmt, args);
	va_end(args);
	buf->used += (size_t)length;
}

void buf_number(struct buf *buf, uint64_t number)
{
	char digits[20], *p = digits + sizeof digits;

	do
		*--p = (char)('0' + number % 10);
	while (number /= 10);
	buf_add(buf, p, (size_t)(digits + sizeof digits - p));
}

static void put_escape(struct buf *buf, unsigned char c)
{
	static const char hex[] = "0123456789abcdef", plain[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt";
	const char *p = c ? strchr(plain, c) : NULL;

	if (p)
		buf_add(buf, (char[]){'\\', letter[p - plain]}, 2);
	else
		buf_add(buf, (char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6);
}

/* Has one of eight bytes a meaning in JSON, or is it not ASCII? (The top bit of a
 * byte x of x - 0x20, and of x - 1 where x was made 0 by the exclusive or.) It may
 * say so of a byte after such a one, too. */
static bool is_special(const char *bytes)
{
	const uint64_t ones = 0x0101010101010101ull;
	uint64_t x;

	memcpy(&x, bytes, sizeof x);
	return (((x - ones * 0x20) | ((x ^ ones * '"') - ones) | ((x ^ ones * '\\') - ones) | x) &
		ones * 0x80) != 0;
}

void buf_json(struct buf *buf, const char *bytes, size_t count)
{
	size_t from = 0, i = 0;

	while (i < count) {
		unsigned char c = (unsigned char)bytes[i];
		uint32_t cp;
		size_t n = 1;

		if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
			i++;
			while (i + 8 <= count && !is_special(bytes + i))
				i += 8;
			continue;
		}
		if (c >= 0x80) {
			n = utf8_decode(bytes + i, count - i, &cp);
			if (cp != 0xfffd || n != 1) {
				i += n;
				continue;
			}
		}
		buf_add(buf, bytes + from, i - from);
		if (c >= 0x80)
			buf_add(buf, "\xef\xbf\xbd", 3);
		else
			put_escape(buf, c);
		from = ++i;
	}
	buf_add(buf, bytes + from, count - from);
}

void buf_url(struct buf *buf, const char *bytes, size_t count)
{
	static const char hex[] = "0123456789ABCDEF";
	char *out = buf_reserve(buf, 3 * count);

	for (size_t i = 0; i < count; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if ((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
		    (c && strchr("-._~", c))) {
			*out++ = (char)c;
		} else {
			*out++ = '%';
			*out++ = hex[c >> 4];
			*out++ = hex[c & 15];
		}
	}
	if (count)
		buf->used = (size_t)(out - buf->at);
}

void buf_header(struct buf *buf, const char *bytes, size_t count)
{
	char *out = buf_reserve(buf, count);

	for (size_t i = 0; i < count; i++) {
		unsigned char c = (unsigned char)bytes[i];

		out[i] = c < 0x20 || c == 0x7f ? ' ' : (char)c;
	}
	buf->used += count;
}

void buf_terminate(struct buf *buf)
{
	*buf_reserve(buf, 1) = '\0';
}

char *buf_take(struct buf *buf, size_t *bytes)
{
	char *out;

	buf_terminate(buf);
	out = buf->at;
	*bytes = buf->used;
	*buf = (struct buf){0};
	return out;
}

void buf_fini(struct buf *buf)
{
	free(buf->at);
	*buf = (struct buf){0};
}
