#!/bin/bash
# HTTP/2 against nginx: agreed upon over TLS, prior knowledge without, and servers that do
# not speak it.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tmux.sh"

BRUNT=$(realpath "$BRUNT")
cd "$E2E_TMP" || exit 1
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -keyout key.pem -out certificate.pem \
	-subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 >openssl.log 2>&1 || { cat openssl.log; exit 1; }
tls="ssl_certificate $E2E_TMP/certificate.pem; ssl_certificate_key $E2E_TMP/key.pem;"

NGINX_LISTEN=http2 start_nginx || exit 1
clear=$NGINX_URL/
NGINX_TLS=$tls NGINX_LISTEN=http2 start_nginx || exit 1
safe=https://${NGINX_URL#http://}/
NGINX_TLS=$tls start_nginx || exit 1
old=https://${NGINX_URL#http://}/
start_nginx || exit 1
NGINX_PROXY=$NGINX_URL
start_serve --speed 1000 || exit 1

run() { timeout 60 "$BRUNT" "$@" --cacert certificate.pem --headless --json out.json; }
json() { sqlite3 :memory: "select json_extract(readfile('out.json'), '$1')"; }
spoken() { json '$.run.http_version'; }

# ---- spoken ----

for url in "$safe" "$clear"; do
	exits "$url: all succeed" 0 run "$url" --http2 -c 3 --threads 1 -n 60 --record h2.brunt
	matches "$url: the report says HTTP/2" "$OUTPUT" ' measured · 3 users · HTTP/2, 1 connection opened.* · seed'
	is "$url: so does the result" "$(spoken) $(json '$.summary.succeeded')" "2 60"
	is "$url: a connection for all users" "$(json '$.summary.connect_ms.count')" 1
	is "$url: each sample" "$(sqlite3 h2.brunt 'select count(*) from samples where flags & 32')" 60
	"$BRUNT" report h2.brunt --format json >again.json
	check "$url: the same from the run file" cmp out.json again.json
	rm h2.brunt
	exits "$url: a connection a request" 0 run "$url" --http2 -c 3 -n 20 --disable-keepalive --no-record
	is "$url: counted" "$(spoken) $(json '$.summary.connect_ms.count')" "2 20"
	exits "$url: at a rate" 0 run "$url" --http2 -q 200 -n 40 --no-record
	is "$url: none lost" "$(spoken) $(json '$.summary.succeeded')" "2 40"
done
is "phases of TLS, too" "$(run "$safe" --http2 -c 3 --threads 1 -n 9 --no-record >/dev/null; json '$.summary.tls_ms.count')" 1

cat >scenario.json <<-END
	{"target": "$safe", "tasks": [{"name": "a", "request": {"path": "/a"}},
	 {"name": "ws", "stream": "ws", "request": {"path": "ws${SERVE_URL#http}/ws/chat", "json": {"messages": [{"role": "user", "content": "Hi"}]}}}]}
END
exits "check --send" 0 "$BRUNT" check scenario.json --send --http2 --cacert certificate.pem
matches "says what was spoken" "$OUTPUT" '< HTTP/2 200'
matches "of WebSockets, too" "$OUTPUT" '< HTTP/1.1 101'
exits "WebSockets beside it" 0 run scenario.json --http2 -c 2 -n 20 --no-record
is "stay with HTTP/1.1" "$(spoken)" "1.1 and 2"

# ---- not spoken ----

exits "not asked for" 0 run "$safe" -n 4 --no-record
is "HTTP/1.1" "$(spoken)" 1.1
no="expected one that does, or no --http2 for HTTP/1.1"
exits "a server that settles for HTTP/1.1" 2 run "$old" --http2 -n 4 --no-record
is "is found before the load" "$OUTPUT" "brunt: $old: --http2: the server did not choose HTTP/2 in the TLS handshake (ALPN); $no"
is "nothing was sent" "$(spoken) $(json '$.summary.requests') $(json '$.run.exit_code') $(json '$.errors[0].class')" " 0 2 protocol"
exits "a server without, and without TLS" 2 run "$SERVE_URL/healthz" --http2 -n 4 --no-record
is "is found, too" "$OUTPUT" "brunt: $SERVE_URL/healthz: --http2: the server does not speak HTTP/2 without TLS (prior knowledge); $no"
# A proxy without a tunnel speaks HTTP/1.1, which shows only as it answers.
proxy="http://127.0.0.1:9/ -x $NGINX_PROXY --http2"
hint="brunt: --http2 was asked for, and all answers were HTTP/1.1's"
exits "HTTP/1.1 all the same" 0 run $proxy -n 4 --no-record
is "the result says so" "$(spoken)" 1.1
is "and a line" "$(grep -c "^$hint\$" <<<"$OUTPUT")" 1
open_screen old 80x24 "$BRUNT" $proxy -c 1 --think 50ms --no-record
check "the dashboard says so at once" eventually place_of old "the server answers with HTTP/1.1"
close_screen old

# ---- refused ----

echo '{"target": "ws://127.0.0.1:1", "tasks": [{"name": "ws", "request": {"body": "x"}}]}' >ws.json
exits "WebSockets alone" 2 run ws.json --http2 -n 1
is "says why" "$OUTPUT" "brunt: --http2: there are WebSockets only, which begin with HTTP/1.1; expected a task that is none"
exits "redirects without TLS" 2 run "$clear" --http2 -L -n 1
is "say why" "$OUTPUT" "brunt: --http2: not together with --location where a target is http://; expected https://"
exits "redirects with it" 0 run "$safe" --http2 -L -n 4 --no-record
exits "not an option of the demo" 2 "$BRUNT" demo --http2

finish
