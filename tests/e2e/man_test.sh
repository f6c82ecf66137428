#!/bin/bash
# The manual page against the program: what one has the other has too, and what
# the page shows as an example works.
. "$(dirname "$0")/lib.sh"

page=man/brunt.1

# ---- reading the page ----

section() { # NAME: its lines
	awk -v name="$1" '/^\.Sh /{on = $0 == ".Sh " name; next} on' "$page"
}

# The arguments of all such macros on standard input, also in the middle of a
# line (".It Ic + , Ic ="), one a line, punctuation left out.
arguments() { # MACRO
	awk -v macro="$1" '/^\./{
		on = 0
		for (i = 1; i <= NF; i++) {
			word = i == 1 ? substr($i, 2) : $i
			if (word ~ /^(Ar|Cm|Em|Ev|Fl|Ic|It|Li|No|Ns|Op|Pa|Po|Pq|Sx|Va|Xr)$/)
				on = word == macro
			else if (on && word !~ /^[.,;:()]+$/)
				print word
		}
	}' | sed 's/\\&//g; s/\\-/-/g'
}

# Text of a literal block as it is read; $2 counts the blocks from 1.
example() { # KIND [NUMBER]
	awk -v kind="$1" -v number="${2:-1}" '
		$0 == ".\\\" " kind " begin" {n++; on = n == number; next}
		$0 == ".\\\" " kind " end" {on = 0}
		on && !/^\./' "$page" | sed 's/\\-/-/g; s/\\e/\\/g'
}

lines() { # WORDS...: sorted, one a line
	printf '%s\n' "$@" | sort -u
}

same() { # NAME PAGE-LINES PROGRAM-LINES
	local found
	found=$(diff <(sort -u <<<"$2") <(sort -u <<<"$3"))
	if [ -n "$3" ] && [ -z "$found" ]; then
		ok "$1"
	else
		not_ok "$1" "< in the page only, > in the program only:" "${found:-nothing to compare}"
	fi
}

# ---- form ----

is "mandoc has no complaint" "$(mandoc -Tlint -W warning "$page" 2>&1)" ""
is "at most 80 columns" "$(mandoc -Tascii -O width=80 "$page" | col -bx | awk 'length > 80' | head -n 3)" ""

# ---- commands and options ----

commands=$("$BRUNT" --help | awk '/^Commands:/{on = 1; next} on && /^  [a-z]/{print $1}')
same "commands" "$(section COMMANDS | grep '^\.It' | arguments Cm)" "$commands"

# COMMAND|LETTER|NAME|DEFAULT a line.
help_options() { # COMMAND
	"$BRUNT" "$1" --help | awk -v command="$1" '
		function put() {
			if (name == "")
				return
			shown = ""
			if (match(text, /\[[^]]*\]$/))
				shown = substr(text, RSTART + 1, RLENGTH - 2)
			print command "|" letter "|" name "|" shown
			name = ""
		}
		/^  +(-[a-zA-Z], )?--/ {
			put()
			letter = $1 ~ /^-[a-zA-Z],$/ ? substr($1, 2, 1) : ""
			name = substr(letter == "" ? $1 : $2, 3)
			text = $0
			next
		}
		/^              *[^ ]/ && !/^  *--/ {sub(/^ +/, ""); text = text " " $0; next}
		{put()}
		END {put()}'
}

# The same of the page. A group says whose options it has; where it says so, the
# command before has the marked ones only: by its first letter, or by a star.
page_options=$(section OPTIONS | awk -v every="$(echo $commands)" '
	function put(  n, i) {
		if (name == "")
			return
		n = split(groups, of, " ")
		for (i = 1; i <= n; i++)
			if (!(of[i] in marked) || (marked[of[i]] == "*" ? star : index(letters, marked[of[i]])))
				print of[i] "|" letter "|" name "|" shown
		name = ""
	}
	/^\.Ss /{put(); groups = ""; split("", marked); intro = 1; next}
	/^\.Bl /{intro = 0}
	/^\.El/{put(); next}
	intro && /^\.Cm /{
		groups = groups " " $2
		if (fresh)
			first = seen + 1
		fresh = 0
		order[++seen] = last = $2
		if (/;$|\.$/)
			fresh = 1
	}
	intro && /^(has|have|those)/{fresh = 1}
	intro && /marked \*/{marked[last] = "*"}
	intro && /^(has|have) those marked|^those marked|^those with their letter/{
		for (i = first; i <= seen; i++)
			marked[order[i]] = substr(order[i], 1, 1)
	}
	intro && /^Every command/{groups = every}
	/^\.It Fl /{
		put()
		letter = $3 ~ /^-/ ? "" : $3
		name = substr(letter == "" ? $3 : $6, 2)
		star = / No \*$/
		letters = / No \[[a-z]+\]$/ ? $NF : ""
		shown = ""
		next
	}
	/^Default: /{shown = " "}
	shown != "" {line = $0; sub(/^(\.[A-Z][a-z]|Default:) /, "", line); shown = shown line " "}
')
program_options=$(for each in $commands; do help_options "$each"; done)
same "options, their letters and whose they are" "$(cut -d'|' -f1-3 <<<"$page_options")" \
	"$(cut -d'|' -f1-3 <<<"$program_options")"

while IFS='|' read -r command letter name default; do
	shown=$(grep "^$command|$letter|$name|" <<<"$page_options" | cut -d'|' -f4-)
	if [ -z "$default" ]; then
		is "brunt $command --$name: no default" "$shown" ""
	elif grep -Fq -e " $default." -e " $default " -e " $default," <<<"$shown"; then
		ok "brunt $command --$name: default $default"
	else
		not_ok "brunt $command --$name: default $default" "the page says: $shown"
	fi
done <<<"$program_options"

# A value that cannot be makes the program say what can.
ranged() { # COMMAND OPTION
	local range
	range=$("$BRUNT" "$1" "--$2=x" 2>&1 | sed -nE 's/.*expected ([0-9.]+) to ([0-9.e+]+)$/\1 to \2/p' | sed 's/1e+06/1000000/')
	[ -n "$range" ] || range="no range from brunt $1 --$2=x"
	matches "brunt $1 --$2: $range" "$(section OPTIONS | awk -v it="Fl -$2 " '/^\.It/{on = index($0, it)} on')" \
		"(^|[^0-9.])${range//./\\.}([^0-9]|$)"
}
for each in concurrency requests threads frames; do ranged run $each; done
for each in port slots speed batch-slowdown; do ranged serve $each; done
ranged replay speed

long=$(cut -d'|' -f3 <<<"$program_options" | sort -u)
named=$(grep -oE '(Fl -|\\-\\-)[a-z][a-z0-9]*(-[a-z]+)*' "$page" | sed -E 's/^(Fl -|\\-\\-)//' | sort -u)
is "no other option is named" "$(comm -13 <(echo "$long") <(echo "$named"))" ""

# ---- keys ----

keys_of() { # WHERE
	sed -nE 's/^\t\{.*, "([^"]+)", ACTION_[A-Z0-9_]+, '"$1"'\},$/\1/p' src/ui/keys.c
}
keys_in() { # SUBSECTION
	section KEYS | awk -v name="$1" '/^\.Ss /{on = $0 == ".Ss " name; next} on && /^\.It/' | arguments Ic
}
same "keys of both" "$(keys_in Everywhere)" "$(keys_of BOTH)"
same "keys of a live run" "$(keys_in 'Live run')" "$(keys_of LIVE)"
same "keys of a replay" "$(keys_in Replay)" "$(keys_of REPLAY)"
same "keys of the heatmap" "$(keys_in Heatmap)" "$(keys_of HEATMAP)"
same "keys of the list of runs" "$(keys_in 'List of runs')" \
	"$(sed -nE 's/^\t\{.*, "([^"]+)", RUNLIST_DO_[A-Z_]+\},$/\1/p' src/ui/runlist_keys.c)"
is "no key is overlooked" "$(for each in BOTH LIVE REPLAY HEATMAP; do keys_of $each; done | wc -l)" \
	"$(grep -cE '^\s\{.*ACTION_' <(grep -v ACTION_NONE src/ui/keys.c))"

# ---- lists ----

same "error classes" "$(section 'ERROR CLASSES' | grep -v '^\.Li dns' | arguments Li)" \
	"$(sed -nE 's/^\tX\([A-Z0-9_]+, "([a-z0-9_]+)", ".*/\1/p' include/metrics/record.h | grep -v '^none$')"
same "environment" "$(section ENVIRONMENT | arguments Ev)" \
	"$(lines LC_ALL LC_CTYPE LANG; grep -rhoE 'getenv\("[A-Z_]+"\)' src | cut -d'"' -f2)"
same "theme keys" "$(section THEMES | grep '^\.It' | arguments Li)" \
	"$(lines main_bg selected_bg; sed -nE "s/^\tX\([A-Z0-9]+, '.', \"([a-z_]+)\".*/\1/p" include/ui/role.h)"
for each in themes/*.theme; do
	name=$(basename "$each" .theme)
	matches "theme $name" "$(section THEMES | arguments Li)" "^$name\$"
done

# ---- scenario ----

page=man/brunt-scenario.5
is "mandoc has no complaint about the scenario's page" "$(mandoc -Tlint -W warning $page 2>&1)" ""
same "scenario keys" "$(grep -v '^\.It Li' $page | arguments Cm | tr -d '\\')" \
	"$(awk '/keys\[\] = \{/{on = 1} on; /NULL/{on = 0}' src/scenario/*.c | grep -oE '"[a-z_]+"' | tr -d '"'
	lines weight required)"
same "kinds of checks" "$(section CHECKS | arguments Ic)" \
	"$(sed -nE 's/^\t\[CHECK_[A-Z_]+\] = \{"([a-z_]+)".*/\1/p' src/scenario/check_compile.c)"
same "APIs" "$(section APIS | grep '^\.It Li' | arguments Li)" \
	"$(sed -nE 's/^\t\t\.name = "([a-z-]+)",/\1/p' src/http/api.c)"
mkdir "$E2E_TMP/page"
example scenario >"$E2E_TMP/page/scenario.json"
example questions >"$E2E_TMP/page/questions.csv"
exits "check accepts the scenario's page" 0 "$BRUNT" check "$E2E_TMP/page/scenario.json"
matches "and it is the page's three tasks" "$OUTPUT" 'ok: 3 tasks'
page=man/brunt.1
example scenario >"$E2E_TMP/example.json"
exits "check accepts the example" 0 "$BRUNT" check "$E2E_TMP/example.json"
matches "and it is the page's" "$OUTPUT" 'ok: 2 tasks'

# ---- run file and JSON of a run with errors ----

start_serve --speed 1000 --cache-ttl 60s || exit 1
run=$E2E_TMP/run.brunt json=$E2E_TMP/result.json
# Some streams, some errors.
sed "s#http://127.0.0.1:8080#$SERVE_URL#; s#/healthz#/nowhere#
	s#\"request\": {\"path\": \"/api/chat\".*#\"api\": \"openai-chat\", \"messages\": [{\"role\": \"user\", \"content\": \"hi\"}]},#" \
	"$E2E_TMP/example.json" >"$E2E_TMP/run.json"
exits "exit status 0" 0 "$BRUNT" "$E2E_TMP/run.json" -n 60 --warmup 0 --think 0 --headless --seed 1 \
	--label from=page --slo 'mean<60s' --record "$run" --json "$json"

ask() { # SQL
	sqlite3 -readonly -bail "$run" "$1" 2>&1
}
page=man/brunt-run.5
is "mandoc has no complaint about the run file's page" "$(mandoc -Tlint -W warning $page 2>&1)" ""
is "it has at most 80 columns" "$(mandoc -Tascii -O width=80 $page | col -bx | awk 'length > 80' | head -n 3)" ""
table() { # NAME: what the page says of it
	section TABLES | awk -v name="$1" '/^\.Ss /{on = $0 == ".Ss " name; next} on'
}
same "tables and columns" "$(section TABLES | arguments Va)" \
	"$(ask "SELECT name FROM sqlite_schema WHERE type = 'table' UNION
		SELECT c.name FROM sqlite_schema AS s, pragma_table_info(s.name) AS c WHERE s.type = 'table'")"
same "keys of the table run" \
	"$(table run | arguments Li)" \
	"$(lines pinned name note rate_rps arrival price_in price_out; ask 'SELECT key FROM run')"
for each in $(ask "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('states', 'seconds')"); do
	same "columns of $each" "$(table "$each" | arguments Va | grep -xFf <(ask "SELECT name FROM pragma_table_info('$each')"))" \
		"$(ask "SELECT name FROM pragma_table_info('$each') WHERE name NOT IN ('ord', 'at_sample')
			AND NOT (name = 't_us' AND '$each' <> 'points') AND NOT (name = 'worker' AND '$each' <> 'samples')")"
done
same "metrics of intervals" "$(table intervals | arguments Li)" \
	"$(sed -nE '/metric_name\[METRICS\]/,/};/s/^\t//p' src/record/intervals.c | grep -oE '[a-z_]+')"
for each in TASK HISTOGRAM TOTAL; do
	number=$(sed -nE "s/^#define INTERVALS_${each}_MIN //p" src/record/intervals.h)
	matches "intervals: $number values" "$(table intervals)" "fewer than ${number:-unknown} values"
done
same "phases and events" "$({ table points; table events; } | arguments Li)" \
	"$(lines note; sed -nE '/schema_phase_names/,/};/s/^\t//p' src/record/schema.c | grep -oE '[a-z]+' ;
	ask 'SELECT DISTINCT what FROM events'; grep -qE 'EVENT_KEY|EVENT_WINDOW|EVENT_MARK' src/cli/session.c && lines key window mark;
	grep -q EVENT_SWEEP src/cli/session.c && lines sweep; grep -q EVENT_TRIAL src/cli/session.c && lines trial)"

count=$(grep -c '^\.\\" sql begin' "$page")
for ((i = 1; i <= count; i++)); do
	sql=$(example sql $i)
	answer=$(ask "$sql")
	if [ $? -eq 0 ] && [ -n "$answer" ]; then
		ok "query $i"
	else
		not_ok "query $i" "$sql" "$answer"
	fi
done
[ "$count" -ge 12 ] && ok "there are queries" || not_ok "there are queries"
is "the p95 of the query is the result's" \
	"$(ask "SELECT abs(p95_ms - json_extract(readfile('$json'), '\$.tasks.chat.latency_ms.p95')) <= p95_ms / 1000 + 0.001
		FROM ($(example sql 1 | tr -d ';')) WHERE name = 'chat'")" 1
is "the answers of the query are all" \
	"$(ask "SELECT sum(answers) FROM ($(example sql 2 | tr -d ';'))")" 60
page=man/brunt.1

# Its metrics are scraped at the start, and half a second later.
"$BRUNT" "$E2E_TMP/run.json" -z 1s --warmup 0 --ui none --no-record --metrics "$SERVE_URL" --json "$E2E_TMP/scraped.json"
# Those of a knee and its fits, which a run of one level has not, and of marks and
# experiments, which keys make, are by name.
same "JSON keys" "$(section 'JSON RESULT' | arguments Li | grep -vxE 'pct|ok|client-bound|usage|events|pass|fail|inconclusive')" \
	"$(lines baseline n low high slope_ms r2 grows from to lambda sigma kappa peak name marks_left_out experiments axis ended_s found; sqlite3 :memory: "SELECT DISTINCT key FROM json_tree(readfile('$json'))
		WHERE typeof(key) = 'text' AND path NOT IN ('\$.tasks', '\$.run.label')
		UNION SELECT key FROM json_tree(readfile('$E2E_TMP/scraped.json'), '\$.server') WHERE typeof(key) = 'text'")"

# Whatever comes of it: half of it fails.
"$BRUNT" "$E2E_TMP/run.json" -n 60 --warmup 0 --think 0 --headless --record "$E2E_TMP/beside.brunt" --baseline "$run" \
	--json "$json" >/dev/null 2>&1
same "JSON keys of a comparison" "$(section METRICS |
	awk '/^\.Ss /{on = $0 == ".Ss Comparison"; next} on' | arguments Li | grep -vxE '[A-Z]+|definitions')" \
	"$(sqlite3 :memory: "SELECT DISTINCT key FROM json_tree(readfile('$json'), '\$.baseline')
		WHERE typeof(key) = 'text' AND key <> 'baseline'")"

# ---- exit status ----

is "exit statuses" "$(section 'EXIT STATUS' | sed -n 's/^\.It //p' | tr -d ',' | xargs)" "0 1 2 3 4 5 70 129 130 131 143"
exits "exit status 1" 1 "$BRUNT" "$SERVE_URL/nowhere" -n 5 --ui none --no-record
exits "exit status 2" 2 "$BRUNT" "$SERVE_URL/healthz" -n 0
"$BRUNT" "$SERVE_URL/healthz" -z 60s --headless --no-record >"$E2E_TMP/lines" 2>&1 &
quit=$!
E2E_PIDS+=("$quit")
until grep -q '00:01' "$E2E_TMP/lines" || ! kill -0 $quit 2>/dev/null; do sleep 0.05; done
stop $quit QUIT
is "SIGQUIT gives 131" $? 131
stop "$SERVE_PID"
is "serve gives 0 on a signal" $? 0

# ---- examples: --help as the last option reads all that come before ----

while read -r line; do
	# The words of the page are the shell's words.
	read -ra words <<<"$line"
	exits "example: brunt $line" 0 "$BRUNT" "${words[@]}" --help
done < <(section EXAMPLES | sed 's/\\-/-/g' |
	awk '/\\e$/{sub(/ *\\e$/, ""); printf "%s", $0; next} {print}' |
	sed -nE 's/^(\.Dl )?\$ brunt //; T; s/ \|\|.*//; s/ +/ /g; p')

finish
