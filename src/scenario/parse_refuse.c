#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "base/utf8.h"
#include "parse.h"

int refuse(struct parser *p, uint32_t at, const char *missing, const char *fmt, ...)
{
	struct err why, err;
	va_list ap;

	if (!missing && p->refused[at])
		return -1;
	p->refused[at] |= !missing;
	va_start(ap, fmt);
	vsnprintf(why.text, sizeof why.text, fmt, ap);
	va_end(ap);
	json_err(&p->json, at, missing, &err, "%s", why.text);
	return faults_add(p->faults, at, &err);
}

int refuse_with(struct parser *p, uint32_t at, const struct err *why)
{
	char text[400];

	return refuse(p, at, NULL, "%s", utf8_clean(why->text, strlen(why->text), text, sizeof text));
}

int refuse_elsewhere(struct parser *p, uint32_t at, const struct err *why)
{
	p->refused[at] = true;
	return faults_add(p->faults, at, why);
}

int refuse_word(struct parser *p, uint32_t at, const char *what, const char *list)
{
	struct near near = near_to(json_text(&p->json, at), p->json.value[at].text_bytes);
	char said[NEAR_SAID];

	near_offer_list(&near, list);
	return refuse(p, at, NULL, "%s; %s", what, near_or(&near, said, "expected %s", list));
}

bool misspelt(const struct parser *p, uint32_t object, const char *key)
{
	for (uint32_t c = p->json.value[object].child; c; c = p->json.value[c].next) {
		struct near near = near_to(json_key(&p->json, c), p->json.value[c].key_bytes);

		near_offer(&near, key);
		if (p->refused[c] && near.best)
			return true;
	}
	return false;
}
