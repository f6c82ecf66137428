/* Text from outside (server answers, scenario names, error messages) made safe
 * for a terminal, and the width of what we draw. Any thread. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Decodes one code point from at most `bytes` bytes (> 0); returns the bytes
 * used. Malformed input gives U+FFFD and uses one byte. */
size_t utf8_decode(const char *s, size_t bytes, uint32_t *out);
/* Encodes into at most four bytes; returns their number. */
size_t utf8_encode(uint32_t cp, char out[4]);
/* The first byte that is no UTF-8, or -1. */
int64_t utf8_wrong_at(const char *text, size_t bytes);
/* Cells a code point takes: 0 (combining), 1 or 2; -1 where not printable.
 * Our own tables follow wcwidth() of a UTF-8 locale, so that tests agree
 * everywhere. */
int utf8_width(uint32_t cp);
/* Copies at most `in_bytes` bytes as one printable line: control characters,
 * escapes and line ends become one space, malformed bytes "?". Always
 * terminated, never cut within a code point. Returns out. */
char *utf8_clean(const char *in, size_t in_bytes, char *out, size_t out_bytes);

/* The same line by line: line ends stay, tabs become a space, blanks stay as they are.
 * Not terminated; returns the bytes written, at most out_bytes. */
size_t utf8_clean_lines(const char *in, size_t in_bytes, char *out, size_t out_bytes);

/* Cells a text takes; what cannot be printed is shown as one '?'. */
int utf8_cells(const char *text);

#endif
