/* The APIs known by name: for each a row that says how a request is put
 * together and where in the answer the text, the usage, an error and the end
 * are. No code anywhere asks for a particular API. */
#ifndef HTTP_API_H
#define HTTP_API_H

#include <stdbool.h>

/* How an answer comes. AUTO: asked for as the API streams by default, read as
 * its Content-Type says. */
enum stream_mode { STREAM_AUTO, STREAM_SSE, STREAM_NDJSON, STREAM_WS, STREAM_OFF, STREAM_MODES };

const char *stream_mode_name(enum stream_mode mode);
int stream_mode_by_name(const char *name); /* -1: there is none */

/* A place in a JSON event or body: `pointer` (RFC 6901), counted only where the
 * string at `when` is `is` (when NULL: always). */
struct api_place {
	const char *pointer, *when, *is;
};

#define API_PLACES 4 /* a row lists at most so many; the first NULL ends it */

/* An event is content when a text, reasoning or tool place holds a non-empty
 * string (tool: any non-empty value). */
struct api_answer {
	struct api_place text[API_PLACES];      /* of an event */
	struct api_place reasoning[API_PLACES];
	struct api_place tool[API_PLACES];
	struct api_place whole[API_PLACES];     /* text of an answer that is not streamed */
	struct api_place tokens_in[API_PLACES], tokens_out[API_PLACES], cached[API_PLACES];
	struct api_place error[API_PLACES];     /* anything but null there: an in-band error */
	struct api_place end[API_PLACES];       /* true, or any value where `when` holds */
	const char *end_data; /* an event with exactly this data ends it ("[DONE]"); NULL */
	bool end_required;    /* a stream without its end is truncated */
};

struct api {
	const char *name;
	const char *path;        /* its usual one; NULL: "/" */
	const char *prompt_key;  /* member that takes the prompt; NULL: the body is the user's */
	bool chat;               /* it is an array of {"role", "content"}; else one string */
	enum stream_mode stream; /* how it streams: SSE or NDJSON */
	bool streams;            /* AUTO asks for a stream */
	const char *stream_body; /* members added to the body to ask for one, "" for none */
	const char *plain_body;  /* members added where none is wanted */
	const char *needs;       /* members it cannot do without, unless params brings them */
	const char *const *header; /* "Name: value" it needs, NULL at the end, or NULL */
	struct api_answer answer;
};

extern const struct api api_table[]; /* name NULL at the end; generic is among them */
const struct api *api_by_name(const char *name); /* NULL: there is none */
/* "openai-chat, openai-completions, …" for messages. */
const char *api_names(void);

#endif
