/* What an exchange answers and how long it takes: drawn, or found in the cache. */
#include <string.h>

#include "base/clock.h"
#include "exchange_private.h"
#include "pace.h"
#include "task.h"
#include "tokens.h"

struct serve_answer exchange_answer(const struct exchange *exchange)
{
	return (struct serve_answer){
		.id = exchange->id,
		.created_s = exchange->created_s,
		.model = exchange->ask.model,
		.text = exchange->text.at,
		.bytes = exchange->text.used,
		.tokens_in = exchange->ask.tokens_in,
		.tokens_cached = exchange->hit ? exchange->ask.tokens_in : 0,
		.tokens_out = exchange->tokens,
		.turn = exchange->turn,
		.cut = exchange->cut,
	};
}

/* Bounds a task's answer as max_tokens does; its time is its own all the same. */
static void bound_reply(struct exchange *exchange)
{
	size_t at = 0;
	int tokens = 0;

	while (at < exchange->text.used && tokens != exchange->ask.max_tokens) {
		at += serve_token_bytes(exchange->text.at + at, exchange->text.used - at);
		tokens++;
	}
	exchange->cut = at < exchange->text.used;
	exchange->tokens = tokens;
	exchange->text.used = at;
}

static void draw_task(struct exchange *exchange, const struct serve_task *task)
{
	int64_t whole_ns = serve_task_service_ns(task, &exchange->rng);
	struct serve_pace pace = serve_pace_split(whole_ns, exchange->ask.tokens_in);
	char text[SERVE_ANSWER_BYTES];
	size_t bytes;

	if (exchange->path == SERVE_PATH_CHAT)
		exchange->turn = exchange->ask.turn;
	if (exchange->ask.chat && exchange->path == SERVE_PATH_CHAT)
		bytes = serve_task_reply(&exchange->rng, text, sizeof text);
	else /* without the line's end */
		bytes = serve_task_answer(task, &exchange->rng, exchange->turn, text) - 1;
	buf_add(&exchange->text, text, bytes);
	if (exchange->ask.chat)
		bound_reply(exchange);
	else
		exchange->tokens = serve_token_count(text, bytes);
	exchange->prefill_ns = pace.prefill_ns;
	exchange->left_ns = pace.decode_ns;
}

static void draw_prose(struct exchange *exchange)
{
	const struct serve_ask *ask = &exchange->ask;
	struct serve_pace pace;

	exchange->tokens = serve_task_prose(&exchange->rng, ask->min_tokens,
					    ask->max_tokens > 0 ? ask->max_tokens : 0,
					    ask->ignore_eos, &exchange->text, &exchange->cut);
	pace = serve_pace_draw(&exchange->rng, ask->tokens_in, exchange->tokens);
	exchange->prefill_ns = pace.prefill_ns;
	exchange->left_ns = pace.decode_ns;
}

void exchange_draw(struct exchange *exchange, uint64_t number)
{
	struct serve *serve = exchange->serve;

	serve_task_rng(&exchange->rng, serve->seed, number);
	if (exchange->path <= SERVE_PATH_CHAT)
		draw_task(exchange, &serve_tasks[exchange->path]);
	else
		draw_prose(exchange);
	exchange->prefill_ns = (int64_t)((double)exchange->prefill_ns / serve->speed);
	exchange->left_ns = (int64_t)((double)exchange->left_ns / serve->speed) + 1;
}

void exchange_recall(struct exchange *exchange, const struct serve_cached *cached)
{
	int64_t now_ns = clock_ns();

	exchange->hit = true;
	exchange->age_s = (now_ns - cached->stored_ns) / NS_PER_S;
	exchange->tokens = cached->tokens;
	exchange->turn = cached->turn;
	exchange->cut = cached->cut;
	buf_add(&exchange->text, cached->text, cached->bytes);
}

void exchange_keep(struct exchange *exchange)
{
	struct serve_cached answer = {
		.text = exchange->text.at,
		.bytes = exchange->text.used,
		.tokens = exchange->tokens,
		.turn = exchange->turn,
		.cut = exchange->cut,
	};

	if (exchange->hit)
		return;
	memcpy(answer.key, exchange->ask.key, sizeof answer.key);
	serve_cache_put(&exchange->serve->cache, &answer, clock_ns());
}
