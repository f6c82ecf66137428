#include "cli/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../../src/cli/options_table.h"
#include "base/clock.h"
#include "base/mem.h"
#include "ui/glyphs.h"

#define ARGS_MAX 100

/* Arguments separated by one space; "·" stands for a space within one. The
 * strings live until the next call. */
static int split(const char *line, char **argv)
{
	static char text[4096];
	int argc = 0;

	assert_true(strlen(line) < sizeof text);
	strcpy(text, line);
	argv[argc++] = (char *)"brunt";
	for (char *s = text; *s;) {
		size_t n = strcspn(s, " ");
		char *dot;

		assert_true(argc < ARGS_MAX);
		argv[argc++] = s;
		s += n;
		if (*s)
			*s++ = '\0';
		while ((dot = strstr(argv[argc - 1], "\xc2\xb7"))) {
			*dot = ' ';
			memmove(dot + 1, dot + 2, strlen(dot + 2) + 1);
		}
	}
	argv[argc] = NULL;
	return argc;
}

static struct options parse(enum cli_command command, const char *line)
{
	char *argv[ARGS_MAX + 1];
	struct options o;
	struct err err;

	if (options_parse(command, split(line, argv), argv, &o, &err))
		fail_msg("%s: %s", line, err.text);
	return o;
}

struct refused {
	enum cli_command command;
	const char *line, *message;
};

static void refuse(const struct refused *row)
{
	char *argv[ARGS_MAX + 1];
	struct options o;
	struct err err = {""};

	if (!options_parse(row->command, split(row->line, argv), argv, &o, &err))
		fail_msg("accepted: %s", row->line);
	assert_string_equal(err.text, row->message);
	options_fini(&o);
}

static void nothing_given(void **state)
{
	struct options o = parse(CLI_RUN, "http://h");

	(void)state;
	assert_string_equal(o.operand, "http://h");
	assert_true(o.operand_is_url);
	assert_int_equal(o.concurrency, -1);
	assert_int_equal(o.requests, -1);
	assert_int_equal(o.duration_ns, -1);
	assert_int_equal(o.think_ns, -1);
	assert_int_equal(o.warmup_ns, -1);
	assert_int_equal(o.drain_ns, -1);
	assert_in_range(o.threads, 1, 8);
	assert_false(o.seed_given);
	assert_int_equal(o.max_errors, -1);
	assert_true(o.max_error_share < 0);
	assert_null(o.method);
	assert_null(o.data);
	assert_null(o.header);
	assert_int_equal(o.timeout_ns, 60 * NS_PER_S);
	assert_int_equal(o.connect_timeout_ns, 10 * NS_PER_S);
	assert_int_equal(o.idle_timeout_ns, 30 * NS_PER_S);
	assert_int_equal(o.wait_ready_ns, -1);
	assert_null(o.connect_to);
	assert_null(o.label);
	assert_int_equal(o.ui, UI_AUTO);
	assert_int_equal(o.frames, 0);
	assert_int_equal(o.color, COLOR_AUTO);
	assert_int_equal(o.glyphs, -1);
	options_fini(&o);
}

static void everything_given(void **state)
{
	struct options o = parse(
		CLI_RUN,
		"-c 50 -n 2k -z 1m30s --think 500ms --warmup 2s --drain 0 --max-errors 5% --threads 3 "
		"--seed 18446744073709551615 -m PUT -H A:·1 -H A:·2 -d body -T text/x -L -u u:p:q "
		"--timeout 0 --connect-timeout 1s --idle-timeout 2s --wait-ready 3s -k -x socks5h://p:1 "
		"--connect-to a:1:b:2 --connect-to ::[::1]:80 --disable-keepalive --json - --record r.brunt "
		"--label a=1 --label b= --ui none --frames 7 --theme mono --color 256 --glyphs block "
		"https://h/x");

	(void)state;
	assert_int_equal(o.concurrency, 50);
	assert_int_equal(o.requests, 2000);
	assert_int_equal(o.duration_ns, 90 * NS_PER_S);
	assert_int_equal(o.think_ns, 500 * NS_PER_MS);
	assert_int_equal(o.warmup_ns, 2 * NS_PER_S);
	assert_int_equal(o.drain_ns, 0);
	assert_int_equal(o.max_errors, -1);
	assert_true(o.max_error_share == 0.05);
	assert_int_equal(o.threads, 3);
	assert_true(o.seed_given && o.seed == UINT64_MAX);
	assert_string_equal(o.method, "PUT");
	assert_int_equal(o.header_count, 3);
	assert_string_equal(o.header[0], "A: 1");
	assert_string_equal(o.header[1], "A: 2");
	assert_string_equal(o.header[2], "Content-Type: text/x");
	assert_string_equal(o.data, "body");
	assert_true(o.location);
	assert_string_equal(o.user_password, "u:p:q");
	assert_int_equal(o.timeout_ns, 0);
	assert_int_equal(o.connect_timeout_ns, NS_PER_S);
	assert_int_equal(o.idle_timeout_ns, 2 * NS_PER_S);
	assert_int_equal(o.wait_ready_ns, 3 * NS_PER_S);
	assert_true(o.insecure && o.disable_keepalive);
	assert_string_equal(o.proxy, "socks5h://p:1");
	assert_string_equal(o.connect_to[1], "::[::1]:80");
	assert_null(o.connect_to[2]);
	assert_string_equal(o.json, "-");
	assert_string_equal(o.record, "r.brunt");
	assert_string_equal(o.label[0], "a=1");
	assert_string_equal(o.label[1], "b=");
	assert_null(o.label[2]);
	assert_int_equal(o.ui, UI_NONE);
	assert_int_equal(o.frames, 7);
	assert_string_equal(o.theme, "mono");
	assert_int_equal(o.color, COLOR_256);
	assert_int_equal(o.glyphs, GLYPHS_BLOCK);
	assert_string_equal(o.operand, "https://h/x");
	options_fini(&o);
}

static void the_ways_to_write_a_value(void **state)
{
	static const char *const lines[] = {
		"-c50 http://h", "-c 50 http://h", "--concurrency 50 http://h", "--concurrency=50 http://h",
		"http://h -c50", "-kLc50 http://h", "-kLc 50 http://h", "-c50 -- http://h", "-c 9 -c 50 http://h",
	};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct options o = parse(CLI_RUN, lines[i]);

		assert_int_equal(o.concurrency, 50);
		assert_string_equal(o.operand, "http://h");
		assert_int_equal(o.insecure && o.location, strstr(lines[i], "-kL") != NULL);
		options_fini(&o);
	}
	struct options o = parse(CLI_RUN, "http://h --data= --header=X:·a=b");
	assert_string_equal(o.data, "");
	assert_string_equal(o.header[0], "X: a=b");
	options_fini(&o);
}

static void values_that_look_like_options(void **state)
{
	struct options o = parse(CLI_RUN, "http://h -d --no-such --record - -T -x");

	(void)state;
	assert_string_equal(o.data, "--no-such");
	assert_string_equal(o.record, "-");
	assert_string_equal(o.content_type, "-x");
	options_fini(&o);
	o = parse(CLI_RUN, "http://h --data=--json");
	assert_string_equal(o.data, "--json");
	options_fini(&o);
	o = parse(CLI_CHECK, "-- -x.json");
	assert_string_equal(o.operand, "-x.json");
	options_fini(&o);
}

static void other_commands(void **state)
{
	struct options o = parse(CLI_REPLAY, "r.brunt --speed 2.5 --at 1m --theme mono --frames 1 --headless");

	(void)state;
	assert_string_equal(o.operand, "r.brunt");
	assert_true(o.speed == 2.5);
	assert_int_equal(o.at_ns, 60 * NS_PER_S);
	assert_int_equal(o.ui, UI_PLAIN);
	options_fini(&o);
	o = parse(CLI_REPORT, "r.brunt --format json -o out");
	assert_int_equal(o.format, REPORT_JSON);
	assert_string_equal(o.output, "out");
	options_fini(&o);
	o = parse(CLI_SERVE, "--port 0 --bind ::1 --slots 3 --speed 10 --batch-slowdown 0.25 --seed 7");
	assert_int_equal(o.port, 0);
	assert_string_equal(o.bind, "::1");
	assert_int_equal(o.slots, 3);
	assert_true(o.speed == 10 && o.batch_slowdown == 0.25 && o.seed == 7);
	options_fini(&o);
	o = parse(CLI_SERVE, "--cache-ttl 1m --cache-size 2k --fail-rate 5% --reject-rate 0.25 "
			     "--reset-rate 1 --truncate-rate 100% --inband-error-rate 0% "
			     "--stall-rate 12.5% --stall-time 80ms --slow-start-rate .5 "
			     "--slow-start-time 3s --common-stall 10s:800ms");
	assert_true(o.cache_ttl_ns == 60 * NS_PER_S && o.cache_size == 2000);
	assert_true(o.faults.fail == 0.05 && o.faults.reject == 0.25 && o.faults.reset == 1);
	assert_true(o.faults.truncate == 1 && o.faults.inband_error == 0);
	assert_true(o.faults.stall == 0.125 && o.faults.stall_ns == 80 * NS_PER_MS);
	assert_true(o.faults.slow_start == 0.5 && o.faults.slow_start_ns == 3 * NS_PER_S);
	assert_true(o.faults.common_every_ns == 10 * NS_PER_S);
	assert_true(o.faults.common_length_ns == 800 * NS_PER_MS);
	options_fini(&o);
	o = parse(CLI_DEMO, "--slots 2 -c 4 -n 10 --ui none --no-color");
	assert_int_equal(o.slots, 2);
	assert_int_equal(o.concurrency, 4);
	assert_int_equal(o.color, COLOR_NEVER);
	assert_true(o.speed < 0 && o.batch_slowdown < 0 && o.port == -1);
	options_fini(&o);
}

static void help_needs_nothing_else(void **state)
{
	static const char *const lines[] = {"-h", "--help", "-kh", "--help --nonsense", "-c 5 --help -n 0"};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct options o = parse(CLI_RUN, lines[i]);

		assert_true(o.help);
		options_fini(&o);
	}
	struct options o = parse(CLI_SERVE, "--version");
	assert_true(o.version);
	options_fini(&o);
}

#define L108 "/234567890123456789012345678901234567890123456789012345" \
	     "67890123456789012345678901234567890123456789012345678"
#define URL "http://h "

static void bad_input_has_these_words(void **state)
{
	static const struct refused rows[] = {
		/* what to load */
		{CLI_RUN, "", "the URL or SCENARIO.json is missing; brunt run --help shows how"},
		{CLI_CHECK, "", "the SCENARIO.json is missing; brunt check --help shows how"},
		{CLI_REPORT, "", "the RUN file is missing; brunt report --help shows how"},
		{CLI_RUN, "http://a http://b", "\"http://b\" is one argument too many; expected one URL or SCENARIO.json"},
		{CLI_COMPARE, "", "both RUN files are missing; brunt compare --help shows how"},
		{CLI_CHECK, "http://a", "\"http://a\" is a URL; expected a SCENARIO.json (brunt URL sends to one without)"},
		{CLI_BASELINE, "http://a", "\"http://a\" is a URL; expected a SCENARIO.json (brunt URL sends to one without)"},
		{CLI_SERVE, "http://a", "\"http://a\" is one argument too many; brunt serve takes options only"},
		{CLI_RUN, "localhost:8080", "\"localhost:8080\" is neither a URL nor a file; did you mean http://localhost:8080?"},
		{CLI_RUN, "localhost:9101/json", "\"localhost:9101/json\" is neither a URL nor a file; did you mean http://localhost:9101/json?"},
		{CLI_RUN, "127.0.0.1:8000/a.json", "\"127.0.0.1:8000/a.json\" is neither a URL nor a file; did you mean http://127.0.0.1:8000/a.json?"},
		{CLI_RUN, "[::1]:8000?a=b", "\"[::1]:8000?a=b\" is neither a URL nor a file; did you mean http://[::1]:8000?a=b?"},
		{CLI_RUN, "localhost:99999", "\"localhost:99999\" is neither a URL nor a file; a URL begins with http:// or https://"},
		{CLI_RUN, "localhost:80a", "\"localhost:80a\" is neither a URL nor a file; a URL begins with http:// or https://"},
		{CLI_RUN, "[::1", "\"[::1\" is neither a URL nor a file; a URL begins with http:// or https://"},
		{CLI_RUN, "example.com/x", "\"example.com/x\" is neither a URL nor a file; a URL begins with http:// or https://"},
		{CLI_RUN, "repaly", "\"repaly\" is neither a command nor a file; did you mean brunt replay?"},
		{CLI_RUN, "repaly run.brunt", "\"repaly\" is neither a command nor a file; did you mean brunt replay?"},
		{CLI_RUN, "http://", "URL \"http://\": there is no host"},
		{CLI_RUN, "http://h:99999/", "URL \"http://h:99999/\": the port must be a number of 1 to 65535"},
		{CLI_RUN, "http://a·b/", "URL \"http://a b/\": spaces and control characters must be written as %XX"},
		{CLI_RUN, "ftp://h", "URL \"ftp://h\": expected http://HOST\xe2\x80\xa6, https://HOST\xe2\x80\xa6, ws://HOST\xe2\x80\xa6 or wss://HOST\xe2\x80\xa6"},
		/* flags */
		{CLI_RUN, URL "--concurency 5", "--concurency: unknown option; did you mean --concurrency?"},
		{CLI_RUN, URL "--conc=5", "--conc: unknown option; did you mean --concurrency?"},
		{CLI_RUN, URL "--jsno x", "--jsno: unknown option; did you mean --json?"},
		{CLI_RUN, URL "--quux", "--quux: unknown option; brunt run --help lists them"},
		{CLI_RUN, URL "--slots 3", "--slots: not an option of brunt run, but of brunt serve"},
		{CLI_CHECK, "--concurrency 3", "--concurrency: not an option of brunt check, but of brunt run"},
		{CLI_RUN, URL "-t 4", "-t: unknown option; brunt run --help lists them"},
		{CLI_RUN, URL "-kQ", "-Q: unknown option; brunt run --help lists them"},
		{CLI_RUN, URL "--insecure=yes", "--insecure: takes no value"},
		{CLI_RUN, URL "-c", "--concurrency: the value is missing; expected N"},
		{CLI_RUN, URL "--json --record r", "--json: the value is missing before --record; expected FILE"},
		/* counts */
		{CLI_RUN, URL "-c 0", "--concurrency: \"0\" is out of range; expected 1 to 1000000"},
		{CLI_RUN, URL "-c -5", "--concurrency: \"-5\" is negative; expected 1 to 1000000"},
		{CLI_RUN, URL "-c 1.5", "--concurrency: \"1.5\" is not a whole number in range; expected 1 to 1000000"},
		{CLI_RUN, URL "-c 2M", "--concurrency: \"2M\" is out of range; expected 1 to 1000000"},
		{CLI_RUN, URL "-c ten", "--concurrency: \"ten\" is not a whole number in range; expected 1 to 1000000"},
		{CLI_RUN, URL "--concurrency=", "--concurrency: \"\" is not a whole number in range; expected 1 to 1000000"},
		{CLI_RUN, URL "-n 0", "--requests: \"0\" is out of range; expected 1 to 1000000000000"},
		{CLI_RUN, URL "--threads 65", "--threads: \"65\" is out of range; expected 1 to 64"},
		{CLI_RUN, URL "--frames 0", "--frames: \"0\" is out of range; expected 1 to 1000000000"},
		{CLI_SERVE, "--port 65536", "--port: \"65536\" is out of range; expected 0 to 65535"},
		{CLI_SERVE, "--slots 0", "--slots: \"0\" is out of range; expected 1 to 100000"},
		/* times */
		{CLI_RUN, URL "-z 0", "--duration: \"0\" is no time at all; expected a duration such as 500ms, 2s or 3m"},
		{CLI_RUN, URL "-z -5s", "--duration: \"-5s\" is negative; expected a duration such as 500ms, 2s or 3m"},
		{CLI_RUN, URL "-z 60", "--duration: \"60\" has no unit; expected a duration such as 500ms, 2s or 3m"},
		{CLI_RUN, URL "--timeout soon", "--timeout: \"soon\" is not a duration; expected one such as 500us, 2s, 3m or 1h"},
		{CLI_RUN, URL "--drain 999999h", "--drain: \"999999h\" is more than 365 days"},
		{CLI_RUN, URL "--wait-ready 0", "--wait-ready: \"0\" is no time at all; expected a duration such as 500ms, 2s or 3m"},
		/* numbers, words */
		{CLI_REPLAY, "r --speed 0", "--speed: \"0\" is out of range; expected 0.1 to 1000"},
		{CLI_REPLAY, "r --speed fast", "--speed: \"fast\" is not a number; expected 0.1 to 1000"},
		{CLI_SERVE, "--speed inf", "--speed: \"inf\" is not a number; expected 0.001 to 1e+06"},
		{CLI_SERVE, "--batch-slowdown -1", "--batch-slowdown: \"-1\" is not a number; expected 0 to 100"},
		{CLI_SERVE, "--fail-rate 1.5", "--fail-rate: \"1.5\" is not a share; expected 0 to 1, or 0% to 100%"},
		{CLI_SERVE, "--fail-rate 101%", "--fail-rate: \"101%\" is not a share; expected 0 to 1, or 0% to 100%"},
		{CLI_SERVE, "--stall-rate %", "--stall-rate: \"%\" is not a share; expected 0 to 1, or 0% to 100%"},
		{CLI_DEMO, "--reset-rate -0.1", "--reset-rate: \"-0.1\" is not a share; expected 0 to 1, or 0% to 100%"},
		{CLI_DEMO, "--reset-rate 5%%", "--reset-rate: \"5%%\" is not a share; expected 0 to 1, or 0% to 100%"},
		{CLI_SERVE, "--common-stall 10s", "--common-stall: \"10s\" is no pause; expected EVERY:LENGTH such as 10s:800ms, LENGTH the shorter"},
		{CLI_SERVE, "--common-stall 1s:1s", "--common-stall: \"1s:1s\" is no pause; expected EVERY:LENGTH such as 10s:800ms, LENGTH the shorter"},
		{CLI_SERVE, "--common-stall 1s:0", "--common-stall: \"1s:0\" is no pause; expected EVERY:LENGTH such as 10s:800ms, LENGTH the shorter"},
		{CLI_SERVE, "--cache-size 0", "--cache-size: \"0\" is out of range; expected 1 to 1000000"},
		{CLI_SERVE, "--seed -1", "--seed: \"-1\" is not a seed; expected a whole number from 0 to 18446744073709551615"},
		{CLI_SERVE, "--seed 18446744073709551616", "--seed: \"18446744073709551616\" is not a seed; expected a whole number from 0 to 18446744073709551615"},
		{CLI_RUN, URL "--ui fancy", "--ui: \"fancy\" is unknown; expected dashboard|plain|none"},
		{CLI_RUN, URL "--color", "--color: the value is missing; expected auto|never|16|256"},
		{CLI_RUN, URL "--color 2", "--color: \"2\" is unknown; expected auto|never|16|256"},
		{CLI_RUN, URL "--glyphs=", "--glyphs: \"\" is unknown; expected auto|braille|block|ascii"},
		{CLI_RUN, URL "--arrival Poison", "--arrival: \"Poison\" is unknown; did you mean \"poisson\"?"},
		{CLI_REPORT, "r --format htlm", "--format: \"htlm\" is unknown; did you mean \"html\"?"},
		{CLI_RUN, URL "--api anthropic", "--api: \"anthropic\" is unknown; did you mean \"anthropic-messages\"?"},
		{CLI_RUN, URL "--api quux", "--api: \"quux\" is unknown; expected one of openai-chat, openai-completions, openai-responses, anthropic-messages, ollama-chat, generic"},
		{CLI_RUN, URL "--theme high-contrst", "--theme: there is no theme \"high-contrst\"; did you mean \"high-contrast\"?"},
		{CLI_REPORT, "r --format xml", "--format: \"xml\" is unknown; expected text|json|csv|html|hlog|vllm|aiperf"},
		{CLI_RUN, URL "--theme=", "--theme: is empty; expected NAME"},
		{CLI_RUN, URL "--theme /nowhere.theme --headless", "--theme: /nowhere.theme: no such file"},
		{CLI_REPLAY, "r --theme /nowhere.theme --headless", "--theme: /nowhere.theme: no such file"},
		{CLI_RUN, URL "--max-errors 101%", "--max-errors: \"101%\" is no limit; expected a number such as 100, or a share from 0% to 100%"},
		{CLI_RUN, URL "--max-errors -1", "--max-errors: \"-1\" is no limit; expected a number such as 100, or a share from 0% to 100%"},
		{CLI_RUN, URL "--max-errors %", "--max-errors: \"%\" is no limit; expected a number such as 100, or a share from 0% to 100%"},
		/* the request */
		{CLI_RUN, URL "-m get", "--method: \"get\" is not an HTTP method; did you mean \"GET\"?"},
		{CLI_RUN, URL "-m GTE", "--method: \"GTE\" is not an HTTP method; did you mean \"GET\"?"},
		{CLI_RUN, URL "-m CONNECT", "--method: \"CONNECT\" opens tunnels; expected one such as GET, POST or PUT"},
		{CLI_RUN, URL "-m a/b", "--method: \"a/b\" is not an HTTP method; expected one such as GET, POST or PUT"},
		{CLI_RUN, URL "-H Bearer", "--header: there is no colon; expected \"Name: value\""},
		{CLI_RUN, URL "-H Authorization·:secret", "--header: \"Authorization \" has a character that headers may not have; expected \"Name: value\""},
		{CLI_RUN, URL "-H X:·a\nb", "--header: \"X\" has a character that headers may not have; expected \"Name: value\""},
		{CLI_RUN, URL "--content-type=", "--content-type: \"\" is not a content type; expected one such as application/json"},
		{CLI_RUN, URL "-T a/b -H content-type:·c/d", "--content-type: --header gives a Content-Type already"},
		{CLI_RUN, URL "-u alice", "--user: there is no colon; expected USER:PASSWORD"},
		{CLI_RUN, URL "-u :secret", "--user: there is no user before the colon; expected USER:PASSWORD"},
		{CLI_RUN, "a.json -m GET", "--method: needs a URL; a.json says itself what is sent"},
		{CLI_RUN, "a.json -d x", "--data: needs a URL; a.json says itself what is sent"},
		{CLI_RUN, "a.json -T x", "--content-type: needs a URL; a.json says itself what is sent"},
		/* the connection */
		{CLI_RUN, URL "--metrics ws://h", "--metrics: \"ws://h\" is no URL of metrics; expected http[s]://HOST[:PORT][/PATH]"},
		{CLI_DEMO, "--metrics http://u:secret@", "--metrics: \"http://u:[redacted]@\" is no URL of metrics; expected http[s]://HOST[:PORT][/PATH]"},
		{CLI_RUN, URL "-x gopher://h", "--proxy: \"gopher://h\" is no proxy; expected [http|https|socks4|socks4a|socks5|socks5h://]HOST[:PORT]"},
		{CLI_RUN, URL "-x http://u:secret@h:x", "--proxy: \"http://u:[redacted]@h:x\" is no proxy; expected [http|https|socks4|socks4a|socks5|socks5h://]HOST[:PORT]"},
		{CLI_RUN, URL "--unix-socket " L108, "--unix-socket: the path is 108 bytes long; expected at most 107"},
		{CLI_RUN, URL "--unix-socket /s -x p:1", "--unix-socket: not together with --proxy"},
		{CLI_RUN, URL "--connect-to a:1:b", "--connect-to: \"a:1:b\" is not understood; expected HOST:PORT:HOST:PORT, an IPv6 address in []"},
		{CLI_RUN, URL "--connect-to a:1:b:0", "--connect-to: \"a:1:b:0\" is not understood; expected HOST:PORT:HOST:PORT, an IPv6 address in []"},
		{CLI_RUN, URL "--connect-to a:1:b:2:3", "--connect-to: \"a:1:b:2:3\" is not understood; expected HOST:PORT:HOST:PORT, an IPv6 address in []"},
		{CLI_RUN, URL "--connect-to a:1:[::1:2", "--connect-to: \"a:1:[::1:2\" is not understood; expected HOST:PORT:HOST:PORT, an IPv6 address in []"},
		/* results and screen */
		{CLI_RUN, URL "--label novalue", "--label: \"novalue\" has no \"=\"; expected KEY=VALUE"},
		{CLI_RUN, URL "--label =v", "--label: \"=v\" has no key; expected KEY=VALUE"},
		{CLI_RUN, URL "--label a=1 --label a=2", "--label: \"a\" is given twice; expected different keys"},
		{CLI_RUN, URL "--label a=\x1b[2J", "--label: contains a control character; expected KEY=VALUE"},
		{CLI_RUN, URL "--record r --no-record", "--record: not together with --no-record"},
		{CLI_RUN, URL "--headless --ui dashboard", "--headless: means --ui plain; not together with --ui dashboard"},
		{CLI_RUN, URL "--headless --ui none", "--headless: means --ui plain; not together with --ui none"},
		{CLI_RUN, URL "--no-color --color 16", "--no-color: not together with --color 16"},
		/* what steers a terminal is not echoed */
		{CLI_RUN, URL "--ui \x1b[2J", "--ui: \" [2J\" is unknown; expected dashboard|plain|none"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		refuse(&rows[i]);
}

static void what_is_odd_but_right(void **state)
{
	static const char *const lines[] = {
		URL "-d x -m GET", URL "--headless --ui plain", URL "--no-color --color never", URL "-x proxy:3128",
		URL "--connect-to :::", URL "--max-errors 0", URL "--max-errors 0%", "missing.json", "missing.json -H A:·b",
		URL "-n 5 -z 1s", URL "-T a -T b",
	};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct options o = parse(CLI_RUN, lines[i]);

		options_fini(&o);
	}
}

/* A letter or name means one thing a command, every option is described. */
static void the_table_is_sound(void **state)
{
	(void)state;
	for (const struct option_row *a = option_table; a->name; a++) {
		assert_true(a->commands && !(a->commands >> CLI_COUNT));
		assert_true(*a->help);
		assert_int_equal(a->arg == NULL, a->kind == OPTION_FLAG);
		assert_int_equal(a->special != NULL, a->kind == OPTION_SPECIAL);
		for (const struct option_row *b = a + 1; b->name; b++) {
			if (!(a->commands & b->commands))
				continue;
			assert_string_not_equal(a->name, b->name);
			if (a->letter)
				assert_int_not_equal(a->letter, b->letter);
		}
	}
}

static void help_lists_every_option_in_80_columns(void **state)
{
	(void)state;
	for (int c = 0; c < CLI_COUNT; c++) {
		char *text = NULL, *save = NULL;
		size_t bytes;
		FILE *f = open_memstream(&text, &bytes);

		options_help(f, (enum cli_command)c);
		fclose(f);
		for (const struct option_row *row = option_table; row->name; row++) {
			/* Commands may take different values for it. */
			const struct option_row *own = option_by_name((enum cli_command)c, row->name, strlen(row->name));
			const char *arg = own ? own->arg : row->arg;
			char *shown = xasprintf("--%s%s%s", row->name, arg ? " " : "", arg ? arg : "");

			assert_int_equal(strstr(text, shown) != NULL, own != NULL);
			free(shown);
		}
		for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save))
			if (strlen(l) > 80 || (*l && l[strlen(l) - 1] == ' '))
				fail_msg("%s", l);
		free(text);
	}
}

static void the_recorded_line_has_no_secrets(void **state)
{
	static const struct {
		enum cli_command command;
		const char *line, *recorded;
	} rows[] = {
		{CLI_RUN, "http://h -c50 -kL --json=-", "brunt run http://h -c50 -kL --json=-"},
		{CLI_RUN, "http://u:s@h/?key=s -n 1", "brunt run 'http://u:[redacted]@h/?key=[redacted]' -n 1"},
		{CLI_RUN, "-u a:s -ua:s -kua:s --user a:s --user=a:s http://h",
		 "brunt run -u 'a:[redacted]' '-ua:[redacted]' '-kua:[redacted]' --user 'a:[redacted]' '--user=a:[redacted]' http://h"},
		{CLI_RUN, "-H authorization:·s --header=X-Api-Key:s -HCookie:s -H Accept:·x http://h",
		 "brunt run -H 'authorization: [redacted]' '--header=X-Api-Key: [redacted]' '-HCookie: [redacted]' -H 'Accept: x' http://h"},
		{CLI_RUN, "-H Proxy-Authorization:·s -x http://u:s@p:1 -xu:s@p http://h",
		 "brunt run -H 'Proxy-Authorization: [redacted]' -x 'http://u:[redacted]@p:1' '-xu:[redacted]@p' http://h"},
		{CLI_RUN, "http://h -d it's·\\n", "brunt run http://h -d 'it'\\''s \\n'"},
		{CLI_RUN, "http://h -d a\nb'\\\xff\xc3\xa9", "brunt run http://h -d $'a\\012b\\'\\\\\\377\xc3\xa9'"},
		{CLI_RUN, "http://h --data=", "brunt run http://h --data="},
		{CLI_DEMO, "-c 5 --label a=$x", "brunt demo -c 5 --label 'a=$x'"},
		{CLI_CHECK, "-- -u a:b ~/x", "brunt check -- -u a:b '~/x'"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *argv[ARGS_MAX + 1], *line;
		int argc = split(rows[i].line, argv);

		line = options_command_line(rows[i].command, argc, argv);
		assert_string_equal(line, rows[i].recorded);
		free(line);
	}
	/* An empty argument stays one. */
	char *argv[] = {(char *)"brunt", (char *)"http://h", (char *)"-d", (char *)"", NULL};
	char *line = options_command_line(CLI_RUN, 4, argv);
	assert_string_equal(line, "brunt run http://h -d ''");
	free(line);
}

static void flags_count_more_than_the_file(void **state)
{
	static const struct scenario_load file = {.concurrency = 7, .requests = 100, .duration_ns = 1,
						  .warmup_ns = 2, .think_ns = 3, .arrival = -1};
	static const struct scenario_load empty = SCENARIO_NO_LOAD;
	struct options o = parse(CLI_RUN, "http://h");

	(void)state;
	assert_int_equal(options_apply_load(&o, &empty, NULL), 0);
	assert_int_equal(o.concurrency, OPTIONS_USERS);
	assert_int_equal(o.requests, -1);
	assert_int_equal(o.duration_ns, -1);
	assert_int_equal(o.warmup_ns, 0);
	assert_int_equal(o.think_ns, 0);
	options_fini(&o);
	o = parse(CLI_RUN, "http://h");
	assert_int_equal(options_apply_load(&o, &file, NULL), 0);
	assert_int_equal(o.concurrency, 7);
	assert_int_equal(o.requests, 100);
	assert_int_equal(o.duration_ns, 1);
	assert_int_equal(o.warmup_ns, 2);
	assert_int_equal(o.think_ns, 3);
	options_fini(&o);
	/* -n is not cut short by the file's duration. */
	o = parse(CLI_RUN, "http://h -c 9 -n 5 --warmup 0 --think 1s");
	assert_int_equal(options_apply_load(&o, &file, NULL), 0);
	assert_int_equal(o.concurrency, 9);
	assert_int_equal(o.requests, 5);
	assert_int_equal(o.duration_ns, -1);
	assert_int_equal(o.warmup_ns, 0);
	assert_int_equal(o.think_ns, NS_PER_S);
	options_fini(&o);
}

/* A flag for any of the load's shape is for all of it. */
static void the_shape_is_the_files_or_the_flags(void **state)
{
	static struct load_stage stage[] = {{MODE_OPEN, 5, 20, NS_PER_S, false}, {MODE_OPEN, 20, 20, 2 * NS_PER_S, false}};
	struct scenario_load file = SCENARIO_NO_LOAD, ramp = SCENARIO_NO_LOAD;
	struct options o = parse(CLI_RUN, "http://h");
	struct err err;

	(void)state;
	file.stage = stage;
	file.stages = 2;
	file.arrival = ARRIVAL_POISSON;
	file.max_in_flight = 50;
	assert_int_equal(options_apply_load(&o, &file, NULL), 0);
	assert_int_equal(o.stage_count, 2);
	assert_int_equal(o.duration_ns, 3 * NS_PER_S);
	assert_int_equal(o.arrival, ARRIVAL_POISSON);
	assert_int_equal(o.max_in_flight, 50);
	options_fini(&o);
	o = parse(CLI_RUN, "http://h -q 30 -z 1s");
	assert_int_equal(options_apply_load(&o, &file, NULL), 0);
	assert_int_equal(o.stage_count, 0);
	assert_int_equal(o.arrival, ARRIVAL_POISSON);
	assert_true(o.rate_to > 29.9 && o.rate_to < 30.1);
	options_fini(&o);
	o = parse(CLI_RUN, "http://h -c 3 --arrival constant");
	assert_int_equal(options_apply_load(&o, &file, NULL), 0);
	assert_int_equal(o.stage_count, 0);
	assert_int_equal(o.arrival, ARRIVAL_CONSTANT);
	assert_int_equal(o.concurrency, 3);
	options_fini(&o);
	/* A trace's times are a shape, and not for who asks for users. */
	file = (struct scenario_load)SCENARIO_NO_LOAD;
	file.arrival = ARRIVAL_TRACE;
	o = parse(CLI_RUN, "http://h -c 3");
	assert_int_equal(options_apply_load(&o, &file, NULL), 0);
	assert_int_equal(o.arrival, ARRIVAL_CONSTANT);
	options_fini(&o);

	ramp.rate_from = 10;
	ramp.rate_to = 50;
	o = parse(CLI_RUN, "http://h -z 4s");
	assert_int_equal(options_apply_load(&o, &ramp, NULL), 0);
	assert_int_equal(o.stage_count, 1);
	assert_int_equal(o.stage[0].length_ns, 4 * NS_PER_S);
	options_fini(&o);
	o = parse(CLI_RUN, "http://h");
	assert_int_equal(options_apply_load(&o, &ramp, &err), -1);
	assert_string_equal(err.text, "the scenario's load: --rate: a ramp A:B lasts as long as the run; expected -z DURATION with it");
	options_fini(&o);
}

/* ---- what reads files ---- */

static char dir[] = "/tmp/brunt-options-XXXXXX";

static char *write_file(const char *name, const char *bytes, size_t count)
{
	char *path = xasprintf("%s/%s", dir, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, count, f), count);
	fclose(f);
	return path;
}

static void a_body_from_the_line_or_a_file(void **state)
{
	char *path = write_file("body", "a\0b\n", 4), *line = xasprintf("http://h -d @%s", path);
	struct options o = parse(CLI_RUN, "http://h -d x@y");
	struct scenario *s;
	struct faults faults;
	struct err err;

	(void)state;
	assert_int_equal(options_load_data(&o, &err), 0);
	assert_string_equal(o.body, "x@y");
	options_fini(&o);
	o = parse(CLI_RUN, line);
	assert_int_equal(options_load_data(&o, &err), 0);
	assert_int_equal(o.body_bytes, 4);
	assert_memory_equal(o.body, "a\0b\n", 5);
	assert_int_equal(options_scenario(&o, &s, &faults), 0);
	assert_string_equal(s->task->request.method, "POST");
	assert_memory_equal(s->task->request.body, "a\0b\n", 4);
	scenario_free(s);
	options_fini(&o);
	unlink(path);
	o = parse(CLI_RUN, line);
	assert_int_equal(options_load_data(&o, &err), -1);
	free(line);
	line = xasprintf("--data: %s: No such file or directory", path);
	assert_string_equal(err.text, line);
	options_fini(&o);
	free(line);
	line = xasprintf("http://h -d @%s", dir);
	o = parse(CLI_RUN, line);
	assert_int_equal(options_load_data(&o, &err), -1);
	free(line);
	line = xasprintf("--data: %s: Is a directory", dir);
	assert_string_equal(err.text, line);
	options_fini(&o);
	free(line);
	free(path);
}

static void headers_of_flags_reach_a_scenario_file(void **state)
{
	static const char text[] = "{\"target\":\"http://h\",\"headers\":{\"A\":\"1\"},"
				   "\"tasks\":[{\"name\":\"t\",\"request\":{}}]}";
	char *path = write_file("s", text, sizeof text - 1), *line = xasprintf("%s -H a:·2", path);
	struct options o = parse(CLI_RUN, line);
	struct scenario *s;
	struct faults faults;

	(void)state;
	assert_false(o.operand_is_url);
	assert_int_equal(options_scenario(&o, &s, &faults), 0);
	assert_string_equal(s->task->request.header[0], "a: 2");
	assert_null(s->task->request.header[1]);
	scenario_free(s);
	options_fini(&o);
	unlink(path);
	free(line);
	free(path);
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_given),
		cmocka_unit_test(everything_given),
		cmocka_unit_test(the_ways_to_write_a_value),
		cmocka_unit_test(values_that_look_like_options),
		cmocka_unit_test(other_commands),
		cmocka_unit_test(help_needs_nothing_else),
		cmocka_unit_test(bad_input_has_these_words),
		cmocka_unit_test(what_is_odd_but_right),
		cmocka_unit_test(the_table_is_sound),
		cmocka_unit_test(help_lists_every_option_in_80_columns),
		cmocka_unit_test(the_recorded_line_has_no_secrets),
		cmocka_unit_test(flags_count_more_than_the_file),
		cmocka_unit_test(the_shape_is_the_files_or_the_flags),
		cmocka_unit_test(a_body_from_the_line_or_a_file),
		cmocka_unit_test(headers_of_flags_reach_a_scenario_file),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
