/* Whose metrics they are, and what of them is shown. The texts are what the servers'
 * documentations show, shortened. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "../../../src/run/server_names.h"

static struct rec_server read_all(const char *text)
{
	struct rec_server r = {0};
	struct err err = {""};

	if (server_read(text, strlen(text), false, &r, &err))
		fail_msg("%s", err.text);
	return r;
}

static void same(double got, double wanted)
{
	if (isnan(wanted) ? !isnan(got) : fabs(got - wanted) > 1e-9)
		fail_msg("%g instead of %g", got, wanted);
}

static void is(const char *text, enum server_kind kind, double running, double waiting, double kv_use, int series)
{
	struct rec_server r = read_all(text);

	assert_string_equal(server_kind_name(r.kind), server_kind_name(kind));
	same(r.running, running);
	same(r.waiting, waiting);
	same(r.kv_use, kv_use);
	assert_int_equal(r.series, series);
}

static void each_server(void **state)
{
	(void)state;
	is("# TYPE vllm:num_requests_running gauge\n"
	   "vllm:num_requests_running{engine=\"0\",model_name=\"m\"} 3.0\n"
	   "vllm:num_requests_running{engine=\"1\",model_name=\"m\"} 4.0\n"
	   "vllm:num_requests_waiting{engine=\"0\",model_name=\"m\"} 12.0\n"
	   "vllm:num_requests_waiting_by_reason{reason=\"capacity\"} 900\n"
	   "vllm:kv_cache_usage_perc{engine=\"0\",model_name=\"m\"} 0.5\n"
	   "vllm:kv_cache_usage_perc{engine=\"1\",model_name=\"m\"} 0.25\n"
	   "vllm:time_to_first_token_seconds_bucket{le=\"0.001\"} 7\n",
	   SERVER_VLLM, 7, 12, 0.375, 2);
	is("sglang:num_running_reqs{model_name=\"m\"} 8\nsglang:num_queue_reqs{model_name=\"m\"} 4\n"
	   "sglang:token_usage{model_name=\"m\"} 0.28\nsglang:cache_hit_rate{model_name=\"m\"} 0.0075\n",
	   SERVER_SGLANG, 8, 4, 0.28, 1);
	is("llamacpp:requests_processing 4\nllamacpp:requests_deferred 46\n", SERVER_LLAMA_CPP, 4, 46, NAN, 1);
	is("tgi_queue_size 3\ntgi_batch_current_size 16\n", SERVER_TGI, 16, 3, NAN, 1);
	is("nv_inference_pending_request_count{model=\"a\",version=\"1\"} 2\n"
	   "nv_inference_pending_request_count{model=\"b\",version=\"1\"} 5\n",
	   SERVER_TRITON, NAN, 7, NAN, 2);
	is("brunt_serve_requests_running 4\nbrunt_serve_requests_waiting 9\n"
	   "brunt_serve_kv_cache_usage_ratio 0.0371\n",
	   SERVER_BRUNT, 4, 9, 0.0371, 1);
	same(read_all("sglang:cache_hit_rate 0.28\n").hit_ratio, 0.28);
}

static void caches(void **state)
{
	struct rec_server r = read_all("vllm:prefix_cache_queries_total{engine=\"0\"} 200\n"
				       "vllm:prefix_cache_queries_total{engine=\"1\"} 300\n"
				       "vllm:prefix_cache_hits_total{engine=\"0\"} 50\n"
				       "vllm:prefix_cache_hits_created{engine=\"0\"} 1.7e9\n");

	(void)state;
	same(r.hits, 50);
	same(r.lookups, 500);
	r = read_all("brunt_serve_cache_hits_total 30\nbrunt_serve_cache_misses_total 70\n");
	same(r.hits, 30);
	same(r.lookups, 100);
	r = read_all("nv_cache_num_hits_per_model 5\n");
	same(r.hits, 5);
	same(r.lookups, NAN);
}

/* A version that has both names shall not be counted twice, in whatever order. */
static void the_newer_name_counts(void **state)
{
	(void)state;
	is("vllm:gpu_cache_usage_perc 0.9\nvllm:kv_cache_usage_perc 0.4\nvllm:gpu_cache_usage_perc 0.9\n", SERVER_VLLM,
	   NAN, NAN, 0.4, 1);
	is("vllm:gpu_cache_usage_perc 0.9\n", SERVER_VLLM, NAN, NAN, 0.9, 1);
	is("vllm_num_requests_running 3\n", SERVER_VLLM, 3, NAN, NAN, 1);
}

static void odd_values(void **state)
{
	(void)state;
	is("tgi_queue_size NaN\ntgi_batch_current_size +Inf\nllamacpp:requests_deferred -1\ntgi_queue_size{a=\"b\"} 2\n",
	   SERVER_TGI, NAN, 2, NAN, 1);
	is("llamacpp:kv_cache_usage_ratio 1.000001\n", SERVER_LLAMA_CPP, NAN, NAN, 1, 1);
	/* A percentage, perhaps: it is no share, and nobody guesses. */
	is("vllm:num_requests_running 1\nvllm:kv_cache_usage_perc 73\n", SERVER_VLLM, 1, NAN, NAN, 1);
}

/* A series that comes twice is one; the first counts, as in Prometheus. */
static void series_that_come_again(void **state)
{
	static char text[64 * 10000];
	size_t n = 0;

	(void)state;
	is("vllm:num_requests_running{engine=\"0\"} 3\nvllm:num_requests_running{engine=\"1\"} 4\n"
	   "vllm:num_requests_running{engine=\"0\"} 3\nvllm:num_requests_waiting{engine=\"0\"} 3\n"
	   "vllm:num_requests_waiting{engine=\"0\"} 7\nvllm:num_requests_waiting 1\nvllm:num_requests_waiting{} 1\n",
	   SERVER_VLLM, 7, 4, NAN, 2);
	for (int i = 0; i < 10000; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "vllm:num_requests_waiting{engine=\"%d\"} 1\n", i);
	is(text, SERVER_VLLM, NAN, 10000, NAN, 10000);
}

static void says(const char *text, bool cut, const char *wanted)
{
	struct rec_server r = {0};
	struct err err = {""};

	assert_int_equal(server_read(text, strlen(text), cut, &r, &err), -1);
	assert_string_equal(err.text, wanted);
}

static void what_is_no_use(void **state)
{
	(void)state;
	says("<html>\n", false, "line 1 is no Prometheus text");
	says("tgi_queue_size 1\n{\"status\":\"ok\"}\n", false, "line 2 is no Prometheus text");
	says("", false, "no Prometheus text: there is no sample in it");
	says("# only\n# comments\n", false, "no Prometheus text: there is no sample in it");
	says("tgi_queue_size 1", true, "no Prometheus text: there is no sample in its beginning");
	says("go_goroutines 7\ngo_threads 8\n", false, "none of the 2 samples in it is known here");
	says("go_goroutines 7\ntgi_queue_size 1", true, "none of the 1 samples in its beginning is known here");
	says("go_threads 7\ntgi_queue_size NaN\n", false, "its samples that are known here have no usable value");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_server),
		cmocka_unit_test(caches),
		cmocka_unit_test(the_newer_name_counts),
		cmocka_unit_test(odd_values),
		cmocka_unit_test(series_that_come_again),
		cmocka_unit_test(what_is_no_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
