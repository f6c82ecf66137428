#!/bin/bash
# The list of recorded runs: as text, on a terminal, and what is done to runs there.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tmux.sh"

runs=$XDG_STATE_HOME/brunt/runs

tag() { # FILE KEY
	sqlite3 -readonly "$1" "SELECT value FROM run WHERE key = '$2'"
}
set_run() { # FILE KEY VALUE
	sqlite3 "$1" "INSERT OR REPLACE INTO run VALUES ('$2', '$3')"
}
list() {
	"$BRUNT" replay </dev/null 2>&1
}
tag_is() { # FILE KEY VALUE
	[ "$(tag "$1" "$2")" = "$3" ]
}

# ---- nothing yet ----

exits "no run is no error" 0 "$BRUNT" replay --ui plain
is "and says what to do" "$OUTPUT" "no runs in $runs yet: brunt URL records one"
is "looking makes no folder" "$(ls "$E2E_TMP" | grep -c '^state$')" 0
exits "no place for runs" 2 env -u XDG_STATE_HOME -u HOME "$BRUNT" replay --ui plain
open_screen a 80x24 "$BRUNT" replay
shows "the screen says it, too" a '^ +no runs in .*/state/brunt/runs'
press a q
ends "q leaves it" a 0
is "and the terminal in order" "$(terminal_state a)" "$TERMINAL_NORMAL"
close_screen a

# ---- text ----

start_serve --speed 100 || exit 1
target=${SERVE_URL#http://}
record() { # SCENARIO-NAME REQUESTS FLAGS...: sets RUN
	local name=$1 requests=$2
	shift 2
	printf '{"name": "%s", "target": "%s", "tasks": [{"name": "t", "request": {"path": "/healthz"}}]}' \
		"$name" "$SERVE_URL" >"$E2E_TMP/scenario.json"
	RUN=$("$BRUNT" "$E2E_TMP/scenario.json" -n "$requests" -c 2 --headless --seed 7 "$@" | sed -n 's/^recorded: //p')
}
record first 20
first=$RUN
set_run "$first" started_at 2026-01-02T03:04:05.678Z
record second 30 --label branch=main
second=$RUN
set_run "$second" started_at 2026-01-03T03:04:05.678Z

text=$(list)
is "a title and a line a run" "$(wc -l <<<"$text")" 3
matches "the title" "$(sed -n 1p <<<"$text")" '^when +name +target +scenario +duration +p95 +errors +path$'
matches "the newest is first" "$(sed -n 2p <<<"$text")" \
	"^2026-01-03T03:04:05Z  branch=main  $SERVE_URL +second +00:00 +[0-9.]+ (µs|ms|s) +0\.0 %  $second\$"
matches "then the older" "$(sed -n 3p <<<"$text")" "^2026-01-02T03:04:05Z  – +.* first +.*  $first\$"
same_p95() {
	local us
	us=$(tag "$second" summary_p95_us)
	"$BRUNT" report "$second" --format json >"$E2E_TMP/second.json" &&
		[ "$(sqlite3 :memory: "SELECT round(json_extract(readfile('$E2E_TMP/second.json'), '\$.summary.latency_ms.p95') * 1000)")" = "$us.0" ]
}
check "the p95 in the file is the report's" same_p95
is "so are the requests" "$(tag "$second" summary_requests)/$(tag "$second" summary_succeeded)" 30/30

# What cannot be known, or is no run.
cp "$first" "$runs/old.brunt"
sqlite3 "$runs/old.brunt" "DELETE FROM run WHERE key LIKE 'summary_%'"
echo 'no run' >"$runs/foreign.brunt"
mkfifo "$runs/pipe.brunt"
text=$(list)
matches "an older version's run has dashes" "$text" ' 00:00 +– +–  .*/old\.brunt$'
matches "what is no run says so" "$text" '\(not a brunt run file\) .*/foreign\.brunt$'
is "a pipe is nothing" "$(grep -c pipe <<<"$text")" 0
rm "$runs/old.brunt" "$runs/foreign.brunt" "$runs/pipe.brunt"

# ---- RUN ----

exits "report latest" 0 "$BRUNT" report latest
matches "is the newest" "$OUTPUT" ' · second · '
exits "replay latest, as text" 0 "$BRUNT" replay latest --ui plain
exits "compare has names, too" 2 "$BRUNT" compare latest nobody
matches "and says which is unknown" "$OUTPUT" "^brunt: nobody: neither a file nor the name of a run in $runs\$"
exits "a path is a path" 2 "$BRUNT" report ./latest
matches "and not there" "$OUTPUT" '^brunt: \./latest: No such file'

# ---- the screen ----

open_screen a 120x40 "$BRUNT" replay
shows "the list" a '^ brunt  2 runs +/.*/state/brunt/runs$'
shows "the cursor is on the newest" a "^ ▸   2026-01-03 03:04 .* branch=main +second +$target +00:00 "
shows "with its details" a '^   command +brunt run .*--label branch=main$'
key "j is the older" a '^ ▸   2026-01-02 03:04 .* – +first ' j
key "Enter opens it" a '^ brunt  first → .* ▶? ?replay 1× ' Enter
shows "with a way back" a ' q back '
key "which is q" a '^ ▸   2026-01-02 03:04 ' q
key "and again" a '^ brunt  first → ' Enter
key "and Esc" a '^ ▸   2026-01-02 03:04 ' Escape
is "the screen was never left" "$(about a alternate_on)" 1

key "p pins" a '^ ▸ \* 2026-01-02 03:04 ' p
shows "it is counted" a '^ brunt  2 runs  1 pinned '
check "and it is in the file" tag_is "$first" pinned 1
key "p again unpins" a '^ ▸   2026-01-02 03:04 ' p
check "in the file, too" tag_is "$first" pinned ''
press a p
check "pinned once more" eventually tag_is "$first" pinned 1

key "n asks for a name" a '^ name:' n
key "as typed" a '^ name: before it' 'before it'
key "Enter takes it" a '^ ▸ \* 2026-01-02 03:04 .* before it +first ' Enter
check "it is in the file" tag_is "$first" name 'before it'
exits "a name finds the run" 0 "$BRUNT" report 'before it'
matches "it is that one" "$OUTPUT" ' · first · '
press a n C-u
key "no path is a name" a '^ a name has no slash' 'a/b' Enter
press a n C-u
key "nor is latest" a '^ no run can be called latest' 'latest' Enter
press a k
press a n
key "nor a name that is another's" a '^ before it: another run has this name' 'before it' Enter
check "nothing was changed" tag_is "$second" name ''

key "e asks for a note" a '^ note:' j e
key "Enter keeps it" a '^   note +one slot less' 'one slot less' Enter
check "in the file" tag_is "$first" note 'one slot less'
press a e
key "Esc keeps the old one" a '^   note +one slot less$' 'x' Escape

key "/ filters while one types" a '^ brunt  2 runs .*/SEC shows 1' / 'SEC'
check "others are gone" lacks a ' before it '
key "Enter keeps the filter" a '^ Enter open ' Enter
key "Esc shows all" a ' before it ' Escape
key "? helps" a '^ p +pin, unpin' '?'
key "Esc closes it" a '^ ▸ ' Escape

# ---- while a run is going on ----

"$BRUNT" -m POST -d '{}' "$SERVE_URL/api/chat" -c 1 -z 60s --headless >/dev/null 2>&1 &
live=$!
E2E_PIDS+=("$live")
shows "a run that begins is there by itself" a '^ +[0-9-]+ [0-9:]+ +(now|[0-9]+ s) .* running +– +–'
matches "as text" "$(list | sed -n 2p)" ' running +– +–  /'
exits "latest is one that has ended" 0 "$BRUNT" report latest
matches "the newest of those" "$OUTPUT" ' · second · '
press a Home
shows "the cursor is on it" a '^ ▸   [0-9-]+ [0-9:]+ .* running '
key "it cannot be changed" a '^ a run is being recorded into it; it can be changed when that has ended$' p
press a d
key "nor deleted" a '^ a run is being recorded into it; it can be deleted when that has ended$' y
kill -KILL $live
wait $live 2>/dev/null
press a r
shows "killed, it is cut off" a '^ ▸   [0-9-]+ [0-9:]+ .* 00:[0-9]{2} +cut off +–'
matches "in the text, too" "$(list)" ' 00:[0-9]{2} +cut off +–  .*\.brunt'
shows "as the details say" a '^   result +the recording was cut off after '
key "pinned it keeps its other half" a '^ ▸ \* ' p
cut=$(ls "$runs"/*.brunt-wal)
cut=${cut%-wal}
check "which says that it was cut off" grep -q 'cut off' <("$BRUNT" report "$cut")

# ---- deleting ----

key "d asks" a '^ delete this pinned run for ever\? y / n' d
key "n is no" a '^ Enter open ' n
check "it is still there" test -e "$cut"
press a d
key "y is yes" a '^ deleted$' y
is "all of it is gone" "$(ls "$runs" | grep -c "^$(basename "$cut")")" 0
shows "two are left" a '^ brunt  2 runs '

# ---- small and smaller ----

for size in 80x24 40x10 20x4 60x1; do
	resize a $size
	shows "at $size" a '^ ▸ '
done
press a q
ends "q ends the list" a 0
is "with the terminal in order" "$(terminal_state a)" "$TERMINAL_NORMAL"
close_screen a

open_screen a 80x24 "$BRUNT" replay
shows "the list again" a '^ ▸ '
press a C-c
ends "Ctrl-C ends it" a 130
is "in order, too" "$(terminal_state a)" "$TERMINAL_NORMAL"
close_screen a
open_screen a 80x24 "$BRUNT" replay --frames 1
ends "--frames leaves" a 0
close_screen a
open_screen a 80x24 "$BRUNT" replay
shows "once more" a '^ ▸ '
key "a replay" a '^ brunt  second → ' Enter
press a C-c
ends "Ctrl-C in it ends both" a 130
is "and in order" "$(terminal_state a)" "$TERMINAL_NORMAL"
close_screen a

# ---- upkeep ----

# The oldest of all is pinned, its neighbour is not.
mv "$first" "$runs/20200101-000000-first-00000000.brunt"
cp "$second" "$runs/20200101-000001-second-00000000.brunt"
for ((i = 10; i < 70; i++)); do
	cp "$second" "$runs/202501$((i / 10 + 10))-1010$i-copy-000000$i.brunt"
done
record newest 5
check "a pinned run stays" test -e "$runs/20200101-000000-first-00000000.brunt"
check "others as old go" test ! -e "$runs/20200101-000001-second-00000000.brunt"
is "fifty beside it are kept" "$(ls "$runs" | wc -l)" 51
is "and listed" "$(list | wc -l)" 52
matches "pinned ones have a star" "$(list | tail -n 1)" '^\* 2026-01-02T03:04:05Z  before it '
# Fifty copies of one name leave none to be found by it.
for each in "$runs"/*-copy-*; do set_run "$each" name twin; done
exits "a name of many is no name" 2 "$BRUNT" report twin
matches "it says so" "$OUTPUT" '^brunt: twin: several runs have this name'

finish
