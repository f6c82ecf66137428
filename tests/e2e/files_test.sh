#!/bin/bash
# Recordings among other files: none is written over, none is taken for something else.
. "$(dirname "$0")/lib.sh"

export XDG_STATE_HOME=$E2E_TMP/state
runs=$XDG_STATE_HOME/brunt/runs
a=$E2E_TMP/a.brunt odd=$E2E_TMP/odd.txt
start_serve --speed 100 || exit 1
served() {
	local host=${SERVE_URL#http://}
	exec 3<>"/dev/tcp/${host%:*}/${host#*:}"
	printf 'GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' >&3
	grep -a '^brunt_serve_requests_total{path="/healthz"' <&3
}
same() { # NAME: a.brunt and odd.txt are as they were
	is "$1" "$(cksum <"$a") $(cksum <"$odd")" "$before"
}

"$BRUNT" "$SERVE_URL/healthz" -n 20 -c 2 --headless --seed 3 --record "$a" >/dev/null || exit 1
cp "$a" "$odd"
before="$(cksum <"$a") $(cksum <"$odd")"

# ---- written over ----

refuses() { # NAME FLAG ARGS...
	exits "$1" 2 "$BRUNT" "${@:3}"
	matches "$1: said" "$OUTPUT" "^brunt: $2: .*(a\\.brunt|odd\\.txt): is a recording, .*expected another file"
	same "$1: it is as it was"
}
refuses "a report into its own run" --output report "$a" -o "$a"
refuses "a report into another run, of any name" --output report "$a" --format csv -o "$odd"
refuses "a comparison" --output compare "$a" "$a" -o "$odd"
asked=$(served)
refuses "the JSON of a run" --json "$SERVE_URL/healthz" -n 5 --headless --no-record --json "$odd"
ln -s "$odd" "$E2E_TMP/link"
exits "by a link, too" 2 "$BRUNT" report "$a" -o "$E2E_TMP/link"
same "that changes neither"
exits "a run into its baseline" 2 "$BRUNT" "$SERVE_URL/healthz" -n 5 --headless --baseline "$a" --record "$a"
is "is said" "$(tail -n 1 <<<"$OUTPUT")" "brunt: --record: $a is the baseline; expected another file"
same "which stays"
ln "$a" "$E2E_TMP/hard.brunt"
exits "a run into what it is driven from" 2 "$BRUNT" --from "$a" --headless --record "$E2E_TMP/hard.brunt"
is "is said, under another name, too" "$OUTPUT" "brunt: --record: $E2E_TMP/hard.brunt is what --from reads; expected another file"
same "and stays as well"
is "nothing was sent for any of it" "$(served)" "$asked"
echo old >"$E2E_TMP/old.txt"
exits "another file is written over" 0 "$BRUNT" report "$a" -o "$E2E_TMP/old.txt"
matches "by the report" "$(cat "$E2E_TMP/old.txt")" '^requests +20 '
exits "an older recording is replaced by one" 0 "$BRUNT" "$SERVE_URL/healthz" -n 5 --headless --record "$odd"

# ---- nothing to read ----

exits "a folder is no run" 2 "$BRUNT" report "$E2E_TMP"
matches "and that is said" "$OUTPUT" 'is a directory; expected a brunt run file$'
: >"$E2E_TMP/empty.brunt"
exits "nor an empty file" 2 "$BRUNT" report "$E2E_TMP/empty.brunt"
matches "which is said as well" "$OUTPUT" 'empty\.brunt: is empty, and not a brunt run file$'

# ---- taken for a scenario ----

says="$odd: is a recording; expected a SCENARIO.json (brunt report shows what is in a recording, brunt --from RUN drives its load again)"
exits "a recording is no scenario" 2 "$BRUNT" check "$odd"
is "and that is said" "$OUTPUT" "$says"
exits "nor something to run" 2 "$BRUNT" "$odd" -n 5 --headless
is "which is said, too" "$OUTPUT" "brunt: $says"

# ---- more files open than there may be ----

files() { # LIMIT ARGS...
	bash -c 'ulimit -n "$1"; shift; exec "$@"' - "$1" "$BRUNT" "$SERVE_URL/healthz" -n 5 --headless --no-record "${@:2}"
}
exits "no room for one user" 2 files 64 -c 1
is "is said of one" "$OUTPUT" "brunt: --concurrency: 1 user needs more than the 64 open files allowed here; raise ulimit -n"
exits "nor with fewer than brunt itself needs" 2 files 40 -c 1
is "where it is the same" "$OUTPUT" "brunt: --concurrency: 1 user needs more than the 40 open files allowed here; raise ulimit -n"
exits "some room" 2 files 70 -c 9
is "is said in users" "$OUTPUT" "brunt: --concurrency: 9 users need more than the 70 open files allowed here (ulimit -n); at most 6"

# ---- runs of one second and seed ----

for ((i = 0; i < 4; i++)); do
	"$BRUNT" "$SERVE_URL/healthz" -n 20 -c 2 --headless --seed 7 >"$E2E_TMP/out.$i" 2>&1 &
	pid[i]=$!
done
failed=0
for ((i = 0; i < 4; i++)); do
	wait "${pid[i]}" || failed=$((failed + 1))
done
is "all run" "$failed" 0
is "all are recorded" "$(sed -n 's/^recorded: //p' "$E2E_TMP"/out.? | sort)" "$(ls "$runs"/*.brunt | sort)"
is "each by itself" "$(ls "$runs"/*.brunt | wc -l)" 4
is "with all that was sent" "$(for f in "$runs"/*.brunt; do sqlite3 "$f" 'select count(*) from samples'; done | sort -u)" 20

# ---- by a part of the name ----

first=$(ls -t "$runs" | sed -n 1p)
exits "a part that several have" 2 "$BRUNT" report "${first%%-*}"
matches "is refused" "$OUTPUT" "^brunt: ${first%%-*}: the files of 4 runs begin so, .* among them; expected more of the name\$"
exits "the whole name without the folder" 0 "$BRUNT" report "${first%.brunt}"
mv "$runs/$first" "$runs/20200101-000000-x-00000000.brunt"
exits "a part that one has" 0 "$BRUNT" replay 2020 --ui plain
matches "is that run" "$OUTPUT" '^requests +20 '

finish
