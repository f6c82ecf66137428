#include "help_topics.h"

#include <stdio.h>
#include <string.h>

#include "ui/keys.h"

/* Of all keys of an action the line has room for so much. */
#define KEYS_BYTES 32

static void keys(FILE *out)
{
	static const struct {
		enum key_where where;
		const char *title;
	} part[] = {
		{LIVE, "While load runs"}, {REPLAY, "In a replay"}, {BOTH, "In both"}, {HEATMAP, "With the cursor in a heatmap"},
	};

	for (size_t p = 0; p < sizeof part / sizeof *part; p++) {
		fprintf(out, "%s%s:\n", p ? "\n" : "", part[p].title);
		for (const struct key_row *row = key_table(); row->action != ACTION_NONE; row++) {
			char all[KEYS_BYTES] = "";
			bool said = false;

			if (row->where != part[p].where)
				continue;
			for (const struct key_row *r = key_table(); r->action != ACTION_NONE; r++) {
				size_t used = strlen(all);

				if (r->action != row->action || r->where != row->where)
					continue;
				said |= r < row;
				snprintf(all + used, sizeof all - used, "%s%s", used ? " " : "", r->name);
			}
			if (!said)
				fprintf(out, "  %-14s %s\n", all, action_info(row->action)->help);
		}
	}
	fputs("\nWith a mouse (brunt config mouse=off leaves it to the terminal):\n"
	      "  click          on a view or a key in the last line: as its key does\n"
	      "                 on a pane: the focus; on a task, an error, a bar, a cell: the\n"
	      "                 cursor; again opens it; on the line of the whole run: goes there\n"
	      "  wheel          over a graph over time: back, on by 5 s; over a list: up, down\n", out);
}

static const struct {
	const char *name, *says, *text; /* without text: the keys */
} topics[] = {
	{"keys", "what the keys of the dashboard do", NULL},
	{"load", "users, rates, stages, warm-up, ends",
	 "Closed loop, the default: -c USERS send a request, wait for the answer, think\n"
	 "(--think), send the next. A slow server is asked less often.\n"
	 "\n"
	 "  brunt URL -c 20 -z 1m            20 users for a minute\n"
	 "  brunt URL -c 20 -n 500           20 users, 500 requests\n"
	 "  brunt URL --stage 30s:10 --stage 1m:10-50 --stage 30s:50\n"
	 "\n"
	 "Open loop: requests come at a rate, whatever the server does. What has to wait is\n"
	 "charged to the latency.\n"
	 "\n"
	 "  brunt URL -q 200 -z 1m           200 a second\n"
	 "  brunt URL -q 90/m -z 10m         90 a minute\n"
	 "  brunt URL -q 10:500 -z 2m        a ramp\n"
	 "  brunt URL -q 50 --arrival poisson -z 1m\n"
	 "\n"
	 "--warmup T is shown, not counted. -z and -n count after it. When the run ends,\n"
	 "running requests may take --drain T to finish; later ones count as censored, at\n"
	 "their age. In the dashboard + - > < m P change the load while it runs; each change\n"
	 "is an operating point with statistics of its own.\n"},
	{"sweep", "finding the knee by itself",
	 "A sweep raises the load step by step, waits until each step has settled and is\n"
	 "measured well enough, stops where throughput stands still, a target is missed or\n"
	 "too much fails, and then closes in on the knee and measures it again.\n"
	 "\n"
	 "  brunt URL --sweep auto           1, 2, 4, … users, at most -c, else 512\n"
	 "  brunt URL --sweep 4,8,16         these\n"
	 "  brunt URL --sweep auto -q 10     the rate instead of users\n"
	 "  s in the dashboard               starts one, stops it\n"
	 "\n"
	 "-z bounds it. A key that changes the load takes over, s gives back. What it found is\n"
	 "in the line below the status, in view 6, in the summary, and in the JSON result under\n"
	 "scaling, with why it stopped.\n"},
	{"experiments", "what a response is made of, by stepping one thing",
	 "x in the dashboard offers to step one thing of the load by a fixed small plan, there\n"
	 "and back, in half a minute; then the load is as it was. x or a key for the load stops\n"
	 "it. What is not possible with the present load says why.\n"
	 "\n"
	 "  users                1, 2, 4, 8, or up to those there are: waiting, or slower tokens?\n"
	 "  output length        parts of max_tokens: what a token takes\n"
	 "  connection reuse     none kept: what a new connection adds\n"
	 "  prompt length        words more: what a prompt token takes\n"
	 "  prompt reuse         the same prompt again: what a cache saves\n"
	 "\n"
	 "The answer is one sentence: queue-bound, prefill-bound, decode-bound or\n"
	 "connection-bound, with the coefficients, their 95 % intervals and the number of\n"
	 "answers; or not enough evidence, and of what.\n"},
	{"slo", "targets: how they are written, and what comes of them",
	 "  METRIC.STATISTIC OP VALUE        --slo 'ttft.p99<500ms'\n"
	 "  STATISTIC OP VALUE               --slo 'p95<3s'          of the latency\n"
	 "  METRIC OP VALUE                  --slo 'success>=99%'    shares, scores, rates\n"
	 "  task:NAME.…                      --slo 'task:chat.p95<2s'\n"
	 "'latency p95 < 3 s' is understood, too, and shown as p95<3s.\n"
	 "\n"
	 "Times:      latency service queue ttfb ttft ttfo tpot itl connect,\n"
	 "            by min p50 p75 p90 p95 p99 p999 max mean\n"
	 "Shares:     success errors hit_ratio       99%, 0.99\n"
	 "Scores:     quality                        0 to 100\n"
	 "Rates:      throughput goodput output_tokens, a second\n"
	 "Compare by: < <= > >=\n"
	 "\n"
	 "A target passes, fails or is inconclusive: too little came to be sure. Missed is\n"
	 "exit code 3, inconclusive 5. --slo-abort ends the run as soon as one is missed for\n"
	 "certain. In a scenario: \"slo\": [\"p95<3s\"], at the top or in a task.\n"},
	{"metrics", "what the words on the screen mean, exactly",
	 "  due        the planned arrival (open loop), or the last answer plus think time\n"
	 "  latency    from due to the end of the answer = queue + service\n"
	 "  service    from handing the request to the transport to the end of the answer\n"
	 "  queue      what the request waited within brunt\n"
	 "  ttfb       from due to the first byte of the answer\n"
	 "  ttft       from due to the first token; an event without content is none\n"
	 "  ttfo       from due to the first token that is not reasoning\n"
	 "  tpot       time per output token after the first, a figure a request\n"
	 "  itl        the gaps between tokens, each counts\n"
	 "  throughput complete answers a second, of any status\n"
	 "  goodput    answers a second that meet every target of theirs\n"
	 "  success    transport fine, status below 400, no error inside the answer, the\n"
	 "             stream complete, every required check passed\n"
	 "  quality    0 to 100: share of checks passed, by weight, mean over the answers\n"
	 "  censored   timeouts and what was cut off at the end: counted at their age\n"
	 "\n"
	 "Percentiles are of an HDR histogram: at most 0.1 % off. brunt(1) has the rest.\n"},
	{"scenario", "a scenario file to start from",
	 "{ \"name\": \"coach\",\n"
	 "  \"target\": \"http://localhost:8080\",\n"
	 "  \"tasks\": [\n"
	 "    {\"name\": \"analysis\", \"weight\": 3, \"slo\": [\"p95<3s\"],\n"
	 "     \"request\": {\"path\": \"/api/resume/analyze\", \"json\": {\"resume\": \"Ten years of C\"}},\n"
	 "     \"checks\": [{\"status\": 200}, {\"json\": \"/score\", \"min\": 0, \"max\": 100}]},\n"
	 "    {\"name\": \"chat\", \"api\": \"openai-chat\", \"model\": \"demo\", \"think\": \"500ms\",\n"
	 "     \"turns\": [\"Tell me about queues\", \"Give an example\"]} ],\n"
	 "  \"load\": {\"concurrency\": 8, \"duration\": \"30s\"},\n"
	 "  \"slo\": [\"success>=99%\"] }\n"
	 "\n"
	 "brunt check FILE says what is wrong with one, brunt check --send FILE tries each\n"
	 "task once. brunt serve is a server that answers this one. brunt-scenario(5) has data\n"
	 "sets, templates, captures, all checks.\n"},
	{"runs", "recordings: where they are, what is done with them",
	 "Every run is recorded (--no-record does without) under $XDG_STATE_HOME/brunt, or\n"
	 "~/.local/state/brunt. The last 50 are kept, pinned ones for good. RUN in a command is\n"
	 "a file, a name, the beginning of a file's name, or `latest`.\n"
	 "\n"
	 "  brunt replay                     the list: open, pin, name, note, delete\n"
	 "  brunt replay latest              the dashboard again, seekable\n"
	 "  brunt report latest --format html -o run.html\n"
	 "  brunt compare before after       better, worse, the same, undecided\n"
	 "  brunt URL --baseline before      held against another while it runs\n"
	 "  brunt --from RUN [URL]           the same load again\n"
	 "  sqlite3 RUN 'SELECT …'           brunt-run(5) has the tables\n"},
	{"exit", "exit codes, the first that applies",
	 "  2    usage or scenario error\n"
	 "  130 143 129   interrupted by INT, TERM, HUP; the result is written first\n"
	 "  70   the books do not balance: an error of brunt's\n"
	 "  1    the run failed: nothing succeeded, or nobody is there\n"
	 "  5    a target or baseline was asked for, and brunt itself was the limit\n"
	 "  3    a target was missed\n"
	 "  4    worse than the baseline\n"
	 "  5    inconclusive\n"
	 "  0    all is well; q in the dashboard is a normal end\n"},
};
#define TOPICS (sizeof topics / sizeof *topics)

const char *help_topic_name(size_t i)
{
	return i < TOPICS ? topics[i].name : NULL;
}

const char *help_topic_says(size_t i)
{
	return topics[i].says;
}

bool help_topic(FILE *out, const char *name)
{
	for (size_t i = 0; i < TOPICS; i++) {
		if (strcmp(topics[i].name, name))
			continue;
		if (topics[i].text)
			fputs(topics[i].text, out);
		else
			keys(out);
		return true;
	}
	return false;
}
