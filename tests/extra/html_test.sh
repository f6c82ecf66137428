#!/bin/bash
# The HTML report in a browser: it draws, fits, has a dark side, and asks nobody for
# anything, whatever the names of a run are.
. "$(dirname "$0")/extra.sh"

start_serve --speed 50 --slots 4 --fail-rate 5% || exit 1
cat >"$E2E_TMP/s.json" <<-EOF
	{"name": "</title><script>alert(1)</script><img src=http://127.0.0.1:9/x>", "target": "$SERVE_URL",
	 "tasks": [
	  {"name": "<link rel=stylesheet href=http://127.0.0.1:9/y>", "api": "openai-chat", "model": "m", "turns": ["What is a queue?"]},
	  {"name": "a-name-without-a-single-blank-that-is-too-long-for-a-telephone", "request": {"path": "/nowhere"}}]}
EOF
"$BRUNT" "$E2E_TMP/s.json" --sweep 2,8 -z 30s --warmup 500ms --seed 1 --headless --slo 'p95<200ms' --metrics "$SERVE_URL" \
	--record "$E2E_TMP/run.brunt" >/dev/null
stop "$SERVE_PID"
# What a key does, and a replay: marks.
sqlite3 "$E2E_TMP/run.brunt" "INSERT INTO events (ord, at_sample, t_us, worker, what, value, text)
	SELECT (SELECT max(ord) FROM points) + 1000000 + value, (SELECT max(rowid) FROM samples), 1500000 * value, 0, 'mark', 1500000 * value,
	'<script>alert(' || value || ')</script>' FROM json_each('[1, 2]')"
exits "a report" 0 "$BRUNT" report "$E2E_TMP/run.brunt" --format html -o "$E2E_TMP/run.html"

# Where the kernel allows it the browser has no network at all, not even by mistake.
alone=()
unshare -rn true 2>/dev/null && alone=(unshare -rn sh -c 'ip link set lo up 2>/dev/null || ifconfig lo up; exec "$@"' sh)
"${alone[@]}" node "$HERE/html.js" "$(command -v chromium)" "$E2E_TMP/profile" "$E2E_TMP/run.html" >"$out" 2>"$E2E_TMP/browser.err" ||
	not_ok "the browser" "$(cat "$E2E_TMP/browser.err")"

is "no request but the page" "$(json '$.requests')" '[]'
is "no complaint, no dialog" "$(json '$.complaints')" '[]'
is "no script, image or link" "$(json '$.scripts')" 0
is "the title is text" "$(json '$.title')" "</title><script>alert(1)</script><img src=http://127.0.0.1:9/x> – brunt"
is "so is the heading" "$(json '$.heading')" "</title><script>alert(1)</script><img src=http://127.0.0.1:9/x>"
is "all charts have a size" "$(json '$.charts')" "$(grep -o '<svg ' "$E2E_TMP/run.html" | wc -l)"
# Five over time, response times, two of the server, phases, two over the load.
between "charts" "$(json '$.charts')" 11 11
between "lines that are drawn" "$(json '$.lines')" 12 24
between "phases" "$(json '$.phases')" 6 42
between "dots over the load" "$(json '$.dots')" 6 60
is "marks in the pictures over time" "$(json '$.marks')" 14
is "sections" "$(sqlite3 :memory: "SELECT group_concat(key, ', ') FROM json_each(readfile('$out'), '$.sections')")" \
	"Verdict, Service level objectives, The server, as it says itself, Phases, Scaling, Times, Tasks, Operating points, Marks, Errors, What a cache would do, brunt itself"
is "none is empty" "$(sqlite3 :memory: "SELECT count(*) FROM json_each(readfile('$out'), '$.sections') WHERE length(value) < length(key) + 20")" 0
says() { matches "$1 says" "$(sqlite3 :memory: "SELECT value FROM json_each(readfile('$out'), '$.sections') WHERE key = '$1'")" "$2"; }
"$BRUNT" report "$E2E_TMP/run.brunt" >"$E2E_TMP/run.txt"
words() { sed -nE "s/^$1 +//p" "$E2E_TMP/run.txt" | sed 's/[^[:alnum:] ,:]/./g; s/   */ . /g'; }
says "Verdict" "$(words verdict: | cut -c1-60)"
says "The server, as it says itself" "$(words server)"
says "Phases" "^all	p50	"
says "Scaling" "$(words scaling)"
says "Scaling" "$(words sweep | cut -c1-60)"
says "Marks" "^00:01 <script>alert\(1\)</script>$"
says "What a cache would do" "as it was	its own	0\.0 %"
between "bars" "$(json '$.bars')" 3 60
is "nothing is drawn beside its chart" "$(json '$.outside')" 0
between "rows of tables" "$(json '$.rows')" 8 40
matches "what is pointed at says its figures" "$(json '$.hover')" 'succeeded [0-9.]+ requests/s'
is "it fits a screen" "$(json '$.overflow')" 0
is "and a telephone" "$(json '$.overflow_narrow')" 0
is "light" "$(json '$.light')" "rgb(255, 255, 255) rgb(38, 44, 49)"
is "dark" "$(json '$.dark')" "rgb(16, 20, 23) rgb(201, 209, 214)"
is "it prints" "$(json '$.printed')" 1

finish
