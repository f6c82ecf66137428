#!/bin/bash
# Micro-experiments of a live run: chosen by key, stepped as planned, recorded as what they
# were, the load given back; what is not possible says why.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tmux.sh"

run=$E2E_TMP/tried.brunt
sql() { sqlite3 -readonly -cmd '.timeout 5000' "$run" "$1" 2>/dev/null; }
holds() { awk "BEGIN { exit !($1) }"; } # AN EXPRESSION OF NUMBERS
# Eight steps of some seconds; nobody promises how fast this machine is.
later() { # COMMAND...
	local end=$((SECONDS + 150))
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.2
	done
}
ended() { [ "$(sql "select count(*) from events where what = 'trial' and value % 256 = 2")" -ge "$1" ]; }
trial_text() { sql "select group_concat(text) from events where what = 'trial' and value % 256 = $1"; }

start_serve --slots 2 --speed 20 --batch-slowdown 0 || exit 1
cat >"$E2E_TMP/chat.json" <<-EOF
	{"name": "chat", "target": "$SERVE_URL", "tasks": [{"name": "chat", "api": "openai-chat", "model": "m",
	 "prompt": "Tell me of \${user} and \${seq} things.", "params": {"max_tokens": 64}}]}
EOF

# ---- users ----

open_screen u 100x30 "$BRUNT" "$E2E_TMP/chat.json" -c 3 --record "$run"
shows "a load" u '^ users 3/3'
key "x offers what can be stepped" u '^ 1 users +1, 2, 4, 8, there and back' x
key "Esc closes" u '^ users 3/3' Escape
press u x
key "Enter begins the first" u '^ experiment  users: 1 user, step 1 of 8' Enter
shows "a step later" u '^ experiment  users: 2 users, step 2 of 8'
key "+ stops it and is no more users" u '^ users 3/3' +
shows "and says so" u 'it ended after [0-9] of 8 steps'
press u x
press u 1
check "it comes to its end" later ended 2
is "by its steps" "$(trial_text 1 | grep -Eo '1 user,2 users,4 users,8 users,8 users,4 users,2 users,1 user$')" \
	"1 user,2 users,4 users,8 users,8 users,4 users,2 users,1 user"
shows "the load is as it was" u '^ users 3/3'
said=$(sql "select text from events where what = 'trial' and value = 2 order by ord desc limit 1")
# Two slots, eight users: three quarters of a response are waiting. Trouble of the machine is said
# in place of that.
matches "it says by what it is bound, or why not" "$said" \
	'^(queue-bound with 8 users, n = [0-9]+: response [67][0-9] % \+-[0-9]+ waiting, |not enough evidence: .*\(n = [0-9]+\)$)'
shows "on the screen" u '^ experiment  (queue-bound with 8 users|not enough evidence)'
press u q
press u y
ends "it quits" u 0
matches "a report says so" "$("$BRUNT" report "$run")" "^tried +users: ${said%%:*}"
"$BRUNT" report "$run" --format json -o "$E2E_TMP/report.json"
is "its JSON as well" "$(sqlite3 :memory: "select readfile('$E2E_TMP/report.json') ->> '\$.experiments[0].found'")" "$said"
open_screen r 100x30 "$BRUNT" replay "$run"
key "a replay, too" r "^ experiment  ${said%%:*}" End
press r q
ends "the replay quits" r 0

# ---- output length ----

rm -f "$run"
open_screen o 100x30 "$BRUNT" "$E2E_TMP/chat.json" -c 2 --record "$run"
shows "a load again" o '^ users 2/2'
shows "with answers" o 'output +[0-9]+ tokens/s'
press o x
key "2 begins it" o '^ experiment  output length: max_tokens 8, step 1 of 8' 2
check "it comes to its end, too" later ended 1
is "by these steps" "$(trial_text 1 | grep -o 'max_tokens ' | wc -l)" 8
said=$(sql "select text from events where what = 'trial' and value % 256 = 2")
matches "by what it is bound" "$said" '^(decode-bound with max_tokens 64, n = [0-9]+: |not enough evidence: )'
a_token=$(grep -Eo '[0-9.]+ ms \+-[0-9.]+ a token' <<<"$said" | cut -d' ' -f1)
[ -z "$a_token" ] || check "a token takes what it does: $a_token ms" holds "$a_token > 1 && $a_token < 5"
press o q
press o y
ends "it quits as well" o 0
is "answers were as long as asked for" "$(sql 'select count(*) > 20 from samples where tokens_out = 8')" 1
"$BRUNT" --from "$run" -z 1s --headless --no-record >/dev/null 2>"$E2E_TMP/from" &
wait $!
cp "$run" "$E2E_TMP/again.brunt"
matches "compare leaves out what it altered" "$("$BRUNT" compare "$run" "$E2E_TMP/again.brunt" 2>&1)" \
	'note: a micro-experiment altered the requests of A for [0-9.]+ s; these [0-9]+ are left out'
matches "--from says what it leaves out" "$(cat "$E2E_TMP/from")" '^brunt: --from: the recorded run had 1 micro-experiment;'

# ---- connections and prompts ----

rm -f "$run"
open_screen c 100x30 "$BRUNT" "$E2E_TMP/chat.json" -c 2 --record "$run"
shows "a load for the others" c 'output +[0-9]+ tokens/s'
press c x
key "3 steps connections" c '^ experiment  connection reuse: kept connections, step 1 of 4' 3
check "to the end" later ended 1
press c x
key "5 steps the prompts' reuse" c '^ experiment  prompt reuse: different prompts, step 1 of 4' 5
check "to the end again" later ended 2
press c x
key "4 steps their length" c '^ experiment  prompt length: its own prompts, step 1 of 8' 4
check "and again" later ended 3
# A point's number counts loads from 0; the first answers of each are those before the change.
in_points() { # TEXT OF THEIR EVENTS, WHAT OF THEIR SAMPLES
	sql "with p as (select ord, row_number() over (order by ord) - 1 as point from points),
		e as (select (select max(point) from p where p.ord < events.ord) as point from events where what = 'trial' and text = '$1')
		select $2 from samples where point in (select point from e)"
}
check "where none is kept each makes one" holds "$(in_points 'new connections' 'avg(connect_us is not null)') > 0.8"
check "where they are none does" holds "$(in_points 'kept connections' 'avg(connect_us is not null)') < 0.2"
check "prompts are all different" holds "$(in_points 'different prompts' 'count(distinct prompt_hash) * 1.0 / count(*)') > 0.99"
check "or a few again and again" holds "$(in_points 'the same prompt again' 'count(distinct prompt_hash) * 1.0 / count(*)') < 0.5"
check "and longer" holds "$(in_points '512 words more' 'max(tokens_in)') > 400"
for axis in 2 3 4; do
	matches "what was found of axis $axis" "$(sql "select text from events where what = 'trial' and value = 2 + $axis * 256")" \
		'^(([a-z]+-bound|ttft is most|no part is most) with|(not )?connection-bound if|not enough evidence:)'
done
press c q
press c y
ends "it quits once more" c 0

# ---- what is not possible ----

open_screen n 80x24 "$BRUNT" "$SERVE_URL/api/chat" -d '{"messages":[{"role":"user","content":"hi"}]}' -q 5 --no-record
shows "an open loop" n 'req/s'
key "says why" n '^ 1 users +needs a closed loop: m switches' x
key "and begins nothing" n '^ users: needs a closed loop' Enter
press n Escape
press n q
press n y
ends "it quits, too" n 0

finish
