#!/bin/bash
# What ends a dashboard from outside: signals, crashes, a terminal that vanishes
# or is not read. The terminal has to be left in order and the result written.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tmux.sh"

json() { # FILE PATH: a value of a JSON file
	sqlite3 :memory: "select json_extract(readfile('$1'), '$2')"
}
out=$E2E_TMP/out.json
run_file=$E2E_TMP/a.brunt

# A dashboard that has begun to show numbers.
start() { # NAME FLAGS OF demo...
	local name=$1
	shift
	rm -f "$out" "$run_file"*
	open_screen "$name" 80x24 "$BRUNT" demo --json "$out" --record "$run_file" "$@"
	eventually has "$name" ' in flight|p50' && eventually has "$name" 'q quit' ||
		not_ok "$name: the dashboard did not come" "$(screen "$name")"
}
in_flight() { # NAME COUNT
	resize "$1" 120x24
	shows "$1: $2 requests run" "$1" "in flight +$2 "
}
written() { # FILE: the result is complete
	[ -s "$1" ] && json "$1" '$.audit.started'
}

# ---- signals ----

for signal in TERM:143 HUP:129 INT:130 QUIT:131; do
	name=SIG${signal%:*}
	start "$name"
	kill -"${signal%:*}" "$(pid_of "$name")"
	ends "$name gives ${signal#*:}" "$name" "${signal#*:}"
	is "$name: the terminal is in order" "$(terminal_state "$name")" "$TERMINAL_NORMAL"
	is "$name: the result is written" "$(json "$out" '$.run.exit_code'), partial $(json "$out" '$.run.partial')" "${signal#*:}, partial 1"
	shows "$name: the summary is printed" "$name" '^books: planned'
	shows "$name: and why it ended" "$name" '^ended early: (stopped by a signal|interrupted)'
	is "$name: the run file is closed" "$(ls "$run_file"*) $(sqlite3 "$run_file" "select value from run where key = 'partial'")" "$run_file 1"
	close_screen "$name"
done

start drain --speed 1 -c 4
in_flight drain 4
key "Ctrl-C waits for running requests" drain '^ waiting for running requests; Ctrl-C again ends at once' C-c
ends "then it ends" drain 130
is "and nothing was cut off" "$(json "$out" '$.audit.censored'), partial $(json "$out" '$.run.partial')" "0, partial 1"
is "the terminal is in order" "$(terminal_state drain)" "$TERMINAL_NORMAL"
close_screen drain

start twice --speed 0.05 -c 4
in_flight twice 4
key "the first Ctrl-C waits" twice '^ waiting for running requests' C-c
press twice C-c
ends "the second ends at once" twice 130
is "what ran is in the result, as cut off" "$(json "$out" '$.audit.censored')" 4
is "the terminal is in order after both" "$(terminal_state twice)" "$TERMINAL_NORMAL"
close_screen twice

start stopped
kill -STOP "$(pid_of stopped)"
kill -CONT "$(pid_of stopped)"
key "it goes on after STOP and CONT" stopped '^ users +3/3 ' +
press stopped q y
ends "and ends as ever" stopped 0
close_screen stopped

open_screen j 100x30 bash --norc --noprofile -i
press j "PS1='ready> '" Enter
shows "a shell" j '^ready>'
press j "sh -c '$BRUNT demo --no-record; echo after \$?'" Enter
shows "a program runs the dashboard" j ' p50 +[0-9.]+ .* ms$'
key "Ctrl-Z gets past it" j '^ready>$' C-z
key "fg comes back" j '^ users +2/2 ' fg Enter
key "keys work" j 'users +3/3 ' +
kill -TSTP "$(sed 's/ .*//' "/proc/$(sed 's/ .*//' "/proc/$(pid_of j)/task/$(pid_of j)/children")/task/"*/children)"
shows "SIGTSTP suspends" j '^ready>$'
is "on the normal screen" "$(about j alternate_on), cursor $(about j cursor_flag)" "0, cursor 1"
key "fg comes back from that" j '^ users +3/3 ' fg Enter
press j q y
shows "the program goes on" j '^after 0$'
close_screen j

# ---- crashes ----

for signal in SEGV:139:Segmentation ABRT:134:Aborted; do
	IFS=: read -r signal code word <<<"$signal"
	start "$signal"
	kill -"$signal" "$(pid_of "$signal")"
	ends "$signal: $code" "$signal" "$code"
	is "$signal: the terminal is in order" "$(terminal_state "$signal")" "$TERMINAL_NORMAL"
	shows "$signal: that very signal ended it" "$signal" "$word"
	is "$signal: nothing of the dashboard is left" "$(screen "$signal" | grep -c 'q quit')" 0
	check "$signal: the run file opens" "$BRUNT" report "$run_file"
	close_screen "$signal"
done

# ---- a terminal that vanishes ----

vanishes() { # HOW FLAGS... : after `start gone`
	local pid
	pid=$(pid_of gone)
	check "$1: it was there" kill -0 "$pid"
	"${@:2}"
	check "$1: the process ends" eventually is_gone "$pid"
	is "$1: the result is written" "$(json "$out" '$.run.exit_code'), partial $(json "$out" '$.run.partial')" "129, partial 1"
	[ "$(json "$out" '$.audit.started')" -gt 0 ] && ok "$1: with numbers" || not_ok "$1: with numbers"
}
start gone
vanishes "terminal closed" close_screen gone
# In a session of its own no SIGHUP comes: only the line says it.
rm -f "$out"
open_screen gone 80x24 setsid "$BRUNT" demo --no-record --json "$out"
shows "without a controlling terminal" gone ' p50 +[0-9.]+'
vanishes "terminal closed without SIGHUP" close_screen gone

# ---- a terminal that is not read ----

start held -z 3s
press held C-s
ends "Ctrl-S does not stop the end" held 0
is "nor the load" "$(json "$out" '$.run.duration_s'), $(($(json "$out" '$.audit.started') > 20))" "3.0, 1"
is "Ctrl-S: the terminal is in order" "$(terminal_state held)" "$TERMINAL_NORMAL"
shows "Ctrl-S: the summary is there" held '^books: planned'
close_screen held

nobody_reads() { # PID
	local i
	kill -STOP "$TMUX_SERVER"
	# Whole screens, until nothing more fits into the pipe between.
	for ((i = 0; i < 40; i++)); do
		kill -WINCH "$1"
		sleep 0.02
	done
}
start unread -z 3s
nobody_reads "$(pid_of unread)"
check "nobody reads: the run ends all the same" eventually written "$out"
kill -CONT "$TMUX_SERVER"
is "after its 3 s" "$(json "$out" '$.run.duration_s'), $(($(json "$out" '$.audit.started') > 20))" "3.0, 1"
ends "read again: it ends" unread 0
is "nobody read: the terminal is in order" "$(terminal_state unread)" "$TERMINAL_NORMAL"
shows "nobody read: the summary is there" unread '^books: planned'
close_screen unread

start unread
pid=$(pid_of unread)
nobody_reads "$pid"
kill -TERM "$pid"
check "nobody reads: SIGTERM ends it" eventually is_gone "$pid"
kill -CONT "$TMUX_SERVER"
is "with its result" "$(json "$out" '$.run.exit_code'), partial $(json "$out" '$.run.partial')" "143, partial 1"
close_screen unread

# ---- terminals of other kinds ----

open_screen kind 80x24 env TERM=vt100 "$BRUNT" demo --no-record --frames 30
shows "TERM=vt100" kind ' p50 +[0-9.]+'
ends "TERM=vt100 ends" kind 0
is "TERM=vt100: the terminal is in order" "$(terminal_state kind)" "$TERMINAL_NORMAL"
close_screen kind
for term in dumb no-such-terminal ''; do
	open_screen kind 80x24 env TERM="$term" "$BRUNT" demo --no-record
	ends "TERM='$term' is refused" kind 2
	shows "TERM='$term': says why" kind '^brunt: .*TERM'
	matches "TERM='$term': and what else there is" "$(screen kind -J)" '--headless prints a line'
	is "TERM='$term': the terminal is in order" "$(terminal_state kind)" "$TERMINAL_NORMAL"
	close_screen kind
done

# ---- the terminal program is killed ----

start gone
vanishes "terminal program killed" kill -KILL "$TMUX_SERVER"

finish
