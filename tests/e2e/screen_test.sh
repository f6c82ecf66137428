#!/bin/bash
# The dashboard in a terminal: what it shows, what keys do, sizes, colours, job
# control, and a recording played back.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tmux.sh"

json() { # FILE PATH: a value of a JSON file
	sqlite3 :memory: "select json_extract(readfile('$1'), '$2')"
}
run_file=$E2E_TMP/a.brunt
live=$E2E_TMP/live.json

clock() { # NAME: the seconds on the picture's clock
	local line min sec
	line=$(screen "$1" | head -n 1 | grep -Eo '[0-9]{2}:[0-9]{2}' | head -n 1)
	IFS=: read -r min sec <<<"$line"
	echo $((10#${min:-0} * 60 + 10#${sec:-0}))
}
clock_passes() { # NAME SECONDS
	[ "$(clock "$1")" -ge "$2" ]
}
samples() { # FILE: so many exchanges are recorded by now
	sqlite3 -readonly -cmd '.timeout 2000' "$1" 'select count(*) from samples' 2>/dev/null || echo 0
}
more_samples() { # FILE THAN
	[ "$(samples "$1")" -gt "$2" ]
}
total() { # NAME: whole-run requests, in the Tasks view
	screen "$1" | sed -nE 's/^.*all +100 % .* ([0-9]+)( +[^ ]+){4}$/\1/p'
}
picture() { # NAME: all but the bar of keys and messages
	screen "$1" | sed '$d'
}
bottom() { # NAME
	screen "$1" | tail -n 1
}

# ---- the first screen ----

open_screen a 120x40 "$BRUNT" demo --record "$run_file" --json "$live"
shows "the first screen: users" a '^ users +2/2 closed '
shows "what is measured" a '^ brunt  interview-coach → http://127\.0\.0\.1:[0-9]+ '
shows "that it lives" a '● live 00:0[0-9] .*seed 42  client ok'
shows "rate, success, percentiles" a ' [0-9.]+ req/s   in flight [0-9]   ok +100 % .* p50 +[0-9.]+  p95 +[0-9.]+  p99 +[0-9.]+ ms$'
shows "tasks" a '─ tasks, ms ─'
shows "the keys" a '^ \+ - users  > double  < halve  P pause load .*q quit'
is "it has a screen of its own" "$(about a alternate_on)" 1
is "without a cursor" "$(about a cursor_flag)" 0

# ---- steering ----

key "+ adds a user" a 'users +3/3' +
shows "and says so" a '^ 3 users \(step 1\)'
key "] makes the step larger" a '^ step 5' ']'
key "+ adds five" a 'users +8/8 ' +
key "> doubles" a 'users +16/16 ' '>'
key "< halves" a 'users +8/8 ' '<'
key "- takes five away" a 'users +3/3 ' -
key "[ makes the step smaller" a '^ step 1' '['

key "3 shows the tasks" a '─ tasks, ms ─.* whole run ─.* whole run$' 3
key "P pauses" a '^ load paused; P resumes it' P
shows "on top, too" a 'load paused  seed'
shows "running requests end" a 'in flight +0 '
at=$(clock a) before=$(total a)
eventually clock_passes a $((at + 2))
is "no request starts in a pause" "$(total a)" "${before:-some}"
key "P resumes" a '^ the load goes on' P
shows "requests flow" a 'in flight +3 '
more_than_before() { [ "$(total a)" -gt "$before" ]; }
check "and are counted" eventually more_than_before

# ---- looking ----

key "2 shows the latency" a ' p99\.9 +[0-9.]+ ' 2
shows "with a histogram on a log axis" a '─┬[0-9.]+ ms─+┬'
key "1 is the overview" a '─ throughput, req/s ─' 1
shows "with operating points" a '^ .* 16 users +[0-9]+ '
press a z
check "z zooms the pane in focus" eventually lacks a '─ (throughput|errors)'
shows "which is the tasks" a '─ tasks'
key "z zooms back" a '─ throughput' z
press a Tab z
check "Tab focuses the next" eventually lacks a '─ tasks'
shows "which is the errors" a '─ errors'
key "Esc is back" a '─ tasks' Escape
press a BTab z
check "Shift-Tab focuses the previous" eventually lacks a '─ errors'
key "back again" a '─ errors' z
key "Down moves the cursor" a '▸ resume-analysis' Down
shows "and the numbers on top are the task's" a 'closed   resume-analysis   '
key "Up again" a '▸ all' Up

press a '?'
for name in '\+ =' - '>' '<' ']' '\[' P Space 'Up k' 'Down j' 1 2 3 Tab S-Tab z r t T g '\? F1' Esc q Ctrl-L Ctrl-Z; do
	shows "? explains $name" a "^ $name +[A-Za-z]"
done
press a Escape
check "Esc closes the help" eventually lacks a '─ help ─'
key "F1 helps, too" a '─ help ─' F1
key "and q closes only the help" a '─ tasks' q

key "Space freezes" a '^ picture frozen; the load goes on' Space
shows "and says so" a '‖ frozen 00:'
frozen=$(picture a) before=$(samples "$run_file")
check "the load goes on" eventually more_samples "$run_file" $((before + 20))
is "while the picture stands" "$(picture a)" "$frozen"
at=$(clock a)
key "Space again" a '^ live again' Space
check "the clock is right again" eventually clock_passes a $((at + 1))

key "r starts a fresh window" a '^ fresh window; totals stay' r
shows "since now" a '─ latency, since 00:[0-9]{2} ─'

key "t is the next theme" a '^ theme [a-z-]+$' t
theme=$(bottom a)
press a t
other_theme() { has a '^ theme' && [ "$(bottom a)" != "$theme" ]; }
check "t again is another" eventually other_theme
key "T is the one before" a "^$theme\$" T
key "g: block" a '^ glyphs: block' g
key "g: ascii" a '^ glyphs: ascii' g
is "ASCII means no byte above 127" "$(screen a | LC_ALL=C tr -d '\0-\177' | wc -c)" 0
key "g: braille again" a '^ glyphs: braille' g

printf '\033[5;1HGARBAGE' >"$(about a pane_tty)"
shows "something else writes on the terminal" a GARBAGE
press a C-l
check "Ctrl-L repaints" eventually lacks a GARBAGE

# ---- every size, while it runs ----

fits() { # SIZE REGEX...
	local size=$1 regex
	resize a "$size"
	for regex in "${@:2}"; do
		shows "$size: $regex" a "$regex"
	done
}
fits 80x24 ' [0-9.]+ req/s .* p50 +[0-9.]+ ' '─ tasks' '^ \+ - users .* q quit'
fits 40x10 ' [0-9.]+ req/s' '^ p50 +[0-9.]+ ' '^ \+ - users .* q quit'
fits 20x4 '^[0-9.]+ req/s' '^p50 +[0-9.]+ ' 'q quit'
fits 10x1 '^[0-9.]+/s'
fits 1x1 '^[^ ]$'
fits 200x60 ' [0-9.]+ req/s .* p50 +[0-9.]+ ' '─{100}' '^ \+ - users .* q quit'
is "it fills 60 lines" "$(bottom a | grep -c 'q quit')" 1
is "and 200 columns" "$(screen a | head -n 1 | sed 's/ *$//' | wc -m)" 200
fits 120x40 '^ \+ - users .* q quit'

# ---- the end ----

key "q asks" a '^ quit and stop the load\? y / n' q
press a n
check "n does not quit" eventually lacks a 'quit and stop'
is "it still runs" "$(about a pane_dead)" 0
press a q y
ends "q y quits" a 0
is "the normal screen is back" "$(about a alternate_on)" 0
is "with its cursor" "$(about a cursor_flag)" 1
summary=$(screen a -J -S -)
matches "with the summary" "$summary" '^response +[0-9.]+ ms'
matches "with the books" "$summary" '^books: planned = [0-9]+ = waiting 0 \+ started [0-9]+'
matches "with the run file" "$summary" "^recorded: $run_file *\$"
is "and no dashboard" "$(grep -c 'q quit' <<<"$summary")" 0
close_screen a

# ---- what the run file says of the keys ----

is "operating points: one a change" \
	"$(sqlite3 :memory: "select group_concat(json_extract(value, '\$.level')) from json_each(readfile('$live'), '\$.points')")" \
	2,3,8,16,8,3,3
"$BRUNT" report "$run_file" --format json -o "$E2E_TMP/report.json"
is "the same in the report" "$(cat "$E2E_TMP/report.json")" "$(cat "$live")"
# Each key event follows its point, which says when the key was read.
key_to_load="with keys as (select value generation, text, (select asked_us from points p where p.ord < e.ord order by p.ord desc limit 1) asked_us
		from events e where what = 'key'),
	way as (select k.generation, count(*) workers, max(a.t_us) - asked_us us
		from keys k join events a on a.what = 'applied' and a.value = k.generation group by k.generation)"
is "each key reached each worker" \
	"$(sqlite3 "$run_file" "$key_to_load select count(*) || ' keys, ' || (select value from run where key = 'worker_count') || ' workers' from keys")" \
	"7 keys, $(sqlite3 "$run_file" "$key_to_load select min(workers) from way having min(workers) = max(workers) and count(*) = 7") workers"
slowest=$(sqlite3 "$run_file" "$key_to_load select max(us) from way")
if [ "${slowest:-50001}" -le 50000 ]; then
	ok "within 50 ms: at most $slowest µs"
else
	not_ok "within 50 ms" "$slowest µs"
fi
is "nothing started in the pause" "$(sqlite3 "$run_file" "with pause as (
	select (select max(a.t_us) from events a where a.what = 'applied' and a.value = k.value) since,
		(select min(a.t_us) from events a where a.what = 'applied' and a.value = k.value + 1) until
	from events k where what = 'key' and text = 'pause')
	select count(*) || ' in ' || (until - since > 1000000) from pause left join samples on t0_us + queue_us > since and t0_us + queue_us < until")" "0 in 1"

# ---- the recording ----

open_screen r 120x40 "$BRUNT" replay "$run_file"
shows "a replay says so" r 'recorded 20[0-9-]+.* ▶ replay 1× 00:0[0-9] of 00:[0-9]{2}'
key "Space pauses" r '‖ paused 00:' Space
key "Home is the start" r 'paused 00:00 of' Home
key "Right is on" r 'paused 00:05 of' Right
key "again" r 'paused 00:10 of' Right
key "Left is back" r 'paused 00:05 of' Left
key "> is faster" r 'replay 2× 00:' '>' Space
key "and again" r 'replay 4× 00:' '>'
key "< is slower" r 'replay 2× 00:' '<'
check "it plays" eventually clock_passes r 6
key "+ is for live runs" r '^ this is a recording: \+ acts in a live run only' +
key "so is P" r '^ this is a recording: P acts in a live run only' P
key "End is the end" r '‖ at the end 00:[0-9]{2} of' End
press r 3
row() { screen r | sed -nE 's/^ ▸ all +100 % .* 100 % +([0-9]+) +([0-9.]+) +([0-9.]+) +([0-9.]+) +([0-9]+)$/requests \1 p50 \2 p95 \3 p99 \4 failed \5/p'; }
row_there() { [ -n "$(row)" ]; }
check "the tasks" eventually row_there
want=$(sed -nE 's/^requests +([0-9]+) +succeeded.*failed ([0-9]+) .*/requests \1 failed \2/p' <<<"$summary")
want="${want% failed*}$(sed -nE 's/^response +[0-9.]+ ms +[0-9.]+ ms +([0-9.]+) ms +[0-9.]+ ms +[0-9.]+ ms +([0-9.]+) ms +([0-9.]+) ms .*/ p50 \1 p95 \2 p99 \3/p' <<<"$summary") failed ${want##* }"
is "the numbers are those of the live run" "$(row)" "$want"
press r q
ends "q quits at once" r 0
close_screen r
finish
