/* Keeps secrets out of what is written down: recordings, reports, the screen.
 * Any thread. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#define SECRET_SHOWN "[redacted]"

/* A header or query field of this name carries a secret: Authorization, Cookie,
 * X-API-Key, access_token, … */
bool secret_name(const char *name, size_t bytes);

/* The first secret in a URL that is not before `from` (url at first, then one
 * behind the last one's end): its password, the value of a secret query field.
 * NULL: there is none. */
const char *secret_in_url(const char *url, const char *from, size_t *bytes);

/* The first secret in `bytes` bytes of JSON, or of something like it, that is behind
 * `from` (json at first, then where the last one ended): the text behind a name that says
 * so, {"password": "...", "api_key": "..."}, also of JSON inside a JSON string. Numbers are
 * none: "max_tokens" has one. One that is cut off goes to the end. NULL: there is none. */
const char *secret_in_json(const char *json, size_t bytes, const char *from, size_t *secret_bytes);

/* The same of a form, name=value&name=value, anywhere in the text. */
const char *secret_in_form(const char *form, size_t bytes, const char *from, size_t *secret_bytes);
/* The same of a body that may be either. */
const char *secret_in_body(const char *body, size_t bytes, const char *from, size_t *secret_bytes);

/* The body with SECRET_SHOWN for its secrets. free() the result. */
char *secret_body(const char *body);

/* The URL with SECRET_SHOWN for its password and its secret query fields; text
 * that is no URL comes back as it is. free() the result. */
char *secret_url(const char *url);

/* "Name: value" with SECRET_SHOWN for a secret's value. free() the result. */
char *secret_header(const char *line);

#endif
