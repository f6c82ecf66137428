#!/bin/bash
# Each API's row against model servers that others wrote: an npm one that speaks
# four of the APIs, a pip one that breaks streams on demand, and a simulator of
# vLLM. What they send is counted beforehand, or asked of them with curl.
. "$(dirname "$0")/extra.sh"

n=12
aimock=(node "$NODE_PATH/@copilotkit/aimock/dist/cli.js" -p PORT --log-level silent)

# ---- aimock: the sentence has 51 characters, so 11 events of at most 5 ----

cat >"$E2E_TMP/fixtures.json" <<-'EOF'
	{"fixtures": [
	 {"match": {"userMessage": "think"}, "chunkSize": 6, "streamingProfile": {"ttft": 5, "tps": 500, "jitter": 0},
	  "response": {"content": "The answer is forty-two.", "reasoning": "Let me think about it first."}},
	 {"match": {"userMessage": "cut"}, "chunkSize": 6, "truncateAfterChunks": 6, "streamingProfile": {"ttft": 10, "tps": 100},
	  "response": {"content": "This answer never comes to its end because it is cut off in the middle of it."}},
	 {"match": {"userMessage": "busy"}, "response": {"error": {"message": "the model is busy"}, "status": 503}},
	 {"match": {"userMessage": "in-band"}, "response": {"error": {"message": "overloaded"}, "status": 200}},
	 {"match": {"userMessage": "tool"}, "chunkSize": 8,
	  "response": {"toolCalls": [{"name": "weather", "arguments": "{\"city\":\"Paris\",\"unit\":\"celsius\"}"}]}},
	 {"match": {"userMessage": "And then", "turnIndex": 1}, "response": {"content": "That was the second turn."}},
	 {"match": {}, "chunkSize": 5, "streamingProfile": {"ttft": 30, "tps": 200, "jitter": 0},
	  "response": {"content": "Queues grow when work comes faster than it is done.",
	   "usage": {"prompt_tokens": 11, "completion_tokens": 13, "input_tokens": 11, "output_tokens": 13}}}
	]}
EOF
start_foreign "${aimock[@]}" -f "$E2E_TMP/fixtures.json"
url=http://127.0.0.1:$PORT

for api in openai-chat openai-responses anthropic-messages ollama-chat; do
	# This one does not count for Ollama: it says 0.
	out_tokens=13 in_tokens=$((n * 11)) source=usage
	[ $api = ollama-chat ] && out_tokens=11 in_tokens= source=events

	run "$url" --api $api --model m -d hello -n $n -c 3
	is "aimock, $api: all succeed" "$(json '$.summary.succeeded')" $n
	is "$api: a ttft each" "$(json '$.summary.ttft_ms.count')" $n
	# A timer of node may be a millisecond early.
	between "$api: not before the server sent" "$(json '$.summary.ttft_ms.min')" 29 5000
	is "$api: each event" "$(events)" $((n * 11))
	is "$api: each gap" "$(json '$.summary.itl_ms.count')" $((n * 10))
	is "$api: a tpot each" "$(json '$.summary.tpot_ms.count')" $n
	is "$api: output tokens" "$(json '$.summary.tokens_out')" $((n * out_tokens))
	is "$api: input tokens" "$(json '$.summary.tokens_in')" "$in_tokens"
	is "$api: their source" "$(json '$.summary.token_source')" $source
	is "$api: no ttfo without reasoning" "$(json '$.summary.ttfo_ms')" ""

	run "$url" --api $api --model m -d hello -n $n -c 3 --stream off
	[ $api = ollama-chat ] && out_tokens= || out_tokens=$((n * 13))
	is "$api, no stream: all succeed" "$(json '$.summary.succeeded')" $n
	is "$api, no stream: no ttft" "$(json '$.summary.ttft_ms')" ""
	is "$api, no stream: output tokens" "$(json '$.summary.tokens_out')" "$out_tokens"

	run "$url" --api $api --model m -d 'tool, please' -n $n -c 3
	is "$api, a tool call: all succeed" "$(json '$.summary.succeeded')" $n
	is "$api, a tool call: is content" "$(json '$.summary.ttft_ms.count')" $n

	run "$url" --api $api --model m -d 'cut it' -n $n -c 3
	is "$api, cut off: class" "$(classes)" truncated
	is "$api, cut off: none succeeds" "$(json '$.summary.succeeded')" 0

	for stream in auto off; do
		run "$url" --api $api --model m -d 'busy?' -n $n -c 3 --stream $stream
		is "$api, 503, stream $stream" "$(classes): $(message)" "http_5xx: HTTP 503: the model is busy"
		run "$url" --api $api --model m -d 'in-band' -n $n -c 3 --stream $stream
		is "$api, an error in a 200, stream $stream" "$(classes): $(message)" "stream_error: overloaded"
	done
done

# With Ollama this one sends no reasoning.
for api in openai-chat openai-responses anthropic-messages; do
	run "$url" --api $api --model m -d 'think first' -n $n -c 3
	is "$api, reasoning: a ttfo each" "$(json '$.summary.ttfo_ms.count')" $n
	# 28 and 24 characters, 6 an event
	is "$api, reasoning: its events too" "$(events)" $((n * 9))
	between "$api, reasoning: output comes later" "$(json '$.summary.ttfo_ms.p50')" \
		"$(json '$.summary.ttft_ms.p50')" 5000
done

cat >"$E2E_TMP/talk.json" <<-EOF
	{"name": "talk", "target": "$url", "load": {"concurrency": 2},
	 "tasks": [{"name": "talk", "api": "openai-chat", "model": "m", "turns": ["hello", "And then?"],
	  "checks": [{"not_empty": true}, {"regex": "second turn|Queues grow"}]}]}
EOF
exits "a conversation of two turns" 0 "$BRUNT" check "$E2E_TMP/talk.json" --send
matches "the server sees a second turn" "$OUTPUT" 'That was the second turn'

# ---- aimock speaks Responses over a WebSocket, too ----

cat >"$E2E_TMP/ws.json" <<-EOF
	{"name": "ws", "target": "ws${url#http}", "load": {"concurrency": 3},
	 "tasks": [{"name": "ws", "api": "openai-responses", "stream": "ws", "model": "m",
	  "params": {"type": "response.create"}, "messages": [{"role": "user", "content": "hello"}]}]}
EOF
run "$E2E_TMP/ws.json" -n $n
is "Responses over a WebSocket: all succeed" "$(json '$.summary.succeeded')" $n
is "with each event" "$(events)" $((n * 11))
is "and tokens" "$(json '$.summary.tokens_out') $(json '$.summary.token_source')" "$((n * 13)) usage"
stop "$SERVER_PID"

# ---- aimock: answers that are not what the API says ----

start_foreign "${aimock[@]}" -f "$E2E_TMP/fixtures.json" --chaos-malformed 1
for stream in auto off; do
	run "http://127.0.0.1:$PORT" --api openai-chat --model m -d hello -n 4 -c 2 --stream $stream
	is "a 200 with broken JSON, stream $stream" "$(classes): $(message)" "empty: no token: the answer is not JSON"
done
stop "$SERVER_PID"
start_foreign "${aimock[@]}" -f "$E2E_TMP/fixtures.json" --chaos-disconnect 1
run "http://127.0.0.1:$PORT" --api ollama-chat --model m -d hello -n 4 -c 2
is "a connection destroyed" "$(classes)" reset
stop "$SERVER_PID"
start_foreign "${aimock[@]}" -f "$E2E_TMP/fixtures.json" --chaos-ratelimit 1
run "http://127.0.0.1:$PORT" --api anthropic-messages --model m -d hello -n 4 -c 2
is "a rate limit" "$(classes) $(json '$.errors[0].code')" "http_4xx 429"
stop "$SERVER_PID"

# ---- llmock ----

prompt="Why do queues grow?"
llmock=("$PYTHON/llmock" serve --port PORT --log-level error --response-style echo)
row() { # NAME: its path, where its answers say output tokens, and its body
	case $1 in
	openai-chat) path=/v1/chat/completions usage=completion_tokens
		body="{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"$prompt\"}]}" ;;
	openai-responses) path=/v1/responses usage=output_tokens
		body="{\"model\":\"m\",\"input\":[{\"role\":\"user\",\"content\":\"$prompt\"}]}" ;;
	anthropic-messages) path=/anthropic/v1/messages usage=output_tokens
		body="{\"model\":\"m\",\"max_tokens\":1024,\"messages\":[{\"role\":\"user\",\"content\":\"$prompt\"}]}" ;;
	esac
}
apis="openai-chat openai-responses anthropic-messages"
start_foreign "${llmock[@]}" --stream-chunk-delay-ms 2
for api in $apis; do
	row $api
	curl -s -H 'Content-Type: application/json' -d "$body" "http://127.0.0.1:$PORT$path" >"$E2E_TMP/truth"
	truth=$(sqlite3 :memory: "select json_extract(readfile('$E2E_TMP/truth'), '\$.usage.$usage')")
	between "llmock, $api: curl has a count" "$truth" 1 1000
	for stream in auto off; do
		run "http://127.0.0.1:$PORT$path" --api $api --model m -d "$prompt" -n $n -c 3 --stream $stream
		is "llmock, $api, stream $stream: all succeed" "$(json '$.summary.succeeded')" $n
		is "$api, stream $stream: the tokens curl sees" "$(json '$.summary.tokens_out')" $((n * truth))
		is "$api, stream $stream: by usage" "$(json '$.summary.token_source')" usage
		[ $stream = off ] && continue
		is "$api: a ttft each" "$(json '$.summary.ttft_ms.count')" $n
		is "$api: a gap between two events" "$(json '$.summary.itl_ms.count')" $(($(events) - n))
	done
done
stop "$SERVER_PID"

while read -r flags class text; do
	start_foreign "${llmock[@]}" $flags
	for api in $apis; do
		row $api
		run "http://127.0.0.1:$PORT$path" --api $api --model m -d "$prompt" -n 4 -c 4 --timeout 700ms
		is "llmock $flags, $api: class" "$(classes)" "$class"
		matches "$api: in words" "$(message)" "$text"
	done
	stop "$SERVER_PID"
done <<-'EOF'
	--stream-fault=disconnect=1 truncated the connection ended before the answer was complete
	--stream-fault=truncate=1 truncated the stream ended without its end
	--stream-fault=stall=1 timeout no complete answer within 700 ms
	--stream-fault=malformed=1 stream_error an event in the stream is not JSON
	--error-rate=429=1 http_4xx ^HTTP 429: .
	--error-rate=503=1 http_5xx ^HTTP 503: .
EOF

# ---- a simulator of vLLM: 20 ms of prefill, 3 ms a token ----

start_foreign "$PYTHON/xpyd-sim" serve --host 127.0.0.1 --port PORT --model m --prefill-delay-ms 20 \
	--kv-transfer-delay-ms 0 --decode-delay-per-token-ms 3 --eos-min-ratio 1
for api in openai-completions openai-chat; do
	what='"prompt": "Why do queues grow?"'
	[ $api = openai-chat ] && what='"messages": [{"role": "user", "content": "Why do queues grow?"}]'
	for stream in sse off; do
		cat >"$E2E_TMP/sim.json" <<-EOF
			{"name": "sim", "target": "http://127.0.0.1:$PORT", "load": {"concurrency": 3},
			 "tasks": [{"name": "sim", "api": "$api", "stream": "$stream", "model": "m", $what,
			  "params": {"max_tokens": 24}, "checks": [{"tokens": [24, 24]}]}]}
		EOF
		run "$E2E_TMP/sim.json" -n $n
		is "vLLM simulator, $api, $stream: all succeed" "$(json '$.summary.succeeded')" $n
		is "$api, $stream: as many tokens as asked for" "$(json '$.summary.tokens_out')" $((n * 24))
		is "$api, $stream: by usage" "$(json '$.summary.token_source')" usage
		is "$api, $stream: quality" "$(json '$.summary.quality')" 100.0
		[ $stream = off ] && continue
		is "$api: an event a token" "$(events)" $((n * 24))
		between "$api: ttft has the prefill" "$(json '$.summary.ttft_ms.min')" 20 5000
		between "$api: tpot has the decoding" "$(json '$.summary.tpot_ms.min')" 3 1000
	done
done
run <(sed 's/"max_tokens": 24/"temperature": 9/' "$E2E_TMP/sim.json") -n 4
is "a parameter it refuses" "$(classes) $(json '$.errors[0].code')" "http_4xx 400"
stop "$SERVER_PID"
finish
