#!/bin/bash
# WebSockets against two libraries: fragments, pings that wait for their pong,
# close codes, and TLS in between.
. "$(dirname "$0")/extra.sh"

n=12
chat() { run "$1" --api openai-chat --model m --stream ws -d "Why?" -n $n -c 3 "${@:2}"; }

talk() { # NAME URL
	local name=$1 url=$2 how
	for how in plain fragments pings bytes; do
		chat "$url/$how"
		is "$name, $how: all succeed" "$(json '$.summary.succeeded')" $n
		is "$name, $how: a ttft each" "$(json '$.summary.ttft_ms.count')" $n
		is "$name, $how: each message with words" "$(events)" $((n * 6))
		is "$name, $how: output tokens" "$(json '$.summary.tokens_out') $(json '$.summary.token_source')" "$((n * 9)) usage"
	done
	# The close may overtake the next message: nothing is sent again for that.
	for how in done-close/1000 done-close/1001; do
		chat "$url/$how" -n 3
		is "$name, $how: an exchange each succeeds" "$(json '$.summary.succeeded')" 3
		chat "$url/$how"
		between "$name, $how: over new connections" "$(json '$.summary.succeeded')" 3 $n
		matches "$name, $how: or names what was kept" "$(classes): $(message)" '^: $|^reset: .*kept WebSocket'
	done
	chat "$url/close/1000"
	is "$name: closed before its end mark" "$(classes)" truncated
	chat "$url/close/1001"
	is "$name: going away before it" "$(classes)" truncated
	chat "$url/close/1011"
	is "$name: closed with 1011" "$(classes)" stream_error
	matches "$name: names the code and the reason" "$(message)" '1011.*because'
	chat "$url/close/1013"
	matches "$name: a code the RFC did not have" "$(classes): $(message)" '^stream_error: .*1013'
	chat "$url/gone"
	matches "$name: gone without a word" "$(classes)" '^(truncated|reset)$'
	chat "$url/error"
	is "$name: an error among the messages" "$(classes): $(message)" "stream_error: out of memory"
	is "$name: ends the exchange" "$(json '$.summary.failed')" $n
	run "$url/echo" -d 'plain words' -n $n -c 3
	is "$name: an echo, closed with 1000" "$(json '$.summary.succeeded')" $n
	is "$name: is one event" "$(events)" $n
}

start_foreign node "$HERE/ws_node.js" PORT
node_port=$PORT
talk "node ws" "ws://127.0.0.1:$node_port"
start_foreign "$PYTHON/python" "$HERE/ws_python.py" PORT
talk "python websockets" "ws://127.0.0.1:$PORT"

make_certificate
start_proxy "
	listen 127.0.0.1:@@ ssl;
	ssl_certificate $CERT;
	ssl_certificate_key $KEY;
	location / {
	  proxy_pass http://127.0.0.1:$node_port;
	  proxy_http_version 1.1;
	  proxy_set_header Upgrade \$http_upgrade;
	  proxy_set_header Connection upgrade;
	}"
chat "wss://127.0.0.1:$PORT/fragments" -k
is "wss through nginx: all succeed" "$(json '$.summary.succeeded')" $n
is "wss: each message" "$(events)" $((n * 6))
is "wss: a handshake a user" "$(json '$.summary.tls_ms.count')" 3
chat "wss://127.0.0.1:$PORT/plain"
is "wss without -k" "$(classes)" tls
finish
