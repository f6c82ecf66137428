#!/bin/bash
# The line of the whole run, in the past of a live run and in a replay; marks and the
# jumps between them; the filter.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tmux.sh"

run_file=$E2E_TMP/a.brunt
marks() { # FILE: "SECONDS NOTE" a mark, by time
	sqlite3 -readonly -cmd '.timeout 2000' "$1" "select (value / 1000000) || ' ' || text from events where what = 'mark' order by value"
}
line() { # NAME: the row of the whole run
	screen "$1" | tail -n 2 | head -n 1
}
second() { # of mm:ss, the first on the screen's first row
	screen "$1" | head -n 1 | grep -Eo '[0-9]{2}:[0-9]{2}' | head -n 1
}

# ---- live ----

open_screen a 120x40 "$BRUNT" demo --record "$run_file" --json "$E2E_TMP/a.json"
shows "a live run" a '● live 00:0[2-9]'
key "w asks for a note" a '^ mark 00:[0-9]{2}, note:' w
press a 'de+ploy' Enter
shows "Enter marks" a '^ marked 00:[0-9]{2} *$'
shows "no key of it was one of the load's" a '^ users +2/2 '
shows "the axes of time have it" a '┬2─*◆'
key "a note can be dropped" a '^ mark 00:[0-9]{2}, note:' w
press a 'not this' Escape
check "with Esc" eventually lacks a ', note:'
press a +
shows "another load" a '^ users +3/3 '
changed=$(second a)
later() { [[ "$(second a)" > "$changed" ]]; }
check "a second of it" eventually later
press a w Enter
shows "a plain one" a '^ marked 00:'
is "there is no line of the whole run" "$(line a | grep -c '├')" 0

# ---- the past ----

# What was a moment ago is not jumped to: it is the present.
late() { [[ "$(second a)" > 00:06 ]]; }
check "some time passes" eventually late
key ", jumps back" a '^ 00:[0-9]{2}: (3 users|mark) *$' ,
shows "into the past" a '‖ past 00:'
check "the whole run is in a line" eventually has a '^ ├┬2.*◆.*┤ 00:[0-9]{2} +◆ mark  ! errors'
key "and again" a '^ 00:[0-9]{2}: (3 users|mark) *$' ,
key "to the note" a '^ 00:[0-9]{2}: mark "de\+ploy"' ,
at=$(second a)
key "w marks the moment shown" a "^ mark $at, note:" w
press a earlier Enter
shows "and says it" a "^ marked $at *\$"
key "End comes back" a '● live 00:' End
check "without the line" eventually lacks a '├'
press a q y
ends "the run ends" a 0
close_screen a
is "three marks are in the file" "$(marks "$run_file" | sed 's/^[0-9]* //' | sort | paste -sd,)" ",de+ploy,earlier"
is "the last is of the moment it was put on" "$(marks "$run_file" | grep -c "^$((10#${at#*:})) earlier\$")" 1
is "the result has them, too" "$(sqlite3 :memory: "select group_concat(coalesce(value ->> 'name', ''), ',')
	from (select value from json_each(readfile('$E2E_TMP/a.json'), '\$.marks') order by value ->> 'name')")" ",de+ploy,earlier"
"$BRUNT" report "$run_file" --format json -o "$E2E_TMP/report.json"
is "as has a report" "$(sqlite3 :memory: "select json_extract(readfile('$E2E_TMP/report.json'), '\$.marks')")" \
	"$(sqlite3 :memory: "select json_extract(readfile('$E2E_TMP/a.json'), '\$.marks')")"
matches "in words" "$("$BRUNT" report "$run_file" | grep -A1 '^marks ')" '^marks      00:[0-9]{2}  de\+ploy'

# ---- a replay ----

open_screen r 80x24 "$BRUNT" replay "$run_file"
shows "the whole run, from the start" r '^ ├.2.*◆.*┤ 00:[0-9]{2}$'
press r Space Home
key ". goes on to the next place" r '^ 00:[0-9]{2}: ' .
press r Home
shows "to the start" r 'paused 00:00 of'
key "w marks it" r '^ mark 00:00, note:' w
press r 'put later' Enter
shows "and says when the file has it" r '^ marked 00:00; it goes into the file when this replay is left'
press r q
ends "q" r 0
close_screen r
is "it is in the file" "$(marks "$run_file" | grep -c '^0 put later$')" 1
check "which is as good as before" "$BRUNT" report "$run_file"
matches "and says so" "$("$BRUNT" report "$run_file")" '^marks      00:00  put later$'
open_screen r 40x10 "$BRUNT" replay "$run_file"
shows "a small screen" r 'req/s'
is "has no such line" "$(screen r | grep -c '├')" 0
press r q
ends "q" r 0
close_screen r

# ---- the filter ----

cp "$(dirname "$0")/../../sample-runs/trouble.brunt" "$E2E_TMP/t.brunt"
open_screen f 120x40 "$BRUNT" replay "$E2E_TMP/t.brunt" --at 50s
shows "a replay with errors" f 'errors, whole run ─.* of '
press f Space
key "/ asks, and says what may come" f '^ filter: +a task, ok, failed, err:CLASS; Tab completes' /
key "the picture follows what is typed" f '─ throughput of multi-turn, req/s ─' m u l
key "Tab completes it" f '^ filter: multi-turn ' Tab
key "what is none is said" f '^ filter: multi-turn zzz +no "zzz": a task, ok, failed, err:CLASS' ' zzz'
press f Enter
shows "and not taken" f '^ filter: multi-turn zzz'
press f C-w
key "a class of errors" f '─ throughput of multi-turn, connect only, req/s ─' connect Enter
shows "is shown on top" f '^ brunt .* / multi-turn connect( |$)'
shows "what cannot follow says so" f '─ latency of multi-turn, not by outcome,'
shows "what can has nothing else" f '^.* connect +connection refused'
check "no other errors" eventually lacks f '^[ ▸]+http_5xx ' # the verdict names them
key "the requests behind it are of it" f '^ multi-turn +.* connect ' 7 Enter
press f Escape 1
key "Esc takes it away" f 'http_5xx' Escape
check "from the top, too" eventually lacks f '/ multi-turn'
press f q
ends "q" f 0
close_screen f

# ---- what cannot be marked ----

# Root may write whatever the mode says: a folder that is not there any more says it as well.
mkdir "$E2E_TMP/gone"
cp "$run_file" "$E2E_TMP/gone/b.brunt"
open_screen r 80x24 "$BRUNT" replay "$E2E_TMP/gone/b.brunt"
shows "a replay" r '^ ├'
rm -r "$E2E_TMP/gone"
press r w Enter
shows "says why there is no mark" r '^ no mark: .*b\.brunt: No such file'
press r q
ends "and ends well" r 0
close_screen r
"$BRUNT" report "$run_file" --format hlog -o "$E2E_TMP/a.hlog"
open_screen r 80x24 "$BRUNT" replay "$E2E_TMP/a.hlog"
shows "a log" r 'req/s'
press r w Enter
shows "has no room for marks" r '^ no mark: this is no run file, but a log of histograms'
press r q
ends "q" r 0
close_screen r

finish
