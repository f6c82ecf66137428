#!/bin/bash
# Plain HTTP against python's, node's and nginx's idea of it; TLS; proxies.
. "$(dirname "$0")/extra.sh"

n=30
get() { run "$1" -n $n -c 3 "${@:2}"; }
connections() { json '$.summary.connect_ms.count'; }

# ---- python: HTTP/1.0 that closes, HTTP/1.1 that keeps ----

mkdir "$E2E_TMP/files"
head -c 100000 /dev/zero | tr '\0' x >"$E2E_TMP/files/big.txt"
start_foreign python3 -m http.server PORT --bind 127.0.0.1 --directory "$E2E_TMP/files"
get "http://127.0.0.1:$PORT/big.txt"
is "http.server: all succeed" "$(json '$.summary.succeeded')" $n
is "http.server: HTTP/1.0, a connection each" "$(connections)" $n
between "http.server: bytes" "$(json '$.summary.bytes_in')" $((n * 100000)) $((n * 100400))
get "http://127.0.0.1:$PORT/nothing"
is "http.server: 404" "$(classes) $(json '$.errors[0].code') $(json '$.errors[0].count')" "http_4xx 404 $n"
get "http://127.0.0.1:$PORT/" -m POST -d x
is "http.server: 501 for a POST" "$(classes) $(json '$.errors[0].code')" "http_5xx 501"
python_port=$PORT
start_foreign python3 -m http.server PORT --bind 127.0.0.1 --directory "$E2E_TMP/files" --protocol HTTP/1.1
get "http://127.0.0.1:$PORT/big.txt"
is "http.server, HTTP/1.1: all succeed" "$(json '$.summary.succeeded')" $n
is "http.server, HTTP/1.1: a connection a user" "$(connections)" 3

# ---- node ----

start_foreign node "$HERE/http_server.js" PORT
node=http://127.0.0.1:$PORT
for path in chunked early trailer echo; do
	get "$node/$path" -d 'some words' -T text/plain
	is "node, $path: all succeed" "$(json '$.summary.succeeded')" $n
	is "node, $path: a connection a user" "$(connections)" 3
done
get "$node/close"
is "node, Connection: close: all succeed" "$(json '$.summary.succeeded')" $n
is "node, Connection: close: a connection each" "$(connections)" $n
get "$node/short"
is "node: shorter than promised" "$(classes)" truncated
get "$node/reset"
is "node: no answer" "$(classes)" reset
get "$node/404"
is "node: the message of an error" "$(classes): $(message)" "http_4xx: HTTP 404: no such thing"
get "$node/302"
is "node: a redirect is an answer" "$(json '$.summary.succeeded')" $n
get "$node/302" -L
is "node: followed with -L" "$(json '$.summary.succeeded')" $n

# ---- node, HTTP/2 ----

start_foreign node "$HERE/http2_server.js" PORT
h2=http://127.0.0.1:$PORT
head -c 100000 /dev/zero | tr '\0' x >"$E2E_TMP/large"
for path in ok trailer echo; do
	get "$h2/$path" --http2 --threads 1 -m POST -d "@$E2E_TMP/large"
	is "node, HTTP/2, $path: all succeed" "$(json '$.summary.succeeded') $(json '$.run.http_version')" "$n 2"
	is "node, HTTP/2, $path: a connection for all users" "$(connections)" 1
done
between "node, HTTP/2: what was sent came back" "$(json '$.summary.bytes_in')" $((n * 100000)) $((n * 100400))
get "$h2/events" --http2 --threads 1 --api openai-chat --model M -d Hello
is "node, HTTP/2, a stream: all succeed" "$(json '$.summary.succeeded')" $n
is "node, HTTP/2, a stream: events" "$(events)" $((2 * n))
is "node, HTTP/2, a stream: connections" "$(connections)" 1
get "$h2/404" --http2
is "node, HTTP/2: the message of an error" "$(classes): $(message)" "http_4xx: HTTP 404: no such thing"
get "$h2/reset" --http2
is "node, HTTP/2: a stream that is reset" "$(classes): $(message)" "reset: the server ended the HTTP/2 stream before it answered: INTERNAL_ERROR"
get "$h2/amid" --http2
is "node, HTTP/2: amid the answer" "$(classes)" truncated
get "$h2/away" --http2 -c 1
is "node, HTTP/2: it goes away after each answer" "$(json '$.summary.succeeded') $(connections)" "$n $n"

# ---- nginx and TLS ----

make_certificate
start_proxy "
	listen 127.0.0.1:@@ ssl http2;
	ssl_certificate $CERT;
	ssl_certificate_key $KEY;
	keepalive_requests 10;
	location / { return 200 hello; }"
tls=https://127.0.0.1:$PORT
get "$tls/" -k
is "nginx, TLS: all succeed" "$(json '$.summary.succeeded')" $n
# 10 requests and a connection ends; the users share 30 of them as they come.
between "nginx, TLS: connections end after 10 requests" "$(connections)" 3 6
is "nginx, TLS: a handshake a connection" "$(json '$.summary.tls_ms.count')" "$(connections)"
between "nginx, TLS: it takes time" "$(json '$.summary.tls_ms.min')" 0.01 5000
get "$tls/"
is "nginx, TLS without -k: refused" "$(classes)" tls
is "nginx, TLS without -k: no request" "$(json '$.summary.succeeded')" 0
get "http${tls#https}/"
is "nginx: plain HTTP to a TLS port" "$(classes) $(json '$.errors[0].code')" "http_4xx 400"

# ---- proxies ----

start_foreign "$PYTHON/proxy" --hostname 127.0.0.1 --port PORT --num-workers 1 --num-acceptors 1 \
	--log-level ERROR
proxy=http://127.0.0.1:$PORT
get "$node/echo" -d 'some words' -x "$proxy"
is "an HTTP proxy: all succeed" "$(json '$.summary.succeeded')" $n
get "$tls/" -k -x "$proxy"
is "a tunnel: all succeed" "$(json '$.summary.succeeded')" $n
between "a tunnel: with handshakes" "$(json '$.summary.tls_ms.count')" 3 6
get "$tls/" -x "$proxy"
is "a tunnel without -k: refused" "$(classes)" tls
get "$node/echo" -x "http://127.0.0.1:$(free_port)"
is "a proxy that is not there" "$(classes)" connect
stop "$SERVER_PID"
start_proxy '
	listen 127.0.0.1:@@;
	location / { proxy_pass http://$http_host$request_uri; }'
get "http://127.0.0.1:$python_port/big.txt" -x "http://127.0.0.1:$PORT"
is "nginx as the proxy: all succeed" "$(json '$.summary.succeeded')" $n
finish
