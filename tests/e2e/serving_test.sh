#!/bin/bash
# What makes brunt a tool for model serving: APIs, streams, data, checks, SLOs,
# faults that get their class, the baseline. Against brunt serve.
. "$(dirname "$0")/lib.sh"

out=$E2E_TMP/out.json
json() { sqlite3 :memory: "select json_extract(readfile('$out'), '$1')"; }
run() { # ARGUMENTS...
	timeout 60 "$BRUNT" "$@" --headless --no-record --json "$out"
}
# The classes of error there were, in order.
classes() {
	sqlite3 :memory: "select group_concat(class, ' ') from (select distinct json_extract(value, '\$.class') class
		from json_each(json_extract(readfile('$out'), '\$.errors')) order by 1)"
}

start_serve --speed 50 --slots 64 || exit 1
chat=$SERVE_URL/v1/chat/completions

above() { awk -v least="$1" -v got="$2" 'BEGIN { exit !(got != "" && got > least) }'; }

# ---- APIs without a scenario ----

printf '%s\n' '{"prompt": "What is a queue?"}' '{"prompt": "What is a slot?"}' '{"prompt": "Say \"hi\" twice"}' >"$E2E_TMP/prompts.jsonl"
exits "a chat API with a data set" 0 run "$chat" --api openai-chat --model M -d "@$E2E_TMP/prompts.jsonl" -n 30 -c 5
is "all succeed" "$(json '$.summary.succeeded')" 30
is "all are streams" "$(json '$.summary.ttft_ms.count')" 30
is "tokens by the server's usage" "$(json '$.summary.token_source')" usage
check "output tokens a second" above 0 "$(json '$.summary.output_tokens_per_s')"
check "one gap between two tokens" test "$(json '$.summary.itl_ms.count')" -ge 30
is "no ttfo without reasoning" "$(json '$.summary.ttfo_ms')" ""
exits "without a stream" 0 run "$chat" --api openai-chat --model M --stream off -d "Hello" -n 5 -c 1
is "there is no ttft" "$(json '$.summary.ttft_ms')" ""
is "but tokens" "$(json '$.summary.token_source')" usage
exits "over a WebSocket" 0 run "ws${SERVE_URL#http}/ws/chat" --api openai-chat --model M --stream ws -d "Hello" -n 12 -c 3
is "all messages answered" "$(json '$.summary.succeeded')" 12
is "with token times" "$(json '$.summary.ttft_ms.count')" 12
exits "the path of the API" 0 run "$SERVE_URL" --api openai-chat --model M -d "Hello" -n 3 -c 1
is "is added" "$(json '$.summary.succeeded')" 3

# ---- refusals ----

exits "an unknown API" 2 "$BRUNT" "$chat" --api bedrock -n 1 --headless
matches "names those there are" "$OUTPUT" '^brunt: --api: "bedrock" is unknown; expected (one of )?openai-chat'
exits "a missing data file" 2 "$BRUNT" "$chat" --api openai-chat -d @/nowhere.jsonl -n 1 --headless
matches "is named" "$OUTPUT" '/nowhere.jsonl'
exits "an unknown metric" 2 "$BRUNT" "$chat" --slo 'p94<3s' -n 1 --headless
matches "and what there is" "$OUTPUT" '^brunt: --slo: "p94<3s": unknown metric "p94"; expected latency, '
exits "an unknown task" 2 "$BRUNT" "$chat" --slo 'task:nobody.p95<3s' -n 1 --headless
exits "--model without --api" 2 "$BRUNT" "$chat" --model M -n 1 --headless

# ---- a scenario ----

cat >"$E2E_TMP/s.json" <<-EOF
	{"name": "two", "target": "$SERVE_URL",
	 "headers": {"Authorization": "Bearer \${env:E2E_SECRET}"},
	 "data": {"q": "prompts.jsonl"},
	 "tasks": [
	  {"name": "talk", "api": "openai-chat", "model": "m", "turns": ["\${q.prompt}", "And then?"],
	   "checks": [{"not_empty": true}, {"tokens": [1, 10000]}]},
	  {"name": "resume", "request": {"path": "/api/resume/analyze", "json": {"resume": "\${q.prompt}", "number": "\${seq}"}},
	   "checks": [{"status": 200}, {"json": "/score", "min": 0, "max": 100}, {"json": "/nothing", "required": false}]}],
	 "load": {"concurrency": 4}}
EOF
exits "an unset variable" 2 env -u E2E_SECRET "$BRUNT" check "$E2E_TMP/s.json"
matches "is found with its line" "$OUTPUT" "^$E2E_TMP/s.json:2: /headers/Authorization: .*E2E_SECRET"
export E2E_SECRET=geheim-7719
exits "check --send" 0 "$BRUNT" check "$E2E_TMP/s.json" --send
matches "shows the second turn" "$OUTPUT" '^talk, turn 2 of 2$'
matches "and what was checked" "$OUTPUT" '✗ json "/nothing"'
is "and no secret" "$(grep -c geheim <<<"$OUTPUT")" 0
exits "the scenario runs" 0 timeout 60 "$BRUNT" "$E2E_TMP/s.json" -n 40 --headless --json "$out" --record "$E2E_TMP/s.brunt" --slo 'quality>=50' --slo 'success>=80%'
is "no secret in the recording" "$(grep -c geheim "$E2E_TMP/s.brunt" "$out" | cut -d: -f2 | paste -sd+)" "0+0"
is "quality is the share of checks" "$(json '$.tasks.resume.quality' | cut -c1-5)" 66.66
is "report = live" "$("$BRUNT" report "$E2E_TMP/s.brunt" --format json)" "$(cat "$out")"
check "prompts have their hash" test "$(sqlite3 "$E2E_TMP/s.brunt" "select count(distinct prompt_hash) from samples")" -gt 3
check "gaps are kept" test "$(sqlite3 "$E2E_TMP/s.brunt" "select count(*) from samples where length(gaps) > 0 and task = 0")" -gt 5
exits "a missed SLO is exit 3" 3 run "$E2E_TMP/s.json" -n 30 --slo 'p95<1us'
is "and said" "$(json '$.slo[0].verdict')" fail
exits "a met one 0" 0 run "$E2E_TMP/s.json" -n 10 --slo 'task:talk.max<60s'
is "and said, too" "$(json '$.slo[0].verdict')" pass
is "with goodput" "$(json '$.tasks.talk.goodput_rps')" "$(json '$.tasks.talk.throughput_rps')"

# ---- the baseline ----

sed "s,http://127.0.0.1:8080,$SERVE_URL," sample-runs/interview-coach.json >"$E2E_TMP/coach.json"
exits "the sample's baseline" 0 timeout 60 "$BRUNT" baseline "$E2E_TMP/coach.json" --no-record --json "$out"
matches "23 cases" "$OUTPUT" '^  all +23 of 23 '
matches "an SLO to paste" "$OUTPUT" '^  "slo": \["success>=99%", "p95<[0-9.]+ms"'
is "every exchange once" "$(json '$.summary.requests')" 37
check "quality near the 92.3 of old" test "$(sqlite3 :memory: "select abs(json_extract(readfile('$out'), '$.summary.quality') - 92.3) < 5")" = 1

# ---- the cache ----

stop "$SERVE_PID"
start_serve --speed 50 --cache-ttl 1h || exit 1
chat=$SERVE_URL/v1/chat/completions
exits "the same prompt again" 0 run "$chat" --api openai-chat --model M -d "Hello" -n 20 -c 1
is "hits" "$(json '$.summary.cache.hits')" 19
is "and one miss" "$(json '$.summary.cache.misses')" 1
check "hits are quicker" above "$(json '$.summary.cache.hit_latency_ms.p50')" "$(json '$.summary.cache.miss_latency_ms.p50')"
stop "$SERVE_PID"

# ---- faults have their class ----

fault() { # FLAG CLASS EXTRA...
	start_serve --speed 50 "$1" 1 || exit 1
	run "$SERVE_URL/v1/chat/completions" --api openai-chat --model M -d Hello -n 4 -c 2 "${@:3}" >/dev/null 2>&1
	is "$1 is $2" "$(classes)" "$2"
	is "$1: none succeeds" "$(json '$.summary.succeeded')" 0
	stop "$SERVE_PID"
}
fault --fail-rate http_5xx
fault --reject-rate http_4xx
fault --inband-error-rate stream_error
fault --truncate-rate truncated
# It had begun to answer, so it is shorter than promised.
fault --reset-rate truncated
fault --stall-rate timeout --timeout 500ms
finish
