#!/bin/bash
# The formats of `brunt report` for other programs: read back by readers that are not
# ours, and their counts against the JSON result's. Names and messages are hostile.
. "$(dirname "$0")/lib.sh"

run=$E2E_TMP/run.brunt json=$E2E_TMP/result.json
of() { sqlite3 :memory: "select json_extract(readfile('$json'), '$1')"; }
report() { # FORMAT: into a file named so
	exits "report as $1" 0 "$BRUNT" report "$run" --format "$1" -o "$E2E_TMP/run.$1"
}

start_serve --speed 100 --slots 64 --fail-rate 10% --truncate-rate 5% || exit 1
cat >"$E2E_TMP/s.json" <<-EOF
	{"name": "</title><script>alert(1)</script>", "target": "$SERVE_URL",
	 "tasks": [
	  {"name": "talk, \"quoted\"", "api": "openai-chat", "model": "m", "turns": ["What is a queue?", "And then?"]},
	  {"name": "=cmd|' /C calc'!A0", "request": {"path": "/api/interview/answer", "json": {}}},
	  {"name": "<img src=x onerror=alert(1)>", "request": {"path": "/nowhere"}}]}
EOF
"$BRUNT" "$E2E_TMP/s.json" -n 300 -c 8 --warmup 200ms --headless --seed 3 --label 'team=<b>' --slo 'p95<1h' --record "$run" >/dev/null
is "it was recorded" "$(ls "$run"*)" "$run"
# A file can say anything.
sqlite3 "$run" "UPDATE messages SET text = '=HYPERLINK(\"http://evil\"),' || char(13, 10) || '</td><script>' || CAST(x'ff1b' AS TEXT)
	WHERE id = (SELECT min(id) FROM messages)"
"$BRUNT" report "$run" --format json -o "$json"
stop "$SERVE_PID"

exits "an unknown format" 2 "$BRUNT" report "$run" --format xml
matches "names those there are" "$OUTPUT" '^brunt: --format: "xml" is unknown; expected text\|json\|csv\|'
exits "the run file is not written over" 2 "$BRUNT" report "$run" --format csv -o "$run"
exits "it is still there" 0 "$BRUNT" report "$run"

# ---- csv ----

report csv
rows() { # SQL: of the rows, in SQLite's own reading
	sqlite3 :memory: -cmd ".mode csv" -cmd ".import '$E2E_TMP/run.csv' r" -cmd ".mode list" "$1"
}
is "a row a request" "$(rows 'select count(*) from r')" "$(sqlite3 "$run" 'select count(*) from samples')"
for each in requests:"1" succeeded:"outcome = 'succeeded'" failed:"outcome = 'failed'" censored:"outcome = 'censored'"; do
	is "as many ${each%%:*} as in the summary" "$(rows "select count(*) from r where phase <> 'warmup' and ${each#*:}")" \
		"$(of "\$.summary.${each%%:*}")"
done
is "there was a warm-up" "$(rows "select count(*) > 0 from r where phase = 'warmup'")" 1
is "latency is queue and service" "$(rows 'select count(*) from r where latency_us <> queue_us + service_us')" 0
is "in order of end" "$(rows 'select count(*) from (select t0_us + latency_us as te, lag(t0_us + latency_us) over (order by rowid) as b from r) where te < b')" 0
is "ids as they were sent" "$(rows 'select count(*) from r')" \
	"$(sqlite3 "$run" "select count(*) from samples, run where key = 'run_id' and
		instr(readfile('$E2E_TMP/run.csv'), printf('%08x-%08x,', value, seq))")"
is "the tasks by their names, harmless" "$(rows 'select distinct task from r order by task')" \
	"$(printf '%s\n' "'=cmd|' /C calc'!A0" '<img src=x onerror=alert(1)>' 'talk, "quoted"')"
is "no cell is a formula" "$(rows "select count(*) from r where message glob '[=+@-]*' or task glob '[=+@-]*'")" 0
if command -v python3 >/dev/null; then
	is "python reads the same" "$(python3 - "$E2E_TMP/run.csv" <<-'EOF'
		import csv, sys
		rows = list(csv.DictReader(open(sys.argv[1], newline="", encoding="utf-8"), strict=True))
		assert all(None not in r and None not in r.values() for r in rows)
		assert all(int(r["latency_us"]) >= 0 for r in rows)
		print(len(rows), sum(r["outcome"] == "succeeded" and r["phase"] != "warmup" for r in rows))
	EOF
	)" "$(rows 'select count(*) from r') $(of '$.summary.succeeded')"
fi
exits "a full device" 1 "$BRUNT" report "$run" --format csv -o /dev/full
matches "is said" "$OUTPUT" '^brunt: cannot write /dev/full: No space left on device; what is there is not all'
exits "on standard output too" 1 bash -c '"$@" >/dev/full' - "$BRUNT" report "$run" --format csv

# ---- html ----

report html
page=$(cat "$E2E_TMP/run.html")
is "one document" "$(grep -c '<!DOCTYPE html>' <<<"$page") $(grep -c '</html>' <<<"$page")" "1 1"
for word in '<script' '<img' ' href="' ' src="' ' style="' 'url(' '@import'; do
	is "no $word" "$(grep -ciF -e "$word" <<<"$page")" 0
done
matches "its name is text" "$page" '<h1>&lt;/title&gt;&lt;script&gt;alert\(1\)&lt;/script&gt;</h1>'
matches "so is a task's" "$page" '<td class="text">&lt;img src=x onerror=alert\(1\)&gt;</td>'
matches "the message that the file was given" "$page" 'HYPERLINK\(&quot;http://evil&quot;\)'
matches "as many requests as in the summary" "$page" "<dt>Requests</dt><dd>$(of '$.summary.requests')</dd>"
matches "the verdict of its SLO" "$page" '<td class="text">p95&lt;1h</td>'
if command -v python3 >/dev/null; then
	check "well-formed" python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' "$E2E_TMP/run.html"
fi

# ---- vllm ----

report vllm
vllm() { sqlite3 :memory: "select json_extract(readfile('$E2E_TMP/run.vllm'), '$1')"; }
for each in num_prompts:requests completed:succeeded total_output_tokens:tokens_out p99_ttft_ms:ttft_ms.p99 \
	median_itl_ms:itl_ms.p50 std_tpot_ms:tpot_ms.stddev mean_e2el_ms:latency_ms.mean p99.9_e2el_ms:latency_ms.p999; do
	is "${each%%:*}" "$(vllm "\$.\"${each%%:*}\"")" "$(of "\$.summary.${each#*:}")"
done
is "its API and model" "$(vllm '$.backend') $(vllm '$.model_id')" "openai-chat m"
for each in input_lens output_lens ttfts itls latencies start_times errors; do
	is "$each: a value a request" "$(sqlite3 :memory: "select json_array_length(readfile('$E2E_TMP/run.vllm'), '$.$each')")" \
		"$(of '$.summary.requests')"
done
is "an error where it did not succeed" "$(sqlite3 :memory: "select count(*) from json_each(readfile('$E2E_TMP/run.vllm'), '\$.errors') where value <> ''")" \
	"$(($(of '$.summary.failed') + $(of '$.summary.censored')))"

# ---- aiperf ----

report aiperf
# One array of the lines.
{ sed '1s/^/[/; $!s/$/,/; $s/$/]/' "$E2E_TMP/run.aiperf"; } >"$E2E_TMP/aiperf.json"
lines() { # CONDITION: how many
	sqlite3 :memory: "select count(*) from json_each(readfile('$E2E_TMP/aiperf.json')) as r where $1"
}
at() { echo "json_extract(r.value, '\$.$1')"; }
is "a line a request" "$(wc -l <"$E2E_TMP/run.aiperf") $(lines 1)" "$(sqlite3 "$run" "select count(*) || ' ' || count(*) from samples")"
measured="$(at metadata.benchmark_phase) = 'profiling'"
is "as many successes" "$(lines "$measured and $(at error) is null")" "$(of '$.summary.succeeded')"
is "as many others" "$(lines "$measured and $(at error.type) is not null")" "$(($(of '$.summary.failed') + $(of '$.summary.censored')))"
is "as many first tokens" "$(lines "$measured and $(at metrics.time_to_first_token.value) >= 0")" "$(of '$.summary.ttft_ms.count')"
is "as many with two tokens" "$(lines "$measured and $(at metrics.inter_token_latency.unit) = 'ms'")" "$(of '$.summary.tpot_ms.count')"
is "latency from due to end" "$(lines "abs(($(at metadata.request_end_ns) - $(at metadata.credit_issued_ns)) / 1e6 - $(at metrics.request_latency.value)) > 0.0005")" 0
is "the longest is the result's" "$(sqlite3 :memory: "select max($(at metrics.time_to_first_token.value)) from json_each(readfile('$E2E_TMP/aiperf.json')) as r where $measured")" \
	"$(of '$.summary.ttft_ms.max')"
is "second turns are in the sessions of first ones" \
	"$(sqlite3 :memory: "select count(*) from json_each(readfile('$E2E_TMP/aiperf.json')) as r, json_each(readfile('$E2E_TMP/aiperf.json')) as f
		where $(at metadata.turn_index) = 1 and json_extract(f.value, '\$.metadata.turn_index') = 0
		and json_extract(f.value, '\$.metadata.session_num') = $(at metadata.session_num)")" "$(lines "$(at metadata.turn_index) = 1")"

# ---- hlog, and back ----

report hlog
of_log() { sqlite3 :memory: "select json_extract(readfile('$E2E_TMP/log.json'), '$1')"; }
exits "a histogram log in place of a run" 0 "$BRUNT" report "$E2E_TMP/run.hlog" --format json -o "$E2E_TMP/log.json"
is "has what was counted" "$(of_log '$.summary.requests')" "$(of '$.summary.latency_ms.count')"
is "the same p95, but for a thousandth" \
	"$(sqlite3 :memory: "select abs($(of_log '$.summary.latency_ms.p95') / $(of '$.summary.latency_ms.p95') - 1) < 0.0011")" 1
is "the same tasks" "$(sqlite3 :memory: "select group_concat(json_extract(value, '\$.requests')) from json_each(readfile('$E2E_TMP/log.json'), '\$.tasks')")" \
	"$(sqlite3 :memory: "select group_concat(json_extract(value, '\$.latency_ms.count')) from json_each(readfile('$json'), '\$.tasks')
		where json_extract(value, '\$.latency_ms.count') > 0")"
exits "books that balance" 0 "$BRUNT" replay "$E2E_TMP/run.hlog" --ui plain
matches "are shown" "$OUTPUT" '^books: planned = [1-9][0-9]* = waiting 0 \+ started [1-9][0-9]*$'
# Undecided where the intervals are wide, as on a busy machine.
"$BRUNT" compare "$E2E_TMP/run.hlog" "$E2E_TMP/run.hlog" >"$E2E_TMP/lines"
matches "compared with itself it is not worse" "$?" '^(0|5)$'
head -c 300 "$E2E_TMP/run.hlog" >"$E2E_TMP/bad.hlog"
exits "one that is damaged is refused" 2 "$BRUNT" report "$E2E_TMP/bad.hlog"
matches "with its line" "$OUTPUT" '^brunt: .*/bad\.hlog:[0-9]+: '

# ---- the recordings that come with brunt ----

for name in baseline climb trouble; do
	sample=$(dirname "$0")/../../sample-runs/$name.brunt
	exits "sample-runs/$name opens" 0 "$BRUNT" report "$sample" --format json -o "$E2E_TMP/$name.json"
	is "its books balance" "$(sqlite3 :memory: "select json_extract(a, '\$.planned') = json_extract(a, '\$.waiting') + json_extract(a, '\$.started')
		and json_extract(a, '\$.started') = json_extract(a, '\$.succeeded') + json_extract(a, '\$.failed') + json_extract(a, '\$.censored')
		from (select json_extract(readfile('$E2E_TMP/$name.json'), '\$.audit') as a)")" 1
	is "it is one file" "$(ls "$(dirname "$sample")"/$name.brunt*)" "$sample"
done
of_sample() { sqlite3 :memory: "select json_extract(readfile('$E2E_TMP/$1.json'), '$2')"; }
is "one has all of the 23 cases, some of several turns" "$(of_sample baseline '$.summary.succeeded')" 37
is "one climbs" "$(sqlite3 :memory: "select group_concat(json_extract(value, '\$.level')) from json_each(readfile('$E2E_TMP/climb.json'), '\$.points')")" 1,2,4,8,16,32
check "one has errors" [ "$(of_sample trouble '$.summary.failed')" -gt 0 ]

finish
