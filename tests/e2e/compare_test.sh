#!/usr/bin/env bash
# Two saved runs side by side.
. "$(dirname "$0")/lib.sh"

out=$E2E_TMP/out.json
json() { sqlite3 :memory: "select json_extract(readfile('$out'), '$1')"; }
verdict() { # METRIC
	sqlite3 :memory: "select value ->> 'verdict' from json_each(readfile('$out'), '\$.rows')
		where value ->> 'metric' = '$1' and value ->> 'task' is null"
}
record() { # FILE FLAGS...
	"$BRUNT" "$SERVE_URL/api/chat" -m POST -d '{"message": "hi"}' --headless --record "$1" "${@:2}" >/dev/null 2>&1
}

start_serve --speed 40 --slots 8 || exit 1
record "$E2E_TMP/a.brunt" -c 6 -n 600
record "$E2E_TMP/open.brunt" -q 50 -z 1s
stop "$SERVE_PID"
# Four times as slow: no noise hides that.
start_serve --speed 10 --slots 8 || exit 1
record "$E2E_TMP/slow.brunt" -c 6 -n 300

exits "a run beside itself" 0 "$BRUNT" compare "$E2E_TMP/a.brunt" "$E2E_TMP/a.brunt"
matches "is the same" "$OUTPUT" '^p50 .* 1\.000 .*SAME$'
matches "nothing is worse" "$OUTPUT" '^B: 0 better, 0 worse,'
exits "a slower one is worse" 4 "$BRUNT" compare "$E2E_TMP/a.brunt" "$E2E_TMP/slow.brunt" --format json -o "$out"
is "its p50" "$(verdict p50)" WORSE
is "its throughput" "$(verdict throughput)" WORSE
is "it says so" "$(json '$.worse')" 1
exits "the other way round it is better" 0 "$BRUNT" compare "$E2E_TMP/slow.brunt" "$E2E_TMP/a.brunt" --format json -o "$out"
is "p50 is" "$(verdict p50)" BETTER
"$BRUNT" report "$E2E_TMP/slow.brunt" --format json -o "$E2E_TMP/report.json"
is "the figures are the report's" "$(sqlite3 :memory: "select value ->> 'a_ms' from json_each(readfile('$out'), '\$.rows') where value ->> 'metric' = 'p95'")" \
	"$(sqlite3 :memory: "select readfile('$E2E_TMP/report.json') ->> '\$.summary.latency_ms.p95'")"

exits "hlog is for reports" 2 "$BRUNT" compare "$E2E_TMP/a.brunt" "$E2E_TMP/a.brunt" --format hlog
exits "of which it is one" 0 "$BRUNT" report "$E2E_TMP/a.brunt" --format hlog
matches "in HdrHistogram's form" "$OUTPUT" '^Tag=default,[0-9]+\.000,1\.000,[0-9]+\.0,HISTF[A-Za-z0-9+/=]+$'

exits "a closed loop and an open one" 2 "$BRUNT" compare "$E2E_TMP/a.brunt" "$E2E_TMP/open.brunt"
matches "are not compared" "$OUTPUT" '^brunt: .*a\.brunt and .*open\.brunt: one is of a closed loop'
cp "$E2E_TMP/a.brunt" "$E2E_TMP/other.brunt"
sqlite3 "$E2E_TMP/other.brunt" "update run set value = 2 where key = 'definitions'"
exits "other definitions of the metrics" 2 "$BRUNT" compare "$E2E_TMP/a.brunt" "$E2E_TMP/other.brunt"
matches "are not compared either" "$OUTPUT" 'metrics are defined differently'
record "$E2E_TMP/few.brunt" -c 1 -n 5
exits "too little to tell" 5 "$BRUNT" compare "$E2E_TMP/a.brunt" "$E2E_TMP/few.brunt"
matches "and that is said" "$OUTPUT" '^B: 0 better, 0 worse, 0 the same,'
exits "one file only" 2 "$BRUNT" compare "$E2E_TMP/a.brunt"
matches "asks for the second" "$OUTPUT" '^brunt: the second RUN file is missing'
exits "three files" 2 "$BRUNT" compare "$E2E_TMP/a.brunt" "$E2E_TMP/a.brunt" "$E2E_TMP/a.brunt"
exits "not a run file" 2 "$BRUNT" compare "$E2E_TMP/a.brunt" "$0"
matches "is named" "$OUTPUT" 'compare_test.sh: not a brunt run file'
exits "an output that cannot be" 2 "$BRUNT" compare "$E2E_TMP/a.brunt" "$E2E_TMP/a.brunt" -o /nowhere/x
finish
