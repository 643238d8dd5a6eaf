#!/bin/sh
# A process whose name moves cursors, breaks lines and quotes, and is not UTF-8 holds a
# real socket: every format shows it, and none is broken by it.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"
# shellcheck source=tests/live/lab.sh
. "${srcdir:-.}/tests/live/lab.sh"

# Connects to the port given, takes a name, says so, and waits for the end of its input.
write_holder()
{
	cat >holder.py <<'END'
import os, socket, sys
held = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
with open('/proc/self/comm', 'wb') as f:
    f.write(NAME)
with open('ready', 'w') as f:
    f.write('%d %d' % (os.getpid(), held.getsockname()[1]))
os.rename('ready', 'held')
sys.stdin.read()
END
}

# What the machine formats must give back, control characters escaped in CSV and TSV.
write_reader()
{
	cat >reader.py <<'END'
import csv, json, sys
text = NAME.decode('utf-8', 'backslashreplace')
name = sys.argv[1]
process = '%s[%s]' % (text, name)
escaped = ''.join(c if c.isprintable() else '\\x%02x' % ord(c) for c in process)
(row,) = json.load(open('rows.json'))['sockets']
assert row['process'] == process, row
(line,) = open('rows.jsonl').read().splitlines()
assert json.loads(line)['process'] == process, line
header, row = csv.reader(open('rows.csv', newline=''), strict=True)
assert row[-1] == escaped, row
(line,) = open('rows.tsv', newline='').read().splitlines()[1:]
assert line.split('\t')[-1] == escaped, line
for name in ('table', 'template'):
    data = open('rows.' + name, 'rb').read()
    assert data.count(b'\n') == 1 + (name == 'table'), data
    assert not any(b < 32 and b != 10 or b == 127 for b in data), data
    data.decode('utf-8')
END
}

look_at()
{
	filter="sport = :$2"
	columns=proto,local,process
	for format in json jsonl csv tsv table; do
		$connstate list -t --columns $columns --format $format "$filter" >"rows.$format"
	done
	$connstate list -t --format '{local} {process}' "$filter" >rows.template
	ok "$who: $label is right in every format" "$python" reader.py "$1"
	[ "$($connstate list -tH "pid = $1 and inode > 0" | wc -l)" -eq 1 ]
	result $? "$who: $label is found by its pid"
	[ "$($connstate list -tH --columns pid "$filter" | tr -d ' ')" = "$1" ]
	result $? "$who: $label has its pid"
}

# name LABEL BYTES-AS-PYTHON
name()
{
	label=$1
	sed "s/NAME/$2/" holder.py >holding.py
	sed -i "s/NAME/$2/" reader.py
	mkfifo input
	"$python" holding.py "$port" <input &
	exec 3>input
	while [ ! -e held ]; do
		kill -0 $! 2>/dev/null || break
	done
	read -r pid local_port <held
	look_at "$pid" "$local_port"
	exec 3>&-
	wait $!
	rm -f held input
}

inside()
{
	python=$(lab_python)
	if [ -z "$python" ]; then
		skip "$who: hostile names" 'there is no python3'
		return
	fi
	port=$(awk -F'\t' '$1 == "tcp" && $2 == 4 && $3 == "CLOSE-WAIT" { sub(/.*:/, "", $4)
		print $4; exit }' "$STATELAB_EXPECT")
	for number in 1 2 3 4; do
		write_holder
		write_reader
		case $number in
		1) name 'a name of escapes' "b'e\\\\x1b[2J\\\\x1b]0;x'" ;;
		2) name 'a name of line ends and quotes' "b'\"a\\\\n\\\\r,\\\\t)\\\\\\\\('" ;;
		3) name 'a name that is not UTF-8' "b'\\\\xff\\\\xc3x\\\\xe2\\\\x82'" ;;
		4) name 'a name in other letters' "'gr\\\\u00fcn \\\\u65e5\\\\u672c'.encode()" ;;
		esac
	done
}

lab_script hostile.sh
lab_everyone --only-tcp
finish
