#include "options_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "load/arrivals.h"
#include "options_special.h"
#include "ui/glyphs.h"

#define BIT(command) (1u << (command))
#define RUN BIT(CLI_RUN)
#define REPLAY BIT(CLI_REPLAY)
#define REPORT BIT(CLI_REPORT)
#define COMPARE BIT(CLI_COMPARE)
#define SERVE BIT(CLI_SERVE)
#define DEMO BIT(CLI_DEMO)
#define BASELINE BIT(CLI_BASELINE)
#define CHECK BIT(CLI_CHECK)
#define LOAD (RUN | DEMO)
#define SENDS (RUN | BASELINE | CHECK)     /* to a target of the user's */
#define RECORDS (RUN | DEMO | BASELINE)
#define CONNECTS (RUN | DEMO | BASELINE | CHECK)
#define SCREEN (RUN | DEMO | REPLAY)
#define ALL (BIT(CLI_COUNT) - 1)

#define AT(field) .offset = offsetof(struct options, field)
#define COUNT_OF(field, least, most) .kind = OPTION_COUNT, AT(field), .min = (least), .max = (most)
#define TIME_OF(field, least) .kind = OPTION_DURATION, AT(field), .min = (least)
#define NUMBER_OF(field, least, most) .kind = OPTION_NUMBER, AT(field), .min = (least), .max = (most)
#define SHARE_OF(field) .kind = OPTION_SHARE, AT(field)
#define CHOICE_OF(field, first) .kind = OPTION_CHOICE, AT(field), .min = (first)
#define TEXT_OF(field) .kind = OPTION_TEXT, AT(field)
#define FLAG_OF(field) .kind = OPTION_FLAG, AT(field)
#define SPECIAL(function) .kind = OPTION_SPECIAL, .special = (function)

const struct option_row option_table[] = {
	{"concurrency", 'c', "N", "users, each with one request at a time", GROUP_LOAD, RUN, "10",
	 COUNT_OF(concurrency, 1, SCENARIO_MAX_USERS)},
	{"concurrency", 'c', "N", "users, each with one request at a time", GROUP_LOAD, DEMO, "2",
	 COUNT_OF(concurrency, 1, SCENARIO_MAX_USERS)},
	{"rate", 'q', "R[/unit]|A:B", "open loop: so many arrivals a second, whatever the server does; A:B ramps over -z",
	 GROUP_LOAD, LOAD, NULL, SPECIAL(special_rate)},
	{"arrival", 0, "constant|poisson|trace", "gaps between arrivals; trace: the times of a trace's rows", GROUP_LOAD,
	 LOAD, "constant", CHOICE_OF(arrival, ARRIVAL_CONSTANT)},
	{"stage", 0, "T:LEVEL|T:A-B", "hold a number of users, or with /s a rate, or ramp; one after another; may be "
	 "repeated", GROUP_LOAD, LOAD, NULL, SPECIAL(special_stage)},
	{"sweep", 0, "LIST|auto", "levels one after another, as 1,2,4,8, or up to where more load gives no more; with -q of "
	 "rates; ends by itself", GROUP_LOAD, LOAD, NULL, SPECIAL(special_sweep)},
	{"max-in-flight", 0, "N", "open loop: beyond so many requests in flight arrivals wait", GROUP_LOAD, LOAD,
	 "1000, or rate x timeout", COUNT_OF(max_in_flight, 1, SCENARIO_MAX_USERS)},
	{"requests", 'n', "N", "end after so many requests", GROUP_LOAD, LOAD, NULL,
	 COUNT_OF(requests, 1, SCENARIO_MAX_REQUESTS)},
	{"duration", 'z', "T", "end after so long, not counting the warm-up", GROUP_LOAD, LOAD, NULL,
	 TIME_OF(duration_ns, 1)},
	{"think", 0, "T", "each user waits so long after an answer", GROUP_LOAD, LOAD, "0",
	 TIME_OF(think_ns, 0)},
	{"warmup", 0, "T", "load before the measured part; shown, not counted", GROUP_LOAD, LOAD, "0",
	 TIME_OF(warmup_ns, 0)},
	{"drain", 0, "T", "how long running requests may take after the end", GROUP_LOAD, LOAD,
	 "the timeout", TIME_OF(drain_ns, 0)},
	{"max-errors", 0, "N|P%", "end after more errors than N, or than P% of at least 100 requests",
	 GROUP_LOAD, LOAD, NULL, SPECIAL(special_max_errors)},
	{"threads", 0, "N", "worker threads", GROUP_LOAD, LOAD, "cores, at most 8", COUNT_OF(threads, 1, 64)},
	{"seed", 0, "N", "makes what is random repeatable", GROUP_LOAD, CONNECTS, NULL,
	 SPECIAL(special_seed)},

	{"method", 'm', "METHOD", "of a URL's requests", GROUP_REQUEST, RUN, "GET, with -d POST",
	 SPECIAL(special_method)},
	{"header", 'H', "LINE", "send \"Name: value\" with every request; may be repeated", GROUP_REQUEST, SENDS,
	 NULL, SPECIAL(special_header), .secret = SECRET_HEADER_LINE},
	{"data", 'd', "BODY", "request body, with --api the prompt; @FILE reads a file or data set, @- standard input",
	 GROUP_REQUEST, RUN, NULL,
	 .kind = OPTION_ANY, AT(data), .secret = SECRET_BODY},
	{"content-type", 'T', "TYPE", "of the body", GROUP_REQUEST, RUN, NULL, SPECIAL(special_content_type)},
	{"api", 0, "NAME", "ask a model: openai-chat, openai-completions, openai-responses, anthropic-messages, "
	 "ollama-chat or generic", GROUP_REQUEST, RUN, NULL, SPECIAL(special_api)},
	{"model", 0, "NAME", "the model that --api asks for", GROUP_REQUEST, RUN, NULL, TEXT_OF(model)},
	{"stream", 0, "auto|sse|ndjson|ws|off", "how --api wants its answers", GROUP_REQUEST, RUN, "auto",
	 CHOICE_OF(stream, STREAM_AUTO)},
	{"from", 0, "RUN", "drive a recorded run again: its scenario, seed and every change of the load; other options and "
	 "another target take the place of its own", GROUP_REQUEST, RUN, NULL, TEXT_OF(from)},
	{"send", 0, NULL, "send each task once and show what comes back", GROUP_REQUEST, CHECK, NULL, FLAG_OF(send)},
	{"location", 'L', NULL, "follow redirects, at most 10", GROUP_REQUEST, SENDS, NULL, FLAG_OF(location)},
	{"user", 'u', "USER:PASS", "basic authentication", GROUP_REQUEST, SENDS, NULL, SPECIAL(special_user),
	 .secret = SECRET_USER},

	{"timeout", 0, "T", "of a whole request; 0: none", GROUP_CONNECTION, CONNECTS, "60s",
	 TIME_OF(timeout_ns, 0)},
	{"connect-timeout", 0, "T", "of name look-up, connecting and TLS; 0: none", GROUP_CONNECTION, CONNECTS,
	 "10s", TIME_OF(connect_timeout_ns, 0)},
	{"idle-timeout", 0, "T", "without a byte either way; 0: none", GROUP_CONNECTION, CONNECTS, "30s",
	 TIME_OF(idle_timeout_ns, 0)},
	{"wait-ready", 0, "T", "wait so long for a first answer before the load starts", GROUP_CONNECTION, RUN | BASELINE,
	 NULL, TIME_OF(wait_ready_ns, 1)},
	{"http2", 0, NULL, "ask for HTTP/2: by ALPN with https://, as prior knowledge with http://", GROUP_CONNECTION, SENDS,
	 NULL, FLAG_OF(http2)},
	{"insecure", 'k', NULL, "accept any TLS certificate", GROUP_CONNECTION, SENDS, NULL, FLAG_OF(insecure)},
	{"cacert", 0, "FILE", "authorities to trust, in PEM, instead of the system's", GROUP_CONNECTION, SENDS, NULL,
	 TEXT_OF(cacert)},
	{"cert", 0, "FILE", "the client's own certificate, in PEM, and its key unless --key has it", GROUP_CONNECTION,
	 SENDS, NULL, TEXT_OF(cert)},
	{"key", 0, "FILE", "private key of --cert, in PEM, without a passphrase", GROUP_CONNECTION, SENDS, NULL,
	 TEXT_OF(key)},
	{"proxy", 'x', "URL", "go through an HTTP or SOCKS proxy", GROUP_CONNECTION, SENDS, NULL,
	 SPECIAL(special_proxy), .secret = SECRET_URL},
	{"unix-socket", 0, "PATH", "connect to this socket", GROUP_CONNECTION, SENDS, NULL,
	 SPECIAL(special_unix_socket)},
	{"connect-to", 0, "H:P:H:P", "for the first HOST:PORT connect to the second; may be repeated",
	 GROUP_CONNECTION, SENDS, NULL, SPECIAL(special_connect_to)},
	{"engine", 0, "auto|curl", "who speaks HTTP: brunt itself where that is plain http://, or libcurl always",
	 GROUP_CONNECTION, CONNECTS, "auto", CHOICE_OF(engine, ENGINE_AUTO)},
	{"disable-keepalive", 0, NULL, "a new connection for every request", GROUP_CONNECTION, LOAD, NULL,
	 FLAG_OF(disable_keepalive)},
	{"metrics", 0, "URL", "get the server's Prometheus metrics from there once a second; without a path: /metrics",
	 GROUP_CONNECTION, LOAD, NULL, SPECIAL(special_metrics), .secret = SECRET_URL},
	{"respect-retry-after", 0, NULL, "stay away as long as a 429 or 503 says, at most a minute",
	 GROUP_CONNECTION, LOAD, NULL, FLAG_OF(respect_retry_after)},

	{"slo", 0, "EXPR", "a target such as p95<3s or success>=99%; missed: exit code 3; may be repeated",
	 GROUP_RESULT, RECORDS, NULL, SPECIAL(special_slo)},
	{"slo-abort", 0, NULL, "end the run as soon as an SLO is missed for certain", GROUP_RESULT, RECORDS, NULL,
	 FLAG_OF(slo_abort)},
	{"json", 0, "FILE", "write the result as JSON; - is standard output", GROUP_RESULT, RECORDS, NULL,
	 TEXT_OF(json)},
	{"baseline", 0, "RUN", "hold the run against a recorded one, on the screen and at the end; worse: exit code 4",
	 GROUP_RESULT, LOAD, NULL, TEXT_OF(baseline)},
	{"record", 0, "FILE", "write the run file here", GROUP_RESULT, RECORDS, "in the user's data folder",
	 TEXT_OF(record)},
	{"no-record", 0, NULL, "write no run file", GROUP_RESULT, RECORDS, NULL, FLAG_OF(no_record)},
	{"label", 0, "K=V", "kept with the run; may be repeated", GROUP_RESULT, RECORDS, NULL,
	 SPECIAL(special_label)},

	{"ui", 0, "dashboard|plain|none", "what to show", GROUP_SCREEN, SCREEN,
	 "dashboard on a terminal, else plain", CHOICE_OF(ui, UI_DASHBOARD)},
	{"headless", 0, NULL, "the same as --ui plain", GROUP_SCREEN, SCREEN, NULL,
	 FLAG_OF(headless)},
	{"frames", 0, "N", "leave after so many frames", GROUP_SCREEN, SCREEN, NULL,
	 COUNT_OF(frames, 1, 1000000000)},
	{"theme", 0, "NAME", "colours: a name, or the path of a .theme file", GROUP_SCREEN, SCREEN, "default",
	 TEXT_OF(theme)},
	{"color", 0, "auto|never|16|256", "colours to use", GROUP_SCREEN, SCREEN, "auto",
	 CHOICE_OF(color, COLOR_AUTO)},
	{"no-color", 0, NULL, "the same as --color never", GROUP_SCREEN, SCREEN, NULL, FLAG_OF(no_color)},
	{"glyphs", 0, "auto|braille|block|ascii", "characters of the graphs", GROUP_SCREEN, SCREEN, "auto",
	 CHOICE_OF(glyphs, -1)},

	{"port", 0, "N", "listen here; 0: any free one", GROUP_BACKEND, SERVE, "8080", COUNT_OF(port, 0, 65535)},
	{"bind", 0, "ADDRESS", "numeric address to listen on", GROUP_BACKEND, SERVE, "127.0.0.1", TEXT_OF(bind)},
	{"slots", 0, "N", "requests served at once; others wait in line", GROUP_BACKEND, SERVE, "8",
	 COUNT_OF(slots, 1, 100000)},
	{"slots", 0, "N", "requests the backend serves at once; others wait in line", GROUP_BACKEND, DEMO, "4",
	 COUNT_OF(slots, 1, 100000)},
	{"speed", 0, "X", "serve so many times faster", GROUP_BACKEND, SERVE, "1", NUMBER_OF(speed, 0.001, 1e6)},
	{"speed", 0, "X", "the backend serves so many times faster", GROUP_BACKEND, DEMO, "10",
	 NUMBER_OF(speed, 0.001, 1e6)},
	{"batch-slowdown", 0, "X", "each other busy slot makes serving longer by this share", GROUP_BACKEND,
	 SERVE | DEMO, "0", NUMBER_OF(batch_slowdown, 0, 100)},
	{"cache-ttl", 0, "T", "answer a prompt again from a cache for so long; 0: no cache", GROUP_BACKEND,
	 SERVE | DEMO, "0", TIME_OF(cache_ttl_ns, 0)},
	{"cache-size", 0, "N", "answers in the cache; the least recently used leave", GROUP_BACKEND,
	 SERVE | DEMO, "1000", COUNT_OF(cache_size, 1, 1000000)},
	{"fail-rate", 0, "P", "share of requests answered with 500 or 503", GROUP_BACKEND, SERVE | DEMO, "0",
	 SHARE_OF(faults.fail)},
	{"reject-rate", 0, "P", "share answered with 429 and Retry-After", GROUP_BACKEND, SERVE | DEMO, "0",
	 SHARE_OF(faults.reject)},
	{"reset-rate", 0, "P", "share whose connection is reset half-way", GROUP_BACKEND, SERVE | DEMO, "0",
	 SHARE_OF(faults.reset)},
	{"truncate-rate", 0, "P", "share whose answer ends half-way", GROUP_BACKEND, SERVE | DEMO, "0",
	 SHARE_OF(faults.truncate)},
	{"inband-error-rate", 0, "P", "share of streams that end in an error event", GROUP_BACKEND,
	 SERVE | DEMO, "0", SHARE_OF(faults.inband_error)},
	{"stall-rate", 0, "P", "share that pauses half-way", GROUP_BACKEND, SERVE | DEMO, "0",
	 SHARE_OF(faults.stall)},
	{"stall-time", 0, "T", "how long it pauses", GROUP_BACKEND, SERVE | DEMO, "1s",
	 TIME_OF(faults.stall_ns, 1)},
	{"slow-start-rate", 0, "P", "share whose first byte comes late", GROUP_BACKEND, SERVE | DEMO, "0",
	 SHARE_OF(faults.slow_start)},
	{"slow-start-time", 0, "T", "how late", GROUP_BACKEND, SERVE | DEMO, "2s",
	 TIME_OF(faults.slow_start_ns, 1)},
	{"common-stall", 0, "EVERY:LENGTH", "all requests pause together, so often and for so long",
	 GROUP_BACKEND, SERVE | DEMO, NULL, SPECIAL(special_common_stall)},
	{"seed", 0, "N", "makes what is random repeatable", GROUP_BACKEND, SERVE, NULL, SPECIAL(special_seed)},

	{"speed", 0, "X", "play so many times faster", GROUP_REPLAY, REPLAY, "1", NUMBER_OF(speed, 0.1, 1000)},
	{"baseline", 0, "RUN", "show another recorded run beside it", GROUP_REPLAY, REPLAY, NULL, TEXT_OF(baseline)},
	{"at", 0, "T", "begin here", GROUP_REPLAY, REPLAY, "0", TIME_OF(at_ns, 0)},

	{"format", 0, "text|json|csv|html|hlog|vllm|aiperf", "of the report; csv: a row a request, hlog: for "
	 "HdrHistogram's tools, vllm, aiperf: as these write it", GROUP_REPORT, REPORT, "text",
	 CHOICE_OF(format, REPORT_TEXT)},
	{"format", 0, "text|json", "of the report", GROUP_REPORT, COMPARE, "text", CHOICE_OF(format, REPORT_TEXT)},
	{"output", 'o', "FILE", "write here", GROUP_REPORT, REPORT | COMPARE, "standard output", TEXT_OF(output)},

	{"help", 'h', NULL, "this text", GROUP_GENERAL, ALL, NULL, FLAG_OF(help)},
	{"version", 0, NULL, "print the version", GROUP_GENERAL, ALL, NULL, FLAG_OF(version)},
	{.name = NULL},
};

static bool has(const struct option_row *row, enum cli_command command)
{
	return row->commands & BIT(command);
}

const struct option_row *option_by_name(enum cli_command command, const char *name, size_t bytes)
{
	for (const struct option_row *row = option_table; row->name; row++)
		if (has(row, command) && strlen(row->name) == bytes && !memcmp(row->name, name, bytes))
			return row;
	return NULL;
}

const struct option_row *option_by_letter(enum cli_command command, char letter)
{
	for (const struct option_row *row = option_table; row->name; row++)
		if (has(row, command) && row->letter && row->letter == letter)
			return row;
	return NULL;
}
