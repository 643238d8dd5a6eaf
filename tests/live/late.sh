#!/bin/sh
# Libraries that are loaded late: by the runs that need them and by no others, and a clear
# word where one is not installed.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"
# shellcheck source=tests/live/private.sh
. "${srcdir:-.}/tests/live/private.sh"
# shellcheck source=tests/live/terminal.sh
. "${srcdir:-.}/tests/live/terminal.sh"

# What the dynamic loader tells of a whole run, in the file $scratch/loads-$1.
note_loads()
{
	noted=$scratch/loads-$1
	shift
	LD_DEBUG=files "$connstate" "$@" >/dev/null 2>"$noted"
}

# The file of the library $2 that the run $1 loaded.
loaded()
{
	readlink -f "$(sed -n "s/.*calling init: *\\(.*$2.*\\)/\\1/p" "$scratch/loads-$1" |
		head -n 1)"
}

loaded_by_few()
{
	for command in list summary check; do
		note_loads "$command" "$command"
		ok "the loader tells of $command" grep -q 'calling init' "$scratch/loads-$command"
		none "$command loads nothing late" \
			grep -E 'sqlite|cares|curses|tinfo' "$scratch/loads-$command"
	done
}

# Run the words after it where the library $1 has no contents.
without()
{
	unshare --mount sh "$scratch/without" "$@"
}

# gone NAME LIBRARY MESSAGE WORD...: the run ends with status 1 and says so in one line, any
# other goes on as ever.
gone()
{
	name=$1
	library=$2
	message=$3
	shift 3
	without "$library" "$connstate" "$@" >/dev/null 2>"$scratch/said"
	status=$?
	[ "$status" -eq 1 ] && [ "$(wc -l <"$scratch/said")" -eq 1 ] &&
		grep -q "^connstate: $message (.*$(basename "$library" | cut -d. -f1)" "$scratch/said"
	result $? "$name" "status $status: $(cat "$scratch/said")"
	without "$library" "$connstate" summary >/dev/null 2>"$scratch/said" && [ ! -s "$scratch/said" ]
	result $? "$name: all else works" "$(cat "$scratch/said")"
}

recordings()
{
	"$connstate" record "$scratch/recording" 2>"$scratch/said" &
	recorder=$!
	until "$connstate" list --from "$scratch/recording" >/dev/null 2>&1; do
		if ! kill -0 "$recorder" 2>/dev/null; then
			skip 'recordings load SQLite' "$(head -n 1 "$scratch/said")"
			return
		fi
	done
	kill -INT "$recorder"
	wait "$recorder"
	note_loads from list --from "$scratch/recording"
	ok 'a look into a recording loads SQLite' grep -q sqlite "$scratch/loads-from"
	sqlite=$(loaded from sqlite)
	message='recordings need SQLite: install its package'
	gone 'a recording is not read without SQLite' "$sqlite" "$message" \
		list --from "$scratch/recording"
	gone 'nor written' "$sqlite" "$message" record "$scratch/new"
	ok 'and no file is left' test ! -e "$scratch/new"
}

names()
{
	note_loads names list -r
	if grep -q 'built without c-ares' "$scratch/loads-names"; then
		skip '-r loads c-ares' 'built without it'
		return
	fi
	ok '-r loads c-ares' grep -q cares "$scratch/loads-names"
	cares=$(loaded names cares)
	gone 'no names without c-ares' "$cares" 'names of hosts need c-ares: install its package' list -r
}

# check NAME COMMAND...: it succeeds, or the screen is told.
check()
{
	name=$1
	shift
	if "$@"; then
		result 0 "$name"
	else
		result 1 "$name" "$(screen)"
	fi
}

# Type a command line; its status is shown, the terminal's settings noted before and after.
run()
{
	keys -l "printf '\\033[2J\\033[H'; stty -g >before; $1; echo status=\$?; stty -g >after; echo ended"
	keys Enter
}

# The terminal is what it was; the status is @1.
restored()
{
	await ended && await "status=$1" && await_format '#{alternate_on}' 0 &&
		await_format '#{cursor_flag}' 1 && cmp "$scratch/before" "$scratch/after"
}

says_in_the_view()
{
	await "names of hosts need c-ares: install its package" &&
		[ "$(format '#{alternate_on}')" = 1 ]
}

live_view()
{
	if ! command -v tmux >/dev/null; then
		skip 'the live view loads ncurses' 'tmux is not installed'
		return
	fi
	terminal_open late
	trap terminal_close EXIT
	export ENV='' LC_ALL=C.UTF-8
	if ! t new-session -d -x 200 -y 40 -c "$scratch" sh; then
		skip 'the live view loads ncurses' 'tmux does not start here'
		return
	fi
	live="'$connstate' top --no-config"
	run "LD_DEBUG=files $live 2>loads-top"
	check 'the live view starts' await '  live  '
	keys q
	check 'and ends' restored 0
	ok 'it loads ncurses' grep -q curses "$scratch/loads-top"
	none 'and not c-ares' grep cares "$scratch/loads-top"
	run "unshare --mount sh without '$(loaded top curses)' $live"
	check 'no live view without ncurses' await \
		"the live view needs ncurses: install its package, or try 'connstate list' ("
	check 'the terminal is as it was' restored 1
	if [ -z "${cares:-}" ]; then
		skip 'a live view without c-ares' 'built without it'
		return
	fi
	run "unshare --mount sh without '$cares' $live -r"
	check 'a live view that is to show names says that c-ares is missing' says_in_the_view
	keys q
	check 'and is one all the same' restored 0
	run "unshare --mount sh without '$cares' $live"
	check 'the live view starts without c-ares' await '  live  '
	keys R
	check 'and says so when names are asked for' says_in_the_view
	keys q
	check 'and goes on' restored 0
}

private_script late.sh
echo 'mount --bind /dev/null "$1" && shift && exec "$@"' >"$scratch/without"
note_loads version --version
if ! grep -q 'calling init' "$scratch/loads-version"; then
	skip_all 'this loader knows no LD_DEBUG'
fi
loaded_by_few
recordings
names
live_view
finish
