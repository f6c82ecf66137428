# Helpers for the end-to-end tests; to be sourced by bash. A test script calls
# start_*, asserts, and ends with `finish`. What was started is stopped by its
# pid however the script ends.

BRUNT=${BRUNT:-build/brunt}
export LC_ALL=C.UTF-8 TZ=UTC

E2E_TMP=$(mktemp -d "${TMPDIR:-/tmp}/brunt-e2e.XXXXXX") || exit 1
E2E_PIDS=()
E2E_PASSED=0
E2E_FAILED=0
E2E_FINISHED=0

# ---- asserts ----

ok() { # NAME
	E2E_PASSED=$((E2E_PASSED + 1))
	printf 'ok %s\n' "$1"
}

not_ok() { # NAME [DETAIL...]
	local name=$1
	shift
	E2E_FAILED=$((E2E_FAILED + 1))
	printf 'not ok %s\n' "$name"
	[ $# -eq 0 ] || printf '%s\n' "$@" | sed 's/^/    /'
}

# Passes if the command succeeds; its output is shown only if not.
check() { # NAME COMMAND...
	local name=$1 output code
	shift
	output=$("$@" 2>&1)
	code=$?
	if [ $code -eq 0 ]; then
		ok "$name"
	else
		not_ok "$name" "exit $code: $*" "$output"
	fi
}

# Passes if the command ends with just this code; its output is in $OUTPUT.
exits() { # NAME CODE COMMAND...
	local name=$1 wanted=$2 code
	shift 2
	OUTPUT=$("$@" 2>&1)
	code=$?
	if [ $code -eq "$wanted" ]; then
		ok "$name"
	else
		not_ok "$name" "exit $code instead of $wanted: $*" "$OUTPUT"
	fi
}

is() { # NAME GOT WANTED
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "got:    $2" "wanted: $3"
	fi
}

matches() { # NAME TEXT EXTENDED-REGEX
	if grep -Eq -e "$3" <<<"$2"; then
		ok "$1"
	else
		not_ok "$1" "text:     $2" "no match: $3"
	fi
}

# The count a run of tests reads; fails if something failed or nothing ran.
finish() {
	E2E_FINISHED=1
	printf '%d passed, %d failed\n' $E2E_PASSED $E2E_FAILED
	[ $E2E_FAILED -eq 0 ] && [ $E2E_PASSED -gt 0 ]
}

# ---- servers ----

# A port of 127.0.0.1 that nobody listens on, below the range the kernel gives
# to clients.
free_port() {
	local port
	while :; do
		port=$((20000 + RANDOM % 12000))
		if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
			echo $port
			return
		fi
	done
}

# Ends a process that start_* started and waits for it; its exit code.
stop() { # PID [SIGNAL]
	local pid=$1 kept=() each
	kill "-${2:-TERM}" "$pid" 2>/dev/null
	for each in "${E2E_PIDS[@]}"; do
		[ "$each" = "$pid" ] || kept+=("$each")
	done
	E2E_PIDS=("${kept[@]}")
	wait "$pid" 2>/dev/null
}

stop_all() {
	local pid
	for pid in "${E2E_PIDS[@]}"; do
		stop "$pid"
	done
}

# Starts the reference backend on a free port; sets SERVE_URL and SERVE_PID.
start_serve() { # [FLAGS...]
	local line fd
	# It is heard, not waited for: the line comes when the port is open.
	exec {fd}< <(exec "$BRUNT" serve --port 0 "$@" 2>"$E2E_TMP/serve.err")
	SERVE_PID=$!
	E2E_PIDS+=("$SERVE_PID")
	SERVE_URL=
	if ! IFS= read -r -t 20 line <&"$fd"; then
		echo "start_serve: no line from $BRUNT serve $*: $(cat "$E2E_TMP/serve.err")" >&2
		stop "$SERVE_PID"
		exec {fd}<&-
		return 1
	fi
	exec {fd}<&-
	SERVE_URL=$(grep -Eo 'http://[^ ]+:[0-9]+' <<<"$line")
	[ -n "$SERVE_URL" ]
}

nginx_answers() { # PORT
	(exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# Starts an nginx that answers everything with 64 bytes; sets NGINX_URL and
# NGINX_PID. With directives in NGINX_TLS its port speaks TLS; NGINX_LISTEN has more words
# about the port.
start_nginx() {
	local dir port body try wait
	body=$(printf '0123456789abcdef%.0s' 1 2 3 4)
	for try in 1 2 3 4 5; do
		port=$(free_port)
		dir=$(mktemp -d "$E2E_TMP/nginx.XXXXXX")
		cat >"$dir/nginx.conf" <<-EOF
			daemon off;
			master_process off;
			pid $dir/pid;
			error_log $dir/error.log;
			worker_rlimit_nofile $(ulimit -Hn | sed 's/unlimited/65536/');
			events { worker_connections 12000; }
			http {
			  access_log off;
			  client_body_temp_path $dir/body;
			  proxy_temp_path $dir/proxy;
			  fastcgi_temp_path $dir/fastcgi;
			  uwsgi_temp_path $dir/uwsgi;
			  scgi_temp_path $dir/scgi;
			  keepalive_requests 1000000000;
			  keepalive_timeout 600s;
			  server {
			    listen 127.0.0.1:$port backlog=4096${NGINX_TLS:+ ssl} ${NGINX_LISTEN:-};
			    ${NGINX_TLS:-}
			    location / { return 200 "$body"; }
			  }
			}
		EOF
		nginx -p "$dir" -c "$dir/nginx.conf" -e "$dir/error.log" \
			>"$dir/out" 2>&1 </dev/null &
		NGINX_PID=$!
		E2E_PIDS+=("$NGINX_PID")
		# Another process may have taken the port meanwhile: then it exits.
		for ((wait = 0; wait < 500; wait++)); do
			kill -0 "$NGINX_PID" 2>/dev/null || break
			if nginx_answers "$port" && kill -0 "$NGINX_PID" 2>/dev/null; then
				NGINX_URL=http://127.0.0.1:$port
				return 0
			fi
			sleep 0.02
		done
		stop "$NGINX_PID"
	done
	echo "start_nginx: it did not start: $(cat "$dir/out" "$dir/error.log" 2>/dev/null)" >&2
	return 1
}

# ---- the end, whichever way ----

e2e_end() {
	local code=$?
	trap - EXIT INT TERM HUP
	stop_all
	rm -rf "$E2E_TMP"
	if [ $E2E_FINISHED -eq 0 ]; then
		not_ok "${0##*/} ended early" "exit $code"
		finish
		[ $code -ne 0 ] || code=1
	fi
	exit $code
}
trap e2e_end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP
