#!/bin/sh
# The benchmark of owners and filters: what -p and a filter cost, beside ss and F.
#
# usage: owners.sh FOLDER         FOLDER holds the built programs
#   CONNSTATE        the program to measure (default ./connstate)
#   BENCH_SOCKETS    ESTABLISHED sockets (default 100000)
#   BENCH_PROCESSES  processes that hold them (default 100)
#   BENCH_ROUNDS     rounds (default 3: ss -tanp takes seconds)

folder=${1:?usage: owners.sh FOLDER}
connstate=${CONNSTATE:-./connstate}
sockets=${BENCH_SOCKETS:-100000}
work=$(mktemp -d "${TMPDIR:-/tmp}/connstate-bench.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT

awk 'BEGIN {
	printf "dst in (10.0.0.0/24"
	for (i = 1; i < 5000; i++)
		printf ", 10.%d.%d.0/24", i / 250, i % 250
	print ")"
}' >"$work/prefixes"

cat >"$work/rows" <<END
F	null	$folder/drain
connstate list -tln	pipe	$connstate list -tln
connstate list -tlnp	pipe	$connstate list -tlnp
ss -tlnp	pipe	ss -tlnp
connstate list -tan	pipe	$connstate list -tan
connstate list -tanp	pipe	$connstate list -tanp
ss -tanp	pipe	ss -tanp
connstate list sport = :22	pipe	$connstate list -tan sport = :22
ss sport = :22	pipe	ss -tan sport = :22
connstate list, 5,000 prefixes	pipe	$connstate list -tan -F $work/prefixes
END

uname -srm
echo "$sockets ESTABLISHED over ${BENCH_PROCESSES:-100} processes; ${BENCH_ROUNDS:-3} rounds"
"$folder/load" --established "$sockets" --listen 100 --processes "${BENCH_PROCESSES:-100}" -- sh -c '
	"$1/measure" --rounds "$3" --reference F "$2"
	"$1/owners_poll"
' sh "$folder" "$work/rows" "${BENCH_ROUNDS:-3}"
