# Terminals for the end-to-end tests: a tmux server of our own with a session a
# terminal. To be sourced after lib.sh. A terminal stays when its command has
# ended, so that what is left on it can be read.

unset TMUX NO_COLOR COLORTERM
export XDG_STATE_HOME=$E2E_TMP/state XDG_CONFIG_HOME=$E2E_TMP/config

tm() {
	tmux -L "brunt-e2e-$$" -f /dev/null "$@"
}

screens_end() {
	local code=$?
	tm kill-server 2>/dev/null
	(exit $code)
	e2e_end
}
trap screens_end EXIT

# The server lives as long as its first session.
tm new-session -d -s base 'exec cat' \; set -s escape-time 0 \; set -g status off \; \
	set -g remain-on-exit on \; set -g remain-on-exit-format '' \; \
	set -g default-terminal tmux-256color || exit 1

# A terminal of COLUMNSxROWS that runs a command.
open_screen() { # NAME COLUMNSxROWS COMMAND...
	local name=$1 size=$2
	shift 2
	tm new-session -d -s "$name" -x "${size%x*}" -y "${size#*x}" "$(printf '%q ' "$@")"
}

close_screen() { # NAME
	tm kill-session -t "=$1"
}

screen() { # NAME [FLAGS OF capture-pane]
	tm capture-pane -p -t "=$1:" "${@:2}"
}

# A tmux format of it: alternate_on, cursor_flag, pane_dead, …
about() { # NAME FORMAT-NAME
	tm display-message -p -t "=$1:" "#{$2}"
}

# Keys as tmux names them: q, Space, C-z, Left.
press() { # NAME KEY...
	tm send-keys -t "=$1:" "${@:2}"
}

resize() { # NAME COLUMNSxROWS
	tm resize-window -t "=$1:" -x "${2%x*}" -y "${2#*x}"
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

# The signal that ended it, or the exit code; nothing while it runs.
ended_with() { # NAME
	tm display-message -p -t "=$1:" '#{?pane_dead,#{pane_dead_signal}#{pane_dead_status},}'
}

is_dead() { # NAME
	[ -n "$(ended_with "$1")" ]
}

# Passes as soon as a line of the screen matches.
shows() { # TEST NAME EXTENDED-REGEX
	if eventually has "$2" "$3"; then
		ok "$1"
	else
		not_ok "$1" "no match in 10 s: $3" "$(screen "$2")"
	fi
}

# Passes when the terminal's command ends with just this code.
ends() { # TEST NAME CODE
	if eventually is_dead "$2"; then
		is "$1" "$(ended_with "$2")" "$3"
	else
		not_ok "$1" "still running after 10 s" "$(screen "$2")"
	fi
}

# Presses keys and passes as soon as a line of the screen matches.
key() { # TEST NAME EXTENDED-REGEX KEY...
	press "$2" "${@:4}"
	shows "$1" "$2" "$3"
}
