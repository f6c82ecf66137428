/* An API's answer table made ready for reading: its pointers as one set of
 * slots, and what each slot is for. Shared by all threads and never freed: there
 * are as many as there are different tables. */
#ifndef HTTP_PROGRAM_H
#define HTTP_PROGRAM_H

#include "http/api.h"
#include "pluck.h"

enum part {
	PART_TEXT, PART_REASONING, PART_TOOL, PART_WHOLE, PART_INSTEAD, PART_TOKENS_IN,
	PART_TOKENS_OUT, PART_CACHED, PART_UNCOUNTED, PART_ERROR, PART_END, PARTS
};

/* A place: `slot`, where `when` (-1: always) holds `is`. */
struct program_place {
	int16_t slot, when;
	uint32_t is_bytes;
	const char *is;
};

struct program {
	struct pluck *pluck;
	struct program_place place[PARTS][API_PLACES];
	uint8_t places[PARTS];
	const char *end_data; /* NULL: none */
	size_t end_data_bytes;
	bool end_required, raw_text, cached_uncounted;
	struct api_answer answer; /* its strings copied: what it was made of */
	struct program *next;
};

/* Places whose pointers are none are left out. Any thread. */
const struct program *program_of(const struct api_answer *answer);

/* The next hit from *from on that counts at this place; NULL: no more. */
const struct pluck_hit *program_hit(const struct program_place *place,
				    const struct pluck_hits *hits, uint32_t *from);

/* What an error says of itself: the JSON text's /error/message, /message, … as
 * one printable line. False: it is not JSON or has no such words. */
bool program_message(const char *json, size_t bytes, char *out, size_t room);
/* A string's hit as one printable line, "" where nothing can be shown. */
void program_line(const struct pluck_hit *hit, char *out, size_t room);

#endif
