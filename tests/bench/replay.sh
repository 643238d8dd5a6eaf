#!/bin/sh
# The benchmark of replay: how long it takes to open a large recording at a moment.
#
# usage: replay.sh FOLDER         FOLDER holds the built programs
#   CONNSTATE        the program to measure (default ./connstate)
#   BENCH_DWELLS     of the recording (default 10000000)
#   BENCH_RECORDING  a recording that recording_fill made before, or unset: make one
#
# Each program opens the recording anew.  The first time the file may not be in memory: it
# is the disk's as well.

folder=${1:?usage: replay.sh FOLDER}
connstate=${CONNSTATE:-./connstate}
dwells=${BENCH_DWELLS:-10000000}
work=$(mktemp -d "${TMPDIR:-/tmp}/connstate-bench.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT

file=${BENCH_RECORDING:-$work/large}
[ -n "${BENCH_RECORDING:-}" ] || "$folder/recording_fill" "$file" "$dwells"

# The live view there: until sockets are shown, then one poll back and on.
look()
{
	for _ in 1 2 3; do
		"$folder/keylat" --seconds 0 --first 192.0.2.1 -- "$connstate" --from "$file" --at "$1"
	done | sed -n 's/^start ms: //p' | paste -sd' '
	"$folder/keylat" --seconds 8 --keys '()' -- "$connstate" --from "$file" --at "$1" |
		sed -n 's/^latency ms: //p'
}

uname -srm
for at in first +20s +500s last; do
	printf '%s\tnull\t%s list -Ha --from %s --at %s\n' "$at" "$connstate" "$file" "$at"
done >"$work/commands"
"$folder/measure" --rounds 7 "$work/commands"
for at in first +20s +500s last; do
	count=$("$connstate" list -Ha --from "$file" --at "$at" | wc -l)
	look "$at" | {
		read -r opened
		read -r stepped
		echo "live view at $at, $count sockets: first shown after $opened ms;" \
			"one poll back or on: $stepped ms"
	}
done
