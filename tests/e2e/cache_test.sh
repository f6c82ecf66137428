# What the server says of itself, and what a cache would do: held against the backend's
# own counters and its real cache.
. "$(dirname "$0")/lib.sh"

json() { sqlite3 :memory: "select json_extract(readfile('$1'), '$2')"; }
near() { awk -v a="$1" -v b="$2" -v most="$3" 'BEGIN { exit !(a != "" && b != "" && a - b <= most && b - a <= most) }'; }

# ---- the advisor and a real cache: prompts at random, more than there is room for, each
# coming again sooner and later than the time to live; some in answers that tell no tokens,
# some in conversations, which go on as the cache has answered them ----

for ((i = 0; i < 60; i++)); do printf '{"text": "question number %d"}\n' $i; done >"$E2E_TMP/prompts.jsonl"
scenario() { # URL
	cat <<-END
		{"name": "cache", "target": "$1", "prices": {"input_per_mtok": 1, "output_per_mtok": 2},
		 "data": {"q": {"file": "prompts.jsonl", "order": "random"}},
		 "tasks": [{"name": "chat", "api": "openai-chat", "model": "m",
		            "messages": [{"role": "user", "content": "\${q.text}"}]},
		           {"name": "qa", "request": {"path": "/api/interview/answer", "json": {"question": "\${q.text}"}}},
		           {"name": "talk", "api": "openai-chat", "model": "m",
		            "turns": ["Tell me about \${q.text}", "And then?"]}]}
	END
}
start_serve --speed 20 --slots 64 --cache-ttl 10s --cache-size 100 || exit 1
with=$SERVE_URL
scenario "$with" >"$E2E_TMP/with.json"
start_serve --speed 20 --slots 64 || exit 1
without=$SERVE_URL
scenario "$without" >"$E2E_TMP/without.json"
for each in with without; do
	timeout 120 "$BRUNT" "$E2E_TMP/$each.json" -q 25 -z 18s --seed 7 --headless --record "$E2E_TMP/$each.brunt" \
		--json "$E2E_TMP/$each.out" --metrics "${!each}" >"$E2E_TMP/$each.text" 2>&1 &
	E2E_PIDS+=($!)
	declare "pid_$each=$!"
done
wait "$pid_with"
is "a run on a server with a cache" $? 0
wait "$pid_without"
is "the same on one without" $? 0
real=$(json "$E2E_TMP/with.out" '$.summary.cache.hit_ratio')
grid='$.cache_advice.grid[0]'
is "the first of the grid is that cache" "$(json "$E2E_TMP/with.out" $grid.ttl_s)/$(json "$E2E_TMP/with.out" $grid.entries)" 10.0/100
check "it is put to use ($real)" awk -v r="$real" 'BEGIN { exit !(r > 0.2 && r < 0.8) }'
check "advice beside that cache: within 2 points" near "$(json "$E2E_TMP/with.out" $grid.hit_ratio)" "$real" 0.02
check "advice without it foretells it: within 2 points" near "$(json "$E2E_TMP/without.out" $grid.hit_ratio)" "$real" 0.02
check "more time and room have more" awk -v a="$real" -v b="$(json "$E2E_TMP/with.out" '$.cache_advice.grid[13].hit_ratio')" \
	'BEGIN { exit !(b > a + 0.05) }'
check "and what it would cost" near "$(json "$E2E_TMP/without.out" $grid.cost_per_1k)" \
	"$(json "$E2E_TMP/with.out" '$.cache_advice.as_it_was.cost_per_1k')" 0.01
matches "the summary has it" "$(cat "$E2E_TMP/without.text")" '^10 s +100 +[0-9.]+ %'

# ---- what the server says is what it counts, live and in the report ----

check "hits as the server counted them" near "$(json "$E2E_TMP/with.out" '$.server.cache_hit_ratio')" "$real" 0.1
is "its kind" "$(json "$E2E_TMP/with.out" '$.server.kind')" "brunt serve"
is "no scrape failed" "$(json "$E2E_TMP/with.out" '$.server.failed')" 0
check "a scrape a second" test "$(json "$E2E_TMP/with.out" '$.server.scrapes')" -ge 15
for each in with without; do
	"$BRUNT" report "$E2E_TMP/$each.brunt" --format json >"$E2E_TMP/report.json"
	is "the report is the live result ($each)" "$(cat "$E2E_TMP/report.json")" "$(cat "$E2E_TMP/$each.out")"
done
check "the run file has each scrape" test \
	"$(sqlite3 -readonly "$E2E_TMP/with.brunt" 'select count(*) from server_gauges where ok')" \
	-eq "$(json "$E2E_TMP/with.out" '$.server.scrapes')"

# ---- scrapes that fail are said, and the load goes on ----

run() { # ARGUMENTS...
	timeout 60 "$BRUNT" "$without/healthz" -c 2 -z 1s --headless --no-record --json "$E2E_TMP/out" "$@"
}
exits "a page that is no metrics" 0 run --metrics "$without/healthz"
matches "is said in one line" "$OUTPUT" 'failing since 00:00: .*line 1 is no Prometheus text'
is "and counted" "$(json "$E2E_TMP/out" '$.server.failed')" "$(json "$E2E_TMP/out" '$.server.scrapes')"
exits "a page that is not there" 0 run --metrics "$without/nowhere"
matches "is said" "$OUTPUT" 'failing since 00:00: HTTP 404'
exits "nobody there" 0 run --metrics "http://127.0.0.1:$(free_port)"
matches "is said, too" "$OUTPUT" 'failing since 00:00: connection refused'
exits "no URL" 2 "$BRUNT" "$without" --metrics localhost:9000
matches "is refused with what is expected" "$OUTPUT" \
	'^brunt: --metrics: "localhost:9000" is no URL of metrics; expected http\[s\]://HOST'
exits "the demo looks at its own backend" 0 timeout 60 "$BRUNT" demo -z 1s --headless --no-record --json "$E2E_TMP/out"
is "and understands it" "$(json "$E2E_TMP/out" '$.server.kind')" "brunt serve"

finish
