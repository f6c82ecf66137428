# Terminals for the end-to-end tests: a tmux server of our own with a session a
# terminal. To be sourced after lib.sh. A terminal stays when its command has
# ended, so that what is left on it can be read.

unset TMUX NO_COLOR COLORTERM
export TMUX_TMPDIR=$E2E_TMP
export XDG_STATE_HOME=$E2E_TMP/state XDG_CONFIG_HOME=$E2E_TMP/config

tm() {
	tmux -L "brunt-e2e-$$" -f /dev/null "$@"
}

screens_end() {
	local code=$? file
	kill -CONT "$TMUX_SERVER" 2>/dev/null
	tm kill-server 2>/dev/null
	for file in "$E2E_TMP"/screen.*.pid; do
		[ ! -e "$file" ] || end_command "$(cat "$file")"
	done
	(exit $code)
	e2e_end
}
trap screens_end EXIT

# The server lives as long as its first session.
tm new-session -d -s base 'exec cat' \; set -s escape-time 0 \; set -g status off \; \
	set -g default-terminal tmux-256color || exit 1
TMUX_SERVER=$(tm display-message -p '#{pid}')

# Losing its terminal has to end a command, and soon; nothing may stay behind.
end_command() { # PID
	eventually is_gone "$1" || kill -KILL "$1"
}

# A terminal of COLUMNSxROWS that runs a command.
open_screen() { # NAME COLUMNSxROWS COMMAND...
	local name=$1 size=$2
	shift 2
	[ ! -e "$E2E_TMP/screen.$name.pid" ] || end_command "$(pid_of "$name")"
	rm -f "$E2E_TMP/screen.$name".*
	# The traps keep the shell, not the command: that one has them reset.
	# shellcheck disable=SC2016
	tm new-session -d -s "$name" -x "${size%x*}" -y "${size#*x}" "$(printf '%q ' \
		bash -c 'ulimit -c 0
			trap : HUP INT QUIT TERM
			(echo $BASHPID >"$0.pid"; exec "$@") 2>&1
			code=$?
			stty -a >"$0.stty" 2>/dev/null
			echo $code >"$0.new" && mv "$0.new" "$0.code"
			[ ! -t 0 ] || exec sleep 600' "$E2E_TMP/screen.$name" "$@")"
}

# Takes the terminal away, whatever runs in it.
close_screen() { # NAME
	tm kill-session -t "=$1"
}

screen() { # NAME [FLAGS OF capture-pane]
	tm capture-pane -p -t "=$1:" "${@:2}"
}

# A tmux format of it: alternate_on, cursor_flag, …
about() { # NAME FORMAT-NAME
	tm display-message -p -t "=$1:" "#{$2}"
}

# Keys as tmux names them: q, Space, C-z, Left.
press() { # NAME KEY...
	tm send-keys -t "=$1:" "${@:2}"
}

# Where TEXT begins on the screen: column and row, from 1.
place_of() { # NAME TEXT
	local line row=0
	while IFS= read -r line; do
		row=$((row + 1))
		[[ $line != *"$2"* ]] || { line=${line%%"$2"*} && echo "$((${#line} + 1)) $row" && return; }
	done <<<"$(screen "$1")"
	return 1
}

# What a terminal sends for a mouse: BUTTON 0 is the left one, 64 and 65 are the wheel.
mouse() { # NAME BUTTON COLUMN ROW
	tm send-keys -t "=$1:" -l "$(printf '\033[<%d;%d;%dM' "${@:2}")"
	[ "$2" -ge 64 ] || tm send-keys -t "=$1:" -l "$(printf '\033[<%d;%d;%dm' "${@:2}")"
}

# Presses a button on TEXT and passes as soon as a line of the screen matches.
point() { # TEST NAME EXTENDED-REGEX BUTTON TEXT
	local at
	eventually place_of "$2" "$5"
	if at=$(place_of "$2" "$5"); then
		# shellcheck disable=SC2086
		mouse "$2" "$4" $at
		shows "$1" "$2" "$3"
	else
		not_ok "$1" "not on the screen: $5" "$(screen "$2")"
	fi
}

resize() { # NAME COLUMNSxROWS
	tm resize-window -t "=$1:" -x "${2%x*}" -y "${2#*x}"
}

pid_of() { # NAME
	cat "$E2E_TMP/screen.$1.pid"
}

is_gone() { # PID
	! kill -0 "$1"
}

# Waits until a command succeeds; fails after 10 s.
eventually() { # COMMAND...
	local end=$((SECONDS + 10))
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.03
	done
}

has() { # NAME EXTENDED-REGEX: a line of the screen, as it is now
	grep -Eq -e "$2" <<<"$(screen "$1")"
}

lacks() { # NAME EXTENDED-REGEX
	! has "$@"
}

has_ended() { # NAME
	[ -e "$E2E_TMP/screen.$1.code" ]
}

# Passes as soon as a line of the screen matches.
shows() { # TEST NAME EXTENDED-REGEX
	if eventually has "$2" "$3"; then
		ok "$1"
	else
		not_ok "$1" "no match in 10 s: $3" "$(screen "$2")"
	fi
}

# Presses keys and passes as soon as a line of the screen matches.
key() { # TEST NAME EXTENDED-REGEX KEY...
	press "$2" "${@:4}"
	shows "$1" "$2" "$3"
}

# Passes when the terminal's command ends with just this code.
ends() { # TEST NAME CODE
	if eventually has_ended "$2"; then
		is "$1" "$(cat "$E2E_TMP/screen.$2.code")" "$3"
	else
		not_ok "$1" "still running after 10 s" "$(screen "$2")"
	fi
}

# What an ended command has to leave behind: the normal screen with a cursor,
# lines and echo, and the mouse to the terminal.
terminal_state() { # NAME
	local stty
	stty=$(tr ' ;' '\n\n' <"$E2E_TMP/screen.$1.stty")
	echo "alternate $(about "$1" alternate_on), cursor $(about "$1" cursor_flag)," \
		"$(grep -Ex -e '-?icanon' <<<"$stty")" "$(grep -Ex -e '-?echo' <<<"$stty")" \
		"$(grep -Ex -e '-?isig' <<<"$stty")" "$(grep -Ex -e '-?onlcr' <<<"$stty")" \
		"keypad $(about "$1" keypad_cursor_flag)$(about "$1" keypad_flag)," \
		"mouse $(about "$1" mouse_any_flag)"
}
TERMINAL_NORMAL='alternate 0, cursor 1, icanon echo isig onlcr keypad 00, mouse 0'
