#!/bin/sh
# A monkey at the keys of the live view, in a real terminal: tmux, beside real sockets in
# every state and others that come and go; then of a recording.
#
# Keys, texts, presses of the mouse and sizes are random, the same for the same seed: all
# but those that quit or suspend.  The program must be there afterwards, answer, restore
# the terminal and end with status 0.
#
#   MONKEY_SEEDS   one monkey each (default "1 2")
#   MONKEY_DEEDS   what each of them does (default 1500)
#   MONKEY_PAUSE   seconds between some deeds and the next (default: none)

if [ "$1" != inside ]; then
	connstate=${CONNSTATE:-$(pwd)/connstate}
	skip=
	command -v tmux >/dev/null || skip="tmux is not installed"
	[ -x "$connstate" ] || skip="'$connstate' is not built"
	if [ -z "$skip" ]; then
		srcdir=$(cd "${srcdir:-.}" && pwd) CONNSTATE=$connstate MONKEY_TOOLS=$(pwd)/tests \
			tests/live/statelab --churn 200 ${MONKEY_SOCKETS:+--count "$MONKEY_SOCKETS"} -- sh "$0" inside
		status=$?
		[ "$status" -eq 77 ] || exit "$status"
		skip="this host allows no network namespace"
	fi
	echo "1..0 # SKIP $skip"
	exit 0
fi

# shellcheck source=tests/tap.sh
. "$srcdir/tests/tap.sh"

work=$(mktemp -d "${TMPDIR:-/tmp}/connstate-monkey.XXXXXX") || exit 1
socket=connstate-monkey-$$

# shellcheck disable=SC2317 # called by trap
clean()
{
	tmux -L "$socket" kill-server 2>/dev/null
	rm -rf "$work"
}
trap clean EXIT

t() { tmux -u -L "$socket" -f /dev/null "$@"; }
screen() { t capture-pane -p; }
format() { t display-message -p "$1"; }

# Until the command @1... succeeds: a slow build on a busy host takes its time.
await()
{
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ "$tries" -lt 600 ] || return 1
		sleep 0.1
	done
}

shown() { screen | grep -q -e "$1"; }
lacks() { ! shown "$1"; }
is() { [ "$(format "$1")" = "$2" ]; }

# Commands for tmux, one a line, an empty line where the monkey takes a breath, "answer" where
# it waits until all that it did is done: @1 seed, @2 how many deeds.
monkey()
{
	awk -v seed="$1" -v deeds="$2" '
	function dice(n) { return int(rand() * n) }
	function one(list, n) { n = split(list, item, " "); return item[1 + dice(n)] }
	function key() {
		return one("F1 ? h r C-l s + - [ ] T y Y O Tab Escape Escape Up k C-p Down j " \
			"C-n PPage C-b NPage C-f C-u C-d Home g End G Enter Enter F2 C F3 / F4 " \
			"\\\\ F5 b t n R N F6 . < , > I S o v l a 0 Space U F F9 K y n Left " \
			"Right F7 F8 c z x BSpace DC C-h C-a C-e BTab F11 F12 C-w M-x ) ( p = " \
			"@ } { e E ^ \\$ Z Z W 1 2 3 4 5 6 1 2 3 4 5 6")
	}
	function word() {
		return one("state:established state:lissen sport:=::443 dport:>:100:and:( " \
			"process:~:n age:>:5s rtt:>:1ms not:state:listen rows.csv rows.json " \
			"all.jsonl five.tsv screen.txt none/such.txt 14:05:00 0.1 0.5 2 x " \
			"lo:127.0.0.1 dst:127.0.0.0/8 peer-port:=:5 user:=:root {{{ ~~~")
	}
	function type(opener, text) {
		text = word()
		gsub(/:/, " ", text)
		print "send-keys " opener
		if (dice(4))
			print "send-keys C-u"
		print "send-keys -l '\''" text "'\''"
		if (dice(5))
			print "send-keys Enter"
	}
	# a press, a turn of the wheel, an end; as terminals tell of them.  The last row has
	# the key that quits, and any size since the last answer may be on the screen.
	function mouse(button, place) {
		if (lowest < 2)
			return
		button = one("0 0 0 64 65 2 1")
		place = 1 + dice(130) ";" 1 + dice(lowest - 1)
		print "send-keys -l \"\\033[<" button ";" place "M\\033[<" button ";" place "m\""
	}
	function size(rows, cols) {
		if (dice(3)) {
			cols = 60 + dice(140)
			rows = 15 + dice(45)
		} else {
			cols = 1 + dice(250)
			rows = 1 + dice(80)
		}
		print "resize-window -x " cols " -y " rows
		if (rows < lowest)
			lowest = rows
	}
	BEGIN {
		srand(seed)
		lowest = 40
		while (deeds--) {
			if (deeds % 100 == 0) {
				print ""
				print "answer"
				lowest = 40
			}
			what = dice(100)
			if (what < 62) print "send-keys \"" key() "\""
			else if (what < 70) type(one("\"\\\\\" / s S W @ F4"))
			else if (what < 79) mouse()
			else if (what < 82) size()
			else print ""
		}
		print ""
	}'
}

# Whatever it is in can be left; help comes, and goes.
answers()
{
	t resize-window -x 120 -y 40
	t send-keys Escape Escape Escape Escape Escape Escape 1 '?'
	await shown 'Keys of Connections'
}

# What stands between two empty lines is done at once.
play()
{
	: >"$work/batch"
	while IFS= read -r line; do
		if [ "$line" = answer ]; then
			answers && t send-keys Escape && await lacks 'Keys of Connections' || return 1
			continue
		fi
		if [ -n "$line" ]; then
			printf '%s\n' "$line" >>"$work/batch"
			continue
		fi
		t source-file "$work/batch" || return 1
		: >"$work/batch"
		# what is on the screen is no matter, but that there is one
		is '#{alternate_on}' 1 || return 1
		[ -z "${MONKEY_PAUSE:-}" ] || sleep "$MONKEY_PAUSE"
	done
}

ended()
{
	t send-keys q q && await shown 'status=0' && is '#{alternate_on}' 0 &&
		is '#{cursor_flag}' 1 && is '#{mouse_any_flag}' 0
}

# The mouse speaks as the monkey does in this TERM alone.
run() # WHAT OPTION...
{
	what=$1
	shift
	for seed in ${MONKEY_SEEDS:-1 2}; do
		rm -rf "${work:?}/pane" "${work:?}/home"
		mkdir "$work/pane" "$work/home" && cd "$work/pane" || exit 1
		t resize-window -x 120 -y 40
		t send-keys -l "clear; cd $work/pane; TERM=xterm-256color $CONNSTATE top $*; echo status=\$?" &&
			t send-keys Enter
		await is '#{alternate_on}' 1
		result $? "$what, seed $seed: it starts"
		monkey "$seed" "${MONKEY_DEEDS:-1500}" >"$work/deeds"
		play <"$work/deeds"
		result $? "$what, seed $seed: it stays" "$(screen)"
		answers
		result $? "$what, seed $seed: it answers" "$(screen)"
		ended
		result $? "$what, seed $seed: it ends, and the terminal is as before" "$(screen)"
	done
}

cd "$work" || exit 1
unset NO_COLOR
export ENV='' LC_ALL=C.UTF-8 HOME="$work/home" XDG_CONFIG_HOME="$work/home" \
	XDG_STATE_HOME="$work/home"
t new-session -d -x 120 -y 40 sh || skip_all 'tmux does not start here'
run 'live'
if [ -x "$MONKEY_TOOLS/recording_make" ]; then
	"$MONKEY_TOOLS/recording_make" "$work/web.cst" <"$srcdir/tests/data/recording.sql" || exit 1
	run 'a recording' --from "$work/web.cst"
else
	skip 'a recording' 'built without SQLite'
fi
finish
