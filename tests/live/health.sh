#!/bin/sh
# Findings in the live view, in tmux, beside real sockets that ail: the line of health,
# the marks of the panel, the block with all that is known, the way to the sockets; and
# a busy server that is well.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"
# shellcheck source=tests/live/terminal.sh
. "${srcdir:-.}/tests/live/terminal.sh"

terminal_open health
ailing=$(pwd)/tests/live/ailing
connstate=${CONNSTATE:-$(pwd)/connstate}
work=$(mktemp -d "${TMPDIR:-/tmp}/connstate-health.XXXXXX") || exit 1

# shellcheck disable=SC2317 # called by trap
clean()
{
	terminal_close
	rm -rf "$work"
}
trap clean EXIT

"$ailing" close-wait true 2>"$work/error" || [ $? -ne 77 ] || skip_all "$(head -n 1 "$work/error")"

missed=

# Until a line of the screen matches the pattern $1; false when none does, and at once after that.
await()
{
	tries=0
	until screen | grep -q -e "$1"; do
		tries=$((tries + 1))
		if [ -n "$missed" ] || [ "$tries" -ge 200 ]; then
			missed=1
			echo "there is no $1:"
			screen
			return 1
		fi
		sleep 0.1
	done
}

# Orphans and memory are the whole host's, whoever caused them.
mkdir -p "$work/config/connstate"
cat >"$work/config/connstate/config" <<'CONFIG'
[top]
threshold = orphans.warning=1e6
threshold = tcp-memory.warning=1e6
threshold = tcp-memory.critical=1e6
threshold = close-wait.count=10
threshold = close-wait.age=1s
CONFIG

# The view beside ailment $1.
view()
{
	t new-session -d -x 100 -y 40 "XDG_CONFIG_HOME='$work/config' LC_ALL=C.UTF-8 \
		'$ailing' '$1' '$connstate' top --interval 0.3; echo ended; cat"
}

view close-wait
ok 'the line of health names the finding' await \
	'^! CLOSE-WAIT leak: ailing\[[0-9]*\]: 10 idle sockets.* 6 Health$'
ok 'the panel marks the state' await '^!CLOSE-WAIT  *10 '
none 'the panel marks no other state' sh -c 'tmux -L "$1" capture-pane -p |
	grep -E "(^| )!(ESTABLISHED|LAST-ACK|TIME-WAIT|SYN-SENT|LISTEN)"' sh "$socket"
t send-keys 6
ok 'the view lists it, with since when' await \
	'^  *! CLOSE-WAIT leak: ailing.* since <\{0,1\}[0-9][0-9]:[0-9][0-9]:[0-9][0-9]$'
t send-keys Down
ok 'its block: since' await '^  since    [0-9:]* or earlier, for at least [0-9]'
ok 'its block: owner' await '^  owner    ailing\[[0-9]*\]$'
ok 'its block: meaning' await '^  means    The peer has closed'
ok 'its block: remedy' await '^  do       It is a fault of the program'
ok 'its block: look-alikes' await '^  or is it A connection that its peer'
ok 'its block: sockets' await '^  sockets  state close-wait and pid = [0-9]*$'
ok 'counters are below it' await 'listen_overflows'
t send-keys Enter
ok 'Enter filters by it' await ' filter: state close-wait and pid = '
ok 'its sockets are listed' await '^. *CLOSE-WAIT .* ailing\[[0-9]*\]'
none 'others are not' sh -c 'tmux -L "$1" capture-pane -p | grep "^. FIN-WAIT-2"' sh "$socket"
t kill-server
socket=$socket-blind

# What is not told is not called well.
if "$(pwd)/tests/live/without_netlink" true 2>/dev/null; then
	connstate="$(pwd)/tests/live/without_netlink' '$connstate" view accept-queue-full
	t send-keys 6
	ok 'without netlink it says what it cannot judge' await \
		'^[ >]Nothing is known to be wrong, as of .*; not judged: accept-queue-full'
	ok 'and what was read instead' await '^! /proc/net is read instead of netlink: '
	ok 'and the source, in the heading' await '^connstate .* procfs .*live'
	t kill-server
else
	skip 'without netlink it says what it cannot judge' 'system calls cannot be filtered here'
fi
socket=$socket-busy

view busy
t send-keys 6
ok 'a busy server has nothing wrong' await '^[ >]Nothing is wrong, as of [0-9:]*$'
first=$(screen | sed -n 's/^[ >]Nothing is wrong, as of //p')
later()
{
	for _ in $(seq 200); do
		now=$(screen | sed -n 's/^[ >]Nothing is wrong, as of //p')
		[ -n "$now" ] || break
		[ "$now" = "$first" ] || return 0
		sleep 0.1
	done
	screen
	return 1
}
ok 'and is judged again, and again nothing is wrong' later
none 'no state is marked' sh -c 'tmux -L "$1" capture-pane -p | head -n 8 | grep "!"' sh "$socket"
finish
