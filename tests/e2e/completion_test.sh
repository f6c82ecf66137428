#!/bin/bash
# Completions in real shells, from scripts that brunt writes itself. A shell that
# is not installed is left out and said.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tmux.sh"

BRUNT=$(realpath "$BRUNT")
bin=$E2E_TMP/bin
mkdir -p "$bin" "$XDG_STATE_HOME"
ln -s "$BRUNT" "$bin/brunt"
PATH=$bin:$PATH
cd "$E2E_TMP" || exit 1
: >scenario.json

for shell in bash zsh fish; do
	brunt completion $shell >brunt.$shell
done

# ---- a word that is none ----

exits "a shell that is none" 2 brunt completion bsh
is "the shell that was meant" "$OUTPUT" 'brunt: "bsh" is unknown; did you mean "bash"?'
exits "a topic that is none" 2 brunt help metrisc
is "the topic that was meant" "$OUTPUT" 'brunt: help: there is no topic "metrisc"; did you mean "metrics"?'
exits "help of a command that is none" 2 brunt help relpay
is "the command that was meant" "$OUTPUT" 'brunt: help: there is no topic "relpay"; did you mean "replay"?'
exits "nothing is near" 2 brunt help quux
is "where to look then" "$OUTPUT" 'brunt: help: there is no topic "quux"; brunt help lists them'

# ---- bash ----

in_bash() { # WORDS...: what Tab offers for the last one
	bash --norc -c 'source ./brunt.bash; compopt() { :; }
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_brunt; printf "%s\n" "${COMPREPLY[@]}"' bash "$@"
}
has() { # NAME WORD TEXT
	if grep -qxF -- "$2" <<<"$3"; then ok "$1"; else not_ok "$1" "no $2 in:" "$3"; fi
}
hasnt() { # NAME WORD TEXT
	if grep -qxF -- "$2" <<<"$3"; then not_ok "$1" "$2 is in:" "$3"; else ok "$1"; fi
}

is "bash: a command" "$(in_bash brunt repl)" "replay"
has "bash: a file beside the commands" "scenario.json" "$(in_bash brunt sc)"
is "bash: an option of run" "$(in_bash brunt --conc)" "--concurrency"
is "bash: an option of a command" "$(in_bash brunt report --f)" "--format"
is "bash: not one of another" "$(in_bash brunt report --conc)" ""
is "bash: words of a choice" "$(in_bash brunt report --format v)" "vllm"
is "bash: behind =" "$(in_bash brunt report --format = v)" "vllm"
is "bash: an API" "$(in_bash brunt run --api oll)" "ollama-chat"
has "bash: themes" "mono" "$(in_bash brunt --theme m)"
is "bash: a topic" "$(in_bash brunt help metr)" "metrics"

start_serve --speed 1000 || exit 1
brunt run "$SERVE_URL/healthz" -n 1 --ui none
sqlite3 "$(find "$XDG_STATE_HOME" -name '*.brunt')" "insert or replace into run values ('name', 'night build')"
is "the names of runs" "$(brunt completion runs)" "latest
night build"
has "bash: a run's name, quoted" 'night\ build' "$(in_bash brunt replay ni)"
has "bash: latest, behind an option" "latest" "$(in_bash brunt run --baseline la)"

# ---- fish ----

if command -v fish >/dev/null; then
	in_fish() { # LINE
		HOME=$E2E_TMP fish --no-config -c "source brunt.fish; complete -C '$1'" | cut -f 1
	}
	is "fish: a command" "$(in_fish 'brunt repl')" "replay"
	has "fish: an option" "--concurrency" "$(in_fish 'brunt --conc')"
	has "fish: words of a choice" "vllm" "$(in_fish 'brunt report --format v')"
	hasnt "fish: not an option of another command" "--concurrency" "$(in_fish 'brunt report --c')"
	has "fish: a run's name" "night build" "$(in_fish 'brunt replay ni')"
	has "fish: a file" "scenario.json" "$(in_fish 'brunt sc')"
	has "fish: a topic" "metrics" "$(in_fish 'brunt help m')"
else
	echo "fish is not installed: left out" >&2
fi

# ---- zsh: on a terminal, where a lone match is completed in place ----

if command -v zsh >/dev/null; then
	tm new-session -d -s zsh -x 100 -y 30 "env PS1='> ' zsh -f -i"
	tm send-keys -t zsh "autoload -U compinit; compinit -u -D; source ./brunt.zsh; print rea''dy" Enter
	z_shows() { # REGEX: within ten seconds
		for ((i = 0; i < 200; i++)); do
			tm capture-pane -p -t zsh | grep -q -- "$1" && return
			sleep 0.05
		done
		tm capture-pane -p -t zsh
		return 1
	}
	in_zsh() { # NAME TYPED REGEX
		tm send-keys -t zsh C-u C-l
		tm send-keys -t zsh -l "$2"
		tm send-keys -t zsh Tab
		check "$1" z_shows "$3"
	}
	check "zsh: reads the script" z_shows '^ready'
	in_zsh "zsh: a command" "brunt repl" '^> brunt replay'
	in_zsh "zsh: an option" "brunt --conc" '^> brunt --concurrency'
	in_zsh "zsh: words of a choice" "brunt report --format v" '^> brunt report --format vllm'
	in_zsh "zsh: behind =" "brunt report --format=v" '^> brunt report --format=vllm'
	in_zsh "zsh: a run's name" "brunt replay ni" '^> brunt replay night\\ build'
	in_zsh "zsh: a file" "brunt sc" '^> brunt scenario.json'
	in_zsh "zsh: a topic" "brunt help metr" '^> brunt help metrics'
	tm kill-session -t zsh
else
	echo "zsh is not installed: left out" >&2
fi

finish
