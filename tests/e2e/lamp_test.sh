#!/usr/bin/env bash
# The honesty lamp: brunt kept from running says so; left alone it is ok.
. "$(dirname "$0")/lib.sh"

out=$E2E_TMP/out.json

json() { # PATH
	sqlite3 :memory: "select json_extract(readfile('$out'), '$1')"
}

# brunt with a load that asks little of it, in the background.
little() { # FLAGS...
	"$BRUNT" -m POST -d '{"message": "hello"}' "$SERVE_URL/api/chat" -c 10 -z 6s --threads 1 --headless \
		--no-record --json "$out" --slo 'p95<30s' "$@" >"$E2E_TMP/lines" 2>&1 &
	BRUNT_PID=$!
	E2E_PIDS+=("$BRUNT_PID")
}

# Lets it run a quarter of the time only, as a tight CPU quota would.
hold_back() { # PID
	while kill -STOP "$1" 2>/dev/null; do
		sleep 0.15
		kill -CONT "$1" 2>/dev/null || break
		sleep 0.05
	done
}

start_serve --speed 20 --slots 64 || exit 1

little
wait "$BRUNT_PID"
is "left alone: the SLO passes" $? 0
is "left alone: ok" "$(json '$.client.verdict')" ok
is "left alone: no evidence" "$(json '$.client.evidence')" ""

little
until grep -q '00:01' "$E2E_TMP/lines"; do sleep 0.05; done
hold_back "$BRUNT_PID" &
holder=$!
E2E_PIDS+=("$holder")
wait "$BRUNT_PID"
is "held back: no SLO is certified" $? 5
stop "$holder"
is "held back: client-bound" "$(json '$.client.verdict')" client-bound
matches "held back: with its evidence" "$(json '$.client.evidence')" 'event loop overdue [0-9]+ %'
matches "held back: and it says so" "$(cat "$E2E_TMP/lines")" 'brunt itself was the limit: event loop'

# Four that spin share one CPU with a brunt that would take all of it. What matters is
# the worker, so all is pinned; the target is on whatever CPU is free.
start_nginx || exit 1
cpu=$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')
for _ in 1 2 3 4; do
	taskset -c "$cpu" timeout 30 bash -c 'while :; do :; done' &
	E2E_PIDS+=("$!")
done
exits "starved: no SLO is certified" 5 taskset -c "$cpu" "$BRUNT" "$NGINX_URL" -c 50 -z 5s --threads 1 \
	--headless --json "$out" --record "$E2E_TMP/starved.brunt" --slo 'p95<30s'
is "starved: client-bound" "$(json '$.client.verdict')" client-bound
matches "starved: with its evidence" "$(json '$.client.evidence')" 'core|overdue'
evidence=$(json '$.client')
exits "a report agrees" 0 "$BRUNT" report "$E2E_TMP/starved.brunt" --format json -o "$out"
is "to the letter" "$(json '$.client')" "$evidence"

stop_all
finish
