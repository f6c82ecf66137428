#!/bin/bash
# A sweep of a live run, by flag and by key: it ends by itself with the server's knee, is
# recorded as what it was, may be taken over and given back; what makes no sense is refused.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tmux.sh"

run=$E2E_TMP/sweep.brunt
out=$E2E_TMP/sweep.json
sql() { sqlite3 -readonly -cmd '.timeout 5000' "$run" "$1"; }
json() { sqlite3 :memory: "select json_extract(readfile('$out'), '$1')"; }
holds() { awk "BEGIN { exit !($1) }"; } # AN EXPRESSION OF NUMBERS

# ---- what is refused ----

url=http://127.0.0.1:1/
refused() { # WHAT REGEX FLAGS...
	local what=$1 regex=$2
	shift 2
	exits "$what: refused" 2 "$BRUNT" "$url" --headless --no-record "$@"
	matches "$what: why" "$OUTPUT" "^brunt: $regex"
	is "$what: in one line" "$(wc -l <<<"$OUTPUT")" 1
}
refused "no user" '--sweep: "0" is no number of users; expected ' --sweep 0,1
refused "a word" '--sweep: "x" is no number of users; expected ' --sweep x
refused "a gap" '--sweep: "" is no number of users; expected ' --sweep 1,,4
refused "nothing" '--sweep: is empty; expected ' --sweep ''
refused "half a user" '--sweep: "1.5" is no number of users; expected ' --sweep 1.5
refused "no rate" '--sweep: "fast" is no rate; expected ' --sweep 1,fast -q 100
refused "stages" '--sweep: not together with --stage' --sweep auto --stage 5s:10
refused "a recorded load" '--sweep: not together with --from' --sweep auto --from "$run"
refused "a ramp" '--sweep: not together with a ramp of --rate' --sweep auto -q 1:50 -z 5s
refused "so many requests" '--sweep: not together with --requests' --sweep auto -n 100
refused "users beside a list" '--sweep: not together with --concurrency' --sweep 1,2 -c 5
refused "too many levels" '--sweep: has more than 64 levels' --sweep "$(seq -s, 1 65)"
exits "more users than files: refused" 2 \
	bash -c 'ulimit -n 256; exec "$@"' - "$BRUNT" "$url" --headless --no-record --sweep 1,1000
matches "more users than files: why" "$OUTPUT" '^brunt: --sweep: 1000 users need more than the 256 open files'

# ---- to the end ----

# Four slots; that nothing else uses the machine is not assumed.
start_serve --slots 4 --speed 50 --batch-slowdown 0 || exit 1
timeout 150 "$BRUNT" "$SERVE_URL/api/resume/analyze" -d '{"resume":"x"}' -c 64 --sweep auto --headless \
	--record "$run" --json "$out" --slo 'p95<20s' >"$E2E_TMP/plain" 2>&1
code=$?
check "auto: ends by itself, with an answer or without" test "$code" = 0 -o "$code" = 5
matches "a line a level" "$(cat "$E2E_TMP/plain")" '^sweep, 1 user: [0-9.]+ req/s within [0-9]+ %, mean '
matches "and why it stopped" "$(cat "$E2E_TMP/plain")" '^sweep ended, (plateau|client-bound|time): '
is "it is in the run file" "$(sql "select count(*) from events where what = 'sweep' and value in (0, 5)")" 2
is "the JSON says why it stopped" "$(json '$.scaling.stop_reason')" \
	"$(grep -Eo '^sweep ended, [a-z-]+' "$E2E_TMP/plain" | cut -d' ' -f3)"
"$BRUNT" report "$run" --format json -o "$E2E_TMP/report.json"
is "a report's JSON as well" "$(sqlite3 :memory: "select readfile('$E2E_TMP/report.json') ->> '\$.scaling.stop_reason'")" \
	"$(json '$.scaling.stop_reason')"
said=$(sql "select text from events where what = 'sweep' and value = 5")
knee=$(json '$.scaling.knee.n')
# Trouble of the machine is said in place of a knee.
if [ -n "$knee" ]; then
	check "the knee is near the slots: $knee" holds "$knee > 2 && $knee < 8"
else
	matches "no knee, and why" "$said" 'not the same|passing trouble|client-bound|time:'
fi
matches "a report says so too" "$("$BRUNT" report "$run")" "^sweep +(plateau|client-bound|time): "
is "it began with one user" "$(sql "select level from points where phase = 'load' limit 1")" 1.0

# ---- a list, a bound, rates ----

rm -f "$run"
exits "a list: ends by itself" 0 timeout 60 "$BRUNT" "$SERVE_URL/api/resume/analyze" -d '{"resume":"x"}' \
	--sweep 2,1,3 --headless --record "$run"
is "its levels, in its order" "$(sql "select group_concat(cast(level as int)) from points where phase = 'load'")" 2,1,3
matches "and nothing else" "$OUTPUT" '^sweep ended, list: 3 steps, '

rm -f "$run"
exits "bounded: ends in time, without an answer" 5 timeout 60 "$BRUNT" "$SERVE_URL/api/resume/analyze" \
	-d '{"resume":"x"}' --sweep auto -z 3s --headless --record "$run"
matches "bounded: says so" "$OUTPUT" '^sweep ended, time: '
"$BRUNT" "$SERVE_URL/api/resume/analyze" -d '{"resume":"x"}' --sweep 1,2,4 -z 5s --headless --no-record >"$E2E_TMP/plain" 2>&1
matches "a list without time: said before" "$(head -1 "$E2E_TMP/plain")" '^brunt: --sweep: -z 5.00 s has time for about 1 of 3 levels; '
matches "and what it did not come to" "$(cat "$E2E_TMP/plain")" '^sweep ended, time: .*; not measured: .*4 users'

rm -f "$run"
timeout 60 "$BRUNT" "$SERVE_URL/api/resume/analyze" -d '{"resume":"x"}' -q 100 --sweep 10,20 --headless \
	--record "$run" >/dev/null 2>&1
is "rates" "$(sql "select group_concat(mode || ' ' || cast(level as int)) from points where phase = 'load'")" \
	"open 10,open 20"
stop "$SERVE_PID"

# ---- by key ----

rm -f "$run"
events() { # VALUE: how many such events of sweeps are recorded by now
	sql "select count(*) from events where what = 'sweep' and value = $1" 2>/dev/null || echo 0
}
happened() { [ "$(events "$1")" -ge "$2" ]; }
open_screen s 80x24 "$BRUNT" demo --speed 50 --record "$run"
shows "the demo" s '^ users +2/2'
key "s begins a sweep" s '^ sweep  1 of up to 512 users' s
key "+ takes over" s '^ sweep  held, the load is yours: s gives it back' +
shows "and does what it does" s 'users +2/2'
key "s gives back" s '^ sweep  1 of up to 512 users' s
shows "it goes on" s '^ sweep  2 of up to 512 users'
key "s stops it" s '^ sweep  stopped: ' s
check "all of it is recorded" eventually happened 5 1
is "that it was taken over once" "$(events 2)" 1
is "and given back" "$(events 3)" 1
# To its end: it leaves the load where it found the knee, and what it found stays in
# view until somebody changes the load.
found='^ sweep  (plateau|slo|client-bound|cap|time): '
key "s begins another" s '^ sweep  1 of up to 512 users' s
for _ in {1..15}; do eventually happened 5 2 && break; done
shows "at its end it says what it found" s "$found"
shows "the load goes back" s '^ users +[0-9]/[0-9] '
sleep 2.2 # for pictures with the new load
shows "what was found stays in view" s "$found"
key "s begins a third one" s '^ sweep  1 of up to 512 users' s
key "stopped at once it takes no answer away" s "$found" s
press s +
gone() { ! has s "$found"; }
check "until a key changes the load" eventually gone
press s q
press s y
ends "and the demo quits" s 0

finish
