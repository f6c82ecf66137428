#!/bin/bash
# TLS against nginx: authorities of the user's own, a server that asks for the
# client's certificate, and files that are not what they should be.
. "$(dirname "$0")/lib.sh"

BRUNT=$(realpath "$BRUNT")
cd "$E2E_TMP" || exit 1
export XDG_STATE_HOME=$E2E_TMP/state

certificate() { # NAME AUTHORITY|"" SUBJECT [EXTENSION]
	local signed=(-x509)
	[ -z "$2" ] || signed=(-x509 -CA "$2.pem" -CAkey "$2.key")
	openssl req "${signed[@]}" -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
		-keyout "$1.key" -out "$1.pem" -subj "/CN=$3" ${4:+-addext "$4"} >>openssl.log 2>&1
}
certificate authority "" "test authority" &&
	certificate server authority localhost "subjectAltName=IP:127.0.0.1" &&
	certificate client authority client &&
	certificate stranger "" stranger || { cat openssl.log; exit 1; }

NGINX_TLS="ssl_certificate $E2E_TMP/server.pem; ssl_certificate_key $E2E_TMP/server.key;
	ssl_client_certificate $E2E_TMP/authority.pem; ssl_verify_client on;"
start_nginx || exit 1
url=https://${NGINX_URL#http://}/

run() {
	"$BRUNT" "$url" -c 2 -n 6 --ui none --no-record --json out.json "$@"
}
json() { sqlite3 :memory: "select json_extract(readfile('out.json'), '$1')"; }

exits "an authority that nobody knows: refused" 1 run
matches "and what may help" "$OUTPUT" '--cacert names authorities to trust'
exits "an authority named, no certificate of ours: answers, but no success" 1 run --cacert authority.pem
is "which nginx says is 400" "$(json '$.errors[0].class') $(json '$.errors[0].code')" "http_4xx 400"
exits "with a certificate and its key" 0 run --cacert authority.pem --cert client.pem --key client.key
is "all succeed" "$(json '$.summary.succeeded')" 6
cat client.pem client.key >both.pem
exits "both in one file" 0 run --cacert authority.pem --cert both.pem
exits "a certificate that the server does not know" 1 run --cacert authority.pem --cert stranger.pem --key stranger.key
exits "the wrong authority" 1 run --cacert stranger.pem --cert both.pem
"$BRUNT" "$url" -c 2 -z 1s --ui none --no-record --json out.json --cacert authority.pem --cert both.pem --metrics "$url/"
matches "the server's metrics are got the same way, up to its page" "$(json '$.server.error')" 'line 1 is no Prometheus text$'

# ---- bad files ----

refused() { # NAME MESSAGE FLAGS...
	local name=$1 message=$2
	shift 2
	exits "$name" 2 run "$@"
	is "$name: says" "$OUTPUT" "brunt: $message"
}
echo "no PEM" >text.pem
openssl pkey -in client.key -aes128 -passout pass:x -out locked.key 2>>openssl.log
refused "no such file" "--cacert: nowhere.pem: No such file or directory" --cacert nowhere.pem
refused "not a certificate" "--cacert: text.pem: no certificate in it; expected PEM, a block that begins with -----BEGIN CERTIFICATE-----" --cacert text.pem
refused "no key beside the certificate" "--cert, without --key: client.pem: no private key in it; expected PEM, a block that begins with -----BEGIN PRIVATE KEY-----" --cert client.pem
refused "another's key" "--key: stranger.key: not the key of the certificate in client.pem" --cert client.pem --key stranger.key
refused "a key with a passphrase" "--key: locked.key: the private key has a passphrase; expected one without" --cert client.pem --key locked.key
refused "a key without a certificate" "--key: needs --cert, the certificate that it belongs to" --key client.key
refused "trusting one and anybody" "--cacert: not together with --insecure, which trusts anybody" -k --cacert authority.pem

finish
