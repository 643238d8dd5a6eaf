#!/bin/sh
# A recording in the live view, in a real terminal: tmux.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"
# shellcheck source=tests/live/terminal.sh
. "${srcdir:-.}/tests/live/terminal.sh"

[ -x tests/recording_make ] || skip_all 'built without SQLite'
terminal_open playback

work=$(mktemp -d "${TMPDIR:-/tmp}/connstate-playback.XXXXXX") || exit 1

# shellcheck disable=SC2317 # called by trap
clean()
{
	terminal_close
	rm -rf "$work"
}
trap clean EXIT

see() # NAME TEXT
{
	await "$2"
	result $? "$1" "$(screen)"
}

pressed() # NAME KEY TEXT
{
	keys "$2"
	see "$1" "$3"
}

typed() # TEXT
{
	keys -l "$1" && keys Enter
}

tests/recording_make "$work/web.cst" <"${srcdir:-.}/tests/data/recording.sql" || exit 1
cp "${srcdir:-.}/tests/data/tcp.dump" "$work/tcp.dump"
: >"$work/empty"
unset NO_COLOR
export ENV='' LC_ALL=C.UTF-8
t new-session -d -x 120 -y 30 sh || skip_all 'tmux does not start here'
run() { typed "printf '\\033[2J\\033[H'; TZ=UTC PROC_ROOT=$work/none $(pwd)/connstate --no-config $1; echo status=\$?"; }

run "--from $work/web.cst"
see 'a recording opens at its beginning' '2026-11-22 14:00:00  replay paused'
see 'of the host that was recorded' 'connstate  web-1  of 14:00:00 to 14:10:00'
see 'with the processes that were recorded' 'nginx[812]'
keys ')' ')' ')'
see 'three keys are three steps' '14:00:30  replay'
pressed 'one step back' '(' '14:00:20  replay'
pressed 'to the finding' e 'warning begins: close-wait, java[3121]'
see 'which is on the screen' '14:05:00  replay'
see 'with its line of health' 'CLOSE-WAIT leak: java[3121]'
pressed 'a change of the count' '}' 'from here on'
keys @
await 'Jump to time: '
typed 14:04
see 'a jump to a time' '14:04:00  replay'
keys @
await 'Jump to time: '
typed 'half past'
see 'a time that is none' "'half past' is no time"
pressed 'the end' '$' '14:10:00  replay'
pressed 'nothing is closed' F9 'what is recorded cannot be closed'
keys ^ + + + + + + + + +
see '1000 times as fast' 'replay paused (1000x)'
pressed 'playing comes to the end' p 'the end of the recording'
see 'and pauses there' '14:10:00  replay paused'
keys q
see 'quitting' 'status=0'

run "top --from $work/web.cst --at 14:05:00 state close-wait"
see 'a moment to begin with' '14:05:00  replay paused'
see 'a filter' 'filter: state close-wait'
keys q
await 'status=0'

run "--from $work/tcp.dump"
see 'a dump is one moment' 'one moment'
pressed 'it has no time' ')' 'this is one moment'
keys q
await 'status=0'

run "top --from $work/empty"
see 'an empty file is no picture' "empty' is empty"
see 'and a failure' 'status=1'
run 'top --from -'
see 'standard input is for keys' 'status=2'

[ "$(ls "$work")" = "$(printf 'empty\ntcp.dump\nweb.cst')" ]
result $? 'nothing was left beside the recording' "$(ls "$work")"
finish
