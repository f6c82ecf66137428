#!/bin/bash
# The mouse in a terminal: what it does in a live run, a replay and the list of runs, and
# that it is the terminal's own again afterwards.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tmux.sh"

run_file=$E2E_TMP/a.brunt
seconds() { # NAME: on the picture's clock
	local line min sec
	line=$(screen "$1" | head -n 1 | grep -Eo '[0-9]{2}:[0-9]{2}' | head -n 1)
	IFS=: read -r min sec <<<"$line"
	echo $((10#${min:-0} * 60 + 10#${sec:-0}))
}
has_mouse() { # NAME
	[ "$(about "$1" mouse_any_flag)" = 1 ]
}
lost_mouse() {
	! has_mouse "$1"
}

# ---- a live run ----

open_screen a 120x40 "$BRUNT" demo --record "$run_file"
shows "a dashboard" a '^ users +2/2 closed .* ms$'
check "the mouse is asked for" eventually has_mouse a
is "with places as numbers, without movements" \
	"$(about a mouse_sgr_flag) $(about a mouse_standard_flag) $(about a mouse_button_flag) $(about a mouse_all_flag)" "1 1 0 0"
point "a click on + adds a user" a 'users +3/3 ' 0 '+ - load'
x=$(place_of a '2 → 3 users' | cut -d ' ' -f 1)
mouse a 0 "$x" 40
shows "and another one, where its message stands" a 'users +4/4 '
check "the message goes" eventually has a 'load  > < double halve'
point "a click on a view leads there" a '─ tasks, ms ─.* whole run$' 0 '3 4 5 6'
point "its number does, too" a ' p99\.9 +[0-9.]+ ' 0 '2 3 Tasks'
point "a click on a cell of the heatmap is its cursor" a '─ latency, whole run ─.* of [0-9]+' 0 '▒▒'
point "1 again" a '─ throughput, req/s ─' 0 '1 2 Latency'
point "a row is chosen" a '▸ interview-qa' 0 'interview-qa  '
shows "as by a key" a '─ latency of interview-qa'
point "chosen again it is opened" a '─ interview-qa ─.* kept in all ─' 0 'interview-qa  '
point "Esc back is a place, too" a '─ throughput of interview-qa' 0 'Esc back'
point "a pane is focused, a bar chosen" a '^▸ +[0-9.]+ m?s │' 0 '│█'
point "the wheel moves in a list" a '▸ resume-analysis' 64 '▸ interview-qa'

passed() { [ "$(seconds a)" -ge 7 ]; }
check "time passes" eventually passed
point "the wheel over a graph goes back" a '^ the past; the load goes on' 64 '┤'
shows "into the past" a ' past 00:0[0-9], now '
point "and on, to now" a '^ live again' 65 '┤'
point "q quit asks" a '^ quit and stop the load\? y / n' 0 'q quit'
mouse a 0 10 10
shows "a click elsewhere is no answer" a '^ quit and stop the load\? y / n'
read -r x y <<<"$(place_of a 'y / n')"
mouse a 0 $((x + 4)) "$y"
shows "a click on n is" a 'q quit'

# ---- what a terminal may send besides ----

before=$(screen a | grep -Eo 'users +[0-9]+/[0-9]+')
for text in '[<0;1P' '[MPPP' '[<0;99999999999999999999;1M' '[<P' '[<;;;;;;;;;;;;;;;;P' '[<35;5;5M' '[<1;20;20M' '[<64;0;0M'; do
	tm send-keys -t "=a:" -l "$(printf '\033%s' "$text")"
done
key "garbage changes nothing" a '^ step 5' ']'
is "not the load, either" "$(screen a | grep -Eo 'users +[0-9]+/[0-9]+') $(screen a | grep -c 'load paused')" "$before 0"

# ---- given back ----

press a q y
ends "it ends" a 0
is "with the terminal in order" "$(terminal_state a)" "$TERMINAL_NORMAL"
close_screen a

open_screen j 100x30 bash --norc --noprofile -i
press j "PS1='ready> '" Enter
shows "a shell" j '^ready>'
press j "$BRUNT demo --no-record" Enter
shows "the dashboard in it" j ' p50 +[0-9.]+ .* ms$'
check "has the mouse" eventually has_mouse j
key "Ctrl-Z" j '^ready>' C-z
check "gives it back" eventually lost_mouse j
key "fg" j '^ users +2/2 ' fg Enter
check "takes it again" eventually has_mouse j
press j q y
shows "at the end" j '^books: planned'
check "it is gone" eventually lost_mouse j
close_screen j

for signal in INT:130 TERM:143 SEGV:139 ABRT:134; do
	open_screen a 80x24 "$BRUNT" demo --no-record
	shows "${signal%:*}: a dashboard" a 'q quit'
	check "${signal%:*}: with the mouse" eventually has_mouse a
	kill -"${signal%:*}" "$(pid_of a)"
	ends "${signal%:*}: it ends" a "${signal#*:}"
	is "${signal%:*}: the terminal is in order" "$(terminal_state a)" "$TERMINAL_NORMAL"
	close_screen a
done

# ---- a recording ----

open_screen a 120x40 "$BRUNT" replay "$run_file"
shows "a replay" a 'replay 1×'
press a Space
shows "paused" a ' paused '
read -r x y <<<"$(place_of a '├')"
mouse a 0 $((x + 2)) "$y"
shows "a click on the line of the run leads to its beginning" a ' paused 00:0[01] of '
mouse a 65 $((x + 2)) "$y"
shows "the wheel over it goes on by 5 s" a ' paused 00:0[56] of '
press a q
ends "the replay ends" a 0
close_screen a

# ---- the list of runs ----

for name in one two; do
	"$BRUNT" demo -n 20 --headless --label n=$name >"$E2E_TMP/$name.txt" 2>&1 || not_ok "run $name" "$(cat "$E2E_TMP/$name.txt")"
done
open_screen a 100x30 "$BRUNT" replay
shows "the list" a '▸ .* n=two '
check "has the mouse" eventually has_mouse a
point "a click chooses" a '▸ .* n=one ' 0 'n=one'
point "the wheel moves" a '▸ .* n=two ' 64 'n=one'
point "a click on what is chosen opens it" a 'replay 1×|paused|at the end' 0 'n=two'
key "back in the list" a '▸ .* n=two ' q
check "it still has the mouse" has_mouse a
press a q
ends "and ends" a 0
is "with the terminal in order" "$(terminal_state a)" "$TERMINAL_NORMAL"
close_screen a

# ---- switched off ----

exits "it can be switched off" 0 "$BRUNT" config mouse=off
matches "and that is said" "$OUTPUT" '^mouse = off$'
exits "only on or off" 2 "$BRUNT" config mouse=maybe
open_screen a 120x40 "$BRUNT" demo --no-record
shows "a dashboard without" a '^ users +2/2 closed .* ms$'
is "does not ask for it" "$(about a mouse_any_flag)" 0
mouse a 0 5 40
mouse a 64 20 10
key "and reports are no keys" a '^ step 5' ']'
is "of any kind" "$(screen a | grep -Eo 'users +[0-9]+/[0-9]+' | tr -s ' ')" "users 2/2"
press a q y
ends "it ends, too" a 0
close_screen a

finish
