#!/bin/sh
# The live view in a real terminal: tmux, beside real sockets in every state.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"
# shellcheck source=tests/live/terminal.sh
. "${srcdir:-.}/tests/live/terminal.sh"

terminal_open top
if [ "$1" != inside ]; then
	connstate=${CONNSTATE:-$(pwd)/connstate}
	command -v pgrep >/dev/null || skip_all 'pgrep is not installed'
	[ -x "$connstate" ] || skip_all "'$connstate' is not built"
	# the process that holds the sockets has a name that wants to act on the terminal
	hostile=$(mktemp -d "${TMPDIR:-/tmp}/connstate-top.XXXXXX") || exit 1
	name=$hostile/$(printf '\033[31mevil')
	ln -s "$(pwd)/tests/live/statelab" "$name"
	CONNSTATE=$connstate "$name" -- sh "$0" inside
	status=$?
	rm -rf "$hostile"
	[ "$status" -eq 77 ] || exit "$status"
	skip_all 'this host allows no network namespace'
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/connstate-top.XXXXXX") || exit 1

# shellcheck disable=SC2317 # called by trap
clean()
{
	terminal_close
	rm -rf "$work"
}
trap clean EXIT

check() # NAME COMMAND...
{
	name=$1
	shift
	if "$@"; then
		result 0 "$name"
	else
		result 1 "$name" "$(screen)"
	fi
}

# Type a command line into the shell of the pane.
run() { keys -l "$1" && keys Enter; }

environment=
options=

# Start the view with $options in $environment; the header says when it is there.
start()
{
	run "printf '\\033[2J\\033[H'; stty -g >$work/before; $environment $CONNSTATE top $options; echo status=\$?; stty -g >$work/after; echo ended"
	await "  live  " && await TIME-WAIT && await_format '#{alternate_on}' 1
}

program() { pgrep -P "$(format '#{pane_pid}')" -x connstate; }

# The terminal is what it was before: @1 is the exit status.
restored()
{
	await ended && await "status=$1" && await_format '#{alternate_on}' 0 &&
		await_format '#{cursor_flag}' 1 && await_format '#{mouse_any_flag}' 0 && cmp "$work/before" "$work/after"
}

# Each state of the laboratory has its count in the panel.
counts_agree_now()
{
	awk -F'\t' '
		$1 == "udp" && $3 == "CLOSED" { $3 = "UNCONNECTED" }
		$1 == "udp" && $3 == "ESTABLISHED" { $3 = "UDP-ESTAB" } # no connection of TCP
		$3 != "BOUND" { sum[$3] += $4 }
		END { for (s in sum) print s, sum[s] }' "$STATELAB_COUNTS" >"$work/counts"
	while read -r state count; do
		screen | grep -Eq "(^|[^A-Z-])$state +$count( |\$)" || {
			echo "# $state is not $count"
			return 1
		}
	done <"$work/counts"
}

# The first screen may be from before the first poll.
counts_agree()
{
	tries=0
	until counts_agree_now >"$work/disagree"; do
		tries=$((tries + 1))
		if [ "$tries" -ge 100 ]; then
			cat "$work/disagree"
			return 1
		fi
		sleep 0.1
	done
}

resized() # COLSxROWS...
{
	for size in "$@"; do
		t resize-window -x "${size%x*}" -y "${size#*x}" || return 1
	done
	await "  live  " && await F10
}

small() # a terminal that is too small says so and goes on
{
	t resize-window -x 39 -y 9 && await "too small" && kill -0 "$(program)"
}

suspended()
{
	kill -TSTP "$(program)"
	await_format '#{alternate_on}' 0 || return 1
	run "printf '\\033[2J\\033[H'; echo back in the shell"
	await "back in the shell" || return 1
	run "fg; echo status=\$?; stty -g >$work/after; echo ended"
	await "  live  " && await_format '#{alternate_on}' 1
}

# In a script: its shell stops as well, and goes on with it.
suspended_in_a_script()
{
	run "printf '\\033[2J\\033[H'; sh -c '$CONNSTATE top; echo script=\$?'"
	await "  live  " && await_format '#{alternate_on}' 1 || return 1
	keys C-z
	await_format '#{alternate_on}' 0 || return 1
	run "printf '\\033[2J\\033[H'; echo back in \"the\" shell"
	await "back in the shell" || return 1
	run fg
	await "  live  " && await_format '#{alternate_on}' 1 || return 1
	keys q
	await "script=0"
}

# Start the view from the shell command @1; a script tells when it goes on.
start_in_script()
{
	run "printf '\\033[2J\\033[H'; $1"
	await "  live  " && await_format '#{alternate_on}' 1
}

# A signal to the view alone is for it alone: the script it is part of goes on waiting.
suspended_alone()
{
	start_in_script "sh -c '$CONNSTATE top; echo script=\$?'" || return 1
	script=$(pgrep -P "$(format '#{pane_pid}')" -x sh)
	view=$(pgrep -P "$script" -x connstate)
	kill -TSTP "$view"
	tries=0
	until grep -q '^State:	T' "/proc/$view/status"; do
		tries=$((tries + 1))
		[ "$tries" -lt 100 ] || return 1
		sleep 0.1
	done
	kill -CONT "$view"
	await_format '#{alternate_on}' 1 && await "  live  " || return 1
	keys q
	await "script=0"
}

# @1, where nothing can stop the view: it says @2, and goes on.
not_suspended()
{
	start_in_script "$1; echo script=\$?" || return 1
	keys C-z
	await "not suspended: $2" && [ "$(format '#{alternate_on}')" = 1 ] || return 1
	keys q
	await "script=0"
}

selected_last()
{
	keys G
	tries=0
	until screen | tail -n 3 | grep -q '^>'; do
		tries=$((tries + 1))
		[ "$tries" -lt 100 ] || return 1
		sleep 0.1
	done
}

pressed() # KEY TEXT
{
	keys "$1" && await "$2"
}

searched()
{
	keys / && keys -l time-w && await "Search: time-w" && keys Enter &&
		screen | grep '^>' | grep -q TIME-WAIT
}

mouse() # BUTTON COLUMN ROW, from 1: what a terminal sends for a press and its end
{
	keys -l "$(printf '\033[<%d;%d;%dM\033[<%d;%d;%dm' "$1" "$2" "$3" "$1" "$2" "$3")"
}

# Press on the first place of @1 on the screen, until @2 is there.
clicked()
{
	place=$(screen | awk -v text="$1" 'i = index($0, text) { print i + 1, NR; exit }')
	[ -n "$place" ] && mouse 0 "${place% *}" "${place#* }" && await "$2"
}

wheeled()
{
	before=$(screen | grep '^>')
	mouse 65 10 30
	tries=0
	while [ "$(screen | grep '^>')" = "$before" ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 100 ] || return 1
		sleep 0.1
	done
}

not() { ! "$@"; }

# The name of the first state is shown after the bytes @1 that choose a colour.
coloured()
{
	tries=0
	until t capture-pane -p -e | grep -q "$(printf '\033')\\[$1m *LISTEN"; do
		tries=$((tries + 1))
		[ "$tries" -lt 100 ] || return 1
		sleep 0.1
	done
}

# Terminals with 16 colours and with colours as they are; few systems have entries for them.
rare_terminals()
{
	mkdir -p "$work/terminfo" && sed 's/^/	/; s/^	connstate/connstate/' <<-'END' |
	connstate-16|xterm with 16 colours,
	colors#16, pairs#256,
	setab=\E[%?%p1%{8}%<%t%p1%{40}%+%e%p1%{92}%+%;%dm,
	setaf=\E[%?%p1%{8}%<%t%p1%{30}%+%e%p1%{82}%+%;%dm,
	use=xterm-256color,
	connstate-direct|xterm with direct colours,
	RGB, colors#0x1000000, pairs#0x7fff,
	setab=\E[%?%p1%{8}%<%t4%p1%d%e48;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m,
	setaf=\E[%?%p1%{8}%<%t3%p1%d%e38;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m,
	use=xterm-256color,
	END
		tic -x -o "$work/terminfo" - 2>/dev/null
}

# No byte on the screen chooses a colour.
colourless()
{
	t capture-pane -p -e >"$work/colours"
	grep -q LISTEN "$work/colours" &&
		not grep -Eq "$(printf '\033')\[([0-9;]*;)?(3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]" "$work/colours"
}

colours() # ENVIRONMENT COLOUR NAME
{
	environment=$1
	check "a start for $3" start
	check "$3" coloured "$2"
	keys q
	check "$3: quit" restored 0
}

typed() # WORDS TEXT
{
	keys -l "$1" && keys Enter && await "$2"
}

clipboard() # PATTERN
{
	tries=0
	until t show-buffer 2>/dev/null | grep -Eq -- "$1"; do
		tries=$((tries + 1))
		[ "$tries" -lt 100 ] || return 1
		sleep 0.1
	done
}

thousands() # NUMBER
{
	echo "$1" | sed -e :a -e 's/\([0-9]\)\([0-9]\{3\}\)\(,\|$\)/\1,\2\3/;ta'
}

gone_after() # KEY TEXT
{
	keys "$1" && gone "$2"
}

gone() # TEXT: not on the screen any more
{
	tries=0
	while screen | grep -qF -- "$1"; do
		tries=$((tries + 1))
		[ "$tries" -lt 100 ] || return 1
		sleep 0.1
	done
}

# A filter with an error is not taken; corrected it is.
filtered()
{
	keys F4 && keys -l "state lissen" && await "Filter: state lissen" && keys Enter &&
		await "^^^^^^" || return 1
	keys BSpace BSpace BSpace && keys -l "ten" && gone "^^^^^^" && keys Enter &&
		await "filter: state listen" && ! screen | grep -q '^[> ][ +*-]ESTABLISHED '
}

# The filter is edited: empty it is none.
unfiltered()
{
	keys F4 && await "Filter: state listen" && keys C-u Enter && gone "filter:"
}

established() # how many connections are ESTABLISHED
{
	"$CONNSTATE" list -H --columns=state state established | wc -l
}

# Close one connection of the laboratory; its other end goes with it.
closed()
{
	before=$(established)
	keys S e && await "only ESTABLISHED" && keys g F9 && await "Close 1 socket?" || return 1
	# nothing but y is a yes
	keys Enter && [ "$(established)" -eq "$before" ] || return 1
	keys y && await "1 closed" || return 1
	[ "$(established)" -lt "$before" ] && keys a
}

refused() # COMMAND TEXT: fails with a message, the terminal untouched
{
	run "printf '\\033[2J\\033[H'; $1; echo status=\$?"
	await "status=1" && await "$2" && [ "$(format '#{alternate_on}')" = 0 ]
}

written() # FILE TEXT MESSAGE: what is shown is written to FILE, which has TEXT
{
	keys W && await "Write to file" && typed "$work/$1" "$3" && grep -q -- "$2" "$work/$1"
}

welcomed()
{
	await "Welcome: ? shows the keys" && gone_after g Welcome
}

not_welcomed()
{
	await LOCAL && ! screen | grep -q Welcome
}

# Press on the row of @1; the line of health may name the same socket.
press_row()
{
	place=$(screen | awk -v text="$1" '!/!/ && (i = index($0, text)) { print i + 1, NR; exit }')
	[ -n "$place" ] && mouse 0 "${place% *}" "${place#* }"
}

# Until it is the selected one.
clicked_row()
{
	press_row "$1" || return 1
	tries=0
	until screen | grep '^>' | grep -qF -- "$1"; do
		tries=$((tries + 1))
		[ "$tries" -lt 100 ] || return 1
		sleep 0.1
	done
}

opened_row() { press_row "$1" && await " of $1"; }

# The filter of another run is at hand.
recalled()
{
	keys F4 && await "Filter: " && keys Up && await "$1"
}

forgotten()
{
	keys F4 && await "Filter: " && keys Up && await "Filter: _" && keys Escape
}

# The file is as large as it may be before all is written.
full()
{
	keys W && await "Write to file" && typed "$work/full.json" "not written: " &&
		[ ! -e "$work/full.json" ]
}

# The terminal goes away: so does the program.
abandoned()
{
	t new-window sh && start && left=$(program) && [ -n "$left" ] && t kill-window || return 1
	tries=0
	while kill -0 "$left" 2>/dev/null; do
		tries=$((tries + 1))
		[ "$tries" -lt 100 ] || return 1
		sleep 0.1
	done
}

unset NO_COLOR
export ENV='' LC_ALL=C.UTF-8 XDG_STATE_HOME="$work/state"
t new-session -d -x 100 -y 40 sh || skip_all 'tmux does not start here'

check "the view starts" start
check "the very first start says where to begin" welcomed
check "the panel has every state with its count" counts_agree
check "a hostile name is shown, not obeyed" await "[31mevil["
check "help is shown" pressed '?' "Keys of Connections"
check "and left" pressed q "LOCAL"
check "the end of the list" selected_last
check "search selects a row" searched
check "sort by another column" pressed '>' "sorted by"
check "pause" pressed Z PAUSED
check "and go on" pressed Z "  live  "
check "details of a socket" pressed Enter "who acts"
check "and back" pressed Escape "LOCAL"
check "the diagram" pressed 2 "passive OPEN"
check "listeners and what they accepted" pressed 3 "CHILDREN"
check "the connections of a listener" pressed Enter " of "
check "all connections again" gone_after a " of "
check "processes" pressed 4 "[31mevil["
check "grouped in another way" pressed F5 "COMMAND"
check "peers" pressed 5 "HOST"
check "by network" pressed F5 "127.0.0.0/24"
check "health" pressed 6 "listen_overflows"
check "its limits are the kernel's" await "$(thousands "$(cat /proc/sys/net/ipv4/tcp_max_tw_buckets)")"
check "and back to the list" pressed 1 "LOCAL"
check "a filter with an error, corrected" filtered
check "the filter is taken away" unfiltered
check "a tag" pressed Space "1 tagged"
check "and none" gone_after U "tagged"
check "a connection is closed, after a question" closed
check "an interval" pressed + "every 2s"
check "a storm of sizes" resized 1x1 200x60 3x50 41x11 120x40 80x3 100x40 7x7 80x24
check "a small screen says so" small
check "and a large one is used" resized 120x40
check "suspend and resume" suspended
keys q
check "quit restores the terminal" restored 0

check "a script is suspended with it" suspended_in_a_script
check "but not by a signal to the view alone" suspended_alone
check "nor where SIGTSTP is ignored" not_suspended \
	"sh -c 'trap \"\" TSTP; $CONNSTATE top'" "the parent process has SIGTSTP ignored"
if unshare --pid --fork true 2>/dev/null; then
	check "nor as process 1" not_suspended "unshare --pid --fork $CONNSTATE top" \
		"process 1 of a PID namespace"
fi
check "the view starts again" start
kill -TERM "$(program)"
check "SIGTERM restores the terminal" restored 143
check "and again, without a welcome" start
check "as all but the very first" not_welcomed
check "the filters of before are at hand" recalled "Filter: state listen"
check "for the user alone" test "$(stat -c %a "$work/state/connstate/filters")" = 600
kill -SEGV "$(program)"
check "a broken program restores the terminal" restored 139
options=--no-config
check "a start on its own" start
check "without the filters of before" forgotten
keys q
check "and its end" restored 0
options=
check "once more" start
kill -ABRT "$(program)"
check "a crash restores the terminal" restored 134

t set-option -s set-clipboard on
check "a start to copy from" start
keys G
check "a row is copied" pressed y "copied: "
check "into the clipboard" clipboard '127.0.0.1|::1'
keys Y
check "a command line is copied" await "copied: connstate list"
check "into the clipboard as well" clipboard "^connstate list --sort state,local$"
keys W
check "the prompt for a file" await "Write to file"
check "rows as CSV" typed "$work/rows.csv" "rows as csv"
check "with a heading" grep -q '^state,age,local,peer,' "$work/rows.csv"
check "and every socket" test "$(wc -l <"$work/rows.csv")" -gt 50
keys W
check "the prompt for a file again" await "Write to file"
check "the screen as text" typed "$work/screen.txt" "wrote the screen"
check "without the prompt" not grep -q "Write to" "$work/screen.txt"
check "with the panel" grep -q "FIN-WAIT-2" "$work/screen.txt"
keys W
check "the prompt for a file once more" await "Write to file"
check "no file is overwritten" typed "$work/screen.txt" "File exists"
keys 3
check "listeners as JSON" written listeners.json '"local":"127.0.0.1:10008"' "rows as json"
keys 4 && await SHARE
check "processes as CSV" written processes.csv '^process,sockets,' "rows as csv"
keys 5 && await HOST
check "peers as TSV" written peers.tsv '^127.0.0.1' "rows as tsv"
keys 6 && await listen_overflows
check "health as JSON lines" written health.jsonl '"name":"listen_overflows"' "rows as jsonl"
keys 2 && await "passive OPEN"
check "the counts of the diagram" written states.csv '^ESTABLISHED,[1-9]' "rows as csv"
check "the diagram as text" written states.txt 'ESTABLISHED' "wrote the screen"
keys 1 c && await "now "
check "the history of a state" written chart.csv '^0,[A-Z-]*,[1-9]' "rows as csv"
check "the chart stays" await "Left and Right"
keys Escape Enter && await "who acts"
check "the details of a socket" written detail.json '"local_port":' "1 rows as json"
check "the details as text" written detail.txt 'who acts' "wrote the screen"
keys Escape q
check "and quit that too" restored 0
environment="trap '' XFSZ; ulimit -S -f 1;"
check "a start where files stay small" start
check "a file that cannot be finished" full
keys q
check "quit there" restored 0
run "ulimit -S -f unlimited; trap - XFSZ"
environment=
check "a terminal that goes away" abandoned
if "$CONNSTATE" list -r --limit 1 >/dev/null 2>&1 && grep -q '^127.0.0.1.*localhost' /etc/hosts; then
	check "a start with numbers" start
	check "names in their place" pressed R "localhost:"
	check "and numbers again" gone_after R "localhost:"
	keys F4 && await "Filter: " && keys C-u && keys -l "dst localhost"
	check "a filter by the name of a host" pressed Enter "filter: dst localhost"
	keys q
	check "and quit after names" restored 0
	options=-r
	check "a start with names" start
	check "names from the start" await "localhost:"
	keys q
	check "and quit with names" restored 0
	options=
fi
options=--all-namespaces
check "a start that looks everywhere" start
check "the sockets of here" await "127.0.0.1"
keys q
check "and quit from everywhere" restored 0
options=
colours TERM=xterm-256color '38;5;75' "256 colours"
colours TERM=xterm '3[0-7]' "8 colours"
if command -v tic >/dev/null && rare_terminals; then
	colours "TERM=connstate-16 TERMINFO=$work/terminfo" '9[0-7]' "16 colours"
	colours "TERM=connstate-direct TERMINFO=$work/terminfo" '38;2;95;175;255' "true colours"
fi
environment="TERM=xterm-256color NO_COLOR=1"
check "a start without colours" start
check "no colours" colourless
keys q
check "no colours: quit" restored 0
environment=XDG_CONFIG_HOME=$work/xdg
check "a start without configuration" start
keys F2
check "the chooser of columns" await "are shown"
keys Space
check "columns are saved" pressed F2 "saved to $work/xdg/connstate/config"
keys q
check "and quit" restored 0
check "the file has them" grep -q '^columns = age,local,' "$work/xdg/connstate/config"
check "a start with configuration" start
check "the state is no column now" gone STATE+
keys 3 && await EXPOSURE && keys F2 && await "are shown"
keys Down Space
check "columns of a view are saved" pressed F2 "saved to $work/xdg/connstate/config"
check "the view has them" gone PROCESS
keys q
check "and quit again" restored 0
check "the file has them too" \
	grep -q '^columns-listeners = local,used,' "$work/xdg/connstate/config"
environment=XDG_CONFIG_HOME=/proc/nowhere
check "a start where nothing can be saved" start
keys F2
check "the chooser once more" await "are shown"
keys Space
check "a failed save is shown" pressed F2 "not saved: cannot make the folder '/proc/nowhere'"
keys q
check "and quit as well" restored 0
environment=TERM=xterm-256color
check "a start with mouse" start
check "the mouse is asked for" await_format '#{mouse_any_flag}' 1
check "a press on a tab" clicked "2 Lifecycle" "passive OPEN"
check "and back" clicked "1 Connections" LOCAL
check "a press on a heading" clicked PEER PEER+
check "a press on the panel" clicked LISTEN "only LISTEN"
check "and again" pressed a LOCAL
check "a press on another tab" clicked "3 Listeners" CHILDREN
check "a press on its heading" clicked "CHILDREN " CHILDREN-
check "a press on a row" clicked_row 127.0.0.1:10008
check "and again lists what it has" opened_row 127.0.0.1:10008
check "and back to all" gone_after a " of "
keys g
check "the wheel" wheeled
kill -ABRT "$(program)"
check "a crash gives the mouse back" restored 134
options=--no-mouse
check "a start without mouse" start
check "the mouse is left alone" await_format '#{mouse_any_flag}' 0
keys q
check "and quit" restored 0
check "TERM=dumb is refused" refused "TERM=dumb $CONNSTATE top" "cannot show the live view"
check "an unknown TERM is refused" refused "TERM=no-such-term $CONNSTATE top" \
	"cannot show the live view"
check "no terminal is refused" refused "$CONNSTATE top </dev/null" "needs a terminal"
finish
