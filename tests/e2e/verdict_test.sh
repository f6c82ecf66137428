#!/bin/bash
# What limits the service: brunt serve with a fault of which the cause is known. The
# right one or "not enough evidence" is said, whatever else this machine does meanwhile;
# where brunt itself did not get its core, that.
. "$(dirname "$0")/lib.sh"

out=$E2E_TMP/out.json
json() { sqlite3 :memory: "select json_extract(readfile('$out'), '$1')"; }
run() { # URL ARGUMENTS...
	timeout 60 "$BRUNT" "$@" --headless --no-record --json "$out" >/dev/null 2>&1
}
chat() { run "$SERVE_URL/v1/chat/completions" --api openai-chat --model M -d "What is a queue?" "$@"; }
says() { # NAME CAUSES
	matches "$1" "$(json '$.scaling.verdict.cause')" "^($2|not-enough-evidence|client-bound)\$"
	check "$1: a sentence" test -n "$(json '$.scaling.verdict.sentence')"
}
# Restarts the backend.
serve() {
	[ -z "$SERVE_PID" ] || stop "$SERVE_PID"
	start_serve "$@" || exit 1
}
stages=(--stage 3s:2 --stage 3s:8 --stage 4s:24)

serve --speed 20 --slots 4
chat "${stages[@]}"
says "four slots" server-queue
matches "with its evidence" "$(json '$.scaling.verdict.evidence[0]')" 'n = [0-9]+'
run "$SERVE_URL/api/interview/answer" -m POST -d '{"question": "Why?"}' "${stages[@]}"
says "four slots, plain answers" server-queue
chat -c 3 -z 2s
is "one load says nothing" "$(json '$.scaling.verdict.cause' | sed 's/client-bound/not-enough-evidence/')" not-enough-evidence

serve --speed 20 --slots 100 --batch-slowdown 0.2
chat "${stages[@]}"
says "slower with each other stream" decode

serve --speed 20 --slots 100
chat "${stages[@]}"
says "room for all" none

serve --speed 20 --slots 100 --reject-rate 0.3
chat -c 8 -z 3s
says "429 at one load" rate-limit
matches "is not unknown" "$(json '$.scaling.verdict.sentence')" '429|brunt itself'

serve --speed 20 --slots 100 --fail-rate 0.3
chat -c 8 -z 3s
says "5xx at one load" upstream-errors

# A server that answers at once: setting up is most of the time, or half, which is less clear.
run "$SERVE_URL/healthz" -c 4 -z 2s --disable-keepalive
says "a connection for each request" connect

# Live, report and replay have it from the same records.
timeout 60 "$BRUNT" "$SERVE_URL/v1/chat/completions" --api openai-chat --model M -d "Hello" "${stages[@]}" --headless \
	--record "$E2E_TMP/a.brunt" --json "$out" >"$E2E_TMP/text" 2>&1
said=$(json '$.scaling')
"$BRUNT" report "$E2E_TMP/a.brunt" --format json >"$out"
is "the report says the same" "$(json '$.scaling')" "$said"
matches "so does the summary" "$(cat "$E2E_TMP/text")" '^verdict: '
matches "and the HTML report" "$("$BRUNT" report "$E2E_TMP/a.brunt" --format html)" '<h2>Verdict</h2>'

finish
