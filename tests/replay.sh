#!/bin/sh
# What commands make of a recording, byte for byte, the same from run to run: times and
# host are the recording's.
#
#   replay.sh            compare; the commands are in golden/replay.list
#   replay.sh --update   write the outputs anew: then look at them before they go in
#
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"

[ -x tests/recording_make ] || skip_all 'built without SQLite'
golden=${srcdir:-.}/tests/golden
work=$(mktemp -d "${TMPDIR:-/tmp}/connstate-replay.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT

# In another time zone than that of the host, and where there is no process to look up.
run()
{
	(
		cd "$work" || exit 1
		PATH=$work/bin:$PATH TZ=CET-1 PROC_ROOT=$work/none sh -c "$1" 2>&1
		echo "exit status $?"
	) </dev/null
}

unset COLUMNS NO_COLOR TCPDIAG_FILE
mkdir "$work/bin"
ln -s "$(pwd)/connstate" "$work/bin/connstate"
tests/recording_make "$work/web.cst" <"${srcdir:-.}/tests/data/recording.sql" || exit 1
cp "${srcdir:-.}/tests/data/tcp.dump" "$work"
: >"$work/empty"
tests/recording_make "$work/young.cst" </dev/null || exit 1
head -c 20000 "$work/web.cst" >"$work/cut.cst"
while IFS= read -r line; do
	name=${line%%: *}
	case $line in
	'#'*) continue ;;
	esac
	run "${line#*: }" >"$work/out"
	if [ "${1:-}" = --update ]; then
		cp "$work/out" "$golden/replay/$name.out"
		continue
	fi
	run "${line#*: }" >"$work/again"
	cmp -s "$work/out" "$work/again"
	result $? "$name: the same twice"
	difference=$(diff "$golden/replay/$name.out" "$work/out" 2>&1)
	result $? "$name: ${line#*: }" "$(echo "$difference" | head -n 20)"
done <"$golden/replay.list"
[ "${1:-}" = --update ] && exit

[ "$(ls "$work")" = "$(printf 'again\nbin\ncut.cst\nempty\nout\ntcp.dump\nweb.cst\nyoung.cst')" ]
result $? 'nothing was left beside the recordings' "$(ls "$work")"
finish
