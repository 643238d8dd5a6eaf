#!/bin/sh
# Commands that wait, watch, judge and close, on the sockets of the state laboratory.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"
# shellcheck source=tests/live/lab.sh
. "${srcdir:-.}/tests/live/lab.sh"

# How many rows the listing has for a filter.
count()
{
	"$connstate" list -H "$@" | wc -l
}

# status EXPECTED NAME COMMAND...: what comes out goes to ./out and ./err
status()
{
	wanted=$1
	name=$2
	shift 2
	"$@" >out 2>err </dev/null
	got=$?
	[ "$got" -eq "$wanted" ]
	result $? "$who: $name" "status $got, not $wanted: $(head -n 3 err)"
}

is()
{
	[ "$2" = "$3" ]
	result $? "$who: $1" "'$2' instead of '$3'"
}

waiting()
{
	status 0 'wait: there already' "$connstate" wait -l sport = :10000
	status 0 'wait --none: none there' "$connstate" wait --none sport = :1
	status 1 'wait --timeout' "$connstate" wait --timeout 0.2 sport = :1
	is 'wait says what it saw, in a line' "$(wc -l <err)" 1
	status 2 'wait without a filter' "$connstate" wait
	status 2 'wait --none --count' "$connstate" wait --none --count 3 sport = :1
	status 1 'wait --count, too many' "$connstate" wait --timeout 0.2 --count 1000 state listen
}

judging()
{
	closing=$(count -t state close-wait)
	status 0 'check: within' "$connstate" check -w "$closing" -c "$closing" state close-wait
	is 'check: one line with performance data' "$(cat out)" \
		"CONNSTATE OK - $closing sockets match 'state close-wait' | sockets=$closing;$closing;$closing;0"
	status 1 'check: warning' "$connstate" check -w 0 -c 1000 state close-wait
	status 2 'check: critical' "$connstate" check -w 0 -c "$((closing - 1))" state close-wait
	status 2 'check: nothing where something should be' "$connstate" check -c 1: sport = :1
	status 3 'check: a filter that is none' "$connstate" check -w 1 sprt = :1
	status 3 'check: a range that is none' "$connstate" check -w 1:x state listen
	status 0 'check as JSON' "$connstate" check -w 0 -c 0 -j sport = :1
}

grouping()
{
	"$connstate" summary -t --by state --format tsv -H >by
	"$connstate" list -tH | awk '{ print $1 }' | sort | uniq -c | awk '{ print $2, $1 }' | sort >wanted
	awk -F'\t' '{ print $1, $2 }' by | sort >got
	is 'summary --by state is what counting lines gives' "$(cat got)" "$(cat wanted)"
	is 'list --group-by: as many groups' \
		"$("$connstate" list -tH --group-by local_port | wc -l)" \
		"$("$connstate" list -tH --format '{local_port}' | sort -u | wc -l)"
	is '--limit' "$("$connstate" summary -tH --by local_port --limit 2 | wc -l)" 2
	total=$("$connstate" list -tH --format '{recv_queue_bytes}' --base-units | awk '{ sum += $1 } END { print sum }')
	is '--total counts the rows' "$($connstate list -tanH --total | tail -n 1 |
		awk '{ print $2 }')" "$(count -t)"
	is '--total adds up' "$($connstate list -tH --base-units --columns state,recv_queue_bytes \
		--total 2>err | tail -n 1 | awk '{ print $NF }')" "$total"
	status 2 '--total in JSON' "$connstate" list --total -j
	is '--total of groups counts the sockets' "$("$connstate" list -tH --group-by state --total |
		tail -n 1 | awk '{ print $1, $2 }')" "TOTAL $(count -t)"
	is '--total of summary --by as well' "$("$connstate" summary -tH --by state --total |
		tail -n 1 | awk '{ print $1, $2 }')" "TOTAL $(count -t)"
	status 2 '--total of groups in CSV' "$connstate" list --group-by state --total --format csv
	is 'sums add up' "$("$connstate" list -tH --base-units --group-by proto |
		awk '{ print $3 }')" "$total"
}

# A listener opens, is connected to and closes while a watch looks on.
watching()
{
	"$connstate" watch -t --interval 0.05 --format jsonl '( sport = :7201 or dport = :7201 )' >events &
	watcher=$!
	python3 - "$connstate" <<'END'
import socket, subprocess, sys
def wait(*words):
    subprocess.run([sys.argv[1], 'wait', '--timeout', '20', '--interval', '0.05', *words], check=True)
def seen(text):
    import time
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with open('events') as f:
            if text in f.read():
                return
        time.sleep(0.01)
    sys.exit('not seen: ' + text)
probe = socket.socket()
probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
# the first pass of the watch shows nothing: try until one is compared with another
import time
end = time.monotonic() + 20
while time.monotonic() < end:
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(('127.0.0.1', 7201)); s.listen()
    time.sleep(0.2)
    if open('events').read():
        break
    s.close()
seen('"opened"')
c = socket.create_connection(('127.0.0.1', 7201))
a, _ = s.accept()
seen('"to":"ESTABLISHED"')
c.shutdown(socket.SHUT_WR)
seen('"from":"ESTABLISHED","to":"CLOSE-WAIT"')
a.close()
c.close()
s.close()
seen('"event":"closed"')
END
	result $? "$who: watch sees what happens" "$(cat events)"
	kill "$watcher"
	wait "$watcher"
	result $? "$who: watch ends well on a signal"
	status 0 'watch ends well when its reader does' \
		sh -c "$connstate watch --interval 0.05 | head -n 1"
}

closing()
{
	status 2 'kill without a filter' "$connstate" kill --yes
	status 2 'kill all' "$connstate" kill --yes all
	status 2 'kill -t state all' "$connstate" kill -t --yes state all
	status 2 'kill asks, or wants --yes' "$connstate" kill state last-ack
	before=$(count -t)
	is 'nothing was closed so far' "$(count -t)" "$before"
	status 0 'kill: nothing matches' "$connstate" kill --yes sport = :1
	victims=$(count -t state closing)
	status 0 'kill --yes' "$connstate" kill --yes -H state closing
	is 'one line for each' "$(grep -c '^closed' out)" "$victims"
	is 'they are gone' "$(count -t state closing)" 0
	SSH_CONNECTION='127.0.0.1 10009 127.0.0.1 10008' \
		status 0 'kill spares its own session' \
		"$connstate" kill --yes 'src 127.0.0.1:10008' and state established
	is 'it is still there' "$(count -t 'sport = :10009')" 1
	if [ "$who" = self ] && [ "$(id -u)" -eq 0 ] && command -v setpriv >setpriv.path; then
		status 1 'kill without CAP_NET_ADMIN' \
			setpriv --reuid 65534 --regid 65534 --clear-groups \
			"$connstate" kill --yes -H state listen
		is 'it says what is missing' "$(grep -c CAP_NET_ADMIN out)" "$(wc -l <out)"
	fi
}

inside()
{
	waiting
	judging
	grouping
	if command -v python3 >python3.path; then
		watching
	else
		skip "$who: watch" 'no python3 to make sockets with'
	fi
	closing
}

lab_script acting.sh
# shellcheck disable=SC2119 # no options: the laboratory as it is
lab_everyone
finish
