#include "record/player.h"

int player_start(struct player *player, struct reader *reader, double speed, int64_t from_us,
		 bool growing, struct err *err)
{
	struct collector_config config = {.ring_count = 1};
	struct slo slo[SLO_MAX];
	struct ring *ring;

	config.model = model_config_of(reader_meta(reader), slo);
	if (replayer_start(reader, speed, from_us, growing, &player->replayer, err))
		return -1;
	ring = replayer_ring(player->replayer);
	config.ring = &ring;
	if (collector_start(&config, &player->collector, err)) {
		replayer_stop(player->replayer);
		return -1;
	}
	return 0;
}

void player_stop(struct player *player)
{
	struct result result;

	collector_stop(player->collector);
	collector_join(player->collector, &result);
	result_fini(&result);
	collector_free(player->collector);
	replayer_stop(player->replayer);
}

void player_state(struct player *player, struct replayer_state *out)
{
	if (collector_refused(player->collector))
		replayer_distrust(player->replayer);
	replayer_state(player->replayer, out);
}
