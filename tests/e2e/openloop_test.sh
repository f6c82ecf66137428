#!/usr/bin/env bash
# An open loop beside servers that fail, freeze, slow down, die and come back: the
# books balance, and what a stalled server owes is not forgotten.
. "$(dirname "$0")/lib.sh"

out=$E2E_TMP/out.json
json() { sqlite3 :memory: "select json_extract(readfile('$out'), '$1')"; }
# planned = waiting + started, started = succeeded + failed + censored
books() {
	sqlite3 :memory: "select j ->> 'planned' = (j ->> 'waiting') + (j ->> 'started')
		and j ->> 'started' = (j ->> 'succeeded') + (j ->> 'failed') + (j ->> 'censored')
		from (select readfile('$out') -> '\$.audit' as j)"
}
holds() { awk "BEGIN { exit !($1) }"; } # AN EXPRESSION OF NUMBERS
errors_of() { # CLASS: how many
	sqlite3 :memory: "select coalesce(sum(value ->> 'count'), 0) from json_each(readfile('$out'), '\$.errors')
		where value ->> 'class' = '$1'"
}

# ---- every fault of the backend ----

while read -r class flags; do
	[ "$class" = timeout ] && patience=800ms || patience=20s
	# shellcheck disable=SC2086 # several flags
	start_serve --speed 50 --slots 32 $flags || exit 1
	timeout 60 "$BRUNT" "$SERVE_URL/v1/chat/completions" --api openai-chat --model m -d hi -q 200 -z 1500ms \
		--max-in-flight 48 --timeout $patience --drain 20s --headless --no-record --json "$out" >/dev/null 2>&1
	code=$?
	check "$flags: ended by itself" test "$code" = 0 -o "$code" = 5
	is "$flags: all that was planned is in the books" "$(json '$.audit.planned')" 300
	is "$flags: they balance" "$(books)" 1
	case $class in
	none) is "$flags: nothing fails" "$(json '$.audit.failed')" 0 ;;
	*) check "$flags: class $class" test "$(errors_of "$class")" -gt 0 ;;
	esac
	stop "$SERVE_PID"
done <<'EOF'
none --batch-slowdown 0
http_5xx --fail-rate 0.2
http_4xx --reject-rate 0.2
truncated --reset-rate 0.2
truncated --truncate-rate 0.2
stream_error --inband-error-rate 0.2
timeout --stall-rate 0.1 --stall-time 2s
timeout --slow-start-rate 0.1 --slow-start-time 2s
none --common-stall 500ms:200ms
EOF

# ---- a server that freezes ----

# What was planned while it stood still waits as long as is left of that, and says so:
# at least, whatever else the machine does. Of 6 s 1 s is a sixth, so of the response
# p90 is past the 0.4 s of the requests in the last part.
start_nginx || exit 1
timeout 60 "$BRUNT" "$NGINX_URL/" -q 500 -z 6s --max-in-flight 5 --headless --no-record --json "$out" >/dev/null 2>&1 &
pid=$!
E2E_PIDS+=("$pid")
sleep 2
kill -STOP "$NGINX_PID"
sleep 1
kill -CONT "$NGINX_PID"
wait "$pid"
is "frozen: all that was planned is in the books" "$(json '$.audit.planned')" 3000
is "frozen: they balance" "$(books)" 1
check "frozen: the longest response is the freeze" holds "$(json '$.summary.latency_ms.max') >= 980"
check "frozen: p90 has the share of what waited" holds "$(json '$.summary.latency_ms.p90') >= 380"
check "frozen: the wait is charged to the queue" holds "$(json '$.summary.queue_ms.p90') >= 370"
# Only as many as may be in flight have met the freeze itself: 5 of 3,000.
check "frozen: and not to the service" holds "$(json '$.summary.service_ms.p99') < $(json '$.summary.latency_ms.p99') / 2"
stop "$NGINX_PID"

# ---- more and more, up to what nobody can serve ----

# Four slots at 20 times the speed give some 60 requests a second.
start_serve --speed 20 --slots 4 || exit 1
timeout 60 "$BRUNT" "$SERVE_URL/api/chat" -m POST -d '{"message": "hi"}' -q 10:210 -z 4s --max-in-flight 8 --drain 100ms \
	--headless --json "$out" --record "$E2E_TMP/ramp.brunt" >/dev/null 2>&1
is "ramp: what a line from 10 to 210/s plans in 4 s" "$(json '$.audit.planned')" 440
is "ramp: the books balance" "$(books)" 1
check "ramp: part of it never started" test "$(json '$.audit.waiting')" -gt 0
"$BRUNT" report "$E2E_TMP/ramp.brunt" >"$E2E_TMP/report.txt"
matches "ramp: what waits, waits for the limit" "$(cat "$E2E_TMP/report.txt")" \
	"waiting $(json '$.audit.waiting') \($(json '$.audit.waiting') for --max-in-flight 8\)"
is "ramp: each request that did says so in the run file" \
	"$(grep -Eo '[0-9]+ requests waited for --max-in-flight' "$E2E_TMP/report.txt" | cut -d' ' -f1)" \
	"$(sqlite3 -readonly "$E2E_TMP/ramp.brunt" 'select count(*) from samples where flags & 64')"
is "ramp: and no lateness of brunt's" "$(json '$.client.verdict')" ok
check "ramp: the wait is in the queue" holds "$(json '$.summary.queue_ms.p99') > $(json '$.summary.service_ms.p99')"
"$BRUNT" report "$E2E_TMP/ramp.brunt" --format json >"$E2E_TMP/report.json"
is "ramp: the report says the same" "$(sqlite3 :memory: "select readfile('$E2E_TMP/report.json') -> '\$.summary'")" \
	"$(sqlite3 :memory: "select readfile('$out') -> '\$.summary'")"
stop "$SERVE_PID"

# ---- a server that dies and comes back ----

start_serve --speed 50 --slots 32 || exit 1
port=${SERVE_URL##*:}
timeout 60 "$BRUNT" "$SERVE_URL/api/chat" -m POST -d '{"message": "hi"}' -q 100 -z 5s --max-in-flight 20 --headless \
	--no-record --json "$out" >"$E2E_TMP/lines" 2>&1 &
pid=$!
E2E_PIDS+=("$pid")
sleep 1.5
stop "$SERVE_PID" KILL
sleep 1
"$BRUNT" serve --port "$port" --speed 50 --slots 32 >/dev/null 2>&1 &
SERVE_PID=$!
E2E_PIDS+=("$SERVE_PID")
wait "$pid"
is "back again: all that was planned is in the books" "$(json '$.audit.planned')" 500
is "back again: they balance" "$(books)" 1
check "back again: refused meanwhile" test "$(errors_of connect)" -gt 0
last=$(sqlite3 :memory: "select max(value ->> 'last_s') from json_each(readfile('$out'), '\$.errors')")
check "back again: no error at the end ($last)" holds "${last:-9} < 4.5"

finish
