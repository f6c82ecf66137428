#!/usr/bin/env bash
# A run held against a recorded one: exit codes, JSON, what is refused, the screen.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tmux.sh"

out=$E2E_TMP/out.json a=$E2E_TMP/a.brunt
json() { sqlite3 :memory: "select json_extract(readfile('$out'), '$1')"; }
key_of() { sqlite3 -readonly "$1" "select value from run where key = '$2'"; } # FILE KEY
against() { # TARGET FLAGS...
	"$BRUNT" run "$1/api/chat" -m POST -d '{"message": "hi"}' --headless --baseline "$a" "${@:2}" 2>&1
}

# As exits; on a machine that is busy with other things brunt rightly says that it was the
# limit itself, and that comes first.
ends_in() { # NAME CODE COMMAND...
	local name=$1 wanted=$2 code
	shift 2
	OUTPUT=$("$@" 2>&1)
	code=$?
	[ $code -eq 5 ] && grep -q 'brunt itself was the limit' <<<"$OUTPUT" && wanted=5
	is "$name" "$code" "$wanted"
	ENDED=$code
}

start_serve --speed 80 --slots 8 || exit 1
fast=$SERVE_URL
"$BRUNT" "$fast/api/chat" -m POST -d '{"message": "hi"}' -c 6 -n 400 --headless --record "$a" >/dev/null 2>&1
started=$(key_of "$a" started_at)

# ---- a backend of half the speed ----

start_serve --speed 40 --slots 8 || exit 1
slow=$SERVE_URL
ends_in "half the speed" 4 against "$slow" -c 6 -n 400 --record "$E2E_TMP/slow.brunt" --json "$out"
matches "the baseline is named" "$OUTPUT" "^baseline  $a · $started\$"
matches "with how many requests both are of" "$OUTPUT" '^          n = 400, here 400$'
matches "what differs is shown" "$OUTPUT" '^p50 .* WORSE$'
matches "and a sentence says so" "$OUTPUT" '^WORSE than the baseline: [0-9]+ of [0-9]+ figures, 0 better, '
is "the JSON has the code" "$(json '$.run.exit_code')" $ENDED
is "and the comparison" "$(json '$.baseline.worse')" 1
is "the run file has the code" "$(key_of "$E2E_TMP/slow.brunt" exit_code)" $ENDED
is "and was closed" "$(key_of "$E2E_TMP/slow.brunt" closed)" 1
is "and is one file" "$(ls "$E2E_TMP"/slow.brunt*)" "$E2E_TMP/slow.brunt"
"$BRUNT" compare "$a" "$E2E_TMP/slow.brunt" --format json -o "$E2E_TMP/compare.json"
is "compare says the same later" "$(json '$.baseline.rows')" \
	"$(sqlite3 :memory: "select json_extract(readfile('$E2E_TMP/compare.json'), '\$.rows')")"
ends_in "a missed SLO counts more" 3 against "$slow" -c 6 -n 400 --record "$E2E_TMP/slo.brunt" --slo 'p50<1ms'
ends_in "the other way round it is no failure" 0 "$BRUNT" "$fast/api/chat" -m POST -d '{"message": "hi"}' -c 6 -n 400 \
	--headless --record "$E2E_TMP/b.brunt" --baseline "$E2E_TMP/slow.brunt"
matches "but better" "$OUTPUT" '^BETTER than the baseline: '
exits "too few requests to tell" 5 against "$fast" -c 1 -n 5 --record "$E2E_TMP/few.brunt" --json "$out"
matches "and that is said" "$OUTPUT" '^UNDECIDED: too few requests'
matches "with what differs besides" "$OUTPUT" '^note: the loads differ: the baseline had 6 users, this run 1 user$'
exits "nothing succeeded" 1 against "$fast/nowhere" -c 6 -n 20 --record "$E2E_TMP/none.brunt"
exits "a run without a baseline" 0 "$BRUNT" "$fast/healthz" -n 5 --headless --record "$E2E_TMP/plain.brunt" --json "$out"
is "has no such key" "$(sqlite3 :memory: "select json_type(readfile('$out'), '\$.baseline') is null")" 1
cp "$a" "$E2E_TMP/rolling.brunt"
exits "the file of the baseline is not written over" 2 "$BRUNT" "$slow/api/chat" -m POST -d '{"message": "hi"}' -c 6 -n 400 \
	--headless --record "$E2E_TMP/rolling.brunt" --baseline "$E2E_TMP/rolling.brunt"
check "nor touched" cmp -s "$a" "$E2E_TMP/rolling.brunt"
matches "the recorded command line has the flag" "$(key_of "$E2E_TMP/slow.brunt" argv)" " --baseline $a( |\$)"
exits "--from does not take it over" 0 "$BRUNT" run --from "$E2E_TMP/few.brunt" "$fast/api/chat" --headless --record "$E2E_TMP/again.brunt"
matches "there is a summary" "$OUTPUT" '^requests '
is "and no comparison" "$(grep -c '^baseline ' <<<"$OUTPUT")" 0

# ---- the run beside itself, without a screen ----

exits "a recording beside itself" 0 "$BRUNT" replay "$a" --baseline "$a" --ui plain
matches "is not worse" "$OUTPUT" '^(not worse than|no certain difference from) the baseline: '

# ---- what cannot be held against each other: known before anything is sent ----

exits "an open loop" 2 against "$fast" -q 20 -z 1s --record "$E2E_TMP/no.brunt"
matches "is not a closed one" "$OUTPUT" '^brunt: --baseline: .*a\.brunt and this run cannot be compared: one is of a closed loop'
cp "$a" "$E2E_TMP/other.brunt"
sqlite3 "$E2E_TMP/other.brunt" "update run set value = 2 where key = 'definitions'"
exits "other definitions" 2 "$BRUNT" "$fast/healthz" -n 5 --headless --record "$E2E_TMP/no.brunt" --baseline "$E2E_TMP/other.brunt"
matches "mean other things" "$OUTPUT" 'metrics are defined differently'
exits "no common task" 2 "$BRUNT" sample-runs/interview-coach.json -n 5 --headless --record "$E2E_TMP/no.brunt" --baseline "$a"
matches "is no comparison" "$OUTPUT" 'they have no task in common'
exits "no such run" 2 "$BRUNT" "$fast/healthz" -n 5 --headless --record "$E2E_TMP/no.brunt" --baseline nosuch
matches "is named" "$OUTPUT" '^brunt: --baseline: nosuch: '
exits "no run file" 2 "$BRUNT" "$fast/healthz" -n 5 --headless --record "$E2E_TMP/no.brunt" --baseline "$0"
matches "is named, too" "$OUTPUT" '^brunt: --baseline: .*baseline_test\.sh: not a brunt run file'
exits "nothing is recorded" 2 "$BRUNT" "$fast/healthz" -n 5 --headless --no-record --baseline "$a"
matches "so nothing can be compared" "$OUTPUT" '^brunt: --baseline: not together with --no-record'
"$BRUNT" "$fast/api/chat" -m POST -d '{"message": "hi"}' -q 50 -z 1s --headless --record "$E2E_TMP/open.brunt" >/dev/null 2>&1
exits "a replay of another loop" 2 "$BRUNT" replay "$E2E_TMP/open.brunt" --baseline "$a" --ui plain
matches "is refused as well" "$OUTPUT" 'one is of a closed loop'
check "nothing was recorded of these" test ! -e "$E2E_TMP/no.brunt"

# ---- the screen ----

"$BRUNT" "$fast/api/chat" -m POST -d '{"message": "hi"}' -c 2 -n 60 --headless --record "$E2E_TMP/short.brunt" >/dev/null 2>&1
open_screen r 120x40 "$BRUNT" replay "$E2E_TMP/short.brunt" --baseline "$E2E_TMP/short.brunt" --speed 1000
shows "the baseline is named" r ' baseline: short( |$)'
shows "at the end it is the run itself" r 'p95 .*×1\.00 '
key "view 2 has its figures" r 'whole run .*baseline ratio' 2
shows "which are the run's" r 'p50 .*×1\.00 *$'
key "b turns it off" r '^ baseline short: not shown' b
eventually lacks r '×1\.00'
check "no ratio is left" lacks r '×1\.00'
key "and on" r 'p50 .*×1\.00 *$' b
press r q
ends "q" r 0
open_screen n 80x24 "$BRUNT" replay "$E2E_TMP/short.brunt"
key "without one b says how" n '^ no baseline: --baseline RUN' b
press n q
ends "q again" n 0
open_screen l 80x24 "$BRUNT" "$slow/api/chat" -m POST -d '{"message": "hi"}' -c 6 --record "$E2E_TMP/live.brunt" --baseline "$a"
shows "live the ghost stands behind the bars" l '╌┊'
key "and goes" l '^ baseline a: not shown' b
shows "when enough has come" l 'live 00:0[3-9]'
press l q y
eventually has_ended l
check "a run that is worse has its exit code" grep -Eqx '4|5' "$E2E_TMP/screen.l.code"
is "the terminal is as before" "$(terminal_state l)" "$TERMINAL_NORMAL"
matches "with the comparison on it" "$(screen l)" '^WORSE than the baseline: '
finish
