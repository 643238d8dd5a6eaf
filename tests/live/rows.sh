#!/bin/sh
# The views whose rows stand for many connections, in a real terminal: units, containers
# and control groups of real processes, some with names that want to act on the terminal;
# listeners that overflow; a command line of a megabyte.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"
# shellcheck source=tests/live/private.sh
. "${srcdir:-.}/tests/live/private.sh"
# shellcheck source=tests/live/terminal.sh
. "${srcdir:-.}/tests/live/terminal.sh"

id=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef

start()
{
	t new-session -d -x 160 -y 40 "$connstate top --no-config $*"
	await "  live  "
}

# Press F5 until the rows are grouped by $1.
group_by()
{
	t send-keys 4
	for _ in 1 2 3 4 5 6; do
		t send-keys F5
		tries=0
		until screen | grep -q 'grouped by '; do
			tries=$((tries + 1))
			[ "$tries" -lt 50 ] || return 1
			sleep 0.1
		done
		if screen | grep -q "grouped by $1\$"; then
			return 0
		fi
		t send-keys Down
		until ! screen | grep -q 'grouped by '; do
			sleep 0.1
		done
	done
	return 1
}

# Run the holder in a control group of the path $1; says no when that can't be.
hold_in()
{
	group=$mount/$top/$1
	mkdir -p "$group" 2>/dev/null || return 1
	holder=$scratch/in-group
	printf '#!/bin/sh\necho 0 >"%s/cgroup.procs" && exec tests/live/holder\n' \
		"$group" >"$holder"
	chmod +x "$holder"
	# The words are for the shell within.
	# shellcheck disable=SC2016
	sh -c 'echo 0 >"$1/cgroup.procs"' sh "$group" 2>/dev/null || return 1
	private_hold
}

leave()
{
	private_end
	holder=
	for _ in 1 2 3 4 5 6; do
		find "$mount/$top" -depth -type d -exec rmdir {} \; 2>/dev/null
		[ -d "$mount/$top" ] || break
	done
}

# shown PATH CLASS TEXT: a holder in that group is in the row of that text.
shown()
{
	if ! hold_in "$1"; then
		skip "$2 $3" "no group can be made in $mount"
		return
	fi
	start
	ok "rows are grouped by $2" group_by "$2"
	ok "one row is $3" await "$3"
	ok 'and the frame is whole' await ' 4 Processes '
	terminal_close
	leave
}

groups()
{
	mount=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	top=connstate-rows-$$
	if [ -z "$mount" ]; then
		skip 'control groups' 'cgroup2 is not mounted'
		return
	fi
	shown cs.slice/cs-web.service unit cs-web.service
	shown "docker-$id.scope" container 0123456789abcdef0123456789
	shown "machine.slice/libpod-$id.scope" container 0123456789abcdef0123456789
	shown "kubepods.slice/kubepods-pod1.slice/cri-containerd-$id.scope" container 0123456789abcdef0123456789
	shown "$(printf 'a\033[2J\033]0;t\007\377\342\200\256\346\227\245z.service')" unit z.service
}

listeners()
{
	private_hold
	start
	t send-keys 3
	ok 'a listener' await "127.0.0.1:$own_port"
	t send-keys g
	tries=0
	until screen | grep '^>' | grep -qF "127.0.0.1:$own_port"; do
		tries=$((tries + 1))
		[ "$tries" -lt 50 ] || break
		t send-keys Down
		sleep 0.1
	done
	t send-keys F5
	ok 'opens, and shows who is connected' await '╰─ 127.0.0.1:'
	t send-keys Down Enter
	ok 'each with its details, beside the other end' await 'The other end, on this host'
	ok 'and its time line' await 'Time line'
	terminal_close
	private_end
}

# The process holds a listening socket, says its port, and waits for the end of its input.
long_command_line()
{
	python=$(command -v python3)
	if [ -z "$python" ]; then
		skip 'a command line of a megabyte' 'there is no python3'
		return
	fi
	cat >"$scratch/long.py" <<'END'
import os, socket, sys
if len(sys.argv) == 2:
    words = [chr(27) + '[2J' + 'x' * 120000] * 9
    os.execv(sys.executable, [sys.executable, sys.argv[0], sys.argv[1]] + words)
held = socket.create_server(('127.0.0.1', 0))
with open(sys.argv[1], 'w') as out:
    print(held.getsockname()[1], file=out)
sys.stdin.read()
END
	mkfifo "$scratch/port" "$scratch/hold"
	"$python" "$scratch/long.py" "$scratch/port" <"$scratch/hold" &
	pid=$!
	exec 8>"$scratch/hold"
	read -r port <"$scratch/port"
	start "sport = :$port"
	await "127.0.0.1:$port" && t send-keys Enter
	ok 'a command line of a megabyte is shown in part' await command_line
	ok 'what comes behind it as well' await 'who acts'
	ok 'and the frame is whole' await ' 4 Processes '
	terminal_close
	exec 8>&-
	wait "$pid"
}

private_script rows.sh
terminal_open rows
trap terminal_close EXIT
listeners
groups
long_command_line
finish
