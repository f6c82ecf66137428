/* "prices": what tokens cost, in whatever currency. */
#include "parse.h"

#define PRICE_MAX 1e6

static void take_price(struct parser *p, uint32_t object, const char *key, double *out)
{
	uint32_t at = json_get(&p->json, object, key);

	if (!at || expect(p, at, JSON_NUMBER, "the price of a million tokens"))
		return;
	*out = json_number(&p->json, at);
	if (!(*out >= 0 && *out <= PRICE_MAX))
		refuse(p, at, NULL, "is out of range; expected the price of a million tokens, 0 to %.0f", PRICE_MAX);
}

void take_prices(struct parser *p)
{
	static const char *const keys[] = {"input_per_mtok", "output_per_mtok", NULL};
	uint32_t at = json_get(&p->json, 0, "prices");

	if (!at || expect(p, at, JSON_OBJECT, "an object such as {\"input_per_mtok\": 0.5, \"output_per_mtok\": 1.5}"))
		return;
	expect_keys(p, at, keys, "input_per_mtok or output_per_mtok");
	take_price(p, at, "input_per_mtok", &p->scenario->price_in);
	take_price(p, at, "output_per_mtok", &p->scenario->price_out);
}
