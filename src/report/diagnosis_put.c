#include "diagnosis_put.h"

#include "base/signs.h"
#include "html_out.h"
#include "json_out.h"

void diagnosis_put(cJSON *scaling, const struct diagnosis *d)
{
	cJSON *o, *evidence;

	cJSON_DeleteItemFromObjectCaseSensitive(scaling, "verdict");
	if (!*d->sentence) {
		json_null(scaling, "verdict");
		return;
	}
	o = json_object(scaling, "verdict");
	json_string(o, "cause", diagnosis_name((enum diagnosis_cause)d->cause));
	json_string(o, "sentence", d->sentence);
	evidence = json_array(o, "evidence");
	for (int i = 0; i < d->lines; i++)
		cJSON_AddItemToArray(evidence, json_must(cJSON_CreateString(d->line[i])));
	json_string(o, "next", *d->next ? d->next : NULL);
}

void diagnosis_text(const struct text_out *out, const struct diagnosis *d)
{
	char text[2 * DIAGNOSIS_TEXT];

	if (!*d->sentence)
		return;
	text_wrap(out, 9, "verdict: %s: %s", diagnosis_words((enum diagnosis_cause)d->cause),
		  signs_set(d->sentence, &signs_unicode, text, sizeof text));
	if (*d->next)
		text_wrap(out, 9, "         %s", signs_set(d->next, &signs_unicode, text, sizeof text));
}

void diagnosis_html(FILE *out, const struct diagnosis *d)
{
	char text[2 * DIAGNOSIS_TEXT];

	if (!*d->sentence)
		return;
	fputs("<section><h2>Verdict</h2><p>", out);
	html_element(out, "b", NULL, diagnosis_words((enum diagnosis_cause)d->cause));
	fputs(": ", out);
	html_text(out, signs_set(d->sentence, &signs_unicode, text, sizeof text));
	fputs(".", out);
	if (*d->next) {
		fputs("<br/>", out);
		html_text(out, signs_set(d->next, &signs_unicode, text, sizeof text));
		fputs(".", out);
	}
	fputs("</p>\n<ul class=\"plain\">\n", out);
	for (int i = 0; i < d->lines; i++)
		html_element(out, "li", NULL, signs_set(d->line[i], &signs_unicode, text, sizeof text));
	fputs("</ul></section>\n", out);
}
