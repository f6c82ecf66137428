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
shows "the keys" a '^ \+ - load  > < double halve  s sweep  P pause load .*q quit'
is "it has a screen of its own" "$(about a alternate_on)" 1
is "without a cursor" "$(about a cursor_flag)" 0

# ---- steering ----

key "+ adds a user" a 'users +3/3' +
shows "and says so" a '^ 2 → 3 users \(step 1\)'
key "] makes the step larger" a '^ step 5' ']'
key "+ adds five" a 'users +8/8 ' +
key "> doubles" a 'users +16/16 ' '>'
key "< halves" a 'users +8/8 ' '<'
key "- takes five away" a 'users +3/3 ' -
key "[ makes the step smaller" a '^ step 1' '['

key "3 shows the tasks" a '─ tasks, ms ─.* (last [0-9.]+ s|whole run) ─.* whole run$' 3
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
shows "and a heatmap of the run" a '─ latency, whole run ─.* requests ░ 1 ▒ [0-9]+ ▓ [0-9]+ █ [0-9]+ ─'
key "with a cursor when it is in focus" a '─ latency, whole run ─.* [0-9.]+ to [0-9.]+ ms  [0-9]+ of [0-9]+' Tab
key "Home is its first column" a ' whole run ─.* 00:00(\.0)? to 00:0[01]' Home
key "Right the next" a ' whole run ─.* 00:0[01](\.5)? to 00:0[12](\.0)? ' Right
press a BTab
key "1 is the overview" a '─ throughput, req/s ─' 1
shows "with operating points" a '^ .* 00:0[0-9] 3 users +[0-9]+ '
press a z
check "z zooms the pane in focus" eventually lacks a '─ (throughput|tasks|errors)'
shows "the histogram" a '─ latency, '
key "Tab focuses the next" a '─ tasks' Tab
is "and only that" "$(screen a | grep -Ec '─ (throughput|latency|errors)')" 0
key "Shift-Tab the previous" a '─ latency, ' BTab
key "z zooms back" a '─ throughput' z
press a z
check "again" eventually lacks a '─ throughput'
key "Esc is back, too" a '─ throughput' Escape
shows "a histogram in focus has a cursor" a '^▸ +[0-9.]+ m?s │'
press a Tab
key "Down moves the cursor" a '▸ resume-analysis' Down
shows "the histogram is that task's" a '─ latency of resume-analysis'
key "Up again" a '▸ all' Up

key "c: the service clock" a '^ service clock: ' c
shows "named on top" a ' service +p50 +[0-9.]+ '
shows "in the titles of graphs" a '─ service over time ─'
shows "of histograms and tables" a '─ service, (last|since|whole) .*─ tasks, service, (ms|s) '
key "c: the queue clock" a '─ queue over time ─' c
key "c: back to the response" a '─ latency over time ─' c

press a '?'
key "the help" a '─ help .* 1-' Home
pages=$(screen a)
key "its end" a '^ Ctrl-Z +[A-Za-z]' End
pages+=$'\n'$(screen a)
for name in '\+ =' - '>' '<' ']' '\[' o u '}' '{' P Space 'Up k' 'Down j' 1 2 3 4 Tab S-Tab z c r w / S t T g '\? F1' Esc q Ctrl-L Ctrl-Z 'Left h' Home; do
	matches "? explains $name" "$pages" "^ $name +[A-Za-z]"
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
check "the recording gets long enough to seek in" eventually clock_passes a 11

key "t is the next theme" a '^ theme [a-z-]+; brunt config theme=[a-z-]+ keeps it$' t
theme=$(bottom a)
press a t
other_theme() { has a '^ theme' && [ "$(bottom a)" != "$theme" ]; }
check "t again is another" eventually other_theme
key "T is the one before" a "^$theme\$" T
key "g: block" a '^ glyphs: block' g
key "g: ascii" a '^ glyphs: ascii' g
is "ASCII means no byte above 127" "$(screen a | LC_ALL=C tr -d '\0-\177' | wc -c)" 0
key "g: braille again" a '^ glyphs: braille' g
key "S: the screen is saved" a '^ saved brunt-[0-9]*-[0-9]*\.svg \.ansi \.txt' S
saved=$(bottom a | grep -oE 'brunt-[0-9]+-[0-9]+')
matches "S: its text is what was shown" "$(cat "$saved.txt")" '^ brunt  .*live'
matches "S: the same as a picture" "$(cat "$saved.svg")" '<svg .*'
rm -f "$saved".svg "$saved".ansi "$saved".txt

printf '\033[5;1HGARBAGE' >"$(about a pane_tty)"
shows "something else writes on the terminal" a GARBAGE
press a C-l
check "Ctrl-L repaints" eventually lacks a GARBAGE

# ---- the past, while it runs ----

key "Left goes into the past" a '^ the past; the load goes on' Left
shows "and says where it is" a '‖ past 00:[0-9]{2}, now 00:[0-9]{2} '
before=$(samples "$run_file")
check "the load goes on" eventually more_samples "$run_file" $((before + 20))
at=$(clock a)
key "Right is later" a "past 00:$(printf %02d $((at + 5)))," Right
key "Home is the start" a '‖ past 00:00, now ' Home
shows "where nothing had come yet" a '^ users 0/0 '
key "Space plays it" a '▶ past 00:0[1-9], now ' Space
key "+ is for the load of now" a '^ [0-9]+ → [0-9]+ users \(step [0-9]+\)' +
press a -
key "End comes back" a '^ live again' End
shows "and is live" a '● live 00:'

# ---- every size, while it runs ----

fits() { # SIZE REGEX...
	local size=$1 regex
	resize a "$size"
	for regex in "${@:2}"; do
		shows "$size: $regex" a "$regex"
	done
}
fits 80x24 ' [0-9.]+ req/s .* p50 +[0-9.]+ ' '─ tasks' '^ \+ - load .* q quit'
fits 40x10 ' [0-9.]+ req/s' ' p50 +[0-9.]+ ' '^ \+ - load .* q quit'
fits 20x4 '^ [0-9.]+/s ok' '^p50 +[0-9.]+ .*p99 +[0-9.]+ ' 'q quit'
fits 10x1 '^[0-9.]+/s'
fits 1x1 '^[^ ]$'
fits 200x60 ' [0-9.]+ req/s .* p50 +[0-9.]+ ' '─{80}' '^ \+ - load .* q quit'
is "it fills 60 lines" "$(bottom a | grep -c 'q quit')" 1
is "and 200 columns" "$(screen a | head -n 1 | sed 's/ *$//' | wc -m)" 200
fits 120x40 '^ \+ - load .* q quit'

# ---- the end ----

key "q asks" a '^ quit and stop the load\? y / n' q
press a n
check "n does not quit" eventually lacks a 'quit and stop'
has_ended a && not_ok "it still runs" || ok "it still runs"
press a q y
ends "q y quits" a 0
is "the terminal is as it was" "$(terminal_state a)" "$TERMINAL_NORMAL"
summary=$(screen a -J -S -)
matches "with the summary" "$summary" '^response +[0-9.]+ ms'
matches "with the books" "$summary" '^books: planned = [0-9]+ = waiting 0 \+ started [0-9]+'
matches "with the run file" "$summary" "^recorded: $run_file *\$"
is "and no dashboard" "$(grep -c 'q quit' <<<"$summary")" 0
close_screen a

# ---- what the run file says of the keys ----

is "operating points: one a change" \
	"$(sqlite3 :memory: "select group_concat(json_extract(value, '\$.level')) from json_each(readfile('$live'), '\$.points')")" \
	2,3,8,16,8,3,3,4,3
"$BRUNT" report "$run_file" --format json -o "$E2E_TMP/report.json"
is "the same in the report" "$(cat "$E2E_TMP/report.json")" "$(cat "$live")"
# Each key event follows its point, which says when the key was read.
key_to_load="with keys as (select value generation, text, (select asked_us from points p where p.ord < e.ord order by p.ord desc limit 1) asked_us
		from events e where what = 'key'),
	way as (select k.generation, count(*) workers, max(a.t_us) - asked_us us
		from keys k join events a on a.what = 'applied' and a.value = k.generation group by k.generation)"
is "each key reached each worker" \
	"$(sqlite3 "$run_file" "$key_to_load select count(*) || ' keys, ' || (select value from run where key = 'worker_count') || ' workers' from keys")" \
	"9 keys, $(sqlite3 "$run_file" "$key_to_load select min(workers) from way having min(workers) = max(workers) and count(*) = 9") workers"
slowest=$(sqlite3 "$run_file" "$key_to_load select max(us) from way")
if [ "${slowest:-50001}" -le 50000 ]; then
	ok "within 50 ms: at most $slowest µs"
else
	not_ok "within 50 ms" "$slowest µs"
fi
is "nothing started in the pause" "$(sqlite3 "$run_file" "with pause as (
	select (select max(t_us) from events a where a.what = 'applied' and a.value = k.value) since,
		(select min(asked_us) from points p where p.ord > k.ord) until
	from events k where what = 'key' and text = 'pause')
	select count(t0_us) || ' in ' || (until - since > 1000000) from pause left join samples on t0_us + queue_us > since and t0_us + queue_us < until")" "0 in 1"

# ---- the recording ----

open_screen r 120x40 "$BRUNT" replay "$run_file"
shows "a replay says so" r 'recorded 20[0-9-]+ [0-9:]+ .*▶ replay 1× 00:0[0-9] of 00:[0-9]{2}'
key "Space pauses" r '‖ paused 00:' Space
key "Home is the start" r 'paused 00:00 of' Home
key "Right is on" r 'paused 00:05 of' Right
key "Left is back" r 'paused 00:00 of' Left
key "End is the end" r '‖ at the end 00:[0-9]{2} of' End
press r 2 Tab
shows "the heatmap has its cursor" r ' whole run ─.* [0-9.]+ to [0-9.]+ ms  [0-9]+ of [0-9]+'
key "Home moves it, not the time" r ' whole run ─.* 00:00(\.0)? to 00:0[01]' Home
shows "which stays" r '‖ at the end 00:'
press r 1
key "elsewhere Home is the start" r 'paused 00:00 of' Home
key "> is faster" r 'replay 2× 00:' '>' Space
key "and again" r 'replay 4× 00:' '>'
key "< is slower" r 'replay 2× 00:' '<'
check "it plays" eventually clock_passes r 6
key "+ is for live runs" r '^ this is a recording: \+ acts in a live run only' +
key "so is P" r '^ this is a recording: P acts in a live run only' P
key "End is the end" r '‖ at the end 00:[0-9]{2} of' End
press r 3
row() { screen r | sed -nE 's/^ ▸ all +100 % .* 100 %( +[0-9.]+)? +([0-9]+) +([0-9.]+) +([0-9.]+) +([0-9.]+) +([0-9]+)$/requests \2 p50 \3 p95 \4 p99 \5 failed \6/p'; }
want=$(sed -nE 's/^requests +([0-9]+) +succeeded.*failed ([0-9]+) .*/requests \1 failed \2/p' <<<"$summary")
want="${want% failed*}$(sed -nE 's/^response +[0-9.]+ ms +[0-9.]+ ms +([0-9.]+) ms +[0-9.]+ ms +[0-9.]+ ms +([0-9.]+) ms +([0-9.]+) ms .*/ p50 \1 p95 \2 p99 \3/p' <<<"$summary") failed ${want##* }"
# "at the end" is where the records are; the collector is a moment behind.
row_is() { [ "$(row)" = "$1" ]; }
eventually row_is "$want"
is "the numbers are those of the live run" "$(row)" "$want"
press r q
ends "q quits at once" r 0
close_screen r

open_screen r 120x40 "$BRUNT" replay "$run_file" --at 4s --speed 4
shows "--at and --speed" r '▶ replay 4× 00:0[4-9] of'
press r C-c
ends "Ctrl-C ends a replay" r 130
is "and leaves a terminal in order" "$(terminal_state r)" "$TERMINAL_NORMAL"
close_screen r
"$BRUNT" demo -z 60s --headless --record "$E2E_TMP/k.brunt" >"$E2E_TMP/lines" 2>&1 &
killed=$!
until grep -q '00:02' "$E2E_TMP/lines"; do sleep 0.1; done
kill -9 $killed
wait $killed 2>/dev/null
open_screen r 120x40 "$BRUNT" replay "$E2E_TMP/k.brunt" --speed 0.1
shows "the replay of a killed run says when it was cut off" r '^ the recording was cut off after [0-9.]+ s'
shows "and keeps saying so" r '▶ replay 0\.1× .* recording cut off '
resize r 80x24
press r '?' PgDn PgDn PgDn PgDn PgDn PgDn PgDn PgDn
shows "the help ends at its last page" r ' [0-9]+-([0-9]+) of \1 ─'
press r Up
check "from where one key goes back" eventually lacks r ' [0-9]+-([0-9]+) of \1 ─'
press r '?' q
ends "q ends the replay of a killed run" r 0
close_screen r

# ---- colours ----

colors() { # NAME: which kinds of colour are on the screen
	screen "$1" -e | grep -Eo $'\033\\[[0-9;:]*m' | sed -E 's/38[;:]5[;:][0-9]+|48[;:]5[;:][0-9]+/256/g; s/(38|48)[;:]2[;:][0-9;:]+/rgb/g' |
		tr '\033[m;' '\n\n\n\n' | sed -nE 's/^(256|rgb)$/\1/p; s/^([349]|10)[0-7]$/16/p' | sort -u | tr '\n' ' '
}
colored() { # TEST WANTED COMMAND...
	local name=$1 wanted=$2
	shift 2
	open_screen c 100x30 "$@"
	shows "$name" c ' p50 +[0-9.]+ '
	is "$name: colours" "$(colors c)" "$wanted"
	press c q y
	ends "$name: ends" c 0
	close_screen c
}
demo=("$BRUNT" demo --no-record)
colored "as it is" "256 " "${demo[@]}"
colored "NO_COLOR=1" "" env NO_COLOR=1 "${demo[@]}"
colored "--no-color" "" "${demo[@]}" --no-color
colored "--color 16" "16 " "${demo[@]}" --color 16
colored "--color 256 beats NO_COLOR" "256 " env NO_COLOR=1 "${demo[@]}" --color 256
colored "--theme mono" "" "${demo[@]}" --theme mono
mkdir -p "$XDG_CONFIG_HOME/brunt/themes"
printf 'theme[%s]="%s"\n' main_fg '#ff0000' title '#ff0000' >"$XDG_CONFIG_HOME/brunt/themes/mine.theme"
colored "a theme of the user" "256 " "${demo[@]}" --theme mine
open_screen c 160x30 "${demo[@]}" --theme nowhere
ends "an unknown theme is refused" c 2
shows "in words" c '^brunt: --theme: .*nowhere'
is "in one line, before the screen" "$(screen c | grep -c .)" 1
close_screen c

# ---- runs that end by themselves ----

open_screen c 80x24 "${demo[@]}" --frames 5
ends "--frames ends by itself" c 0
shows "with a summary" c '^books: planned'
is "and a terminal in order" "$(terminal_state c)" "$TERMINAL_NORMAL"
close_screen c
open_screen c 80x24 "$BRUNT" demo -z 60s --no-record
shows "-z: when it will end" c '● live 00:[0-9]+ of 01:00 '
press c q y
ends "-z, and q before" c 0
close_screen c
open_screen c 120x40 "$BRUNT" demo -n 5k --no-record
shows "-n: how many are still to come" c '● live 00:[0-9]+  [0-9]+ of 5000 requests '
press c q y
ends "-n, and q before" c 0
close_screen c
open_screen c 80x24 "$BRUNT" demo -z 2s --json "$E2E_TMP/z.json"
shows "a run of 2 s" c ' p50 +[0-9.]+ '
ends "-z ends by itself" c 0
shows "with the summary" c '^client: '
matches "and the run file" "$(screen c -J)" "^recorded: $XDG_STATE_HOME/brunt/runs/[0-9]{8}-[0-9]{6}-interview-coach-[0-9a-f]+\.brunt *\$"
is "it measured 2 s" "$(json "$E2E_TMP/z.json" '$.run.duration_s')" 2.0
close_screen c

port=$(free_port)
open_screen c 80x24 "$BRUNT" "http://127.0.0.1:$port/"
ends "a refused target ends with 1" c 1
shows "says so" c 'connection refused'
is "and leaves the terminal alone" "$(terminal_state c)" "$TERMINAL_NORMAL"
close_screen c

# ---- a target that dies and comes back ----

start_serve --speed 20 || exit 1
open_screen d 120x40 "$BRUNT" -m POST -d '{}' "$SERVE_URL/api/chat" -c 4 --no-record
shows "a target" d 'in flight +4   ok +100 %'
shows "without errors" d '^ .* none$'
stop "$SERVE_PID"
shows "dies: the errors say how" d ' (connect|reset) .* [0-9]+ +00:[0-9]{2}$'
shows "and when" d '─ errors, whole run ─.* [0-9.]+k? of [0-9.]+k? ─$'
start_serve --speed 20 --port "${SERVE_URL##*:}" || exit 1
press d r
shows "comes back: it succeeds again" d ' [0-9.]+ req/s   in flight +[1-4]   ok +100 %'
press d q y
ends "a run that saw errors is no failed run" d 0
close_screen d

# ---- job control ----

open_screen j 100x30 bash --norc --noprofile -i
press j "PS1='ready> '" Enter
shows "a shell" j '^ready>'
press j "$BRUNT demo --record $E2E_TMP/j.brunt" Enter
shows "runs the demo" j ' p50 +[0-9.]+ .* ms$'
key "Ctrl-Z gives the shell back" j '^ready>$' C-z
is "on the normal screen" "$(about j alternate_on), cursor $(about j cursor_flag)" "0, cursor 1"
shows "which was told" j '^brunt: the load goes on; fg brings the screen back'
before=$(samples "$E2E_TMP/j.brunt")
# Asked again: it is stopped for the moment that the shell needs to notice.
job_runs() { press j 'jobs' Enter && screen j | grep -qE '^\[1\]\+ +Running '; }
check "the job runs" eventually job_runs
check "the load goes on" eventually more_samples "$E2E_TMP/j.brunt" $((before + 20))
key "fg brings the screen back" j '^ users +2/2 ' 'fg' Enter
is "all of it" "$(about j alternate_on), cursor $(about j cursor_flag)" "1, cursor 0"
key "keys work again" j '^ 2 → 3 users' +
shows "and the picture lives" j 'users +3/3 '
key "a second Ctrl-Z" j '^ready>$' C-z
key "and back" j '^ users +3/3 ' fg Enter
press j q y
shows "q ends it" j '^recorded: '
key "with code 0" j '^code 0$' 'echo code $?' Enter
key "no job is left" j '^left:$' 'echo left: $(jobs)' Enter
close_screen j

finish
