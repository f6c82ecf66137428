#!/bin/bash
# A proxy that buffers turns a stream into lumps. Events a read say so, and the
# token times with them: the same backend through nginx, buffered and not.
. "$(dirname "$0")/extra.sh"

n=8
start_serve --speed 4 --slots 64 || exit 1
# Asked by HTTP/1.0 nginx has no chunks to go by, and passes on full buffers.
proxied() { # on|off
	start_proxy "
		listen 127.0.0.1:@@;
		location / {
		  proxy_pass $SERVE_URL;
		  proxy_http_version 1.0;
		  proxy_ignore_headers X-Accel-Buffering;
		  proxy_buffering $1;
		}"
}
for path in /v1/chat/completions /api/chat; do
	stream() { run "$1$path" --api openai-chat --model m -d 'Why do queues grow?' -n $n -c 4 --seed 1; }
	[ $path = /api/chat ] && stream() {
		run "$1$path" -T application/json -d '{"message": "Why do queues grow?", "stream": true}' -n $n -c 4 --seed 1
	}
	stream "$SERVE_URL"
	is "$path: all succeed" "$(json '$.summary.succeeded')" $n
	between "$path: about one event a read" "$(events_a_read)" 1.0 1.2
	ttft=$(json '$.summary.ttft_ms.p50') itl=$(json '$.summary.itl_ms.p50')

	proxied off
	stream "http://127.0.0.1:$PORT"
	is "$path, proxy_buffering off: all succeed" "$(json '$.summary.succeeded')" $n
	between "$path, off: about one event a read" "$(events_a_read)" 1.0 1.2
	between "$path, off: the gaps of the server" "$(json '$.summary.itl_ms.p50')" \
		"$(sqlite3 :memory: "select $itl * 0.7")" "$(sqlite3 :memory: "select $itl * 1.5")"
	stop "$SERVER_PID"

	proxied on
	stream "http://127.0.0.1:$PORT"
	is "$path, proxy_buffering on: all succeed" "$(json '$.summary.succeeded')" $n
	is "$path, on: an event a token, as counted by the server" "$(events)" "$(json '$.summary.tokens_out')"
	between "$path, on: many events a read" "$(events_a_read)" 1.6 100000
	between "$path, on: most gaps are none" "$(json '$.summary.itl_ms.p50')" 0 "$(sqlite3 :memory: "select $itl / 4")"
	between "$path, on: the first token comes late" "$(json '$.summary.ttft_ms.p50')" \
		"$(sqlite3 :memory: "select $ttft * 1.2")" 60000
	stop "$SERVER_PID"
done
finish
