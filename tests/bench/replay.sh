#!/bin/sh
# The benchmark of replay: how long it takes to open a large recording at a moment.
#
# usage: replay.sh FOLDER         FOLDER holds the built programs
#   CONNSTATE        the program to measure (default ./connstate)
#   BENCH_DWELLS     of the recording (default 10000000)
#   BENCH_RECORDING  a recording that recording_fill made before, or unset: make one

folder=${1:?usage: replay.sh FOLDER}
connstate=${CONNSTATE:-./connstate}
dwells=${BENCH_DWELLS:-10000000}
work=$(mktemp -d "${TMPDIR:-/tmp}/connstate-bench.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT

file=${BENCH_RECORDING:-$work/large}
[ -n "${BENCH_RECORDING:-}" ] || "$folder/recording_fill" "$file" "$dwells"

# Milliseconds since some moment.
now_ms()
{
	date +%s%3N
}

uname -srm
echo 'open, read all sockets of a moment, count them: the best and the worst of 5'
for at in first +20s +40s +50s +10m -10m last; do
	best=999999
	worst=0
	for _ in 1 2 3 4 5; do
		began=$(now_ms)
		count=$("$connstate" check -c 1: -t --from "$file" --at "$at" --format '{sockets}')
		took=$(($(now_ms) - began))
		[ "$took" -ge "$best" ] || best=$took
		[ "$took" -le "$worst" ] || worst=$took
	done
	echo "$at: $count sockets, $best to $worst ms"
done
