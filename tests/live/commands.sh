#!/bin/sh
# What the commands do with the sockets of the state laboratory: options that go together,
# filters from files, templates, rows of watch and kill.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"
# shellcheck source=tests/live/lab.sh
. "${srcdir:-.}/tests/live/lab.sh"

# A filter is read once, whatever stands before it, and ends where its file does.
filters_from_files()
{
	printf 'state listen' >filter
	"$connstate" list -tH state listen | words 2,3,4 >wanted
	"$connstate" -F - -tH <filter | words 2,3,4 >found
	same '-F - is read although no command is named' wanted found
	"$connstate" -tsF - -H <filter | awk '$3 > 0 && $2 != "TOTAL" { print $2 }' >found
	echo LISTEN >wanted
	same '-F - is read although a letter names the command' wanted found
	port=$(sed -n 's/.*:\([0-9]*\) .*/\1/p' "$scratch/wanted.port" | head -n 1)
	"$connstate" list -tH "state listen and sport = $port" >wanted
	"$connstate" list -tH -F filter "sport = $port" >found
	same 'words go on behind a file without a newline' wanted found
	printf 'state listen\0 and sport = 1' >filter
	"$connstate" list -tH -F filter >found 2>message
	[ $? -eq 2 ] && [ ! -s found ] && grep -q 'NUL' message
	result $? "$who: a filter with a NUL byte is not taken for its beginning"
}

# Opens and closes sockets until a listener was seen to come, then until it was seen to go.
write_actor()
{
	cat >actor.py <<'END'
import os, socket, sys, time
def reported(text, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if text in open(sys.argv[1]).read():
            return True
        time.sleep(0.02)
    return False
for attempt in range(40):
    # what is there at the first poll is not reported: then another one is opened
    listener = socket.create_server(('127.0.0.1', 0))
    port = listener.getsockname()[1]
    if reported('opened LISTEN 127.0.0.1:%d' % port, 0.5):
        break
client = socket.create_connection(('127.0.0.1', port))
last = socket.create_server(('127.0.0.1', 0))
if not reported('opened LISTEN 127.0.0.1:%d' % last.getsockname()[1], 20):
    sys.exit('the second listener was never reported')
client.close()
last.close()
listener.close()
if not reported('closed - 127.0.0.1:%d' % port, 20):
    sys.exit('the end of the listener was never reported')
END
}

# watch_actor OPTION...: what watch with these options says of the actor, in "events".
watch_actor()
{
	"$connstate" watch -t --interval 0.05 --format '{event} {to} {local}' "$@" \
		>events 2>message &
	watcher=$!
	: >>events
	"$python" actor.py events 2>>message
	acted=$?
	kill "$watcher"
	wait "$watcher" 2>/dev/null
	return $acted
}

# What options leave out is left out of a watch as well.
watched()
{
	python=$(lab_python)
	if [ -z "$python" ]; then
		skip "$who: watch" 'there is no python3'
		return
	fi
	write_actor
	watch_actor
	result $? "$who: watch tells of a listener" "$(cat message)"
	grep -q 'ESTABLISHED' events
	result $? "$who: watch tells of connections"
	watch_actor -l
	result $? "$who: watch -l tells of a listener" "$(cat message)"
	! grep -q 'ESTABLISHED\|TIME-WAIT' events
	result $? "$who: watch -l tells of nothing else" "$(grep -v LISTEN events | head -n 5)"
}

# The result of a kill has the columns that were asked for, the processes too.
closed()
{
	if [ "$who" = nobody ]; then
		return
	fi
	"$connstate" kill -H --yes -p --format '{result} {process}' state fin-wait-1 >found
	sed 's/\[.*/[PID]/' found | sort -u >names
	grep -q '^closed statelab\[PID\]$' names
	result $? "$who: kill -p names the processes" "$(cat names)"
}

# A check says what it counted in the words that it was asked with, UTF-8 as well.
checked()
{
	printf 'state listen\n' >filter
	cat >wanted <<'END'
CONNSTATE OK - 0 sockets match 'sport = 1 and dport = 1' | sockets=0;0;;0
CONNSTATE OK - 0 sockets match 'process = "café x"' | sockets=0;1;;0
CONNSTATE OK - 0 sockets match the filter file and 'sport = 1' | sockets=0;~:1;2;0
END
	{
		"$connstate" check -w 0 'sport = 1 and dport = 1'
		"$connstate" check -w 1 'process = "café|x"'
		"$connstate" check -w '~:1' -c 2 -F filter sport = 1
	} >found 2>&1
	same 'check tells what it counted' wanted found
}

# Where the results of a kill cannot be written that is said, once.
unwritable_results()
{
	if [ ! -c /dev/full ]; then
		skip "$who: the results of a kill" 'there is no /dev/full'
		return
	fi
	without='setpriv --reuid 65534 --regid 65534 --clear-groups' # nothing is closed
	if ! $without true 2>message; then
		without=
	fi
	$without "$connstate" kill --yes state listen >/dev/full 2>message
	[ $? -eq 1 ] && [ "$(grep -c 'cannot write' message)" -eq 1 ]
	result $? "$who: results of a kill that cannot be written are said once" "$(cat message)"
}

inside()
{
	"$connstate" list -tH --columns local,state state listen >wanted.port
	filters_from_files
	watched
	checked
	closed
	unwritable_results
}

lab_script commands.sh
lab_everyone --count 1
finish
