#!/bin/sh
# What lives and dies between two polls, told by watch: short connections in a network
# namespace of their own, and no second poll that could see anything of them.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"
# shellcheck source=tests/live/private.sh
. "${srcdir:-.}/tests/live/private.sh"

private_script between.sh
command -v python3 >/dev/null || skip_all 'there is no python3'

cat >"$scratch/connect.py" <<'END'
# One short connection after the other, until FILE has TEXT in it or patience ends.
import socket, sys, time
file, text = sys.argv[1:]
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(5)
for _ in range(600):
    client = socket.socket()
    client.connect(listener.getsockname())
    server = listener.accept()[0]
    client.send(b"x" * 123)
    server.recv(123, socket.MSG_WAITALL)
    client.close()
    server.recv(1)
    server.close()
    time.sleep(0.05)
    if text in open(file).read():
        sys.exit(0)
sys.exit(1)
END

# watched TEXT OPTION...: what watch says in "events", up to TEXT at least
watched()
{
	watched_text=$1
	shift
	: >"$scratch/events"
	"$connstate" watch -t --format jsonl "$@" >"$scratch/events" 2>"$scratch/message" &
	watched_pid=$!
	python3 "$scratch/connect.py" "$scratch/events" "$watched_text"
	watched_status=$?
	kill "$watched_pid"
	wait "$watched_pid" 2>/dev/null
	return "$watched_status"
}

said()
{
	grep -q "$1" "$scratch/events"
	result $? "$2" "$(head -n 5 "$scratch/events")"
}

watched '"event":"changed"' --interval 600
result $? 'watch wakes up between two polls' "$(cat "$scratch/message")"
said '"event":"opened".*"to":"ESTABLISHED".*"learnt":"event"' 'a short connection opened'
said '"event":"changed","proto":"tcp","from":"ESTABLISHED","to":"TIME-WAIT".*"bytes_sent":123,' \
	'the end that closed first left TIME-WAIT, with its final figures'
said '"event":"closed","proto":"tcp","from":"LAST-ACK","to":null.*"bytes_received":124,' \
	'the other one was in LAST-ACK last'
none 'nothing is learnt by a poll' grep '"learnt":"poll"' "$scratch/events"

watched '"to":"TIME-WAIT"' --interval 0.05 --no-events
result $? 'without events a poll sees TIME-WAIT' "$(cat "$scratch/message")"
none '--no-events listens to none' grep '"learnt":"event"' "$scratch/events"

# Of a filtered summary events tell nothing: what is left of short ones is counted by the poll.
: >"$scratch/events"
"$connstate" summary -t --interval 1 --format tsv 'src 127.0.0.1' >"$scratch/events" &
summary_pid=$!
python3 "$scratch/connect.py" "$scratch/events" TIME-WAIT
wait "$summary_pid"
awk -F'\t' '$2 == "TIME-WAIT" && $4 > 0 { found = 1 } END { exit !found }' "$scratch/events"
result $? 'a filtered summary over time counts who came' "$(cat "$scratch/events")"

# A filter that needs look-ups holds for both polls; what stops matching has not closed.
cat >"$scratch/hold.py" <<'END'
# Connections that are closed one after the other, and replaced, until FILE has something in it.
import os, socket, sys, time
file, ready = sys.argv[1:]
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(50)
held = []
def connect():
    client = socket.socket()
    client.connect(listener.getsockname())
    held.append((client, listener.accept()[0]))
for _ in range(20):
    connect()
open(ready, "w").close()
for _ in range(1200):
    client, server = held.pop(0)
    client.close()
    server.close()
    connect()
    time.sleep(0.05)
    if os.path.getsize(file):
        sys.exit(0)
sys.exit(1)
END

# held FILTER: what summary --interval says in "events"; PID is that of the holder
held()
{
	: >"$scratch/events"
	rm -f "$scratch/ready"
	python3 "$scratch/hold.py" "$scratch/events" "$scratch/ready" &
	held_pid=$!
	while [ ! -e "$scratch/ready" ] && kill -0 "$held_pid" 2>/dev/null; do :; done
	held_filter=$(echo "$1" | sed "s/PID/$held_pid/")
	"$connstate" summary -t --interval 1 --format tsv "$held_filter" >"$scratch/out"
	cat "$scratch/out" >"$scratch/events"
	wait "$held_pid"
}

held 'pid = PID and dport != 0'
awk -F'\t' '
	$2 == "ESTABLISHED" { open = $3 > 0 && $4 > 0 && $7 > 0 }
	$2 == "TIME-WAIT" { left = $3 == 0 && $6 > 0 }
	END { exit !(open && left) }' "$scratch/events"
result $? 'summary over time follows those of a process to TIME-WAIT' "$(cat "$scratch/events")"

held 'pid = PID and pid = 1'
awk -F'\t' 'NR > 1 && $3 + $4 + $5 + $6 + $7 { wrong = 1 }
	END { exit wrong || NR < 2 }' "$scratch/events"
result $? 'and counts none where none matches' "$(cat "$scratch/events")"

echo 'interval = 1' >"$scratch/config"
"$connstate" summary -t --config "$scratch/config" >"$scratch/events"
head -n 1 "$scratch/events" | grep -q '^PROTO  *STATE  *COUNT  *IPV4'
result $? 'the configured interval asks for no second poll' "$(head -n 1 "$scratch/events")"

finish
