#!/bin/bash
# The README's commands do what it says they do. Each line of a command in it is either
# run here, on a server of our own and cut short, or named with the reason why it is not.
. "$(dirname "$0")/lib.sh"

BRUNT=$(realpath "$BRUNT")
root=$(realpath "$(dirname "$0")/../..")
bin=$E2E_TMP/bin
mkdir "$bin" "$E2E_TMP/work" && ln -s "$BRUNT" "$bin/brunt" || exit 1
PATH=$bin:$PATH
export XDG_STATE_HOME=$E2E_TMP/state XDG_CONFIG_HOME=$E2E_TMP/config
cd "$E2E_TMP/work" || exit 1
start_serve --speed 1000 || exit 1

# What a reader has: the sample, a scenario like it, prompts, a body.
mkdir sample-runs
sed "s|http://localhost:8080|$SERVE_URL|; s|http://127.0.0.1:8080|$SERVE_URL|; s|\"500ms\"|\"1ms\"|" \
	"$root/sample-runs/interview-coach.json" >sample-runs/interview-coach.json
cp "$root"/sample-runs/*.jsonl "$root"/sample-runs/*.csv sample-runs/ 2>/dev/null
cp sample-runs/* .
mv interview-coach.json scenario.json
echo '{"messages":[{"role":"user","content":"hi"}]}' >body.json

# Commands in the blocks without a language, a line each, without prompt and comment.
commands() {
	awk '/^ *```/ { fence = !fence; block = fence && /^ *```$/; next }
		block && (more || /^(\$ )?(brunt|make|sudo|printf|sqlite3)( |$)/) {
			sub(/^ *(\$ )?/, "")
			more = sub(/ *\\$/, " ")
			if (!more) sub(/ +#.*/, "")
			whole = whole $0
			if (!more) { print whole; whole = "" }
		}' "$root/README.md"
}
commands >listed
: >known

# Runs what the README says, shorter and elsewhere; each SED says how.
runs() { # LINE CODES [SED...]
	local line=$1 codes=$2 edit=(-e "s|http://localhost:80[08]0|$SERVE_URL|" -e 's/ -z [0-9]*s/ -z 1s/') code
	shift 2
	echo "$line" >>known
	for each; do edit+=(-e "$each"); done
	OUTPUT=$(timeout 60 bash -c "$(sed "${edit[@]}" <<<"$line")" 2>&1 </dev/null)
	code=$?
	case " $codes " in
	*" $code "*) ok "$line" ;;
	*) not_ok "$line" "exit $code, expected $codes: $(sed "${edit[@]}" <<<"$line")" "$OUTPUT" ;;
	esac
}
skips() { # LINE REASON
	echo "$1" >>known
}
watched='s/$/ --headless -n 20/' # a dashboard there

skips "sudo apt-get update && sudo apt-get install -y make && make demo" "installs"
skips "make test" "that is us"
skips "make && sudo make install" "builds and installs"
skips "brunt serve &" "start_serve is that"

printf '{"prompt":"a"}\n' >prompts.jsonl
runs "brunt http://localhost:8080/v1/chat/completions --api openai-chat --model M -d @prompts.jsonl" 0 "$watched"
runs "brunt http://localhost:8080/api/chat -m POST -d @body.json" 0 "$watched"
runs "brunt scenario.json -c 20" "0 5" "$watched"
runs "brunt scenario.json -z 60s --headless --slo 'p95<3s' --json out.json" "0 5"
is "its JSON" "$(sqlite3 :memory: "select json_extract(readfile('out.json'), '\$.slo[#-1].expr')")" "p95<3s"
runs "brunt baseline sample-runs/interview-coach.json" 0
matches "suggests SLOs" "$OUTPUT" '"slo": \["success>=99%'
runs "brunt scenario.json --metrics http://localhost:8000" "0 5" "$watched"
runs "brunt sample-runs/interview-coach.json -c 8 -z 60s --headless --wait-ready 30s --slo 'p95<3s' --slo 'success>=99%' --json out.json --record new.brunt" "0 5"
runs "printf '{\"prompt\":\"Explain queues\"}\\n{\"prompt\":\"Tell me a story\"}\\n' > prompts.jsonl" 0
runs "brunt http://localhost:8080/v1/chat/completions --api openai-chat --model demo -d @prompts.jsonl -c 4" 0 "$watched"
runs "brunt http://localhost:8080/v1/chat/completions --api openai-chat --model demo -d @prompts.jsonl -c 6 -z 30s --headless --record before.brunt" 0
runs "brunt --from before.brunt --headless --record after.brunt" 0
runs "brunt compare before.brunt after.brunt" "0 4 5"
matches "has verdicts" "$OUTPUT" 'BETTER|WORSE|SAME|UNDECIDED'
runs "brunt http://localhost:8080/api/chat -d '{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}' --sweep auto --headless" "0 5" 's/$/ -z 3s/'
matches "ends by itself" "$OUTPUT" 'sweep ended'
runs "brunt http://localhost:8080/api/chat -d '{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}' -q 30 --max-in-flight 8 -z 12s --headless" 0

runs "brunt replay" 0
matches "lists runs" "$OUTPUT" 'interview-coach'
runs "brunt replay latest" 0 's/$/ --headless --speed 1000/'
for each in "--format json" "--format html -o run.html" "--format csv -o run.csv" "--format vllm -o run.json"; do
	runs "brunt report RUN $each" 0 's/RUN/before.brunt/'
done
check "the page is a page" grep -q '</html>' run.html
mkdir -p names && cp before.brunt names/before && cp after.brunt names/after
runs "brunt compare before after || echo worse" 0 's|before after|names/before names/after|'
runs "brunt scenario.json --baseline nightly" "0 4 5" 's/nightly/new.brunt/' "$watched"
runs "sqlite3 RUN 'SELECT status, count(*) FROM samples GROUP BY 1'" 0 's/RUN/before.brunt/'
matches "answers" "$OUTPUT" '^200\|[0-9]+$'

sort -u listed >listed.sorted
sort -u known >known.sorted
is "no other command is in the README" "$(comm -23 listed.sorted known.sorted)" ""
is "and none is tested that is not there" "$(comm -13 listed.sorted known.sorted)" ""

finish
