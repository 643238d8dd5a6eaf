#!/bin/sh
# What commands print of recorded tables, byte for byte.
#
#   golden.sh            compare; the commands are in golden/commands.list
#   golden.sh --update   write the outputs anew: then look at them before they go in
#
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"

golden=${srcdir:-.}/tests/golden
work=$(mktemp -d "${TMPDIR:-/tmp}/connstate-golden.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT

# process PID PARENT NAME ARGUMENTS INODE...: what /proc tells of a process.
process()
{
	folder=$work/proc/$1
	mkdir -p "$folder/fd"
	printf '%s (%s) S %s %s %s 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 %s 0 0\n' \
		"$1" "$3" "$2" "$1" "$1" "$1" >"$folder/stat"
	printf 'Name:\tx\nUid:\t0\t0\t0\t0\n' >"$folder/status"
	printf '%s' "$4" | tr ' ' '\000' >"$folder/cmdline"
	shift 4
	descriptor=3
	for inode; do
		ln -s "socket:[$inode]" "$folder/fd/$descriptor"
		descriptor=$((descriptor + 1))
	done
}

# One name moves a terminal's cursor, breaks lines and quotes, and is not UTF-8.
processes()
{
	process 1 0 init /sbin/init 20202
	process 71 1 sshd '/usr/sbin/sshd -D' 20101
	process 72 71 sshd 'sshd: x [priv]' 20104
	process 812 1 nginx 'nginx: master' 20201
	process 813 812 nginx 'nginx: worker' 20201 20203
	process 99 1 'post gres' '/usr/lib/postgres -D /var' 20102 20106
	process 666 1 "$(printf 'e\033[2J\n"\\,\t\377)x')" "$(printf 'a\033]0;b\007 "c",\n\303\244\342\200\256')" \
		20105 20108
	process 700 1 "$(printf 'gr\303\274n \346\227\245\346\234\254')" 'x' 20103
}

# What differs from run to run and from host to host.
masked()
{
	sed 's/"time":"[^"]*Z","host":"[^"]*"/"time":"T","host":"H"/'
}

run()
{
	(
		cd "$work" || exit 1
		PATH=$work/bin:$PATH PROC_ROOT=$work/proc sh -c "$1" 2>&1
		echo "exit status $?"
	) </dev/null | masked
}

if [ "$(printf '\1\0' | od -An -tx2 | tr -d ' ')" != 0001 ]; then
	skip_all 'the tables were recorded on a little-endian machine'
fi
unset COLUMNS NO_COLOR TCPDIAG_FILE
mkdir -p "$work/bin" "$work/proc"
cp -R "${srcdir:-.}/tests/data/proc/golden/." "$work/proc" && chmod -R u+w "$work/proc" || exit 1
processes
ln -s "$(pwd)/connstate" "$work/bin/connstate"
while IFS= read -r line; do
	name=${line%%: *}
	case $line in
	'#'*) continue ;;
	esac
	run "${line#*: }" >"$work/out"
	if [ "${1:-}" = --update ]; then
		cp "$work/out" "$golden/commands/$name.out"
		continue
	fi
	difference=$(diff "$golden/commands/$name.out" "$work/out" 2>&1)
	result $? "$name: ${line#*: }" "$(echo "$difference" | head -n 20)"
done <"$golden/commands.list"
[ "${1:-}" = --update ] || finish
