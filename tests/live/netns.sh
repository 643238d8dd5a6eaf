#!/bin/sh
# Other network namespaces, of ip netns and of processes, in a mount namespace of the
# test's own: -N finds and enters them, --all-namespaces shows all of them and keeps
# none alive.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"

# first_line PATTERN: the first line of standard input that has it, into seen.
first_line()
{
	grep -m 1 "$1" >seen
}

# Open port 47121 in blue again and again until the watch on standard input tells.
listen_until_seen()
{
	ip netns exec blue "$python" -c '
import socket, time
for _ in range(100):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("0.0.0.0", 47121))
    s.listen()
    time.sleep(0.2)
    s.close()
    time.sleep(0.1)' &
	opener=$!
	first_line '"event":"opened".*:47121'
	kill "$opener"
	wait "$opener" 2>/dev/null
}

nobody()
{
	setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

# listen NAME COMMAND...: run COMMAND with a listener on port 47119 until its fifo is
# closed; its pid goes to NAME.pid.
listen()
{
	listen_name=$1
	shift
	mkfifo "$listen_name.hold"
	"$@" "$python" -c '
import os, socket, sys
s = socket.socket()
s.bind(("0.0.0.0", 47119))
s.listen()
u = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
u.bind(("::", 47120))
with open(sys.argv[1] + ".new", "w") as f:
    f.write(str(os.getpid()))
os.rename(sys.argv[1] + ".new", sys.argv[1])
open(sys.argv[2]).read()' "$listen_name.pid" "$listen_name.hold" &
	until [ -s "$listen_name.pid" ]; do
		kill -0 $! || break
	done
}

one_namespace()
{
	echo 'LISTEN 0.0.0.0:47119' >wanted
	for which in blue "$(cat blue.pid)" /run/netns/blue "/proc/$(cat blue.pid)/ns/net"; do
		$connstate list -tH -N "$which" --columns state,local | awk '{ print $1, $2 }' >found
		same "-N takes a name, a pid and a path: $which" wanted found
	done
	$connstate --net blue --no-netlink -tH --columns state,local |
		awk '{ print $1, $2 }' >found
	same '/proc/net is that of the namespace' wanted found
	$connstate list -tH --net red >found
	[ ! -s found ]
	result $? 'in an empty one there is nothing' "$(cat found)"
	ok 'wait looks there' "$connstate" wait -N blue --timeout 5 sport = :47119
	$connstate check -N blue -c 1:1 sport = :47119 >found
	result $? 'check looks there' "$(cat found)"
	$connstate summary -N blue -H | awk '$3 && $2 != "TOTAL" { print $1, $2, $3 }' >found
	printf 'tcp LISTEN 1\nudp UNCONNECTED 1\n' >wanted
	same 'summary counts there' wanted found
	$connstate list -N blue -tH --columns netns,process >found
	echo "blue python3[$(cat blue.pid)]" >wanted
	awk '{ sub(/\[/, " "); print $1, $NF }' wanted >wanted.short
	awk '{ sub(/\[/, " "); print $1, $NF }' found >found.short
	same 'its name and processes are known' wanted.short found.short
	fails 1 'a name that is none' "no network namespace 'nowhere'" \
		"$connstate" list -N nowhere
	fails 1 'a path that is none' "'/dev/null' is not a network namespace" \
		"$connstate" list -N /dev/null
	fails 2 'either one or all' 'either --net or --all-namespaces' \
		"$connstate" list -N blue --all-namespaces
	fails 1 'who may not enter is told so' 'CAP_SYS_ADMIN' nobody "$connstate" list -N blue
}

all_namespaces()
{
	echo "blue LISTEN 0.0.0.0:47119
python-service LISTEN 0.0.0.0:47119" >wanted
	$connstate list -tH --all-namespaces --columns netns,state,local \
		'sport = :47119' 2>err | sed "s/^[^ ]*\[$(cat other.pid)\]/python-service/" |
		awk '{ print $1, $2, $3 }' | sort >found
	same '--all-namespaces shows the sockets of each, with its name' wanted found
	[ ! -s err ]
	result $? 'root may enter all' "$(cat err)"
	$connstate list -H --all-namespaces --no-netlink --columns netns,state,local \
		'sport = :47119' 2>err | sed "s/^[^ ]*\[$(cat other.pid)\]/python-service/" |
		awk '{ print $1, $2, $3 }' | sort >found
	same 'and so it does by way of /proc/net' wanted found
	$connstate list --all-namespaces -H netns = blue 2>err | awk '{ print $NF }' | uniq >found
	echo blue >wanted
	same 'netns is a predicate' wanted found
	$connstate list --all-namespaces --sort -netns -H 'sport = :47119' 2>err |
		awk '{ print $NF }' >found
	sort -r found >wanted
	same 'and sorts' wanted found
	$connstate summary --by netns --all-namespaces -H 2>err |
		awk '$1 == "blue" { print $1, $2 }' >found
	echo 'blue 2' >wanted
	same 'summary --by netns counts them' wanted found
	$connstate summary --all-namespaces -tH 'sport = :47119' 2>err |
		awk '$2 == "LISTEN" { print $3 }' >found
	echo 2 >wanted
	same 'summary adds them up' wanted found
	mkfifo watch.out
	$connstate watch --all-namespaces --interval 0.05 --format jsonl 'sport = :47121' \
		>watch.out 2>err &
	watch=$!
	exec 8<watch.out
	listen_until_seen <&8
	grep -q '"event":"opened".*"local":"0.0.0.0:47121".*"netns":"blue"' seen
	result $? "watch says where" "$(cat seen err)"
	exec 8<&-
	kill "$watch" 2>/dev/null
	wait "$watch"
	fails 2 'kill does not reach that far' 'not an option' \
		"$connstate" kill --all-namespaces sport = :47119
}

unprivileged()
{
	nobody "$connstate" list -H --all-namespaces >out 2>err
	result $? 'nobody may ask for all' "$(cat err)"
	[ "$(wc -l <err)" -eq 1 ] &&
		grep -q '^connstate: 2 network namespaces could not be entered (run as root): .*red' err &&
		grep -q 'blue' err
	result $? 'those that may not be entered are counted and named, in one line' "$(cat err)"
	# a process of one's own can be looked through without entering
	listen own nobody unshare --user --map-root-user --net
	nobody "$connstate" list -tH --all-namespaces --columns local,netns sport = :47119 2>err |
		awk '{ print $1 }' >found
	echo '0.0.0.0:47119' >wanted
	same 'what processes of their own see is shown' wanted found
	: >own.hold
	wait
}

# A namespace that ends while it is looked at again and again: its end of a pair of
# interfaces takes the other one along, unless something keeps it.
nothing_is_kept()
{
	mkfifo watch.kept
	$connstate watch --all-namespaces --interval 0.05 --format jsonl \
		'( sport = :47119 or sport = :47121 ) and state listening' >watch.kept 2>err &
	watch=$!
	exec 7<watch.kept
	listen_until_seen <&7
	listen third unshare --net
	first_line '"event":"opened".*:47119' <&7
	if ! ip link add kept0 type veth peer name kept1 netns "$(cat third.pid)" 2>err.veth; then
		skip 'a namespace that is looked at can end' "$(cat err.veth)"
	else
		: >third.hold
		tries=0
		while ip link show kept0 >/dev/null 2>&1 && [ "$tries" -lt 100 ]; do
			tries=$((tries + 1))
			sleep 0.1
		done
		[ "$tries" -lt 100 ] && kill -0 "$watch"
		result $? 'a namespace that is looked at can end'
	fi
	exec 7<&-
	kill "$watch" 2>/dev/null
	wait "$watch"
}

inside()
{
	# /run/netns is this mount namespace's own: nothing is left of it afterwards
	mkdir -p /run/netns
	mount -t tmpfs tmpfs /run/netns || skip_all 'nothing may be mounted here'
	if ! ip netns add blue || ! ip netns add red; then
		skip_all 'ip netns add does not work here'
	fi
	listen blue ip netns exec blue
	listen other unshare --net
	one_namespace
	all_namespaces
	nothing_is_kept
	: >other.hold
	: >blue.hold
	wait
	unprivileged
	ip netns delete blue
	ip netns delete red
	finish
}

if [ -n "${NETNS_INSIDE:-}" ]; then
	cd "$NETNS_INSIDE" || exit 1
	connstate=$NETNS_INSIDE/connstate
	inside
	exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
	skip_all 'network namespaces are made by root'
fi
for tool in ip unshare setpriv python3; do
	command -v $tool >/dev/null || skip_all "there is no $tool"
done
python=/usr/bin/python3
[ -x $python ] || python=$(command -v python3)
export python
work=$(mktemp -d "${TMPDIR:-/tmp}/connstate-netns.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
chmod 777 "$work"
cp connstate "$work"
# a pid namespace as well: only what the test starts is seen, and nothing outlives it
apart()
{
	timeout 120 unshare --mount --net --pid --fork --kill-child --mount-proc \
		--propagation private "$@"
}
apart true 2>/dev/null || skip_all 'no namespaces can be made here'
srcdir=$(cd "${srcdir:-.}" && pwd)
export srcdir
NETNS_INSIDE=$work
export NETNS_INSIDE
apart sh "$0"
