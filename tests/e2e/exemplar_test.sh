#!/bin/bash
# From a cell, an error or a task to the very request behind it, live and in a replay of
# that run; no secret on the way.
export BRUNT_TEST_KEY=sk-hush-4711-from-env # before the terminals' server starts
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tmux.sh"

run_file=$E2E_TMP/a.brunt
report=$E2E_TMP/report.html

start_serve --speed 20 --slots 16 --fail-rate 0.1 --reject-rate 0.1 || exit 1
cat >"$E2E_TMP/s.json" <<-SCENARIO
	{"target": "$SERVE_URL",
	 "headers": {"X-Trace": "\${env:BRUNT_TEST_KEY}"},
	 "tasks": [{"name": "chat", "api": "openai-chat",
	   "request": {"path": "/api/chat?token=url-hush-4712", "json": {"model": "m", "stream": true,
	     "note": "\${env:BRUNT_TEST_KEY}", "api_key": "body-hush-4714", "max_tokens": 32,
	     "messages": [{"role": "user", "content": "Say something"}]}}}]}
SCENARIO

open_screen a 120x40 "$BRUNT" run "$E2E_TMP/s.json" -c 8 --think 20ms -H 'Authorization: Bearer flag-hush-4713' \
	--record "$run_file"
key "the errors" a 'http_[45]xx [0-9]+ .* [0-9]+ ' 7
shows "of some seconds, so that there are several" a '● live 00:(0[5-9]|[1-9])'
key "Enter opens those of one" a '─ http_[45]xx [0-9]+ ─.* 1 of [0-9]+, [0-9]+ kept in all ─' Enter
shows "with what failed" a '^ chat  .* http_[45]xx (429|500|503)  ended at '
shows "the id for the server's logs" a '^ id [0-9a-f]{8}-[0-9a-f]{8}$'
shows "where its time went" a '^ wait .* │.*█'
shows "the request" a '^   POST http://127\.0\.0\.1:[0-9]+/api/chat\?token=\[redacted\]'
shows "its headers without secrets" a '^   Authorization: \[redacted\]'
shows "its body, laid out" a '^     "model": "m",'
shows "without a secret by its name" a '^     "api_key": "\[redacted\]",'

key "Down is another one" a '─ 2 of [0-9]+, ' Down
key "Esc goes back" a '─ errors, whole run ─' Escape

press a 2 Tab
key "a cell of the heatmap" a '─ [0-9.]+ m?s to [0-9.]+ m?s at 00:[0-9]+ ─.*kept in all|nearest:' Enter
shows "has its tokens" a '^ tokens +([0-9]+ in, )?[0-9]+ out  ttft [0-9.]+ ms  gaps p50 '
key "Esc goes back to it" a '─ latency, whole run ─' Escape
press a 3
key "a task has some, too" a '─ (all requests|chat) ─.* 1 of [0-9]+' Enter
is "no secret is on the screen" "$(screen a | grep -c hush)" 0
press a Escape
key "q asks" a '^ quit and stop the load' q
press a y
ends "it ends" a 0

# ---- the run file ----

ask() { # SQL
	sqlite3 -readonly "$run_file" "$1"
}
is "the slowest of all is kept" \
	"$(ask 'select max(latency_us) from samples where outcome <> 1')" \
	"$(ask 'select max(latency_us) from samples join exemplars on sample = samples.rowid where outcome <> 1')"
is "each class of failure is" \
	"$(ask 'select group_concat(distinct error) from (select error from samples order by error)')" \
	"$(ask 'select group_concat(distinct error) from (select error from samples join exemplars on sample = samples.rowid order by error)')"
is "some are there" "$(ask 'select count(*) > 10 from exemplars')" 1
is "no secret is in the run file" "$(cat "$run_file"* | grep -ac hush)" 0
"$BRUNT" report "$run_file" --format html -o "$report" >/dev/null 2>&1
is "nor in a report" "$("$BRUNT" report "$run_file" | cat - "$report" | grep -ac hush)" 0

# ---- the same in a replay ----

open_screen r 120x40 "$BRUNT" replay "$run_file" --speed 1000
shows "a replay, at its end" r '00:[0-9]{2}.* / 00:[0-9]{2}|end'
press r End
key "has the errors" r 'http_[45]xx [0-9]+ .* [0-9]+ ' 7
key "and the requests behind them" r '─ http_[45]xx [0-9]+ ─.* 1 of [0-9]+, [0-9]+ kept in all ─' Enter
shows "as they were" r '^   POST http://127\.0\.0\.1:[0-9]+/api/chat\?token=\[redacted\]'
press r Escape 2 Tab
key "and a cell of its heatmap" r '─ [0-9.]+ m?s to [0-9.]+ m?s at 00:[0-9]+ ─.*kept in all|nearest:' Enter
shows "with its answer" r '^ (answer  HTTP 200|tokens +.* out  ttft)'
is "without a secret" "$(screen r | grep -c hush)" 0
press r Escape q
ends "and it ends" r 0

# ---- nothing recorded ----

open_screen n 80x24 "$BRUNT" run "$E2E_TMP/s.json" -c 2 --no-record
shows "without a recording it runs" n 'all +100 %|chat '
eventually has n ' ok +[0-9]'
key "without a recording there are some, too" n '─ (all requests|chat) ─.* 1 of [0-9]+' 3 Enter
for size in 40x10 200x60; do
	resize n $size
	shows "at $size" n '▸ chat '
done
press n Escape q y
ends "it ends" n 0

finish
