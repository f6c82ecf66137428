#include "load/load.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "load/worker.h"

struct load {
	struct load_config config;
	struct dealing dealing;
	int count; /* workers made */
	int started;
	struct worker **worker;
	pthread_t *thread;
};

int load_new(const struct load_config *config, struct control *control,
	     struct load **out, struct err *err)
{
	struct load *load = xcalloc(1, sizeof *load);

	load->config = *config;
	dealing_init(&load->dealing, config->scenario, config->script, config->script_count);
	load->worker = xcalloc((size_t)config->threads, sizeof(struct worker *));
	load->thread = xcalloc((size_t)config->threads, sizeof(pthread_t));
	for (int i = 0; i < config->threads; i++) {
		if (worker_new(&load->config, control, &load->dealing, i, config->threads,
			       &load->worker[i], err)) {
			load_free(load);
			return -1;
		}
		load->count++;
	}
	*out = load;
	return 0;
}

void load_free(struct load *load)
{
	if (!load)
		return;
	for (int i = 0; i < load->count; i++)
		worker_free(load->worker[i]);
	free(load->worker);
	free(load->thread);
	free(load);
}

struct ring *load_ring(struct load *load, int worker)
{
	return worker_ring(load->worker[worker]);
}

static void *run(void *worker)
{
	worker_run(worker);
	return NULL;
}

int load_start(struct load *load, struct err *err)
{
	sigset_t all, before;
	int code = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (!code && load->started < load->count) {
		code = pthread_create(&load->thread[load->started], NULL, run,
				      load->worker[load->started]);
		if (!code)
			load->started++;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return code ? err_set(err, "no worker thread: %s", strerror(code)) : 0;
}

void load_wake(struct load *load)
{
	for (int i = 0; i < load->count; i++)
		worker_wake(load->worker[i]);
}

void load_join(struct load *load)
{
	for (int i = 0; i < load->started; i++)
		pthread_join(load->thread[i], NULL);
	load->started = 0;
}
