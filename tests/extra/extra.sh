# Helpers for the tests against foreign servers; to be sourced by bash.
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/lib.sh"

EXTRA=${EXTRA:?run it by make test-extra}
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PYTHON=$EXTRA/python/bin
export NODE_PATH=$EXTRA/node/node_modules PATH=$PATH:/usr/sbin
out=$E2E_TMP/out.json

json() { # PATH: a value of the result
	sqlite3 :memory: "select json_extract(readfile('$out'), '$1')"
}

run() { # ARGUMENTS of brunt...; its words are in $OUTPUT afterwards
	rm -f "$out"
	OUTPUT=$(timeout 60 "$BRUNT" "$@" --headless --no-record --json "$out" 2>&1)
}

# The classes of error there were, in order.
classes() {
	sqlite3 :memory: "select group_concat(class, ' ') from (select distinct json_extract(value, '\$.class') class
		from json_each(json_extract(readfile('$out'), '\$.errors')) order by 1)"
}

message() { json '$.errors[0].message'; }

# A figure is in a range; nothing is in none.
between() { # NAME GOT LEAST MOST
	awk -v g="$2" -v a="$3" -v b="$4" 'BEGIN { exit !(g != "" && g + 0 >= a && g + 0 <= b) }' &&
		ok "$1 ($2)" || not_ok "$1" "got $2, expected $3 to $4"
}

# Content events, and events a read, as the report has them.
events() { sed -nE 's/^streams .* events ([0-9]+) .*/\1/p' <<<"$OUTPUT"; }
events_a_read() { sed -nE 's/^streams .* ([0-9.]+) events a read$/\1/p' <<<"$OUTPUT"; }

# Starts a server and waits until its port is open; sets PORT and SERVER_PID.
# Where the command says PORT, it gets the number.
start_foreign() { # COMMAND...
	local try wait log
	for try in 1 2 3; do
		PORT=$(free_port)
		log=$E2E_TMP/server.$PORT
		"${@//PORT/$PORT}" >"$log" 2>&1 </dev/null &
		SERVER_PID=$!
		E2E_PIDS+=("$SERVER_PID")
		for ((wait = 0; wait < 1500; wait++)); do
			kill -0 "$SERVER_PID" 2>/dev/null || break
			if nginx_answers "$PORT" && kill -0 "$SERVER_PID" 2>/dev/null; then
				return 0
			fi
			sleep 0.02
		done
		stop "$SERVER_PID"
	done
	echo "start_foreign: $*: $(tail -n 5 "$log")" >&2
	exit 1
}

# An nginx whose server block listens on PORT with these lines; sets PORT.
start_proxy() { # LINES
	local dir
	dir=$(mktemp -d "$E2E_TMP/nginx.XXXXXX")
	cat >"$dir/nginx.conf" <<-EOF
		daemon off;
		master_process off;
		pid $dir/pid;
		events { worker_connections 512; }
		http {
		  access_log off;
		  client_body_temp_path $dir/body;
		  proxy_temp_path $dir/proxy;
		  fastcgi_temp_path $dir/fastcgi;
		  uwsgi_temp_path $dir/uwsgi;
		  scgi_temp_path $dir/scgi;
		  server {
		$1
		  }
		}
	EOF
	# The port is known when it starts.
	start_foreign bash -c "sed -i 's/@@/PORT/g' $dir/nginx.conf && exec nginx -p $dir -c $dir/nginx.conf -e $dir/error.log"
}

# A certificate that nobody trusts; sets CERT and KEY.
make_certificate() {
	CERT=$E2E_TMP/cert.pem KEY=$E2E_TMP/key.pem
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
		-subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
		-keyout "$KEY" -out "$CERT" 2>"$E2E_TMP/openssl.err" ||
		{ cat "$E2E_TMP/openssl.err" >&2; exit 1; }
}
