#!/bin/sh
# Recordings of real sockets that open, change and close when the test says so: the file
# is compared with what happened, read while it is written, its recorder killed and
# starved of room; and every query of connstate-recording(5) is run.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"
# shellcheck source=tests/live/private.sh
. "${srcdir:-.}/tests/live/private.sh"

port=7001

# What the file says: one value or lines of columns parted by '|'.
ask()
{
	sqlite3 -cmd '.timeout 5000' "$file" "$1" 2>>"$scratch/sqlite" 9>&-
}

# Wait until $1 (SQL) says 1; a minute is never needed.
until_true()
{
	deadline=$(($(date +%s) + 60))
	while [ "$(ask "$1")" != 1 ]; do
		if [ "$(date +%s)" -ge "$deadline" ]; then
			echo "# never true: $1"
			return 1
		fi
	done
}

begin_recording()
{
	"$connstate" record "$file" --interval 0.05 "$@" 2>"$scratch/said" 9>&- &
	recorder=$!
}

# Two more polls: the second one began after this was called.
next_polls()
{
	polls=$(ask 'SELECT count(*) FROM poll')
	until_true "SELECT count(*) >= ${polls:-0} + 2 FROM poll"
}

step()
{
	echo "$*" >&9
	read -r answer <&8
	next_polls
}

# equal NAME WANTED SQL
equal()
{
	found=$(ask "$3")
	[ "$found" = "$2" ]
	result $? "$1" "$([ "$found" = "$2" ] || printf 'wanted:\n%s\nfound:\n%s' "$2" "$found")"
}

states_of()
{
	echo "SELECT group_concat(state.name, ' ') FROM (SELECT dwell.state AS id FROM dwell
		JOIN socket ON socket.id = dwell.socket
		WHERE $1 ORDER BY since_ms) AS s JOIN state USING (id)"
}

stop_recording()
{
	kill -TERM "$recorder"
	wait "$recorder"
	result $? "a recorder that is asked to end does, with status 0" "$(cat "$scratch/said")"
}

# Who holds the server's end of the connection from the port $client.
held()
{
	echo "SELECT owner_reason, pid FROM socket JOIN holder ON holder.socket = socket.id
		JOIN process ON process.id = process WHERE local_port = $port
		AND peer_port = $client"
}

owners_become_known()
{
	step connect
	client=$answer
	equal 'a connection is in the accept queue of the listener' \
		"in the accept queue of|$(ask "SELECT pid FROM process WHERE command = 'stepper'")" \
		"$(held)"
	step accept
	equal 'its process is known when it is accepted' \
		"|$(ask "SELECT pid FROM process WHERE command = 'stepper'")" "$(held)"
	step pass
	# that the parent has let go of it is found within some polls, not at once
	until_true "SELECT count(*) = 1 AND min(pid) = $answer FROM ($(held))"
	equal 'and the child that it is passed on to' "|$answer" "$(held)"
	step drop
}

what_happens_is_in_the_file()
{
	file=$scratch/recording
	begin_recording
	until_true 'SELECT count(*) > 0 FROM poll'
	step open
	client=$answer
	equal 'both ends are there, with their process' '2|stepper' "SELECT count(*), max(command)
		FROM socket JOIN holder ON holder.socket = socket.id JOIN process
		ON process.id = holder.process WHERE $client IN (local_port, peer_port)"
	step half
	equal 'the server waits in CLOSE-WAIT' 'ESTABLISHED CLOSE-WAIT' \
		"$(states_of "local_port = $port AND peer_port = $client")"
	equal 'that goes on' 1 "SELECT count(*) FROM dwells WHERE state = 'CLOSE-WAIT'
		AND until_ms IS NULL AND local_port = $port"
	step finish
	equal 'the server went through LAST-ACK at most' 1 "SELECT closed_ms IS NOT NULL
		FROM socket WHERE local_port = $port AND peer_port = $client"
	equal 'the client is in TIME-WAIT' 'ESTABLISHED FIN-WAIT-2 TIME-WAIT' \
		"$(states_of "local_port = $client")"
	equal 'final figures are there' 1 "SELECT rtt_us > 0 AND segs_in > 0 FROM socket
		WHERE local_port = $port AND peer_port = $client"
	step brief 50
	equal 'what no poll can see is told by events' 51 "SELECT count(DISTINCT peer_port)
		FROM socket WHERE local_port = $port AND peer_port > 0"
	equal 'they are short-lived' 1 'SELECT sum(short_lived) > 50 FROM poll'
	equal 'each end is there once' 1 "SELECT count(*) = count(DISTINCT cookie) FROM socket"
	equal 'counts are of what was there' 1 "SELECT sockets FROM counts
		WHERE state = 'LISTEN' ORDER BY time_ms DESC LIMIT 1"
	owners_become_known
	equal 'every poll counts its sockets' '' 'SELECT time_ms FROM poll LEFT JOIN count
		USING (time_ms) GROUP BY time_ms HAVING poll.sockets != sum(count.sockets)'
	equal 'no gap' 0 'SELECT count(*) FROM gap'
	"$connstate" record "$file" 2>"$scratch/second"
	[ $? -eq 1 ] && grep -q 'another recorder' "$scratch/second" &&
		[ "$(wc -l <"$scratch/second")" -eq 1 ]
	result $? 'a second recorder is refused in one line' "$(cat "$scratch/second")"
	stop_recording
	[ ! -e "$file-wal" ]
	result $? 'one file is left, without a log'
}

it_goes_on()
{
	sockets=$(ask 'SELECT count(*) FROM socket')
	begin_recording
	until_true 'SELECT count(*) > 0 FROM gap'
	next_polls
	equal 'the time in between is a gap' 'the recorder was stopped' 'SELECT reason FROM gap'
	equal 'sockets go on in their rows' "$sockets" 'SELECT count(*) FROM socket'
	equal 'with their dwells' 1 "SELECT since_ms < (SELECT since_ms FROM gap) FROM dwells
		WHERE state = 'LISTEN' AND until_ms IS NULL"
	stop_recording
}

# A query of the manual: from its comment to the end of the display.
query()
{
	awk -v name="$1" '
		index($0, ".\\\" query: " name) == 1 && NF == 3 { wanted = 1 }
		/^\.Ed/ { wanted = inside = 0 }
		inside { gsub(/\\e/, "\\"); sub(/^\\&/, ""); print }
		wanted && /^\.Bd/ { inside = 1 }' "$srcdir/man/connstate-recording.5"
}

# What is known of the answer, by name; the others must run and say something.
answer_of()
{
	case $1 in
	longest) echo 'LISTEN' ;;
	lost) echo 'the recorder was stopped' ;;
	at) echo "127.0.0.1|$port" ;;
	holders) echo 'stepper' ;;
	per-peer) echo '127.0.0.1' ;;
	short-lived) echo '127.0.0.1' ;;
	opened) echo '127.0.0.1' ;;
	esac
}

queries_of_the_manual()
{
	names=$(sed -n 's/^\.\\" query: //p' "$srcdir/man/connstate-recording.5")
	[ "$(echo "$names" | wc -l)" -ge 8 ]
	result $? 'the manual has its queries'
	for name in $names; do
		query "$name" >"$scratch/query"
		sqlite3 "$file" <"$scratch/query" >"$scratch/answer" 2>&1
		status=$?
		[ "$status" -eq 0 ] && ! grep -qi '^\(parse\|runtime\) error' "$scratch/answer" &&
			[ -s "$scratch/query" ] &&
			{ [ "$name" = findings ] || [ -s "$scratch/answer" ]; } &&
			grep -qF -e "$(answer_of "$name")" "$scratch/answer" "$scratch/query"
		result $? "the manual's query runs: $name" "$(head -n 5 "$scratch/answer")"
		wanted=$(answer_of "$name")
		[ -z "$wanted" ] || ok "and knows $wanted" grep -qF -e "$wanted" "$scratch/answer"
	done
}

# Some steps of the shell, a different number each time: where it is killed is any place.
dawdle()
{
	i=0
	while [ "$i" -lt "$1" ]; do
		i=$((i + 1))
	done
}

kills()
{
	file=$scratch/killed
	bad=
	for round in $(seq 50); do
		polls=0
		[ ! -e "$file" ] || polls=$(ask 'SELECT count(*) FROM poll')
		begin_recording
		until_true "SELECT count(*) > $polls FROM poll"
		dawdle $((round * 7919 % 9973))
		seen=$(ask 'SELECT max(time_ms) FROM poll')
		kill -KILL "$recorder"
		wait "$recorder" 2>/dev/null
		there=$(ask "PRAGMA integrity_check; SELECT max(time_ms) >= $seen FROM poll;
			SELECT count(*) FROM dwell WHERE socket NOT IN (SELECT id FROM socket)")
		[ "$there" = "$(printf 'ok\n1\n0')" ] || bad="$bad $round: $there"
	done
	[ -z "$bad" ]
	result $? 'killed 50 times: the file is whole, and all that had been seen is there' "$bad"
	equal 'the stretches in between are gaps' '49|the recorder ended abruptly' \
		'SELECT count(*), min(reason) FROM gap'
	equal 'the listener is one socket all the time' 1 \
		"SELECT count(*) FROM socket WHERE local_port = $port AND peer_port = 0"
}

full_disk()
{
	mkdir "$scratch/small"
	if ! mount -t tmpfs -o size=2m none "$scratch/small" 2>"$scratch/error"; then
		skip 'a full disk' "no file system can be mounted: $(cat "$scratch/error")"
		return
	fi
	file=$scratch/small/recording
	begin_recording
	until_true 'SELECT count(*) > 0 FROM poll'
	dd if=/dev/zero of="$scratch/small/filler" bs=4k 2>/dev/null
	while ! grep -q 'cannot write to' "$scratch/said" && kill -0 "$recorder"; do :; done
	ok 'a full disk is told in one line' test "$(wc -l <"$scratch/said")" -eq 1
	rm "$scratch/small/filler"
	while ! grep -q 'goes on after' "$scratch/said" && kill -0 "$recorder"; do :; done
	next_polls
	equal 'recording goes on when there is room' ok 'PRAGMA integrity_check'
	equal 'with a gap that says why' 1 "SELECT count(*) FROM gap
		WHERE reason LIKE 'cannot write to%'"
	stop_recording
	umount "$scratch/small"
}

limits()
{
	file=$scratch/limited
	begin_recording --max-size 1M --keep 60s
	next_polls
	for _ in 1 2 3 4 5 6; do
		step brief 400
	done
	size=$(($(stat -c %s "$file") + $(stat -c %s "$file-wal")))
	[ "$size" -le 1048576 ]
	result $? 'a limited file keeps to its limit' "$size bytes"
	stop_recording
	equal 'and is whole' ok 'PRAGMA integrity_check'
}

filtered()
{
	file=$scratch/filtered
	begin_recording -t state listening
	next_polls
	equal 'a filter selects' 'LISTEN' 'SELECT DISTINCT state FROM dwells'
	equal 'and is told' 'state listening' "SELECT value FROM info WHERE name = 'filter'"
	stop_recording
}

private_script record.sh
"$connstate" record 2>"$scratch/said"
status=$?
if grep -q 'built without SQLite' "$scratch/said"; then
	[ "$status" -eq 1 ]
	result $? 'without SQLite it says so'
	finish
	exit
fi
[ "$status" -eq 2 ]
result $? 'a file must be named' "$(cat "$scratch/said")"
if ! command -v sqlite3 >/dev/null; then
	skip 'all else' 'there is no sqlite3'
	finish
	exit
fi
mkfifo "$scratch/in" "$scratch/out"
tests/live/stepper "$port" <"$scratch/in" >"$scratch/out" &
exec 9>"$scratch/in" 8<"$scratch/out"
read -r answer <&8
what_happens_is_in_the_file
it_goes_on
queries_of_the_manual
kills
full_disk
limits
filtered
# The first question may come before there are tables.
none 'sqlite3 had nothing else to complain of' grep -v 'no such table: poll' "$scratch/sqlite"
finish
