#!/bin/sh
# The benchmark: what connstate costs, beside ss, netstat and F, the bare drain.
#
# usage: run.sh FOLDER            FOLDER holds the built programs
#   CONNSTATE     the program to measure (default ./connstate)
#   BENCH_SIZES   numbers of sockets (default "1k 10k 100k"; "1M" takes GiBs)
#   BENCH_ROUNDS  rounds per table (default: fewer for more sockets)
#   BENCH_V6      percentage of IPv6 sockets (default 20)
#
# The last table is of memory: what a socket takes in the live view, beside its limit.
#
# All rows of a table are measured in turn, in the same rounds; the last column
# is the time as a multiple of F's.  CPU times are counted in clock ticks: below
# about 100 ms trust the wall clock only.

folder=${1:?usage: run.sh FOLDER}
connstate=${CONNSTATE:-./connstate}
work=$(mktemp -d "${TMPDIR:-/tmp}/connstate-bench.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT

number_of() # SIZE, like 10k or 1M
{
	echo "$1" | sed 's/k$/000/; s/M$/000000/'
}

rounds_for() # NUMBER
{
	if [ -n "$BENCH_ROUNDS" ]; then
		echo "$BENCH_ROUNDS"
	elif [ "$1" -le 10000 ]; then
		echo 21
	elif [ "$1" -le 200000 ]; then
		echo 7
	else
		echo 3
	fi
}

cat >"$work/rows" <<END
F	null	$folder/drain
F in one walk	null	$folder/drain -c
rare states only, one walk	null	$folder/drain -c -r
connstate list -tan, pipe	pipe	$connstate list -tan
connstate list -t, JSON lines, pipe	pipe	$connstate list -t --format jsonl
connstate summary -t	pipe	$connstate summary -t
ss -tanH, pipe	pipe	ss -tanH
netstat -tan, pipe	pipe	netstat -tan
END

cat >"$work/start" <<END
empty	null	$folder/empty
connstate list, no sockets	pipe	$connstate list
F	null	$folder/drain
ss -tanH	pipe	ss -tanH
END

table() # TITLE NUMBER LOAD-OPTION...
{
	title=$1
	rounds=$(rounds_for "$2")
	shift 2
	echo
	echo "$title; $rounds rounds"
	"$folder/load" "$@" -- sh -c '
		"$1/drain" -p | awk "{ printf \"%s%s %s\", sep, \$1, \$2; sep = \", \" } END { print \"\" }"
		"$1/measure" --rounds "$3" --reference F "$2"
		left=$("$1/drain" -p | sed -n "s/^TIME-WAIT //p")
		if [ -n "$left" ]; then echo "TIME-WAIT left at the end: $left"; fi
	' sh "$folder" "$work/rows" "$rounds"
	status=$?
	[ "$status" -eq 77 ] && echo "skipped: this host allows no namespace" && exit 77
	[ "$status" -eq 0 ] || echo "failed with status $status"
}

uname -srm
grep -m 1 'model name' /proc/cpuinfo | sed 's/.*: //'

echo
echo "Start-up: an empty namespace; wall ms as a multiple of an empty program's; 51 rounds"
"$folder/load" -- "$folder/measure" --rounds "${BENCH_ROUNDS:-51}" --reference empty "$work/start"

for size in ${BENCH_SIZES:-1k 10k 100k}; do
	number=$(number_of "$size")
	processes=$((number / 1000 + 1))
	common="--listen 100 --v6 ${BENCH_V6:-20} --processes $processes"
	# The options are several words on purpose.
	# shellcheck disable=SC2086
	table "$size ESTABLISHED" "$number" --established "$number" $common
	# shellcheck disable=SC2086
	table "$size TIME-WAIT, a tenth ESTABLISHED" "$number" \
		--established $((number / 10)) --time-wait "$number" $common
done

echo
echo "What is kept of made-up sockets"
"$folder/model_bench" 10000 100000
