/* Text with ${…} in it, compiled when the scenario is read: a list of pieces that
 * are put together for each request. What does not change from one request to the
 * next (${env:…}, "$${") is resolved here. */
#ifndef SCENARIO_TEMPLATE_H
#define SCENARIO_TEMPLATE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/rng.h"
#include "parse.h"
#include "scenario/scenario.h"

/* How a piece is written. */
enum form {
	FORM_TEXT,
	FORM_JSON,  /* inside a JSON string */
	FORM_VALUE, /* a JSON string alone: with its quotes, or the value that it is */
	FORM_URL,
	FORM_HEADER,
};

enum piece_kind {
	PIECE_LITERAL,
	PIECE_DATA,
	PIECE_SEQ,
	PIECE_USER,
	PIECE_UUID,
	PIECE_TURN,
	PIECE_CAPTURE,
	PIECE_HISTORY, /* the conversation so far, as the API wants it */
};

struct piece {
	uint8_t kind, form;
	uint16_t set;  /* DATA */
	int32_t index; /* DATA: column; CAPTURE; TURN: as written, -1 the last */
	uint32_t at, bytes; /* LITERAL: in template->literal */
};

struct template {
	struct piece *piece;
	int count;
	char *literal;
};

void template_free(struct template *template);

/* ---- compiling ---- */

struct template_builder {
	struct parser *parser;
	struct task *task; /* its captures are known, and its uses of data are noted */
	int turn;          /* the template belongs to this turn's text; -1: to every request */
	struct piece *piece;
	int count;
	struct buf literal;
	uint32_t open; /* where the literal piece being made began */
};

void template_literal(struct template_builder *b, const char *bytes, size_t count);
void template_piece(struct template_builder *b, struct piece piece);
/* The string value `at`, in `form`; its literal parts are put in as they are
 * (JSON: escaped). */
int template_string(struct template_builder *b, uint32_t at, enum form form);
/* The same for a text that is made of the value `at`. */
int template_text(struct template_builder *b, uint32_t at, const char *text, size_t bytes,
		  enum form form);
/* The key of the member `at`, quoted. */
int template_key(struct template_builder *b, uint32_t at);
/* Any JSON value without white space. */
int template_json(struct template_builder *b, uint32_t at);
/* What was built: a template; or, when nothing in it changes, NULL and its text
 * in *fixed (free() it); `fixed` NULL: a template in any case. The builder is
 * empty then. */
struct template *template_finish(struct template_builder *b, char **fixed, size_t *fixed_bytes);
void template_drop(struct template_builder *b);
/* What does not change, with `stand_in` for each template. */
char *template_sketch(const struct template *template, const char *stand_in, size_t *bytes);

/* Is there a "${" in the string value `at`? Where none is allowed. */
bool template_there(const struct parser *p, uint32_t at);

/* ---- rendering ---- */

/* A value as a piece of this form is written. */
void template_put(struct buf *out, enum form form, const char *bytes, size_t count);

/* What one session of one user has said and heard. */
struct template_view {
	const struct scenario *scenario;
	uint64_t *row; /* one a data set */
	uint64_t seq;
	uint32_t user;
	struct rng *rng;
	struct buf history, scratch;
	struct buf answers; /* one behind another, turn t ends at answer_end[t] */
	size_t *answer_end;
	struct captured {
		struct buf text; /* JSON text unless `string` */
		bool there, string;
	} *captured;
	int capture_room;
};

void template_render(const struct template *template, struct template_view *view,
		     struct buf *out);

#endif
