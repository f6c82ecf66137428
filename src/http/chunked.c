#include "chunked.h"

#include <string.h>

/* Beyond it an addition could wrap. */
#define DIGITS_MAX 15

enum {
	SIZE,       /* its digits */
	EXTENSION,  /* the rest of its line */
	SIZE_LF,    /* its CR has come */
	DATA,
	DATA_END,   /* the line end behind it */
	DATA_LF,
	TRAILER,    /* at the beginning of a line */
	TRAILER_LF, /* of the last, empty line */
	TRAILER_IN, /* within one */
	ENDED,
};

void chunked_begin(struct chunked *c)
{
	*c = (struct chunked){.state = SIZE};
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 32;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static uint8_t after_size(struct chunked *c)
{
	c->digits = 0;
	c->bytes = 0;
	return c->left ? DATA : TRAILER;
}

/* One byte outside of data; -1: it may not be there. */
static int take(struct chunked *c, char byte)
{
	int digit;

	switch (c->state) {
	case SIZE:
		digit = hex(byte);
		if (digit >= 0 && c->digits < DIGITS_MAX) {
			c->left = c->left << 4 | (unsigned)digit;
			c->digits++;
			return SIZE;
		}
		if (!c->digits || digit >= 0)
			return -1;
		if (byte == '\r')
			return SIZE_LF;
		if (byte == '\n')
			return after_size(c);
		return byte == ';' || byte == ' ' || byte == '\t' ? EXTENSION : -1;
	case EXTENSION:
		if (byte == '\n')
			return after_size(c);
		return ++c->bytes < CHUNKED_LINE_MAX ? EXTENSION : -1;
	case SIZE_LF:
		return byte == '\n' ? after_size(c) : -1;
	case DATA_END:
		return byte == '\r' ? DATA_LF : byte == '\n' ? SIZE : -1;
	case DATA_LF:
		return byte == '\n' ? SIZE : -1;
	case TRAILER:
		if (byte == '\r')
			return TRAILER_LF;
		if (byte == '\n')
			return ENDED;
		return ++c->bytes < CHUNKED_TRAILER_MAX ? TRAILER_IN : -1;
	case TRAILER_LF:
		return byte == '\n' ? ENDED : -1;
	default: /* TRAILER_IN */
		if (++c->bytes >= CHUNKED_TRAILER_MAX)
			return -1;
		return byte == '\n' ? TRAILER : TRAILER_IN;
	}
}

enum chunked_step chunked_next(struct chunked *c, const char **at, const char *end,
			       const char **data, size_t *bytes)
{
	while (c->state != ENDED && *at < end) {
		int state;

		if (c->state == DATA) {
			size_t n = (size_t)(end - *at);

			if (n > c->left)
				n = (size_t)c->left;
			*data = *at;
			*bytes = n;
			*at += n;
			c->left -= n;
			if (!c->left)
				c->state = DATA_END;
			return CHUNKED_DATA;
		}
		state = take(c, *(*at)++);
		if (state < 0)
			return CHUNKED_BAD;
		c->state = (uint8_t)state;
	}
	return c->state == ENDED ? CHUNKED_END : CHUNKED_MORE;
}
