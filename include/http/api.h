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

/* A place in a JSON event or body: `pointer` (RFC 6901; where it says "-" it
 * means every element of an array), counted only where the string at `when` is
 * `is` (when NULL: always). Where both go through "-" it is one and the same
 * element's. */
struct api_place {
	const char *pointer, *when, *is;
};

#define API_POINTER_STEPS 16 /* a pointer has at most so many */
#define API_PLACES 16 /* a row lists at most so many; the first NULL ends it */

/* An event is content when a text, reasoning or tool place holds a non-empty
 * string (tool: any non-empty value). Of each list the first place that has
 * something counts; of a count, the last one said in an answer. */
struct api_answer {
	struct api_place text[API_PLACES];      /* of an event */
	struct api_place reasoning[API_PLACES];
	struct api_place tool[API_PLACES];
	struct api_place whole[API_PLACES];     /* text of an answer that is not streamed */
	struct api_place instead[API_PLACES];   /* what such a one may have without text:
						 * reasoning, calls of tools */
	struct api_place tokens_in[API_PLACES], tokens_out[API_PLACES], cached[API_PLACES];
	/* Input tokens that tokens_in leaves out, beside those in `cached`; set
	 * where tokens_in counts only what no cache held. */
	struct api_place uncounted[API_PLACES];
	bool cached_uncounted;
	struct api_place error[API_PLACES]; /* anything but null, false, 0 or empty there: an
					     * in-band error */
	struct api_place end[API_PLACES];   /* true, or any value where `when` holds */
	const char *end_data; /* an event with exactly this data ends it ("[DONE]"); NULL */
	bool end_required;    /* a stream without its end is truncated */
	bool raw_text;        /* an event that is not JSON is text itself */
};

struct api {
	const char *name;
	const char *path;        /* its usual one; NULL: "/" */
	const char *prompt_key;  /* member that takes the prompt; NULL: the body is the user's */
	bool chat;               /* it is an array of {"role", "content"}; else one string */
	enum stream_mode stream; /* how it streams: SSE or NDJSON */
	bool streams;            /* AUTO asks for a stream */
	/* JSON members without braces, such as "\"stream\":true"; "" for none. */
	const char *stream_body; /* added to the body to ask for a stream */
	const char *plain_body;  /* added where none is wanted */
	const char *needs;       /* it cannot do without, unless the body brings them */
	const char *const *header; /* "Name: value" it needs, NULL at the end, or NULL */
	struct api_answer answer;
};

extern const struct api api_table[]; /* name NULL at the end; generic is among them */
const struct api *api_by_name(const char *name); /* NULL: there is none */
/* "openai-chat, openai-completions, …" for messages. */
const char *api_names(void);

#endif
