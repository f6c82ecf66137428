#!/bin/bash
# The program without a screen: counts, results, exit codes, errors in words.
. "$(dirname "$0")/lib.sh"

json() { # FILE PATH: a value of a JSON file
	sqlite3 :memory: "select json_extract(readfile('$1'), '$2')"
}
out=$E2E_TMP/out.json
start_nginx || exit 1
export XDG_STATE_HOME=$E2E_TMP/state

# ---- counting ----

exits "-n ends by itself" 0 "$BRUNT" "$NGINX_URL" -n 200 -c 7 --headless --json "$out"
matches "a summary table" "$OUTPUT" 'requests +200 +succeeded 200 \(100 %\)'
matches "the books" "$OUTPUT" 'planned = 200 = waiting 0 \+ started 200'
matches "what was recorded" "$OUTPUT" "recorded: $XDG_STATE_HOME/brunt/runs/.*\.brunt"
is "requests in the JSON" "$(json "$out" '$.summary.requests')" 200
is "task default" "$(json "$out" '$.tasks.default.succeeded')" 200
is "schema" "$(json "$out" '$.brunt.schema')" 1
is "unknown is null" "$(json "$out" '$.summary.ttft_ms')$(json "$out" '$.scaling.knee')" ""
is "shares are 0-1" "$(json "$out" '$.summary.success_rate')" 1.0
is "latency count" "$(json "$out" '$.summary.latency_ms.count')" 200
is "exit code in the JSON" "$(json "$out" '$.run.exit_code')" 0

exits "-z ends by time" 0 "$BRUNT" run "$NGINX_URL" -z 1200ms -c 3 --headless --no-record --json "$out"
matches "a line a second" "$OUTPUT" '^ +00:01 +3 '
is "measured time is -z" "$(json "$out" 'cast($.run.duration_s as text)' 2>/dev/null || json "$out" '$.run.duration_s')" 1.2
is "nothing in flight is lost" "$(json "$out" '$.audit.started')" "$(json "$out" '$.audit.succeeded')"

matches "a line for the rest" "$OUTPUT" '^ +00:01\.2 +- '
exits "a run of less than a second" 0 "$BRUNT" "$NGINX_URL" -n 50 -c 2 --headless --no-record
matches "has a line" "$OUTPUT" '^ +[0-9.]+ [mµ]s +- +[0-9.]+k? '
exits "--json - keeps standard output pure" 0 bash -c "'$BRUNT' '$NGINX_URL' -n 5 --headless --no-record --json - 2>/dev/null >'$out'"
is "and it is JSON" "$(json "$out" '$.summary.requests')" 5
exits "--ui none prints nothing" 0 "$BRUNT" "$NGINX_URL" -n 5 --ui none --no-record
is "nothing" "$OUTPUT" ""
exits "two lines of warm-up, one of load" 0 "$BRUNT" "$NGINX_URL" -c 2 -z 1s --warmup 2s --headless --no-record
is "marked so" "$(sed -nE 's/^ +(00:0[0-9]) .* 0( *[a-z-]*)$/\1\2/p' <<<"$OUTPUT" | xargs)" "00:01 warm-up 00:02 warm-up 00:03"
exits "warm-up is not in the summary" 0 "$BRUNT" "$NGINX_URL" -n 50 -c 2 --warmup 300ms --headless --no-record --json "$out"
[ "$(json "$out" '$.audit.started')" -gt 50 ] && ok "warm-up requests are in the books" || not_ok "warm-up requests are in the books"

# ---- who speaks HTTP ----

for engine in auto curl; do
	exits "--engine $engine" 0 "$BRUNT" "$NGINX_URL" -n 300 -c 5 --engine $engine --headless --no-record --json "$out"
	is "--engine $engine: sends all, over a connection each" \
		"$(json "$out" '$.summary.succeeded') $(json "$out" '$.summary.connect_ms.count')" "300 5"
	bytes+=("$(json "$out" '$.summary.bytes_in') $(json "$out" '$.summary.bytes_out')")
done
is "the bytes are the same" "${bytes[0]}" "${bytes[1]}"
exits "no other engine" 2 "$BRUNT" "$NGINX_URL" --engine wget
matches "in words" "$OUTPUT" '^brunt: --engine: .*auto.*curl'

# ---- open loop ----

exits "an open loop" 0 "$BRUNT" "$NGINX_URL" -q 200 -z 1s --headless --no-record --json "$out"
is "plans its rate" "$(json "$out" '$.audit.planned')" 200
is "starts all" "$(json "$out" '$.audit.started')" 200
is "says so" "$(json "$out" '$.load.mode') $(json "$out" '$.load.rate_rps') $(json "$out" '$.load.arrival')" "open 200 constant"
matches "in words, too" "$OUTPUT" '200/s constant'
exits "a ramp" 0 "$BRUNT" "$NGINX_URL" -q 20:100 -z 1s --headless --no-record --json "$out"
is "is its integral" "$(json "$out" '$.audit.planned')" 60
is "is one point, marked" "$(json "$out" '$.points[0].ramp') $(json "$out" '$.points[0].level') $(json "$out" '$.points[1]')" "1 100 "
exits "poisson" 0 "$BRUNT" "$NGINX_URL" -q 100 --arrival poisson --seed 3 -z 1s --headless --no-record --json "$out"
planned=$(json "$out" '$.audit.planned')
exits "poisson again" 0 "$BRUNT" "$NGINX_URL" -q 100 --arrival poisson --seed 3 -z 1s --headless --no-record --json "$out"
is "the same seed, the same arrivals" "$(json "$out" '$.audit.planned')" "$planned"
exits "stages of both loops" 0 "$BRUNT" "$NGINX_URL" --stage 500ms:3 --stage 500ms:100/s --stage 500ms:100-20/s \
	--headless --record "$E2E_TMP/stages.brunt" --json "$out"
is "are points" "$(sqlite3 "$E2E_TMP/stages.brunt" "select group_concat(mode || ' ' || level || ' ' || ramp || ' ' || t_us, '; ') from points where phase = 'load'")" \
	"closed 3.0 0 0; open 100.0 0 500000; open 20.0 500000 1000000"
exits "a report of it" 0 "$BRUNT" report "$E2E_TMP/stages.brunt" --format json -o "$E2E_TMP/again.json"
is "is the result" "$(<"$E2E_TMP/again.json")" "$(<"$out")"
for i in 0 100 150 400 1000; do echo "{\"timestamp\": $i, \"input_length\": 12, \"output_length\": 3, \"hash_ids\": [1]}"; done >"$E2E_TMP/trace.jsonl"
start_serve --speed 100 || exit 1
exits "a trace" 0 "$BRUNT" "$SERVE_URL" --api openai-chat --model m \
	-d @"$E2E_TMP/trace.jsonl" --arrival trace --headless --record "$E2E_TMP/trace.brunt"
is "its times to the microsecond" "$(sqlite3 "$E2E_TMP/trace.brunt" "select group_concat(t0_us) from (select t0_us from samples order by t0_us)")" \
	"0,100000,150000,400000,1000000"

exits "too few to tell" 5 "$BRUNT" "$NGINX_URL" -n 20 -c 2 --headless --no-record --slo 'p99<3s' --json "$out"
is "are inconclusive" "$(json "$out" '$.slo[0].verdict')" inconclusive
# Batches are of 10 ms at least, and 20 of them are needed: thinking makes it last.
exits "percentiles have intervals" 0 "$BRUNT" "$NGINX_URL" -n 5000 -c 4 --think 1ms --headless --no-record --json "$out"
is "around them" "$(sqlite3 :memory: "select d ->> '\$.ci95.p50[0]' <= d ->> '\$.p50' and d ->> '\$.ci95.p50[1]' >= d ->> '\$.p50' and d ->> '\$.ci95.p99' is null from (select readfile('$out') ->> '\$.summary.latency_ms' d)")" 1

# ---- a recorded run again ----

points() { sqlite3 "$1" "select group_concat(mode || ' ' || level || ' ' || from_level || ' ' || ramp || ' ' || (t_us / 100000), '; ') from points where phase in ('load', 'pause')"; }
exits "--from drives a recorded run again" 0 "$BRUNT" --from "$E2E_TMP/stages.brunt" --headless --record "$E2E_TMP/again.brunt" --json "$out"
is "with its changes of load" "$(points "$E2E_TMP/again.brunt")" "$(points "$E2E_TMP/stages.brunt")"
is "and its seed" "$(json "$out" '$.run.seed')" "$(sqlite3 "$E2E_TMP/stages.brunt" "select value from run where key = 'seed'")"
# Keys in a warm-up leave points there.
exits "a run with a warm-up" 0 "$BRUNT" "$NGINX_URL" --warmup 500ms -z 300ms -c 3 --headless --record "$E2E_TMP/warm.brunt"
sqlite3 "$E2E_TMP/warm.brunt" "delete from events;
	insert into points select 1, 0, 100000, 0, 100000, mode, 5, 'warmup', 0, 5 from points where ord = 0;
	insert into points select 2, 0, 200000, 0, 200000, mode, 5, 'pause', 0, 5 from points where ord = 0;
	insert into points select 3, 0, 300000, 0, 300000, mode, 2, 'warmup', 0, 2 from points where ord = 0"
exits "--from drives its warm-up, too" 0 "$BRUNT" --from "$E2E_TMP/warm.brunt" --headless --record "$E2E_TMP/again.brunt"
is "with the changes and the pause in it" "$(sqlite3 "$E2E_TMP/again.brunt" "select group_concat(phase || ' ' || level || ' ' || (t_us / 100000), '; ') from points where phase in ('warmup', 'load', 'pause')")" \
	"warmup 3.0 0; warmup 5.0 1; pause 5.0 2; warmup 2.0 3; load 3.0 5"
exits "here with another load and another end" 0 "$BRUNT" --from "$E2E_TMP/stages.brunt" -c 2 -n 40 --headless --no-record --json "$out"
is "which count more" "$(json "$out" '$.summary.requests') $(json "$out" '$.load.concurrency') $(json "$out" '$.points[1]')" "40 2 "

# ---- bad input: one line, exit 2, before any request ----

refused() { # NAME REGEX ARGS...
	local name=$1 regex=$2
	shift 2
	exits "$name: exit 2" 2 "$BRUNT" "$@"
	matches "$name: says why" "$OUTPUT" "$regex"
	is "$name: one line" "$(wc -l <<<"$OUTPUT")" 1
}
refused "no end without a screen" 'expected -n REQUESTS or -z DURATION' "$NGINX_URL" --headless
refused "unknown flag" '--frobnicate' "$NGINX_URL" --frobnicate
refused "nothing to drive again" '--from: /nowhere' --from /nowhere --headless
refused "zero rate" '--rate: "0" sends nothing' "$NGINX_URL" -q 0 -z 1s
refused "a rate beyond all" '--rate: "9M" is out of range' "$NGINX_URL" -q 9M -z 1s
refused "a rate that is none" '--rate: "fast" is not a rate' "$NGINX_URL" -q fast -z 1s
refused "rate and users" '--rate: not together with --concurrency' "$NGINX_URL" -q 5 -c 5 -z 1s
refused "a ramp without end" '--rate: a ramp.*-z DURATION' "$NGINX_URL" -q 5:9 -n 10
refused "a stage of no length" '--stage: "0s:5" has no length' "$NGINX_URL" --stage 0s:5
refused "a stage without level" '--stage: .*"5s" is no stage' "$NGINX_URL" --stage 5s
refused "half a user" '--stage: "5s:0.5" is no number of users' "$NGINX_URL" --stage 5s:0.5
refused "more in flight than can be" '--max-in-flight: ' "$NGINX_URL" -q 5 -z 1s --max-in-flight 1000000
refused "a trace without times" '--arrival trace: no data set has times' "$NGINX_URL" --arrival trace -z 1s
refused "zero users" '--concurrency: .*0' "$NGINX_URL" -c 0 -n 1
refused "negative time" '--duration: .*negative' "$NGINX_URL" -z -3s
refused "time without unit" '--duration: .*no unit' "$NGINX_URL" -z 3
refused "bad URL" 'ftp://x' ftp://x -n 1
refused "bad header" '--header' "$NGINX_URL" -n 1 -H 'no colon'
refused "unreadable body" '--data: .*nowhere' "$NGINX_URL" -n 1 -d @/nowhere
refused "unwritable --json" '--json: .*/nowhere/x.json' "$NGINX_URL" -n 1 --headless --json /nowhere/x.json
refused "unwritable --record" '--record: .*/nowhere/x.brunt' "$NGINX_URL" -n 1 --headless --record /nowhere/x.brunt
refused "dashboard on a pipe" '--ui dashboard' "$NGINX_URL" -n 1 --ui dashboard
refused "unknown theme" '--theme: there is no theme "nope"' "$NGINX_URL" -n 1 --headless --theme nope
refused "missing scenario" 'nowhere.json' /nowhere.json -n 1
refused "missing run file" 'nowhere.brunt' report /nowhere.brunt
refused "not a run file" 'not a brunt run file' report "$out"

# ---- targets that are not there ----

port=$(free_port)
refused "a bad --record before the target is asked" '--record: .*/nowhere/x.brunt' "http://127.0.0.1:$port/" -n 1 --headless --record /nowhere/x.brunt --wait-ready 30s
before=$(date +%s%N)
exits "refused target: exit 1" 1 "$BRUNT" "http://127.0.0.1:$port/" -n 10 --headless --no-record
took=$((($(date +%s%N) - before) / 1000000))
matches "in words" "$OUTPUT" 'connection refused'
[ $took -lt 3000 ] && ok "soon" || not_ok "soon" "$took ms"
exits "with --json too" 1 "$BRUNT" "http://127.0.0.1:$port/" -n 10 --headless --no-record --json "$out"
is "a result without requests" "$(json "$out" '$.summary.requests')" 0
is "says why" "$(json "$out" '$.errors[0].class')" connect
is "exit code in it" "$(json "$out" '$.run.exit_code')" 1
exits "https to plain HTTP: exit 1" 1 "$BRUNT" "${NGINX_URL/http/https}/" -n 10 --headless --no-record
matches "says what to try" "$OUTPUT" 'plain HTTP on this port\? try http://'
exits "unresolvable target: exit 1" 1 "$BRUNT" "http://nowhere.invalid/" -n 10 --headless --no-record
matches "names the host" "$OUTPUT" 'nowhere\.invalid'

# ---- failures ----

start_serve --speed 100 || exit 1
exits "nothing succeeds: exit 1" 1 "$BRUNT" "$SERVE_URL/no-such-path" -n 20 --headless --no-record --json "$out"
is "class" "$(json "$out" '$.errors[0].class')" http_4xx
is "code" "$(json "$out" '$.errors[0].code')" 404
is "count" "$(json "$out" '$.errors[0].count')" 20
is "failed latency apart" "$(json "$out" '$.summary.failed_latency_ms.count')" 20
exits "timeouts are censored" 1 "$BRUNT" -m POST -d '{}' "$SERVE_URL/api/chat" --timeout 1ms -n 5 -c 5 --headless --no-record --json "$out"
is "censored" "$(json "$out" '$.summary.censored')" 5
is "as class timeout" "$(json "$out" '$.errors[0].class')" timeout
exits "an SLO that all are far from missing" 0 "$BRUNT" -m POST -d '{}' "$SERVE_URL/api/chat" -n 200 -c 8 --headless --no-record --slo 'p95<3s' --json "$out"
is "passes" "$(json "$out" '$.slo[0].verdict')" pass
exits "--slo-abort" 3 "$BRUNT" -m POST -d '{}' "$SERVE_URL/api/chat" -z 60s -c 4 --headless --no-record --slo 'p95<1us' --slo-abort --json "$out"
matches "says what was missed" "$OUTPUT" 'ended early: p95<1us missed, certain after [0-9]+ requests'
is "and is no partial result" "$(json "$out" '$.run.partial')" 0
exits "--max-errors ends the run" 1 "$BRUNT" "$SERVE_URL/no" -z 30s --max-errors 50 --headless --no-record
matches "and says so" "$OUTPUT" 'failed: .*--max-errors'

exits "also when the run is over first" 1 "$BRUNT" "$SERVE_URL/no" -n 30 --max-errors 3 --headless --no-record

# ---- Retry-After ----

serve_was=$SERVE_URL serve_pid_was=$SERVE_PID
start_serve --speed 100 --reject-rate 1 || exit 1
"$BRUNT" -m POST -d '{}' "$SERVE_URL/api/chat" -n 3 -c 1 --headless --no-record --json "$out" --respect-retry-after >/dev/null 2>&1
is "--respect-retry-after: three refusals, two waits of a second" "$(json "$out" '$.run.duration_s' | cut -d. -f1)" 2
is "which are in no latency" "$(sqlite3 :memory: "select json_extract(readfile('$out'), '\$.summary.failed_latency_ms.max') < 1000")" 1
"$BRUNT" -m POST -d '{}' "$SERVE_URL/api/chat" -n 300 -c 1 --headless --no-record --json "$out" >/dev/null 2>&1
is "without it the header has no effect" "$(sqlite3 :memory: "select json_extract(readfile('$out'), '\$.run.duration_s') < 200")" 1
stop "$SERVE_PID"
SERVE_URL=$serve_was SERVE_PID=$serve_pid_was

# ---- the target dies and comes back ----

"$BRUNT" -m POST -d '{}' "$SERVE_URL/api/chat" -z 6s -c 4 --headless --no-record --json "$out" >"$E2E_TMP/lines" 2>&1 &
run=$!
E2E_PIDS+=("$run")
serve_port=${SERVE_URL##*:}
until grep -q '00:01' "$E2E_TMP/lines" || ! kill -0 "$run" 2>/dev/null; do sleep 0.1; done
stop "$SERVE_PID"
until grep -q '00:03' "$E2E_TMP/lines" || ! kill -0 "$run" 2>/dev/null; do sleep 0.1; done
start_serve --speed 100 --port "$serve_port"
wait $run
is "a dying target does not end the run" $? 0
classes=$(sqlite3 :memory: "select group_concat(distinct json_extract(value, '\$.class')) from json_each(readfile('$out'), '\$.errors')")
matches "its errors are there" "$classes" connect
last=$(sqlite3 :memory: "select max(json_extract(value, '\$.last_s')) < 5 from json_each(readfile('$out'), '\$.errors')")
is "and it recovered" "$last" 1

# ---- signals ----

for signal in INT:130 TERM:143 HUP:129; do
	: >"$E2E_TMP/lines" # what the last one left is no sign of this one
	"$BRUNT" "$NGINX_URL" -z 60s --headless --no-record --json "$out" >"$E2E_TMP/lines" 2>&1 &
	run=$!
	until grep -q '00:01' "$E2E_TMP/lines"; do sleep 0.05; done
	kill -"${signal%:*}" $run
	wait $run
	is "${signal%:*} gives ${signal#*:}" $? "${signal#*:}"
	is "${signal%:*}: partial result written" "$(json "$out" '$.run.partial')" 1
	matches "${signal%:*}: summary printed" "$(cat "$E2E_TMP/lines")" 'started = '
done

# ---- scenario, check ----

exits "check accepts the sample" 0 "$BRUNT" check sample-runs/interview-coach.json
matches "and lists its tasks" "$OUTPUT" 'resume-analysis'
sed 's/"weight"/"wieght"/' sample-runs/interview-coach.json >"$E2E_TMP/bad.json"
exits "check refuses an unknown key" 2 "$BRUNT" check "$E2E_TMP/bad.json"
matches "with file, line and path" "$OUTPUT" 'bad\.json:[0-9]+: /tasks/0/wieght'
is "all of them at once, each in its line" "$(grep -c '^/.*bad\.json:[0-9]*: /tasks/[0-9]/.*wieght' <<<"$OUTPUT")" \
	"$(grep -c wieght "$E2E_TMP/bad.json")"
exits "so does a run" 2 "$BRUNT" "$E2E_TMP/bad.json" --headless --no-record
is "in as many lines" "$(grep -c '^brunt: .*bad\.json:[0-9]*: /tasks/[0-9]/.*wieght' <<<"$OUTPUT")" \
	"$(grep -c wieght "$E2E_TMP/bad.json")"

sed 's/"POST", "path": "\/api\/resume/"PURGE", "path": "\/api\/resume/' sample-runs/interview-coach.json >"$E2E_TMP/purge.json"
exits "check accepts a method of the server's own" 0 "$BRUNT" check "$E2E_TMP/purge.json"
matches "and warns" "$OUTPUT" 'purge\.json: warning: task resume-analysis: PURGE is no standard method of HTTP'

# ---- live = report = replay ----

run_file=$E2E_TMP/a.brunt
sed "s#http://127.0.0.1:8080#$SERVE_URL#" sample-runs/interview-coach.json >"$E2E_TMP/s.json"
exits "a recorded scenario, too short for its SLOs" 5 "$BRUNT" "$E2E_TMP/s.json" -z 2s -c 6 --headless --record "$run_file" --json "$out"
live_text=$(sed -n '/^brunt /,/^client/p' <<<"$OUTPUT")
exits "report as JSON" 0 "$BRUNT" report "$run_file" --format json -o "$E2E_TMP/report.json"
is "equals the live result" "$(cat "$E2E_TMP/report.json")" "$(cat "$out")"
exits "report as text" 0 "$BRUNT" report "$run_file"
is "equals what was printed" "$(sed -n '/^brunt /,/^client/p' <<<"$OUTPUT")" "$live_text"
is "one file" "$(ls "$run_file"* | wc -l)" 1
is "samples in order" "$(sqlite3 "$run_file" 'select count(*) from (select t0_us+latency_us te, lag(t0_us+latency_us) over (order by rowid) b from samples) where te < b')" 0
is "samples are all there" "$(sqlite3 "$run_file" 'select count(*) from samples')" "$(json "$out" '$.audit.started')"
chmod 500 "$E2E_TMP"
exits "opens in a read-only folder" 0 "$BRUNT" report "$run_file"
chmod 700 "$E2E_TMP"

# ---- what cannot be written ----

full() { # NAME COMMAND...
	local name=$1
	shift
	exits "$name on a full device: exit 1" 1 bash -c '"$@" >/dev/full' - "$@"
	matches "$name: says why" "$OUTPUT" 'cannot write '
}
full "the summary" "$BRUNT" "$NGINX_URL" -n 5 --headless --no-record
full "--json -" "$BRUNT" "$NGINX_URL" -n 5 --ui none --no-record --json -
full "report" "$BRUNT" report "$run_file"
full "replay" "$BRUNT" replay "$run_file"
full "compare" "$BRUNT" compare "$run_file" "$run_file"
matches "compare: names it" "$OUTPUT" 'cannot write to standard output: '
full "check" "$BRUNT" check sample-runs/interview-coach.json
full "--help" "$BRUNT" --help
exits "--json on a full device: exit 1" 1 "$BRUNT" "$NGINX_URL" -n 5 --headless --no-record --json /dev/full
exits "report -o on a full device: exit 1" 1 "$BRUNT" report "$run_file" -o /dev/full

exits "no room for the recording: exit 1" 1 bash -c "ulimit -f 1024; exec '$BRUNT' '$NGINX_URL' -n 60000 -c 8 --headless --record '$E2E_TMP/f.brunt' --json '$out'"
matches "the summary says so" "$OUTPUT" '^recorded, incomplete: .*/f\.brunt: '
is "the JSON too" "$(json "$out" '$.run.exit_code')" 1
exits "what there is can be read" 0 "$BRUNT" report "$E2E_TMP/f.brunt"
matches "and says what it lacks" "$OUTPUT" '^the recording (is incomplete: |was cut off after )'
matches "without an alarm" "$OUTPUT" '^books: (open|planned = 0 )'

exits "a report into a pipe is not cut" 1 "$BRUNT" "$SERVE_URL/no-such-path-$(printf 'long%.0s' {1..20})" -n 3 --headless --no-record
matches "at any width" "$OUTPUT" 'longlong$'
# An answer takes longer than the run, and the run long enough to start.
fast=$SERVE_URL fast_pid=$SERVE_PID
start_serve --speed 1 || exit 1
exits "answers while draining" 0 "$BRUNT" -m POST -d '{}' "$SERVE_URL/api/chat" -c 2 -z 300ms --headless --no-record
stop "$SERVE_PID"
SERVE_URL=$fast SERVE_PID=$fast_pid
matches "are not in the rate and named" "$OUTPUT" '^ +2 answers came while draining$'

# ---- kill -9 ----

: >"$E2E_TMP/lines"
"$BRUNT" "$NGINX_URL" -z 60s -c 4 --headless --record "$E2E_TMP/k.brunt" >"$E2E_TMP/lines" 2>&1 &
run=$!
until grep -q '00:03' "$E2E_TMP/lines" || ! kill -0 "$run" 2>/dev/null; do sleep 0.1; done
kill -9 $run
wait $run 2>/dev/null
exits "a killed run's file opens" 0 "$BRUNT" report "$E2E_TMP/k.brunt" --format json -o "$out"
[ "$(json "$out" '$.run.duration_s > 1.9' 2>/dev/null || echo 1)" != 0 ] && ok "at most the last second is missing" || not_ok "at most the last second is missing"
is "marked partial" "$(json "$out" '$.run.partial')" 1
matches "and said" "$OUTPUT" 'k\.brunt: the recording was cut off after [0-9.]+ s$'
exits "as text" 0 "$BRUNT" report "$E2E_TMP/k.brunt"
matches "too" "$OUTPUT" '^the recording was cut off after [0-9.]+ s$'
cp "$E2E_TMP/k.brunt" "$E2E_TMP/alone.brunt"
exits "a copy without its WAL opens" 0 "$BRUNT" report "$E2E_TMP/alone.brunt"
matches "and says what is missing" "$OUTPUT" '^the recording was cut off after .*\(copied without its -wal file\?\)$'

finish
