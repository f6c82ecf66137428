#!/bin/bash
# A run file survives what happens to runs: kill -9 at any moment, a full disk, a folder
# that vanishes or that may not be written.
# CRASH_KILLS: how many runs are killed.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tmux.sh"

kills=${CRASH_KILLS:-10}
file=$E2E_TMP/run.brunt

ask() { # SQL: of $file
	sqlite3 -readonly -cmd '.timeout 2000' "$file" "$1" 2>/dev/null
}
records() { # that it does: the first commit is there
	[ "$(ask 'SELECT count(*) FROM points')" -gt 0 ]
}

start_serve --speed 1000 --slots 64 || exit 1
scenario=$E2E_TMP/scenario.json
# Users that do not think: some thousand requests a second.
sed "s#http://127.0.0.1:8080#$SERVE_URL#; /\"think\"/d" sample-runs/interview-coach.json >"$scenario"

# ---- kill -9 ----

# The run's own clock began at started_at; the kill is stamped just before it, so that the
# gap between the file's last record and that stamp is what was lost.
reach="max((SELECT max(t0_us + latency_us) FROM samples), (SELECT max(t_us) FROM gauges))"
started_us="(SELECT cast(round((julianday(value) - 2440587.5) * 86400000) AS INTEGER) * 1000 FROM run WHERE key = 'started_at')"

# What a worker counted as finished has been recorded by the gauge that says so, and what is
# recorded by a gauge has been counted as started by the next one.
books="SELECT count(*) FROM (SELECT at_sample, started - in_flight AS finished, started,
	lead(started) OVER (ORDER BY ord) AS later FROM gauges)
	WHERE at_sample < finished OR at_sample > later"
# Intervals of all seconds that have ended; each answer has but one identifier.
sums="SELECT (SELECT coalesce(sum(count), 0) FROM intervals WHERE level_s = 1 AND task IS NULL
		AND metric IN ('latency', 'failed_latency'))
	<> (SELECT count(*) FROM samples WHERE t0_us + latency_us < (SELECT $reach) / 1000000 * 1000000)"

# A moment within the first two seconds.
kill_one() { # sets gap_ms, samples and faults
	local run killed_us pause
	rm -f "$file"*
	"$BRUNT" "$scenario" -c 20 --think 0 -z 60s --headless --record "$file" >"$E2E_TMP/lines" 2>&1 &
	run=$!
	E2E_PIDS+=("$run")
	if ! eventually records; then
		faults="it does not record: $(cat "$E2E_TMP/lines")"
		stop $run KILL
		return
	fi
	printf -v pause '%d.%03d' $((RANDOM % 2)) $((RANDOM % 1000))
	sleep "$pause"
	killed_us=${EPOCHREALTIME/[.,]/}
	stop $run KILL
	faults=
	"$BRUNT" report "$file" >"$E2E_TMP/report" 2>&1 || faults+="report: $(cat "$E2E_TMP/report"); "
	grep -q '^the recording was cut off after ' "$E2E_TMP/report" || faults+='report does not say that it was cut off; '
	[ "$(ask 'PRAGMA integrity_check')" = ok ] || faults+='damaged; '
	[ "$(ask "$books")" = 0 ] || faults+="gauges against samples: $(ask "$books") rows; "
	[ "$(ask "$sums")" = 0 ] || faults+='intervals against samples; '
	[ "$(ask 'SELECT count(*) = count(DISTINCT seq) AND (SELECT count(*) FROM drops) = 0 FROM samples')" = 1 ] ||
		faults+='samples twice; '
	samples=$(ask 'SELECT count(*) FROM samples')
	gap_ms=$(ask "SELECT ($killed_us - $started_us - $reach) / 1000")
	[ "${gap_ms:-1001}" -le 1000 ] || faults+="it ends ${gap_ms:-?} ms before the kill; "
}

all_faults='' gaps=() total=0
for ((i = 1; i <= kills; i++)); do
	gap_ms='' samples=''
	kill_one
	[ -z "$faults" ] || all_faults+="kill $i after ${samples:-?} samples: $faults"$'\n'
	gaps+=("${gap_ms:-none}")
	total=$((total + ${samples:-0}))
done
is "$kills runs killed at random moments: each file opens, is whole, ends within 1 s of the kill" "$all_faults" ""
echo "# $total samples, ms lost: $(printf '%s\n' "${gaps[@]}" | sort -n | awk '{v[NR] = $1} END {print "median " v[int((NR + 1) / 2)] ", most " v[NR]}')"

# ---- a full disk ----

rm -f "$file"*
# shellcheck disable=SC2016
open_screen full 120x40 bash -c 'ulimit -f 1024; exec "$@"' - "$BRUNT" "$scenario" -c 200 --think 0 \
	--record "$file" --json "$E2E_TMP/full.json"
shows "the disk is full: the screen says so" full ' not recorded '
finished() { # so many answers are on the screen's count
	screen full | sed -nE 's/.* ([0-9]+) requests.*/\1/p' | head -n 1
}
moment=$(screen full | grep -Eo '[0-9]{2}:[0-9]{2}' | head -n 1)
clock_moves() {
	[ "$(screen full | grep -Eo '[0-9]{2}:[0-9]{2}' | head -n 1)" != "$moment" ]
}
check "and the run goes on" eventually clock_moves
shows "with its load" full ' [1-9][0-9.]*k? req/s '
key "q asks" full '^ quit and stop the load\? y' q
press full y
ends "exit 1" full 1
matches "the summary says so" "$(screen full)" '^recorded, incomplete: .*run\.brunt: '
is "the result is there" "$(sqlite3 :memory: "SELECT json_extract(readfile('$E2E_TMP/full.json'), '\$.run.exit_code')")" 1

# ---- a folder that vanishes ----

mkdir "$E2E_TMP/gone"
file=$E2E_TMP/gone/run.brunt
"$BRUNT" "$scenario" -c 4 --think 0 -z 3s --headless --record "$file" --json "$E2E_TMP/gone.json" >"$E2E_TMP/lines" 2>&1 &
run=$!
E2E_PIDS+=("$run")
check "a run is recorded into a folder" eventually records
rm -r "$E2E_TMP/gone"
wait $run
is "that vanishes: exit 1" $? 1
matches "the summary says so" "$(cat "$E2E_TMP/lines")" '^recorded, incomplete: .*/gone/run\.brunt: was moved or removed'
is "the run went on to its end" "$(sqlite3 :memory: "SELECT json_extract(readfile('$E2E_TMP/gone.json'), '\$.run.duration_s')")" 3.0
check "nothing came back in its place" test ! -e "$E2E_TMP/gone"

# ---- a read-only folder ----

if [ "$(id -u)" -eq 0 ]; then
	as_other() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
else
	as_other() { "$@"; }
fi
chmod 711 "$E2E_TMP"
cp "$BRUNT" "$E2E_TMP/brunt"
mkdir -m 555 "$E2E_TMP/fixed"
exits "a folder that may not be written: exit 2" 2 as_other "$E2E_TMP/brunt" "$SERVE_URL/healthz" -n 1 --headless \
	--record "$E2E_TMP/fixed/run.brunt"
is "one line says why" "$OUTPUT" "brunt: --record: $E2E_TMP/fixed/run.brunt: Permission denied"
exits "also where runs are kept by themselves" 2 as_other env XDG_STATE_HOME="$E2E_TMP/fixed" "$E2E_TMP/brunt" \
	"$SERVE_URL/healthz" -n 1 --headless
matches "and what does without" "$OUTPUT" '^brunt: .*--no-record does without.*Permission denied'

finish
