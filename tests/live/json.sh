#!/bin/sh
# The JSON documents keep their contract: each kind against the schema that is
# installed, with real sockets, and with nothing in it that the schema does not name.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"
# shellcheck source=tests/live/private.sh
. "${srcdir:-.}/tests/live/private.sh"

# Draft 7 lets unknown members pass, for the sake of versions to come; a test must not.
write_validator()
{
	cat >"$scratch/validate.py" <<'END'
import json, sys
import jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft7Validator.check_schema(schema)
def close(s):
    if "properties" in s:
        s["additionalProperties"] = False
    for part in s.get("definitions", {}).values():
        close(part)
close(schema)
text = open(sys.argv[2], encoding="utf-8", newline="").read()
document = json.loads(text)
jsonschema.Draft7Validator(schema).validate(document)
assert document[sys.argv[3]], "no rows"
END
}

# valid KIND ARGUMENT...: the command's document is of that kind and has rows.
valid()
{
	kind=$1
	shift
	"$connstate" "$@" >"$scratch/found" 2>"$scratch/error" || true
	ok "$*" "$python" "$scratch/validate.py" "$srcdir/data/connstate.schema.json" \
		"$scratch/found" "$kind"
}

lines_valid()
{
	"$python" - "$srcdir/data/connstate.schema.json" "$scratch/found" "$1" <<-'END'
		import json, sys, jsonschema
		schema = json.load(open(sys.argv[1]))
		row = dict(schema["definitions"]["row_of_" + sys.argv[3]],
		           definitions=schema["definitions"], additionalProperties=False)
		lines = open(sys.argv[2], encoding="utf-8", newline="").read().splitlines()
		assert lines
		for line in lines:
		    jsonschema.Draft7Validator(row).validate(json.loads(line))
	END
}

# Every state of every protocol asked for, whether there are such sockets or not.
zeros_are_there()
{
	"$connstate" summary -tu "$@" -j >"$scratch/found"
	"$python" - "$scratch/found" <<-'END'
		import json, sys
		document = json.load(open(sys.argv[1]))
		listed = document.get("states") or document["state_moves"]
		rows = {(r["proto"], r["state"]): r["count"] for r in listed}
		for state in ("LISTEN SYN-SENT SYN-RECEIVED ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 "
		              "CLOSE-WAIT CLOSING LAST-ACK TIME-WAIT CLOSED").split():
		    assert isinstance(rows["tcp", state], int), state
		assert rows["tcp", "CLOSING"] == 0 and rows["tcp", "LISTEN"] == 2, rows
		assert rows["udp", "ESTABLISHED"] == 0, rows
		assert document["tcp"] == sum(n for (p, _), n in rows.items() if p == "tcp")
		for family in "ipv4", "ipv6":
		    assert document["tcp_" + family] == sum(
		        r[family] for r in listed if r["proto"] == "tcp"), document
		assert document["tcp"] == document["tcp_ipv4"] + document["tcp_ipv6"] > 0
	END
}

# A watch that sees a holder come and go, ended by a signal.
watched()
{
	: >"$scratch/found" # what stands there is not to be taken for news
	"$connstate" watch -tp --interval 0.05 --format jsonl >"$scratch/found" &
	watch_pid=$!
	until grep -q '"closed"' "$scratch/found"; do
		kill -0 "$watch_pid" || return 1
		private_hold
		private_end
	done
	kill "$watch_pid"
	wait "$watch_pid"
	lines_valid events
}

# The same, as one document that the signal closes.
watched_document()
{
	: >"$scratch/found"
	"$connstate" watch -t --interval 0.05 -j >"$scratch/found" &
	watch_pid=$!
	until grep -q '"opened"' "$scratch/found"; do
		kill -0 "$watch_pid" || return 1
		private_hold
		private_end
	done
	kill "$watch_pid"
	wait "$watch_pid"
	"$python" "$scratch/validate.py" "$srcdir/data/connstate.schema.json" \
		"$scratch/found" events
}

# The schema that says yes to all would prove nothing.
refuses()
{
	printf '%s\n' "$1" >"$scratch/found"
	! "$python" "$scratch/validate.py" "$srcdir/data/connstate.schema.json" \
		"$scratch/found" sockets 2>/dev/null
}

private_script json.sh
python=
for candidate in python3 /usr/bin/python3; do
	if "$candidate" -c 'import jsonschema' 2>/dev/null; then
		python=$candidate
		break
	fi
done
[ "$python" ] || skip_all 'python3 has no module jsonschema'
write_validator
head='{"schema":1,"time":"","host":"","sockets":[{'
ok 'a state that is none is refused' refuses "$head\"state\":\"OPEN\"}]}"
ok 'a text for a number is refused' refuses "$head\"pid\":\"1\"}]}"
ok 'an unknown member is refused' refuses "$head\"colour\":1}]}"
ok 'another version is refused' refuses '{"schema":2,"time":"","host":"","sockets":[{}]}'
ok 'watch --format jsonl' watched
ok 'watch -j' watched_document
private_hold
valid sockets list -j
valid sockets list -ltunp -j
valid sockets list -tanpeimo -j
valid sockets list -j --columns all
valid sockets list -j --columns cookie,mark,inode 'state established'
valid states summary -j
valid states summary --exact -tj
valid state_moves summary --interval 0.2 -tj
valid groups summary --by listener -tj
valid groups summary --by state -tj
valid groups list --group-by command --columns +bytes_sent -tj
valid checks check -j -w 1 -c 100 'state established'
valid checks check -j -c 0 'state established'
valid columns --list-columns -j
valid formats --list-formats -j
valid dialects --list-names -j
if [ -x tests/recording_make ]; then
	tests/recording_make "$scratch/web.cst" <"$srcdir/tests/data/recording.sql"
	valid sockets list --from "$scratch/web.cst" -j
	valid states summary --from "$scratch/web.cst" -j
	valid state_spans summary --from "$scratch/web.cst" --since first -j
	valid group_spans summary --from "$scratch/web.cst" --since first --by process -j
	valid changes diff "$scratch/web.cst" --at first --at last -j
	valid events watch --from "$scratch/web.cst" -j
	valid findings check --from "$scratch/web.cst" -j
else
	skip 'recordings as JSON' 'built without SQLite'
fi
valid sockets kill -y -j "sport = :$any_port and state established"
ok 'summary has every state, zeros included' zeros_are_there
ok 'so has summary over two polls' zeros_are_there --interval 0.2
"$connstate" list -t --format jsonl >"$scratch/found"
ok 'list --format jsonl' lines_valid sockets
private_end
finish
