#!/bin/sh
# The benchmark of recording: what a poll costs, how large the file becomes.
#
# usage: record.sh FOLDER         FOLDER holds the built programs
#   CONNSTATE        the program to measure (default ./connstate)
#   BENCH_SOCKETS    sockets (default 10000)
#   BENCH_CHURN      of them opened and closed a second (default 1000)
#   BENCH_SECONDS    simulated (default 600)
#   BENCH_REAL       seconds with real sockets (default 20)
#   BENCH_DWELLS     of the large recording (default 10000000; 0: leave it out)

folder=${1:?usage: record.sh FOLDER}
connstate=${CONNSTATE:-./connstate}
sockets=${BENCH_SOCKETS:-10000}
churn=${BENCH_CHURN:-1000}
seconds=${BENCH_SECONDS:-600}
real=${BENCH_REAL:-20}
dwells=${BENCH_DWELLS:-10000000}
work=$(mktemp -d "${TMPDIR:-/tmp}/connstate-bench.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT

uname -srm
echo "recorder alone: $sockets sockets, $churn opened and closed a second, $seconds s"
"$folder/record_bench" "$work/made" "$sockets" "$churn" 0 "$seconds"
echo "the same, with $churn more a second that only events tell of"
"$folder/record_bench" "$work/unseen" "$sockets" "$churn" "$churn" "$seconds"

# CPU, size, and what the kernel counted of which the recording has how much.
real_sockets() # TITLE LOAD-OPTION...
{
	echo "connstate record: $1, $real s"
	shift
	rm -f "$work"/real*
	"$folder/load" --established "$sockets" --listen 100 --processes 50 "$@" -- sh -c '
		"$1" record "$2/real" &
		recorder=$!
		sleep "$3"
		ticks=$(getconf CLK_TCK)
		awk -v ticks="$ticks" "{ sub(/.*\\) /, \"\"); print (\$12 + \$13) * 1000 / ticks }" \
			"/proc/$recorder/stat" >"$2/cpu"
		kill -TERM "$recorder"
		wait "$recorder"
	' sh "$connstate" "$work" "$real"
	awk -v seconds="$real" '{ printf "CPU: %.1f ms a second\n", $1 / seconds }' "$work/cpu"
	stat -c %s "$work/real" | awk '{ printf "file: %.1f MB\n", $1 / 1e6 }'
	if command -v sqlite3 >/dev/null; then
		sqlite3 -separator ' ' "$work/real" "SELECT 'opened', sum(opened),
			'of', sum(kernel_opened), 'by the counters;', (SELECT count(*) FROM dwell),
			'dwells' FROM poll WHERE kernel_opened IS NOT NULL"
	fi
}

real_sockets "$sockets real sockets in a namespace that stay"
real_sockets "$churn connections a second beside them" --churn "$churn"

if [ "$dwells" -gt 0 ]; then
	echo "a recording of $dwells dwells"
	"$folder/recording_fill" "$work/large" "$dwells"
fi
