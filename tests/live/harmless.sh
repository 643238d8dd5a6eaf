#!/bin/sh
# A process whose name and arguments would do harm on a terminal: none of it comes
# through in any format, and every format stays what it is.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"
# shellcheck source=tests/live/private.sh
. "${srcdir:-.}/tests/live/private.sh"

# Nothing but printable UTF-8 and line ends ($1: which, besides a new line); no mark
# that turns the direction of writing.
is_harmless()
{
	LC_ALL=C grep -q -a "$(printf '[\001-\010\013\014\016-\037\177]')" "$scratch/found" && {
		echo 'a control character'
		return 1
	}
	if [ "$1" != tabs ] && grep -q "$(printf '\t')" "$scratch/found"; then
		echo 'a tab'
		return 1
	fi
	LC_ALL=C grep -q -a "$(printf '\342\200\256')" "$scratch/found" && {
		echo 'a right-to-left mark'
		return 1
	}
	iconv -f UTF-8 -t UTF-8 "$scratch/found" >/dev/null
}

# shows TEXT: the name is there all the same, as text.
shows()
{
	grep -q -F -- "$1" "$scratch/found" || { cat "$scratch/found"; return 1; }
}

lines()
{
	[ "$(wc -l <"$scratch/found")" -eq "$1" ] || { cat "$scratch/found"; return 1; }
}

# list FORMAT: one row of a socket of the hostile process.
list()
{
	$connstate list -tlp --columns local,process,pid,command,command_line --format "$1" \
		"sport = :$own_port" >"$scratch/found"
}

# What is not printable stays whole as an escape of JSON or as text.
json_is_whole()
{
	"$python" -c '
import json, sys
name = "\033[2J\n\\xff\\xe2\\x80\\xae) R"
text = open(sys.argv[1], encoding="utf-8", newline="").read()
rows = json.loads(text)["sockets"] if sys.argv[2] == "json" else \
    [json.loads(line) for line in text.split("\n") if line]
assert len(rows) == 1, rows
row = rows[0]
assert row["command"] == name, ascii(row)
assert row["process"] == "%s[%s]" % (name, sys.argv[3]), ascii(row)
assert row["pid"] == int(sys.argv[3]), row
' "$scratch/found" "$1" "$holder_pid"
}

csv_is_whole()
{
	"$python" -c '
import csv, sys
rows = list(csv.reader(open(sys.argv[1], encoding="utf-8", newline="")))
assert len(rows) == 2 and len(rows[0]) == len(rows[1]) == 5, ascii(rows)
assert rows[1][3].startswith("\\x1b[2J\\x0a\\xff"), ascii(rows)
' "$scratch/found"
}

private_script harmless.sh
python=
for candidate in python3 /usr/bin/python3; do
	if "$candidate" -c '' 2>/dev/null; then
		python=$candidate
	fi
done
holder_words=--hostile
private_hold
list table
ok 'table: harmless' is_harmless
ok 'table: a heading and a row' lines 2
ok 'table: the process is named' shows "[$holder_pid]"
list '{process} {command_line}'
ok 'template: harmless' is_harmless
ok 'template: a row' lines 1
list tsv
ok 'tsv: harmless' is_harmless tabs
ok 'tsv: a heading and a row' lines 2
ok 'tsv: the name is whole' shows '\x1b[2J\x0a\xff'
list csv
ok 'csv: harmless' is_harmless
ok 'csv: a heading and a row' lines 2
if [ "$python" ]; then
	ok 'csv: the name is whole' csv_is_whole
else
	skip 'csv: the name is whole' 'no python3'
fi
for format in json jsonl; do
	list $format
	ok "$format: harmless" is_harmless
	if [ "$python" ]; then
		ok "$format: the name is whole" json_is_whole $format
	else
		skip "$format: the name is whole" 'no python3'
	fi
done
$connstate list -tlp "sport = :$own_port and command ~ 2J" >"$scratch/found"
ok 'it can be filtered by' shows "[$holder_pid]"
private_end
finish
